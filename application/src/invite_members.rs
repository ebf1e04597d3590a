//! Inviting people into the organization.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{
    AuditAction, AuditEntry, Catalogue, ConnectionId, EmailAddress, Invitation, InvitationLifetime,
    InvitationMessage, Offer, OfferState, Permission, Role, Roles, Seats, TenantId, Timestamp,
};
use tenantry_ports::{
    AuditLog, Clock, Invitations, InvitationsError, NewInvitation, Offers, Session, Tenants, Turns, Users,
};

use crate::seats::{Pending, TakenSeats};
use crate::{
    Authorize, AuthorizeError, FindWaysIn, InvitationMails, NoWayIn, Outage, SeatCount, WaysIn, audit,
};

/// How long one request may go on sending; what is left is said to be, and can be sent again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Invites people: nobody who belongs to the organization, nobody twice, nobody who could not come in, and never more than
/// there are seats.
pub struct InviteMembers {
    /// Who may.
    pub authorize: Authorize,
    /// Which way they have to come.
    pub ways: FindWaysIn,
    /// Counts the seats that are taken.
    pub seats: SeatCount,
    /// One change at a time.
    pub turns: Arc<dyn Turns>,
    /// Finds the accounts of an address.
    pub users: Arc<dyn Users>,
    /// Finds the organizations of an account.
    pub tenants: Arc<dyn Tenants>,
    /// Sends them.
    pub invitations: Arc<dyn Invitations>,
    /// Keeps what was asked for.
    pub offers: Arc<dyn Offers>,
    /// How many mails an address gets.
    pub mails: Arc<InvitationMails>,
    /// Remembers who did it.
    pub audit_log: Arc<dyn AuditLog>,
    /// How many seats a plan has.
    pub catalogue: Arc<Catalogue>,
    /// When.
    pub clock: Arc<dyn Clock>,
}

/// Whom to invite, and to what.
#[derive(Clone, Debug)]
pub struct InvitationWish {
    /// Whom; each once.
    pub emails: Vec<EmailAddress>,
    /// With which role they begin.
    pub role: Role,
    /// Through which connection they have to come of whom none is demanded; any when `None`.
    pub connection: Option<ConnectionId>,
    /// What to tell them.
    pub message: Option<InvitationMessage>,
    /// How long the invitations count.
    pub lifetime: InvitationLifetime,
}

/// What became of one address.
#[derive(Debug)]
pub struct InviteAnswer {
    /// Whose.
    pub email: EmailAddress,
    /// What.
    pub outcome: InviteOutcome,
}

/// What becomes of an address.
#[derive(Debug)]
pub enum InviteOutcome {
    /// An invitation is out.
    Invited(Box<Invitation>),
    /// It belongs to a member.
    AlreadyMember,
    /// An invitation to it is out already.
    AlreadyInvited,
    /// Whoever has it could not come in.
    NoWayIn(NoWayIn),
    /// Every seat is taken.
    NoSeat,
    /// It was sent so many invitations that another one has to wait for this long.
    TooOften(Duration),
    /// Something outside is down; it can be tried again.
    Failed(Outage),
}

/// Why nobody is invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteMembersError {
    /// The actor may not do it.
    #[error(transparent)]
    NotAuthorized(#[from] AuthorizeError),
    /// Nobody can come to the organization through this connection.
    #[error("the organization has no such way to log in")]
    UnknownConnection,
    /// Something outside is down.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// What is the same for everybody whom a wish is about, and the seats that they take one after the other.
struct Round<'a> {
    session: &'a Session,
    tenant: &'a TenantId,
    wish: &'a InvitationWish,
    ways: WaysIn,
    seats: Seats,
    taken: TakenSeats,
}

impl InviteMembers {
    /// Invites each of them, in this order, and says what became of each. Repeatable: whoever was invited is said to be.
    pub async fn run(
        &self,
        session: &Session,
        wish: &InvitationWish,
    ) -> Result<Vec<InviteAnswer>, InviteMembersError> {
        let in_turn = self.authorize.in_turn(&*self.turns, session, Permission::InviteMembers);
        let (_turn, administrator) = in_turn.await?;
        let tenant = &administrator.tenant().id;
        let ways = self.ways.to_invite(tenant, wish.connection.as_ref()).await?;
        if wish.connection.as_ref().is_some_and(|wanted| !ways.has(wanted)) {
            return Err(InviteMembersError::UnknownConnection);
        }
        let seats = seats_of(&self.catalogue, session);
        let taken = self.seats.run(tenant, seats).await?;
        let mut round = Round { session, tenant, wish, ways, seats, taken };
        let until = self.clock.now() + PATIENCE;
        let mut answers = Vec::with_capacity(wish.emails.len());
        for email in &wish.emails {
            let outcome = if self.clock.now() < until {
                self.invite(&mut round, email).await.unwrap_or_else(|outage| {
                    tracing::warn!(tenant = %tenant, %outage, "somebody could not be invited");
                    InviteOutcome::Failed(outage)
                })
            } else {
                InviteOutcome::Failed(Outage::Busy)
            };
            answers.push(InviteAnswer { email: email.clone(), outcome });
        }
        Ok(answers)
    }

    /// Whether this person may invite people, as far as their session says.
    pub fn may_look(&self, session: &Session) -> Result<(), InviteMembersError> {
        self.authorize.to_look(session, Permission::InviteMembers)?;
        Ok(())
    }

    /// The ways in which invited people can come.
    pub async fn ways(&self, session: &Session) -> Result<WaysIn, InviteMembersError> {
        let administrator = self.authorize.to_look(session, Permission::InviteMembers)?;
        Ok(self.ways.run(&administrator.tenant().id).await?)
    }

    async fn invite(&self, round: &mut Round<'_>, email: &EmailAddress) -> Result<InviteOutcome, Outage> {
        let Round { session, tenant, wish, .. } = *round;
        let way = match round.ways.of(email, wish.connection.as_ref()) {
            Ok(way) => way,
            Err(_) if self.is_member(tenant, email).await? => return Ok(InviteOutcome::AlreadyMember),
            Err(why) => return Ok(InviteOutcome::NoWayIn(why)),
        };
        let known = round.taken.pending.get(email);
        if let Some(invitation) = known.and_then(|known| known.invitation.clone()) {
            let was_lost = known.is_some_and(|known| {
                known.offer.as_ref().is_some_and(|offer| offer.state == OfferState::Sending)
            });
            if !was_lost {
                return Ok(InviteOutcome::AlreadyInvited);
            }
            // An earlier request was carried out, and its answer did not arrive.
            return self.opened(session, tenant, invitation).await;
        }
        let is_unsent = known.is_some_and(Pending::is_unsent);
        if known.is_some() && !is_unsent {
            return Ok(InviteOutcome::AlreadyInvited);
        }
        if self.is_member(tenant, email).await? {
            return Ok(InviteOutcome::AlreadyMember);
        }
        // An invitation that was not sent has its seat already.
        if !is_unsent && !round.seats.admit_one_more(round.taken.total()) {
            return Ok(InviteOutcome::NoSeat);
        }
        let now = self.clock.now();
        let mut mail = if is_unsent {
            self.mails.unsent(tenant, email)
        } else {
            match self.mails.admit(tenant, email, now) {
                Ok(mail) => mail,
                Err(wait) => return Ok(InviteOutcome::TooOften(wait)),
            }
        };
        for expired in round.taken.expired.iter().filter(|expired| expired.email == *email) {
            self.invitations.revoke(tenant, &expired.id).await?;
        }
        // Whatever was pending and is listed no more is over.
        self.offers.end(tenant, email, OfferState::Revoked).await?;
        let offer = round.offer(email, way, now);
        if !self.offers.begin(&offer).await? {
            return Ok(InviteOutcome::AlreadyInvited);
        }
        mail.goes_out();
        let new = as_asked_for(&offer);
        round.taken.pending.entry(email.clone()).or_default().offer = Some(offer);
        match self.invitations.create(tenant, &new).await {
            Ok(invitation) => self.opened(session, tenant, invitation).await,
            Err(error) => {
                if is_refusal(&error) {
                    self.offers.end(tenant, email, OfferState::Revoked).await?;
                    round.taken.pending.remove(email);
                    mail.was_refused();
                }
                Err(error.into())
            }
        }
    }

    async fn opened(
        &self,
        session: &Session,
        tenant: &TenantId,
        invitation: Invitation,
    ) -> Result<InviteOutcome, Outage> {
        self.offers.open(tenant, &invitation).await?;
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: session.user.clone(),
            actor_name: Some(session.name.clone()),
            tenant: Some(tenant.clone()),
            action: AuditAction::InvitationSent,
            subject: invitation.email.to_string(),
        };
        audit::record(&*self.audit_log, &entry).await;
        Ok(InviteOutcome::Invited(Box::new(invitation)))
    }

    async fn is_member(&self, tenant: &TenantId, email: &EmailAddress) -> Result<bool, Outage> {
        for user in self.users.find_by_email(email).await? {
            let tenants = self.tenants.of_user(&user.id).await?;
            if tenants.iter().any(|found| found.tenant.id == *tenant) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether the provider has said no: then it has made nothing.
pub(crate) fn is_refusal(error: &InvitationsError) -> bool {
    match error {
        InvitationsError::UnknownTenant
        | InvitationsError::UnknownConnection
        | InvitationsError::InvalidCursor
        | InvitationsError::RateLimited { .. } => true,
        InvitationsError::Unavailable(_) => false,
    }
}

/// How many seats the organization's plan has; none without a plan.
pub(crate) fn seats_of(catalogue: &Catalogue, session: &Session) -> Seats {
    let plan = session.subscription.and_then(|held| catalogue.plan(held.plan()));
    plan.map_or(Seats::UpTo(0), |plan| plan.seats)
}

impl Round<'_> {
    fn offer(&self, email: &EmailAddress, way: Option<ConnectionId>, now: Timestamp) -> Offer {
        Offer {
            tenant: self.tenant.clone(),
            email: email.clone(),
            invitation: None,
            inviter: self.session.user.clone(),
            inviter_name: inviter_name(self.session),
            roles: Roles::from(self.wish.role),
            message: self.wish.message.clone(),
            connection: way,
            state: OfferState::Sending,
            created_at: now,
            expires_at: now + self.wish.lifetime.get(),
        }
    }
}

/// What the provider is asked for, so that there is what is offered.
pub(crate) fn as_asked_for(offer: &Offer) -> NewInvitation {
    NewInvitation {
        email: offer.email.clone(),
        roles: offer.roles.clone(),
        connection: offer.connection.clone(),
        inviter: offer.inviter_name.clone(),
        lifetime: offer.lifetime(),
    }
}

/// What the invited person is told of who invites: at most 300 characters, and never nothing.
pub(crate) fn inviter_name(session: &Session) -> String {
    let name: String =
        session.name.trim().chars().filter(|character| !character.is_control()).take(300).collect();
    if name.is_empty() { "An Administrator".to_owned() } else { name }
}

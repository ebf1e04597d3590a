//! Inviting people into the organization.

use std::sync::Arc;
use std::time::Duration;

use tenantry_domain::{
    Administrator, AuditAction, AuditEntry, Catalogue, ConnectionId, EmailAddress, Invitation,
    InvitationLifetime, InvitationMessage, LoginConnection, Offer, OfferState, Permission, Role, Roles,
    Seats, TenantId,
};
use tenantry_ports::{
    AuditLog, Clock, Invitations, InvitationsError, NewInvitation, Offers, Session, Tenants, Turns, Users,
};

use crate::seats::{Pending, TakenSeats};
use crate::{Authorize, AuthorizeError, InvitationMails, Outage, SeatCount, audit};

/// How long one request may go on sending; what is left is said to be, and can be sent again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Invites people: nobody who belongs to the organization, nobody twice, and never more than there are seats.
pub struct InviteMembers {
    /// Who may.
    pub authorize: Authorize,
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
    /// Through which connection they have to come; any when `None`.
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
        if let Some(wanted) = &wish.connection {
            let connections = self.invitations.connections(tenant).await.map_err(Outage::from)?;
            if !connections.iter().any(|connection| connection.id == *wanted) {
                return Err(InviteMembersError::UnknownConnection);
            }
        }
        let seats = seats_of(&self.catalogue, session);
        let mut taken = self.seats.run(tenant, seats).await?;
        let until = self.clock.now() + PATIENCE;
        let mut answers = Vec::with_capacity(wish.emails.len());
        for email in &wish.emails {
            let outcome = if self.clock.now() < until {
                let invited = self.invite(session, &administrator, email, wish, &mut taken, seats).await;
                invited.unwrap_or_else(|outage| {
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

    /// The ways in which invited people can log in.
    pub async fn connections(&self, session: &Session) -> Result<Vec<LoginConnection>, InviteMembersError> {
        let administrator = self.authorize.to_look(session, Permission::InviteMembers)?;
        let found = self.invitations.connections(&administrator.tenant().id).await;
        Ok(found.map_err(Outage::from)?)
    }

    async fn invite(
        &self,
        session: &Session,
        administrator: &Administrator,
        email: &EmailAddress,
        wish: &InvitationWish,
        taken: &mut TakenSeats,
        seats: Seats,
    ) -> Result<InviteOutcome, Outage> {
        let tenant = &administrator.tenant().id;
        let known = taken.pending.get(email);
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
        if !is_unsent && !seats.admit_one_more(taken.total()) {
            return Ok(InviteOutcome::NoSeat);
        }
        if let Err(wait) = self.mails.admit(tenant, email, self.clock.now()) {
            return Ok(InviteOutcome::TooOften(wait));
        }
        for expired in taken.expired.iter().filter(|expired| expired.email == *email) {
            self.invitations.revoke(tenant, &expired.id).await?;
        }
        // Whatever was pending and is listed no more is over.
        self.offers.end(tenant, email, OfferState::Revoked).await?;
        let offer = offer(session, tenant, email, wish, self.clock.now());
        if !self.offers.begin(&offer).await? {
            return Ok(InviteOutcome::AlreadyInvited);
        }
        taken.pending.entry(email.clone()).or_default().offer = Some(offer);
        match self.invitations.create(tenant, &request(session, email, wish)).await {
            Ok(invitation) => self.opened(session, tenant, invitation).await,
            Err(error) => {
                if is_refusal(&error) {
                    self.offers.end(tenant, email, OfferState::Revoked).await?;
                    taken.pending.remove(email);
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

fn offer(
    session: &Session,
    tenant: &TenantId,
    email: &EmailAddress,
    wish: &InvitationWish,
    now: tenantry_domain::Timestamp,
) -> Offer {
    Offer {
        tenant: tenant.clone(),
        email: email.clone(),
        invitation: None,
        inviter: session.user.clone(),
        inviter_name: inviter_name(session),
        roles: Roles::from(wish.role),
        message: wish.message.clone(),
        connection: wish.connection.clone(),
        state: OfferState::Sending,
        created_at: now,
        expires_at: now + wish.lifetime.get(),
    }
}

fn request(session: &Session, email: &EmailAddress, wish: &InvitationWish) -> NewInvitation {
    NewInvitation {
        email: email.clone(),
        roles: Roles::from(wish.role),
        connection: wish.connection.clone(),
        inviter: inviter_name(session),
        lifetime: wish.lifetime,
    }
}

/// What the invited person is told of who invites: at most 300 characters, and never nothing.
pub(crate) fn inviter_name(session: &Session) -> String {
    let name: String =
        session.name.trim().chars().filter(|character| !character.is_control()).take(300).collect();
    if name.is_empty() { "An Administrator".to_owned() } else { name }
}

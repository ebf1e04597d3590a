//! Fifty people at once at the seat limit: who invites, accepts, removes and demotes whom when makes no difference to what
//! must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures::future::join_all;
use secrecy::SecretString;
use tenantry_application::{
    Arrival, Authorize, FindWaysIn, InvitationMails, InvitationWish, InviteMembers, Redeem, SessionLimits,
    SignIn, SsoGate,
};
use tenantry_domain::{
    Catalogue, Device, EmailAddress, InvitationLifetime, Permission, Role, SessionId, TenantRef, UserId,
};
use tenantry_ports::testkit::SeededRandom;
use tenantry_ports::{
    Callback, Clock, IdentityProvider, Intent, LoginAttempt, LoginRequest, PageSize, Session, Turns,
};
use tenantry_sql::{SqlDomainProofs, SqlLoginAttempts, SqlSsoRequests, SqlTurns};

use crate::people::{Office, office, organization, signed_in};
use crate::wire::Wire;
use crate::world::{Provider, World};

/// How many seats a team has here.
const SEATS: usize = 8;

/// Everything that a crowd needs, once for all seeds.
struct Crowd {
    provider: Provider,
    world: World,
    office: Arc<Office>,
    invite: InviteMembers,
    sign_in: SignIn,
    turns: SqlTurns,
    /// Who belongs to each organization at first: four Administrators, and two Employees.
    users: Vec<UserId>,
    /// Who may be invited, with what the provider knows their browser by.
    strangers: Vec<(EmailAddress, String)>,
}

/// One race: an organization, and its people's sessions.
struct Race {
    tenant: TenantRef,
    sessions: Vec<Session>,
    seed: usize,
}

impl Crowd {
    async fn gather() -> Self {
        let provider = Provider::start().await;
        let world = World::new(&provider, 1).await;
        let mut users = vec![world.ann.clone()];
        for number in 0..5 {
            users.push(provider.account(&format!("person{number}@example.com")).await);
        }
        let door = provider.web();
        let mut strangers = Vec::new();
        for number in 0..6 {
            let email = format!("stranger{number}@example.com");
            provider.account(&email).await;
            let login = request(&door, &world, format!("first-{number}"));
            let url = door.authorization_url(&login).await.unwrap();
            let browser = provider.known(&email, &url).await;
            strangers.push((EmailAddress::try_from(email.as_str()).unwrap(), browser));
        }
        let wire = Arc::new(Wire::default());
        let office = office(&world, &wire);
        let (seats, audit) = (world.seats(&wire), Arc::clone(&office.audit));
        let standard = include_str!("../../../domain/src/catalogue.toml");
        let small = standard.replace("seats = 20", &format!("seats = {SEATS}"));
        let catalogue = Arc::new(Catalogue::from_toml(&small).unwrap());
        let turns = SqlTurns::new(&world.database);
        let invite = InviteMembers {
            authorize: Authorize {
                members: Arc::clone(&world.members),
                sessions: Arc::clone(&world.sessions),
                clock: world.clock.clone(),
            },
            ways: FindWaysIn {
                invitations: Arc::clone(&world.invitations),
                requests: Arc::new(SqlSsoRequests::new(world.database.clone())),
                proofs: Arc::new(SqlDomainProofs::new(world.database.clone())),
            },
            seats: seats.clone(),
            turns: Arc::new(turns.clone()),
            users: Arc::clone(&world.users),
            tenants: Arc::clone(&world.tenants),
            invitations: Arc::clone(&world.invitations),
            offers: Arc::clone(&world.offers),
            mails: Arc::new(InvitationMails::default()),
            audit_log: Arc::clone(&audit),
            catalogue: Arc::clone(&catalogue),
            clock: world.clock.clone(),
        };
        let sign_in = SignIn {
            redeem: Redeem {
                provider: Arc::new(door),
                attempts: Arc::new(SqlLoginAttempts::new(world.database.clone(), world.clock.clone())),
            },
            sso: SsoGate {
                requests: Arc::new(SqlSsoRequests::new(world.database.clone())),
                proofs: Arc::new(SqlDomainProofs::new(world.database.clone())),
                members: Arc::clone(&world.members),
                audit_log: Arc::clone(&audit),
                random: Arc::new(SeededRandom::new(2)),
                catalogue: Arc::clone(&catalogue),
            },
            users: Arc::clone(&world.users),
            tenants: Arc::clone(&world.tenants),
            members: Arc::clone(&world.members),
            sessions: Arc::clone(&world.sessions),
            conversions: world.conversions(&wire),
            offers: Arc::clone(&world.offers),
            turns: Arc::new(turns.clone()),
            seats,
            audit_log: audit,
            clock: world.clock.clone(),
            catalogue,
            limits: SessionLimits::default(),
        };
        Self { provider, world, office, invite, sign_in, turns, users, strangers }
    }

    /// An organization at the limit: six members, and an invitation for each of the other seats.
    async fn race(&self, seed: usize) -> Race {
        let role = |number| if number < 4 { Role::Administrator } else { Role::Employee };
        let people: Vec<_> = self.users.iter().enumerate().map(|(at, user)| (user, role(at))).collect();
        let tenant = organization(&self.world, &format!("race-{seed}"), &people).await;
        let sessions = join_all(self.users.iter().map(|user| signed_in(&self.world, &tenant, user))).await;
        let race = Race { tenant, sessions, seed };
        for number in 0..SEATS - self.users.len() {
            self.invites(&race.sessions[number], (seed + number) % self.strangers.len()).await;
        }
        self.holds(&race).await;
        race
    }

    async fn invites(&self, session: &Session, stranger: usize) {
        let wish = InvitationWish {
            emails: vec![self.strangers[stranger].0.clone()],
            role: Role::Employee,
            connection: None,
            message: None,
            lifetime: InvitationLifetime::default(),
        };
        drop(self.invite.run(session, &wish).await);
    }

    /// A stranger follows the newest link that they have got, as a browser that the provider knows.
    async fn accepts(&self, race: &Race, stranger: usize, number: usize) {
        let (email, cookie) = &self.strangers[stranger];
        let listed = self.world.invitations.page(&race.tenant.id, None, PageSize::SCREEN).await.unwrap();
        let Some(invitation) = listed.items.into_iter().find(|found| found.email == *email) else { return };
        let door = self.provider.web();
        let mut login = request(&door, &self.world, format!("{}-{number}", race.seed));
        login.attempt.tenant = Some(race.tenant.clone());
        login.attempt.invitation = Some(invitation.id);
        login.invitation = invitation.ticket.map(|ticket| ticket.as_str().to_owned());
        let url = door.authorization_url(&login).await.unwrap();
        let left = Request::get(url.as_str()).header("cookie", cookie).body(Body::empty()).unwrap();
        let (back, _) = self.provider.goes(left).await;
        let given =
            |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let callback = match given("code") {
            Some(code) => Callback::Code { code: SecretString::from(code), issuer: None },
            None => Callback::Error {
                error: given("error").unwrap_or_else(|| panic!("{back}")),
                description: given("error_description"),
                issuer: None,
            },
        };
        let session = format!("accepted-{}-{number}", race.seed);
        let arrival = Arrival {
            callback,
            attempt: login.attempt,
            session: SessionId::try_from(session.as_str()).unwrap(),
            previous: None,
            device: Device::seen(None, None),
        };
        drop(self.sign_in.run(arrival).await);
    }

    /// One thing that somebody tries; whether it succeeds depends on who was faster.
    async fn attempt(&self, race: &Race, number: usize) {
        // Different at every seed, and the same at every run.
        let dice = (race.seed * 50 + number).wrapping_mul(2_654_435_761) >> 7;
        let session = &race.sessions[dice % 6];
        let to = self.users[dice / 6 % 6].as_str();
        let stranger = dice / 36 % self.strangers.len();
        match dice / 216 % 10 {
            0..=2 => self.invites(session, stranger).await,
            3..=5 => self.accepts(race, stranger, number).await,
            6 => drop(self.office.change.run(session, to, &["Employee"]).await),
            7 => drop(self.office.remove.run(session, to).await),
            8 => drop(self.office.leave.run(session).await),
            _ => drop(self.office.transfer.run(session, to).await),
        }
        if number.is_multiple_of(5) {
            self.holds(race).await;
        }
    }

    /// What must hold at every moment, looked at while nobody can change who belongs to the organization but by accepting:
    /// whoever accepts meanwhile is seen once or not at all.
    async fn holds(&self, race: &Race) {
        let (world, tenant, seed) = (&self.world, &race.tenant.id, race.seed);
        let _turn = self.turns.take(tenant).await.unwrap();
        let administrators = world.members.administrators(tenant).await.unwrap();
        assert!(!administrators.is_empty(), "I2, seed {seed}");
        let members = world.members.page(tenant, None, PageSize::SCREEN).await.unwrap().items;
        let each: BTreeSet<_> = members.iter().map(|member| &member.user).collect();
        assert_eq!(each.len(), members.len(), "I5, seed {seed}: {members:?}");
        assert!(members.iter().all(|member| !member.roles.is_empty()), "seed {seed}: {members:?}");
        let mut invited = BTreeMap::new();
        for invitation in world.invitations.page(tenant, None, PageSize::SCREEN).await.unwrap().items {
            let twice = invited.insert(invitation.email.clone(), invitation.id);
            assert_eq!(twice, None, "I4, seed {seed}: {}", invitation.email);
        }
        let taken = members.len() + invited.len();
        assert!(taken <= SEATS, "seed {seed}: {} members and {invited:?}", members.len());
        for offer in world.offers.pending(tenant, world.clock.now()).await.unwrap() {
            let roles = world.members.roles(tenant, &offer.inviter).await.unwrap();
            assert!(roles.permit(Permission::InviteMembers), "S14, seed {seed}: {offer:?}");
        }
    }
}

fn request(door: &dyn IdentityProvider, world: &World, name: String) -> LoginRequest {
    LoginRequest {
        attempt: LoginAttempt {
            issuer: door.issuer().to_owned(),
            state: name.clone(),
            nonce: name,
            code_verifier: "a-verifier-that-is-as-long-as-it-has-to-be-43".to_owned(),
            tenant: None,
            connection: None,
            invitation: None,
            sso: None,
            return_to: "/home".to_owned(),
            started_at: world.clock.now(),
        },
        intent: Intent::SignIn,
        invitation: None,
        email_hint: None,
        reauthenticate: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f11_i2_i4_i5_fifty_at_once_at_the_seat_limit_leave_everything_as_it_must_be() {
    let crowd = Arc::new(Crowd::gather().await);
    let hundred = async {
        let mut joined = 0;
        for seed in 0..100 {
            let race = Arc::new(crowd.race(seed).await);
            let attempts = (0..50).map(|number| {
                let (crowd, race) = (Arc::clone(&crowd), Arc::clone(&race));
                tokio::spawn(async move { crowd.attempt(&race, number).await })
            });
            join_all(attempts).await.into_iter().for_each(|attempted| attempted.unwrap());
            crowd.holds(&race).await;
            let left = crowd.world.members.page(&race.tenant.id, None, PageSize::SCREEN).await.unwrap().items;
            joined += left.iter().filter(|member| !crowd.users.contains(&member.user)).count();
        }
        // Most of those who accept come too late: whoever has invited them may invite nobody any more.
        assert!(joined > 15, "a race in which nobody gets anywhere shows nothing: {joined} have joined");
    };
    tokio::time::timeout(Duration::from_mins(5), hundred).await.expect("a hundred seeds in bounded time");
}

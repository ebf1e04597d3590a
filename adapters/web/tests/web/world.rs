//! Everything outside of the pages, in memory: accounts, organizations, sessions, a ledger, and a clock that tests move.

mod billing;
mod invitations;
mod organizations;
mod provider;
mod store;

use std::collections::HashMap;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use tenantry_application::{
    Activity, Authorize, BeginSignIn, ChangePassword, ChangeRoles, ChoosePlan, ConfirmCheckout, Conversions,
    CustomizeOrganization, DeleteAccount, DeleteOrganization, EditProfile, EndSessions, ExplainSignOut,
    ExportAccount, ExportOrganization, FindMember, FindOrganization, FindWaysIn, FollowLogout, Home,
    InvitationMails, InviteMembers, KeepFresh, LeaveOrganization, ListInvitations, ListMembers,
    MyOrganizations, MySessions, OpenInvitation, PayByCard, People, PlanAndUsage, Profile, Redeem,
    RegisterOrganization, RegisterPersonal, Remains, RemoveMember, ResendInvitation, RevokeInvitation,
    SearchMembers, SeatCount, SessionLimits, SignIn, SignOut, SsoGate, SsoParts, TransferOwnership,
    WithdrawInvitations,
};
use tenantry_domain::{
    AuditEntry, Branding, Catalogue, Device, Holder, Invitation, Logo, Look, Offer, Payment, Role, Roles,
    Tenant, TenantId, TenantName, TenantRef, Ticket, Timestamp, UserId,
};
use tenantry_ports::testkit::{FixedClock, SeededRandom, without_sso};
use tenantry_ports::{LoggedOut, LoginRequest, NewCheckout, SavedConversion, Session, Source};
use tenantry_ports::{
    MockAccessRequests, MockDiscoveryProbe, MockIdempotencyKeys, MockSsoConnections, MockTxtRecords,
};
use tenantry_web::{Brand, SsoOutside, SsoUseCases, UseCases, Web};
use url::Url;

pub(crate) const NOW: &str = "2026-11-23T12:00:00.000Z";

#[derive(Default)]
struct State {
    invitations: Vec<(TenantId, Invitation)>,
    invitations_made: u32,
    offers: Vec<(Offer, Option<Ticket>)>,
    users: HashMap<String, Option<String>>,
    names: HashMap<String, String>,
    tenants: Vec<Tenant>,
    roles: HashMap<(String, String), Roles>,
    sessions: HashMap<String, Session>,
    ended_sessions: HashMap<String, Session>,
    devices: HashMap<String, (Device, Timestamp)>,
    claims: HashMap<String, serde_json::Map<String, serde_json::Value>>,
    spent: Vec<String>,
    /// What was told of logouts, and when.
    logouts: Vec<(LoggedOut, Timestamp)>,
    journeys: HashMap<Holder, SavedConversion>,
    looks: HashMap<TenantId, (Look, Option<Logo>)>,
    audit: Vec<AuditEntry>,
    checkouts: HashMap<String, (NewCheckout, Option<Payment>)>,
}

/// What can be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Neither the store nor the provider answers.
    Outage,
    /// The store can be read, and takes no writes.
    ReadOnlyStore,
    /// Whatever is saved of a purchase, somebody else was there first.
    AnotherWindow,
    /// The connection breaks before the card is charged.
    LostCard,
    /// The provider makes no organizations.
    NoNewTenants,
    /// Looking an organization up never ends.
    Silence,
    /// Looking an organization up panics.
    Bug,
}

pub(crate) struct World {
    state: Mutex<State>,
    pub(crate) clock: Arc<FixedClock>,
    random: Arc<SeededRandom>,
    faults: Mutex<Vec<Fault>>,
    /// How many cards were charged.
    pub(crate) charged: AtomicU32,
    /// What the browser was sent to the provider with, the latest last.
    pub(crate) requests: Mutex<Vec<LoginRequest>>,
}

impl World {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            clock: Arc::new(FixedClock::at(NOW)),
            random: Arc::new(SeededRandom::new(7)),
            faults: Mutex::default(),
            charged: AtomicU32::new(0),
            requests: Mutex::default(),
        })
    }

    /// An organization whose people are these, by name and role.
    pub(crate) fn organization(&self, name: &str, subscription: &str, people: &[(&str, Role)]) {
        let id = TenantId::try_from(format!("org_{name}").as_str()).unwrap();
        let tenant = TenantRef { id, name: TenantName::try_from(name).unwrap() };
        let mut state = self.lock();
        for (person, role) in people {
            state.roles.insert((tenant.id.to_string(), user_id(person)), Roles::from(*role));
        }
        state.tenants.push(Tenant {
            tenant,
            display_name: name.to_owned(),
            branding: Branding::default(),
            subscription: Some(subscription.to_owned()),
            made_in: None,
        });
    }

    /// Takes every role from somebody who stays a member, at the provider itself.
    pub(crate) fn dismiss(&self, organization: &str, person: &str) {
        let key = (format!("org_{organization}"), user_id(person));
        self.lock().roles.insert(key, Roles::default());
    }

    /// Gives somebody one role in an organization, at the provider itself.
    pub(crate) fn appoint(&self, organization: &str, person: &str, role: Role) {
        let key = (format!("org_{organization}"), user_id(person));
        self.lock().roles.insert(key, Roles::from(role));
    }

    pub(crate) fn person(&self, name: &str, subscription: &str) {
        self.lock().users.insert(user_id(name), Some(subscription.to_owned()));
    }

    pub(crate) fn subscription_of(&self, name: &str) -> Option<String> {
        self.lock().users.get(&user_id(name)).cloned().flatten()
    }

    pub(crate) fn tenant_names(&self) -> Vec<String> {
        self.lock().tenants.iter().map(|held| held.tenant.name.to_string()).collect()
    }

    pub(crate) fn session_ids(&self) -> Vec<String> {
        self.lock().sessions.keys().cloned().collect()
    }

    /// As if so much time had passed that no login is under way any more.
    pub(crate) fn forget_logouts(&self) {
        self.lock().logouts.clear();
    }

    pub(crate) fn router(self: &Arc<Self>, base_url: &str) -> Router {
        tenantry_web::router(self.web(base_url)).unwrap()
    }

    #[expect(clippy::too_many_lines, reason = "a table of use cases, one after the other")]
    pub(crate) fn web(self: &Arc<Self>, base_url: &str) -> Web {
        let world = self.clone();
        let random = self.random.clone();
        let catalogue = Arc::new(Catalogue::standard().unwrap());
        let conversions = Arc::new(Conversions {
            journeys: world.clone(),
            users: world.clone(),
            tenants: world.clone(),
            members: world.clone(),
            sessions: world.clone(),
            billing: world.clone(),
            clock: self.clock.clone(),
            random: random.clone(),
        });
        let confirm = Arc::new(ConfirmCheckout { conversions: conversions.clone() });
        let seats = SeatCount {
            invitations: world.clone(),
            offers: world.clone(),
            members: world.clone(),
            clock: self.clock.clone(),
        };
        let authorize =
            Authorize { members: world.clone(), sessions: world.clone(), clock: self.clock.clone() };
        let withdraw = WithdrawInvitations { seats: seats.clone(), audit_log: world.clone() };
        let (requests, proofs) = without_sso();
        let requests = Arc::new(requests);
        let people = People {
            authorize: authorize.clone(),
            members: world.clone(),
            sessions: world.clone(),
            turns: world.clone(),
            catalogue: catalogue.clone(),
            requests: requests.clone(),
            withdraw: withdraw.clone(),
            audit_log: world.clone(),
            clock: self.clock.clone(),
        };
        let begin_sign_in = BeginSignIn {
            provider: world.clone(),
            tenants: world.clone(),
            looks: world.clone(),
            clock: self.clock.clone(),
            random: random.clone(),
        };
        let redeem = Redeem { provider: world.clone(), attempts: world.clone() };
        let sso = SsoParts {
            authorize: authorize.clone(),
            requests,
            proofs: Arc::new(proofs),
            connections: Arc::new(MockSsoConnections::new()),
            turns: world.clone(),
            audit_log: world.clone(),
            clock: self.clock.clone(),
            random: random.clone(),
            catalogue: catalogue.clone(),
        };
        let ways = FindWaysIn {
            invitations: world.clone(),
            requests: sso.requests.clone(),
            proofs: sso.proofs.clone(),
        };
        let remains = Remains {
            sessions: world.clone(),
            looks: world.clone(),
            offers: world.clone(),
            requests: sso.requests.clone(),
            connections: sso.connections.clone(),
            proofs: sso.proofs.clone(),
            clock: self.clock.clone(),
        };
        let gate = SsoGate {
            requests: sso.requests.clone(),
            proofs: sso.proofs.clone(),
            members: world.clone(),
            audit_log: world.clone(),
            random: random.clone(),
            catalogue: catalogue.clone(),
        };
        let outside = SsoOutside {
            begin: begin_sign_in.clone(),
            redeem: redeem.clone(),
            probe: Arc::new(MockDiscoveryProbe::new()),
            records: Arc::new(MockTxtRecords::new()),
            sessions: world.clone(),
            gate: gate.clone(),
            people: people.clone(),
            access: Arc::new(nobody_asks()),
        };
        Web {
            base_url: Url::parse(base_url).unwrap(),
            form_targets: vec![Url::parse("https://id.example/").unwrap()],
            secrets: vec!["a secret of thirty-two characters".into()],
            brand: Brand::default(),
            catalogue: catalogue.clone(),
            limits: SessionLimits::default(),
            sessions: world.clone(),
            readiness: world.clone(),
            idempotency_keys: Arc::new(MockIdempotencyKeys::new()),
            looks: world.clone(),
            trusted_proxies: 0,
            sso_in_development: false,
            mailbox: None,
            clock: self.clock.clone(),
            random: random.clone(),
            use_cases: UseCases {
                begin_sign_in: begin_sign_in.clone(),
                sign_in: SignIn {
                    redeem: redeem.clone(),
                    sso: gate,
                    users: world.clone(),
                    tenants: world.clone(),
                    members: world.clone(),
                    sessions: world.clone(),
                    conversions: conversions.clone(),
                    clock: self.clock.clone(),
                    offers: world.clone(),
                    turns: world.clone(),
                    seats: seats.clone(),
                    audit_log: world.clone(),
                    catalogue: catalogue.clone(),
                    limits: SessionLimits::default(),
                },
                sign_out: SignOut { sessions: world.clone(), provider: world.clone() },
                follow_logout: FollowLogout {
                    provider: world.clone(),
                    sessions: world.clone(),
                    clock: self.clock.clone(),
                },
                keep_fresh: KeepFresh::new(world.clone(), world.clone(), world.clone(), remains.clone()),
                explain_sign_out: ExplainSignOut {
                    sessions: world.clone(),
                    members: world.clone(),
                    clock: self.clock.clone(),
                },
                find_organization: FindOrganization { tenants: world.clone(), looks: world.clone() },
                home: Home { clock: self.clock.clone(), catalogue: catalogue.clone() },
                profile: Profile { sessions: world.clone() },
                choose_plan: ChoosePlan { catalogue: catalogue.clone(), conversions: conversions.clone() },
                pay_by_card: PayByCard {
                    catalogue: catalogue.clone(),
                    conversions: conversions.clone(),
                    cards: world.clone(),
                    members: world.clone(),
                    confirm,
                },
                register_personal: RegisterPersonal { conversions: conversions.clone() },
                register_organization: RegisterOrganization { conversions: conversions.clone() },
                plan_and_usage: PlanAndUsage {
                    seats: seats.clone(),
                    audit_log: world.clone(),
                    requests: sso.requests.clone(),
                    catalogue: catalogue.clone(),
                    clock: self.clock.clone(),
                },
                list_members: ListMembers { members: world.clone(), clock: self.clock.clone() },
                search_members: SearchMembers { authorize: authorize.clone(), members: world.clone() },
                find_member: FindMember { people: people.clone() },
                change_roles: ChangeRoles { people: people.clone() },
                remove_member: RemoveMember { people: people.clone() },
                transfer_ownership: TransferOwnership { people: people.clone() },
                leave_organization: LeaveOrganization { people },
                activity: Activity { authorize: authorize.clone(), audit_log: world.clone() },
                list_invitations: ListInvitations { authorize: authorize.clone(), seats: seats.clone() },
                find_ways_in: ways.clone(),
                invite_members: InviteMembers {
                    authorize: authorize.clone(),
                    ways: ways.clone(),
                    seats: seats.clone(),
                    turns: world.clone(),
                    users: world.clone(),
                    tenants: world.clone(),
                    invitations: world.clone(),
                    offers: world.clone(),
                    mails: Arc::new(InvitationMails::default()),
                    audit_log: world.clone(),
                    catalogue: catalogue.clone(),
                    clock: self.clock.clone(),
                },
                resend_invitation: ResendInvitation {
                    authorize: authorize.clone(),
                    turns: world.clone(),
                    ways: ways.clone(),
                    invitations: world.clone(),
                    offers: world.clone(),
                    mails: Arc::new(InvitationMails::default()),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                },
                revoke_invitation: RevokeInvitation {
                    authorize: authorize.clone(),
                    turns: world.clone(),
                    invitations: world.clone(),
                    offers: world.clone(),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                },
                open_invitation: OpenInvitation {
                    tenants: world.clone(),
                    members: world.clone(),
                    seats: seats.clone(),
                    invitations: world.clone(),
                    ways,
                    offers: world.clone(),
                    sessions: world.clone(),
                    catalogue,
                    clock: self.clock.clone(),
                },
                my_organizations: MyOrganizations { tenants: world.clone() },
                sso: SsoUseCases::new(&sso, outside),
                customize_organization: CustomizeOrganization {
                    authorize: authorize.clone(),
                    tenants: world.clone(),
                    looks: world.clone(),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                    random: self.random.clone(),
                    logos_url: tenantry_web::logos_url(&Url::parse(base_url).unwrap()),
                },
                export_organization: ExportOrganization {
                    authorize: authorize.clone(),
                    tenants: world.clone(),
                    members: world.clone(),
                    seats: seats.clone(),
                    proofs: sso.proofs.clone(),
                    requests: sso.requests.clone(),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                },
                delete_organization: DeleteOrganization {
                    authorize,
                    tenants: world.clone(),
                    turns: world.clone(),
                    conversions: conversions.clone(),
                    remains,
                    audit_log: world.clone(),
                },
                edit_profile: EditProfile {
                    users: world.clone(),
                    sessions: world.clone(),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                },
                my_sessions: MySessions { sessions: world.clone(), clock: self.clock.clone() },
                end_sessions: EndSessions {
                    sessions: world.clone(),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                },
                change_password: ChangePassword {
                    users: world.clone(),
                    sessions: world.clone(),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                },
                export_account: ExportAccount {
                    users: world.clone(),
                    tenants: world.clone(),
                    members: world.clone(),
                    sessions: world.clone(),
                    audit_log: world.clone(),
                    clock: self.clock.clone(),
                },
                delete_account: DeleteAccount {
                    users: world.clone(),
                    tenants: world.clone(),
                    members: world.clone(),
                    turns: world.clone(),
                    withdraw,
                    requests: sso.requests.clone(),
                    sessions: world.clone(),
                    conversions,
                    audit_log: world,
                    clock: self.clock.clone(),
                },
            },
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn breaks(&self, fault: Fault) {
        self.faults.lock().unwrap().push(fault);
    }

    pub(crate) fn is_mended(&self) {
        self.faults.lock().unwrap().clear();
    }

    fn is_broken(&self, fault: Fault) -> bool {
        self.faults.lock().unwrap().contains(&fault)
    }

    fn outage(&self) -> Option<Source> {
        self.is_broken(Fault::Outage).then(|| "the cable is cut".into())
    }
}

pub(crate) fn user_id(name: &str) -> String {
    format!("auth0|{}", name.to_lowercase().replace(' ', "."))
}

fn name_of(user: &UserId) -> String {
    let words = user.as_str().trim_start_matches("auth0|").split('.');
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    words.map(capital).collect::<Vec<_>>().join(" ")
}

fn email_of(user: &UserId) -> Option<tenantry_domain::EmailAddress> {
    let local = user.as_str().trim_start_matches("auth0|");
    tenantry_domain::EmailAddress::try_from(format!("{local}@example.com").as_str()).ok()
}

fn nobody_asks() -> MockAccessRequests {
    let mut access = MockAccessRequests::new();
    access.expect_of_tenant().returning(|_| Ok(Vec::new()));
    access
}

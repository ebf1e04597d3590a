//! Which adapter stands behind which port, and which port behind which use case.

mod account;
mod logins;
mod organization;
mod people;

use std::sync::Arc;

use secrecy::SecretString;
use tenantry_application::{
    Activity, Authorize, BeginSignIn, ChangeRoles, ChoosePlan, Conversions, FindMember, FindOrganization,
    Home, InvitationMails, KeepFresh, LeaveOrganization, ListInvitations, ListMembers, MyOrganizations,
    MySessions, People, Profile, Redeem, RegisterOrganization, RegisterPersonal, Remains, RemoveMember,
    SearchMembers, SeatCount, SessionLimits, SsoGate, SsoParts, TransferOwnership, WatchDomains,
    WithdrawInvitations,
};
use tenantry_auth0::Auth0;
use tenantry_checkout::TestCheckout;
use tenantry_domain::Catalogue;
use tenantry_ports::{
    AuditLog, Clock, DomainProofs, Invitations, Members, Offers, Random, Sessions, SsoRequests, TenantLooks,
    Tenants, Turns, Users,
};
use tenantry_sql::{
    Database, SqlAccessRequests, SqlAuditLog, SqlCheckouts, SqlDomainProofs, SqlIdempotencyKeys, SqlJourneys,
    SqlLoginAttempts, SqlOffers, SqlSessions, SqlSsoRequests, SqlTenantLooks, SqlTurns,
};
use tenantry_web::{Brand, SsoOutside, SsoUseCases, UseCases, Web};
use url::Url;

use crate::Addresses;
use crate::sso_reach::SsoReach;

/// What use cases are made from.
pub(crate) struct Parts {
    pub(crate) auth0: Auth0,
    pub(crate) database: Database,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) trusted_proxies: u8,
    pub(crate) sso: SsoReach,
    /// Where the mails of the development identity provider are shown.
    pub(crate) mailbox: Option<Url>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

impl Parts {
    fn users(&self) -> Arc<dyn Users> {
        Arc::new(self.auth0.users())
    }

    fn tenants(&self) -> Arc<dyn Tenants> {
        Arc::new(self.auth0.tenants())
    }

    fn members(&self) -> Arc<dyn Members> {
        Arc::new(self.auth0.members())
    }

    fn sessions(&self) -> Arc<dyn Sessions> {
        Arc::new(SqlSessions::new(self.database.clone()))
    }

    fn looks(&self) -> Arc<dyn TenantLooks> {
        Arc::new(SqlTenantLooks::new(self.database.clone()))
    }

    fn audit_log(&self) -> Arc<dyn AuditLog> {
        Arc::new(SqlAuditLog::new(self.database.clone()))
    }

    fn invitations(&self) -> Arc<dyn Invitations> {
        Arc::new(self.auth0.invitations())
    }

    fn offers(&self) -> Arc<dyn Offers> {
        Arc::new(SqlOffers::new(self.database.clone()))
    }

    fn turns(&self) -> Arc<dyn Turns> {
        Arc::new(SqlTurns::new(&self.database))
    }

    fn seats(&self) -> SeatCount {
        SeatCount {
            invitations: self.invitations(),
            offers: self.offers(),
            members: self.members(),
            clock: Arc::clone(&self.clock),
        }
    }

    fn authorize(&self) -> Authorize {
        Authorize { members: self.members(), sessions: self.sessions(), clock: Arc::clone(&self.clock) }
    }

    fn people(&self) -> People {
        People {
            authorize: self.authorize(),
            members: self.members(),
            sessions: self.sessions(),
            turns: self.turns(),
            catalogue: Arc::clone(&self.catalogue),
            requests: self.sso_requests(),
            withdraw: self.withdraw(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
        }
    }

    fn withdraw(&self) -> WithdrawInvitations {
        WithdrawInvitations { seats: self.seats(), audit_log: self.audit_log() }
    }

    fn domain_proofs(&self) -> Arc<dyn DomainProofs> {
        Arc::new(SqlDomainProofs::new(self.database.clone()))
    }

    fn sso_requests(&self) -> Arc<dyn SsoRequests> {
        Arc::new(SqlSsoRequests::new(self.database.clone()))
    }

    fn remains(&self) -> Remains {
        Remains {
            sessions: self.sessions(),
            looks: self.looks(),
            offers: self.offers(),
            requests: self.sso_requests(),
            connections: Arc::new(self.auth0.sso_connections()),
            proofs: self.domain_proofs(),
            clock: Arc::clone(&self.clock),
        }
    }

    fn sso_parts(&self) -> SsoParts {
        SsoParts {
            authorize: self.authorize(),
            requests: self.sso_requests(),
            proofs: self.domain_proofs(),
            connections: Arc::new(self.auth0.sso_connections()),
            turns: self.turns(),
            audit_log: self.audit_log(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            catalogue: Arc::clone(&self.catalogue),
        }
    }

    fn sso_gate(&self) -> SsoGate {
        SsoGate {
            requests: self.sso_requests(),
            proofs: self.domain_proofs(),
            members: self.members(),
            audit_log: self.audit_log(),
            random: Arc::clone(&self.random),
            catalogue: Arc::clone(&self.catalogue),
        }
    }

    pub(crate) fn watch_domains(&self) -> WatchDomains {
        WatchDomains { parts: self.sso_parts(), records: Arc::clone(&self.sso.records) }
    }

    fn redeem(&self) -> Redeem {
        let attempts = SqlLoginAttempts::new(self.database.clone(), Arc::clone(&self.clock));
        Redeem { provider: Arc::new(self.auth0.identity_provider()), attempts: Arc::new(attempts) }
    }

    fn begin_sign_in(&self) -> BeginSignIn {
        BeginSignIn {
            provider: Arc::new(self.auth0.identity_provider()),
            tenants: self.tenants(),
            looks: self.looks(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        }
    }

    fn sso_use_cases(&self) -> SsoUseCases {
        let outside = SsoOutside {
            begin: self.begin_sign_in(),
            redeem: self.redeem(),
            probe: Arc::clone(&self.sso.probe),
            records: Arc::clone(&self.sso.records),
            sessions: self.sessions(),
            gate: self.sso_gate(),
            people: self.people(),
            access: Arc::new(SqlAccessRequests::new(self.database.clone())),
        };
        SsoUseCases::new(&self.sso_parts(), outside)
    }

    fn checkout(&self) -> TestCheckout {
        let ledger = Arc::new(SqlCheckouts::new(self.database.clone()));
        TestCheckout::new(ledger, Arc::clone(&self.clock), Arc::clone(&self.random))
    }

    pub(crate) fn conversions(&self) -> Conversions {
        Conversions {
            journeys: Arc::new(SqlJourneys::new(self.database.clone())),
            users: self.users(),
            tenants: self.tenants(),
            members: self.members(),
            billing: Arc::new(self.checkout()),
            sessions: self.sessions(),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        }
    }

    pub(crate) fn web(
        self,
        addresses: &Addresses,
        secrets: Vec<SecretString>,
        brand: Brand,
        conversions: &Arc<Conversions>,
    ) -> Web {
        let limits = SessionLimits::default();
        Web {
            base_url: addresses.product.clone(),
            form_targets: vec![addresses.identity.clone()],
            secrets,
            brand,
            catalogue: Arc::clone(&self.catalogue),
            limits,
            sessions: self.sessions(),
            readiness: Arc::new(self.database.clone()),
            idempotency_keys: Arc::new(SqlIdempotencyKeys::new(self.database.clone())),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            looks: self.looks(),
            trusted_proxies: self.trusted_proxies,
            sso_in_development: self.sso.in_development,
            mailbox: self.mailbox.clone(),
            use_cases: self.use_cases(limits, conversions, &addresses.product),
        }
    }

    fn use_cases(&self, limits: SessionLimits, conversions: &Arc<Conversions>, product: &Url) -> UseCases {
        let (clock, catalogue) = (|| Arc::clone(&self.clock), || Arc::clone(&self.catalogue));
        let mails = Arc::new(InvitationMails::default());
        UseCases {
            begin_sign_in: self.begin_sign_in(),
            sign_in: self.sign_in(limits, conversions),
            sign_out: self.sign_out(),
            follow_logout: self.follow_logout(),
            keep_fresh: KeepFresh::new(self.users(), self.tenants(), self.members(), self.remains()),
            explain_sign_out: self.explain_sign_out(),
            find_organization: FindOrganization { tenants: self.tenants(), looks: self.looks() },
            home: Home { clock: clock(), catalogue: catalogue() },
            profile: Profile { sessions: self.sessions() },
            choose_plan: ChoosePlan { catalogue: catalogue(), conversions: Arc::clone(conversions) },
            pay_by_card: self.pay_by_card(conversions),
            register_personal: RegisterPersonal { conversions: Arc::clone(conversions) },
            register_organization: RegisterOrganization { conversions: Arc::clone(conversions) },
            plan_and_usage: self.plan_and_usage(),
            list_members: ListMembers { members: self.members(), clock: clock() },
            search_members: SearchMembers { authorize: self.authorize(), members: self.members() },
            find_member: FindMember { people: self.people() },
            change_roles: ChangeRoles { people: self.people() },
            remove_member: RemoveMember { people: self.people() },
            transfer_ownership: TransferOwnership { people: self.people() },
            leave_organization: LeaveOrganization { people: self.people() },
            activity: Activity { authorize: self.authorize(), audit_log: self.audit_log() },
            list_invitations: ListInvitations { authorize: self.authorize(), seats: self.seats() },
            invite_members: self.invite_members(&mails),
            resend_invitation: self.resend_invitation(&mails),
            revoke_invitation: self.revoke_invitation(),
            open_invitation: self.open_invitation(),
            find_ways_in: self.find_ways_in(),
            my_organizations: MyOrganizations { tenants: self.tenants() },
            sso: self.sso_use_cases(),
            customize_organization: self.customize_organization(product),
            export_organization: self.export_organization(),
            delete_organization: self.delete_organization(conversions),
            edit_profile: self.edit_profile(),
            my_sessions: MySessions { sessions: self.sessions(), clock: clock() },
            end_sessions: self.end_sessions(),
            change_password: self.change_password(),
            export_account: self.export_account(),
            delete_account: self.delete_account(conversions),
        }
    }
}

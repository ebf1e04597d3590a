//! What the pages are made from, and the router that is made of it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::InvalidHeaderValue;
use axum::middleware::from_fn_with_state;
use secrecy::SecretString;
use tenantry_application::{
    Activity, BeginSignIn, ChangePassword, ChangeRoles, ChoosePlan, CustomizeOrganization, DeleteAccount,
    DeleteOrganization, EditProfile, EndSessions, ExplainSignOut, ExportAccount, ExportOrganization,
    FindMember, FindOrganization, FindWaysIn, FollowLogout, Home, InviteMembers, KeepFresh,
    LeaveOrganization, ListInvitations, ListMembers, MyOrganizations, MySessions, OpenInvitation, PayByCard,
    PlanAndUsage, Profile, Rate, RateLimit, RegisterOrganization, RegisterPersonal, RemoveMember,
    ResendInvitation, RevokeInvitation, SearchMembers, SessionLimits, SignIn, SignOut, TransferOwnership,
};
use tenantry_domain::Catalogue;
use tenantry_ports::{Clock, IdempotencyKeys, Random, Readiness, Sessions, TenantLooks};
use url::Url;

use crate::assets::Assets;
use crate::brand::Brand;
use crate::cookies::Cookies;
use crate::frame::Site;
use crate::keys::{Keys, KeysError};
use crate::looks::Looks;
use crate::problem::Problem;
use crate::respond::{CommonHeaders, finish};
use crate::routes::ROUTES;
use crate::sso::SsoUseCases;

/// How many organizations one client may look up: whoever mistypes needs a few, whoever guesses names many.
const LOOK_UPS_OF_ONE: Rate = Rate { at_once: 30, every: Duration::from_secs(6) };
/// How many all clients together: less than the provider answers.
const LOOK_UPS_OF_ALL: Rate = Rate { at_once: 200, every: Duration::from_millis(100) };

/// Everything that the pages need.
pub struct Web {
    /// Where people find the product; only scheme, host and port count. Decides the cookies' names and `Secure`.
    pub base_url: Url,
    /// Where a form may lead beyond the product: the identity provider, for signing out and for logging in anew.
    pub form_targets: Vec<Url>,
    /// What protects cookies and forms: the current secret first, then those that are still read. 32 characters or more.
    pub secrets: Vec<SecretString>,
    /// The product's name, words and pictures.
    pub brand: Brand,
    /// What can be bought.
    pub catalogue: Arc<Catalogue>,
    /// How long sessions last.
    pub limits: SessionLimits,
    /// Where sessions are.
    pub sessions: Arc<dyn Sessions>,
    /// Whether our own store does its work.
    pub readiness: Arc<dyn Readiness>,
    /// What was answered to requests of the API that may come twice.
    pub idempotency_keys: Arc<dyn IdempotencyKeys>,
    /// Where organizations' logos are.
    pub looks: Arc<dyn TenantLooks>,
    /// How many proxies of the operator's own stand before the product: so many entries of `X-Forwarded-For`, counted
    /// from its end, are believed.
    pub trusted_proxies: u8,
    /// Whether identity providers of this machine may be connected: then every page about it says so.
    pub sso_in_development: bool,
    /// Where mails are shown that go to nobody: of the identity provider that is part of the product.
    pub mailbox: Option<Url>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Makes sessions' secrets, nonces and request ids.
    pub random: Arc<dyn Random>,
    /// What people can do.
    pub use_cases: UseCases,
}

/// The use cases behind the pages.
pub struct UseCases {
    /// `/api/auth/login` and `/api/auth/signup`.
    pub begin_sign_in: BeginSignIn,
    /// `/api/auth/callback`.
    pub sign_in: SignIn,
    /// `/api/auth/logout`.
    pub sign_out: SignOut,
    /// `/api/auth/backchannel-logout`.
    pub follow_logout: FollowLogout,
    /// `/orgprompt`.
    pub find_organization: FindOrganization,
    /// Every page for which one signs in.
    pub keep_fresh: KeepFresh,
    /// Every page for which one signs in, for whoever is signed in no longer.
    pub explain_sign_out: ExplainSignOut,
    /// `/home`, and the line below every bar.
    pub home: Home,
    /// `/home/profile` and `/api/auth/me`.
    pub profile: Profile,
    /// `/home/confirm-plan`, looking.
    pub choose_plan: ChoosePlan,
    /// `/home/confirm-plan`, paying.
    pub pay_by_card: PayByCard,
    /// `/home/register-personal`.
    pub register_personal: RegisterPersonal,
    /// `/home/register-business`.
    pub register_organization: RegisterOrganization,
    /// `/admin`.
    pub plan_and_usage: PlanAndUsage,
    /// `/admin/members`.
    pub list_members: ListMembers,
    /// `/admin/members`, searching.
    pub search_members: SearchMembers,
    /// One member, on every page about one.
    pub find_member: FindMember,
    /// `/admin/members/edit-member`.
    pub change_roles: ChangeRoles,
    /// `/admin/members/remove`.
    pub remove_member: RemoveMember,
    /// `/admin/members/transfer`.
    pub transfer_ownership: TransferOwnership,
    /// `/home/leave`.
    pub leave_organization: LeaveOrganization,
    /// `/admin/activity`.
    pub activity: Activity,
    /// `/admin/members`, above them.
    pub list_invitations: ListInvitations,
    /// `/admin/members/add-member`.
    pub invite_members: InviteMembers,
    /// `/admin/members/resend-invitation`.
    pub resend_invitation: ResendInvitation,
    /// `/admin/members/revoke-invitation`.
    pub revoke_invitation: RevokeInvitation,
    /// What an invitation's link leads to.
    pub open_invitation: OpenInvitation,
    /// By which ways people come into an organization.
    pub find_ways_in: FindWaysIn,
    /// `/organizations`.
    pub my_organizations: MyOrganizations,
    /// `/admin/sso`, and the logins that come of it.
    pub sso: SsoUseCases,
    /// `/admin/customization`.
    pub customize_organization: CustomizeOrganization,
    /// `/admin/customization/export`.
    pub export_organization: ExportOrganization,
    /// `/admin/customization/delete`.
    pub delete_organization: DeleteOrganization,
    /// `/home/profile`, changing.
    pub edit_profile: EditProfile,
    /// `/home/account/sessions`, looking.
    pub my_sessions: MySessions,
    /// `/home/account/sessions`, signing out there.
    pub end_sessions: EndSessions,
    /// `/home/account/password`.
    pub change_password: ChangePassword,
    /// `/home/account/export`.
    pub export_account: ExportAccount,
    /// `/home/account/delete`.
    pub delete_account: DeleteAccount,
}

/// Why the pages can't be served; says what to write.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The secret is missing or too short.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The base URL has no host, or is neither http nor https.
    #[error("the base URL must be like http://localhost:3000 or https://learn.example")]
    BaseUrl,
    /// A form's target can't be written into a header.
    #[error("the identity provider's URL can't be written into the content security policy")]
    FormTarget(#[from] InvalidHeaderValue),
}

/// What handlers see.
pub(crate) struct App {
    pub(crate) base_url: Url,
    /// The base URL as browsers write an origin.
    pub(crate) origin: String,
    pub(crate) site: Site,
    pub(crate) cookies: Cookies,
    pub(crate) keys: Keys,
    pub(crate) headers: CommonHeaders,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) limits: SessionLimits,
    pub(crate) sessions: Arc<dyn Sessions>,
    pub(crate) readiness: Arc<dyn Readiness>,
    pub(crate) idempotency_keys: Arc<dyn IdempotencyKeys>,
    pub(crate) looks: Arc<dyn TenantLooks>,
    pub(crate) trusted_proxies: u8,
    /// By the network of a client; where nobody knows it, all of those are one.
    pub(crate) look_ups: RateLimit<Option<IpAddr>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) use_cases: UseCases,
}

pub(crate) type Shared = Arc<App>;

/// The product's pages and API.
pub fn router(web: Web) -> Result<Router, WebError> {
    let app = Arc::new(App::try_from(web)?);
    let routes = ROUTES.iter().fold(Router::new(), |router, route| route.mount(router, &app));
    Ok(routes
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(from_fn_with_state(app.clone(), finish))
        .with_state(app))
}

impl TryFrom<Web> for App {
    type Error = WebError;

    fn try_from(web: Web) -> Result<Self, WebError> {
        if !matches!(web.base_url.scheme(), "http" | "https") || !web.base_url.has_host() {
            return Err(WebError::BaseUrl);
        }
        Ok(Self {
            origin: web.base_url.origin().ascii_serialization(),
            site: Site {
                assets: Assets::new(&web.brand.mark),
                looks: Looks::new(),
                brand: web.brand,
                sso_in_development: web.sso_in_development,
                mailbox: web.mailbox,
            },
            cookies: Cookies::of(&web.base_url),
            keys: Keys::derive(&web.secrets)?,
            headers: CommonHeaders::new(&web.base_url, &web.form_targets)?,
            base_url: web.base_url,
            catalogue: web.catalogue,
            limits: web.limits,
            sessions: web.sessions,
            readiness: web.readiness,
            idempotency_keys: web.idempotency_keys,
            looks: web.looks,
            trusted_proxies: web.trusted_proxies,
            look_ups: RateLimit::new(LOOK_UPS_OF_ONE, LOOK_UPS_OF_ALL),
            clock: web.clock,
            random: web.random,
            use_cases: web.use_cases,
        })
    }
}

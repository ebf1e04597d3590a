//! Brings an Auth0 tenant to what the product needs: a plan first, then only what differs, and the same again after any
//! interruption.
//!
//! What set-up makes carries a mark. What others made under the same names is a conflict, and stays as it is unless
//! set-up is told to take it over.

mod action_code;
mod actions;
mod application;
mod apply;
mod bindings;
mod check;
mod connections;
mod error;
mod export;
mod grant;
mod logout;
mod mark;
mod needs;
mod patient_client;
mod plan;
mod prompts;
mod roles;
mod settings;

use std::fmt;
use std::sync::Arc;

use tenantry_domain::Role;
use tenantry_ports::{Clock, Random};

use self::action_code::{ActionCode, PostLogin};
use self::application::{Application, Part};
use self::error::Doing;
use self::patient_client::patient_client;
use crate::management::Management;

pub use application::{MANAGEMENT, WEB};
pub use apply::{ProductCredentials, Progress};
pub use check::{Check, CheckSettings, Finding, Report, State};
pub use error::SetupError;
pub use export::{Counts, Export, Record};
pub use plan::{Change, Line, Plan};
pub use settings::{Access, Adopt, SetupSettings};

/// The scopes of the Management API that set-up itself needs.
pub const SETUP_SCOPES: [&str; 18] = [
    "read:clients",
    "create:clients",
    "update:clients",
    "read:client_keys",
    "read:client_grants",
    "create:client_grants",
    "update:client_grants",
    "read:roles",
    "create:roles",
    "update:roles",
    "read:connections",
    "create:connections",
    "update:connections",
    "read:prompts",
    "update:prompts",
    "read:actions",
    "create:actions",
    "update:actions",
];

const CONNECTIONS: &str = "reading the connections";

/// Sets a tenant up.
pub struct Setup {
    settings: SetupSettings,
    api: Management,
}

impl Setup {
    /// Asks the tenant nothing yet.
    pub fn new(
        settings: SetupSettings,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, SetupError> {
        let api = patient_client(&settings.issuer, settings.access.clone(), clock, random)?;
        Ok(Self { settings, api })
    }

    /// Reads what there is, and settles what is to be done. Changes nothing.
    pub async fn plan(&self) -> Result<Plan, SetupError> {
        let (api, settings) = (&self.api, &self.settings);
        let adopt = &settings.adopt;
        let clients = application::read(api).await.doing("reading the applications")?;
        let web = application::plan(Part::Web, &clients, settings);
        let logout = logout::plan(&web, &settings.addresses());
        let management = application::plan(Part::Management, &clients, settings);
        let grant = grant::read(api, &self.audience(), management.id()).await;
        let grant = grant::plan(grant.doing("reading the client grants")?, management.mark);
        let administrator = roles::read(api, Role::Administrator).await.doing("reading the roles")?;
        let administrator = roles::plan(Role::Administrator, administrator.as_ref(), adopt);
        let employee = roles::read(api, Role::Employee).await.doing("reading the roles")?;
        let employee = roles::plan(Role::Employee, employee.as_ref(), adopt);
        let password = connections::read(api, &connections::PASSWORD, web.id()).await;
        let password = connections::plan(&connections::PASSWORD, password.doing(CONNECTIONS)?, adopt);
        let google = if settings.google {
            let google = connections::read(api, &connections::GOOGLE, web.id()).await;
            connections::plan(&connections::GOOGLE, google.doing(CONNECTIONS)?, adopt)
        } else {
            connections::left_out(&connections::GOOGLE)
        };
        let prompts = prompts::read(api).await.doing("reading the login prompts")?;
        let others = application::of_others(&clients, [&web, &management]);
        let prompts = prompts::plan(&prompts, &others, adopt);

        let all = actions::read(api).await.doing("reading the Actions")?;
        let [subscription, member_role] =
            [PostLogin::Subscription, PostLogin::MemberRole].map(|action| actions::find(&all, action));
        let wanted = self.subscription_code();
        let subscription = actions::plan(PostLogin::Subscription, subscription, Some(&wanted), adopt);
        let wanted = match (management.id(), employee.id()) {
            // The secret is in the digest of the settings.
            (Some(id), Some(role)) if member_role.is_some() => {
                let client = application::secret(api, &management.line.name, id.to_owned()).await?;
                Some(self.member_role_code(&client, role))
            }
            _ => None,
        };
        let member_role = actions::plan(PostLogin::MemberRole, member_role, wanted.as_ref(), adopt);
        let bound = bindings::read(api).await.doing("reading which Actions run after a login")?;
        let bindings = bindings::plan(&bound, [subscription.id(), member_role.id()]);
        Ok(Plan {
            web,
            logout,
            management,
            grant,
            administrator,
            employee,
            password,
            google,
            prompts,
            subscription,
            member_role,
            bindings,
        })
    }

    fn audience(&self) -> String {
        format!("{}api/v2/", self.settings.issuer.as_str())
    }

    fn subscription_code(&self) -> ActionCode {
        let days = self.settings.trial_days.to_string();
        ActionCode::new(PostLogin::Subscription, vec![("trialDays", days.into())])
    }

    fn member_role_code(&self, client: &Application, employee: &str) -> ActionCode {
        let issuer = self.settings.issuer.as_str();
        let domain = issuer.split_once("://").map_or(issuer, |(_, domain)| domain).trim_end_matches('/');
        let settings = vec![
            ("domain", domain.into()),
            ("clientId", client.id.as_str().into()),
            ("clientSecret", client.secret.clone()),
            ("roleId", employee.into()),
        ];
        ActionCode::new(PostLogin::MemberRole, settings)
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("settings", &self.settings).finish_non_exhaustive()
    }
}

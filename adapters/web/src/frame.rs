//! The frame that stays around every page: where I am, in which organization, who I am, how to leave.

use axum::http::HeaderMap;
use tenantry_application::HomeView;
use tenantry_domain::{Catalogue, EmailAddress, Look, Permission, PlanId, Standing, TenantRef};
use tenantry_ports::Session;
use url::Url;

use crate::assets::Assets;
use crate::brand::Brand;
use crate::looks::{Looks, logo_path};
use crate::{App, cookies};

/// The pages of the public bar.
pub(crate) const PUBLIC_LINKS: &[(&str, &str)] = &[
    ("/pricing", "Pricing"),
    ("/customers", "Customers"),
    ("/about", "About us"),
    ("/orgprompt", "Organizations"),
];

/// What every page of this product shares.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) brand: Brand,
    pub(crate) assets: Assets,
    pub(crate) looks: Looks,
    /// Whether identity providers of this machine may be connected.
    pub(crate) sso_in_development: bool,
    /// Where the mails of the development identity provider are shown.
    pub(crate) mailbox: Option<Url>,
}

/// The frame of one page.
pub(crate) struct Frame<'a> {
    pub(crate) site: &'a Site,
    pub(crate) theme: Option<Theme>,
    /// The path of this page; empty for a page that no link leads to.
    pub(crate) here: &'static str,
    pub(crate) person: Option<Person<'a>>,
    pub(crate) strip: Option<Strip<'a>>,
    /// What was just done, said once.
    pub(crate) said: Option<&'a str>,
    /// The stylesheet of the organization's colours, when it has its own.
    pub(crate) look: Option<String>,
    /// Goes into every form.
    pub(crate) csrf: String,
}

/// Who is signed in, as the frame shows it.
pub(crate) struct Person<'a> {
    pub(crate) name: &'a str,
    /// The address, unless it is the name already.
    pub(crate) email: Option<&'a str>,
    /// What people call the organization.
    pub(crate) organization: Option<&'a str>,
    /// Where its logo is.
    pub(crate) logo: Option<String>,
    pub(crate) is_administrator: bool,
    /// Whether the account is the organization's, and there is none outside of it: another one has to be asked for, or the
    /// provider, which knows the browser, leads back to this one.
    pub(crate) is_brought: bool,
}

/// The line below the bar.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Strip<'a> {
    /// A trial is running.
    Trial { days: u32, percent: u8 },
    /// Something is over.
    Expired { plan: &'a str },
}

/// The colours that a person has chosen over their system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn chosen(headers: &HeaderMap) -> Option<Self> {
        match cookies::one(headers, "theme")? {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Frame<'_> {
    /// Whether `path` is this page.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.here == path
    }

    /// Whether this page is `path` or below it.
    pub(crate) fn is_under(&self, path: &str) -> bool {
        self.here.starts_with(path)
    }

    /// Whether whoever is signed in has the organization's account, and none of their own.
    pub(crate) fn is_brought(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.is_brought)
    }
}

impl<'a> Frame<'a> {
    /// The frame around a page for whoever is there.
    pub(crate) fn new(
        app: &'a App,
        session: Option<&'a Session>,
        theme: Option<Theme>,
        here: &'static str,
    ) -> Self {
        Self {
            site: &app.site,
            theme,
            here,
            person: session.map(Person::from),
            strip: session.and_then(|session| Strip::of(app.use_cases.home.run(session), &app.catalogue)),
            said: None,
            look: app.site.looks.stylesheet_of(session.and_then(|session| session.look.as_ref())),
            csrf: session.map(|session| app.keys.token(session.id.as_str())).unwrap_or_default(),
        }
    }
}

impl<'a> From<&'a Session> for Person<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            name: &session.name,
            email: session.email.as_ref().map(EmailAddress::as_str).filter(|email| *email != session.name),
            organization: session.tenant.as_ref().map(|tenant| called(session.look.as_ref(), tenant)),
            logo: session.look.as_ref().and_then(|look| look.logo.as_ref()).map(logo_path),
            is_administrator: session.actor().permitted(Permission::ViewSubscription).is_ok(),
            is_brought: session.is_brought,
        }
    }
}

impl<'a> Strip<'a> {
    pub(crate) fn of(view: HomeView, catalogue: &'a Catalogue) -> Option<Self> {
        match view.standing {
            Standing::OnTrial(_) => Some(Self::Trial { days: view.days_left, percent: view.percent_left }),
            Standing::Expired(plan) => Some(Self::Expired { plan: plan_name(catalogue, plan) }),
            Standing::Unsubscribed
            | Standing::WithoutRole
            | Standing::AwaitingOrganization(_)
            | Standing::OutsideOrganization(_)
            | Standing::Subscribed(_) => None,
        }
    }
}

/// What people call the organization; its name until that is known.
fn called<'a>(look: Option<&'a Look>, tenant: &'a TenantRef) -> &'a str {
    look.map_or(tenant.name.as_str(), |look| &look.display_name)
}

/// What people call a plan.
pub(crate) fn plan_name(catalogue: &Catalogue, plan: PlanId) -> &str {
    catalogue.plan(plan).map_or(plan.as_str(), |plan| &plan.name)
}

//! What people do that needs the provider: the rows of the table.

use std::time::Duration;

use tenantry_fake::{Fault, SeedFile};
use tenantry_tests::steps::{GOOD_CARD, PASSWORD};

use super::fault::{Kind, Often};
use super::inside::Inside;
use super::single_sign_on::SingleSignOn;
use super::sweep;
use super::world::World;
use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

pub(super) const ANN: &str = "ann@example.com";
pub(super) const ACME: &str = "acme";

/// Something that people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum UseCase {
    SignIn,
    SignUp,
    SignInByName,
    SignInByLink,
    SignUpWithoutActions,
    SignInWithoutActions,
    PayTeam,
    PayPersonal,
    NameOrganization,
    Renew,
    Overview,
    ListMembers,
    KeepFresh,
    KeepFreshUnderOrganization,
    ComeBackExpired,
    SignOut,
    Sweep,
    Inside(Inside),
    Sso(SingleSignOn),
}

pub(super) const USE_CASES: [UseCase; 49] = [
    UseCase::SignIn,
    UseCase::SignUp,
    UseCase::SignInByName,
    UseCase::SignInByLink,
    UseCase::SignUpWithoutActions,
    UseCase::SignInWithoutActions,
    UseCase::PayTeam,
    UseCase::PayPersonal,
    UseCase::NameOrganization,
    UseCase::Renew,
    UseCase::Overview,
    UseCase::ListMembers,
    UseCase::KeepFresh,
    UseCase::KeepFreshUnderOrganization,
    UseCase::ComeBackExpired,
    UseCase::SignOut,
    UseCase::Sweep,
    UseCase::Inside(Inside::Invite),
    UseCase::Inside(Inside::InviteByProgram),
    UseCase::Inside(Inside::Resend),
    UseCase::Inside(Inside::Revoke),
    UseCase::Inside(Inside::Accept),
    UseCase::Inside(Inside::ChangeRoles),
    UseCase::Inside(Inside::Remove),
    UseCase::Inside(Inside::Leave),
    UseCase::Inside(Inside::Transfer),
    UseCase::Inside(Inside::Customize),
    UseCase::Inside(Inside::DeleteOrganization),
    UseCase::Inside(Inside::EditProfile),
    UseCase::Inside(Inside::ChangePassword),
    UseCase::Inside(Inside::DeleteAccount),
    UseCase::Sso(SingleSignOn::Connect),
    UseCase::Sso(SingleSignOn::ConnectSaml),
    UseCase::Sso(SingleSignOn::Test),
    UseCase::Sso(SingleSignOn::Rotate),
    UseCase::Sso(SingleSignOn::ChangeClient),
    UseCase::Sso(SingleSignOn::ChangeSaml),
    UseCase::Sso(SingleSignOn::TurnOn),
    UseCase::Sso(SingleSignOn::Edit),
    UseCase::Sso(SingleSignOn::Demand),
    UseCase::Sso(SingleSignOn::Prove),
    UseCase::Sso(SingleSignOn::DropDomain),
    UseCase::Sso(SingleSignOn::ReleaseDomain),
    UseCase::Sso(SingleSignOn::TurnOff),
    UseCase::Sso(SingleSignOn::Delete),
    UseCase::Sso(SingleSignOn::GiveUp),
    UseCase::Sso(SingleSignOn::Arrive),
    UseCase::Sso(SingleSignOn::Ask),
    UseCase::Sso(SingleSignOn::Grant),
];

/// Whoever does it.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) browser: Browser,
    /// Where a link led them, when one did.
    pub(super) link: String,
    pub(super) has_account: bool,
    /// Whether they have tried before.
    pub(super) is_again: bool,
    /// The page that could not be shown, though what led there was done.
    unseen: Option<String>,
    /// The forms that they have paid with: plan and purchase.
    pub(super) payments: Vec<(&'static str, String)>,
}

impl UseCase {
    /// A word for files and snapshots.
    pub(super) fn code(self) -> &'static str {
        self.about().0
    }

    pub(super) fn title(self) -> &'static str {
        self.about().1
    }

    fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::SignIn => ("sign-in", "Sign in"),
            Self::SignUp => ("sign-up", "Sign up"),
            Self::SignInByName => ("by-name", "Sign in under an organization, by its name (`/orgprompt`)"),
            Self::SignInByLink => ("by-link", "Sign in under an organization, by a link"),
            Self::SignUpWithoutActions => ("bare-sign-up", "Sign up at a provider without the Actions"),
            Self::SignInWithoutActions => {
                ("bare-sign-in", "Sign in under an organization at a provider without the Actions")
            }
            Self::PayTeam => ("pay-team", "Pay for Team"),
            Self::PayPersonal => ("pay-personal", "Pay for Personal, and go on with it"),
            Self::NameOrganization => ("name", "Name the organization, and sign in under it"),
            Self::Renew => ("renew", "Pay for another plan of an organization"),
            Self::Overview => ("admin", "Look at `/admin`"),
            Self::ListMembers => ("members", "Look at `/admin/members`"),
            Self::KeepFresh => ("fresh", "Any page, a minute after the last"),
            Self::KeepFreshUnderOrganization => {
                ("fresh-tenant", "Any page, a minute after the last, under an organization")
            }
            Self::ComeBackExpired => ("expired", "Come back when the session is over"),
            Self::SignOut => ("sign-out", "Sign out"),
            Self::Sweep => ("sweep", "Nobody: the sweep at start finishes what was interrupted"),
            Self::Inside(inside) => inside.about(),
            Self::Sso(sso) => sso.about(),
        }
    }

    /// How long after the preparation it happens.
    pub(super) fn later(self) -> Duration {
        match self {
            Self::KeepFresh | Self::KeepFreshUnderOrganization => Duration::from_secs(61),
            Self::ComeBackExpired => Duration::from_hours(8 * 24),
            Self::Sweep => sweep::LATER,
            _ => Duration::ZERO,
        }
    }

    /// Whether starting the product is what is done.
    pub(super) fn starts_the_product(self) -> bool {
        self == Self::Sweep
    }

    /// Whether nobody is signed in when it has come to its end.
    pub(super) fn ends_the_session(self) -> bool {
        self == Self::SignOut || matches!(self, Self::Inside(inside) if inside.ends_the_session())
    }

    /// How often a fault of this kind is tried; not at all where another row has the same.
    pub(super) fn tries(self, kind: Kind) -> &'static [Often] {
        match (self, kind) {
            _ if !self.is_inside() => kind.how_often(),
            (_, Kind::Bare | Kind::Unauthorized | Kind::Cut) => &[Often::Once],
            (_, Kind::Silence) => &[Often::Always],
            (_, Kind::Unavailable | Kind::Lost | Kind::HalfJson) => &[Often::Once, Often::Always],
            _ => &[],
        }
    }

    /// Whether a call counts: how a cold product gets its tokens and keys is in other rows.
    pub(super) fn has(self, route: &str) -> bool {
        !self.is_inside() || route.starts_with("/api/v2/")
    }

    /// Whether it is done inside an organization or with one's own account, or leads into one that is there.
    pub(super) fn is_inside(self) -> bool {
        matches!(self, Self::Inside(_) | Self::Sso(_))
    }

    /// Whether no connection of an organization's own is there when it has come to its end.
    pub(super) fn leaves_no_connection(self) -> bool {
        matches!(
            self,
            Self::Sso(SingleSignOn::Delete | SingleSignOn::GiveUp) | Self::Inside(Inside::DeleteOrganization)
        )
    }

    /// Whether it is a page that goes on with what was read before.
    pub(super) fn keeps_fresh(self) -> bool {
        matches!(self, Self::KeepFresh | Self::KeepFreshUnderOrganization)
    }

    /// What was before.
    pub(super) async fn prepare(self, world: &World, site: &Site) -> Person {
        let (mut link, mut has_account) = (String::new(), true);
        if matches!(self, Self::SignUpWithoutActions | Self::SignInWithoutActions) {
            without_claims(world).await;
        }
        let browser = match self {
            Self::SignUp | Self::SignUpWithoutActions => {
                has_account = false;
                site.browser()
            }
            Self::SignIn | Self::PayTeam | Self::PayPersonal | Self::ComeBackExpired | Self::SignOut => {
                site.newcomer(ANN).await
            }
            Self::NameOrganization => paid(site).await,
            Self::SignInByName
            | Self::SignInByLink
            | Self::SignInWithoutActions
            | Self::Renew
            | Self::Overview
            | Self::ListMembers => {
                let browser = site.administrator(ANN, ACME).await;
                let id = world.management().await.organization_id(ACME).await;
                link = format!("/api/auth/login?organization={id}");
                browser
            }
            Self::KeepFresh => {
                let browser = site.newcomer(ANN).await;
                let bought = "personal;2027-01-02T03:04:05.678Z;active";
                world.management().await.set_subscription(ANN, bought.into()).await;
                browser
            }
            Self::KeepFreshUnderOrganization => {
                let browser = site.administrator(ANN, ACME).await;
                let bought = "enterprise;2027-01-02T03:04:05.678Z;active";
                world.management().await.set_organization_subscription(ACME, bought).await;
                browser
            }
            Self::Sweep => {
                let mut browser = paid(site).await;
                world.fake.faults().add(Fault::cut().on("POST", "/api/v2/organizations"));
                browser.name_organization(ACME).await.is(503);
                browser
            }
            Self::Inside(inside) => return inside.prepare(world, site).await,
            Self::Sso(sso) => return sso.prepare(world, site).await,
        };
        Person { has_account, ..Person::with(browser, link) }
    }

    /// Does it, up to its end or to the first page that says why not.
    pub(super) async fn run(self, world: &mut World, person: &mut Person) -> Answer {
        match self {
            Self::SignIn => person.sign_in("/api/auth/login").await,
            Self::SignUp | Self::SignUpWithoutActions => person.sign_up().await,
            Self::SignInByName | Self::SignInWithoutActions => {
                let answer = person.browser.post("/orgprompt", &[("organization", ACME)]).await;
                person.prove_identity(answer).await
            }
            Self::SignInByLink => person.sign_in(&person.link.clone()).await,
            Self::PayTeam => person.pay("team").await,
            Self::PayPersonal => {
                let page = person.pay("personal").await;
                if page.url.path() != "/home/register-personal" || !page.status.is_success() {
                    return page;
                }
                let answer = person.browser.post("/home/register-personal", &[]).await;
                person.browser.follow(answer).await
            }
            Self::NameOrganization => {
                let answer = person.browser.name_organization(ACME).await;
                person.prove_identity(answer).await
            }
            Self::Renew => person.pay("enterprise").await,
            Self::Overview => person.browser.get("/admin").await,
            Self::ListMembers => person.browser.get("/admin/members").await,
            Self::KeepFresh | Self::KeepFreshUnderOrganization => person.browser.get("/home/profile").await,
            Self::ComeBackExpired => person.sign_in("/home").await,
            Self::SignOut => {
                let answer = person.browser.post("/api/auth/logout", &[]).await;
                person.browser.follow(answer).await
            }
            Self::Sweep => sweep::run(world, person).await,
            Self::Inside(inside) => inside.run(person).await,
            Self::Sso(sso) => sso.run(world, person).await,
        }
    }
}

/// Ann has paid for Team, and has not named the organization.
async fn paid(site: &Site) -> Browser {
    let mut browser = site.newcomer(ANN).await;
    browser.pay("team").await.leads_to("/home/register-business");
    browser
}

/// From now on tokens say nothing of subscriptions and roles: an Action that does nothing takes the place of the two.
async fn without_claims(world: &World) {
    let code = "exports.onExecutePostLogin = async () => {};";
    let action = serde_json::json!({ "name": "nothing", "code": code, "bound": true });
    let file = SeedFile::from_json(serde_json::json!({ "actions": [action] })).unwrap();
    world.fake.seed(&file).await.unwrap();
}

impl Person {
    pub(super) fn with(browser: Browser, link: String) -> Self {
        Self { browser, link, has_account: false, is_again: false, unseen: None, payments: Vec::new() }
    }

    async fn sign_in(&mut self, path: &str) -> Answer {
        let answer = self.browser.get(path).await;
        self.prove_identity(answer).await
    }

    /// Makes an account; somebody who has made one before goes to their page, and is led to sign in.
    async fn sign_up(&mut self) -> Answer {
        if self.has_account {
            return self.sign_in("/home").await;
        }
        let page = self.browser.open("/api/auth/signup").await;
        if self.browser.site.is_home_of(&page.url) {
            return page;
        }
        self.has_account = true;
        let answer = self.browser.fill(&page, &[("email", ANN), ("password", PASSWORD)]).await;
        self.browser.follow(answer).await
    }

    /// Follows where a login leads, with the password where the provider asks for it.
    async fn prove_identity(&mut self, answer: Answer) -> Answer {
        let page = self.browser.follow(answer).await;
        if self.browser.site.is_home_of(&page.url) {
            return page;
        }
        let answer = self.browser.fill(&page, &[("username", ANN), ("password", PASSWORD)]).await;
        self.browser.follow(answer).await
    }

    /// Opens the checkout, and pays if it still asks for it.
    async fn pay(&mut self, plan: &'static str) -> Answer {
        let start = self.unseen.take().unwrap_or_else(|| format!("/home/confirm-plan?plan={plan}"));
        let page = self.browser.open(&start).await;
        if page.url.path() != "/home/confirm-plan" || !page.status.is_success() {
            return page;
        }
        let purchase = page.field("purchase");
        self.payments.push((plan, purchase.clone()));
        let answer = self.browser.charge(plan, &purchase, GOOD_CARD).await;
        let page = self.browser.follow(answer).await;
        if page.url.path() != "/home/confirm-plan" && !page.status.is_success() {
            self.unseen = Some(page.url.path().to_owned());
        }
        page
    }
}

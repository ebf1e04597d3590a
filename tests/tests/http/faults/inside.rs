//! What people do inside an organization and with their own account, and that changes something at the provider.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tenantry_tests::steps::PASSWORD;

use super::single_sign_on::two_connections;
use super::use_case::{ACME, ANN, Person};
use super::world::World;
use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

const BOB: &str = "bob@example.com";
const CY: &str = "cy@example.com";
/// A page that asks the provider nothing: what comes next after a change asks again, and is a row of its own.
const QUIET: &str = "/home/profile";
/// The same for whoever is signed out by what they did.
const OUTSIDE: &str = "/";
const INVITATIONS: &str = "/api/v1/organization/invitations";

/// What is done. Ann and Bob run acme, and Bob has invited Cy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Inside {
    Invite,
    InviteByProgram,
    Resend,
    Revoke,
    Accept,
    ChangeRoles,
    Remove,
    Leave,
    Transfer,
    Customize,
    DeleteOrganization,
    EditProfile,
    ChangePassword,
    DeleteAccount,
}

impl Inside {
    pub(super) fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Invite => ("invite", "Invite somebody"),
            Self::InviteByProgram => ("api-invite", "Invite somebody by the API, with an idempotency key"),
            Self::Resend => ("resend", "Send an invitation anew"),
            Self::Revoke => ("revoke", "Take an invitation back"),
            Self::Accept => ("accept", "Accept an invitation, with a new account"),
            Self::ChangeRoles => ("roles", "Make an Administrator an Employee"),
            Self::Remove => ("remove", "Remove a member"),
            Self::Leave => ("leave", "Leave the organization"),
            Self::Transfer => ("transfer", "Hand the organization over"),
            Self::Customize => ("customize", "Change how the organization looks"),
            Self::DeleteOrganization => {
                ("delete-tenant", "Delete the organization, and its connections with it")
            }
            Self::EditProfile => ("edit-profile", "Change one's name"),
            Self::ChangePassword => ("password", "Change one's password"),
            Self::DeleteAccount => ("delete-account", "Delete one's account"),
        }
    }

    /// Whether nobody is signed in when it has come to its end.
    pub(super) fn ends_the_session(self) -> bool {
        matches!(self, Self::Leave | Self::Transfer | Self::DeleteOrganization | Self::DeleteAccount)
    }

    /// Whoever does it.
    fn actor(self) -> &'static str {
        match self {
            Self::Accept => CY,
            Self::Leave | Self::DeleteAccount => BOB,
            _ => ANN,
        }
    }

    /// What was before. The person's link is what they have before them: an invitation's id or link, or a member's id.
    pub(super) async fn prepare(self, world: &World, site: &Site) -> Person {
        let mut ann = site.administrator(ANN, ACME).await;
        let management = world.management().await;
        let mut bob = site.newcomer(BOB).await;
        management.add_member(ACME, BOB, &["Administrator"]).await;
        if self != Self::DeleteAccount {
            bob = site.browser();
            bob.log_in_under(ACME, BOB).await;
        }
        let invites =
            matches!(self, Self::Resend | Self::Revoke | Self::Accept | Self::ChangeRoles | Self::Remove);
        if invites {
            let inviter = if matches!(self, Self::ChangeRoles | Self::Remove) { &mut bob } else { &mut ann };
            inviter.invite(CY).await.is(200);
        }
        let link = match self {
            Self::Resend | Self::Revoke => {
                let invitations = management.invitations(ACME).await;
                invitations[0]["id"].as_str().unwrap().to_owned()
            }
            Self::Accept => management.invitation_link(ACME, CY).await,
            _ => management.user_id(BOB).await,
        };
        let browser = match self {
            Self::Accept => site.browser(),
            // A login of the last minutes, outside of any organization.
            Self::ChangePassword => {
                let mut browser = site.browser();
                browser.log_in(ANN).await;
                browser.proves_it("/home/account/password", ANN).await;
                browser
            }
            Self::Leave | Self::DeleteAccount => bob,
            Self::DeleteOrganization => two_connections(world, ann).await,
            _ => ann,
        };
        Person::with(browser, link)
    }

    /// Does it; whoever comes again and is refused sees that it is done.
    pub(super) async fn run(self, person: &mut Person) -> Answer {
        let is_again = std::mem::replace(&mut person.is_again, true);
        if self == Self::Accept {
            return accept(person, is_again).await;
        }
        if is_again && !person.browser.is_signed_in().await {
            log_in_under_acme(&mut person.browser, self.actor()).await;
        }
        let mut answer = self.send(person).await;
        if asks_for_a_login(&answer) {
            let page = person.browser.follow(answer).await;
            let answered =
                person.browser.fill(&page, &[("username", self.actor()), ("password", PASSWORD)]).await;
            person.browser.follow(answered).await;
            answer = self.send(person).await;
        }
        if self == Self::Resend && answer.status == StatusCode::NOT_FOUND {
            // The old one is taken back, and the page of members says that the new one is not sent yet.
            answer = person.browser.invite(CY).await;
        }
        let is_refused = answer.status.is_client_error() || answer.status.is_server_error();
        let is_done = !is_refused || (is_again && answer.status.is_client_error());
        if !is_done {
            return answer;
        }
        if self.ends_the_session() {
            person.browser = person.browser.elsewhere();
            return person.browser.get(OUTSIDE).await;
        }
        person.browser.get(QUIET).await
    }

    async fn send(self, person: &mut Person) -> Answer {
        let link = person.link.clone();
        let browser = &mut person.browser;
        match self {
            Self::Invite => browser.invite(CY).await,
            Self::InviteByProgram => invite_by_program(browser).await,
            Self::Resend => browser.post("/admin/members/resend-invitation", &[("invitation", &link)]).await,
            Self::Revoke => browser.post("/admin/members/revoke-invitation", &[("invitation", &link)]).await,
            Self::ChangeRoles => {
                let fields = [("user_id", link.as_str()), ("role.Employee", "on")];
                browser.post("/admin/members/edit-member", &fields).await
            }
            Self::Remove => browser.post("/admin/members/remove", &[("user_id", &link)]).await,
            Self::Leave => browser.post("/home/leave", &[]).await,
            Self::Transfer => browser.post("/admin/members/transfer", &[("user_id", &link)]).await,
            Self::Customize => {
                let fields = [
                    ("display_name", "Acme & Sons"),
                    ("colours", "own"),
                    ("primary", "#112233"),
                    ("background", "#ffffff"),
                ];
                browser.post("/admin/customization", &fields).await
            }
            Self::DeleteOrganization => {
                browser.post("/admin/customization/delete", &[("organization", ACME)]).await
            }
            Self::EditProfile => browser.post("/home/profile", &[("name", "Ann Lee")]).await,
            Self::ChangePassword => browser.post("/home/account/password", &[]).await,
            Self::DeleteAccount => browser.post("/home/account/delete", &[("confirmation", BOB)]).await,
            Self::Accept => unreachable!("it is several steps"),
        }
    }
}

/// A program has the same key for every try of one request.
async fn invite_by_program(browser: &mut Browser) -> Answer {
    let session: Value = serde_json::from_str(&browser.get("/api/v1/session").await.body).unwrap();
    let token = session["csrf_token"].as_str().unwrap_or_default();
    let request = browser.site.request(Method::POST, INVITATIONS).header("x-csrf-token", token);
    let request = request.header("idempotency-key", "one").header(CONTENT_TYPE, "application/json");
    let body = json!({ "emails": [CY], "role": "Employee" }).to_string();
    browser.send(request.body(body), INVITATIONS).await
}

/// Opens the link and goes on to the end; whoever has an account by now, with that one.
async fn accept(person: &mut Person, is_again: bool) -> Answer {
    let browser = &mut person.browser;
    let page = browser.get(&person.link).await;
    if page.status.is_server_error() || (!is_again && !page.status.is_success()) {
        return page;
    }
    if !page.status.is_success() {
        log_in_under_acme(browser, CY).await;
        return browser.get("/home").await;
    }
    let account = if person.has_account { "existing" } else { "new" };
    let (organization, ticket) = (page.field("organization"), page.field("invitation"));
    let fields = [("organization", organization.as_str()), ("invitation", &ticket), ("account", account)];
    let answer = browser.post("/api/auth/invitation", &fields).await;
    let form = browser.follow(answer).await;
    if browser.site.is_home_of(&form.url) {
        return form;
    }
    let name = if person.has_account { "username" } else { "email" };
    person.has_account = true;
    let answer = browser.fill(&form, &[(name, CY), ("password", PASSWORD)]).await;
    browser.follow(answer).await
}

/// Whether it leads to the provider's login, to prove once more who it is.
fn asks_for_a_login(answer: &Answer) -> bool {
    answer.status.is_redirection() && answer.location().path().ends_with("/authorize")
}

/// As far as it leads: whoever belongs there no more gets nowhere.
async fn log_in_under_acme(browser: &mut Browser, email: &str) {
    let answer = browser.post("/orgprompt", &[("organization", ACME)]).await;
    let page = browser.follow(answer).await;
    let asks = page.forms().iter().any(|form| form.has("username") && form.has("password"));
    if asks {
        let answer = browser.fill(&page, &[("username", email), ("password", PASSWORD)]).await;
        browser.follow(answer).await;
    }
}

//! Every route for everybody: the status of each cell, against a table that knows nothing of the handlers.

use std::time::Duration;

use reqwest::Method;
use tenantry_web::{ROUTES, RouteSpec, Who};

use crate::browser::Browser;
use crate::site::Site;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    Stranger,
    /// On trial, in no organization.
    Person,
    /// Of acme.
    Employee,
    /// Of acme, without any role.
    Roleless,
    /// Of acme.
    Administrator,
    /// Of an organization that has nothing to do with acme.
    AnotherAdministrator,
    /// Of an organization whose plan has ended.
    LapsedAdministrator,
}

const ACTORS: [Actor; 7] = [
    Actor::Stranger,
    Actor::Person,
    Actor::Employee,
    Actor::Roleless,
    Actor::Administrator,
    Actor::AnotherAdministrator,
    Actor::LapsedAdministrator,
];

/// What they send along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// Nothing.
    Nothing,
    /// What the pages would send, and what belongs to acme.
    Everything,
}

/// The status of a cell.
fn expected(route: &RouteSpec, actor: Actor, sent: Sent) -> u16 {
    let is_post = route.method.as_http() == Method::POST;
    let runs_something =
        matches!(actor, Actor::Administrator | Actor::AnotherAdministrator | Actor::LapsedAdministrator);
    match route.who {
        Who::SignedIn | Who::Member | Who::Administrator if actor == Actor::Stranger => {
            return if route.path.starts_with("/api/") { 401 } else { 303 };
        }
        Who::Member | Who::Administrator if actor == Actor::Person => return 403,
        Who::Administrator if !runs_something => return 403,
        _ => {}
    }
    match (route.path, is_post) {
        ("/assets/{file}" | "/looks/{folder}/{file}" | "/logos/{id}", _) => 404,
        // The plan is over, whatever they want to change.
        (path, _) if path.starts_with("/admin/customization") && actor == Actor::LapsedAdministrator => 402,
        // Nobody here comes from the identity provider, or is it.
        ("/api/auth/callback" | "/api/auth/backchannel-logout", _) => 400,
        // A link names an organization by its id: acme is nobody's.
        ("/api/auth/login" | "/api/auth/signup", _) if sent == Sent::Everything => 404,
        // Whoever is signed out already is not asked.
        ("/api/auth/logout", is_post) if is_post || actor == Actor::Stranger => 303,
        ("/orgprompt", true) if sent == Sent::Everything => 303,
        // Who may not buy for their organization is told so before anything else.
        ("/home/confirm-plan", _) if matches!(actor, Actor::Employee | Actor::Roleless) => 403,
        ("/home/confirm-plan", _) if sent == Sent::Nothing => 404,
        // A name or a card is missing; what was typed to delete an organization is the name of another.
        (
            "/home/confirm-plan"
            | "/orgprompt"
            | "/admin/customization"
            | "/admin/customization/logo"
            | "/admin/customization/delete",
            true,
        ) => 422,
        // Away to the provider; and nobody has paid for anything that is not set up yet.
        (
            "/api/auth/login" | "/api/auth/signup" | "/home/register-business" | "/home/register-personal",
            false,
        ) => 303,
        ("/home/register-business", true) if sent == Sent::Nothing => 422,
        // They have bought this very one, and have it: this is the way to it.
        ("/home/register-business", true) if actor == Actor::Administrator => 303,
        ("/home/register-business" | "/home/register-personal", true) => 402,
        ("/home/account/sessions/end", true) => 404,
        // They have to log in once more before.
        ("/home/account/sessions/end-others" | "/home/account/password" | "/home/account/delete", true) => {
            303
        }
        ("/home/profile", true) => 422,
        ("/admin/members", false) if actor == Actor::LapsedAdministrator => 402,
        _ => 200,
    }
}

/// Acme and everybody around it, at the instant at which one organization's plan has just ended.
struct Scene {
    site: Site,
    acme: String,
}

impl Scene {
    async fn new() -> Self {
        let site = Site::start().await;
        site.administrator("lapsed@example.com", "lapsed").await;
        site.clock.advance(Duration::from_hours(365 * 24));
        site.administrator("admin@example.com", "acme").await;
        site.administrator("another@example.com", "another").await;
        site.member("employee@example.com", "acme", &["Employee"]).await;
        site.member("roleless@example.com", "acme", &[]).await;
        site.newcomer("person@example.com").await;
        let acme = site.management().await.organization_id("acme").await;
        Self { site, acme }
    }

    async fn actor(&self, actor: Actor) -> Browser {
        let mut browser = self.site.browser();
        match actor {
            Actor::Stranger => {}
            Actor::Person => browser.log_in("person@example.com").await,
            Actor::Employee => browser.log_in_under("acme", "employee@example.com").await,
            Actor::Roleless => browser.log_in_under("acme", "roleless@example.com").await,
            Actor::Administrator => browser.log_in_under("acme", "admin@example.com").await,
            Actor::AnotherAdministrator => browser.log_in_under("another", "another@example.com").await,
            Actor::LapsedAdministrator => browser.log_in_under("lapsed", "lapsed@example.com").await,
        }
        browser
    }
}

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says() {
    let scene = Scene::new().await;
    let before = scene.site.management().await.everything().await;
    let (mut cells, mut faults) = (0, Vec::new());
    for actor in ACTORS {
        let browser = scene.actor(actor).await;
        // Signing out comes last.
        let mut routes: Vec<_> = ROUTES.iter().collect();
        routes.sort_by_key(|route| route.csrf && route.path == "/api/auth/logout");
        for sent in [Sent::Nothing, Sent::Everything] {
            for route in &routes {
                if sent == Sent::Nothing && route.csrf && route.path == "/api/auth/logout" {
                    continue;
                }
                // They would type the name of their own, and it would be gone.
                let confirms = actor == Actor::Administrator && sent == Sent::Everything;
                if confirms && route.csrf && route.path == "/admin/customization/delete" {
                    continue;
                }
                let fields = fields(sent, &scene.acme);
                // Each cell begins with the same cookies.
                let mut cell = browser.clone();
                let answer = if route.method.as_http() == Method::POST {
                    cell.post(route.path, &fields).await
                } else {
                    cell.get(&target(route.path, &fields)).await
                };
                cells += 1;
                let wanted = expected(route, actor, sent);
                if answer.status.as_u16() != wanted {
                    faults.push(format!(
                        "{actor:?} {} {} {sent:?}: {wanted} is right. {}",
                        route.method.as_http(),
                        route.path,
                        answer.summary()
                    ));
                }
                let is_foreign = matches!(actor, Actor::AnotherAdministrator | Actor::LapsedAdministrator);
                if is_foreign && answer.says("employee@example.com") {
                    faults.push(format!("{actor:?} sees acme's people: {}", answer.summary()));
                }
            }
        }
    }
    println!("{cells} cells: {} routes, {} actors", ROUTES.len(), ACTORS.len());
    assert!(faults.is_empty(), "{} of {cells} cells are wrong:\n{}", faults.len(), faults.join("\n"));
    assert!(cells >= ROUTES.len() * ACTORS.len(), "{cells}");
    assert_eq!(scene.site.management().await.everything().await, before, "and nothing has changed");
}

fn fields(sent: Sent, acme: &str) -> Vec<(&'static str, &str)> {
    match sent {
        Sent::Nothing => Vec::new(),
        // Names and ids as forms have them, and as somebody might try them.
        Sent::Everything => {
            vec![("organization", "acme"), ("plan", "team"), ("org_id", acme), ("tenant", acme)]
        }
    }
}

/// The path with the fields in its query.
fn target(path: &str, fields: &[(&str, &str)]) -> String {
    let path = path.replace("{file}", "app.css").replace("{folder}", "none").replace("{id}", "none");
    if fields.is_empty() {
        return path;
    }
    let query: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{path}?{}", query.join("&"))
}

#[tokio::test]
async fn whoever_may_not_see_a_page_is_told_nothing_about_it() {
    let scene = Scene::new().await;
    for actor in [Actor::Person, Actor::Employee, Actor::Roleless] {
        let mut browser = scene.actor(actor).await;
        for route in ROUTES.iter().filter(|route| route.who == Who::Administrator) {
            let answer = browser.get(route.path).await;
            for secret in ["admin@example.com", "seats used", "Access"] {
                assert!(!answer.body.contains(secret), "{actor:?}: {}", answer.summary());
            }
        }
    }
}

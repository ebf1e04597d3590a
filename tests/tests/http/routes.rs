//! A page that somebody may not see tells nothing.

use tenantry_web::{ROUTES, RouteMethod, Who};

use crate::browser::Browser;
use crate::site::Site;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    /// On trial, in no organization.
    Person,
    /// Of acme.
    Employee,
    /// Of acme, without any role.
    Roleless,
}

/// Acme and everybody around it.
struct Scene {
    site: Site,
}

impl Scene {
    async fn new() -> Self {
        let site = Site::start().await;
        site.administrator("admin@example.com", "acme").await;
        site.member("employee@example.com", "acme", &["Employee"]).await;
        site.member("roleless@example.com", "acme", &[]).await;
        site.newcomer("person@example.com").await;
        Self { site }
    }

    async fn actor(&self, actor: Actor) -> Browser {
        let mut browser = self.site.browser();
        match actor {
            Actor::Person => browser.log_in("person@example.com").await,
            Actor::Employee => browser.log_in_under("acme", "employee@example.com").await,
            Actor::Roleless => browser.log_in_under("acme", "roleless@example.com").await,
        }
        browser
    }
}

#[tokio::test]
async fn whoever_may_not_see_a_page_is_told_nothing_about_it() {
    let scene = Scene::new().await;
    for actor in [Actor::Person, Actor::Employee, Actor::Roleless] {
        let mut browser = scene.actor(actor).await;
        for route in
            ROUTES.iter().filter(|route| route.who == Who::Administrator && route.method == RouteMethod::Get)
        {
            let answer = browser.get(route.path).await;
            for secret in ["admin@example.com", "seats used", "Access"] {
                assert!(!answer.body.contains(secret), "{actor:?}: {}", answer.summary());
            }
        }
    }
}

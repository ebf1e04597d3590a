//! Whoever was an Administrator until a moment ago and is an Employee now: their session still says so, and the provider does
//! not.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use tenantry_web::{ROUTES, RouteSpec, Who};

use super::actors::Actor;
use super::expected::Variation;
use super::requests::Asking;
use super::world::World;

const EMAIL: &str = "demoted@here.example";
const HERE: &str = "here-org";

/// What an Administrator changes, and buys for their organization.
fn changes() -> impl Iterator<Item = &'static RouteSpec> {
    let is_one = |route: &&RouteSpec| {
        (route.who == Who::Administrator || route.path == "/home/confirm-plan")
            && route.method.as_http() != Method::GET
            // It shows what would be, and changes nothing.
            && route.path != "/admin/customization/preview"
    };
    ROUTES.iter().filter(is_one)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_was_taken_a_moment_ago_changes_nothing_from_then_on() {
    let world = World::new().await;
    world.site.newcomer(EMAIL).await;
    let (mut faults, mut count) = (Vec::new(), 0);
    for route in changes() {
        world.management.add_member(HERE, EMAIL, &["Administrator", "Employee"]).await;
        let mut browser = world.site.browser();
        browser.log_in_under(HERE, EMAIL).await;
        let token = browser.token().await;
        world.management.take_role(HERE, EMAIL, "Administrator").await;
        let before = world.state_of(&world.here).await;
        let asking = Asking { actor: Actor::Administrator, browser, token };
        let answer = asking.send(&world, route, Variation::None).await;
        let name = format!("{} {}", route.method.as_http(), route.path);
        if answer.status != StatusCode::FORBIDDEN {
            faults.push(format!("{name}: 403 is right. {}", answer.summary()));
        }
        if world.state_of(&world.here).await != before {
            faults.push(format!("{name}: it has changed {HERE}"));
        }
        count += 1;
        // So many look-ups from one network are more than the product takes at once.
        world.site.clock.advance(Duration::from_secs(7));
    }
    assert!(faults.is_empty(), "{} faults in {count} changes:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 15, "{count}");
}

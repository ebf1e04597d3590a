//! Every cell, sent and looked at.

use futures::StreamExt;
use reqwest::Method;
use tenantry_web::{ROUTES, Resource, RouteSpec, Who};

use super::actors::Actor;
use super::expected::{Given, Outcome, Place, Variation, expected};
use super::requests::Asking;
use super::world::{THERE, World};
use crate::answer::Answer;

/// What `cargo xtask mutate` sets, to have no cells run but those whose name contains one of the texts between the bars.
const ONLY: &str = "TENANTRY_ISOLATION_ONLY";
/// How many worlds there are at once.
const AT_ONCE: usize = 3;

/// A request of somebody: all that is known before it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) route: &'static RouteSpec,
    pub(super) actor: Actor,
    pub(super) variation: Variation,
}

/// Every variation that makes sense for a route and an actor.
pub(super) fn variations(route: &'static RouteSpec, actor: Actor) -> Vec<Variation> {
    let changes = route.method.as_http() != Method::GET;
    let ids = route.ids.iter().flat_map(|id| Given::ALL.map(|given| Variation::Id(id, given)));
    // What leaves something behind needs a world of its own: there, everything is tried at once.
    let is_alone = has_effects(route, actor, Variation::None);
    let places = Place::ALL.into_iter().filter(move |place| is_alone == (*place == Place::Everywhere));
    let smuggled = places.map(Variation::Smuggled);
    let forged = if changes { vec![Variation::OtherOrigin, Variation::WithoutToken] } else { Vec::new() };
    [Variation::None].into_iter().chain(ids).chain(smuggled).chain(forged).collect()
}

/// The whole matrix.
pub(super) fn cells() -> Vec<Cell> {
    let of_route = |route: &'static RouteSpec| {
        let of_actor = move |actor| {
            variations(route, actor).into_iter().map(move |variation| Cell { route, actor, variation })
        };
        Actor::ALL.into_iter().flat_map(of_actor)
    };
    ROUTES.iter().flat_map(of_route).collect()
}

/// Those that are to be run: all, unless somebody wants to see some.
fn chosen() -> Vec<Cell> {
    let only = std::env::var(ONLY).unwrap_or_default();
    let is_wanted = |cell: &Cell| only.split('|').any(|text| cell.name().contains(text));
    cells().into_iter().filter(is_wanted).collect()
}

/// Whether it is done, and leaves something behind.
fn has_effects(route: &RouteSpec, actor: Actor, variation: Variation) -> bool {
    let only_leads_on = matches!(route.path, "/orgprompt" | "/api/auth/invitation");
    let changes = route.method.as_http() != Method::GET && !only_leads_on;
    changes && expected(route, actor, variation) == Outcome::Done
}

impl Cell {
    fn has_effects(&self) -> bool {
        has_effects(self.route, self.actor, self.variation)
    }

    pub(super) fn expected(&self) -> Outcome {
        expected(self.route, self.actor, self.variation)
    }

    fn name(&self) -> String {
        let variation = match self.variation {
            Variation::Id(id, given) => format!("{} {given:?}", id.name),
            other => format!("{other:?}"),
        };
        format!("{} {} by {} ({variation})", self.route.method.as_http(), self.route.path, self.actor)
    }
}

/// What came of a request.
fn outcome(answer: &Answer) -> Outcome {
    let status = answer.status.as_u16();
    match status {
        303 if answer.header("location").starts_with("/api/auth/login?returnTo=") => Outcome::ToLogin,
        200..=399 => Outcome::Done,
        _ => Outcome::Refused(status),
    }
}

/// What the cell gets wrong, if anything.
fn faults(cell: &Cell, world: &World, answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    let (wanted, found) = (cell.expected(), outcome(answer));
    // A redirect to the login may be what comes next.
    let is_right = wanted == found || (wanted == Outcome::Done && found == Outcome::ToLogin);
    if !is_right {
        faults.push(format!("{}: {wanted:?} is right. {}", cell.name(), answer.summary()));
    }
    if cell.actor != Actor::OtherAdministrator && answer.body.contains(THERE) {
        faults.push(format!("{}: it tells of somebody there. {}", cell.name(), answer.summary()));
    }
    // The provider is asked about the other organization only when a public link names it.
    let is_public = cell.route.who == Who::Anyone;
    let is_theirs = matches!(cell.actor, Actor::OtherAdministrator | Actor::Both);
    if !is_public && !is_theirs {
        let asked = world.site.fake().requests();
        let asked =
            asked.iter().find(|call| format!("{}?{}", call.path, call.query).contains(&world.there.id));
        if let Some(call) = asked {
            faults.push(format!("{}: the provider was asked for {}", cell.name(), call.path));
        }
    }
    faults
}

/// Runs the cells that leave nothing behind in one world, for one actor.
async fn run_together(world: &World, cells: &[Cell], faults_of_all: &mut Vec<String>) {
    let Some(first) = cells.first() else { return };
    let asking = Asking::new(world, first.actor).await;
    let (here, there) = (world.state_of(&world.here).await, world.state_of(&world.there).await);
    for cell in cells {
        world.site.fake().clear_requests();
        let answer = asking.send(world, cell.route, cell.variation).await;
        faults_of_all.extend(faults(cell, world, &answer));
    }
    foreign_and_absent_are_the_same(world, &asking, cells, faults_of_all).await;
    for (organization, before) in [(&world.here, here), (&world.there, there)] {
        if world.state_of(organization).await != before {
            faults_of_all
                .push(format!("one of {}'s requests has changed {}", first.actor, organization.name));
        }
    }
}

/// Byte for byte, but for the number of the request.
async fn foreign_and_absent_are_the_same(
    world: &World,
    asking: &Asking,
    cells: &[Cell],
    faults: &mut Vec<String>,
) {
    for cell in cells {
        let Variation::Id(id, Given::Foreign) = cell.variation else { continue };
        // Anybody may know that an organization exists.
        let is_public = cell.route.who == Who::Anyone && id.of == Resource::Organization;
        if is_public || !matches!(cell.expected(), Outcome::Refused(404)) {
            continue;
        }
        let mut bodies = Vec::new();
        for given in Given::ALL {
            let answer = asking.send(world, cell.route, Variation::Id(id, given)).await;
            let number = answer.header("x-request-id").to_owned();
            bodies.push((answer.status, answer.body.replace(&number, "")));
        }
        if bodies.iter().any(|body| *body != bodies[0]) {
            faults.push(format!("{}: foreign, absent and malformed answer differently", cell.name()));
        }
    }
}

/// Runs a cell that leaves something behind, in a world of its own.
async fn run_alone(cell: &Cell) -> Vec<String> {
    let world = World::new().await;
    let asking = Asking::new(&world, cell.actor).await;
    let other = world.foreign(cell.actor).clone();
    let before = world.state_of(&other).await;
    world.site.fake().clear_requests();
    let answer = asking.send(&world, cell.route, cell.variation).await;
    let mut found = faults(cell, &world, &answer);
    // Their own name is theirs in both.
    let is_own = cell.actor == Actor::Both && cell.route.resource == Resource::Profile;
    if !is_own && world.state_of(&other).await != before {
        found.push(format!("{}: it has changed {}", cell.name(), other.name));
    }
    world.site.stop().await;
    found
}

fn report(faults: &[String], cells: usize) {
    assert!(faults.is_empty(), "{} faults in {cells} cells:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_that_leaves_nothing_behind() {
    let (mut faults, mut count) = (Vec::new(), 0);
    for actor in Actor::ALL {
        let of_actor = |cell: &Cell| cell.actor == actor && !cell.has_effects();
        let cells: Vec<_> = chosen().into_iter().filter(of_actor).collect();
        if cells.is_empty() {
            continue;
        }
        let world = World::new().await;
        count += cells.len();
        run_together(&world, &cells, &mut faults).await;
        world.site.stop().await;
    }
    report(&faults, count);
    assert!(count > 500 || std::env::var_os(ONLY).is_some(), "{count}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_that_leaves_something_behind() {
    let mut faults = Vec::new();
    let cells: Vec<_> = chosen().into_iter().filter(Cell::has_effects).collect();
    let mut running = futures::stream::iter(&cells).map(run_alone).buffer_unordered(AT_ONCE);
    while let Some(found) = running.next().await {
        faults.extend(found);
    }
    report(&faults, cells.len());
}

//! One use case, one call of it, one fault: what comes of it.

use std::collections::HashMap;

use tenantry_ports::Clock;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::end::{End, charges};
use super::fault::{Kind, Often};
use super::use_case::{Person, UseCase};
use super::world::World;
use crate::answer::Answer;
use crate::provider::M2M;

/// Cells that keep the processor busy, at a time. More would only make each other late, and time-outs are real.
static TURNS: Semaphore = Semaphore::const_new(4);

/// A call that a use case makes: the n-th one to this route.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// Where it stands among the others: by what it is for, since calls that are made together come in any order.
    place: usize,
    /// What for, where the route does not say it.
    pub(super) purpose: &'static str,
    pub(super) method: String,
    pub(super) route: String,
    pub(super) number: u64,
}

/// What the product asks for, in the order of the table.
const PLACES: [&str; 4] =
    ["/.well-known/openid-configuration", "/oauth/token", "/.well-known/jwks.json", "/api/v2/"];

/// What a use case does when nothing goes wrong.
#[derive(Clone, Debug)]
pub(super) struct Clean {
    pub(super) calls: Vec<Call>,
    end: End,
}

/// What came of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The same as without it.
    Unnoticed,
    /// The page was shown with what was read before; later it shows what is so now.
    AsBefore,
    /// Nobody was told of it: it is done the next time.
    NextTime,
    /// A page with this status and a way on; repeated after the fault, it is done.
    Refused(u16),
}

/// Runs the use case, and notes what it asks and where it ends.
pub(super) async fn record(world: &mut World, use_case: UseCase) -> Clean {
    let mut person = world.begin(use_case).await;
    let page = use_case.run(world, &mut person).await;
    let mut calls = calls(world);
    calls.retain(|call| use_case.has(&call.route));
    calls.sort();
    let end = End::of(world, &mut person, &page).await;
    assert!(page.is(200).url.path() != "/api/auth/callback" && !calls.is_empty(), "{use_case:?}");
    end.is_sound(use_case);
    Clean { calls, end }
}

/// What the product itself asked: not what browsers did.
fn calls(world: &World) -> Vec<Call> {
    let machine = world.fake.client(M2M).unwrap().client_id;
    let mut seen = HashMap::new();
    let mut calls = Vec::new();
    for call in world.fake.requests() {
        let Some(place) = PLACES.iter().position(|path| call.path.starts_with(path)) else { continue };
        let number = seen.entry((call.method.clone(), call.route.clone())).or_insert(0);
        *number += 1;
        let purpose = match (call.route.as_str(), call.client_id.as_ref() == Some(&machine)) {
            ("/oauth/token", true) => " for the Management API",
            ("/oauth/token", false) => " for the code",
            _ => "",
        };
        let (method, route) = (call.method, call.route);
        calls.push(Call { place, purpose, method, route, number: *number });
    }
    calls
}

/// Runs the use case with the fault, and then without it until it has come to its end.
pub(super) async fn strike(
    world: &mut World,
    use_case: UseCase,
    call: &Call,
    (kind, often): (Kind, Often),
    clean: &Clean,
) -> Outcome {
    let turn = take_turn().await;
    let mut person = world.begin(use_case).await;
    let was_signed_in = !use_case.ends_the_session() && person.browser.cookie("sid").is_some();
    let fault = kind.fault(world.clock.now()).on(&call.method, &call.route).after(call.number - 1);
    let id = match (kind, often) {
        (Kind::Clock(seconds), _) => {
            let id = world.fake.faults().add(fault);
            world.own_clock.jumps(seconds, id);
            id
        }
        (_, Often::Once) => world.fake.faults().add(fault.times(1)),
        (_, Often::Always) => world.fake.faults().add(fault),
    };

    drop(turn);
    let page = use_case.run(world, &mut person).await;
    let has_struck = world
        .fake
        .faults()
        .all()
        .iter()
        .find(|active| active.id == id)
        .is_none_or(|active| active.struck > 0);
    assert!(has_struck, "the fault strikes nobody: the use case has not come that far: {}", page.summary());
    is_answered(&page);
    assert!(!was_signed_in || still_signed_in(use_case, &mut person).await, "whoever is signed in stays so");
    world.fake.faults().clear();
    let turn = take_turn().await;
    let outcome = if clean.end.is_reached(world, &mut person, &page).await {
        // A page waits for little more than the second that it is asked to: whether for that long, the machine decides.
        if use_case.keeps_fresh() && kind == Kind::Seconds { Outcome::AsBefore } else { Outcome::Unnoticed }
    } else {
        come_again(world, use_case, &mut person, (&page, turn), &clean.end).await
    };
    assert!(charges(use_case, &mut person).await <= 1, "charged twice");
    outcome
}

async fn take_turn() -> SemaphorePermit<'static> {
    TURNS.acquire().await.unwrap()
}

/// The person comes again, now that nothing is wrong any more: at once, and while the product still spares the provider,
/// a while later. How often it takes is a matter of seconds, and not of the table.
async fn come_again(
    world: &mut World,
    use_case: UseCase,
    person: &mut Person,
    (first, mut held): (&Answer, SemaphorePermit<'static>),
    wanted: &End,
) -> Outcome {
    let mut page = use_case.run(world, person).await;
    let mut end = End::of(world, person, &page).await;
    for _ in 0..2 {
        if end == *wanted {
            break;
        }
        is_answered(&page);
        // Others go on meanwhile.
        drop(held);
        world.wait_long().await;
        held = take_turn().await;
        page = use_case.run(world, person).await;
        end = End::of(world, person, &page).await;
    }
    assert_eq!(end, *wanted, "after {} and {}", first.summary(), page.summary());
    match first.status.as_u16() {
        200 if use_case == UseCase::Sweep => Outcome::NextTime,
        200 => Outcome::AsBefore,
        status => Outcome::Refused(status),
    }
}

/// A page is a page, or it says what is wrong, with a way on and a number to ask about.
fn is_answered(page: &Answer) {
    if page.status.is_success() {
        return;
    }
    assert!(page.status.as_u16() != 500 && !page.status.is_redirection(), "{}", page.summary());
    if page.header("content-type") == "application/problem+json" {
        // A program reads the status, and how long to wait.
        return;
    }
    let way_on = ["/home", "/", "/api/auth/login", "/home/upgrade-plan"];
    assert!(way_on.iter().any(|path| page.links_to(path)), "a way on: {}", page.summary());
    if page.status.as_u16() == 422 {
        // The form as it was typed, with what went wrong beside it.
        return;
    }
    assert!(page.says(page.header("x-request-id")), "the number of the request: {}", page.summary());
}

async fn still_signed_in(use_case: UseCase, person: &mut Person) -> bool {
    use_case == UseCase::ComeBackExpired || person.browser.is_signed_in().await
}

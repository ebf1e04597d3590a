//! The provider's time.

use axum::http::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use tenantry_domain::Timestamp;

use super::operation::{Answer, Call, Operation, Reply};
use super::problem::Problem;
use crate::control::Reading;
use crate::fake::Core;
use crate::schema::{Schema, flag, integer, number, object, optional, required, text};

/// A hundred years.
const FURTHEST: i64 = 100 * 366 * 86_400;

pub(super) fn operations() -> Vec<Operation> {
    let change = object([
        optional("set", text(1, 40)),
        optional("advance_seconds", integer(0, FURTHEST)),
        optional("frozen", flag()),
    ]);
    vec![
        Operation::now(Method::GET, "/clock", "Tell the time", read).answers(StatusCode::OK, shape()),
        Operation::now(Method::POST, "/clock", "Set, advance, freeze or resume the time", update)
            .body(change)
            .answers(StatusCode::OK, shape())
            .refuses(StatusCode::BAD_REQUEST, "set is not an instant such as 2026-03-02T10:00:00.000Z"),
        Operation::now(Method::DELETE, "/clock", "Go back to the machine's time", reset)
            .answers(StatusCode::OK, shape()),
    ]
}

fn shape() -> Schema {
    object([required("now", text(24, 24)), required("frozen", flag()), required("ahead_seconds", number())])
}

fn read(core: &Core, _: &Call) -> Answer {
    let Reading { now, is_frozen, ahead_millis } = core.time.reading();
    #[expect(clippy::cast_precision_loss, reason = "for eyes: milliseconds of centuries still fit")]
    let ahead = ahead_millis as f64 / 1000.0;
    Reply::ok(json!({ "now": now, "frozen": is_frozen, "ahead_seconds": ahead }))
}

/// In this order: freeze or resume, set, advance.
fn update(core: &Core, call: &Call) -> Answer {
    let body = call.body();
    let set = body.text("set").map(str::parse::<Timestamp>).transpose();
    let set = set.map_err(|error| Problem::bad(error.to_string()).at("set"))?;
    match body.flag("frozen") {
        Some(true) => core.time.freeze(),
        Some(false) => core.time.resume(),
        None => {}
    }
    if let Some(to) = set {
        core.time.set(to);
    }
    if let Some(seconds) = body.integer("advance_seconds") {
        core.time.advance(Duration::from_secs(seconds.unsigned_abs()));
    }
    read(core, call)
}

fn reset(core: &Core, call: &Call) -> Answer {
    core.time.reset();
    read(core, call)
}

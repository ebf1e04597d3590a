//! The whole state: back to the beginning, snapshots, seeds.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::operation::{Answer, Call, Later, Operation, Reply};
use super::problem::Problem;
use crate::control::{PlantError, SnapshotError};
use crate::fake::Core;
use crate::schema::{Schema, UNLIMITED, list, object, open_object, required, text};
use crate::seed_file::SeedFile;

pub(super) fn operations() -> Vec<Operation> {
    let named = object([required("name", text(1, 100))]);
    let no_such = "There is no snapshot of this name";
    vec![
        Operation::later(
            Method::POST,
            "/reset",
            "Go back to the beginning: the seeded state, the machine's time, no faults, no requests noted",
            reset,
        )
        .answers_nothing(),
        Operation::later(
            Method::POST,
            "/seed",
            "Plant a seed on top of what there is: all of it, or nothing",
            seed,
        )
        .body(open_object([]))
        .answers_nothing()
        .refuses(StatusCode::BAD_REQUEST, "The seed is wrong: property says where"),
        Operation::now(Method::GET, "/snapshots", "List snapshots", snapshots)
            .answers(StatusCode::OK, list(snapshot_shape(), 0, UNLIMITED)),
        Operation::now(Method::POST, "/snapshots", "Keep the whole state under a name", keep)
            .body(named)
            .answers(StatusCode::CREATED, snapshot_shape())
            .refuses(StatusCode::CONFLICT, "There are too many snapshots"),
        Operation::later(Method::POST, "/snapshots/{name}/restore", "Go back to a snapshot", restore)
            .answers_nothing()
            .refuses(StatusCode::NOT_FOUND, no_such),
        Operation::now(Method::DELETE, "/snapshots/{name}", "Forget a snapshot", forget)
            .answers_nothing()
            .refuses(StatusCode::NOT_FOUND, no_such),
    ]
}

fn snapshot_shape() -> Schema {
    object([required("name", text(1, 100)), required("taken_at", text(24, 24))])
}

fn reset<'a>(core: &'a Arc<Core>, _: &'a Call) -> Later<'a> {
    Box::pin(async {
        core.reset().await?;
        Ok(Reply::Nothing)
    })
}

fn seed<'a>(core: &'a Arc<Core>, call: &'a Call) -> Later<'a> {
    Box::pin(async {
        core.plant(SeedFile::from_json(call.json().clone())?).await?;
        Ok(Reply::Nothing)
    })
}

fn snapshots(core: &Core, _: &Call) -> Answer {
    let snapshots = core.control.snapshots.all().into_iter();
    Reply::ok(snapshots.map(|(name, taken_at)| json!({ "name": name, "taken_at": taken_at })).collect())
}

fn keep(core: &Core, call: &Call) -> Answer {
    let name = call.body().text("name").unwrap_or_default();
    let taken_at = core.snapshot(name)?;
    Reply::created(json!({ "name": name, "taken_at": taken_at }))
}

fn restore<'a>(core: &'a Arc<Core>, call: &'a Call) -> Later<'a> {
    Box::pin(async {
        core.restore(call.path("name")).await?;
        Ok(Reply::Nothing)
    })
}

fn forget(core: &Core, call: &Call) -> Answer {
    if core.control.snapshots.remove(call.path("name")) {
        Ok(Reply::Nothing)
    } else {
        Err(SnapshotError::Unknown.into())
    }
}

impl From<PlantError> for Problem {
    fn from(error: PlantError) -> Self {
        match error {
            PlantError::Seed(error) => error.into(),
            PlantError::Store(error) => error.into(),
            PlantError::Stopped(error) => Self::unavailable(error.to_string()),
        }
    }
}

impl From<SnapshotError> for Problem {
    fn from(error: SnapshotError) -> Self {
        let detail = error.to_string();
        match error {
            SnapshotError::Unknown => Self::not_found(detail),
            SnapshotError::TooMany => Self::conflict(detail),
            SnapshotError::Store(error) => error.into(),
        }
    }
}

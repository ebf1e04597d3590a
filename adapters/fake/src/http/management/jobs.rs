//! `/jobs`: messages that prove an address, and what became of them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::operation::{Evidence, Operation};
use super::schema::{Schema, object, one_of, optional, required, text};
use super::tickets::{check_target, identity, not_a_member, send_verification, user_of_identity};
use super::{Answer, Reply};
use crate::model::{Job, JobStatus};
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    let body = object([
        required("user_id", text(1, 300)),
        optional("client_id", text(1, 64)),
        optional("identity", identity()),
        optional("organization_id", text(1, 50)),
    ]);
    vec![
        Operation::write(
            Method::POST,
            "/jobs/verification-email",
            "Send a message with a link that proves an address",
            send,
        )
        .scope(&["update:users"])
        .body(body)
        .answers(StatusCode::CREATED, shape())
        .refuses(ApiError::no_user())
        .refuses(ApiError::no_client())
        .refuses(ApiError::no_organization())
        .refuses(not_a_member()),
        Operation::get("/jobs/{id}", "Get a job", read)
            .scope(&["create:users", "read:users"])
            .answers(StatusCode::OK, shape())
            .refuses(no_job())
            .evidence(Evidence::Documented)
            .note("A job is done by the time it is first asked for; the text of the 404 is not known."),
    ]
}

fn no_job() -> ApiError {
    ApiError::not_found(Some("inexistent_job"), "The job does not exist.")
}

fn view(job: &Job, status: JobStatus) -> Value {
    json!({ "type": job.kind, "status": status, "created_at": job.created_at, "id": job.id })
}

fn shape() -> Schema {
    object([
        required("type", one_of(&["verification_email"])),
        required("status", one_of(&["pending", "completed", "failed"])),
        required("created_at", text(20, 30)),
        required("id", text(20, 20)),
    ])
}

fn send(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    let user = user_of_identity(state, body)?.clone();
    check_target(state, body, &user)?;
    let was_sent = send_verification(state, &call.context, &user, body);
    let job = Job {
        id: call.context.ids.job(),
        kind: "verification_email".to_owned(),
        status: if was_sent { JobStatus::Completed } else { JobStatus::Failed },
        created_at: call.context.now,
    };
    // Whoever asks for a job is told how it went when they come back.
    let view = view(&job, JobStatus::Pending);
    state.add_job(job);
    Ok(Reply::created(view))
}

fn read(state: &State, call: &Call<'_>) -> Answer {
    let job = state.jobs.get(call.path("id")).ok_or_else(no_job)?;
    Ok(Reply::ok(view(job, job.status)))
}

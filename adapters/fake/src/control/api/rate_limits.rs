//! Rate limits: which plan's are in force.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::operation::{Answer, Call, Operation, Reply};
use crate::fake::Core;
use crate::rate_limits::{Api, Limit, RateLimitPlan, tenant_wide};
use crate::schema::{Schema, integer, object, one_of, required};

const PLANS: &[&str] = &["free", "essentials", "enterprise"];

pub(super) fn operations() -> Vec<Operation> {
    let chosen = || required("plan", one_of(PLANS).or_null());
    vec![
        Operation::now(Method::GET, "/rate-limits", "Tell which plan's rate limits are in force", read)
            .answers(StatusCode::OK, shape()),
        Operation::now(
            Method::PUT,
            "/rate-limits",
            "Put a plan's rate limits in force, or none with null; every bucket is full then",
            choose,
        )
        .body(object([chosen()]))
        .answers(StatusCode::OK, shape()),
    ]
}

fn shape() -> Schema {
    let limit = || {
        let number = || integer(1, 1_000_000);
        object([
            required("burst", number()),
            required("sustained", number()),
            required("per_seconds", number()),
        ])
        .or_null()
    };
    object([
        required("plan", one_of(PLANS).or_null()),
        required("authentication_api", limit()),
        required("management_api", limit()),
    ])
}

fn view(limit: Option<Limit>) -> Value {
    limit.map_or(
        Value::Null,
        |limit| json!({ "burst": limit.burst, "sustained": limit.sustained, "per_seconds": limit.seconds }),
    )
}

fn read(core: &Core, _: &Call) -> Answer {
    let plan = core.control.rate_limits.plan();
    let wide = |api| view(plan.and_then(|plan| tenant_wide(plan, api)));
    Reply::ok(json!({
        "plan": plan,
        "authentication_api": wide(Api::Authentication),
        "management_api": wide(Api::Management),
    }))
}

fn choose(core: &Core, call: &Call) -> Answer {
    let plan = match call.body().text("plan") {
        Some("free") => Some(RateLimitPlan::Free),
        Some("essentials") => Some(RateLimitPlan::Essentials),
        Some(_) => Some(RateLimitPlan::Enterprise),
        None => None,
    };
    core.control.rate_limits.choose(plan);
    read(core, call)
}

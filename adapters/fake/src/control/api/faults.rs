//! The faults in force.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::operation::{Answer, Call, Operation, Reply};
use super::problem::Problem;
use crate::control::{ActiveFault, Fault, FaultEffect, Malformed};
use crate::document::Document;
use crate::fake::Core;
use crate::schema::{
    Property, Schema, any, flag, integer, list, map, number, object, one_of, optional, required, text,
};

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const KINDS: &[&str] = &["status", "delay", "cut", "malformed"];
const FORMS: &[&str] = &["truncated_json", "html", "wrong_json"];
const MOST: i64 = i64::MAX;
const AN_HOUR: i64 = 3_600_000;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::now(Method::GET, "/faults", "List the faults in force", all)
            .answers(StatusCode::OK, list(shape(), 0, 100_000)),
        Operation::now(Method::POST, "/faults", "Put a fault in force", add)
            .body(object(properties()))
            .answers(StatusCode::CREATED, shape())
            .refuses(StatusCode::BAD_REQUEST, "A property that a fault of this kind does not have"),
        Operation::now(Method::DELETE, "/faults", "End all faults", clear).answers_nothing(),
        Operation::now(Method::DELETE, "/faults/{id}", "End a fault", remove)
            .answers_nothing()
            .refuses(StatusCode::NOT_FOUND, "No fault with this id is in force"),
    ]
}

fn properties() -> Vec<Property> {
    vec![
        required("kind", one_of(KINDS)),
        optional("method", one_of(METHODS)),
        optional("path", text(1, 2_000)),
        optional("after", integer(0, MOST)),
        optional("count", integer(1, MOST)),
        optional("probability", number()),
        optional("seed", integer(0, MOST)),
        optional("status", integer(200, 599)),
        optional("body", any()),
        optional("headers", map(text(0, 2_000), 50, 100)),
        optional("performs", flag()),
        optional("delay_ms", integer(0, AN_HOUR)),
        optional("jitter_ms", integer(0, AN_HOUR)),
        optional("after_bytes", integer(0, MOST)),
        optional("form", one_of(FORMS)),
    ]
}

/// What only faults of one kind have.
const OF_KINDS: [(&str, &[&str]); 4] = [
    ("status", &["status", "body", "headers", "performs"]),
    ("delay", &["delay_ms", "jitter_ms"]),
    ("cut", &["after_bytes", "performs"]),
    ("malformed", &["form"]),
];

fn shape() -> Schema {
    object(properties()).with([
        required("id", integer(1, MOST)),
        required("matched", integer(0, MOST)),
        required("struck", integer(0, MOST)),
    ])
}

fn all(core: &Core, _: &Call) -> Answer {
    Reply::ok(core.control.faults.all().iter().map(view).collect())
}

fn add(core: &Core, call: &Call) -> Answer {
    let fault = fault(call.body())?;
    let id = core.control.faults.add(fault.clone());
    Reply::created(view(&ActiveFault { id, fault, matched: 0, struck: 0 }))
}

fn clear(core: &Core, _: &Call) -> Answer {
    core.control.faults.clear();
    Ok(Reply::Nothing)
}

fn remove(core: &Core, call: &Call) -> Answer {
    let removed = call.path("id").parse().is_ok_and(|id| core.control.faults.remove(id));
    if removed { Ok(Reply::Nothing) } else { Err(Problem::not_found("No fault with this id is in force")) }
}

/// The fault that a body of the right shape describes.
fn fault(body: Document<'_>) -> Result<Fault, Problem> {
    let kind = body.text("kind").unwrap_or_default();
    let foreign = OF_KINDS.iter().filter(|(other, _)| *other != kind).flat_map(|(_, names)| names.iter());
    let own: &[&str] = OF_KINDS.iter().find(|(of, _)| *of == kind).map_or(&[], |(_, names)| names);
    if let Some(name) = foreign.filter(|name| !own.contains(*name)).find(|name| body.has(name)) {
        return Err(Problem::bad(format!("A fault of the kind {kind} has no {name}")).at(*name));
    }
    let probability = body.get("probability").and_then(Value::as_f64).unwrap_or(1.0);
    if !(0.0..=1.0).contains(&probability) {
        return Err(Problem::bad("A probability is a number from 0 to 1").at("probability"));
    }
    let number = |name: &str| body.integer(name).map(i64::unsigned_abs);
    Ok(Fault {
        method: body.text("method").map(str::to_owned),
        path: body.text("path").map(str::to_owned),
        after: number("after").unwrap_or(0),
        count: number("count"),
        probability,
        seed: number("seed").unwrap_or(0),
        effect: effect(kind, body)?,
    })
}

fn effect(kind: &str, body: Document<'_>) -> Result<FaultEffect, Problem> {
    let performs = body.flag("performs").unwrap_or(false);
    let missing = |name: &str| Problem::bad(format!("A fault of the kind {kind} needs {name}")).at(name);
    let millis = |name: &str| body.integer(name).map(|number| Duration::from_millis(number.unsigned_abs()));
    match kind {
        "status" => {
            let status = body.integer("status").ok_or_else(|| missing("status"))?;
            let status = u16::try_from(status).map_err(|_| missing("status"))?;
            Ok(FaultEffect::Status {
                status,
                body: body.get("body").cloned(),
                headers: headers(body)?,
                performs,
            })
        }
        "delay" => Ok(FaultEffect::Delay {
            delay: millis("delay_ms").ok_or_else(|| missing("delay_ms"))?,
            jitter: millis("jitter_ms").unwrap_or_default(),
        }),
        "cut" => {
            let after_bytes = body.integer("after_bytes").and_then(|bytes| usize::try_from(bytes).ok());
            if after_bytes.is_some() && body.flag("performs") == Some(false) {
                let why = "There is a body to cut only when what was asked for is done";
                return Err(Problem::bad(why).at("performs"));
            }
            Ok(FaultEffect::Cut { after_bytes, performs: performs || after_bytes.is_some() })
        }
        _ => match body.text("form") {
            Some("truncated_json") => Ok(FaultEffect::Malformed(Malformed::TruncatedJson)),
            Some("html") => Ok(FaultEffect::Malformed(Malformed::Html)),
            Some(_) => Ok(FaultEffect::Malformed(Malformed::WrongJson)),
            None => Err(missing("form")),
        },
    }
}

fn headers(body: Document<'_>) -> Result<BTreeMap<String, String>, Problem> {
    let pairs = body.document("headers").entries();
    pairs
        .map(|(name, value)| {
            let value = value.as_str().unwrap_or_default();
            let sound = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
            let place = || format!("headers.{name}");
            if sound {
                Ok((name.to_owned(), value.to_owned()))
            } else {
                Err(Problem::bad("This is no header").at(place()))
            }
        })
        .collect()
}

/// A fault in the form in which it is put in force.
fn view(active: &ActiveFault) -> Value {
    let fault = &active.fault;
    let mut view = match &fault.effect {
        FaultEffect::Status { status, body, headers, performs } => {
            json!({ "kind": "status", "status": status, "body": body, "headers": headers, "performs": performs })
        }
        FaultEffect::Delay { delay, jitter } => {
            let millis = |time: &Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            json!({ "kind": "delay", "delay_ms": millis(delay), "jitter_ms": millis(jitter) })
        }
        FaultEffect::Cut { after_bytes, performs } => {
            json!({ "kind": "cut", "after_bytes": after_bytes, "performs": performs })
        }
        FaultEffect::Malformed(form) => {
            let form = match form {
                Malformed::TruncatedJson => "truncated_json",
                Malformed::Html => "html",
                Malformed::WrongJson => "wrong_json",
            };
            json!({ "kind": "malformed", "form": form })
        }
    };
    let common = json!({
        "id": active.id,
        "method": fault.method,
        "path": fault.path,
        "after": fault.after,
        "count": fault.count,
        "probability": fault.probability,
        "seed": fault.seed,
        "matched": active.matched,
        "struck": active.struck,
    });
    if let (Some(view), Value::Object(common)) = (view.as_object_mut(), common) {
        view.extend(common);
        view.retain(|_, value| !value.is_null() && *value != Value::Object(Map::new()));
    }
    view
}

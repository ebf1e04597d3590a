//! The table of what every operation answers (table/*.txt), and that it is complete.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;

use super::script::{Kept, Line, Step, parse};
use super::{Answer, World};
use crate::http::management::error::ApiError;

/// The scripts; each starts with a provider of its own.
pub(super) const SCRIPTS: &[(&str, &str)] = &[
    ("actions", include_str!("table/actions.txt")),
    ("client_grants", include_str!("table/client_grants.txt")),
    ("clients", include_str!("table/clients.txt")),
    ("connections", include_str!("table/connections.txt")),
    ("discovery_domains", include_str!("table/discovery_domains.txt")),
    ("enabled_connections", include_str!("table/enabled_connections.txt")),
    ("invitations", include_str!("table/invitations.txt")),
    ("members", include_str!("table/members.txt")),
    ("organization_client_grants", include_str!("table/organization_client_grants.txt")),
    ("organization_clients", include_str!("table/organization_clients.txt")),
    ("organization_connections", include_str!("table/organization_connections.txt")),
    ("organizations", include_str!("table/organizations.txt")),
    ("logs", include_str!("table/logs.txt")),
    ("guardian", include_str!("table/guardian.txt")),
    ("identities", include_str!("table/identities.txt")),
    ("roles", include_str!("table/roles.txt")),
    ("self_service_profiles", include_str!("table/self_service_profiles.txt")),
    ("sso_tickets", include_str!("table/sso_tickets.txt")),
    ("sessions", include_str!("table/sessions.txt")),
    ("tickets", include_str!("table/tickets.txt")),
    ("signing_keys", include_str!("table/signing_keys.txt")),
    ("settings", include_str!("table/settings.txt")),
    ("users", include_str!("table/users.txt")),
];

/// What of an operation has been seen: the place of an answer or of a refusal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Answer(usize, usize),
    Refusal(usize, usize),
}

#[tokio::test]
async fn every_operation_answers_what_the_table_says_and_the_table_is_complete() {
    let mut seen = BTreeSet::new();
    let mut failures = Vec::new();
    for (name, script) in SCRIPTS {
        run(name, script, &mut seen, &mut failures).await;
    }
    let world = World::new().await;
    for (index, operation) in world.operations.iter().enumerate() {
        let what = format!("{} {}", operation.method, operation.path);
        for (place, (status, _)) in operation.answers.iter().enumerate() {
            if !seen.contains(&Seen::Answer(index, place)) {
                failures.push(format!("no line of the table has {what} answer {status}"));
            }
        }
        for (place, refusal) in operation.refusals.iter().enumerate() {
            let is_reachable = !refusal.message().contains(" can have at most ");
            if is_reachable && !seen.contains(&Seen::Refusal(index, place)) {
                failures.push(format!("no line of the table has {what} refuse: {}", refusal.message()));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures (the lines of table/*.txt must bring about every declared answer and refusal):\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// The fixed things that scripts may name: `{web.client_id}`, `{database.id}` and so on.
pub(super) async fn fixtures(world: &World) -> Kept {
    let mut kept = super::rows::plant(world).await;
    for (name, client) in [
        ("web", super::WEB),
        ("service", super::SERVICE),
        ("bare", super::BARE),
        ("individuals", super::INDIVIDUALS),
    ] {
        let client = world.fake.client(client).unwrap();
        kept.insert(name.to_owned(), serde_json::json!({ "client_id": client.client_id }));
    }
    let service = world.fake.client(super::SERVICE).unwrap().client_id;
    let grants = world.fake.core().store.read(|state| {
        let of_service = state.client_grants.by_alternate_key(&service);
        of_service.map(|grant| serde_json::json!({ "id": grant.id })).collect::<Vec<_>>()
    });
    kept.insert("grant".to_owned(), grants.unwrap()[0].clone());
    let issuer = world.fake.core().config.issuer.as_str();
    kept.insert("issuer".to_owned(), issuer.into());
    let of_name = [
        ("database", "/connections?name=Username-Password-Authentication"),
        ("google", "/connections?name=google-oauth2"),
        ("enterprise", "/connections?name=acme"),
        ("passwordless", "/connections?name=email"),
        ("administrator", "/roles?name_filter=Administrator"),
        ("employee", "/roles?name_filter=Employee"),
    ];
    for (name, path) in of_name {
        let answer = world.call(&axum::http::Method::GET, path, None).await;
        kept.insert(name.to_owned(), answer.body[0].clone());
    }
    kept
}

async fn run(name: &str, script: &str, seen: &mut BTreeSet<Seen>, failures: &mut Vec<String>) {
    let world = World::new().await;
    let mut kept = fixtures(&world).await;
    for step in parse(script) {
        let line = match step {
            Step::Wait(seconds) => {
                world.clock.advance(std::time::Duration::from_secs(seconds));
                continue;
            }
            Step::Call(line) => line,
        };
        let (path, body) = (line.path(&kept), line.body(&kept));
        let answer = world.call(&line.method, &path, body.as_ref()).await;
        let what = format!("{name}.txt:{}: {} {path}", line.number, line.method);
        if let Err(problem) = check(&world, &line, &path, &answer, seen) {
            failures.push(format!("{what}: {problem}\n    {} {}", answer.status, answer.body));
        }
        if let Some(keep) = &line.keep {
            kept.insert(keep.clone(), answer.body);
        }
    }
}

fn check(
    world: &World,
    line: &Line,
    path: &str,
    answer: &Answer,
    seen: &mut BTreeSet<Seen>,
) -> Result<(), String> {
    if answer.status.as_u16() != line.status {
        return Err(format!("expected {}", line.status));
    }
    let Some(index) = world.operation_of(&line.method, path) else {
        return if line.status == 501 { Ok(()) } else { Err("no such operation".to_owned()) };
    };
    let operation = &world.operations[index];
    if answer.status.is_success() {
        let declared = operation.answers.iter().position(|(status, _)| *status == answer.status);
        let place = declared.ok_or("a success that is not declared")?;
        let shape = operation.answers[place].1.as_ref();
        match shape {
            Some(shape) => {
                shape.check(&answer.body).map_err(|broken| format!("not of the shape: {broken:?}"))?;
            }
            None if answer.body.is_null() => {}
            None => return Err("a body where none is declared".to_owned()),
        }
        seen.insert(Seen::Answer(index, place));
        return Ok(());
    }
    let code = answer.body.get("errorCode").and_then(Value::as_str);
    if line.code.as_deref().is_some_and(|wanted| code != Some(wanted)) {
        return Err(format!("expected the code {:?}", line.code));
    }
    check_error(answer)?;
    match operation.refusals.iter().position(|refusal| is(refusal, answer)) {
        Some(place) => {
            seen.insert(Seen::Refusal(index, place));
            Ok(())
        }
        None if is_of_any_call(answer, code) => Ok(()),
        None => Err("a refusal that is not declared".to_owned()),
    }
}

/// The form that every error has.
pub(super) fn check_error(answer: &Answer) -> Result<(), String> {
    let status = answer.body.get("statusCode").and_then(Value::as_u64);
    let reason = answer.body.get("error").and_then(Value::as_str);
    let message = answer.body.get("message").and_then(Value::as_str).unwrap_or_default();
    if status != Some(answer.status.as_u16().into())
        || reason != answer.status.canonical_reason()
        || message.is_empty()
    {
        return Err("not the form of an error".to_owned());
    }
    Ok(())
}

fn is(refusal: &ApiError, answer: &Answer) -> bool {
    let code = answer.body.get("errorCode").and_then(Value::as_str);
    let message = answer.body.get("message").and_then(Value::as_str).unwrap_or_default();
    refusal.status() == answer.status && refusal.code() == code && matches(refusal.message(), message)
}

/// Whether the message has the form of the declared one, in which `<…>` stands for anything.
fn matches(declared: &str, message: &str) -> bool {
    let mut rest = message;
    let mut pieces = declared.split('<').enumerate().map(|(index, piece)| {
        if index == 0 { piece } else { piece.split_once('>').map_or(piece, |(_, after)| after) }
    });
    let Some(first) = pieces.next() else { return false };
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    let mut last = first;
    for piece in pieces {
        let Some(place) = rest.find(piece) else { return false };
        rest = &rest[place + piece.len()..];
        last = piece;
    }
    rest.is_empty() || (declared.contains('<') && last.is_empty())
}

/// What every call may be answered with: the schema, the token, the scope.
fn is_of_any_call(answer: &Answer, code: Option<&str>) -> bool {
    match answer.status {
        StatusCode::BAD_REQUEST => {
            matches!(code, Some("invalid_body" | "invalid_query_string" | "invalid_uri"))
        }
        StatusCode::UNAUTHORIZED | StatusCode::UNSUPPORTED_MEDIA_TYPE => true,
        StatusCode::FORBIDDEN => code == Some("insufficient_scope"),
        _ => false,
    }
}

#[test]
fn a_declared_message_may_leave_a_place_open() {
    assert!(matches("The role does not exist.", "The role does not exist."));
    assert!(!matches("The role does not exist.", "The role does not exist. Really"));
    assert!(matches("Profile with ID: <id> not found", "Profile with ID: ssp_1 not found"));
    assert!(matches("Unknown: <name>", "Unknown: x y"));
    assert!(!matches("Profile with ID: <id> not found", "Profile with ID: ssp_1 is gone"));
}

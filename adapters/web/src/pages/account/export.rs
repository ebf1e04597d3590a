//! `/home/account/export`: a copy of what is known about oneself.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tenantry_application::AccountCopy;
use tenantry_domain::{AuditEntry, EmailAddress, Role, Roles, Tenant};
use tenantry_ports::{Session, SessionOnDevice};

use crate::csrf::Form;
use crate::problem::Problem;
use crate::session::SignedIn;
use crate::{App, Shared};

/// The copy as one JSON document, to be kept as a file.
pub(crate) async fn download(
    State(app): State<Shared>,
    person: SignedIn,
    _: Form,
) -> Result<Response, Problem> {
    copy(&app, &person.session).await
}

pub(crate) async fn copy(app: &App, session: &Session) -> Result<Response, Problem> {
    let copy = app.use_cases.export_account.run(session).await?;
    let text = serde_json::to_string_pretty(&json(&copy)).map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"account.json\"")),
    ];
    Ok((headers, text).into_response())
}

/// The copy in the words of the API.
fn json(copy: &AccountCopy) -> Value {
    let user = &copy.user;
    json!({
        "exported_at": copy.at,
        "account": {
            "id": user.id,
            "name": user.name,
            "email": user.email.as_ref().map(EmailAddress::as_str),
            "picture": user.picture,
            "subscription": user.subscription,
        },
        "memberships": copy.memberships.iter().map(membership).collect::<Vec<_>>(),
        "sessions": copy.sessions.iter().map(session).collect::<Vec<_>>(),
        "activity": copy.activity.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn membership((tenant, roles): &(Tenant, Roles)) -> Value {
    json!({
        "organization": { "id": tenant.tenant.id, "name": tenant.tenant.name, "display_name": tenant.display_name },
        "roles": roles.iter().map(Role::name).collect::<Vec<_>>(),
    })
}

fn session(session: &SessionOnDevice) -> Value {
    json!({
        "id": session.handle,
        "organization": session.tenant.as_ref().map(|tenant| tenant.name.as_str()),
        "device": session.device,
        "began_at": session.began_at,
        "used_at": session.used_at,
        "ends_at": session.ends_at,
    })
}

fn entry(entry: &AuditEntry) -> Value {
    json!({ "at": entry.at, "action": entry.action.as_str(), "subject": entry.subject })
}

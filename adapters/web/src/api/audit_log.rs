//! `/api/v1/organization/audit-log`: who changed what, and when.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenantry_domain::{AuditEntry, Timestamp};
use utoipa::ToSchema;

use super::caller::Caller;
use super::listing::Listing;
use super::operation::Operation;
use crate::Shared;
use crate::problem::Problem;

pub(super) const LIST: Operation =
    Operation::new("listAuditLog", "Who changed what, the latest first").listing::<AuditPage>();

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct EntryView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The account of who did it.
    actor_id: String,
    /// What people called them then; null in old entries.
    actor_name: Option<String>,
    /// What was done: `member.removed`.
    action: &'static str,
    /// To whom or to what, as people would name it.
    subject: String,
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditPage {
    items: Vec<EntryView>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
    mut wanted: Listing,
) -> Result<Json<AuditPage>, Problem> {
    let from = wanted.from.take();
    let page = app.use_cases.activity.run(&session, from, wanted.size).await?;
    let next = wanted.next(&app, &page);
    Ok(Json(AuditPage { items: page.items.into_iter().map(EntryView::from).collect(), next }))
}

impl From<AuditEntry> for EntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: entry.at,
            actor_id: entry.actor.to_string(),
            actor_name: entry.actor_name,
            action: entry.action.as_str(),
            subject: entry.subject,
        }
    }
}

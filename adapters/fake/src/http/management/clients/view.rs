//! What is shown of a client.

use serde_json::{Value, json};

use crate::document::{self, Document};
use crate::http::json::present;
use crate::http::management::call::Call;
use crate::http::management::schema::{Schema, UNLIMITED, flag, list, open_object, optional, text};
use crate::model::Client;

/// How much of a client its reader may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// What names it.
    Summary,
    /// Everything but its secret.
    WithoutSecret,
    /// Everything.
    WithSecret,
}

impl Detail {
    pub(super) fn of(call: &Call<'_>) -> Self {
        if call.has_scope("read:client_keys") {
            Self::WithSecret
        } else if ["read:clients", "update:clients"].into_iter().any(|scope| call.has_scope(scope)) {
            Self::WithoutSecret
        } else {
            Self::Summary
        }
    }
}

const SUMMARY: [&str; 5] = ["app_type", "description", "is_first_party", "logo_uri", "organization_usage"];

pub(super) fn client(client: &Client, detail: Detail) -> Value {
    let secret = (detail == Detail::WithSecret).then(|| client.secret.expose());
    let mut view =
        json!({ "client_id": client.id, "name": client.name, "global": false, "client_secret": secret });
    if let Some(view) = view.as_object_mut() {
        document::replace(view, Document::of(&json!({ "is_first_party": client.is_first_party() })));
        document::replace(view, client.settings());
        if detail == Detail::Summary {
            view.retain(|name, _| {
                matches!(name.as_str(), "client_id" | "name") || SUMMARY.contains(&name.as_str())
            });
        }
    }
    present(view)
}

/// Any property may be missing: callers choose with `fields`.
pub(super) fn client_shape() -> Schema {
    open_object([
        optional("client_id", text(1, 64)),
        optional("name", text(1, 1024)),
        optional("client_secret", text(1, 1024)),
        optional("global", flag()),
        optional("is_first_party", flag()),
        optional("app_type", text(1, 64)),
        optional("callbacks", list(text(1, 2048), 0, UNLIMITED)),
        optional("grant_types", list(text(1, 200), 0, UNLIMITED)),
        optional("client_metadata", open_object([])),
    ])
}

//! Both kinds of pagination: by page number up to 1000 records, and by checkpoint without an end.

use serde_json::{Map, Value, json};

use super::Reply;
use super::call::Call;
use super::error::ApiError;
use super::schema::{
    Property, Schema, UNLIMITED, flag, integer, list, one_of_shapes, open_object, optional, required, text,
};
use crate::cursor;

/// What the caller asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Paging {
    Offset { page: usize, per_page: usize, totals: bool },
    Checkpoint { from: Option<String>, take: usize },
}

const DEFAULT: usize = 50;
/// As far as page numbers reach.
const WINDOW: usize = 1000;

/// The parameters of a list by page number.
pub(super) fn by_page() -> Vec<Property> {
    vec![
        optional("page", integer(0, 1000)),
        optional("per_page", integer(1, 100)),
        optional("include_totals", flag()),
    ]
}

/// [`by_page`] for lists that may be asked for no items at all, just for how many there are.
pub(super) fn by_page_or_total() -> Vec<Property> {
    let mut parameters = by_page();
    parameters.retain(|parameter| parameter.name != "per_page");
    parameters.push(optional("per_page", integer(0, 100)));
    parameters
}

/// The parameters of a list by checkpoint.
pub(super) fn by_checkpoint() -> Vec<Property> {
    vec![optional("from", text(1, 1000)), optional("take", integer(1, 100))]
}

/// What a list by page number answers: the items, or an object with the totals that were asked for; by checkpoint an
/// object with `next`.
pub(super) fn page_of(name: &'static str, item: Schema) -> Schema {
    one_of_shapes([list(item.clone(), 0, UNLIMITED), object_with_items(name, item)])
}

/// What a list that knows checkpoints alone answers.
pub(super) fn object_with_items(name: &'static str, item: Schema) -> Schema {
    open_object([required(name, list(item, 0, UNLIMITED))])
}

impl Paging {
    pub(super) fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let number = |name: &str, default: usize| {
            call.query.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
        };
        let (page, per_page, take) =
            (number("page", 0), number("per_page", DEFAULT), number("take", DEFAULT));
        if call.query.get("take").is_some() || call.query.get("from").is_some() {
            let from = call.query.get("from").map(|text| cursor::read(text).ok_or_else(unknown_cursor));
            return Ok(Self::Checkpoint { from: from.transpose()?, take: take.clamp(1, WINDOW) });
        }
        if (page + 1) * per_page > WINDOW {
            return Err(ApiError::paging());
        }
        let totals = call.query_flag("include_totals").unwrap_or(false);
        Ok(Self::Offset { page, per_page, totals })
    }

    /// For lists that know checkpoints alone.
    pub(super) fn by_checkpoint(call: &Call<'_>) -> Result<Self, ApiError> {
        match Self::of(call)? {
            Self::Offset { .. } => Ok(Self::Checkpoint { from: None, take: DEFAULT }),
            checkpoint @ Self::Checkpoint { .. } => Ok(checkpoint),
        }
    }

    /// One page of `items`, which come in a stable order; `key` says where an item stands in it.
    ///
    /// `behind` gives the items that stand behind a key, all of them without one.
    pub(super) fn reply<T, I: Iterator<Item = T>>(
        self,
        list: &str,
        behind: impl Fn(Option<&str>) -> I,
        key: impl Fn(&T) -> String,
        view: impl Fn(&T) -> Value,
    ) -> Reply {
        match self {
            Self::Offset { page, per_page, totals } => {
                let start = page * per_page;
                let shown: Vec<Value> =
                    behind(None).skip(start).take(per_page).map(|item| view(&item)).collect();
                Reply::ok(if totals {
                    let total = behind(None).count();
                    json!({ "start": start, "limit": per_page, "total": total, list: shown })
                } else {
                    shown.into()
                })
            }
            Self::Checkpoint { from, take } => {
                let items: Vec<T> = behind(from.as_deref()).take(take + 1).collect();
                let mut body = Map::new();
                if let Some(last) = items.get(take - 1).filter(|_| items.len() > take) {
                    body.insert("next".to_owned(), cursor::write(&key(last)).into());
                }
                body.insert(list.to_owned(), items.iter().take(take).map(view).collect());
                Reply::ok(body.into())
            }
        }
    }

    /// The key that the page starts behind.
    pub(super) fn from(&self) -> Option<&str> {
        match self {
            Self::Checkpoint { from, .. } => from.as_deref(),
            Self::Offset { .. } => None,
        }
    }
}

/// A page with totals whose `limit` is the number of items that it shows: so it is in some of Auth0's lists.
pub(super) fn limited_to_shown(reply: Reply, name: &str) -> Reply {
    match reply {
        Reply::Json(status, Value::Object(mut page)) => {
            let shown = page.get(name).and_then(Value::as_array).map_or(0, Vec::len);
            if let Some(limit) = page.get_mut("limit") {
                *limit = shown.into();
            }
            Reply::Json(status, page.into())
        }
        other => other,
    }
}

/// Lists of users and of log entries also say how many are on this page.
pub(super) fn with_length(reply: Reply, name: &str) -> Reply {
    match reply {
        Reply::Json(status, Value::Object(mut body)) => {
            let length = body.get(name).and_then(Value::as_array).map_or(0, Vec::len);
            body.insert("length".to_owned(), json!(length));
            Reply::Json(status, body.into())
        }
        other => other,
    }
}

pub(super) fn unknown_cursor() -> ApiError {
    ApiError::query("Object didn't pass validation for format checkpoint", Some("from"))
}

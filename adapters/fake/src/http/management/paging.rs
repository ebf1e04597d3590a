//! Both kinds of pagination: by page number up to 1000 records, and by checkpoint without an end.

use serde_json::{Map, Value, json};

use super::Reply;
use super::call::Call;
use super::error::ApiError;
use crate::cursor;

/// What the caller asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Paging {
    Offset { page: usize, per_page: usize, totals: bool },
    Checkpoint { from: Option<String>, take: usize },
}

/// The parameters of a list that has page numbers alone.
pub(super) const OFFSET: [&str; 3] = ["page", "per_page", "include_totals"];

const DEFAULT: usize = 50;
const MOST: usize = 100;
/// As far as page numbers reach.
const WINDOW: usize = 1000;

impl Paging {
    pub(super) fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let number = |name: &str, (least, most): (usize, usize), default: usize| {
            let Some(text) = call.query.get(name) else { return Ok(default) };
            let number: usize = text
                .parse()
                .map_err(|_| ApiError::query("Expected type integer but found type string", Some(name)))?;
            if number < least {
                Err(ApiError::query(&format!("Value {number} is less than minimum {least}"), Some(name)))
            } else if number > most {
                Err(ApiError::query(&format!("Value {number} is greater than maximum {most}"), Some(name)))
            } else {
                Ok(number)
            }
        };
        let page = number("page", (0, WINDOW), 0)?;
        let per_page = number("per_page", (1, MOST), DEFAULT)?;
        let take = number("take", (1, MOST), DEFAULT)?;
        let totals = super::fields::flag(call, "include_totals")?.unwrap_or(false);
        if call.query.get("take").is_some() || call.query.get("from").is_some() {
            let from = call.query.get("from").map(|text| cursor::read(text).ok_or_else(unknown_cursor));
            return Ok(Self::Checkpoint { from: from.transpose()?, take });
        }
        if (page + 1) * per_page > WINDOW {
            return Err(ApiError::paging());
        }
        Ok(Self::Offset { page, per_page, totals })
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

pub(super) fn unknown_cursor() -> ApiError {
    ApiError::query("Object didn't pass validation for format checkpoint", Some("from"))
}

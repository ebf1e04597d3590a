//! Pages of Actions: `{actions, total, page, per_page}`, where a number that is 0 is left out.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::http::management::Reply;
use crate::http::management::call::Call;
use crate::http::management::schema::{
    Property, Schema, UNLIMITED, flag, integer, list, open_object, optional, required,
};

const DEFAULT: usize = 20;

pub(super) struct Page {
    page: usize,
    per_page: usize,
}

pub(super) fn parameters() -> [Property; 3] {
    [
        optional("page", integer(0, 1000)),
        optional("per_page", integer(1, 100)),
        optional("include_totals", flag()),
    ]
}

pub(super) fn shape(name: &'static str, item: Schema) -> Schema {
    open_object([
        required(name, list(item, 0, UNLIMITED)),
        optional("total", integer(1, i64::MAX)),
        optional("page", integer(1, i64::MAX)),
        required("per_page", integer(1, 100)),
    ])
}

impl Page {
    pub(super) fn of(call: &Call<'_>) -> Self {
        let number = |name: &str| call.query.get(name).and_then(|text| text.parse().ok());
        Self { page: number("page").unwrap_or(0), per_page: number("per_page").unwrap_or(DEFAULT) }
    }

    pub(super) fn reply<T>(&self, name: &str, items: &[T], view: impl Fn(&T) -> Value) -> Reply {
        let shown: Value =
            items.iter().skip(self.page * self.per_page).take(self.per_page).map(view).collect();
        let mut body = Map::from_iter([(name.to_owned(), shown)]);
        for (name, number) in [("total", items.len()), ("page", self.page), ("per_page", self.per_page)] {
            if number > 0 {
                body.insert(name.to_owned(), number.into());
            }
        }
        Reply::Json(StatusCode::OK, body.into())
    }
}

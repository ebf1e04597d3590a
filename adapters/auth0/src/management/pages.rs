//! Whole lists, page by page: by page number, which ends at a thousand records, and by checkpoint, which does not.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Management, Operation};
use crate::ManagementError;

/// The largest page that Auth0 gives.
const PAGE: usize = 100;
/// Auth0 shows no more of a list by page number.
const WINDOW: usize = 1000;

impl Management {
    /// A list that is numbered by pages, until one is not full or `is_enough` says so. All of it is one call to whoever
    /// waits.
    pub(crate) async fn by_page<T: DeserializeOwned + Send>(
        &self,
        path: &[&str],
        is_enough: impl Fn(&[T]) -> bool + Send,
    ) -> Result<Vec<T>, ManagementError> {
        let (budget, size) = (self.budget(), PAGE.to_string());
        let mut items = Vec::new();
        for page in 0..WINDOW / PAGE {
            let page = page.to_string();
            let query = [("per_page", size.as_str()), ("page", page.as_str())];
            let more: Vec<T> = self.call(&Operation::get(path, &query).within(budget)).await?;
            let is_last = more.len() < PAGE;
            items.extend(more);
            if is_last || is_enough(&items) {
                break;
            }
        }
        Ok(items)
    }

    /// A list that goes from checkpoint to checkpoint; `list` is the key under which it comes. All of it is one call to
    /// whoever waits.
    pub(crate) async fn by_checkpoint<T: DeserializeOwned>(
        &self,
        path: &[&str],
        filter: &[(&str, &str)],
        list: &str,
    ) -> Result<Vec<T>, ManagementError> {
        let (budget, size) = (self.budget(), PAGE.to_string());
        let (mut items, mut from) = (Vec::new(), None::<String>);
        loop {
            let mut query = filter.to_vec();
            query.push(("take", &size));
            query.extend(from.as_deref().map(|from| ("from", from)));
            let mut page: Map<String, Value> =
                self.call(&Operation::get(path, &query).within(budget)).await?;
            let listed = page.remove(list).unwrap_or_default();
            let more: Vec<T> = serde_json::from_value(listed).map_err(ManagementError::Malformed)?;
            items.extend(more);
            from = match page.remove("next") {
                Some(Value::String(next)) if !next.is_empty() => Some(next),
                _ => return Ok(items),
            };
        }
    }
}

//! Whole lists, page by page: by page number, which ends at a thousand records, and by checkpoint, which does not.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Map, Value};

use super::{Budget, Management, Operation};
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
        filter: &[(&str, &str)],
        is_enough: impl Fn(&[T]) -> bool + Send,
    ) -> Result<Vec<T>, ManagementError> {
        let (budget, size) = (self.budget(), PAGE.to_string());
        let mut items = Vec::new();
        for page in 0..WINDOW / PAGE {
            let page = page.to_string();
            let mut query = filter.to_vec();
            query.extend([("per_page", size.as_str()), ("page", page.as_str())]);
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
        let budget = self.budget();
        let (mut items, mut from) = (Vec::new(), None::<String>);
        loop {
            let (more, next) = self.page(path, filter, list, from.as_deref(), budget).await?;
            items.extend(more);
            if next.is_none() {
                return Ok(items);
            }
            from = next;
        }
    }

    /// One page of such a list, and where the next one begins. A page without its list is an error: taken for the end
    /// it would hide what is there.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        path: &[&str],
        filter: &[(&str, &str)],
        list: &str,
        from: Option<&str>,
        budget: Budget,
    ) -> Result<(Vec<T>, Option<String>), ManagementError> {
        let size = PAGE.to_string();
        let mut query = filter.to_vec();
        query.push(("take", &size));
        query.extend(from.map(|from| ("from", from)));
        let mut page: Map<String, Value> = self.call(&Operation::get(path, &query).within(budget)).await?;
        let listed = page.remove(list).ok_or_else(|| serde_json::Error::custom(format!("no list of {list}")));
        let items = listed.and_then(serde_json::from_value).map_err(ManagementError::Malformed)?;
        let next = page.get("next").and_then(Value::as_str).filter(|next| !next.is_empty());
        Ok((items, next.map(str::to_owned)))
    }
}

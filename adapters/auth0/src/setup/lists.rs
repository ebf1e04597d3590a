//! Whole lists of the Management API, page by page.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ManagementError;
use crate::management::{Management, Operation};

/// A page of a list that goes from checkpoint to checkpoint, and where the next one begins.
pub(super) async fn page<T: DeserializeOwned>(
    api: &Management,
    path: &[&str],
    list: &str,
    query: &[(&str, &str)],
    from: Option<&str>,
) -> Result<(Vec<T>, Option<String>), ManagementError> {
    let mut query = query.to_vec();
    query.push(("take", "100"));
    query.extend(from.map(|from| ("from", from)));
    let mut page: Map<String, Value> = api.call(&Operation::get(path, &query)).await?;
    let listed = page.remove(list).unwrap_or_else(|| Value::Array(Vec::new()));
    let items = serde_json::from_value(listed).map_err(ManagementError::Malformed)?;
    let next = page.get("next").and_then(Value::as_str).filter(|next| !next.is_empty());
    Ok((items, next.map(str::to_owned)))
}

/// All of such a list.
pub(super) async fn by_checkpoint<T: DeserializeOwned>(
    api: &Management,
    path: &[&str],
    list: &str,
    query: &[(&str, &str)],
) -> Result<Vec<T>, ManagementError> {
    let (mut items, mut from) = (Vec::new(), None);
    loop {
        let (more, next) = page(api, path, list, query, from.as_deref()).await?;
        items.extend(more);
        match next {
            Some(next) => from = Some(next),
            None => return Ok(items),
        }
    }
}

//! The subscriptions of persons, of however many users.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::record::Writer;
use crate::management::{Management, Operation};
use crate::setup::error::{Doing, SetupError};
use crate::wire::SUBSCRIPTION;

/// The pages that Auth0 gives of a search, and what fits on one.
const PAGES: usize = 10;
const PER_PAGE: usize = 100;

#[derive(Deserialize)]
struct UserRecord {
    user_id: String,
    created_at: Option<String>,
    #[serde(default)]
    app_metadata: Map<String, Value>,
}

/// The users that were made last among those seen: the next search finds them once more.
#[derive(Clone, Default)]
struct Seen {
    created_at: Option<String>,
    ids: HashSet<String>,
}

impl Seen {
    fn add(&mut self, user: &UserRecord) {
        if self.created_at != user.created_at {
            self.created_at.clone_from(&user.created_at);
            self.ids.clear();
        }
        self.ids.insert(user.user_id.clone());
    }
}

/// Auth0 shows a thousand users of any search, so that the next search begins at the instant at which the last one of
/// those was made.
pub(super) async fn export(api: &Management, writer: &mut Writer<'_, '_>) -> Result<(), SetupError> {
    let mut known = Seen::default();
    loop {
        let query = known.created_at.as_ref().map(|since| format!("created_at:[{since} TO *]"));
        let mut seen = known.clone();
        for number in 0..PAGES {
            let users = read(api, query.as_deref(), number).await?;
            let is_last = users.len() < PER_PAGE;
            for user in users {
                seen.add(&user);
                if !known.ids.contains(&user.user_id) {
                    writer.subscription("user", &user.user_id, user.app_metadata.get(SUBSCRIPTION))?;
                }
            }
            if is_last {
                return Ok(());
            }
        }
        if seen.created_at == known.created_at {
            return Err(SetupError::TooManyAtOnce(seen.created_at.unwrap_or_default()));
        }
        known = seen;
    }
}

async fn read(api: &Management, query: Option<&str>, number: usize) -> Result<Vec<UserRecord>, SetupError> {
    let (number, size) = (number.to_string(), PER_PAGE.to_string());
    let mut parameters = vec![
        ("fields", "user_id,created_at,app_metadata"),
        ("include_fields", "true"),
        ("sort", "created_at:1"),
        ("search_engine", "v3"),
        ("per_page", size.as_str()),
        ("page", number.as_str()),
    ];
    parameters.extend(query.map(|query| ("q", query)));
    api.call(&Operation::get(&["users"], &parameters)).await.doing("reading the users")
}

//! What each method of `api` that changes something does to the effects.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use url::Url;

use crate::{Effects, HolderChanges, RecordedMethod, Revocation, claims};

/// Bytes of `app_metadata`, and of `user_metadata`, that an execution may set.
const MAX_METADATA: usize = 32_000;
/// Characters of a key of the transaction's metadata.
const MAX_TRANSACTION_KEY: usize = 64;
/// Bytes of one of its values.
const MAX_TRANSACTION_VALUE: usize = 8_000;
/// Bytes of all of it.
const MAX_TRANSACTION: usize = 16_000;
/// Characters of a user id that a login may be turned over to.
const MAX_PRIMARY_USER: usize = 128;
/// Keys of the metadata of a session or a refresh token, and characters of a key and of a value.
const MAX_HOLDER_KEYS: usize = 25;
const MAX_HOLDER_TEXT: usize = 255;
/// Keys of it that an execution may delete, whether they are there or not.
const MAX_HOLDER_DELETIONS: usize = 100;
/// Scopes that an execution may add, and remove; characters of one, as of the scope of an API.
const MAX_SCOPES: usize = 1_000;
const MAX_SCOPE: usize = 280;
/// Methods that an execution may record, and bytes of the URL of one.
const MAX_METHODS: usize = 100;
const MAX_METHOD: usize = 2_048;

/// What an Action has asked for so far.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) effects: Effects,
    /// The first refusal stays.
    pub(crate) denial: Option<Denial>,
    /// The last redirect stays.
    pub(crate) redirect: Option<String>,
    /// A method that is not there was called. Whoever catches its error must not go on as if it had worked.
    pub(crate) unsupported: Option<String>,
}

/// A refusal of the login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) reason: String,
    pub(crate) code: Option<String>,
}

/// Why a call of `api` throws.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(String);

type Outcome = Result<(), Refused>;

impl Wishes {
    /// Carries out `api.<method>(...arguments)` at `now_ms`.
    pub(crate) fn apply(&mut self, method: &str, arguments: &[Value], now_ms: i64) -> Outcome {
        let call = Call { method, arguments };
        let effects = &mut self.effects;
        match method {
            "access.deny" | "validation.error" => self.deny(&call)?,
            "idToken.setCustomClaim" => set_claim(&mut effects.id_token_claims, &call)?,
            "accessToken.setCustomClaim" => set_claim(&mut effects.access_token_claims, &call)?,
            "accessToken.addScope" => {
                move_scope(&mut effects.removed_scopes, &mut effects.added_scopes, &call)?;
            }
            "accessToken.removeScope" => {
                move_scope(&mut effects.added_scopes, &mut effects.removed_scopes, &call)?;
            }
            "user.setAppMetadata" => set_metadata(&mut effects.app_metadata, &call)?,
            "user.setUserMetadata" => set_metadata(&mut effects.user_metadata, &call)?,
            "redirect.sendUserTo" => self.redirect = Some(redirect_url(&call)?),
            "authentication.recordMethod" => record_method(&mut effects.recorded_methods, &call, now_ms)?,
            "authentication.setPrimaryUser" => set_primary_user(effects, &call)?,
            "transaction.setMetadata" => set_transaction(&mut effects.transaction_metadata, &call)?,
            "session.revoke" | "refreshToken.revoke" => self.revoke(&call)?,
            "unsupported" => {
                let name = call.text(0)?;
                let why = format!("api.{name} is not available here: it would have no effect");
                self.unsupported.get_or_insert_with(|| why.clone());
                return Err(Refused(why));
            }
            _ => change_holder(effects, &call)?,
        }
        Ok(())
    }

    fn deny(&mut self, call: &Call<'_>) -> Outcome {
        let first = call.optional_text(0)?.unwrap_or_default().to_owned();
        let denial = match call.optional_text(1)? {
            Some(reason) => Denial { reason: reason.to_owned(), code: Some(first) },
            None => Denial { reason: first, code: None },
        };
        self.denial.get_or_insert(denial);
        Ok(())
    }

    fn revoke(&mut self, call: &Call<'_>) -> Outcome {
        let reason = call.optional_text(0)?.unwrap_or_default().to_owned();
        let option = call.argument(1).get("preserveRefreshTokens");
        let preserve_refresh_tokens = option.and_then(Value::as_bool).unwrap_or_default();
        let holder = if call.method.starts_with("session") {
            &mut self.effects.session
        } else {
            &mut self.effects.refresh_token
        };
        holder.revoke = Some(Revocation { reason: reason.clone(), preserve_refresh_tokens });
        self.denial.get_or_insert(Denial { reason, code: None });
        Ok(())
    }
}

/// One call.
struct Call<'a> {
    method: &'a str,
    /// An `undefined` at the end is not there.
    arguments: &'a [Value],
}

impl Call<'_> {
    fn argument(&self, index: usize) -> &Value {
        self.arguments.get(index).unwrap_or(&Value::Null)
    }

    fn text(&self, index: usize) -> Result<&str, Refused> {
        match self.argument(index).as_str() {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(self.refused(index, "must be a string that is not empty")),
        }
    }

    fn optional_text(&self, index: usize) -> Result<Option<&str>, Refused> {
        match self.argument(index) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            _ => Err(self.refused(index, "must be a string")),
        }
    }

    fn http_url(&self, index: usize) -> Result<&str, Refused> {
        let text = self.text(index)?;
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.map(|_| text).ok_or_else(|| self.refused(index, "must be an http or https URL"))
    }

    fn time(&self, index: usize) -> Result<i64, Refused> {
        let number = self.argument(index);
        // JavaScript's numbers come as floating point when they have a fraction.
        #[expect(clippy::cast_possible_truncation, reason = "a time beyond the range is as good as its end")]
        let whole = number.as_i64().or_else(|| number.as_f64().map(|number| number as i64));
        whole.ok_or_else(|| self.refused(index, "must be a number of milliseconds since 1970"))
    }

    fn refused(&self, index: usize, what: &str) -> Refused {
        Refused(format!("api.{}: argument {} {what}", self.method, index + 1))
    }

    fn too_large(&self, limit: &str) -> Refused {
        Refused(format!("api.{}: more than {limit}", self.method))
    }
}

/// `undefined` takes back what was set; `null` is a value.
fn set_claim(claims: &mut Map<String, Value>, call: &Call<'_>) -> Outcome {
    let name = call.text(0)?;
    if !claims::is_allowed(name) {
        return Ok(());
    }
    let Some(value) = call.arguments.get(1) else {
        claims.remove(name);
        return Ok(());
    };
    insert_within(claims, name, value, claims::MAX_CLAIMS)
        .then_some(())
        .ok_or_else(|| call.too_large("100 kB of custom claims"))
}

/// Inserts unless the whole would become larger than `limit` bytes.
fn insert_within(map: &mut Map<String, Value>, key: &str, value: &Value, limit: usize) -> bool {
    let former = map.insert(key.to_owned(), value.clone());
    let fits = claims::size(map) <= limit;
    if !fits {
        match former {
            Some(former) => map.insert(key.to_owned(), former),
            None => map.remove(key),
        };
    }
    fits
}

fn move_scope(from: &mut BTreeSet<String>, to: &mut BTreeSet<String>, call: &Call<'_>) -> Outcome {
    let scope = call.text(0)?;
    if scope.chars().count() > MAX_SCOPE {
        return Err(call.refused(0, "must have at most 280 characters"));
    }
    if to.len() >= MAX_SCOPES && !to.contains(scope) {
        return Err(call.too_large("1,000 scopes"));
    }
    from.remove(scope);
    to.insert(scope.to_owned());
    Ok(())
}

fn record_method(methods: &mut Vec<RecordedMethod>, call: &Call<'_>, now_ms: i64) -> Outcome {
    let name = call.http_url(0)?;
    if name.len() > MAX_METHOD {
        return Err(call.refused(0, "must have at most 2,048 characters"));
    }
    if methods.len() >= MAX_METHODS {
        return Err(call.too_large("100 methods"));
    }
    methods.push(RecordedMethod { name: name.to_owned(), timestamp: now_ms });
    Ok(())
}

fn set_metadata(metadata: &mut Map<String, Value>, call: &Call<'_>) -> Outcome {
    let key = call.text(0)?;
    if key.contains('.') || key.starts_with('$') {
        return Err(call.refused(0, "must not contain a dot nor start with a dollar sign"));
    }
    insert_within(metadata, key, call.argument(1), MAX_METADATA)
        .then_some(())
        .ok_or_else(|| call.too_large("32 kB of metadata in one session"))
}

fn redirect_url(call: &Call<'_>) -> Result<String, Refused> {
    let mut url = Url::parse(call.http_url(0)?).map_err(|_| call.refused(0, "must be a URL"))?;
    if let Some(query) = call.argument(1).get("query").and_then(Value::as_object) {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in query {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            pairs.append_pair(name, &text);
        }
    }
    Ok(url.into())
}

fn set_primary_user(effects: &mut Effects, call: &Call<'_>) -> Outcome {
    let user = call.text(0)?;
    if user.chars().count() > MAX_PRIMARY_USER {
        return Err(call.refused(0, "must have at most 128 characters"));
    }
    if effects.primary_user.is_some() {
        return Err(Refused("api.authentication.setPrimaryUser can be called once in a transaction".into()));
    }
    effects.primary_user = Some(user.to_owned());
    Ok(())
}

fn set_transaction(metadata: &mut Map<String, Value>, call: &Call<'_>) -> Outcome {
    let key = call.text(0)?;
    if key.chars().count() > MAX_TRANSACTION_KEY {
        return Err(call.refused(0, "must have at most 64 characters"));
    }
    let length = match call.argument(1) {
        Value::Null => {
            metadata.remove(key);
            return Ok(());
        }
        Value::String(text) => text.len(),
        value @ (Value::Bool(_) | Value::Number(_)) => value.to_string().len(),
        _ => return Err(call.refused(1, "must be a string, a number or a boolean")),
    };
    if length > MAX_TRANSACTION_VALUE {
        return Err(call.too_large("8 kB in one value"));
    }
    insert_within(metadata, key, call.argument(1), MAX_TRANSACTION)
        .then_some(())
        .ok_or_else(|| call.too_large("16 kB of transaction metadata"))
}

/// `session.*` and `refreshToken.*`, which are alike.
fn change_holder(effects: &mut Effects, call: &Call<'_>) -> Outcome {
    let unknown = || Refused(format!("api.{} is not a function", call.method));
    let (holder, change) = match call.method.split_once('.') {
        Some(("session", change)) => (&mut effects.session, change),
        Some(("refreshToken", change)) => (&mut effects.refresh_token, change),
        _ => return Err(unknown()),
    };
    let earliest = |former: Option<i64>, time: i64| Some(former.map_or(time, |former| former.min(time)));
    match change {
        "setMetadata" => set_holder_metadata(holder, call, call.optional_text(1)?)?,
        "deleteMetadata" => set_holder_metadata(holder, call, None)?,
        "evictMetadata" => {
            holder.evict_metadata = true;
            holder.metadata.clear();
        }
        "setExpiresAt" => holder.expires_at = earliest(holder.expires_at, call.time(0)?),
        "setIdleExpiresAt" => holder.idle_expires_at = earliest(holder.idle_expires_at, call.time(0)?),
        "setCookieMode" => match call.text(0)? {
            mode @ ("persistent" | "non-persistent") => holder.cookie_mode = Some(mode.to_owned()),
            _ => return Err(call.refused(0, "must be persistent or non-persistent")),
        },
        _ => return Err(unknown()),
    }
    Ok(())
}

/// Without a value the key goes.
fn set_holder_metadata(holder: &mut HolderChanges, call: &Call<'_>, value: Option<&str>) -> Outcome {
    let key = call.text(0)?;
    let long = |text: &str| text.chars().count() > MAX_HOLDER_TEXT;
    if long(key) || value.is_some_and(long) {
        return Err(call.too_large("255 characters in a key or a value"));
    }
    let others =
        holder.metadata.iter().filter(|(name, other)| *name != key && other.is_null() == value.is_none());
    let (limit, words) = match value {
        Some(_) => (MAX_HOLDER_KEYS, "25 keys of metadata"),
        None => (MAX_HOLDER_DELETIONS, "100 deleted keys of metadata"),
    };
    if others.count() >= limit {
        return Err(call.too_large(words));
    }
    holder.metadata.insert(key.to_owned(), value.map_or(Value::Null, Value::from));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn after(calls: &[(&str, Value)]) -> Wishes {
        let mut wishes = Wishes::default();
        for (method, arguments) in calls {
            wishes.apply(method, arguments.as_array().unwrap(), 7).unwrap();
        }
        wishes
    }

    fn refused(method: &str, arguments: &Value) -> String {
        Wishes::default().apply(method, arguments.as_array().unwrap(), 7).unwrap_err().0
    }

    #[test]
    fn later_claims_win_and_restricted_ones_are_left_out() {
        let wishes = after(&[
            ("idToken.setCustomClaim", json!(["plan", "a"])),
            ("idToken.setCustomClaim", json!(["plan", { "b": [1] }])),
            ("idToken.setCustomClaim", json!(["none", null])),
            ("idToken.setCustomClaim", json!(["sub", "somebody"])),
            ("idToken.setCustomClaim", json!(["gone", 1])),
            ("idToken.setCustomClaim", json!(["gone"])),
        ]);
        assert_eq!(
            Value::from(wishes.effects.id_token_claims),
            json!({ "plan": { "b": [1] }, "none": null })
        );
    }

    #[test]
    fn the_last_word_on_a_scope_counts() {
        let wishes = after(&[
            ("accessToken.addScope", json!(["a"])),
            ("accessToken.removeScope", json!(["a"])),
            ("accessToken.removeScope", json!(["b"])),
            ("accessToken.addScope", json!(["b"])),
        ]);
        assert_eq!(wishes.effects.added_scopes, ["b".to_owned()].into());
        assert_eq!(wishes.effects.removed_scopes, ["a".to_owned()].into());
    }

    #[test]
    fn the_first_denial_stays_and_revoking_denies() {
        let wishes = after(&[("access.deny", json!(["one"])), ("access.deny", json!(["two"]))]);
        assert_eq!(wishes.denial, Some(Denial { reason: "one".to_owned(), code: None }));
        let wishes = after(&[("access.deny", json!(["code", "words"]))]);
        assert_eq!(wishes.denial, Some(Denial { reason: "words".to_owned(), code: Some("code".to_owned()) }));
        let wishes = after(&[("session.revoke", json!(["gone", { "preserveRefreshTokens": true }]))]);
        assert_eq!(wishes.denial.unwrap().reason, "gone");
        assert!(wishes.effects.session.revoke.unwrap().preserve_refresh_tokens);
        assert_eq!(wishes.effects.refresh_token.revoke, None);
    }

    #[test]
    fn a_redirect_carries_its_query() {
        let query = json!({ "query": { "session_token": "a b&c", "n": 1 } });
        let wishes = after(&[("redirect.sendUserTo", json!(["https://app.example/x?a=1", query]))]);
        let url = "https://app.example/x?a=1&session_token=a+b%26c&n=1";
        assert_eq!(wishes.redirect.as_deref(), Some(url));
        assert!(
            refused("redirect.sendUserTo", &json!(["javascript:alert(1)"])).contains("http or https URL")
        );
    }

    #[test]
    fn the_earliest_expiry_counts_and_metadata_can_be_evicted() {
        let wishes = after(&[
            ("session.setExpiresAt", json!([200])),
            ("session.setExpiresAt", json!([100.5])),
            ("session.setExpiresAt", json!([300])),
            ("refreshToken.setMetadata", json!(["a", "1"])),
            ("refreshToken.evictMetadata", json!([])),
            ("refreshToken.setMetadata", json!(["b", "2"])),
            ("refreshToken.deleteMetadata", json!(["c"])),
        ]);
        assert_eq!(wishes.effects.session.expires_at, Some(100));
        let holder = wishes.effects.refresh_token;
        assert!(holder.evict_metadata);
        assert_eq!(Value::from(holder.metadata), json!({ "b": "2", "c": null }));
    }

    #[test]
    fn limits_are_named() {
        let long = "x".repeat(33_000);
        assert!(refused("user.setAppMetadata", &json!(["a", long])).contains("32 kB"));
        assert!(refused("user.setUserMetadata", &json!(["a", long])).contains("32 kB"));
        assert!(refused("user.setAppMetadata", &json!(["a.b", 1])).contains("dot"));
        assert!(refused("transaction.setMetadata", &json!(["a", long])).contains("8 kB"));
        assert!(refused("transaction.setMetadata", &json!(["a".repeat(65), 1])).contains("64 characters"));
        assert!(
            refused("transaction.setMetadata", &json!(["a", {}])).contains("string, a number or a boolean")
        );
        assert!(refused("idToken.setCustomClaim", &json!(["a", "x".repeat(100_001)])).contains("100 kB"));
        assert!(refused("authentication.setPrimaryUser", &json!(["u".repeat(129)])).contains("128"));
        assert!(refused("session.setMetadata", &json!(["k", "v".repeat(256)])).contains("255"));
        assert!(refused("session.setMetadata", &json!(["k", 1])).contains("must be a string"));
        let full: Vec<_> =
            (0..25).map(|key| ("session.setMetadata", json!([key.to_string(), "v"]))).collect();
        let mut wishes = after(&full);
        assert!(wishes.apply("session.setMetadata", &[json!("one more"), json!("v")], 7).is_err());
        wishes.apply("session.setMetadata", &[json!("3"), json!("again")], 7).unwrap();
    }

    #[test]
    fn a_login_is_turned_over_once() {
        let mut wishes = after(&[("authentication.setPrimaryUser", json!(["auth0|1"]))]);
        assert!(wishes.apply("authentication.setPrimaryUser", &[json!("auth0|2")], 7).is_err());
        assert_eq!(wishes.effects.primary_user.as_deref(), Some("auth0|1"));
    }

    #[test]
    fn what_is_not_there_is_remembered() {
        let mut wishes = Wishes::default();
        assert!(wishes.apply("unsupported", &[json!("multifactor.enable")], 7).is_err());
        assert!(wishes.unsupported.unwrap().starts_with("api.multifactor.enable is not available here"));
        assert!(refused("session.unheardOf", &json!([])).contains("is not a function"));
    }
}

//! Rows that scripts need and that no operation makes: people who logged in, and what they logged in through.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::World;
use super::script::Kept;
use crate::model::{BrowserSession, Connection, Device, RefreshToken, ResourceServer, SessionWishes, User};
use crate::store::{State, StoreError};
use crate::tokens::{Grant, TokenWishes};

/// Puts them into the store; answers them by the names that scripts give them.
///
/// - `{session.id}` and `{token.id}` are of the user `{logged_in.user_id}`
/// - `{social.user_id}` with `{social.id_token}`, `{federated.user_id}`
/// - `{api.identifier}` has the scopes `read:things` and `write:things`
/// - `{keys.0}` to `{keys.4}` are public keys, whose other halves nobody has
/// - the connections `Usernames` and `sms`, and `Disabled`, which no client may use
pub(super) async fn plant(world: &World) -> Kept {
    let core = world.fake.core();
    let now = core.clock.now();
    let planted: Result<(), StoreError> = core
        .store
        .write(|state| {
            connections(state);
            let database = state.connection_by_name("Username-Password-Authentication").cloned().unwrap();
            let google = state.connection_by_name("google-oauth2").cloned().unwrap();
            let enterprise = state.connection_by_name("acme").cloned().unwrap();
            let disabled = state.connection_by_name("Disabled").cloned().unwrap();
            for (id, connection) in [
                ("auth0|planted", &database),
                ("auth0|disabled", &disabled),
                ("google-oauth2|1001", &google),
                ("oidc|acme|1002", &enterprise),
            ] {
                let email = format!("{}@planted.example", connection.name.to_lowercase());
                state.users.put(User { email: Some(email), ..User::new(id.to_owned(), connection, now) });
            }
            let client_id = state.client_by_name(super::WEB).map(|client| client.id.clone()).unwrap();
            sessions(state, &client_id, now);
            let scopes =
                json!([{ "value": "read:things", "description": "Read" }, { "value": "write:things" }]);
            state.resource_servers.put(ResourceServer {
                id: "0123456789abcdef01234567".to_owned(),
                identifier: "https://things.example/".to_owned(),
                settings: object(&json!({ "name": "Things", "scopes": scopes })),
            });
            Ok(())
        })
        .await;
    planted.unwrap();
    let claims = json!({
        "iss": core.config.issuer,
        "sub": "google-oauth2|1001",
        "exp": now.as_seconds() + 36_000,
    });
    let id_token = core.keys.ready().await.unwrap().sign("JWT", &object(&claims)).unwrap();
    let kept = [
        ("logged_in", json!({ "user_id": "auth0|planted" })),
        ("session", json!({ "id": "planted-session" })),
        ("token", json!({ "id": "planted-token" })),
        ("social", json!({ "user_id": "google-oauth2|1001", "id_token": id_token })),
        ("federated", json!({ "user_id": "oidc|acme|1002" })),
        ("api", json!({ "identifier": "https://things.example/" })),
        ("keys", (1..=5).map(public_key).collect()),
    ];
    kept.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A key of 2048 bits (RFC 8017 appendix A.1.1) in PEM, with its line ends as they stand in JSON.
fn public_key(number: u8) -> Value {
    let (head, exponent) =
        ([0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00], [0x02, 0x03, 0x01, 0x00, 0x01]);
    let der = [&head[..], &[0x80 | number; 256], &exponent].concat();
    let label = "RSA PUBLIC KEY";
    format!(r"-----BEGIN {label}-----\n{}\n-----END {label}-----", STANDARD.encode(der))
        .replace(r"\\", r"\")
        .into()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn connections(state: &mut State) {
    let web = state.client_by_name(super::WEB).map(|client| client.id.clone()).unwrap();
    let username = json!({ "requires_username": true });
    for (name, strategy, options, clients) in [
        ("Usernames", "auth0", username, BTreeSet::from([web.clone()])),
        ("Disabled", "auth0", json!({}), BTreeSet::new()),
        ("sms", "sms", json!({}), BTreeSet::from([web])),
    ] {
        state.connections.put(Connection {
            id: format!("con_planted{name}"),
            name: name.to_owned(),
            strategy: strategy.to_owned(),
            options: object(&options),
            enabled_clients: clients,
            settings: Map::new(),
        });
    }
}

fn sessions(state: &mut State, client_id: &str, now: tenantry_domain::Timestamp) {
    let device = Device { ip: "192.0.2.1".to_owned(), user_agent: "Browser/1".to_owned() };
    for sid in ["planted-session", "planted-session-2", "planted-session-3"] {
        state.sessions.put(BrowserSession {
            cookie_hash: format!("hash of {sid}"),
            sid: sid.to_owned(),
            user_id: "auth0|planted".to_owned(),
            connection: "Username-Password-Authentication".to_owned(),
            created_at: now,
            updated_at: now,
            authenticated_at: now,
            last_interacted_at: now,
            clients: BTreeSet::from([client_id.to_owned()]),
            initial_device: device.clone(),
            last_device: device.clone(),
            session_metadata: Map::new(),
            wishes: SessionWishes::default(),
        });
    }
    for hash in ["planted-token", "planted-token-2"] {
        state.refresh_tokens.put(RefreshToken {
            hash: hash.to_owned(),
            client_id: client_id.to_owned(),
            user_id: "auth0|planted".to_owned(),
            grant: Grant {
                scope: vec!["openid".to_owned(), "offline_access".to_owned()],
                sid: "planted-session".to_owned(),
                audience: None,
                refresh_token: TokenWishes::default(),
                organization: None,
                auth_time: None,
                claims: Map::new(),
                access_token_claims: Map::new(),
            },
            issued_at: now,
            family: format!("family of {hash}"),
            family_began_at: Some(now),
            exchanged_at: None,
            rotated_at: None,
        });
    }
}

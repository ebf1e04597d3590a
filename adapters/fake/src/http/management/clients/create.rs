//! `POST /clients`.

use serde_json::{Map, Value, json};

use super::{authentication_methods, credentials, rules, update, view};
use crate::document::Document;
use crate::http::management::call::Call;
use crate::http::management::{Answer, Reply};
use crate::model::Client;
use crate::secrets::Secret;
use crate::store::State;

pub(super) fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let body = call.body();
    rules::check(state, body)?;
    let mut client = Client {
        id: call.context.ids.client(),
        name: body.text("name").unwrap_or_default().to_owned(),
        secret: Secret::new(call.context.ids.client_secret()),
        settings: defaults(body),
    };
    update::apply(&mut client, body)?;
    let added = authentication_methods::register(state, call, &mut client)?;
    let mut view = view::client(&client, view::Detail::WithSecret);
    // Only here a client shows more of its keys than their ids.
    if let Some(shown) = view.pointer_mut("/client_authentication_methods/private_key_jwt/credentials") {
        *shown = added.iter().map(credentials::view).collect();
    }
    state.clients.put(client);
    Ok(Reply::created(view))
}

/// What a client has when nothing is said about it.
fn defaults(body: Document<'_>) -> Map<String, Value> {
    let defaults = json!({
        "is_first_party": true,
        "is_token_endpoint_ip_header_trusted": false,
        "oidc_conformant": false,
        "jwt_configuration": { "secret_encoded": false, "lifetime_in_seconds": 36_000 },
        "sso_disabled": false,
        "cross_origin_authentication": false,
        "custom_login_page_on": true,
        "grant_types": grant_types(body),
        "refresh_token": {
            "rotation_type": "non-rotating",
            "expiration_type": "non-expiring",
            "leeway": 0,
            "token_lifetime": 2_592_000,
            "infinite_token_lifetime": true,
            "infinite_idle_token_lifetime": true,
            "idle_token_lifetime": 1_296_000,
        },
    });
    defaults.as_object().cloned().unwrap_or_default()
}

/// A client that can't keep a secret can't speak in its own name.
fn grant_types(body: Document<'_>) -> &'static [&'static str] {
    let is_public = body.text("token_endpoint_auth_method") == Some("none");
    match body.text("app_type") {
        Some("resource_server") => &[],
        Some("express_configuration") => &["authorization_code", "client_credentials"],
        _ if is_public => &["authorization_code", "implicit", "refresh_token"],
        _ => &["authorization_code", "implicit", "refresh_token", "client_credentials"],
    }
}

//! The `event` that Actions read: who logs in, where, how, and from where (Auth0: post-login event object).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tenantry_domain::Timestamp;

use super::{Browser, Context, Pending};
use crate::model::{AuthorizationRequest, BrowserSession, Connection, Identity, Prompt, User};
use crate::store::State;
use crate::tokens::picture_of;

/// The event of a login through the pages.
pub(crate) fn event_of_login(
    state: &State,
    context: &Context<'_>,
    browser: &Browser,
    pending: &Pending,
) -> Value {
    let (request, admitted) = (&pending.transaction.request, &pending.admitted);
    let who = &admitted.who;
    let connection = state.connection_by_name(&who.connection);
    let method = if connection.is_some_and(Connection::is_database) { "pwd" } else { "federated" };
    let mut event = common(
        state,
        context,
        (&who.user_id, &request.client_id, admitted.organization.as_deref()),
        connection,
    );
    let shown = match &pending.brought {
        Some((query, body)) => RequestShown { query: query.clone(), body: body.clone() },
        None => RequestShown { query: texts(request), body: Map::new() },
    };
    event.insert("request".to_owned(), shown.with(browser));
    event.insert("transaction".to_owned(), transaction(request, &pending.transaction.handle));
    let session = state.session_by_sid(&admitted.sid);
    let mut methods = vec![json!({ "name": method, "timestamp": who.at.to_string() })];
    methods.extend(session.into_iter().flat_map(|session| &session.wishes.methods).map(|recorded| {
        let at = Timestamp::from_millis(recorded.timestamp);
        json!({ "name": recorded.name, "timestamp": at.to_string() })
    }));
    event.insert("authentication".to_owned(), json!({ "methods": methods }));
    event.insert(
        "session".to_owned(),
        without_nulls(json!({
            "id": admitted.sid,
            "created_at": session.map(|session| session.created_at.to_string()),
            "authenticated_at": who.at.to_string(),
            "clients": session_clients(session, request),
            "device": { "last_ip": browser.ip, "last_user_agent": browser.user_agent },
            "metadata": session.map(|session| session.session_metadata.clone()).unwrap_or_default(),
        })),
    );
    if let Some(audience) = &request.audience {
        event.insert("resource_server".to_owned(), json!({ "identifier": audience }));
    }
    Value::Object(event)
}

fn session_clients(session: Option<&BrowserSession>, request: &AuthorizationRequest) -> Vec<Value> {
    let mut clients: BTreeSet<&str> =
        session.into_iter().flat_map(|session| &session.clients).map(String::as_str).collect();
    clients.insert(&request.client_id);
    clients.into_iter().map(|client_id| json!({ "client_id": client_id })).collect()
}

/// An exchange that no browser takes part in, as its event shows it.
pub(crate) struct ExchangeShown<'a> {
    /// `oauth2-refresh-token` or `oauth2-password`.
    pub(crate) protocol: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) user_id: &'a str,
    /// The organization's id.
    pub(crate) organization: Option<&'a str>,
    pub(crate) connection: Option<&'a Connection>,
    pub(crate) audience: Option<&'a str>,
    pub(crate) scope: &'a [String],
    /// Whether it counts as a login, which will be counted when it is concluded.
    pub(crate) is_login: bool,
    pub(crate) refresh_token: Option<Value>,
    /// The session that the tokens came from, while it lasts.
    pub(crate) session: Option<&'a BrowserSession>,
}

/// The event of an exchange without a browser.
pub(crate) fn event_of_exchange(
    state: &State,
    context: &Context<'_>,
    browser: &Browser,
    request: RequestShown,
    shown: &ExchangeShown<'_>,
) -> Value {
    let whose = (shown.user_id, shown.client_id, shown.organization);
    let mut event = common(state, context, whose, shown.connection);
    if let Some(user) = state.users.get(shown.user_id) {
        let logins_count = user.logins_count + u32::from(shown.is_login);
        event.insert("stats".to_owned(), json!({ "logins_count": logins_count }));
    }
    event.insert("request".to_owned(), request.with(browser));
    event.insert(
        "transaction".to_owned(),
        json!({
            "protocol": shown.protocol,
            "requested_scopes": shown.scope,
            "acr_values": [],
            "prompt": [],
            "locale": "en",
            "ui_locales": [],
            "metadata": {},
        }),
    );
    if let Some(session) = shown.session {
        event.insert(
            "session".to_owned(),
            json!({
                "id": session.sid,
                "created_at": session.created_at.to_string(),
                "authenticated_at": session.authenticated_at.to_string(),
                "metadata": session.session_metadata,
            }),
        );
    }
    if let Some(refresh_token) = &shown.refresh_token {
        event.insert("refresh_token".to_owned(), refresh_token.clone());
    }
    if let Some(audience) = shown.audience {
        event.insert("resource_server".to_owned(), json!({ "identifier": audience }));
    }
    Value::Object(event)
}

/// What an event says of the request.
pub(crate) struct RequestShown {
    pub(crate) query: Map<String, Value>,
    pub(crate) body: Map<String, Value>,
}

impl RequestShown {
    pub(crate) fn with(self, browser: &Browser) -> Value {
        without_nulls(json!({
            "ip": browser.ip,
            "method": browser.method,
            "hostname": browser.hostname,
            "language": browser.language,
            "user_agent": browser.user_agent,
            "query": self.query,
            "body": self.body,
            "geoip": {},
        }))
    }
}

fn texts(request: &AuthorizationRequest) -> Map<String, Value> {
    request.parameters.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()
}

/// What every event holds, whatever led to it. The organization is named by its id.
fn common(
    state: &State,
    context: &Context<'_>,
    (user_id, client_id, organization): (&str, &str, Option<&str>),
    connection: Option<&Connection>,
) -> Map<String, Value> {
    let mut event = Map::new();
    let mut set = |name: &str, value: Value| event.insert(name.to_owned(), value);
    set("tenant", json!({ "id": tenant(context) }));
    if let Some(user) = state.users.get(user_id) {
        set("user", user_shown(user, context));
        set("stats", json!({ "logins_count": user.logins_count }));
    }
    if let Some(connection) = connection {
        let metadata = connection.settings().get("metadata").cloned().unwrap_or_else(|| json!({}));
        let (id, name, strategy) = (&connection.id, &connection.name, &connection.strategy);
        set("connection", json!({ "id": id, "name": name, "strategy": strategy, "metadata": metadata }));
    }
    if let Some(client) = state.clients.get(client_id) {
        let metadata = client.settings().get("client_metadata").cloned().unwrap_or_else(|| json!({}));
        set("client", json!({ "client_id": client.id, "name": client.name, "metadata": metadata }));
    }
    // Under an organization the roles that were given there count, and no others.
    let roles: Vec<&str> = match organization {
        Some(id) => state.member_roles(id, user_id).map(|role| role.name.as_str()).collect(),
        None => {
            let ids = state.users.get(user_id).map(|user| user.roles.iter()).into_iter().flatten();
            ids.filter_map(|id| state.roles.get(id)).map(|role| role.name.as_str()).collect()
        }
    };
    if let Some(organization) = organization.and_then(|id| state.organizations.get(id)) {
        set(
            "organization",
            json!({
                "id": organization.id,
                "name": organization.name,
                "display_name": organization.label(),
                "metadata": organization.metadata,
            }),
        );
    }
    set("authorization", json!({ "roles": roles }));
    event
}

/// The first part of the host's name, as the tenant's name is at Auth0.
fn tenant(context: &Context<'_>) -> String {
    let domain = context.issuer.domain().unwrap_or("tenantry");
    domain.split('.').next().unwrap_or(domain).to_owned()
}

fn user_shown(user: &User, context: &Context<'_>) -> Value {
    let own = without_nulls(json!({
        "user_id": user.id,
        "email": user.email,
        "email_verified": user.email_verified,
        "name": user.display_name(),
        "nickname": user.display_nickname(),
        "picture": picture_of(user, context.issuer),
        "given_name": user.given_name,
        "family_name": user.family_name,
        "username": user.username,
        "created_at": user.created_at.to_string(),
        "updated_at": user.updated_at.to_string(),
        "last_password_reset": user.last_password_reset.map(|at| at.to_string()),
        "app_metadata": user.app_metadata,
        "user_metadata": user.user_metadata.clone().unwrap_or_default(),
        "identities": identities(user),
        "multifactor": [],
        "enrolledFactors": [],
    }));
    let mut shown = user.attributes.clone();
    shown.extend(own.as_object().cloned().unwrap_or_default());
    shown.into()
}

/// The account itself first, then those that were linked to it.
fn identities(user: &User) -> Vec<Value> {
    let own = json!({
        "connection": user.connection,
        "isSocial": user.is_social,
        "provider": user.provider,
        "user_id": user.id_at_provider(),
    });
    std::iter::once(own).chain(user.linked.iter().map(Identity::view)).collect()
}

fn transaction(request: &AuthorizationRequest, handle: &str) -> Value {
    let given = |name: &str| request.parameters.get(name).map(String::as_str);
    let list = |name: &str| given(name).unwrap_or_default().split_ascii_whitespace().collect::<Vec<_>>();
    let prompt: Vec<&str> = if request.prompt == Prompt::None { vec!["none"] } else { list("prompt") };
    let locales = list("ui_locales");
    without_nulls(json!({
        "id": handle,
        "protocol": "oidc-basic-profile",
        "acr_values": list("acr_values"),
        "login_hint": request.login_hint,
        "locale": locales.first().unwrap_or(&"en"),
        "prompt": prompt,
        "redirect_uri": request.redirect_uri,
        "requested_scopes": request.scope,
        "response_mode": given("response_mode").unwrap_or("query"),
        "response_type": list("response_type"),
        "state": request.state,
        "ui_locales": locales,
        "metadata": {},
    }))
}

/// What is not known is absent, not `null`; only the outermost properties are looked at.
fn without_nulls(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    value
}

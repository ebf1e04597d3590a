//! `/dbconnections/…`: accounts of the password database without its login page. Its errors have a shape of their own.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::errors::no_store;
use super::json::present;
use super::parameters::{Parameters, has_content_type};
use crate::document::Document;
use crate::fake::Core;
use crate::login::{self, Context, Onward, SignUpError, send_ticket};
use crate::model::{Connection, LogEntry, MailKind, User};
use crate::passwords::Strength;
use crate::store::{State, StoreError};

/// Why nothing was done.
#[derive(Debug)]
struct DatabaseError {
    status: StatusCode,
    body: Value,
}

impl DatabaseError {
    fn new(code: &str, description: impl Into<String>) -> Self {
        let description = description.into();
        let body =
            json!({ "name": "BadRequestError", "code": code, "description": description, "statusCode": 400 });
        Self { status: StatusCode::BAD_REQUEST, body }
    }

    fn missing(name: &str) -> Self {
        Self::new("invalid_request", format!("{name} is required"))
    }

    /// The policy `good` with what the password has of it.
    fn weak_password(password: &str) -> Self {
        let strength = Strength::of(password);
        let item = |message: &str, code: &str, verified: bool| json!({ "message": message, "code": code, "verified": verified });
        let body = json!({
            "name": "PasswordStrengthError",
            "message": "Password is too weak",
            "code": "invalid_password",
            "description": {
                "rules": [
                    {
                        "message": "At least %d characters in length",
                        "format": [8],
                        "code": "lengthAtLeast",
                        "verified": strength.long_enough,
                    },
                    {
                        "message": "Contain at least %d of the following %d types of characters:",
                        "code": "containsAtLeast",
                        "format": [3, 4],
                        "items": [
                            item("lower case letters (a-z)", "lowerCase", strength.lower_case),
                            item("upper case letters (A-Z)", "upperCase", strength.upper_case),
                            item("numbers (i.e. 0-9)", "numbers", strength.digit),
                            item("special characters (e.g. !@#$%^&*)", "specialCharacters", strength.special),
                        ],
                        "verified": strength.has_enough_kinds(),
                    },
                ],
                "verified": false,
            },
            "policy": POLICY,
            "statusCode": 400,
        });
        Self { status: StatusCode::BAD_REQUEST, body }
    }
}

const POLICY: &str = "* At least 8 characters in length\n\
    * Contain at least 3 of the following 4 types of characters:\n \
    * lower case letters (a-z)\n \
    * upper case letters (A-Z)\n \
    * numbers (i.e. 0-9)\n \
    * special characters (e.g. !@#$%^&*)";

impl From<StoreError> for DatabaseError {
    fn from(_: StoreError) -> Self {
        let description = "The identity provider's disk has failed";
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            body: json!({ "error": "temporarily_unavailable", "error_description": description }),
        }
    }
}

impl IntoResponse for DatabaseError {
    fn into_response(self) -> Response {
        (self.status, no_store(), Json(self.body)).into_response()
    }
}

/// A JSON object, or a form.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, DatabaseError> {
    if has_content_type(headers, "application/json") {
        return match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(DatabaseError::new("invalid_request", "Invalid JSON body")),
        };
    }
    let form = Parameters::parse(body).into_map();
    Ok(form.into_iter().map(|(name, value)| (name, value.into())).collect())
}

fn required<'a>(body: Document<'a>, name: &str) -> Result<&'a str, DatabaseError> {
    body.text(name).filter(|text| !text.trim().is_empty()).ok_or_else(|| DatabaseError::missing(name))
}

/// The password database that the client may use by this name.
fn database<'a>(state: &'a State, body: Document<'_>) -> Result<&'a Connection, DatabaseError> {
    let (client_id, name) = (required(body, "client_id")?, required(body, "connection")?);
    if state.clients.get(client_id).is_none() {
        return Err(DatabaseError::new("invalid_request", format!("Unknown client: {client_id}")));
    }
    let connection = state.connection_by_name(name).filter(|connection| connection.is_database());
    connection.filter(|connection| connection.enabled_clients.contains(client_id)).ok_or_else(|| {
        DatabaseError::new("invalid_request", format!("The connection {name} is not enabled for the client"))
    })
}

pub(super) async fn sign_up(
    Shared(core): Shared<Arc<Core>>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, impl IntoResponse> {
    let made = make_account(&core, &headers, &bytes).await;
    made.map(|view| (StatusCode::OK, no_store(), Json(view)).into_response())
}

async fn make_account(core: &Core, headers: &HeaderMap, bytes: &[u8]) -> Result<Value, DatabaseError> {
    let body = read(headers, bytes)?;
    let body = Document::new(&body);
    let context = core.context();
    core.store
        .write(|state| {
            let signed_up = signed_up(state, &context, body);
            let entry = LogEntry {
                client_id: body.text("client_id").map(str::to_owned),
                connection: body.text("connection").map(str::to_owned),
                user_name: body.text("email").map(str::to_owned),
                ..LogEntry::new(if signed_up.is_ok() { "ss" } else { "fs" }, &context)
            };
            state.log(match &signed_up {
                Ok(user) => entry.about(user),
                Err(error) => match error.body.get("description").and_then(Value::as_str) {
                    Some(description) => entry.saying(description),
                    None => entry.saying("Password is too weak"),
                },
            });
            Ok::<_, StoreError>(signed_up.map(|user| view(&user)))
        })
        .await?
}

fn signed_up(state: &mut State, context: &Context<'_>, body: Document<'_>) -> Result<User, DatabaseError> {
    let connection = database(state, body)?;
    let (email, password) = (required(body, "email")?, required(body, "password")?);
    if connection.sign_up_is_disabled() {
        return Err(DatabaseError::new("invalid_signup", "Public signup is disabled"));
    }
    check_profile(body)?;
    let name = connection.name.clone();
    let user_id =
        login::sign_up(state, context, &name, email.trim(), password).map_err(|error| match error {
            SignUpError::InvalidEmail => DatabaseError::new("invalid_email", error.to_string()),
            SignUpError::WeakPassword => DatabaseError::weak_password(password),
            SignUpError::UserExists => exists(state),
        })?;
    let Some(mut user) = state.users.get(&user_id).cloned() else { return Err(exists(state)) };
    let text = |name: &str| body.text(name).filter(|text| !text.is_empty()).map(str::to_owned);
    user.name = text("name");
    user.nickname = text("nickname");
    user.given_name = text("given_name");
    user.family_name = text("family_name");
    user.picture = text("picture");
    user.user_metadata = body.object("user_metadata").cloned();
    state.users.put(user.clone());
    let client_id = text("client_id");
    let onward = Onward { client_id, ..Onward::default() };
    send_ticket(state, context, &user, MailKind::EmailVerification, onward);
    Ok(user)
}

/// Who asks learns that an address is taken only where the tenant wants that.
fn exists(state: &State) -> DatabaseError {
    let tells = state.settings().tenant().document("flags").flag("enable_public_signup_user_exists_error");
    if tells == Some(true) {
        DatabaseError::new("user_exists", "The user already exists.")
    } else {
        DatabaseError::new("invalid_signup", "Invalid sign up")
    }
}

const METADATA_KEYS: usize = 10;
const METADATA_KEY: usize = 100;
const METADATA_VALUE: usize = 500;

fn check_profile(body: Document<'_>) -> Result<(), DatabaseError> {
    let invalid = |what: &str| Err(DatabaseError::new("invalid_request", what));
    for (name, most) in
        [("name", 300), ("nickname", 300), ("given_name", 150), ("family_name", 150), ("picture", 2048)]
    {
        match body.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.chars().count() <= most => {}
            Some(_) => return invalid(&format!("{name} must be a string of at most {most} characters")),
        }
    }
    if !body.has("user_metadata") {
        return Ok(());
    }
    let Some(metadata) = body.object("user_metadata") else {
        return invalid("user_metadata must be an object");
    };
    let fits = |(key, value): (&String, &Value)| {
        let is_short = |text: &str| text.chars().count() <= METADATA_VALUE;
        key.chars().count() <= METADATA_KEY && value.as_str().is_some_and(is_short)
    };
    if metadata.len() <= METADATA_KEYS && metadata.iter().all(fits) {
        Ok(())
    } else {
        invalid("user_metadata has at most 10 keys of at most 100 characters, with strings of at most 500")
    }
}

/// The id comes without the provider in front of it.
fn view(user: &User) -> Value {
    present(json!({
        "_id": user.id_at_provider(),
        "email": user.email,
        "email_verified": user.email_verified,
        "username": user.username,
        "name": user.name,
        "nickname": user.nickname,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "picture": user.picture,
        "user_metadata": user.user_metadata,
    }))
}

const SENT: &str = "We've just sent you an email to reset your password.";

/// Says the same whether there is such an account or not.
pub(super) async fn change_password(
    Shared(core): Shared<Arc<Core>>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, impl IntoResponse> {
    let sent = send_link(&core, &headers, &bytes).await;
    sent.map(|()| ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], SENT).into_response())
}

async fn send_link(core: &Core, headers: &HeaderMap, bytes: &[u8]) -> Result<(), DatabaseError> {
    let body = read(headers, bytes)?;
    let body = Document::new(&body);
    let context = core.context();
    core.store
        .write(|state| {
            let connection = database(state, body)?.name.clone();
            let identifier = body.text("email").or(body.text("username")).filter(|text| !text.is_empty());
            let identifier = identifier.ok_or_else(|| DatabaseError::missing("email"))?;
            let found = login::hash_to_check(state, &connection, identifier);
            let Some(user) = found.and_then(|(id, _)| state.users.get(&id).cloned()) else { return Ok(()) };
            let organization = body.text("organization");
            if organization.is_some_and(|id| state.organizations.get(id).is_none()) {
                return Ok(());
            }
            let onward = Onward {
                client_id: body.text("client_id").map(str::to_owned),
                organization_id: organization.map(str::to_owned),
            };
            send_ticket(state, &context, &user, MailKind::PasswordChange, onward);
            let entry = LogEntry {
                client_id: body.text("client_id").map(str::to_owned),
                ..LogEntry::new("scpr", &context)
            };
            state.log(entry.about(&user));
            Ok(())
        })
        .await
}

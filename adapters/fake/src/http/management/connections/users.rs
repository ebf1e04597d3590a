//! `DELETE /connections/{id}/users?email=`: removes an account of a connection by its address.

use axum::http::{Method, StatusCode};
use tenantry_domain::EmailAddress;

use super::of_path;
use crate::http::management::call::Call;
use crate::http::management::error::ApiError;
use crate::http::management::format::Format;
use crate::http::management::operation::{Evidence, Operation};
use crate::http::management::schema::{required, text};
use crate::http::management::{Answer, Reply};
use crate::store::State;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::write(
            Method::DELETE,
            "/connections/{id}/users",
            "Delete a user of a connection by address",
            delete,
        )
        .scope(&["delete:users"])
        .query([required("email", text(1, 320).of_format(Format::Email))])
        .answers_nothing(StatusCode::NO_CONTENT)
        .refuses(ApiError::no_connection())
        .evidence(Evidence::Documented)
        .note("An address that nobody has is answered 204 as well; whether Auth0 does so is not known."),
    ]
}

fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let connection = of_path(state, call)?.name.clone();
    let email = call.query.get("email").and_then(|text| EmailAddress::try_from(text).ok());
    let user = email
        .and_then(|email| state.user_in_connection(&connection, email.as_str()))
        .map(|user| user.id.clone());
    if let Some(user) = user {
        state.delete_user(&user);
    }
    Ok(Reply::NoContent)
}

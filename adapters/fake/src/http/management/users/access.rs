//! `/users/{id}/sessions`, `/users/{id}/refresh-tokens` and `/users/{id}/revoke-access`: where a user is logged in.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::super::call::Call;
use super::super::error::ApiError;
use super::super::operation::{Evidence, Operation};
use super::super::paging::{Paging, by_checkpoint, by_page, object_with_items};
use super::super::schema::{flag, object, optional, text};
use super::super::{Answer, Reply, refresh_tokens, sessions};
use super::of_path;
use crate::model::{RefreshToken, SessionEnd};
use crate::store::{Row as _, State};

const SESSIONS: &str = "/users/{id}/sessions";
const REFRESH_TOKENS: &str = "/users/{id}/refresh-tokens";

pub(super) fn operations() -> Vec<Operation> {
    // Page numbers are taken and have no effect: these lists have checkpoints alone.
    let paging = || [by_page(), by_checkpoint()].into_iter().flatten();
    let revoke = object([optional("session_id", text(1, 200)), optional("preserve_refresh_tokens", flag())]);
    vec![
        Operation::get(SESSIONS, "List the sessions of a user", list_sessions)
            .scope(&["read:sessions"])
            .query(paging())
            .answers(StatusCode::OK, object_with_items("sessions", sessions::shape()))
            .refuses(ApiError::no_user()),
        Operation::write(Method::DELETE, SESSIONS, "End the sessions of a user", end_sessions)
            .scope(&["delete:sessions"])
            .answers(StatusCode::ACCEPTED, object([]))
            .refuses(ApiError::no_user())
            .note("They have ended when the answer comes; at Auth0 it takes a moment."),
        Operation::get(REFRESH_TOKENS, "List the refresh tokens of a user", list_refresh_tokens)
            .scope(&["read:refresh_tokens"])
            .query(paging())
            .answers(StatusCode::OK, object_with_items("tokens", refresh_tokens::shape()))
            .refuses(ApiError::no_user()),
        Operation::write(
            Method::DELETE,
            REFRESH_TOKENS,
            "Revoke the refresh tokens of a user",
            revoke_refresh_tokens,
        )
        .scope(&["delete:refresh_tokens"])
        .answers(StatusCode::ACCEPTED, object([]))
        .refuses(ApiError::no_user()),
        Operation::write(
            Method::POST,
            "/users/{id}/revoke-access",
            "End sessions and revoke refresh tokens of a user",
            revoke_access,
        )
        .scope(&["delete:sessions"])
        .optional_body(revoke)
        .answers(StatusCode::ACCEPTED, object([]))
        .refuses(ApiError::no_user())
        .refuses(ApiError::no_session())
        .evidence(Evidence::Documented),
    ]
}

fn list_sessions(state: &State, call: &Call<'_>) -> Answer {
    let user = of_path(state, call)?;
    let mut live: Vec<_> = state.sessions_of(&user.id).collect();
    live.retain(|session| session.is_live(state.settings(), call.context.now));
    live.sort_by(|one, other| one.sid.cmp(&other.sid));
    Ok(Paging::by_checkpoint(call)?.reply(
        "sessions",
        |after| {
            let after = after.map(str::to_owned);
            live.iter().filter(move |session| after.as_ref().is_none_or(|after| session.sid > *after))
        },
        |session| session.sid.clone(),
        |session| sessions::view(state, session),
    ))
}

fn end_sessions(state: &mut State, call: &Call<'_>) -> Answer {
    let user_id = of_path(state, call)?.id.clone();
    state.end_sessions_of(&user_id, SessionEnd::SessionRevoked);
    Ok(Reply::accepted(json!({})))
}

fn list_refresh_tokens(state: &State, call: &Call<'_>) -> Answer {
    let user = of_path(state, call)?;
    Ok(Paging::by_checkpoint(call)?.reply(
        "tokens",
        |after| {
            let after = after.map(str::to_owned);
            let is_theirs = |token: &&RefreshToken| token.user_id == user.id && !token.is_replaced();
            let tokens = state.refresh_tokens.iter().filter(is_theirs);
            tokens.filter(move |token| after.as_ref().is_none_or(|after| token.hash > *after))
        },
        |token| token.key(),
        |token| refresh_tokens::view(state, call.context.issuer, token),
    ))
}

fn revoke_refresh_tokens(state: &mut State, call: &Call<'_>) -> Answer {
    let user_id = of_path(state, call)?.id.clone();
    state.refresh_tokens.remove_where(|token| token.user_id == user_id);
    Ok(Reply::accepted(json!({})))
}

fn revoke_access(state: &mut State, call: &Call<'_>) -> Answer {
    let user_id = of_path(state, call)?.id.clone();
    let body = call.body();
    let preserves = body.flag("preserve_refresh_tokens").unwrap_or(false);
    if !preserves {
        call.require("delete:refresh_tokens")?;
    }
    let only = body.text("session_id");
    match only {
        None => state.end_sessions_of(&user_id, SessionEnd::SessionRevoked),
        Some(sid) => {
            let is_theirs = state.session_by_sid(sid).is_some_and(|session| session.user_id == user_id);
            if !is_theirs {
                return Err(ApiError::no_session());
            }
            state.end_session_by_sid(sid, SessionEnd::SessionRevoked);
        }
    }
    if !preserves {
        let is_meant =
            |token: &RefreshToken| token.user_id == user_id && only.is_none_or(|sid| token.grant.sid == sid);
        state.refresh_tokens.remove_where(is_meant);
    }
    Ok(Reply::accepted(json!({})))
}

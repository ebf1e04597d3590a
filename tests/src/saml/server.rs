//! What the identity provider serves: its metadata, a page to log in, and a page that posts the answer.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, RawForm, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use url::{Url, form_urlencoded};

use super::{Asked, Posted, Shared};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/metadata", get(metadata)).route("/sso", get(ask).post(answer)).with_state(shared)
}

async fn metadata(State(shared): State<Arc<Shared>>) -> Response {
    ([(header::CONTENT_TYPE, "application/samlmetadata+xml")], shared.metadata_xml()).into_response()
}

/// The request stays in the address, to which the form is sent.
async fn ask(Query(query): Query<HashMap<String, String>>) -> Response {
    if !query.contains_key("SAMLRequest") {
        return (StatusCode::BAD_REQUEST, Html(page("Corp: log in", "Nobody has asked"))).into_response();
    }
    Html(page(
        "Corp: log in",
        "<form method=\"post\"><label>E-mail address <input name=\"username\"></label> \
         <label>Password <input name=\"password\" type=\"password\"></label> <button>Log in</button></form>",
    ))
    .into_response()
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    RawForm(form): RawForm,
) -> Response {
    let mut request: Url = shared.sign_in_url();
    request.set_query(query.as_deref());
    let entered = form_urlencoded::parse(&form).find(|(name, _)| name == "username");
    let email = entered.map(|(_, email)| email.into_owned()).unwrap_or_default();
    match shared.answer(&Asked::of(&request), &email) {
        Some(posted) => Html(posting(&posted)).into_response(),
        None => {
            (StatusCode::FORBIDDEN, Html(page("Corp: log in", "Nobody has this address"))).into_response()
        }
    }
}

fn posting(posted: &Posted) -> String {
    let Posted { action, response, relay_state } = posted;
    let action = action.as_str().replace('&', "&amp;");
    page(
        "Corp: going back",
        &format!(
            "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"SAMLResponse\" \
             value=\"{response}\"><input type=\"hidden\" name=\"RelayState\" value=\"{relay_state}\">\
             <button>Go on</button></form><script>document.forms[0].submit()</script>"
        ),
    )
}

fn page(title: &str, body: &str) -> String {
    format!("<!doctype html><html lang=\"en\"><title>{title}</title><body>{body}</body></html>")
}

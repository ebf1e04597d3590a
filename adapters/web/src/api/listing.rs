//! Lists in pages: how many items, and where the page starts.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_domain::TenantId;
use tenantry_ports::{Cursor, Page, PageSize};

use super::caller::Caller;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::{App, Shared};

/// A signature is 32 bytes, in base64url.
const SIGNATURE: usize = 43;

/// The page that a program wants.
pub(crate) struct Listing {
    pub(crate) size: PageSize,
    pub(crate) from: Option<Cursor>,
    pub(crate) query: Fields,
    /// What a cursor is good for: this list of this tenant.
    scope: String,
}

impl Listing {
    /// The cursor of the next page as programs get it: good for this list, of this tenant, alone.
    pub(crate) fn next<T>(&self, app: &App, page: &Page<T>) -> Option<String> {
        page.next.as_ref().map(|next| sealed(app, &self.scope, next))
    }
}

impl FromRequestParts<Shared> for Listing {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let Caller(session) = Caller::from_request_parts(parts, app).await?;
        let list = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let whose =
            session.tenant.as_ref().map_or(session.user.as_str(), |tenant| TenantId::as_str(&tenant.id));
        let scope = format!("{list}\n{whose}");
        read(app, parts.uri.query().unwrap_or_default(), scope).map_err(Problem::into_response)
    }
}

fn read(app: &App, query: &str, scope: String) -> Result<Listing, Problem> {
    let query = Fields::parse(query.as_bytes())?;
    let size = match query.sole("limit")? {
        None => PageSize::SCREEN,
        Some(text) => limit(text).ok_or_else(Problem::invalid_limit)?,
    };
    let from = match query.sole("cursor")? {
        None => None,
        Some(text) => Some(opened(app, &scope, text).ok_or_else(Problem::foreign_cursor)?),
    };
    Ok(Listing { size, from, query, scope })
}

fn limit(text: &str) -> Option<PageSize> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let items = text.parse().ok().filter(|items| is_number && (1..=100).contains(items))?;
    Some(PageSize::at_most(items))
}

fn sealed(app: &App, scope: &str, cursor: &Cursor) -> String {
    let signature = app.keys.token(&signed(scope, cursor.as_str()));
    signature + &URL_SAFE_NO_PAD.encode(cursor.as_str())
}

fn opened(app: &App, scope: &str, text: &str) -> Option<Cursor> {
    let (signature, encoded) = text.split_at_checked(SIGNATURE)?;
    let cursor = String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
    app.keys.is_token(&signed(scope, &cursor), signature).then(|| Cursor::new(cursor))
}

fn signed(scope: &str, cursor: &str) -> String {
    format!("cursor\n{scope}\n{cursor}")
}

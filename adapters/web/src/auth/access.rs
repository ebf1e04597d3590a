//! `/api/auth/ask-for-access`: somebody came through an organization's own login, is no member, and asks to be one.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tenantry_application::{AskedForAccess, FoundLogin, SignInWish};
use tenantry_domain::TenantId;
use tenantry_ports::{Callback, LoginAttempt};

use crate::auth::login::{begin, leave_after_form};
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::return_to::ReturnTo;
use crate::session::Visitor;
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/access_asked.html")]
struct AskedPage<'a> {
    frame: Frame<'a>,
    organization: &'a str,
}

/// The page with the button by which somebody asks.
#[derive(Template)]
#[template(path = "pages/ask_for_access.html")]
struct AskPage<'a> {
    frame: Frame<'a>,
    /// The number of the login that was refused just now, if one was.
    reference: Option<&'a str>,
    asks: &'a Asks,
}

/// Whom somebody can ask: an organization, through its own connection.
pub(crate) struct Asks {
    organization: String,
    connection: String,
}

impl Asks {
    /// Whom somebody can ask who was refused at the end of this attempt; `None` when it went through no organization's
    /// own connection.
    pub(crate) fn after(attempt: &LoginAttempt) -> Option<Self> {
        let (sso, tenant) = (attempt.sso.as_ref()?, attempt.tenant.as_ref()?);
        Some(Self { organization: tenant.id.to_string(), connection: sso.request.to_string() })
    }

    fn read(fields: &Fields) -> Result<Self, Problem> {
        let (organization, connection) = (fields.text("organization")?, fields.text("connection")?);
        Ok(Self { organization: organization.to_owned(), connection: connection.to_owned() })
    }

    /// Its login; a connection that is off, another organization's or nobody's has none.
    async fn login(&self, app: &App) -> Result<FoundLogin, Problem> {
        let tenant = TenantId::try_from(self.organization.as_str()).map_err(|_| Problem::not_found())?;
        let found = app.use_cases.sso.find_login.of_connection(&tenant, &self.connection).await?;
        found.ok_or_else(Problem::not_found)
    }

    /// Says that somebody is no member, and how to ask.
    pub(crate) fn offer(&self, app: &App, visitor: &Visitor, reference: &str) -> Result<Response, Problem> {
        let (frame, reference) = (visitor.frame(app, ""), Some(reference));
        page(StatusCode::FORBIDDEN, &AskPage { frame, reference, asks: self })
    }
}

/// Offers to ask. A link does no more than that: somebody else can have sent it.
pub(crate) async fn show(
    State(app): State<Shared>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asks = Asks::read(&Fields::parse(query.unwrap_or_default().as_bytes())?)?;
    asks.login(&app).await?;
    page(StatusCode::OK, &AskPage { frame: visitor.frame(&app, ""), reference: None, asks: &asks })
}

/// Sends the browser through the connection once more: who asks has to be known.
pub(crate) async fn ask(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let found = Asks::read(&fields)?.login(&app).await?;
    let return_to = ReturnTo::home().as_str().to_owned();
    let mut wish = SignInWish { return_to, ..SignInWish::default() };
    found.ask_for_access(&mut wish);
    let started = app.use_cases.begin_sign_in.run(wish).await?;
    leave_after_form(&app, visitor.frame(&app, ""), &headers, &started)
}

/// Answers the callback of one who asks.
pub(crate) async fn asked(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    callback: &Callback,
    attempt: &LoginAttempt,
) -> Result<Response, Problem> {
    match app.use_cases.sso.ask_for_access.run(callback, attempt).await? {
        AskedForAccess::Waiting(tenant) => {
            let organization = tenant.name.as_str();
            page(StatusCode::OK, &AskedPage { frame: visitor.frame(app, ""), organization })
        }
        AskedForAccess::Welcome(found) => {
            let return_to = ReturnTo::home().as_str().to_owned();
            let mut wish = SignInWish { return_to, ..SignInWish::default() };
            found.take(&mut wish);
            begin(app, headers, wish).await
        }
    }
}

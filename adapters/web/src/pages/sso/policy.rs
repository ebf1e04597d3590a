//! Who has to come in through a connection, and who can still come another way.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{EnforceSsoError, Enforced, GlassHolder};
use tenantry_domain::{Enforcement, SsoRequest, UserId};
use tenantry_ports::Session;

use super::{connection_path, consequences};
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::pages::confirmation::is_confirmed;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text::{self, sentence};
use crate::{App, Shared, flash};

/// What the fields of those begin with who can still come another way. The form has one of nobody, so that choosing
/// nobody is told from not being asked.
const HOLDER: &str = "holder.";

/// What such a field says when it is ticked.
pub(super) const TICKED: &str = "1";

/// The field that chooses this account.
pub(super) fn field_of(user: &UserId) -> String {
    format!("{HOLDER}{user}")
}

#[derive(Template)]
#[template(path = "pages/sso_policy.html")]
struct PolicyPage<'a> {
    frame: Frame<'a>,
    organization: &'a str,
    request: &'a SsoRequest,
    enforcement: Enforcement,
    holders: &'a [GlassHolder],
    /// Who was chosen in the form that is shown again.
    chosen: Option<&'a BTreeSet<UserId>>,
    error: Option<String>,
}

impl PolicyPage<'_> {
    fn is_chosen(&self, holder: &GlassHolder) -> bool {
        self.chosen.map_or(holder.is_chosen, |chosen| chosen.contains(&holder.member.user))
    }

    fn has_one(&self) -> bool {
        self.holders.iter().any(|holder| holder.has_another_way)
    }
}

/// A rule as somebody wants it.
struct Wish<'a> {
    request: &'a str,
    enforcement: Enforcement,
    /// Who can still come another way, where the form asks for it.
    holders: Option<BTreeSet<UserId>>,
    is_confirmed: bool,
}

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    page_of(StatusCode::OK, &app, &person, query.text("connection")?, None).await
}

/// Changes the rule, or asks first when that keeps members out.
pub(crate) async fn change(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    app.use_cases.sso.list.may_look(&person.session)?;
    let wish = Wish::read(&fields)?;
    match wish.run(&app, &person.session).await {
        Ok(Enforced::Asked(kept_out)) => consequences::of_rule(&app, &person, &kept_out),
        Ok(Enforced::Done(kept)) => {
            let (there, said) = (connection_path(&kept.request.id), text::enforced(wish.enforcement));
            Ok(flash::tell(&app, &person.session.user, &there, said))
        }
        Err(EnforceSsoError::Sso(error)) => Err(error.into()),
        Err(error) => refuse(&app, &person, &wish, &error).await,
    }
}

impl<'a> Wish<'a> {
    fn read(fields: &'a Fields) -> Result<Self, Problem> {
        let enforcement = fields.text("enforcement")?;
        let named = fields.under(HOLDER);
        // What can be nobody's id is nobody's, who is no Administrator.
        let id = |text: &&str| UserId::try_from(*text).or_else(|_| UserId::try_from("-"));
        let holders = named.iter().filter(|text| !text.is_empty()).map(id).collect::<Result<_, _>>();
        let holders = holders.map_err(Problem::internal)?;
        Ok(Self {
            request: fields.text("connection")?,
            enforcement: enforcement.parse().map_err(|_| Problem::not_offered("enforcement"))?,
            holders: Some(holders).filter(|_| !named.is_empty()),
            is_confirmed: is_confirmed(fields)?,
        })
    }

    async fn run(&self, app: &App, session: &Session) -> Result<Enforced, EnforceSsoError> {
        let (enforce, holders) = (&app.use_cases.sso.enforce, self.holders.as_ref());
        if self.is_confirmed {
            let kept = enforce.run(session, self.request, self.enforcement, holders).await?;
            return Ok(Enforced::Done(kept));
        }
        enforce.run_or_ask(session, self.request, self.enforcement, holders).await
    }
}

/// The form, with why the rule stays as it is.
async fn refuse(
    app: &App,
    person: &SignedIn,
    wish: &Wish<'_>,
    error: &EnforceSsoError,
) -> Result<Response, Problem> {
    let said = sentence(&error.to_string());
    page_of(StatusCode::CONFLICT, app, person, wish.request, Some((wish, said))).await
}

async fn page_of(
    status: StatusCode,
    app: &App,
    person: &SignedIn,
    id: &str,
    refused: Option<(&Wish<'_>, String)>,
) -> Result<Response, Problem> {
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    let holders = app.use_cases.sso.enforce.holders(&person.session, id).await?;
    let request = &view.kept.request;
    let shown = PolicyPage {
        frame: person.frame(app, "/admin/sso"),
        organization: person.organization(),
        request,
        enforcement: refused.as_ref().map_or(request.enforcement, |(wish, _)| wish.enforcement),
        holders: &holders,
        chosen: refused.as_ref().and_then(|(wish, _)| wish.holders.as_ref()),
        error: refused.as_ref().map(|(_, said)| said.clone()),
    };
    page(status, &shown)
}

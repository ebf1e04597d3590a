//! Who has to come in through a connection, and who can still come another way.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{EnforceSsoError, GlassHolder};
use tenantry_domain::{Enforcement, SsoRequest, UserId};

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
struct Wish {
    enforcement: Enforcement,
    holders: BTreeSet<UserId>,
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
    let (id, enforce) = (fields.text("connection")?, &app.use_cases.sso.enforce);
    let wish = wish(&app, &person, &fields).await?;
    if wish.enforcement != Enforcement::Off && !is_confirmed(&fields)? {
        match enforce.foresee(&person.session, id, wish.enforcement, &wish.holders).await {
            Ok(kept_out) if kept_out.all.is_nobody() => {}
            Ok(kept_out) => {
                let view = app.use_cases.sso.list.one(&person.session, id).await?;
                let mut holders = enforce.holders(&person.session, id).await?;
                holders.retain(|holder| wish.holders.contains(&holder.member.user));
                let request = &view.kept.request;
                return consequences::of_rule(&app, &person, request, wish.enforcement, &holders, &kept_out);
            }
            Err(error) => return refuse(&app, &person, id, &wish, error).await,
        }
    }
    match enforce.run(&person.session, id, wish.enforcement, wish.holders.clone()).await {
        Ok(kept) => {
            let said = text::enforced(wish.enforcement);
            Ok(flash::tell(&app, &person.session.user, &connection_path(&kept.request.id), said))
        }
        Err(error) => refuse(&app, &person, id, &wish, error).await,
    }
}

/// The rule that the form asks for. Where it does not ask who can still come another way, that stays.
async fn wish(app: &App, person: &SignedIn, fields: &Fields) -> Result<Wish, Problem> {
    let enforcement = fields.text("enforcement")?.parse().map_err(|_| Problem::not_offered("enforcement"))?;
    let named = fields.under(HOLDER);
    let holders = if named.is_empty() {
        let holders = app.use_cases.sso.enforce.holders(&person.session, fields.text("connection")?).await?;
        holders.into_iter().filter(|holder| holder.is_chosen).map(|holder| holder.member.user).collect()
    } else {
        // What can be nobody's id is nobody's, who is no Administrator.
        let id = |text: &&str| UserId::try_from(*text).or_else(|_| UserId::try_from("-"));
        let named = named.iter().filter(|text| !text.is_empty()).map(id);
        named.collect::<Result<_, _>>().map_err(Problem::internal)?
    };
    Ok(Wish { enforcement, holders })
}

/// The form, with why the rule stays as it is.
async fn refuse(
    app: &App,
    person: &SignedIn,
    id: &str,
    wish: &Wish,
    error: EnforceSsoError,
) -> Result<Response, Problem> {
    match error {
        EnforceSsoError::Sso(error) => Err(error.into()),
        error => {
            let said = sentence(&error.to_string());
            page_of(StatusCode::CONFLICT, app, person, id, Some((wish, said))).await
        }
    }
}

async fn page_of(
    status: StatusCode,
    app: &App,
    person: &SignedIn,
    id: &str,
    refused: Option<(&Wish, String)>,
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
        chosen: refused.as_ref().map(|(wish, _)| &wish.holders),
        error: refused.as_ref().map(|(_, said)| said.clone()),
    };
    page(status, &shown)
}

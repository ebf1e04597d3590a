//! `/api/v1/sso/connections`: the organization's connections, from their beginning to their end.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use tenantry_domain::{DisplayName, EmailDomain, SsoKind};
use utoipa::ToSchema;

use super::super::body;
use super::super::caller::Caller;
use super::super::idempotency::location;
use super::super::operation::{Body, Operation};
use super::super::path::PathId;
use super::admission::ConnectionChange;
use super::own::{Administrator, Own};
use super::view::{ConnectionView, HealthView};
use super::{CHANGED, LAST_WAY_IN, NOT_INCLUDED};
use crate::Shared;
use crate::problem::Problem;
use crate::sso::guides::guide;
use crate::text::sentence;

pub(super) const LIST: Operation = Operation {
    refusals: &[NOT_INCLUDED],
    ..Operation::new("listSsoConnections", "The connections to your own identity providers, the first first")
        .answering::<Connections>(200)
};

pub(super) const SHOW: Operation = Operation {
    refusals: &[NOT_INCLUDED],
    ..Operation::new("getSsoConnection", "One connection, how it does, and whom it has brought")
        .answering::<ConnectionView>(200)
};

pub(super) const CREATE: Operation = Operation {
    details: "It opens nothing. Choose its domains, enter its credentials, test it in a browser, and turn it on: \
              `next_step` says what is left, and `Location` where it is.",
    body: Some(Body::of::<NewConnection>()),
    refusals: &[NOT_INCLUDED, (409, "The organization has as many connections as it can have.")],
    ..Operation::new("createSsoConnection", "Begins to set up a connection").answering::<ConnectionView>(201)
};

pub(super) const EDIT: Operation = Operation {
    details: "What is not sent stays as it is. The rules are for newcomers: members keep the roles that they have.",
    body: Some(Body::of::<ConnectionChange>()),
    refusals: &[NOT_INCLUDED, CHANGED],
    ..Operation::new("editSsoConnection", "Renames a connection, or changes what becomes of newcomers")
        .answering::<ConnectionView>(200)
};

pub(super) const CHOOSE_DOMAINS: Operation = Operation {
    details: "Exactly these: claim them first. They count as soon, and as long, as they are proved.",
    body: Some(Body::of::<DomainsChoice>()),
    refusals: &[
        NOT_INCLUDED,
        CHANGED,
        (409, "Another connection is for one of the domains."),
        LAST_WAY_IN,
        (422, "The organization has not claimed one of the domains."),
    ],
    ..Operation::new("chooseSsoDomains", "Says whose addresses come in through a connection")
        .answering::<ConnectionView>(200)
};

pub(super) const TURN: Operation = Operation {
    details: "The records of its domains are looked up once more before it is turned on. Turned off, nobody signs in with it any more, also those whose login is under way; who is in stays in.",
    body: Some(Body::of::<Turn>()),
    refusals: &[
        NOT_INCLUDED,
        CHANGED,
        (
            409,
            "It can't be turned on yet: a proved domain, its record, the credentials or a test that succeeded with them is \
             missing.",
        ),
        LAST_WAY_IN,
        (503, "DNS does not tell just now whether a record is there: nothing was changed."),
    ],
    ..Operation::new("turnSsoConnection", "Turns a connection on or off").answering::<ConnectionView>(200)
};

pub(super) const LET_IN_AGAIN: Operation = Operation {
    details: "Those whom a change of the client keeps out. Make sure before that the provider gives the same people the \
              same names as it did.",
    refusals: &[NOT_INCLUDED],
    ..Operation::new("letSsoPeopleInAgain", "Lets everybody in again who came before the client was changed")
        .answering::<LetIn>(200)
};

pub(super) const DELETE: Operation = Operation {
    details: "The accounts that came through it end with it, with their memberships: `people` of the connection says how \
              many. The domains stay proved.",
    refusals: &[NOT_INCLUDED, CHANGED, LAST_WAY_IN],
    ..Operation::new("deleteSsoConnection", "Deletes a connection")
};

/// All connections of the organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoConnections)]
pub(super) struct Connections {
    items: Vec<ConnectionView>,
    /// Always null: this is all of them.
    next: Option<String>,
}

/// What a new connection is to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSsoConnection)]
pub(super) struct NewConnection {
    /// What kind of provider it is: `oidc` for any that speaks OpenID Connect, `okta`, `entra`, `google`, or `saml`.
    #[schema(examples("okta"))]
    kind: String,
    /// What people read on its button, 1 to 100 characters; what the kind is called when it is not sent.
    #[schema(examples("Acme staff"))]
    display_name: Option<String>,
}

/// Whose addresses come in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SsoDomainsChoice, examples(json!({ "domains": ["acme.example"] })))]
pub(super) struct DomainsChoice {
    /// All of them.
    #[schema(max_items = 50)]
    domains: Vec<String>,
}

/// Whether a connection is to be used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SsoTurn)]
pub(super) struct Turn {
    state: OnOrOff,
}

/// Whether people come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SsoOnOrOff)]
pub(super) enum OnOrOff {
    /// They do.
    On,
    /// Nobody does.
    Off,
}

/// How many people were let in again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoPeopleLetIn)]
pub(super) struct LetIn {
    people: u32,
}

pub(super) async fn list(
    State(app): State<Shared>,
    Caller(session): Caller,
) -> Result<Json<Connections>, Problem> {
    let (all, proofs) = app.use_cases.sso.list.run(&session).await?;
    let items = all.into_iter().map(|kept| ConnectionView::of_list(&app, kept, &proofs)).collect();
    Ok(Json(Connections { items, next: None }))
}

pub(super) async fn show(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(id): PathId<String>,
) -> Result<Json<ConnectionView>, Problem> {
    ConnectionView::read(&app, &session, &id).await.map(Json)
}

pub(super) async fn create(
    State(app): State<Shared>,
    Administrator(session): Administrator,
    body::Json(new): body::Json<NewConnection>,
) -> Result<(StatusCode, HeaderMap, Json<ConnectionView>), Problem> {
    let (kind, display_name) = new.read()?;
    let request = app.use_cases.sso.begin.run(&session, kind, display_name).await?;
    let place = location("/api/v1/sso/connections", request.id.as_str());
    let headers = place.map(|place| (header::LOCATION, place)).into_iter().collect();
    // Nothing is read once more: it would be made twice where that fails and the program asks again.
    let view = ConnectionView::new(&app, request, HealthView::of_new(), &[], Some(<_>::default()));
    Ok((StatusCode::CREATED, headers, Json(view)))
}

pub(super) async fn edit(
    State(app): State<Shared>,
    Own { session, id, kept }: Own,
    body::Json(change): body::Json<ConnectionChange>,
) -> Result<Json<ConnectionView>, Problem> {
    app.use_cases.sso.admit.run(&session, &id, change.onto(kept)?).await?;
    ConnectionView::read(&app, &session, &id).await.map(Json)
}

pub(super) async fn choose_domains(
    State(app): State<Shared>,
    Own { session, id, .. }: Own,
    body::Json(choice): body::Json<DomainsChoice>,
) -> Result<Json<ConnectionView>, Problem> {
    app.use_cases.sso.choose_domains.run(&session, &id, choice.read()?).await?;
    ConnectionView::read(&app, &session, &id).await.map(Json)
}

pub(super) async fn turn(
    State(app): State<Shared>,
    Own { session, id, .. }: Own,
    body::Json(wish): body::Json<Turn>,
) -> Result<Json<ConnectionView>, Problem> {
    let turn = &app.use_cases.sso.turn;
    match wish.state {
        OnOrOff::On => turn.on(&session, &id).await?,
        OnOrOff::Off => turn.off(&session, &id).await?,
    };
    ConnectionView::read(&app, &session, &id).await.map(Json)
}

pub(super) async fn let_in_again(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(id): PathId<String>,
) -> Result<Json<LetIn>, Problem> {
    let (_, people) = app.use_cases.sso.admit.again(&session, &id).await?;
    Ok(Json(LetIn { people }))
}

pub(super) async fn delete(
    State(app): State<Shared>,
    Caller(session): Caller,
    PathId(id): PathId<String>,
) -> Result<StatusCode, Problem> {
    app.use_cases.sso.delete.run(&session, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl NewConnection {
    fn read(self) -> Result<(SsoKind, DisplayName), Problem> {
        let kind: SsoKind = self.kind.parse().map_err(|_| {
            let all = SsoKind::ALL.map(SsoKind::as_str).join(", ");
            Problem::wrong_field("kind".to_owned(), &format!("is one of {all}"))
        })?;
        let name = self.display_name.as_deref().unwrap_or(guide(kind).name);
        let name = DisplayName::try_from(name)
            .map_err(|why| Problem::wrong_value("display_name", sentence(&why.to_string())))?;
        Ok((kind, name))
    }
}

impl DomainsChoice {
    fn read(self) -> Result<BTreeSet<EmailDomain>, Problem> {
        let each = self.domains.iter().enumerate().map(|(at, text)| {
            EmailDomain::try_from(text.as_str())
                .map_err(|why| Problem::wrong_value(format!("domains[{at}]"), sentence(&why.to_string())))
        });
        each.collect()
    }
}

//! `/api/v1/sso/connections/{connection}/enforcement`: who has to come in through a connection, and who need not.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenantry_application::{EnforceSsoError, MOST_GLASS_HOLDERS};
use tenantry_domain::{Enforcement, SsoRequest, UserId};
use utoipa::ToSchema;

use super::super::body;
use super::super::operation::{Body, Operation};
use super::own::Own;
use super::view::ConnectionView;
use super::{CHANGED, NOT_INCLUDED};
use crate::Shared;
use crate::problem::Problem;

pub(super) const ENFORCE: Operation = Operation {
    details: "Unless it is `off`, every session under the organization ends but the one that asks, and so do those under \
              none of people with addresses in the connection’s proved domains. Whoever is in `break_glass` can still log in another way, and each time every Administrator is told. Without it, whoever \
              was chosen and still can stays so, or it is you when none of those can; `off` leaves the choice as it is.",
    body: Some(Body::of::<EnforcementChange>()),
    refusals: &[
        NOT_INCLUDED,
        CHANGED,
        (409, "The connection is not on."),
        (
            422,
            "`break_glass` is nobody, or somebody who is no Administrator or comes in through a connection alone.",
        ),
    ],
    ..Operation::new("enforceSso", "Says who has to come in through a connection")
        .answering::<ConnectionView>(200)
};

/// Who has to come in through a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SsoEnforcementScope)]
pub(super) enum Scope {
    /// Nobody: it is one way among others.
    Off,
    /// Whoever has an address in one of its domains.
    Domains,
    /// Every member.
    Organization,
}

/// Who has to come in through a connection, and who may still come another way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SsoEnforcement)]
pub(crate) struct EnforcementView {
    scope: Scope,
    /// The accounts that may still log in another way, should the connection fail.
    break_glass: Vec<String>,
}

/// Who is to come in through a connection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SsoEnforcementChange)]
pub(super) struct EnforcementChange {
    scope: Scope,
    /// The accounts of Administrators who may still log in another way. When it is not sent: those who were chosen and
    /// still can, or you alone when none of them can.
    #[schema(max_items = 20)]
    break_glass: Option<Vec<String>>,
}

pub(super) async fn enforce(
    State(app): State<Shared>,
    Own { session, id, .. }: Own,
    body::Json(change): body::Json<EnforcementChange>,
) -> Result<Json<ConnectionView>, Problem> {
    let (scope, people) = (change.scope.into(), change.people()?);
    app.use_cases.sso.enforce.run(&session, &id, scope, people.as_ref()).await?;
    ConnectionView::read(&app, &session, &id).await.map(Json)
}

impl EnforcementChange {
    /// Who may break the glass. What can be nobody's id is nobody's, who is no Administrator.
    fn people(self) -> Result<Option<BTreeSet<UserId>>, Problem> {
        let Some(sent) = self.break_glass else { return Ok(None) };
        if sent.len() > MOST_GLASS_HOLDERS {
            return Err(EnforceSsoError::TooMany.into());
        }
        let id = |text: &String| UserId::try_from(text.as_str()).or_else(|_| UserId::try_from("-"));
        sent.iter().map(id).collect::<Result<_, _>>().map(Some).map_err(Problem::internal)
    }
}

impl From<&SsoRequest> for EnforcementView {
    fn from(request: &SsoRequest) -> Self {
        Self {
            scope: request.enforcement.into(),
            break_glass: request.break_glass.iter().map(UserId::to_string).collect(),
        }
    }
}

impl From<Enforcement> for Scope {
    fn from(rule: Enforcement) -> Self {
        match rule {
            Enforcement::Off => Self::Off,
            Enforcement::Domains => Self::Domains,
            Enforcement::Organization => Self::Organization,
        }
    }
}

impl From<Scope> for Enforcement {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Off => Self::Off,
            Scope::Domains => Self::Domains,
            Scope::Organization => Self::Organization,
        }
    }
}

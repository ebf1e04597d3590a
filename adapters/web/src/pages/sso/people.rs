//! The fourth step: what becomes of those who come, and turning the connection on.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{AdmissionWish, SsoView, TurnOnSsoError};
use tenantry_domain::{
    AdmissionRules, ClaimMapping, DisplayName, InvalidClaimMapping, MOST_MAPPINGS, NotReady, Role, SsoFault,
    SsoRequest, SsoState, SsoStep,
};

use super::connection_path;
use super::steps::progress;
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::sso::guides::guide;
use crate::steps::Step;
use crate::text::sentence;
use crate::{App, Shared, flash};

/// The rows for claims that the form can have.
const ROWS: [Row; MOST_MAPPINGS] = [
    Row { claim: "claim_1", value: "value_1", role: "role_1" },
    Row { claim: "claim_2", value: "value_2", role: "role_2" },
    Row { claim: "claim_3", value: "value_3", role: "role_3" },
    Row { claim: "claim_4", value: "value_4", role: "role_4" },
    Row { claim: "claim_5", value: "value_5", role: "role_5" },
    Row { claim: "claim_6", value: "value_6", role: "role_6" },
    Row { claim: "claim_7", value: "value_7", role: "role_7" },
    Row { claim: "claim_8", value: "value_8", role: "role_8" },
    Row { claim: "claim_9", value: "value_9", role: "role_9" },
    Row { claim: "claim_10", value: "value_10", role: "role_10" },
];

/// What is said where the last test can only succeed with another rule.
const UNVERIFIED: &str = "The address of whoever logged in for the last test is not called verified. Let such people in, with \
                          the switch above, or test again with somebody else.";

/// How many it has at least.
const FEWEST_ROWS: usize = 3;

/// The names of the fields of one row.
#[derive(Clone, Copy)]
struct Row {
    claim: &'static str,
    value: &'static str,
    role: &'static str,
}

#[derive(Template)]
#[template(path = "pages/sso_people.html")]
struct PeoplePage<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    request: &'a SsoRequest,
    form: PeopleForm,
    /// What stands in the way of turning it on, and whether this form can clear it away.
    missing: Option<String>,
    can_be_turned_on: bool,
    never_verifies: bool,
}

/// The form as it was typed, or as it stands.
pub(super) struct PeopleForm {
    display_name: String,
    display_name_error: Option<String>,
    auto_membership: bool,
    default_role: Role,
    trusts_addresses: bool,
    mappings: Vec<MappingRow>,
}

/// One row for a claim.
struct MappingRow {
    fields: Row,
    claim: String,
    value: String,
    role: Role,
    error: Option<String>,
}

pub(super) fn page_of(
    status: StatusCode,
    app: &App,
    person: &SignedIn,
    view: &SsoView,
    form: PeopleForm,
) -> Result<Response, Problem> {
    let request = &view.kept.request;
    let missing = request.ready(&view.proved()).err().filter(|_| request.state != SsoState::On);
    let is_up_to_the_form = missing == Some(NotReady::TestRefused(SsoFault::UnverifiedAddress));
    let shown = PeoplePage {
        frame: person.frame(app, "/admin/sso"),
        steps: progress(view, SsoStep::People),
        request,
        form,
        can_be_turned_on: request.state != SsoState::On && (missing.is_none() || is_up_to_the_form),
        missing: missing
            .map(|why| if is_up_to_the_form { UNVERIFIED.to_owned() } else { sentence(&why.to_string()) }),
        never_verifies: guide(request.kind).never_verifies,
    };
    page(status, &shown)
}

/// Keeps the rules; turns the connection on when that was asked for.
pub(crate) async fn change(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = fields.text("connection")?;
    let (form, wish) = PeopleForm::read(&fields)?;
    let Some(wish) = wish else {
        let view = app.use_cases.sso.list.one(&person.session, id).await?;
        return page_of(StatusCode::UNPROCESSABLE_ENTITY, &app, &person, &view, form);
    };
    let mut kept = app.use_cases.sso.admit.run(&person.session, id, wish).await?;
    let mut said = "Saved.".to_owned();
    if fields.get("turn_on")?.is_some() && kept.request.state != SsoState::On {
        kept = match app.use_cases.sso.turn.on(&person.session, id).await {
            Err(TurnOnSsoError::NotReady(NotReady::TestRefused(_))) => {
                let view = app.use_cases.sso.list.one(&person.session, id).await?;
                return page_of(StatusCode::UNPROCESSABLE_ENTITY, &app, &person, &view, form);
            }
            turned => turned?,
        };
        said = format!("{} is on. Your people can sign in with it now.", kept.request.display_name);
    }
    Ok(flash::tell(&app, &person.session.user, &connection_path(&kept.request.id), &said))
}

impl PeopleForm {
    pub(super) fn standing(request: &SsoRequest) -> Self {
        let rules = &request.admission;
        let row = |(at, fields): (usize, &Row)| {
            let held = rules.mappings.get(at);
            MappingRow {
                fields: *fields,
                claim: held.map(|held| held.claim().to_owned()).unwrap_or_default(),
                value: held.map(|held| held.value().to_owned()).unwrap_or_default(),
                role: held.map_or(Role::Employee, |held| held.role),
                error: None,
            }
        };
        Self {
            display_name: request.display_name.to_string(),
            display_name_error: None,
            auto_membership: rules.auto_membership,
            default_role: rules.default_role,
            trusts_addresses: rules.trusts_addresses,
            mappings: ROWS.iter().enumerate().map(row).take(rows(rules.mappings.len())).collect(),
        }
    }

    /// The form as it was typed, and what it asks for unless a field is wrong.
    fn read(fields: &Fields) -> Result<(Self, Option<AdmissionWish>), Problem> {
        let display_name = DisplayName::try_from(fields.text("display_name")?);
        let default_role = role(fields, "default_role")?.unwrap_or(Role::Employee);
        let (mut rows, mut mappings, mut is_right) = (Vec::new(), Vec::new(), display_name.is_ok());
        for names in ROWS {
            let (claim, value) = (fields.text(names.claim)?, fields.text(names.value)?);
            let role = role(fields, names.role)?.unwrap_or(Role::Employee);
            let is_empty = claim.trim().is_empty() && value.trim().is_empty();
            let mapping = (!is_empty).then(|| ClaimMapping::new(claim, value, role)).transpose();
            let error = mapping.as_ref().err().map(|why: &InvalidClaimMapping| sentence(&why.to_string()));
            is_right &= error.is_none();
            mappings.extend(mapping.ok().flatten());
            rows.push(MappingRow {
                fields: names,
                claim: claim.to_owned(),
                value: value.to_owned(),
                role,
                error,
            });
        }
        let filled = rows.iter().rposition(|row| !(row.claim.is_empty() && row.value.is_empty()));
        rows.truncate(self::rows(filled.map_or(0, |last| last + 1)));
        let form = Self {
            display_name: fields.text("display_name")?.to_owned(),
            display_name_error: display_name.as_ref().err().map(|why| sentence(&why.to_string())),
            auto_membership: fields.get("auto_membership")?.is_some(),
            default_role,
            trusts_addresses: fields.get("trusts_addresses")?.is_some(),
            mappings: rows,
        };
        let rules = AdmissionRules {
            auto_membership: form.auto_membership,
            default_role,
            mappings,
            trusts_addresses: form.trusts_addresses,
        };
        let wish = display_name.ok().map(|display_name| AdmissionWish { display_name, rules, seen: None });
        Ok((form, wish.filter(|_| is_right)))
    }
}

/// How many rows show so many claims, and leave room for another one.
fn rows(filled: usize) -> usize {
    FEWEST_ROWS.max(filled + 1)
}

fn role(fields: &Fields, name: &'static str) -> Result<Option<Role>, Problem> {
    let text = Some(fields.text(name)?).filter(|text| !text.is_empty());
    text.map(str::parse).transpose().map_err(|_| Problem::not_offered(name))
}

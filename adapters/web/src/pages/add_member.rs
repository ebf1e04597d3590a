//! `/admin/members/add-member`: inviting people, many at once, with an answer for each.

use std::str::FromStr;
use std::time::Duration;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{InvitationWish, InviteAnswer, InviteMembersError, InviteOutcome, WaysIn};
use tenantry_domain::{AddressList, ConnectionId, EmailAddress, InvitationLifetime, InvitationMessage, Role};

use crate::Shared;
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::invitation_ways::{offered, said};
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::text::{self, sentence};

#[derive(Template)]
#[template(path = "pages/add_member.html")]
struct AddMember<'a> {
    frame: Frame<'a>,
    form: InviteForm,
    ways: Vec<(&'a str, String)>,
    /// Who has no choice of ways.
    said: Vec<String>,
    invited: Vec<EmailAddress>,
    refused: Vec<(String, String)>,
    lifetimes: [(u64, &'static str); 4],
}

/// The form as it was typed, or as it begins.
struct InviteForm {
    emails: String,
    emails_error: Option<String>,
    role: Role,
    connection: String,
    connection_error: Option<String>,
    message: String,
    message_error: Option<String>,
    hours: u64,
}

/// What can be chosen, in hours.
const LIFETIMES: [(u64, &str); 4] = [(24, "1 day"), (72, "3 days"), (168, "7 days"), (720, "30 days")];

pub(crate) async fn show(
    State(app): State<Shared>,
    person: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = Fields::parse(query.unwrap_or_default().as_bytes())?;
    let ways = app.use_cases.invite_members.ways(&person.session).await?;
    let form = InviteForm { emails: query.text("email")?.to_owned(), ..InviteForm::default() };
    page(StatusCode::OK, &AddMember::new(person.frame(&app, "/admin/members"), form, &ways))
}

/// Invites whoever can be invited; what can't stays in the form, each line with its reason.
pub(crate) async fn invite(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let ways = app.use_cases.invite_members.ways(&person.session).await?;
    let frame = person.frame(&app, "/admin/members");
    let (form, asked) = InviteForm::read(&fields)?;
    let Some((list, wish)) = asked else { return AddMember::new(frame, form, &ways).refusing() };
    match app.use_cases.invite_members.run(&person.session, &wish).await {
        Ok(answers) => AddMember::new(frame, form, &ways).answering(&list, answers),
        Err(InviteMembersError::UnknownConnection) => {
            AddMember::new(frame, form.without_way(), &ways).refusing()
        }
        Err(error) => Err(error.into()),
    }
}

impl<'a> AddMember<'a> {
    fn new(frame: Frame<'a>, form: InviteForm, ways: &'a WaysIn) -> Self {
        let (said, ways) = (said(ways), offered(ways));
        Self { frame, form, ways, said, invited: Vec::new(), refused: Vec::new(), lifetimes: LIFETIMES }
    }

    /// Nobody is invited: something in the form is wrong.
    fn refusing(&self) -> Result<Response, Problem> {
        page(StatusCode::UNPROCESSABLE_ENTITY, self)
    }

    /// Says what became of each line.
    fn answering(mut self, list: &AddressList, answers: Vec<InviteAnswer>) -> Result<Response, Problem> {
        let faults = list.lines().iter().filter_map(|line| {
            let fault = line.found.as_ref().err()?;
            Some((line.text.clone(), sentence(&fault.to_string())))
        });
        self.refused.extend(faults);
        for InviteAnswer { email, outcome } in answers {
            match outcome {
                InviteOutcome::Invited(_) => self.invited.push(email),
                other => self.refused.push((email.to_string(), text::not_invited(&other))),
            }
        }
        if self.refused.is_empty() {
            self.form.emails.clear();
            return page(StatusCode::OK, &self);
        }
        let left: Vec<&str> = self.refused.iter().map(|(text, _)| text.as_str()).collect();
        self.form.emails = left.join("\n");
        self.refusing()
    }
}

impl Default for InviteForm {
    fn default() -> Self {
        Self {
            emails: String::new(),
            emails_error: None,
            role: Role::Employee,
            connection: String::new(),
            connection_error: None,
            message: String::new(),
            message_error: None,
            hours: 168,
        }
    }
}

impl InviteForm {
    /// The same, and the way that was chosen is none of the organization's.
    fn without_way(self) -> Self {
        Self { connection_error: Some(text::UNKNOWN_WAY_IN.to_owned()), ..self }
    }

    /// The form as it was typed, and what it asks for unless a field is wrong.
    fn read(fields: &Fields) -> Result<(Self, Option<(AddressList, InvitationWish)>), Problem> {
        let emails = fields.sole("emails")?.unwrap_or_default();
        let message = fields.sole("message")?.unwrap_or_default();
        let chosen = fields.text("connection")?;
        let role = chosen_from(fields, "role")?.unwrap_or(Role::Employee);
        let hours = chosen_from(fields, "hours")?.unwrap_or(168);
        // What can be no connection is none of the organization's.
        let connection = |text| ConnectionId::try_from(text).or_else(|_| ConnectionId::try_from("-"));
        let connection = Some(chosen).filter(|id| !id.is_empty()).map(connection).transpose();
        let lifetime = InvitationLifetime::try_from(Duration::from_hours(hours));
        let list = AddressList::try_from(emails);
        let said = Some(message).filter(|text| !text.trim().is_empty());
        let said = said.map(InvitationMessage::try_from).transpose();
        let form = Self {
            emails: emails.to_owned(),
            emails_error: list.as_ref().err().map(|error| sentence(&error.to_string())),
            role,
            connection: chosen.to_owned(),
            connection_error: None,
            message: message.to_owned(),
            message_error: said.as_ref().err().map(|error| sentence(&error.to_string())),
            hours,
        };
        let (Ok(list), Ok(message)) = (list, said) else { return Ok((form, None)) };
        let found = list.lines().iter().filter_map(|line| line.found.clone().ok());
        let wish = InvitationWish {
            emails: found.collect(),
            role,
            connection: connection.map_err(|_| Problem::not_found())?,
            message,
            lifetime: lifetime.map_err(|_| Problem::not_offered("hours"))?,
        };
        Ok((form, Some((list, wish))))
    }
}

/// What was chosen of what the form offers; nothing when the field is empty or was not sent.
fn chosen_from<T: FromStr>(fields: &Fields, name: &'static str) -> Result<Option<T>, Problem> {
    let text = Some(fields.text(name)?).filter(|text| !text.is_empty());
    text.map(str::parse).transpose().map_err(|_| Problem::not_offered(name))
}

//! `/u/signup`: makes an account in the password database.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::errors::PageError;
use super::super::pages::{SignUpPage, html};
use super::super::parameters::{Form, Query};
use super::super::visitor::Visitor;
use super::log_in::{NO_EMAIL, NO_PASSWORD};
use super::{Page, Refused, Visit, path};
use crate::fake::Core;
use crate::login::{self, Onward, SignUpError};
use crate::model::{LogEntry, MailKind};
use crate::passwords::Strength;

pub(super) async fn show(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    if !visit.options()?.sign_up {
        return Ok(visit.go_to(path(Page::Login)));
    }
    render(&visit, visit.identifier(), Mistakes::default())
}

pub(super) async fn submit(
    State(core): State<Arc<Core>>,
    visitor: Visitor,
    Query(query): Query,
    Form(form): Form,
) -> Result<Response, PageError> {
    let visit = Visit::find(&core, &visitor, &query)?;
    if let Some(connection) = form.get("connection") {
        return visit.leave_for(connection).await;
    }
    let options = visit.options()?;
    let Some(connection) = options.database.filter(|_| options.sign_up) else {
        return Ok(visit.go_to(path(Page::Login)));
    };
    let (email, password) = (form.get("email").unwrap_or_default(), form.get("password").unwrap_or_default());
    if email.trim().is_empty() || password.is_empty() {
        let mistakes = Mistakes {
            email: email.trim().is_empty().then_some(NO_EMAIL.to_owned()),
            password: password.is_empty().then_some(NO_PASSWORD.to_owned()),
            strength: None,
        };
        return render(&visit, email, mistakes);
    }
    // An invitation is for one address.
    let invited = visit.invited()?;
    let email = invited.as_ref().map_or(email, |invited| invited.email.as_str());
    match make_account(&visit, &connection, email, password).await {
        Ok(user_id) => visit.log_in(user_id, connection).await,
        Err(Refused::Page(error)) => Ok(error.into_response()),
        Err(Refused::SignUp(error)) => {
            let entry = visit.entry("fs").saying(error.to_string());
            visit.log(LogEntry { user_name: Some(email.to_owned()), ..entry }).await?;
            render(&visit, email, Mistakes::of(error, password))
        }
    }
}

/// Makes the account, and sends the mail by which its address is proved. An invitation proves it as well.
async fn make_account(
    visit: &Visit<'_>,
    connection: &str,
    email: &str,
    password: &str,
) -> Result<String, Refused> {
    let context = visit.core.context();
    let request = &visit.transaction.request;
    let make = |state: &mut crate::store::State| {
        let user_id = login::sign_up(state, &context, connection, email, password)?;
        if let Some(user) = state.users.get(&user_id).cloned() {
            state.log(visit.entry("ss").about(&user));
            if request.invitation.is_none() {
                let onward = Onward {
                    client_id: Some(request.client_id.clone()),
                    organization_id: request.organization.clone(),
                };
                login::send_ticket(state, &context, &user, MailKind::EmailVerification, onward);
            }
        }
        Ok::<_, Refused>(user_id)
    };
    visit.core.store.write(make).await
}

#[derive(Default)]
struct Mistakes {
    email: Option<String>,
    password: Option<String>,
    strength: Option<Strength>,
}

impl Mistakes {
    fn of(error: SignUpError, password: &str) -> Self {
        let text = Some(error.to_string());
        match error {
            SignUpError::WeakPassword => {
                Self { password: text, strength: Some(Strength::of(password)), ..Self::default() }
            }
            SignUpError::InvalidEmail | SignUpError::UserExists => Self { email: text, ..Self::default() },
        }
    }
}

fn render(visit: &Visit<'_>, email: &str, mistakes: Mistakes) -> Result<Response, PageError> {
    let options = visit.options()?;
    let wrong = mistakes.email.is_some() || mistakes.password.is_some();
    let invited = visit.invited()?;
    let page = SignUpPage {
        frame: visit.frame("Sign up")?,
        state: visit.handle(),
        invited: invited.as_ref(),
        email,
        email_error: mistakes.email.as_deref(),
        password_error: mistakes.password.as_deref(),
        strength: mistakes.strength,
        buttons: &options.buttons,
    };
    Ok(visit.page(html(if wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page)))
}

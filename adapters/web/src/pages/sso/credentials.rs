//! The second step: what the organization's identity provider gave.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::SecretString;
use tenantry_application::{ConnectSsoError, Credentials, SsoView};
use tenantry_domain::{SsoRequest, SsoStep, Timestamp, UpstreamTerms};

use super::entered;
use super::steps::progress;
use crate::csrf::Form;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::sso::guides::{Guide, guide};
use crate::sso::input;
use crate::steps::Step;
use crate::text::sentence;
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/sso_credentials.html")]
struct CredentialsPage<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    request: &'a SsoRequest,
    guide: &'static Guide,
    product: &'a str,
    callback: &'a str,
    form: CredentialsForm,
    has_secret: bool,
}

/// The form as it was typed, or as it stands. The secret is never in it.
#[derive(Default)]
pub(super) struct CredentialsForm {
    discovery_url: String,
    discovery_error: Option<String>,
    client_id: String,
    client_error: Option<String>,
    secret_error: Option<String>,
    expires: String,
    expires_error: Option<String>,
}

pub(super) fn page_of(
    app: &App,
    person: &SignedIn,
    view: &SsoView,
    form: CredentialsForm,
) -> Result<Response, Problem> {
    let status = if form.is_right() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let request = &view.kept.request;
    let shown = CredentialsPage {
        frame: person.frame(app, "/admin/sso"),
        steps: progress(view, SsoStep::Credentials),
        request,
        guide: guide(request.kind),
        product: &app.site.brand.name,
        callback: view.callback_url.as_str(),
        form,
        has_secret: request.upstream.is_some(),
    };
    page(status, &shown)
}

/// Makes or changes the connection, and goes on to its test.
pub(crate) async fn enter(
    State(app): State<Shared>,
    person: SignedIn,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let id = fields.text("connection")?;
    let (mut form, credentials) = CredentialsForm::read(&fields, app.site.sso_in_development)?;
    if let Some(credentials) = credentials {
        let connected = app.use_cases.sso.connect.run(&person.session, id, credentials).await;
        match entered(connected, "discovery_url")? {
            Ok(onward) => return Ok(onward),
            Err(error) => form.refuse(&error),
        }
    }
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    page_of(&app, &person, &view, form)
}

impl CredentialsForm {
    pub(super) fn standing(request: &SsoRequest) -> Self {
        let Some(upstream) = &request.upstream else {
            return Self { discovery_url: guide(request.kind).discovery_url.to_owned(), ..Self::default() };
        };
        let day = |at: Timestamp| at.to_string().get(..10).unwrap_or_default().to_owned();
        match &upstream.terms {
            UpstreamTerms::OpenIdConnect { discovery_url, client_id, secret_expires_at } => Self {
                discovery_url: discovery_url.to_string(),
                client_id: client_id.to_string(),
                expires: secret_expires_at.map(day).unwrap_or_default(),
                ..Self::default()
            },
            UpstreamTerms::Saml { .. } => Self::default(),
        }
    }

    /// The form as it was typed, and what it asks for unless a field is wrong.
    fn read(fields: &Fields, in_development: bool) -> Result<(Self, Option<Credentials>), Problem> {
        let (discovery, client) = (fields.text("discovery_url")?, fields.text("client_id")?);
        let (secret, expires) = (fields.text("client_secret")?, fields.text("secret_expires")?.trim());
        let discovery_url = input::discovery_url(discovery, in_development);
        let client_id = input::client_id(client);
        let client_secret = (!secret.is_empty()).then(|| input::client_secret(secret)).transpose();
        // A day counts to its end.
        let until = (!expires.is_empty()).then(|| format!("{expires}T23:59:59.999Z").parse::<Timestamp>());
        let until = until.transpose();
        let form = Self {
            discovery_url: discovery.to_owned(),
            discovery_error: discovery_url.as_ref().err().cloned(),
            client_id: client.to_owned(),
            client_error: client_id.as_ref().err().cloned(),
            secret_error: client_secret.as_ref().err().cloned(),
            expires: expires.to_owned(),
            expires_error: until.is_err().then(|| "Enter a day, for example 2027-06-30.".to_owned()),
        };
        let (Ok(discovery_url), Ok(client_id), Ok(client_secret), Ok(secret_expires_at)) =
            (discovery_url, client_id, client_secret, until)
        else {
            return Ok((form, None));
        };
        let client_secret: Option<SecretString> = client_secret.map(|()| secret.into());
        Ok((form, Some(Credentials { discovery_url, client_id, client_secret, secret_expires_at })))
    }

    /// Says beside its field why there is no connection.
    fn refuse(&mut self, error: &ConnectSsoError) {
        let said = Some(sentence(&error.to_string()));
        match error {
            ConnectSsoError::SecretNeeded | ConnectSsoError::ClientRefused => self.secret_error = said,
            _ => self.discovery_error = said,
        }
    }

    fn is_right(&self) -> bool {
        [&self.discovery_error, &self.client_error, &self.secret_error, &self.expires_error]
            .iter()
            .all(|error| error.is_none())
    }
}

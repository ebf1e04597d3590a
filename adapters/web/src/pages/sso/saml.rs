//! The second step with SAML: who we are to the organization's provider, and the metadata in which it describes itself.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{SamlSource, SsoView};
use tenantry_domain::{SsoRequest, SsoStep, UpstreamTerms};

use super::entered;
use super::steps::progress;
use crate::csrf::FormWithFile;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::SignedIn;
use crate::sso::guides::{Guide, guide};
use crate::sso::input;
use crate::steps::Step;
use crate::text::{self, sentence};
use crate::{App, Shared};

#[derive(Template)]
#[template(path = "pages/sso_saml.html")]
struct SamlPage<'a> {
    frame: Frame<'a>,
    steps: Vec<Step>,
    request: &'a SsoRequest,
    guide: &'static Guide,
    product: &'a str,
    entity_id: &'a str,
    consumer: &'a str,
    held: Option<Held<'a>>,
    form: SamlForm,
}

/// What was entered before.
struct Held<'a> {
    issuer: &'a str,
    sign_in_url: &'a str,
    fingerprints: &'a [String],
    /// When its last certificate expires, as HTML.
    expires: String,
}

/// The form as it was typed. A file has to be chosen again.
#[derive(Default)]
pub(super) struct SamlForm {
    url: String,
    url_error: Option<String>,
    file_error: Option<String>,
}

pub(super) fn page_of(
    app: &App,
    person: &SignedIn,
    view: &SsoView,
    form: SamlForm,
) -> Result<Response, Problem> {
    let is_right = form.url_error.is_none() && form.file_error.is_none();
    let status = if is_right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let request = &view.kept.request;
    let shown = SamlPage {
        frame: person.frame(app, "/admin/sso"),
        steps: progress(view, SsoStep::Credentials),
        request,
        guide: guide(request.kind),
        product: &app.site.brand.name,
        entity_id: view.saml.as_ref().map_or("", |service| &service.entity_id),
        consumer: view.saml.as_ref().map_or("", |service| service.consumer_url.as_str()),
        held: Held::of(request),
        form,
    };
    page(status, &shown)
}

/// Makes or changes the connection, and goes on to its test. A file counts more than an address.
pub(crate) async fn enter(
    State(app): State<Shared>,
    person: SignedIn,
    FormWithFile(fields, upload): FormWithFile,
) -> Result<Response, Problem> {
    let (id, url) = (fields.text("connection")?, fields.text("metadata_url")?);
    let error = match source(&upload.0, url, app.site.sso_in_development) {
        Ok(source) => {
            let connected = app.use_cases.sso.connect_saml.run(&person.session, id, source).await;
            match entered(connected, "metadata_url")? {
                Ok(onward) => return Ok(onward),
                Err(error) => sentence(&error.to_string()),
            }
        }
        Err(error) => error,
    };
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    page_of(&app, &person, &view, SamlForm::refused(url, !upload.0.is_empty(), error))
}

/// Where the metadata come from: out of the file, if one was chosen.
fn source(file: &[u8], url: &str, in_development: bool) -> Result<SamlSource, String> {
    if file.is_empty() {
        input::metadata_url(url, in_development).map(SamlSource::Url)
    } else {
        input::metadata_file(file, in_development).map(SamlSource::Document)
    }
}

impl SamlForm {
    /// The form as it was typed, with what is wrong about the file or about the address.
    fn refused(url: &str, has_file: bool, error: String) -> Self {
        let (url_error, file_error) = if has_file { (None, Some(error)) } else { (Some(error), None) };
        Self { url: url.to_owned(), url_error, file_error }
    }
}

impl<'a> Held<'a> {
    fn of(request: &'a SsoRequest) -> Option<Self> {
        let upstream = request.upstream.as_ref()?;
        let UpstreamTerms::Saml { sign_in_url, fingerprints, certificate_expires_at, .. } = &upstream.terms
        else {
            return None;
        };
        Some(Self {
            issuer: &upstream.issuer,
            sign_in_url,
            fingerprints,
            expires: text::date(*certificate_expires_at),
        })
    }
}

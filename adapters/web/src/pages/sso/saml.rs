//! The second step with SAML: who we are to the organization's provider, and the metadata in which it describes itself.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tenantry_application::{ConnectSsoError, SamlSource, SsoView};
use tenantry_domain::{MetadataUrl, SamlMetadata, SsoRequest, SsoStep, UpstreamTerms};

use super::guides::{Guide, guide};
use super::step_path;
use super::steps::{Step, progress};
use crate::csrf::FormWithFile;
use crate::frame::Frame;
use crate::problem::Problem;
use crate::respond::page;
use crate::session::{SignedIn, see_other};
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
    let mut form = SamlForm { url: url.to_owned(), ..SamlForm::default() };
    let has_file = !upload.0.is_empty();
    let source = if has_file {
        let text = String::from_utf8_lossy(&upload.0);
        document(&text, app.site.sso_in_development).map(SamlSource::Document)
    } else {
        address(url, app.site.sso_in_development).map(SamlSource::Url)
    };
    let error = match source {
        Ok(source) => match app.use_cases.sso.connect_saml.run(&person.session, id, source).await {
            Ok(kept) => return Ok(see_other(&step_path(&kept.request.id, SsoStep::Test))),
            Err(error @ (ConnectSsoError::Sso(_) | ConnectSsoError::OtherProtocol)) => {
                return Err(Problem::not_connected(error, "metadata_url"));
            }
            Err(error) => sentence(&error.to_string()),
        },
        Err(error) => error,
    };
    if has_file {
        form.file_error = Some(error);
    } else {
        form.url_error = Some(error);
    }
    let view = app.use_cases.sso.list.one(&person.session, id).await?;
    page_of(&app, &person, &view, form)
}

/// The metadata in a text; what would be right where there are none.
pub(crate) fn document(text: &str, in_development: bool) -> Result<SamlMetadata, String> {
    let read = if in_development { SamlMetadata::for_development } else { SamlMetadata::read };
    read(text).map_err(|error| sentence(&error.to_string()))
}

/// The address of metadata; what would be right where it is none.
pub(crate) fn address(text: &str, in_development: bool) -> Result<MetadataUrl, String> {
    let read =
        if in_development { MetadataUrl::for_development } else { |text: &str| MetadataUrl::try_from(text) };
    read(text).map_err(|error| sentence(&error.to_string()))
}

impl<'a> Held<'a> {
    fn of(request: &'a SsoRequest) -> Option<Self> {
        let upstream = request.upstream.as_ref()?;
        let UpstreamTerms::Saml { sign_in_url, fingerprints, certificate_expires_at } = &upstream.terms
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

//! `/api/v1/sso/connections/{connection}/credentials`: what the organization's provider gave.

use axum::Json;
use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use tenantry_application::{Credentials, SamlSource};
use tenantry_domain::{Timestamp, Upstream, UpstreamTerms};
use utoipa::ToSchema;

use super::super::body;
use super::super::operation::{Body, Operation};
use super::own::Own;
use super::view::ConnectionView;
use super::{CHANGED, NOT_INCLUDED};
use crate::Shared;
use crate::problem::Problem;
use crate::sso::input;
use crate::text::sentence;

pub(super) const ENTER: Operation = Operation {
    details: "Reads the discovery document or the metadata at once, and answers the issuer that they name. The secret goes on to the \
              identity provider behind us and is never told again; without one the present one stays, unless the address \
              or the client is another. A new secret is shown to the provider before it takes the place of the one that is \
              there. Whatever is new, the last test counts no more: test it again. With another client who came before is kept \
              out until let in again.",
    body: Some(Body::of::<NewCredentials>()),
    refusals: &[
        NOT_INCLUDED,
        CHANGED,
        (
            409,
            "People of another issuer use the connection; the organization has as many connections as it can have; or an \
             earlier one is still being deleted.",
        ),
        (
            422,
            "Nothing usable is at `discovery_url` or `metadata_url`; the metadata were good until a day that is past; the \
             secret is needed once more, or the provider does not know the client by it; or the connection speaks \
             another `protocol`.",
        ),
    ],
    ..Operation::new("enterSsoCredentials", "Enters what the organization's identity provider gave")
        .answering::<ConnectionView>(200)
};

/// How a provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SsoProtocol)]
pub(super) enum Protocol {
    /// OpenID Connect.
    Oidc,
    /// SAML 2.0.
    Saml,
}

/// What the organization's identity provider gave: with `oidc`, `discovery_url` and `client_id`; with `saml`, `metadata_url`
/// or `metadata`. What belongs to the other protocol is not sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSsoCredentials)]
pub(super) struct NewCredentials {
    protocol: Protocol,
    /// Where it describes itself: its issuer, or the address of its discovery document.
    #[schema(examples("https://login.acme.example/.well-known/openid-configuration"))]
    discovery_url: Option<String>,
    /// As what we are registered there.
    #[schema(examples("0oa1b2c3"))]
    client_id: Option<String>,
    /// What proves that; the present one stays when it is not sent.
    #[serde(default, deserialize_with = "secret")]
    #[schema(value_type = Option<String>, write_only)]
    client_secret: Option<SecretString>,
    /// Until when the secret is good, if that is known.
    #[schema(format = DateTime, examples("2027-06-30T23:59:59.999Z"))]
    secret_expires_at: Option<String>,
    /// Where its metadata are. They are read once.
    #[schema(examples("https://login.acme.example/saml/metadata.xml"))]
    metadata_url: Option<String>,
    /// Its metadata themselves, as XML; they count more than an address.
    metadata: Option<String>,
}

/// What a connection logs in with. `protocol` says what is in it; there may be others one day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "protocol", rename_all = "snake_case")]
#[schema(as = SsoCredentials)]
pub(crate) enum CredentialsView {
    /// What OpenID Connect needs.
    Oidc(OidcCredentials),
    /// What SAML needs.
    Saml(SamlCredentials),
}

/// As what we log people in with OpenID Connect. The secret is never told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OidcCredentials {
    /// Where the provider describes itself.
    #[schema(examples("https://login.acme.example/.well-known/openid-configuration"))]
    discovery_url: String,
    /// What it called itself there, when the credentials were entered.
    #[schema(examples("https://login.acme.example"))]
    issuer: String,
    /// As what we are registered there.
    #[schema(examples("0oa1b2c3"))]
    client_id: String,
    /// Until when the secret is good, if that was said.
    #[schema(value_type = Option<String>, format = DateTime)]
    secret_expires_at: Option<Timestamp>,
}

/// As what a provider that speaks SAML described itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SamlCredentials {
    /// What it calls itself: its entity id.
    #[schema(examples("https://login.acme.example/saml"))]
    issuer: String,
    /// Where people log in.
    #[schema(examples("https://login.acme.example/saml/sso"))]
    sign_in_url: String,
    /// The SHA-256 of each certificate by which it signs.
    certificate_fingerprints: Vec<String>,
    /// When the last of them expires.
    #[schema(value_type = String, format = DateTime)]
    certificate_expires_at: Timestamp,
    /// Until when the metadata are good, if they say so.
    #[schema(value_type = Option<String>, format = DateTime)]
    metadata_valid_until: Option<Timestamp>,
}

pub(super) async fn enter(
    State(app): State<Shared>,
    Own { session, id, .. }: Own,
    body::Json(new): body::Json<NewCredentials>,
) -> Result<Json<ConnectionView>, Problem> {
    let (sso, in_development) = (&app.use_cases.sso, app.site.sso_in_development);
    let source = new.source();
    let connected = match new.protocol {
        Protocol::Oidc => sso.connect.run(&session, &id, new.by_oidc(in_development)?).await,
        Protocol::Saml => sso.connect_saml.run(&session, &id, new.by_saml(in_development)?).await,
    };
    connected.map_err(|error| Problem::not_connected(error, source))?;
    ConnectionView::read(&app, &session, &id).await.map(Json)
}

/// A secret that nothing prints.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}

impl NewCredentials {
    /// The field that says who the provider is.
    fn source(&self) -> &'static str {
        match (self.protocol, &self.metadata) {
            (Protocol::Oidc, _) => "discovery_url",
            (Protocol::Saml, Some(_)) => "metadata",
            (Protocol::Saml, None) => "metadata_url",
        }
    }

    fn by_saml(self, in_development: bool) -> Result<SamlSource, Problem> {
        let others = [
            ("discovery_url", self.discovery_url.is_some()),
            ("client_id", self.client_id.is_some()),
            ("client_secret", self.client_secret.is_some()),
            ("secret_expires_at", self.secret_expires_at.is_some()),
        ];
        refuse(&others, "leave it out: it belongs to the protocol oidc")?;
        match (self.metadata, self.metadata_url) {
            (Some(text), _) => input::metadata(&text, in_development)
                .map(SamlSource::Document)
                .map_err(|why| Problem::wrong_value("metadata", why)),
            (None, url) => input::metadata_url(url.as_deref().unwrap_or_default(), in_development)
                .map(SamlSource::Url)
                .map_err(|why| Problem::wrong_value("metadata_url", why)),
        }
    }

    fn by_oidc(self, in_development: bool) -> Result<Credentials, Problem> {
        let others = [("metadata_url", self.metadata_url.is_some()), ("metadata", self.metadata.is_some())];
        refuse(&others, "leave it out: it belongs to the protocol saml")?;
        let (url, client) = (self.discovery_url.unwrap_or_default(), self.client_id.unwrap_or_default());
        let wrong = |field: &'static str| move |why| Problem::wrong_value(field, why);
        if let Some(secret) = &self.client_secret {
            input::client_secret(secret.expose_secret()).map_err(wrong("client_secret"))?;
        }
        let until = self.secret_expires_at.as_deref().map(str::parse::<Timestamp>).transpose();
        Ok(Credentials {
            discovery_url: input::discovery_url(&url, in_development).map_err(wrong("discovery_url"))?,
            client_id: input::client_id(&client).map_err(wrong("client_id"))?,
            client_secret: self.client_secret,
            secret_expires_at: until.map_err(|_| {
                let why = "Write it as a date and a time, as in 2027-06-30T00:00:00Z.";
                Problem::wrong_value("secret_expires_at", why.to_owned())
            })?,
        })
    }
}

/// Refuses the first of these fields that was sent.
fn refuse(fields: &[(&'static str, bool)], why: &str) -> Result<(), Problem> {
    match fields.iter().find(|(_, is_sent)| *is_sent) {
        Some((field, _)) => Err(Problem::wrong_value(*field, sentence(why))),
        None => Ok(()),
    }
}

impl From<Upstream> for CredentialsView {
    fn from(upstream: Upstream) -> Self {
        let issuer = upstream.issuer;
        match upstream.terms {
            UpstreamTerms::OpenIdConnect { discovery_url, client_id, secret_expires_at } => {
                Self::Oidc(OidcCredentials {
                    discovery_url: discovery_url.to_string(),
                    issuer,
                    client_id: client_id.to_string(),
                    secret_expires_at,
                })
            }
            UpstreamTerms::Saml { sign_in_url, fingerprints, certificate_expires_at, valid_until } => {
                Self::Saml(SamlCredentials {
                    issuer,
                    sign_in_url,
                    certificate_fingerprints: fingerprints,
                    certificate_expires_at,
                    metadata_valid_until: valid_until,
                })
            }
        }
    }
}

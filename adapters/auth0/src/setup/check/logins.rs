//! What can be seen of the application from outside, as a browser or the product sees it: without any scope.

use reqwest::header::LOCATION;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tenantry_oidc::{MAX_BODY_BYTES, Metadata, read_body};

use super::CheckSettings;
use super::report::Finding;

const SETUP: &str = "run tenantry auth0 setup";

#[derive(Default, Deserialize)]
struct Answer {
    error: Option<String>,
    access_token: Option<String>,
    scope: Option<String>,
}

/// A token of the machine-to-machine application, and the scopes that it has.
pub(super) struct Granted {
    pub(super) token: String,
    pub(super) scopes: Vec<String>,
}

/// The issuer answers, and says that it is who it is meant to be.
pub(super) async fn issuer(http: &Client, settings: &CheckSettings) -> (Finding, Option<Metadata>) {
    const CHECK: &str = "issuer";
    let issuer = settings.issuer.as_str();
    let todo = "look at AUTH0_ISSUER_BASE_URL: it is https:// and the tenant's domain";
    let url = format!("{issuer}.well-known/openid-configuration");
    let body = match http.get(url).send().await {
        Ok(response) if response.status() == StatusCode::OK => read_body(response, MAX_BODY_BYTES).await.ok(),
        Ok(response) => {
            let found = format!("{issuer} answers with status {}", response.status().as_u16());
            return (Finding::wrong(CHECK, found, todo), None);
        }
        Err(_) => return (Finding::wrong(CHECK, format!("{issuer} does not answer"), todo), None),
    };
    match Metadata::parse(&body.unwrap_or_default(), &settings.issuer) {
        Ok(metadata) => (Finding::right(CHECK, format!("{issuer} answers")), Some(metadata)),
        Err(why) => (Finding::wrong(CHECK, format!("the discovery document of {issuer}: {why}"), todo), None),
    }
}

/// The application's id and secret. A code that nobody ever got is refused after they were accepted.
pub(super) async fn credentials(http: &Client, settings: &CheckSettings) -> Finding {
    const CHECK: &str = "credentials of the application";
    let redirect_uri = settings.addresses().callback();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", &settings.client_id),
        ("client_secret", settings.client_secret.expose_secret()),
        ("code", "tenantry-auth0-check"),
        ("redirect_uri", &redirect_uri),
    ];
    let (status, answer) = post(http, settings, &form).await;
    match (status, answer.error.as_deref()) {
        (_, Some("invalid_grant")) => {
            Finding::right(CHECK, "Auth0 takes AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET")
        }
        (_, Some("unauthorized_client")) => {
            Finding::wrong(CHECK, "the application may not exchange codes for tokens", SETUP)
        }
        (status, error) => refused(CHECK, "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET", status, error),
    }
}

/// A token for the Management API with every scope that is granted.
pub(super) async fn management(http: &Client, settings: &CheckSettings) -> (Finding, Option<Granted>) {
    const CHECK: &str = "credentials of the machine-to-machine application";
    let audience = format!("{}api/v2/", settings.issuer.as_str());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &settings.m2m_client_id),
        ("client_secret", settings.m2m_client_secret.expose_secret()),
        ("audience", &audience),
    ];
    let (status, answer) = post(http, settings, &form).await;
    let names = "AUTH0_M2M_CLIENT_ID and AUTH0_M2M_CLIENT_SECRET";
    match answer.access_token {
        Some(token) => {
            let scopes = answer.scope.unwrap_or_default();
            let scopes = scopes.split_whitespace().map(str::to_owned).collect();
            (Finding::right(CHECK, format!("Auth0 takes {names}")), Some(Granted { token, scopes }))
        }
        None => (refused(CHECK, names, status, answer.error.as_deref()), None),
    }
}

/// A browser would come back from a login, and only to an address that is registered.
pub(super) async fn callback(http: &Client, settings: &CheckSettings, metadata: &Metadata) -> Finding {
    const CHECK: &str = "callback URL";
    let callback = settings.addresses().callback();
    let request = http.get(metadata.authorization_endpoint.clone()).query(&[
        ("response_type", "code"),
        ("client_id", &settings.client_id),
        ("redirect_uri", &callback),
        ("scope", "openid"),
        ("state", "tenantry-auth0-check"),
        ("nonce", "tenantry-auth0-check"),
        // Nobody is logged in here, so that the answer comes at once.
        ("prompt", "none"),
    ]);
    leads_to(request, &callback).await.map_or_else(
        |status| {
            let found = format!("Auth0 sends nobody back to {callback} ({status})");
            Finding::wrong(
                CHECK,
                found,
                format!("{SETUP}, or add it to the application's Allowed Callback URLs"),
            )
        },
        |()| Finding::right(CHECK, format!("logins come back to {callback}")),
    )
}

/// A browser would come back from a logout.
pub(super) async fn logout(http: &Client, settings: &CheckSettings) -> Finding {
    const CHECK: &str = "logout URL";
    let home = settings.addresses().at("");
    let request = http
        .get(format!("{}v2/logout", settings.issuer.as_str()))
        .query(&[("client_id", &settings.client_id), ("returnTo", &home)]);
    leads_to(request, &home).await.map_or_else(
        |status| {
            let found = format!("Auth0 sends nobody back to {home} ({status})");
            Finding::wrong(
                CHECK,
                found,
                format!("{SETUP}, or add it to the application's Allowed Logout URLs"),
            )
        },
        |()| Finding::right(CHECK, format!("logouts come back to {home}")),
    )
}

/// Whether the answer is a redirect there; else what it is.
async fn leads_to(request: RequestBuilder, target: &str) -> Result<(), String> {
    let answer = request.send().await.map_err(|_| "no answer".to_owned())?;
    let location = location(&answer).unwrap_or_default();
    let page = location.split('?').next().unwrap_or_default();
    if answer.status().is_redirection() && page == target {
        Ok(())
    } else {
        Err(format!("status {}", answer.status().as_u16()))
    }
}

fn location(answer: &Response) -> Option<String> {
    Some(answer.headers().get(LOCATION)?.to_str().ok()?.to_owned())
}

/// The token endpoint's answer, as far as it can be read; status 0 is none.
async fn post(http: &Client, settings: &CheckSettings, form: &[(&str, &str)]) -> (u16, Answer) {
    let url = format!("{}oauth/token", settings.issuer.as_str());
    let Ok(response) = http.post(url).form(form).send().await else { return (0, Answer::default()) };
    let status = response.status().as_u16();
    let body = read_body(response, MAX_BODY_BYTES).await.unwrap_or_default();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn refused(check: &'static str, names: &str, status: u16, error: Option<&str>) -> Finding {
    match status {
        0 => Finding::wrong(check, "Auth0 does not answer", "run the check again"),
        429 | 500.. => {
            Finding::wrong(check, format!("Auth0 answers with status {status}"), "run the check again")
        }
        _ => {
            let found = format!("Auth0 does not take {names} ({})", error.unwrap_or("without a reason"));
            Finding::wrong(check, found, format!("{SETUP} with --env-out, which writes both anew"))
        }
    }
}

//! Sends somebody to another issuer to log in (OpenID Connect Core, sections 3.1.2.1 and 3.2.2.1).

use url::Url;

use super::error::UpstreamError;
use super::settings::{Channel, PkceMethod};
use super::{party, patiently, saml};
use crate::document::Document;
use crate::fake::Core;
use crate::ids::Ids;
use crate::model::{Connection, Departure, LoginTransaction};
use crate::secrets::{Secret, sha256};

/// What the protocol itself sets; a connection's own parameters never replace it.
const OURS: [&str; 9] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

/// Where to send the browser, and what must be known when it comes back.
pub(crate) async fn depart(
    core: &Core,
    connection: &Connection,
    transaction: &LoginTransaction,
) -> Result<(Url, Departure), UpstreamError> {
    if connection.speaks_saml() {
        return patiently(saml::depart(core, connection, transaction)).await;
    }
    patiently(prepared(core, connection, transaction)).await
}

async fn prepared(
    core: &Core,
    connection: &Connection,
    transaction: &LoginTransaction,
) -> Result<(Url, Departure), UpstreamError> {
    let party = party::of_connection(core, connection).await?;
    let channel = connection.channel();
    if channel == Channel::Back {
        // Refused now rather than when the person has logged in for nothing.
        connection.authentication()?;
    }
    let registration = party.relying_party.registration();
    let (secret, nonce) = (core.ids.secret(), core.ids.secret());
    let mut parameters = vec![
        ("client_id", registration.client_id.clone()),
        ("redirect_uri", registration.redirect_uri.to_string()),
        ("scope", connection.scope()),
        ("state", Departure::state(&transaction.handle, &secret)),
        ("nonce", nonce.clone()),
    ];
    let mut verifier = None;
    match channel {
        Channel::Front => parameters
            .extend([("response_type", "id_token".to_owned()), ("response_mode", "form_post".to_owned())]),
        Channel::Back => {
            parameters.push(("response_type", "code".to_owned()));
            if let Some(method) = connection.pkce(party.document()) {
                let (proof, challenge) = challenge(&core.ids, method);
                parameters.extend(challenge);
                verifier = Some(proof);
            }
        }
    }
    let mut url = party.relying_party.metadata().await?.authorization_endpoint.clone();
    url.query_pairs_mut().extend_pairs(parameters).extend_pairs(passed_on(connection, transaction));
    let departure = Departure {
        connection: connection.id.clone(),
        state_hash: sha256(&secret),
        nonce,
        verifier,
        answer: None,
    };
    Ok((url, departure))
}

fn challenge(ids: &Ids, method: PkceMethod) -> (Secret, [(&'static str, String); 2]) {
    let verifier = ids.secret();
    let (challenge, name) = match method {
        PkceMethod::S256 => (sha256(&verifier), "S256"),
        PkceMethod::Plain => (verifier.clone(), "plain"),
    };
    let parameters = [("code_challenge", challenge), ("code_challenge_method", name.to_owned())];
    (Secret::new(verifier), parameters)
}

/// What the connection adds (Auth0: "Pass parameters to identity providers"), and the address that is known already.
fn passed_on(connection: &Connection, transaction: &LoginTransaction) -> Vec<(String, String)> {
    let request = &transaction.request;
    let hint =
        transaction.identifier.as_ref().or(request.login_hint.as_ref()).filter(|hint| !hint.is_empty());
    let params = connection.options().document("upstream_params");
    let mut passed: Vec<(String, String)> = Vec::new();
    for (name, param) in params.entries().filter(|(name, _)| !OURS.contains(name)) {
        let param = Document::of(param);
        let of_request = |alias: &str| match alias {
            "login_hint" => hint,
            _ => request.parameters.get(alias),
        };
        let value =
            param.text("value").map(str::to_owned).or_else(|| of_request(param.text("alias")?).cloned());
        passed.extend(value.map(|value| (name.to_owned(), value)));
    }
    if let Some(hint) = hint.filter(|_| !params.has("login_hint")) {
        passed.push(("login_hint".to_owned(), hint.clone()));
    }
    passed
}

//! Complete logins of the fake by the code flow with PKCE, as a browser and an application do them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use url::Url;

use super::provider::{CALLBACK, CLIENT_ID, CLIENT_SECRET, EMAIL, PASSWORD};
use crate::drive::Operation;
use crate::wire::{self, Connection, Reply};

/// The pair of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// One login after the other.
#[derive(Clone, Default)]
pub(crate) struct Login {
    cookies: BTreeMap<String, String>,
    /// Whether the browser forgets its session before each login, so that the form is filled in again.
    fills_in_the_form: bool,
}

impl Login {
    pub(crate) fn by_form() -> Self {
        Self { fills_in_the_form: true, ..Self::default() }
    }

    pub(crate) fn with_session() -> Self {
        Self::default()
    }

    async fn ask(
        &mut self,
        connection: &mut Connection,
        request: impl FnOnce(&[&str]) -> Vec<u8>,
    ) -> Result<Reply> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let header = format!("Cookie: {}", cookies.join("; "));
        let headers = if cookies.is_empty() { Vec::new() } else { vec![header.as_str()] };
        let reply = connection.ask(&request(&headers)).await?;
        for cookie in reply.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').context("a cookie has a name")?;
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(reply)
    }
}

impl Operation for Login {
    async fn perform(&mut self, connection: &mut Connection) -> Result<()> {
        if self.fills_in_the_form {
            self.cookies.clear();
        }
        let path = authorize("/authorize", CLIENT_ID);
        let mut reply = self.ask(connection, |headers| wire::request("GET", &path, headers, "")).await?;
        let mut location = reply.location()?.to_owned();
        if location.starts_with("/u/") {
            // The page is fetched as a browser does before somebody fills it in.
            self.ask(connection, |headers| wire::request("GET", &location, headers, ""))
                .await?
                .expect(200)?;
            let fields = [("username", EMAIL), ("password", PASSWORD), ("action", "default")];
            reply = self.ask(connection, |headers| wire::form(&location, headers, &fields)).await?;
            location = reply.location()?.to_owned();
        }
        while location.starts_with('/') {
            reply = self.ask(connection, |headers| wire::request("GET", &location, headers, "")).await?;
            location = reply.location()?.to_owned();
        }
        redeem(connection, "/oauth/token", (CLIENT_ID, CLIENT_SECRET), &code(&location)?).await
    }
}

/// The path of an authorization request.
pub(crate) fn authorize(path: &str, client_id: &str) -> String {
    let fields = [
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile email"),
        ("state", "s1"),
        ("nonce", "n1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
}

/// The code in the address of a callback.
pub(crate) fn code(callback: &str) -> Result<String> {
    ensure!(callback.starts_with(CALLBACK), "{callback} is not the callback");
    let url = Url::parse(callback)?;
    let code = url.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
    code.with_context(|| format!("no code in {callback}"))
}

/// Gets the tokens for a code.
pub(crate) async fn redeem(
    connection: &mut Connection,
    path: &str,
    (client_id, client_secret): (&str, &str),
    code: &str,
) -> Result<()> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("client_secret", client_secret),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let reply = connection.ask(&wire::form(path, &[], &fields)).await?.expect(200)?;
    ensure!(reply.json()?.get("id_token").is_some(), "no ID token");
    Ok(())
}

//! How the answer of the authorization endpoint reaches the client: by an address, or by a page that sends it on
//! (OAuth 2.0 Multiple Response Type Encoding Practices, OAuth 2.0 Form Post Response Mode).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

use super::errors::PageError;
use super::pages::{FormPostPage, Frame, WebMessagePage, html_with_policy};
use super::token::Issued;
use super::universal_login::{redirect, with_cookies};
use crate::fake::Core;
use crate::login::{Callback, address};
use crate::model::{ResponseKind, ResponseMode};
use crate::secrets::sha256;
use crate::store::StoreError;
use crate::unsigned_token::NewAccessToken;

type Answers = Vec<(&'static str, String)>;

/// An answer that still lacks its tokens: those wait for keys, and whoever ends a login does not.
#[derive(Clone)]
struct Unfinished {
    code: String,
    redirect_uri: String,
    state: Option<String>,
    response: ResponseKind,
}

/// Sends the browser to the client's callback.
pub(super) fn back_to_client(
    callback: &Callback,
    redirect_uri: &str,
    state: Option<&str>,
    response: ResponseKind,
    cookies: &[String],
) -> Result<Response, PageError> {
    match callback {
        Callback::Code(code) if response.has_tokens() => {
            let mut answer = StatusCode::OK.into_response();
            answer.extensions_mut().insert(Unfinished {
                code: code.clone(),
                redirect_uri: redirect_uri.to_owned(),
                state: state.map(str::to_owned),
                response,
            });
            Ok(with_cookies(answer, cookies))
        }
        _ => send(response.mode, redirect_uri, &callback.parameters(state), cookies),
    }
}

/// Puts tokens into the answers that lack them.
pub(super) async fn finish(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let Some(unfinished) = response.extensions_mut().remove::<Unfinished>() else { return response };
    let cookies: Vec<String> = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok().map(str::to_owned))
        .collect();
    let finished = match tokens(&core, &unfinished).await {
        Ok(answers) => send(unfinished.response.mode, &unfinished.redirect_uri, &answers, &cookies),
        Err(error) => Err(error),
    };
    finished.unwrap_or_else(IntoResponse::into_response)
}

/// The tokens that the code stands for. The code itself stays only where it was asked for.
async fn tokens(core: &Core, unfinished: &Unfinished) -> Result<Answers, PageError> {
    let unavailable = |_| PageError::invalid_request("There is no signing key");
    let keys = core.keys.ready().await.map_err(unavailable)?;
    let (context, kind) = (core.context(), unfinished.response);
    let hash = sha256(&unfinished.code);
    let issued = core
        .store
        .write(|state| {
            let Some(code) = state.authorization_codes.get(&hash).cloned() else { return Ok(None) };
            let Some(client) = state.clients.get(&code.client_id).cloned() else { return Ok(None) };
            if !kind.code {
                state.authorization_codes.remove(&hash);
            }
            let (whose, nonce) = ((code.user_id.as_str(), &code.grant), code.nonce.as_deref());
            let issued = Issued::for_user(state, &context, &client, whose, nonce, &hash);
            if let Some(Issued { access_token: NewAccessToken::Opaque(token), .. }) = &issued
                && !kind.token
            {
                state.access_tokens.remove(&sha256(token));
            }
            Ok::<_, StoreError>(issued)
        })
        .await?;
    let mut issued = issued.ok_or_else(PageError::expired)?;
    let mut answers = Answers::new();
    if kind.code {
        answers.push(("code", unfinished.code.clone()));
    }
    let access_token = issued.access_token.finish(&keys).map_err(unavailable)?;
    if kind.token {
        answers.extend([
            ("access_token", access_token.clone()),
            ("token_type", "Bearer".to_owned()),
            ("expires_in", issued.expires_in.to_string()),
            ("scope", issued.scope.clone()),
        ]);
    }
    if let Some(id_token) = issued.id_token.as_mut().filter(|_| kind.id_token) {
        bind(&mut id_token.claims, kind, &unfinished.code, &access_token);
        answers.push(("id_token", id_token.sign(&keys).map_err(unavailable)?));
    }
    answers.extend(unfinished.state.iter().map(|state| ("state", state.clone())));
    Ok(answers)
}

/// Says which code and access token the ID token came with (OpenID Connect Core section 3.3.2.11).
fn bind(claims: &mut Map<String, Value>, kind: ResponseKind, code: &str, access_token: &str) {
    let half = |text: &str| {
        let hash = digest(&SHA256, text.as_bytes());
        URL_SAFE_NO_PAD.encode(hash.as_ref().iter().take(16).copied().collect::<Vec<u8>>())
    };
    if kind.code {
        claims.insert("c_hash".to_owned(), half(code).into());
    }
    if kind.token {
        claims.insert("at_hash".to_owned(), half(access_token).into());
    }
}

fn send(
    mode: ResponseMode,
    redirect_uri: &str,
    answers: &[(&'static str, String)],
    cookies: &[String],
) -> Result<Response, PageError> {
    let no_address = || PageError::invalid_request(format!("The callback {redirect_uri} is no address"));
    let pairs: Vec<(&str, Option<&str>)> =
        answers.iter().map(|(name, value)| (*name, Some(value.as_str()))).collect();
    // A page posts to addresses of the web alone: others may mean code to run.
    let web = || {
        let url = Url::parse(redirect_uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.ok_or_else(no_address)
    };
    let answer = match mode {
        ResponseMode::Query => {
            let address = address(redirect_uri, &pairs).ok_or_else(no_address)?;
            return Ok(redirect(address.as_str(), cookies));
        }
        ResponseMode::Fragment => {
            let mut address = Url::parse(redirect_uri).map_err(|_| no_address())?;
            let mut fragment = form_urlencoded::Serializer::new(String::new());
            fragment.extend_pairs(answers.iter().map(|(name, value)| (*name, value)));
            address.set_fragment(Some(&fragment.finish()));
            return Ok(redirect(address.as_str(), cookies));
        }
        ResponseMode::FormPost => form_post(&web()?, answers),
        ResponseMode::WebMessage => web_message(&web()?, answers),
    };
    Ok(with_cookies(answer, cookies))
}

const SUBMIT: &str = "document.forms[0].submit()";

fn form_post(callback: &Url, answers: &[(&'static str, String)]) -> Response {
    let page = FormPostPage {
        frame: Frame::bare("Going back to the application"),
        action: callback.as_str(),
        answers,
        script: SUBMIT,
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; {}",
        script_source(SUBMIT)
    );
    html_with_policy(StatusCode::OK, &page, &policy)
}

/// The window that holds the page, or opened it, gets the answer if it is of the callback's origin.
fn web_message(callback: &Url, answers: &[(&'static str, String)]) -> Response {
    let origin = callback.origin().ascii_serialization();
    let response: Map<String, Value> =
        answers.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    let message = in_script(&json!({ "type": "authorization_response", "response": response }));
    let target = in_script(&origin.as_str().into());
    let script = format!("(window.opener || window.parent).postMessage({message}, {target})");
    let page = WebMessagePage { frame: Frame::bare("Going back to the application"), script: &script };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors {origin}; {}",
        script_source(&script)
    );
    let mut response = html_with_policy(StatusCode::OK, &page, &policy);
    // The policy says it better: X-Frame-Options knows no origins.
    response.headers_mut().remove(header::X_FRAME_OPTIONS);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("cookie"));
    response
}

/// JSON that ends no script and no line.
fn in_script(value: &Value) -> String {
    let escapes = [('<', "\\u003c"), ('>', "\\u003e"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
    escapes.iter().fold(value.to_string(), |json, (letter, escape)| json.replace(*letter, escape))
}

fn script_source(script: &str) -> String {
    format!("script-src 'sha256-{}'", STANDARD.encode(digest(&SHA256, script.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_can_not_end_the_script_that_carries_it() {
        let json = in_script(&json!({ "state": "</script><script>alert(1)\u{2028}" }));
        assert!(!json.contains(['<', '>', '\u{2028}']), "{json}");
        let read: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["state"], "</script><script>alert(1)\u{2028}");
    }

    #[test]
    fn a_page_posts_to_no_address_that_is_code() {
        for mode in [ResponseMode::FormPost, ResponseMode::WebMessage] {
            assert!(send(mode, "javascript:alert(1)", &[("code", "c".to_owned())], &[]).is_err());
        }
    }
}

//! A person without a browser: follows links and redirects, keeps cookies, fills in the forms that pages offer.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::header::{COOKIE, LOCATION, ORIGIN};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use url::Url;

use crate::cookies::Cookies;
use crate::html;

/// Somebody with cookies of their own. What fails on the way (a server that was killed, say) is an error, so that
/// the caller may try again.
#[derive(Debug)]
pub struct Visitor {
    client: Client,
    /// What the servers have set so far.
    pub cookies: Cookies,
    page: Page,
}

/// The page that the last request ended on.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it is, after all redirects.
    pub url: Url,
    /// The status it came with.
    pub status: StatusCode,
    /// Its HTML, or whatever else it is.
    pub body: String,
}

impl Page {
    /// What a person reads on it.
    pub fn text(&self) -> String {
        html::text(&self.body)
    }

    /// Whether a person can read this on it.
    pub fn says(&self, text: &str) -> bool {
        self.text().contains(text)
    }
}

impl Visitor {
    /// Somebody who has just opened their browser.
    pub fn new() -> Result<Self> {
        let client =
            Client::builder().redirect(redirect::Policy::none()).timeout(Duration::from_secs(20)).build()?;
        let page = Page { url: Url::parse("about:blank")?, status: StatusCode::OK, body: String::new() };
        Ok(Self { client, cookies: Cookies::default(), page })
    }

    /// The same person with another, empty browser.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        Self { client: self.client.clone(), cookies: Cookies::default(), page: self.page.clone() }
    }

    /// The page that they look at.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Goes to an address.
    pub async fn open(&mut self, url: &Url) -> Result<&Page> {
        self.follow(self.client.get(url.clone()), url.clone()).await
    }

    /// Goes to a path on the site that they are on.
    pub async fn go(&mut self, path: &str) -> Result<&Page> {
        let url = self.page.url.join(path)?;
        self.open(&url).await
    }

    /// Fills in and sends the first form that has all these fields or buttons.
    pub async fn fill(&mut self, values: &[(&str, &str)]) -> Result<&Page> {
        let forms = html::forms(&self.page.body);
        let form = forms.into_iter().find(|form| values.iter().all(|(name, _)| form.has(name)));
        let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
        let form = form.with_context(|| format!("no form with {names:?} {}", self.whereabouts()))?;
        self.send(&form, values).await
    }

    /// Sends the first form that goes to this path, as it is.
    pub async fn press(&mut self, action: &str) -> Result<&Page> {
        let goes_there = |form: &html::Form| form.action.split('?').next() == Some(action);
        let form = html::forms(&self.page.body).into_iter().find(goes_there);
        let form = form.with_context(|| format!("no form to {action} {}", self.whereabouts()))?;
        self.send(&form, &[]).await
    }

    async fn send(&mut self, form: &html::Form, values: &[(&str, &str)]) -> Result<&Page> {
        let mut url =
            if form.action.is_empty() { self.page.url.clone() } else { self.page.url.join(&form.action)? };
        let filled = form.filled(values);
        let request = if form.is_post {
            self.client
                .post(url.clone())
                .form(&filled)
                .header(ORIGIN, self.page.url.origin().ascii_serialization())
        } else {
            url.query_pairs_mut().clear().extend_pairs(&filled);
            self.client.get(url.clone())
        };
        self.follow(request, url).await
    }

    async fn follow(&mut self, mut request: RequestBuilder, mut url: Url) -> Result<&Page> {
        for _ in 0..20 {
            if let Some(cookies) = self.cookies.header(&url) {
                request = request.header(COOKIE, cookies);
            }
            let response = send(request).await?;
            self.cookies.take(&url, response.headers());
            let status = response.status();
            let Some(location) = response.headers().get(LOCATION).filter(|_| status.is_redirection()) else {
                self.page = Page { url, status, body: response.text().await? };
                return Ok(&self.page);
            };
            url = url.join(location.to_str()?)?;
            if status == StatusCode::TEMPORARY_REDIRECT || status == StatusCode::PERMANENT_REDIRECT {
                bail!("{status} to {url}: a form would be sent twice");
            }
            request = self.client.request(Method::GET, url.clone());
        }
        bail!("more than 20 redirects, the last one to {url}")
    }

    /// Where they are and what they see: the end of every message about something that isn't there.
    pub fn whereabouts(&self) -> String {
        let text: String = self.page.text().chars().take(600).collect();
        format!("on {} ({}), which says: {text}", self.page.url, self.page.status)
    }
}

/// Sends a request. A kept connection may have been closed by a server that was started anew, or has waited long: like a
/// browser, this asks once more, unless asking may have done something (RFC 9110, section 9.2.2).
pub async fn send(request: RequestBuilder) -> reqwest::Result<Response> {
    let (client, request) = request.build_split();
    let request = request?;
    let again = request.try_clone().filter(|request| request.method() == Method::GET);
    match (client.execute(request).await, again) {
        (Err(error), Some(again)) if error.is_request() && !error.is_timeout() => client.execute(again).await,
        (outcome, _) => outcome,
    }
}

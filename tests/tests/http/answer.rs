//! One response, and what every response of the product has in common.

use reqwest::header::{CACHE_CONTROL, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Response, StatusCode};
use tenantry_tests::html::{self, Form};
use url::Url;

/// One response, before anything is made of it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// What was asked for.
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn read(url: Url, response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.unwrap();
        Self { url, status, headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Every `Set-Cookie`, as it was sent.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The `Set-Cookie` of the cookie whose name begins like this.
    pub(crate) fn set_cookie(&self, prefix: &str) -> &str {
        let cookies = self.set_cookies();
        let found = cookies.iter().find(|cookie| cookie.starts_with(prefix));
        found.unwrap_or_else(|| panic!("no {prefix} among {cookies:?} of {}", self.url))
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Url {
        let location =
            self.headers.get(LOCATION).unwrap_or_else(|| panic!("no redirect: {}", self.summary()));
        self.url.join(location.to_str().unwrap()).unwrap()
    }

    /// Where a page leads that goes on by itself.
    pub(crate) fn goes_on_by_itself(&self) -> Option<Url> {
        let there = self.body.split("content=\"0; url=").nth(1)?.split('"').next()?;
        self.url.join(&there.replace("&#38;", "&").replace("&amp;", "&")).ok()
    }

    pub(crate) fn forms(&self) -> Vec<Form> {
        html::forms(&self.body)
    }

    /// The token that the page's forms carry.
    pub(crate) fn token(&self) -> Option<String> {
        let fields = self.forms().into_iter().flat_map(|form| form.fields);
        fields.into_iter().find(|(name, _)| name == "csrf").map(|(_, value)| value)
    }

    /// What the page offers in the field of this name.
    pub(crate) fn field(&self, name: &str) -> String {
        let fields = self.forms().into_iter().flat_map(|form| form.fields);
        let found = fields.into_iter().find(|(field, _)| field == name);
        found.unwrap_or_else(|| panic!("no field {name}: {}", self.summary())).1
    }

    /// What a person reads.
    pub(crate) fn text(&self) -> String {
        html::text(&self.body)
    }

    pub(crate) fn says(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// Whether a link of the page leads to this path, with or without a query.
    pub(crate) fn links_to(&self, path: &str) -> bool {
        ["\"", "?"].iter().any(|end| self.body.contains(&format!("href=\"{path}{end}")))
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.summary());
        self
    }

    #[track_caller]
    pub(crate) fn leads_to(&self, path: &str) -> &Self {
        self.is(303);
        assert_eq!(self.header("location"), path, "{}", self.summary());
        self
    }

    /// The end of every message about something that isn't there.
    pub(crate) fn summary(&self) -> String {
        let text: String = self.text().chars().take(400).collect();
        format!("{} answered {} -> {:?}: {text}", self.url, self.status, self.header("location"))
    }

    /// What holds for every response of the product, whatever the test is about (C08, C09).
    #[track_caller]
    pub(crate) fn is_one_of_ours(&self) {
        assert_ne!(self.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", self.summary());
        let names_its_content = ["/assets/", "/looks/", "/logos/"];
        let is_kept = names_its_content.iter().any(|start| self.url.path().starts_with(start))
            && self.status.is_success();
        if !is_kept {
            assert_eq!(self.header(CACHE_CONTROL.as_str()), "private, no-store", "C08: {}", self.summary());
        }
        for header in ["content-security-policy", "x-content-type-options", "x-request-id"] {
            assert!(!self.header(header).is_empty(), "no {header}: {}", self.summary());
        }
        for cookie in self.set_cookies() {
            assert!(cookie.len() <= 4096, "C09: browsers drop this cookie: {cookie}");
        }
        // Every JSON Web Token starts with one of these: {"alg": and {"typ":
        let said = format!("{:?}{}", self.headers, self.body);
        for token in ["eyJhbGciOi", "eyJ0eXAiOi"] {
            assert!(!said.contains(token), "C09: a token was sent to the browser: {}", self.summary());
        }
    }
}

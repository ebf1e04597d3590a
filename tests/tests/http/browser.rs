//! A browser without a screen that takes one hop at a time: it keeps cookies, and sends forms as pages do.

use reqwest::header::{ACCEPT, COOKIE, ORIGIN};
use reqwest::{Method, RequestBuilder};
use tenantry_tests::cookies::Cookies;
use url::Url;

use crate::answer::Answer;
use crate::site::Address;

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// Somebody's browser.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    pub(crate) site: Address,
    pub(crate) cookies: Cookies,
}

impl Browser {
    pub(crate) fn new(site: Address) -> Self {
        Self { site, cookies: Cookies::default() }
    }

    /// The same person at another, empty browser.
    pub(crate) fn elsewhere(&self) -> Self {
        Self::new(self.site.clone())
    }

    /// Opens a page of the product; the answer is the first one, redirects included.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.site.request(Method::GET, path).header(ACCEPT, HTML), path).await
    }

    /// Sends a form to the product as the page that it stands on would, with that page's token.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token().await;
        let mut sent = vec![("csrf", token.as_str())];
        sent.extend(fields);
        self.post_exactly(path, &sent).await
    }

    /// Sends exactly these fields, from one of the product's own pages.
    pub(crate) async fn post_exactly(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request =
            self.site.request(Method::POST, path).header(ACCEPT, HTML).header(ORIGIN, self.site.origin());
        self.send(request.form(fields), path).await
    }

    /// Sends any request to the product, with the cookies that belong there.
    pub(crate) async fn send(&mut self, mut request: RequestBuilder, path: &str) -> Answer {
        let url = self.site.at(path);
        if let Some(cookies) = self.cookies.header(&url) {
            request = request.header(COOKIE, cookies);
        }
        let answer = self.site.send(request, path).await;
        self.cookies.take(&url, &answer.headers);
        answer
    }

    /// Goes to an address, here or at the provider; one hop.
    pub(crate) async fn hop(&mut self, url: &Url) -> Answer {
        if self.site.is_home_of(url) {
            return self.get(&path_and_query(url)).await;
        }
        let request = self.site.elsewhere(Method::GET, url);
        self.send_elsewhere(request, url).await
    }

    /// Follows redirects, and pages that go on by themselves, to the page at their end.
    pub(crate) async fn follow(&mut self, answer: Answer) -> Answer {
        let mut answer = answer;
        for _ in 0..20 {
            let next = match answer.goes_on_by_itself() {
                Some(next) => next,
                None if answer.status.is_redirection() => answer.location(),
                None => return answer,
            };
            answer = self.hop(&next).await;
        }
        panic!("redirected in a circle: {}", answer.summary())
    }

    /// Opens a page of the product and follows where it leads.
    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        self.follow(answer).await
    }

    /// Fills in and sends the provider's form that has these fields; one hop.
    pub(crate) async fn fill(&mut self, page: &Answer, values: &[(&str, &str)]) -> Answer {
        let form = page.forms().into_iter().find(|form| values.iter().all(|(name, _)| form.has(name)));
        let form = form.unwrap_or_else(|| panic!("no form with {values:?}: {}", page.summary()));
        let url =
            if form.action.is_empty() { page.url.clone() } else { page.url.join(&form.action).unwrap() };
        let origin = page.url.origin().ascii_serialization();
        let request = self.site.elsewhere(Method::POST, &url).header(ORIGIN, origin);
        self.send_elsewhere(request.form(&form.filled(values)), &url).await
    }

    async fn send_elsewhere(&mut self, mut request: RequestBuilder, url: &Url) -> Answer {
        if let Some(cookies) = self.cookies.header(url) {
            request = request.header(COOKIE, cookies);
        }
        let answer = Answer::read(url.clone(), request.send().await.unwrap()).await;
        self.cookies.take(url, &answer.headers);
        answer
    }

    /// The token of the forms that this browser is shown now; empty for a stranger.
    pub(crate) async fn token(&mut self) -> String {
        self.get("/orgprompt").await.token().unwrap_or_default()
    }

    /// The value of a cookie that goes to the product.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let header = self.cookies.header(&self.site.url)?;
        let pairs = header.to_str().unwrap().split("; ").filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    /// The secret of the session.
    pub(crate) fn session(&self) -> String {
        let name = if self.site.url.scheme() == "https" { "__Host-sid" } else { "sid" };
        self.cookie(name).expect("a session cookie")
    }

    /// Who is signed in, by the product's own word.
    pub(crate) async fn is_signed_in(&mut self) -> bool {
        self.get("/api/auth/me").await.status.is_success()
    }
}

fn path_and_query(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

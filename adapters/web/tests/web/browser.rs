//! A browser that speaks to the router: it keeps cookies, sends `Origin`, and fills in forms.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::world::{World, user_id};

pub(crate) const BASE: &str = "http://localhost:3000";

pub(crate) struct Browser {
    pub(crate) router: Router,
    origin: String,
    pub(crate) host: String,
    pub(crate) jar: Vec<(String, String)>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// Asserts a page of this status whose text contains all of these.
    pub(crate) fn shows(&self, status: u16, texts: &[&str]) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        for text in texts {
            assert!(self.body.contains(text), "{text:?} is missing in\n{}", self.body);
        }
        self
    }

    pub(crate) fn hides(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(!self.body.contains(text), "{text:?} is in\n{}", self.body);
        }
        self
    }

    /// Where the page's link of this text leads.
    pub(crate) fn link(&self, text: &str) -> String {
        let end = self.body.find(&format!("\">{text}</a>"));
        let before = &self.body[..end.unwrap_or_else(|| panic!("no link {text:?} in\n{}", self.body))];
        before[before.rfind("href=\"").unwrap() + 6..].replace("&#38;", "&")
    }

    /// The value of the page's hidden or visible input of this name.
    pub(crate) fn input(&self, name: &str) -> String {
        let field = format!("name=\"{name}\" value=\"");
        let start = self.body.find(&field).map(|at| at + field.len());
        let rest = &self.body[start.unwrap_or_else(|| panic!("no input {name} in\n{}", self.body))..];
        rest[..rest.find('"').unwrap()].to_owned()
    }
}

impl Browser {
    pub(crate) fn new(world: &Arc<World>) -> Self {
        Self::at(world, BASE)
    }

    pub(crate) fn at(world: &Arc<World>, base: &str) -> Self {
        Self {
            router: world.router(base),
            origin: base.to_owned(),
            host: "localhost:3000".to_owned(),
            jar: Vec::new(),
        }
    }

    /// A browser in which this person has signed in, under an organization if one is named.
    pub(crate) async fn signed_in(world: &Arc<World>, name: &str, organization: Option<&str>) -> Self {
        let mut browser = Self::new(world);
        browser.sign_in(name, organization).await;
        browser
    }

    pub(crate) async fn sign_in(&mut self, name: &str, organization: Option<&str>) {
        let path = match organization {
            Some(organization) => format!("/api/auth/login?organization=org_{organization}"),
            None => "/api/auth/login".to_owned(),
        };
        let away = self.get(&path).await;
        let back = self.come_back(away.location(), name).await;
        assert_eq!(back.location(), "/home");
    }

    /// Returns from the provider, to which `url` led, as this person.
    pub(crate) async fn come_back(&mut self, url: &str, name: &str) -> Answer {
        let state = url.strip_prefix("https://id.example/authorize?state=").unwrap();
        self.get(&format!("/api/auth/callback?code={}&state={state}", encode(&user_id(name)))).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept", "text/html")], String::new()).await
    }

    /// Opens the page at `from`, fills in these fields and sends its form to `to`.
    pub(crate) async fn submit(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(from).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        self.submit_on(&page, to, fields).await
    }

    /// Sends the form of a page that is open, with its hidden fields.
    pub(crate) async fn submit_on(&mut self, page: &Answer, to: &str, fields: &[(&str, &str)]) -> Answer {
        let hidden = ["csrf", "plan", "purchase"]
            .into_iter()
            .filter(|name| page.body.contains(&format!("type=\"hidden\" name=\"{name}\"")));
        let hidden = hidden.map(|name| (name, page.input(name)));
        let typed = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let pairs = hidden.chain(typed).map(|(name, value)| format!("{name}={}", encode(&value)));
        self.post(to, pairs.collect::<Vec<_>>().join("&")).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: impl Into<Body>) -> Answer {
        let origin = self.origin.clone();
        let headers = [
            ("accept", "text/html"),
            ("origin", origin.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.send(Method::POST, path, &headers, body).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.jar.is_empty() {
            let pairs: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let request = request.body(body.into()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    fn keep(&mut self, cookie: &str) {
        let (name, rest) = cookie.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        self.jar.retain(|(held, _)| held != name);
        if !cookie.contains("Max-Age=0") {
            self.jar.push((name.to_owned(), value.to_owned()));
        }
    }
}

pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

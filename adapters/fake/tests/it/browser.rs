//! A browser without a screen.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::support::{Answer, PASSWORD, World, form_request};

/// A browser: keeps cookies, with their paths, and does not follow redirects by itself.
#[derive(Default, Clone)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, (String, String)>,
}

impl Browser {
    pub(crate) async fn get(&mut self, world: &World, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, self.header(path));
        self.keep(world.send(request.body(Body::empty()).unwrap()).await)
    }

    pub(crate) async fn post(&mut self, world: &World, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = form_request(path, fields);
        request.headers_mut().insert(header::COOKIE, self.header(path).parse().unwrap());
        self.keep(world.send(request).await)
    }

    /// Begins a login and answers the address of the first page.
    pub(crate) async fn begin(&mut self, world: &World, extra: &[(&str, &str)]) -> String {
        let answer = self.get(world, &world.authorize(extra)).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        assert!(answer.location.starts_with("/u/"), "{}", answer.location);
        answer.location
    }

    /// Logs in with a password and answers where the browser is sent.
    pub(crate) async fn log_in(&mut self, world: &World, email: &str, extra: &[(&str, &str)]) -> Answer {
        let page = self.begin(world, extra).await;
        assert!(page.starts_with("/u/login?state="), "{page}");
        let fields = [("username", email), ("password", PASSWORD), ("action", "default")];
        self.post(world, &page, &fields).await
    }

    pub(crate) async fn sign_up(&mut self, world: &World, email: &str) -> Answer {
        let page = self.begin(world, &[("screen_hint", "signup")]).await;
        assert!(page.starts_with("/u/signup?state="), "{page}");
        let fields = [("email", email), ("password", PASSWORD), ("action", "default")];
        self.post(world, &page, &fields).await
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(|(value, _)| value.as_str())
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), (value.to_owned(), "/".to_owned()));
    }

    pub(crate) fn cookie_names(&self) -> Vec<&str> {
        self.cookies.keys().map(String::as_str).collect()
    }

    fn header(&self, path: &str) -> String {
        let sent = self.cookies.iter().filter(|(_, (_, scope))| path.starts_with(scope.as_str()));
        sent.map(|(name, (value, _))| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for cookie in &answer.cookies {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(attributes.contains("HttpOnly; SameSite=Lax"), "{cookie}");
            let path = attributes.split("; ").find_map(|part| part.strip_prefix("Path=")).unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), (value.to_owned(), path.to_owned()));
            }
        }
        answer
    }
}

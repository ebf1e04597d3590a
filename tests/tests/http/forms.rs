//! C11: what changes something comes from one of our own pages, or nothing happens.

use reqwest::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

const FORM: &str = "application/x-www-form-urlencoded";
const SITE: &str = "sec-fetch-site";

/// Every route that changes something, with a form that would.
fn forms(purchase: &str) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let card = [("card_number", "4242424242424242"), ("expiry", "12/34"), ("cvc", "123")];
    let mut paths: Vec<_> = tenantry_web::ROUTES
        .iter()
        .filter(|route| route.csrf && route.operation.is_none())
        .map(|route| route.path)
        .collect();
    // After signing out nothing else would happen.
    paths.sort_by_key(|path| *path == "/api/auth/logout");
    let fields = || {
        let fields = [("organization", "acme-2"), ("plan", "team"), ("purchase", purchase)];
        fields.into_iter().chain(card).map(|(name, value)| (name, value.to_owned())).collect()
    };
    paths.into_iter().map(|path| (path, fields())).collect()
}

/// Somebody who has paid, and whose next form makes an organization; and somebody else.
struct Scene {
    site: Site,
    ann: Browser,
    token: String,
    foreign: String,
    purchase: String,
}

impl Scene {
    async fn new() -> Self {
        let site = Site::start().await;
        let mut ann = site.newcomer("ann@example.com").await;
        ann.pay("team").await.leads_to("/home/register-business");
        let foreign = site.newcomer("mallory@example.com").await.token().await;
        let token = ann.token().await;
        assert!(token.len() >= 22 && token != foreign);
        site.fake().clear_requests();
        Self { site, ann, token, foreign, purchase: "0123456789abcdef".to_owned() }
    }

    /// Sends each form with this token, changed by `request`.
    async fn send(
        &mut self,
        token: Option<&str>,
        request: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (path, mut fields) in forms(&self.purchase) {
            fields.extend(token.map(|token| ("csrf", token.to_owned())));
            let bare = self.ann.site.request(Method::POST, path).header(ACCEPT, "text/html").form(&fields);
            let mut ann = self.ann.clone();
            answers.push(ann.send(request(bare), path).await);
        }
        answers
    }

    /// Nothing has changed, and nobody was asked to change anything.
    async fn is_untouched(&mut self, before: &Value, how: &str) {
        let asked: Vec<_> =
            self.site.fake().requests().into_iter().filter(|call| call.path.starts_with("/api")).collect();
        assert!(asked.is_empty(), "{how}: {asked:?}");
        assert!(self.ann.is_signed_in().await, "{how}: signed out");
        assert_eq!(self.site.management().await.everything().await, *before, "{how}");
        self.site.fake().clear_requests();
    }
}

#[tokio::test]
async fn c11_every_route_that_changes_something_is_guarded() {
    for route in tenantry_web::ROUTES {
        // What the provider sends is guarded by its signature: no browser's cookie is read.
        let is_from_browsers = route.who != tenantry_web::Who::IdentityProvider;
        assert_eq!(route.csrf, route.method.as_http() != Method::GET && is_from_browsers, "{route:?}");
    }
    assert!(forms("").len() >= 5);
}

#[tokio::test]
async fn c11_a_form_from_our_own_page_works() {
    for (has_origin, has_site) in [(true, false), (false, true), (true, true)] {
        let mut scene = Scene::new().await;
        let (token, origin) = (scene.token.clone(), scene.site.address.origin());
        let answers = scene
            .send(Some(&token), |request| {
                let request = if has_origin { request.header(ORIGIN, &origin) } else { request };
                if has_site { request.header(SITE, "same-origin") } else { request }
            })
            .await;
        for answer in answers {
            // Behind the guard, the use case has the word: Ann runs no organization.
            let is_hers = !answer.says("This belongs to an organization");
            assert!(!is_hers || ![403, 413, 415].contains(&answer.status.as_u16()), "{}", answer.summary());
        }
        assert_eq!(scene.site.management().await.organizations().await, ["acme-2"], "the forms do something");
        assert!(!scene.ann.is_signed_in().await, "and the last one signs out");
    }
}

#[tokio::test]
async fn c11_a_form_without_its_own_token_changes_nothing() {
    let mut scene = Scene::new().await;
    let before = scene.site.management().await.everything().await;
    scene.site.fake().clear_requests();
    let (token, foreign, origin) = (scene.token.clone(), scene.foreign.clone(), scene.site.address.origin());
    for wrong in
        [None, Some(""), Some("x"), Some(foreign.as_str()), Some(&token[1..]), Some(&token.to_lowercase())]
    {
        for answer in scene.send(wrong, |request| request.header(ORIGIN, &origin)).await {
            assert!(answer.is(403).links_to("/home"), "{wrong:?}, a way on: {}", answer.summary());
        }
        scene.is_untouched(&before, &format!("with the token {wrong:?}")).await;
    }
    let twice = format!("csrf={token}&csrf={token}");
    for (path, _) in forms("") {
        let request =
            scene.ann.site.request(Method::POST, path).header(CONTENT_TYPE, FORM).header(ORIGIN, &origin);
        scene.ann.send(request.body(twice.clone()), path).await.is(422);
    }
    scene.is_untouched(&before, "with two tokens").await;
}

#[tokio::test]
async fn c11_a_form_from_somewhere_else_changes_nothing() {
    let mut scene = Scene::new().await;
    let before = scene.site.management().await.everything().await;
    scene.site.fake().clear_requests();
    let (token, ours) = (scene.token.clone(), scene.site.address.origin());
    let provider = scene.site.identity.origin().ascii_serialization();
    let (longer, path) = (format!("{ours}0"), format!("{ours}/"));
    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "")],
        vec![("origin", provider.as_str())],
        vec![("origin", longer.as_str())],
        vec![("origin", path.as_str())],
        vec![("origin", "http://localhost")],
        vec![("origin", ours.as_str()), (SITE, "cross-site")],
        vec![("origin", ours.as_str()), (SITE, "same-site")],
        vec![("origin", ours.as_str()), (SITE, "none")],
        vec![("origin", "https://evil.example"), (SITE, "same-origin")],
        vec![(SITE, "cross-site")],
        vec![(SITE, "same-site")],
        vec![(SITE, "none")],
        vec![("referer", ours.as_str())],
    ] {
        let add = |request, (name, value): &(&str, &str)| RequestBuilder::header(request, *name, *value);
        for answer in scene.send(Some(&token), |request| headers.iter().fold(request, add)).await {
            assert!(answer.is(403).links_to("/home"), "{headers:?}, a way on: {}", answer.summary());
        }
        scene.is_untouched(&before, &format!("{headers:?}")).await;
    }
}

#[tokio::test]
async fn c11_what_is_not_a_form_changes_nothing() {
    let mut scene = Scene::new().await;
    let before = scene.site.management().await.everything().await;
    scene.site.fake().clear_requests();
    let (token, origin) = (scene.token.clone(), scene.site.address.origin());
    let json = format!(r#"{{"csrf":"{token}","organization":"acme-2","plan":"team"}}"#);
    let form = format!("csrf={token}&organization=acme-2");
    for (kind, body) in [
        (Some("text/plain"), &json),
        (Some("application/json"), &json),
        (Some("text/plain"), &form),
        (Some("multipart/form-data; boundary=x"), &form),
        (Some("application/x-www-form-urlencoded-not"), &form),
        (Some(""), &form),
        (None, &form),
    ] {
        for (path, _) in forms("") {
            let request =
                scene.ann.site.request(Method::POST, path).header(ORIGIN, &origin).body(body.clone());
            let request = kind.iter().fold(request, |request, kind| request.header(CONTENT_TYPE, *kind));
            scene.ann.send(request, path).await.is(415);
        }
        scene.is_untouched(&before, &format!("{kind:?}")).await;
    }
}

#[tokio::test]
async fn c11_looking_changes_nothing() {
    let mut scene = Scene::new().await;
    let before = scene.site.management().await.everything().await;
    let token = scene.token.clone();
    for (path, fields) in forms(&scene.purchase) {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for method in [Method::GET, Method::HEAD] {
            let target = format!("{path}?csrf={token}&{}", fields.join("&"));
            let request = scene.ann.site.request(method, &target);
            scene.ann.send(request, &target).await;
        }
    }
    assert!(scene.ann.is_signed_in().await);
    assert_eq!(scene.site.management().await.everything().await, before);
}

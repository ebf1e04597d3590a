//! Methods: what a route does not do it says, and `HEAD` is `GET` without its body.

use reqwest::Method;
use reqwest::header::{ACCEPT, ORIGIN};
use tenantry_web::{ROUTES, RouteSpec};

use crate::site::Site;

fn has(path: &str, method: &Method) -> bool {
    ROUTES.iter().any(|route| route.path == path && route.method.as_http() == *method)
}

/// What is allowed where, in the order of the alphabet.
fn methods_of(path: &str) -> Vec<String> {
    let routes = ROUTES.iter().filter(|route| route.path == path);
    let mut methods: Vec<_> = routes.map(|route| route.method.as_http().to_string()).collect();
    methods.push("HEAD".to_owned());
    methods.sort();
    methods
}

/// Every path once, with something where a parameter is.
fn paths() -> impl Iterator<Item = (&'static str, String)> {
    let gets = ROUTES.iter().filter(|route| route.method.as_http() == Method::GET);
    gets.map(|route: &RouteSpec| (route.path, route.path.replace("{file}", "app.css")))
}

#[tokio::test]
async fn a_method_that_a_route_does_not_have_is_405_and_says_which_it_has() {
    let site = Site::start().await;
    let mut ann = site.administrator("ann@example.com", "acme").await;
    let token = ann.token().await;
    let before = site.management().await.everything().await;
    for (route, path) in paths() {
        for method in
            [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE]
        {
            if has(route, &method) {
                continue;
            }
            let request = site.address.request(method.clone(), &path).header(ACCEPT, "text/html");
            let request = request.header(ORIGIN, site.address.origin());
            let form = [("csrf", token.as_str()), ("organization", "acme-2"), ("_method", "DELETE")];
            let answer = ann.send(request.form(&form), &path).await;
            answer.is(405);
            let mut allowed: Vec<_> = answer.header("allow").split(',').map(str::trim).collect();
            allowed.sort_unstable();
            assert_eq!(allowed, methods_of(route), "{method} {path}");
        }
    }
    assert!(ann.is_signed_in().await);
    assert_eq!(site.management().await.everything().await, before);
}

#[tokio::test]
async fn head_is_get_without_the_body_and_opens_nothing() {
    let site = Site::start().await;
    let mut ann = site.administrator("ann@example.com", "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let mut stranger = site.browser();
    for person in [&mut ann, &mut eve, &mut stranger] {
        for (_, path) in paths() {
            let mut other = person.clone();
            let get = person.send(site.address.request(Method::GET, &path), &path).await;
            let head = other.send(site.address.request(Method::HEAD, &path), &path).await;
            assert_eq!(head.status, get.status, "{path}");
            assert_eq!(head.body, "", "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        }
    }
}

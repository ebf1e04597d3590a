//! C08 and advisory 10: a cache in front of the product never gives one person what belongs to another.
//!
//! The proxy here caches whatever it may (RFC 9111, section 3) and looks at no cookie, as content delivery networks that
//! are set up carelessly do: what the product's headers do not forbid is given to whoever asks next.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tenantry_web::{ROUTES, RouteSpec};
use tokio::net::TcpListener;

use crate::browser::Browser;
use crate::site::{Site, client};

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";
const MOST_BYTES: usize = 1 << 20;

type Kept = (StatusCode, HeaderMap, Bytes);

/// A cache that everybody shares.
#[derive(Clone)]
struct Cache {
    behind: SocketAddr,
    http: reqwest::Client,
    kept: Arc<Mutex<HashMap<String, Kept>>>,
}

impl Cache {
    /// Puts one in front of the product; answers where it listens.
    async fn in_front_of(site: &Site) -> (Self, SocketAddr) {
        let cache = Self { behind: site.address.socket(), http: client(), kept: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(serve).with_state(cache.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (cache, address)
    }

    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<_> = self.kept.lock().unwrap().keys().cloned().collect();
        paths.sort();
        paths
    }
}

/// Whether a shared cache may keep it: nothing forbids it, and it says for how long or has a status that is kept anyway.
fn may_be_kept((status, headers, _): &Kept) -> bool {
    let control = headers.get(header::CACHE_CONTROL).map_or("", |value| value.to_str().unwrap());
    let says = |word: &str| control.split(',').any(|directive| directive.trim().starts_with(word));
    let is_kept_anyway =
        matches!(status.as_u16(), 200 | 203 | 204 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501);
    !says("no-store") && !says("private") && (is_kept_anyway || says("max-age") || says("public"))
}

async fn serve(State(cache): State<Cache>, request: Request) -> Response {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let is_get = request.method() == Method::GET;
    let kept = cache.kept.lock().unwrap().get(&target).cloned();
    if let Some(kept) = kept.filter(|_| is_get) {
        return kept.into_response();
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.unwrap();
    let url = format!("http://{}{target}", cache.behind);
    let answer =
        cache.http.request(parts.method, url).headers(parts.headers).body(body).send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(header::TRANSFER_ENCODING);
    let fresh = (status, headers, answer.bytes().await.unwrap());
    if is_get && may_be_kept(&fresh) {
        cache.kept.lock().unwrap().insert(target, fresh.clone());
    }
    let (status, headers, body) = fresh;
    (status, headers, Body::from(body)).into_response()
}

/// Every page that can be asked for without an id.
fn targets() -> Vec<String> {
    let gets = ROUTES.iter().filter(|route| route.method.as_http() == Method::GET);
    let without_ids = gets.filter(|route: &&RouteSpec| !route.path.contains('{'));
    let mut targets: Vec<_> = without_ids.map(|route| route.path.to_owned()).collect();
    targets.extend(
        ["/nothing-here", "/home/profile?x=1", "/home/style.css", "/api/auth/me.css"].map(str::to_owned),
    );
    targets
}

async fn looks_at_everything(person: &mut Browser) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for target in targets() {
        let answer = person.get(&target).await;
        seen.push((target, format!("{:?}{}", answer.headers, answer.body)));
    }
    seen
}

#[tokio::test]
async fn c08_nobody_gets_through_a_cache_what_another_was_shown() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "annas-tea").await;
    let mut bob = site.administrator(BOB, "bobs").await;
    let mut stranger = site.browser();
    let (cache, address) = Cache::in_front_of(&site).await;
    for person in [&mut ann, &mut bob, &mut stranger] {
        person.site = person.site.behind(address);
    }
    let (secret, other) = (ann.session(), bob.session());
    let of_ann = looks_at_everything(&mut ann).await;
    assert!(of_ann.iter().any(|(_, seen)| seen.contains(ANN)), "the control: Ann sees her own address");
    for (target, seen) in looks_at_everything(&mut bob).await {
        assert!(
            !seen.contains(ANN) && !seen.contains("annas-tea") && !seen.contains(&secret),
            "Bob at {target}: {seen}"
        );
    }
    for (target, seen) in looks_at_everything(&mut stranger).await {
        for theirs in [ANN, BOB, "annas-tea", "bobs", &secret, &other] {
            assert!(!seen.contains(theirs), "{theirs} for a stranger at {target}: {seen}");
        }
    }
    for path in cache.paths() {
        assert!(path.starts_with("/assets/") || is_public_data(&path), "{path} is kept for everybody");
    }
    // What may be kept is: the proxy does cache.
    let page = stranger.get("/").await;
    let asset =
        page.body.split('"').find(|part| part.starts_with("/assets/")).expect("a stylesheet").to_owned();
    stranger.get(&asset).await.is(200);
    assert!(cache.paths().contains(&asset), "{:?}", cache.paths());
}

/// What says the same to everybody and is no page.
fn is_public_data(path: &str) -> bool {
    path == "/api/v1/openapi.json"
}

#[tokio::test]
async fn adv10_a_login_through_a_cache_gives_its_session_to_nobody_else() {
    let site = Site::start().await;
    let (cache, address) = Cache::in_front_of(&site).await;
    let mut ann = site.browser();
    ann.site = ann.site.behind(address);
    ann.sign_up(ANN).await;
    assert!(ann.is_signed_in().await, "the control");
    let kept = cache.kept.lock().unwrap().clone();
    for (path, (_, headers, _)) in kept {
        assert!(!headers.contains_key(header::SET_COOKIE), "{path} is kept with its cookie");
    }
    let mut bob = site.browser();
    bob.site = bob.site.behind(address);
    looks_at_everything(&mut bob).await;
    assert!(!bob.is_signed_in().await);
}

#[tokio::test]
async fn adv10_a_session_ends_whatever_the_browser_keeps() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    site.clock.advance(std::time::Duration::from_secs(7 * 24 * 3600 + 1));
    assert!(ann.cookie("sid").is_some(), "the browser still sends it");
    assert!(!ann.is_signed_in().await, "it is worth nothing");
}

//! Requests of the wrong size and shape: bodies, headers, targets, and what is hardly HTTP at all.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN};

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;
use crate::wire;

const ANN: &str = "ann@example.com";
const FORM: &str = "application/x-www-form-urlencoded";

async fn post_body(ann: &mut Browser, body: Vec<u8>) -> Answer {
    let origin = ann.site.origin();
    let request =
        ann.site.request(Method::POST, "/orgprompt").header(ORIGIN, origin).header(CONTENT_TYPE, FORM);
    ann.send(request.body(body), "/orgprompt").await
}

#[tokio::test]
async fn s6_a_body_may_have_64_kib() {
    let site = Site::start().await;
    let mut ann = site.browser();
    let body = |size: usize| {
        let start = "organization=nobody&x=".to_owned();
        let rest = "a".repeat(size - start.len());
        [start, rest].concat().into_bytes()
    };
    post_body(&mut ann, body(64 * 1024)).await.is(422);
    for size in [64 * 1024 + 1, 1024 * 1024, 3 * 1024 * 1024] {
        post_body(&mut ann, body(size)).await.is(413);
    }
    let many: String = (0..20_000).map(|_| "a=&").collect();
    post_body(&mut ann, many.into_bytes()).await.is(422);
    post_body(&mut ann, b"organization=%ff".to_vec()).await.is(422);
    post_body(&mut ann, b"organization=\xff\xfe".to_vec()).await.is(422);
    post_body(&mut ann, b"organization=a&organization=b".to_vec()).await.is(422);
    post_body(&mut ann, b"".to_vec()).await.is(422);
}

#[tokio::test]
async fn s6_a_body_of_unknown_length_is_limited_too() {
    let site = Site::start().await;
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(65536));
    let origin = site.address.origin();
    let head = format!(
        "POST /orgprompt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: {origin}\r\nContent-Type: {FORM}\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    let large = format!("{head}{}0\r\n\r\n", chunk.repeat(3));
    assert_eq!(wire::status(&wire::exchange(site.address.socket(), large.as_bytes()).await), 413);
    let broken = format!("{head}5\r\nabc");
    let answer = wire::exchange(site.address.socket(), broken.as_bytes()).await;
    assert!(answer.is_empty() || !answer.starts_with("HTTP/1.1 5"), "{answer}");
}

#[tokio::test]
async fn s6_large_and_odd_headers_do_no_harm() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let sid = ann.session();
    for size in [4096, 16 * 1024, 32 * 1024] {
        let cookies = format!("junk={}; sid={sid}", "x".repeat(size));
        let request = site.address.request(Method::GET, "/api/auth/me").header(COOKIE, cookies);
        let answer = site.address.send(request, "/api/auth/me").await;
        assert!([200, 431].contains(&answer.status.as_u16()), "{size}: {}", answer.summary());
    }
    let many = "a=1; ".repeat(2000);
    let request =
        site.address.request(Method::GET, "/api/auth/me").header(COOKIE, format!("{many}sid={sid}"));
    site.address.send(request, "/api/auth/me").await.is(200);
    // Attempts that somebody made up are forgotten with the oldest.
    let forged = (0..50).map(|number| format!("login-{number}=x")).collect::<Vec<_>>().join("; ");
    let request = site.address.request(Method::GET, "/api/auth/login").header(COOKIE, forged);
    let answer = site.address.send(request, "/api/auth/login").await;
    assert!(answer.is(303).set_cookies().len() <= 51);
    ann.get("/home").await.is(200);
}

#[tokio::test]
async fn s6_paths_are_taken_as_they_are_written() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let socket = site.address.socket();
    for target in [
        "/%2e%2e/home",
        "/..",
        "/../admin",
        "/home/../admin",
        "/home/%2e%2e/admin",
        "//admin",
        "/admin/",
        "/Admin",
        "/admin%2fmembers",
        "/admin%00",
        "/admin;x=1",
        "/assets/../../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e%2f%2e%2e%2fCargo.toml",
        "/assets/%00",
        "/.git/config",
        "/.env",
    ] {
        assert_eq!(wire::status_of(socket, target).await, 404, "{target}");
    }
    for target in ["/admin", "/admin?x=%00", "/home/profile"] {
        assert_eq!(wire::status_of(socket, target).await, 303, "the control: {target}");
    }
    for odd in [
        "GET http://evil.example/home HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        "GET /home HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /home HTTP/1.0\r\n\r\n",
        "GET /\u{e9} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "BREW /home HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /orgprompt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /orgprompt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: -1\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        let answer = wire::exchange(socket, odd.as_bytes()).await;
        assert!(!answer.starts_with("HTTP/1.1 5") && !answer.contains("evil.example/"), "{odd}: {answer}");
    }
    assert_eq!(wire::status_of(socket, "/healthz").await, 200, "and it still serves");
}

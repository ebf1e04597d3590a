//! C01, C02 and C09: what the session's cookie is, and what is not it.

use reqwest::Method;
use reqwest::header::{COOKIE, HeaderValue};

use crate::site::Site;

const ANN: &str = "ann@example.com";

fn parts(cookie: &str) -> (String, String, Vec<String>) {
    let mut parts = cookie.split("; ");
    let (name, value) = parts.next().unwrap().split_once('=').unwrap();
    let mut attributes: Vec<_> = parts.map(str::to_owned).collect();
    attributes.sort();
    (name.to_owned(), value.to_owned(), attributes)
}

/// The two cookies of a login, as the product sets them.
async fn cookies_of_a_login(site: &Site) -> [(String, String, Vec<String>); 2] {
    let mut ann = site.newcomer(ANN).await;
    let begun = ann.get("/api/auth/login").await;
    let prefix = if site.address.url.scheme() == "https" { "__Host-" } else { "" };
    let attempt = parts(begun.set_cookie(&format!("{prefix}login-")));
    let arrived = ann.hop(&begun.location()).await;
    let answer = ann.hop(&arrived.location()).await;
    [attempt, parts(answer.set_cookie(&format!("{prefix}sid=")))]
}

#[tokio::test]
async fn c01_over_http_the_cookies_are_for_this_site_and_no_script() {
    let site = Site::start().await;
    let [attempt, session] = cookies_of_a_login(&site).await;
    assert_eq!(attempt.2, ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax"]);
    assert_eq!(session.2, ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax"]);
    assert_eq!(session.0, "sid");
    assert_eq!(session.1.len(), 43, "256 random bits");
}

#[tokio::test]
async fn c01_over_https_the_cookies_belong_to_the_host_alone() {
    let site = Site::over_https().await;
    let [attempt, session] = cookies_of_a_login(&site).await;
    assert!(attempt.0.starts_with("__Host-login-"), "{attempt:?}");
    assert_eq!(attempt.2, ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(session.0, "__Host-sid");
    assert_eq!(session.2, ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"]);
    assert!(!site.get("/").await.header("strict-transport-security").is_empty());
}

#[tokio::test]
async fn c01_the_database_does_not_know_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let site = Site::with(|settings| settings.data = tenantry::DataPlace::Folder(path.clone())).await;
    let ann = site.newcomer(ANN).await;
    let secret = ann.session();
    site.stop().await;
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.is_file() {
            bytes.extend(std::fs::read(file).unwrap());
        }
    }
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has(ANN), "these are the files that hold the session");
    assert!(!has(&secret), "whoever reads the database can take over the session");
}

/// What a request with exactly these `Cookie` headers is to the product.
async fn is_signed_in(site: &Site, lines: &[&[u8]]) -> bool {
    let request = lines.iter().fold(site.address.request(Method::GET, "/api/auth/me"), |request, line| {
        request.header(COOKIE, HeaderValue::from_bytes(line).unwrap())
    });
    let status = site.address.send(request, "/api/auth/me").await.status.as_u16();
    assert!([200, 401].contains(&status), "{status}: {lines:?}");
    status == 200
}

#[tokio::test]
async fn c02_a_cookie_of_another_name_signs_nobody_in() {
    for (site, name) in [(Site::start().await, "sid"), (Site::over_https().await, "__Host-sid")] {
        let secret = site.newcomer(ANN).await.session();
        let good = format!("{name}={secret}");
        assert!(is_signed_in(&site, &[good.as_bytes()]).await, "the control");
        for line in [
            format!("%5F%5FHost-sid={secret}"),
            format!("%73id={secret}"),
            format!("__host-sid={secret}"),
            format!("SID={secret}"),
            format!("={name}={secret}"),
            format!("{name} ={secret}"),
            format!("x=1;\t{name}={secret}"),
            format!("\u{2000}{name}={secret}"),
            format!("{name}\u{2000}={secret}"),
            format!("\"{name}\"={secret}"),
            format!("{name}=\"{secret}\""),
            format!("{name}= {secret}"),
            format!("{name}=%{:02x}{}", secret.as_bytes()[0], &secret[1..]),
            format!("{name}.0={secret}"),
            format!("x={name}={secret}"),
            format!("{name}={secret}, x=1"),
            format!("{name}={secret}x"),
            format!("{name}={}", &secret[..42]),
            format!("{name}="),
            name.to_owned(),
        ] {
            assert!(!is_signed_in(&site, &[line.as_bytes()]).await, "{line:?}");
        }
    }
}

#[tokio::test]
async fn c02_over_https_a_cookie_without_the_prefix_signs_nobody_in() {
    let site = Site::over_https().await;
    let secret = site.newcomer(ANN).await.session();
    assert!(!is_signed_in(&site, &[format!("sid={secret}").as_bytes()]).await);
}

#[tokio::test]
async fn c02_of_two_cookies_neither_is_believed() {
    let site = Site::start().await;
    let (ann, bob) = (site.newcomer(ANN).await.session(), site.newcomer("bob@example.com").await.session());
    let (ann, bob) = (format!("sid={ann}"), format!("sid={bob}"));
    for lines in [
        vec![format!("{ann}; {bob}")],
        vec![format!("{ann};{ann}")],
        vec![ann.clone(), bob.clone()],
        vec![format!("a=1; {ann}"), format!("{bob}; b=2")],
        vec![format!("{ann}; sid=")],
    ] {
        let lines: Vec<_> = lines.iter().map(String::as_bytes).collect();
        assert!(!is_signed_in(&site, &lines).await, "{lines:?}");
    }
}

#[tokio::test]
async fn c02_what_else_is_in_the_header_signs_nobody_out() {
    let site = Site::start().await;
    let sid = format!("sid={}", site.newcomer(ANN).await.session()).into_bytes();
    for (before, after) in [
        (&b""[..], &b""[..]),
        (b"theirs=\xff\xfe; ", b""),
        (b"", b"; theirs=\x80"),
        (b"na\xefve=1; ", b"; \xe2\x80\x80=2"),
        (b"a; =; ==; ;; \"; ", b"; \"unclosed=\"; %zz=%"),
        (b"other=1;", b";another=2"),
        (b"%5F%5FHost-sid=evil; ", b"; __Host-sid=evil"),
    ] {
        let line = [before, &sid, after].concat();
        assert!(is_signed_in(&site, &[&line]).await, "{}", String::from_utf8_lossy(&line));
    }
    assert!(is_signed_in(&site, &[b"theirs=\xff", &sid, b"more=1"]).await, "in a header of its own");
}

#[tokio::test]
async fn c09_a_long_wish_still_fits_into_a_cookie() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let id = site.management().await.organization_id("acme").await;
    let page = format!("/home/{}", "a".repeat(500));
    let answer = site.get(&format!("/api/auth/login?organization={id}&returnTo={page}")).await;
    assert!(answer.is(303).set_cookie("login-").len() <= 4096);
}

//! An organization's look: who may change it, what is taken, and that its people see it at once, readable.

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ORIGIN};
use reqwest::{Method, StatusCode};

use crate::answer::Answer;
use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";
const PAGE: &str = "/admin/customization";

/// A PNG of one row, which `width` tells from others.
fn picture(width: u8) -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0";
    [&head[..], &[width], b"\0\0\0\x01\x08\x06\0\0\0\0\0\0\0"].concat()
}

fn look<'a>(name: &'a str, primary: &'a str, background: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![("display_name", name), ("colours", "own"), ("primary", primary), ("background", background)]
}

impl Browser {
    /// Sends a file as the page's form would.
    async fn upload(&mut self, file: &[u8]) -> Answer {
        let token = self.token().await;
        let mut body = format!(
            "--XyZ\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--XyZ\r\nContent-Disposition: \
             form-data; name=\"logo\"; filename=\"logo.png\"\r\nContent-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        body.extend(file);
        body.extend(b"\r\n--XyZ--\r\n");
        let path = "/admin/customization/logo";
        let request = self
            .site
            .request(Method::POST, path)
            .header(ACCEPT, "text/html")
            .header(ORIGIN, self.site.origin())
            .header(CONTENT_TYPE, "multipart/form-data; boundary=XyZ");
        self.send(request.body(body), path).await
    }
}

/// Where the page's attribute leads that begins so.
fn found<'a>(body: &'a str, start: &str) -> Option<&'a str> {
    let at = body.find(start)?;
    body[at..].split('"').next()
}

#[tokio::test]
async fn everybody_in_it_sees_the_new_look_on_the_next_page_and_nobody_else_does() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let mut bob = site.administrator(BOB, "bobs").await;
    assert!(!eve.get("/home").await.is(200).body.contains("/looks/"));

    ann.post(PAGE, &look(" Acme & Söns ", "#FF00ff", "#00ff00")).await.leads_to("/admin/customization");
    let page = ann.get("/admin/customization").await;
    assert!(page.is(200).says("Saved. This is what your people see from now on."), "{}", page.summary());
    site.fake().clear_requests();
    for person in [&mut ann, &mut eve] {
        let home = person.get("/home").await;
        assert!(home.is(200).says("Acme & Söns"), "{}", home.summary());
        let path = found(&home.body, "/looks/").expect("a stylesheet of its own").to_owned();
        let sheet = person.get(&path).await;
        assert_eq!(sheet.is(200).headers[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(sheet.headers[CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(sheet.body.contains("--backdrop: light-dark(#00ff00, "), "{}", sheet.body);
        assert!(
            person.get(&path.replace(".css", ".txt")).await.is(200).body.contains(" to 1: easy to read.")
        );
    }
    assert!(site.fake().requests().is_empty(), "a page asks nobody how it looks");
    let home = bob.get("/home").await;
    assert!(!home.is(200).says("Acme") && !home.body.contains("/looks/"), "{}", home.summary());

    let stored = site.management().await.organization("acme").await;
    assert_eq!(stored["display_name"], "Acme & Söns");
    assert_eq!(stored["branding"]["colors"]["primary"], "#ff00ff");
    assert!(stored["metadata"]["subscription"].as_str().unwrap().starts_with("team;"), "{stored}");
    // The login page takes it too.
    let mut stranger = site.browser();
    let login = stranger.post("/orgprompt", &[("organization", "acme")]).await;
    let login = stranger.follow(login).await;
    assert!(
        login.is(200).says("Acme & Söns") && login.body.contains("ff00ff-00ff00.css"),
        "{}",
        login.summary()
    );

    ann.post(PAGE, &[("display_name", "Acme"), ("colours", "product"), ("primary", "x")])
        .await
        .leads_to("/admin/customization");
    assert!(!eve.get("/home").await.is(200).body.contains("/looks/"));
}

#[tokio::test]
async fn what_was_branded_elsewhere_is_seen_from_the_login_on() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let branding = serde_json::json!({
        "display_name": "Acme Elsewhere",
        "branding": { "colors": { "primary": "#123456", "page_background": "#fff" } },
    });
    site.management().await.change_organization("acme", &branding).await;
    let mut ann = site.browser();
    ann.log_in_under("acme", ANN).await;
    let home = ann.get("/home").await;
    assert!(
        home.is(200).says("Acme Elsewhere") && home.body.contains("123456-ffffff.css"),
        "{}",
        home.summary()
    );
}

#[tokio::test]
async fn a_preview_saves_nothing() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let before = site.management().await.organization("acme").await;
    let mut fields = look("Acme & Sons", "#aa0000", "#ffeeee");
    fields.push(("preview", "yes"));
    let page = ann.post(PAGE, &fields).await;
    assert!(
        page.is(200).says("Nothing is saved yet") && page.body.contains("aa0000-ffeeee.css"),
        "{}",
        page.summary()
    );
    assert_eq!(site.management().await.organization("acme").await, before);
    assert!(!ann.get("/home").await.body.contains("/looks/"));
}

#[tokio::test]
async fn a_logo_is_kept_served_to_everybody_replaced_and_removed() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut logos = Vec::new();
    for width in [1, 2] {
        ann.upload(&picture(width)).await.leads_to("/admin/customization");
        let home = ann.get("/home").await;
        let path = found(&home.body, "/logos/").expect("the logo").to_owned();
        let mut stranger = site.browser();
        let logo = stranger.get(&path).await;
        assert_eq!(logo.is(200).headers[CONTENT_TYPE], "image/png");
        assert_eq!(logo.headers[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(logo.headers["content-security-policy"], "default-src 'none'; sandbox");
        logos.push(path);
    }
    assert_ne!(logos[0], logos[1], "another picture is another address");
    ann.get(&logos[0]).await.is(404);
    // Another look leaves it where it is.
    ann.post(PAGE, &look("Acme", "#112233", "#ffffff")).await.is(303);
    assert!(ann.get("/home").await.body.contains(&logos[1]));
    ann.post("/admin/customization/logo", &[("remove", "yes")]).await.leads_to("/admin/customization");
    assert!(!ann.get("/home").await.body.contains("/logos/"));
    ann.get(&logos[1]).await.is(404);
}

#[tokio::test]
async fn s6_what_can_not_be_is_explained_and_changes_nothing() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let before = site.management().await.organization("acme").await;
    let long = "a".repeat(101);
    for (name, says) in [
        ("", "Enter a name"),
        (" \u{3000} ", "Enter a name"),
        (long.as_str(), "at most 100 characters"),
        ("Ac\u{202e}me", "can’t be seen"),
        ("Ac\u{200b}me", "can’t be seen"),
        ("Go to evil.com", "web address"),
        ("https://evil.example/login", "web address"),
    ] {
        let page = ann.post(PAGE, &look(name, "#112233", "#ffffff")).await;
        assert!(page.is(422).says(says), "{name:?}: {}", page.summary());
        assert_eq!(page.field("display_name"), name, "nothing typed is lost");
    }
    for name in ["line\nbreak", "nul\0"] {
        ann.post(PAGE, &look(name, "#112233", "#ffffff")).await.is(422);
    }
    let script = "\"><script>alert(1)</script>";
    for colour in ["", "red", "#12345", "#1234567", "rgb(1,2,3)", "#11223g", script] {
        for fields in [look("Acme", colour, "#ffffff"), look("Acme", "#112233", colour)] {
            let page = ann.post(PAGE, &fields).await;
            assert!(page.is(422).says("# and six digits"), "{colour:?}: {}", page.summary());
            assert!(!page.body.contains("<script>alert"));
        }
    }
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for (file, says) in [
        (&b""[..], "Choose a picture"),
        (svg, "PNG, JPEG or WebP"),
        (b"GIF89a\x01\0\x01\0", "PNG, JPEG or WebP"),
        (&[picture(1), vec![0; 64 * 1024]].concat(), "at most 64 KB"),
        (&picture(0), "2,048 by 2,048 pixels"),
    ] {
        let page = ann.upload(file).await;
        assert!(page.is(422).says(says), "{}", page.summary());
    }
    for size in [300, 400, 4000] {
        let page = ann.upload(&vec![0; size * 1024]).await;
        assert!(page.is(422).says("at most 64 KB"), "{}", page.summary());
    }
    assert!(ann.upload(&vec![0; 9 * 1024 * 1024]).await.is(413).says("larger than 8 MiB"));
    assert_eq!(site.management().await.organization("acme").await, before);
    assert!(!ann.get("/home").await.body.contains("/logos/"));
    for path in ["/looks/none/112233-ffffff.css", "/logos/0123", "/logos/%2e%2e%2f", "/looks/x/%00.css"] {
        ann.get(path).await.is(404);
    }
}

#[tokio::test]
async fn a_choice_that_is_not_offered_takes_nothing_away() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    ann.post(PAGE, &look("Acme", "#112233", "#ffffff")).await.is(303);
    ann.upload(&picture(1)).await.is(303);
    let before = site.management().await.organization("acme").await;
    for wrong in ["zzz", "", "OWN", "none"] {
        for preview in [false, true] {
            let mut fields = vec![("display_name", "Other"), ("colours", wrong), ("primary", "#445566")];
            if preview {
                fields.push(("preview", "yes"));
            }
            let page = ann.post(PAGE, &fields).await;
            assert!(page.is(422).says("Choose one of the two"), "{wrong}: {}", page.summary());
            assert!(
                page.body.contains("id=\"colours-error\"") && page.body.contains("value=\"own\" checked")
            );
            assert_eq!(page.field("display_name"), "Other", "nothing typed is lost");
        }
    }
    ann.post(PAGE, &[("display_name", "Other")]).await.is(422);
    ann.post("/admin/customization/logo", &[("remove", "zzz")]).await.is(422);
    assert_eq!(site.management().await.organization("acme").await, before);
    let home = ann.get("/home").await;
    assert!(home.body.contains("112233-ffffff.css") && home.body.contains("/logos/"), "{}", home.summary());
}

#[tokio::test]
async fn who_may_not_change_it_changes_nothing() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    let mut person = site.newcomer("person@example.com").await;
    let before = site.management().await.organization("acme").await;
    for browser in [&mut eve, &mut person] {
        browser.get(PAGE).await.is(403);
        browser.post(PAGE, &look("Mine", "#112233", "#ffffff")).await.is(403);
        browser.upload(&picture(1)).await.is(403);
        browser.get("/admin/customization/delete").await.is(403);
    }
    // A role that was taken at the provider a moment ago counts no more, whatever the session says.
    site.management().await.take_role("acme", ANN, "Administrator").await;
    ann.post(PAGE, &look("Mine", "#112233", "#ffffff")).await.is(403);
    ann.get(PAGE).await.is(403);
    assert_eq!(site.management().await.organization("acme").await, before);
    assert_eq!(site.browser().get(PAGE).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whoever_may_not_change_it_is_told_so_before_what_they_sent_is_looked_at() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut eve = site.member("eve@example.com", "acme", &["Employee"]).await;
    eve.post(PAGE, &[("display_name", "Acme"), ("display_name", "Acme")]).await.is(403);
    eve.post("/admin/customization/logo", &[("remove", "no")]).await.is(403);
    eve.upload(b"no picture").await.is(403);
}

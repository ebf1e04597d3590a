//! Forms: what is typed is kept, what is wrong is said beside the field, and nothing odd gets further than the edge.

use axum::http::Method;
use tenantry_domain::Role::Administrator;

use crate::browser::{BASE, Browser};
use crate::world::World;

const YEAR: &str = "2027-11-23T12:00:00.000Z";

#[tokio::test]
async fn an_organization_is_looked_up_by_name() {
    let world = World::new();
    world.organization("acme-1", &format!("team;{YEAR};active"), &[("Ann Lee", Administrator)]);
    let mut browser = Browser::new(&world);
    for (typed, message) in [
        ("", "Enter the name of your organization"),
        ("   ", "Enter the name of your organization"),
        ("nobody-here", "No organization has this name"),
        ("a", "No organization has this name"),
    ] {
        let answer = browser.submit("/orgprompt", "/orgprompt", &[("organization", typed)]).await;
        answer.shows(422, &[message, "aria-invalid=\"true\"", &format!("value=\"{typed}\"")]);
    }
    let away = browser.submit("/orgprompt", "/orgprompt", &[("organization", " Acme-1 ")]).await;
    let back = browser.come_back(away.location(), "Ann Lee").await;
    assert_eq!(back.location(), "/home");
    browser.get("/admin").await.shows(200, &["Plan and seats of acme-1"]);
}

#[tokio::test]
async fn what_can_not_be_text_is_refused_by_name() {
    let mut browser = Browser::new(&World::new());
    for (body, message) in [
        ("organization=acme%00", "Organization has characters in it"),
        ("organization=acme%0d%0aSet-Cookie:x", "Organization has characters in it"),
        ("organization=a&organization=b", "Organization was sent twice"),
        ("organization=%ff%fe", "not text in UTF-8"),
    ] {
        let answer = browser.post("/orgprompt", body.to_owned()).await;
        answer.shows(422, &[message]);
    }
    let huge = format!("organization={}", "x".repeat(65 * 1024));
    browser.post("/orgprompt", huge).await.shows(413, &["64 KiB"]);
    browser.post("/orgprompt", "a&".repeat(30_000)).await.shows(422, &["Enter the name"]);
}

#[tokio::test]
async fn what_was_typed_comes_back_escaped() {
    let mut browser = Browser::new(&World::new());
    let typed = "\"><script>alert(1)</script>{{7*7}}";
    let answer = browser.submit("/orgprompt", "/orgprompt", &[("organization", typed)]).await;
    answer.shows(422, &["&#60;script&#62;", "{{7*7}}"]).hides(&["<script>alert", "value=\"\"><"]);
}

#[tokio::test]
async fn an_organizations_name_is_refused_with_what_would_be_right() {
    let world = World::new();
    world.organization("taken", &format!("team;{YEAR};active"), &[]);
    world.person("Wade Ting", &format!("team;{YEAR};activation"));
    let mut browser = Browser::signed_in(&world, "Wade Ting", None).await;
    let page = "/home/register-business";
    for (typed, message) in [
        ("", "Enter a name, for example acme."),
        ("ab", "Use 3 to 50 characters."),
        ("Acme", "Use lower-case letters only"),
        ("org_acme", "A name can&#39;t start with org_"),
        ("taken", "This name is taken: choose another"),
    ] {
        let answer = browser.submit(page, page, &[("organization", typed)]).await;
        answer.shows(422, &[message, &format!("value=\"{typed}\""), "Create organization"]);
    }
    assert_eq!(world.tenant_names(), ["taken"]);
    browser.submit(page, page, &[("organization", "acme-1")]).await.location();
    assert_eq!(world.tenant_names(), ["taken", "acme-1"]);
}

#[tokio::test]
async fn a_form_needs_its_own_origin_even_when_nobody_is_signed_in() {
    let mut browser = Browser::new(&World::new());
    let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let send = async |browser: &mut Browser, headers: &[(&str, &str)]| {
        browser.send(Method::POST, "/orgprompt", headers, "organization=".to_owned()).await.status.as_u16()
    };
    assert_eq!(send(&mut browser, &[form, ("origin", BASE)]).await, 422);
    assert_eq!(send(&mut browser, &[form, ("sec-fetch-site", "same-origin")]).await, 422);
    assert_eq!(send(&mut browser, &[form]).await, 403);
    assert_eq!(send(&mut browser, &[form, ("origin", "https://evil.example")]).await, 403);
}

//! Every page in every state holds to what all pages promise. With `TENANTRY_PREVIEW` set to a directory they are
//! written there, to be looked at.

use std::path::Path;

use tenantry_domain::Role::{Administrator, Employee};

use crate::browser::{Answer, Browser};
use crate::world::{Fault, World};

const YEAR: &str = "2027-11-23T12:00:00.000Z";

#[expect(clippy::too_many_lines, reason = "a list of pages")]
async fn every_page() -> Vec<(&'static str, Answer)> {
    let mut pages = Vec::new();
    let world = World::new();
    world.organization(
        "acme-1",
        &format!("team;{YEAR};active"),
        &[
            ("Ann Lee", Administrator),
            ("Bo Ek", Employee),
            ("Chidi Okafor", Employee),
            ("Dora Maria Sanchez", Employee),
        ],
    );
    world.organization(
        "old-co",
        "team;2026-11-01T12:00:00.000Z;active",
        &[("Olga Rey", Administrator), ("Emil Y", Employee)],
    );
    world.person("Tess Ryan", "trial;2026-11-24T00:00:00.000Z;active");
    world.person("Exa Pired", "trial;2026-11-22T00:00:00.000Z;active");
    world.person("Wade Ting", &format!("team;{YEAR};activation"));
    world.person("Out Sider", &format!("enterprise;{YEAR};active"));
    world.person("Per Sonal", &format!("personal;{YEAR};activation"));
    world.person("Gar Bled", "gibberish");

    let mut stranger = Browser::new(&world);
    for (name, path) in [
        ("landing", "/"),
        ("pricing", "/pricing"),
        ("about", "/about"),
        ("customers", "/customers"),
        ("orgprompt", "/orgprompt"),
        ("not-found", "/nowhere"),
        ("login-failed", "/api/auth/callback?code=1&state=2"),
    ] {
        pages.push((name, stranger.get(path).await));
    }
    let unknown = stranger.post("/orgprompt", "organization=nobody-here".to_owned()).await;
    pages.push(("orgprompt-unknown", unknown));

    let mut tess = Browser::signed_in(&world, "Tess Ryan", None).await;
    for (name, path) in [
        ("home-trial", "/home"),
        ("home-search-empty", "/home?q=submarines"),
        ("profile-trial", "/home/profile"),
        ("upgrade", "/home/upgrade-plan"),
        ("checkout", "/home/confirm-plan?plan=team"),
        ("logout", "/api/auth/logout"),
        ("landing-signed-in", "/"),
        ("forbidden", "/admin"),
    ] {
        pages.push((name, tess.get(path).await));
    }
    let fields = [("card_number", "4000 0000 0000 0002"), ("expiry", "12/34"), ("cvc", "123")];
    let declined = tess.submit("/home/confirm-plan?plan=team", "/home/confirm-plan", &fields).await;
    pages.push(("checkout-declined", declined));
    let fields = [("card_number", "4242"), ("expiry", "12-34"), ("cvc", "1")];
    let wrong = tess.submit("/home/confirm-plan?plan=team", "/home/confirm-plan", &fields).await;
    pages.push(("checkout-wrong", wrong));

    for (name, person) in [
        ("home-expired", "Exa Pired"),
        ("home-outside", "Out Sider"),
        ("home-unsubscribed", "Gar Bled"),
        ("home-activation", "Wade Ting"),
    ] {
        pages.push((name, Browser::signed_in(&world, person, None).await.get("/home").await));
    }
    let mut wade = Browser::signed_in(&world, "Wade Ting", None).await;
    pages.push((
        "business-wrong",
        wade.submit("/home", "/home/register-business", &[("organization", "AC")]).await,
    ));
    let mut per = Browser::signed_in(&world, "Per Sonal", None).await;
    pages.push(("personal", per.get("/home/register-personal").await));

    let mut ann = Browser::signed_in(&world, "Ann Lee", Some("acme-1")).await;
    for (name, path) in [
        ("home-team", "/home"),
        ("admin", "/admin"),
        ("members", "/admin/members"),
        ("members-past-the-end", "/admin/members?cursor=50"),
        ("members-found", "/admin/members?q=Bo+E"),
        ("members-not-found", "/admin/members?q=Nobody"),
        ("members-search-wrong", "/admin/members?q=x"),
        ("member", "/admin/members/edit-member?user_id=auth0%7Cbo.ek"),
        ("member-you", "/admin/members/edit-member?user_id=auth0%7Cann.lee"),
        ("member-remove", "/admin/members/remove?user_id=auth0%7Cbo.ek"),
        ("member-transfer", "/admin/members/transfer?user_id=auth0%7Cbo.ek"),
        ("leave", "/home/leave"),
        ("activity", "/admin/activity"),
        ("profile-team", "/home/profile"),
        ("upgrade-team", "/home/upgrade-plan"),
        ("checkout-again", "/home/confirm-plan?plan=team"),
    ] {
        pages.push((name, ann.get(path).await));
    }
    let mut emil = Browser::signed_in(&world, "Emil Y", Some("old-co")).await;
    pages.push(("home-expired-employee", emil.get("/home").await));
    pages.push(("upgrade-employee", emil.get("/home/upgrade-plan").await));
    let mut olga = Browser::signed_in(&world, "Olga Rey", Some("old-co")).await;
    pages.push(("admin-expired", olga.get("/admin").await));
    world.breaks(Fault::Outage);
    pages.push(("unavailable", ann.get("/home").await));
    pages
}

/// What is shown when something stands in the way.
async fn every_obstacle() -> Vec<(&'static str, Answer)> {
    let mut pages = Vec::new();
    let world = World::new();
    let mut stranger = Browser::new(&world);
    world.organization("acme-1", &format!("team;{YEAR};active"), &[]);
    world.dismiss("acme-1", "Nora Role");
    let mut nora = Browser::signed_in(&world, "Nora Role", Some("acme-1")).await;
    pages.push(("home-without-role", nora.get("/home").await));
    let away = stranger.get("/api/auth/login?organization=org_acme-1").await;
    pages.push(("not-a-member", stranger.come_back(away.location(), "Eve Il").await));

    let long = "the-institute-for-very-long-names-and-other-things";
    for (name, person, organization) in
        [("business-again", "Ines Te", "acme-2"), ("business-again-long", "Lon Ger", long)]
    {
        world.person(person, &format!("team;{YEAR};activation"));
        let mut browser = Browser::signed_in(&world, person, None).await;
        world.breaks(Fault::NoNewTenants);
        browser.submit("/home", "/home/register-business", &[("organization", organization)]).await;
        world.is_mended();
        pages.push((name, browser.get("/home").await));
    }
    let mut tess = Browser::signed_in(&world, "Tess Ryan", None).await;
    let fields = [("card_number", "4242 4242 4242 4242"), ("expiry", "12/34"), ("cvc", "123")];
    let checkout = tess.get("/home/confirm-plan?plan=team").await;
    world.breaks(Fault::AnotherWindow);
    pages.push(("payment-conflict", tess.submit_on(&checkout, "/home/confirm-plan", &fields).await));
    world.is_mended();
    world.breaks(Fault::LostCard);
    pages.push(("payment-failed", tess.submit_on(&checkout, "/home/confirm-plan", &fields).await));
    pages.push(("payment-wait", tess.get("/home/confirm-plan?plan=team").await));
    world.breaks(Fault::Bug);
    pages.push(("bug", stranger.post("/orgprompt", "organization=acme-1").await));
    pages
}

#[tokio::test]
async fn every_page_is_sound() {
    let pages: Vec<_> = every_page().await.into_iter().chain(every_obstacle().await).collect();
    if let Some(directory) = std::env::var_os("TENANTRY_PREVIEW") {
        write(Path::new(&directory), &pages).await;
    }
    for (name, page) in &pages {
        let html = &page.body;
        assert!(html.starts_with("<!doctype html>") && html.contains("<html lang=\"en\""), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}: one heading");
        assert_eq!(html.matches("<main").count(), 1, "{name}: one main part");
        assert!(!html.contains(" style=") && !html.contains("<style"), "{name}: an inline style");
        assert!(
            !html.contains("onclick") && html.matches("<script").count() == 1,
            "{name}: an inline script"
        );
        assert!(!html.replace("http://www.w3.org/2000/svg", "").contains("://"), "{name}: another host");
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: an id twice");
        for form in html.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
            let form = &form[..form.find("</form>").unwrap()];
            assert!(form.contains("name=\"csrf\""), "{name}: a form without a token");
        }
        for input in html.split("<input").skip(1).filter(|input| !input.contains("type=\"hidden\"")) {
            let input = &input[..input.find('>').unwrap()];
            let id = input.split("id=\"").nth(1).and_then(|rest| rest.split('"').next());
            let id = id.unwrap_or_else(|| panic!("{name}: an input without id: {input}"));
            assert!(html.contains(&format!("for=\"{id}\"")), "{name}: {id} has no label");
        }
    }
}

/// Writes the pages so that a browser can open them from the disk, with the files they refer to.
async fn write(directory: &Path, pages: &[(&'static str, Answer)]) {
    std::fs::create_dir_all(directory).unwrap();
    let mut browser = Browser::new(&World::new());
    for (name, page) in pages {
        let html = page.body.replace("\"/assets/", "\"");
        std::fs::write(directory.join(format!("{name}.html")), html).unwrap();
    }
    for file in pages[0].1.body.split("\"/assets/").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]) {
        let asset = browser.get(&format!("/assets/{file}")).await;
        std::fs::write(directory.join(file), asset.shows(200, &[]).body.as_bytes()).unwrap();
    }
}

//! Where a person stands decides what the pages show, and there is always a way on.

use std::time::Duration;

use tenantry_domain::Role::{Administrator, Employee};

use crate::browser::Browser;
use crate::world::World;

const YEAR: &str = "2027-11-23T12:00:00.000Z";
const COURSE: &str = "12 lessons";

#[tokio::test]
async fn home_shows_what_stands_between_a_person_and_the_courses() {
    let world = World::new();
    for (person, subscription, texts, has_courses) in [
        ("Tri Al", "trial;2026-11-25T00:00:00.000Z;active".to_owned(), vec!["You have 2 days left"], true),
        ("Per Son", format!("personal;{YEAR};active"), vec!["Welcome, Per Son"], true),
        (
            "Ex Pired",
            "trial;2026-11-23T12:00:00.000Z;active".to_owned(),
            vec!["Your trial subscription expired", "/home/upgrade-plan"],
            false,
        ),
        (
            "Wa Ting",
            format!("team;{YEAR};activation"),
            vec!["Name of your organization", "your Team plan is paid"],
            false,
        ),
        (
            "Out Side",
            format!("enterprise;{YEAR};active"),
            vec!["You belong to no organization any more", "href=\"/orgprompt\""],
            false,
        ),
        ("Gar Bled", "gibberish".to_owned(), vec!["Choose a plan to start", "/home/upgrade-plan"], false),
    ] {
        world.person(person, &subscription);
        let mut browser = Browser::signed_in(&world, person, None).await;
        let home = browser.get("/home").await;
        home.shows(200, &texts);
        assert_eq!(home.body.contains(COURSE), has_courses, "{person}");
        for page in ["/home/profile", "/home/upgrade-plan", "/pricing"] {
            assert_eq!(browser.get(page).await.status, 200, "{person} {page}");
        }
        browser.get("/home/upgrade-plan").await.shows(200, &["/home/confirm-plan?plan=team"]);
    }
}

#[tokio::test]
async fn a_trial_runs_out_under_an_open_session() {
    let world = World::new();
    let mut browser = Browser::signed_in(&world, "Ann Lee", None).await;
    browser.get("/home").await.shows(200, &[COURSE, "stroke-dasharray=\"100 100\""]);
    world.clock.advance(Duration::from_hours(18));
    browser.get("/home").await.shows(200, &[COURSE, "stroke-dasharray=\"25 100\""]);
    world.clock.advance(Duration::from_hours(6));
    browser.get("/home").await.shows(200, &["Your trial subscription expired"]).hides(&[COURSE]);
    browser.get("/home?q=charts").await.hides(&[COURSE]);
}

#[tokio::test]
async fn courses_can_be_searched() {
    let mut browser = Browser::signed_in(&World::new(), "Ann Lee", None).await;
    browser.get("/home?q=rust").await.shows(200, &["Rust without fear"]).hides(&["Plain words"]);
    browser
        .get("/home?q=sub%22marine")
        .await
        .shows(200, &["No course matches “sub&#34;marine”", "Show all courses"]);
}

#[tokio::test]
async fn fault_1_only_administrators_see_the_settings() {
    let world = World::new();
    let people = [("Ann Lee", Administrator), ("Bo Ek", Employee)];
    world.organization("acme-1", &format!("team;{YEAR};active"), &people);
    let mut ann = Browser::signed_in(&world, "Ann Lee", Some("acme-1")).await;
    ann.get("/admin").await.shows(200, &["of 20 seats used", "<b>2</b>", "max=\"20\" value=\"2\""]);
    ann.get("/admin/members")
        .await
        .shows(200, &["Ann Lee", "bo.ek@example.com", "Administrator", "Employee"]);
    for (person, organization, reason) in [
        ("Bo Ek", Some("acme-1"), "Only Administrators can do this"),
        ("Ann Lee", None, "This belongs to an organization"),
    ] {
        let mut browser = Browser::signed_in(&world, person, organization).await;
        for page in ["/admin", "/admin/members"] {
            browser.get(page).await.shows(403, &[reason]).hides(&["seats", "example.com"]);
        }
    }
}

#[tokio::test]
async fn a_change_made_at_the_provider_is_seen_within_a_minute() {
    let world = World::new();
    world.organization("acme-1", &format!("team;{YEAR};active"), &[("Ann Lee", Administrator)]);
    let mut ann = Browser::signed_in(&world, "Ann Lee", Some("acme-1")).await;
    ann.get("/home").await.shows(200, &["Settings"]);
    world.appoint("acme-1", "Ann Lee", Employee);
    world.clock.advance(Duration::from_mins(1));
    ann.get("/home").await.shows(200, &["acme-1"]).hides(&["Settings"]);
    ann.get("/admin").await.shows(403, &["Only Administrators can do this"]);
}

#[tokio::test]
async fn without_a_role_nothing_of_the_organization_is_open() {
    let world = World::new();
    world.organization("acme-1", &format!("team;{YEAR};active"), &[]);
    world.organization("on-trial", "trial;2026-11-25T00:00:00.000Z;active", &[]);
    for organization in ["acme-1", "on-trial"] {
        world.dismiss(organization, "No Role");
        let mut browser = Browser::signed_in(&world, "No Role", Some(organization)).await;
        let home = browser.get("/home").await;
        let heading = format!("You have no role in <span class=\"named\">{organization}</span>");
        home.shows(200, &[&heading, "one of its Administrators gives you a role", ">Sign out</button>"])
            .hides(&[COURSE, "trial subscription", "href=\"/admin"]);
        assert_eq!(home.link("Sign in with your own account"), "/api/auth/login?returnTo=/home");
        assert_eq!(home.link("Sign in to another organization"), "/orgprompt");
        browser.get("/home?q=charts").await.shows(200, &[&heading]).hides(&[COURSE]);
        for page in ["/admin", "/admin/members", "/home/confirm-plan?plan=team"] {
            browser.get(page).await.shows(403, &["Only Administrators can do this"]);
        }
        for page in ["/home/profile", "/home/upgrade-plan", "/pricing"] {
            browser.get(page).await.shows(200, &[]).hides(&["trial subscription", "href=\"/admin"]);
        }
        world.appoint(organization, "No Role", Employee);
        world.clock.advance(Duration::from_mins(1));
        browser.get("/home").await.shows(200, &[COURSE]);
    }
}

#[tokio::test]
async fn members_come_in_pages() {
    let world = World::new();
    let names: Vec<String> = (10..70).map(|number| format!("Member {number}")).collect();
    let mut people = vec![("Ann Lee", Administrator)];
    people.extend(names.iter().map(|name| (name.as_str(), Employee)));
    world.organization("acme-1", &format!("enterprise;{YEAR};active"), &people);
    let mut ann = Browser::signed_in(&world, "Ann Lee", Some("acme-1")).await;
    let first = ann.get("/admin/members").await;
    first.shows(200, &["Member 33", "/admin/members?cursor=25"]).hides(&["Member 34", "First page"]);
    let second = ann.get("/admin/members?cursor=25").await;
    second
        .shows(200, &["Member 34", "Member 58", "First page", "Next page"])
        .hides(&["Member 33", "Member 59"]);
    let third = ann.get("/admin/members?cursor=50").await;
    third.shows(200, &["Member 59", "Member 69", "First page"]).hides(&["Member 58", "Next page"]);
    ann.get("/admin/members?cursor=made-up").await.shows(422, &["This page of members does not exist"]);
    ann.get("/admin/members?cursor=1&cursor=2").await.shows(422, &["Cursor was sent twice"]);
    ann.get("/admin").await.shows(200, &["<b>61</b>", "seats used, of any number"]);
}

#[tokio::test]
async fn fault_10_an_organizations_expired_plan_locks_and_offers_the_way_to_pay() {
    let world = World::new();
    let people = [("Ann Lee", Administrator), ("Bo Ek", Employee)];
    world.organization("old-co", "team;2026-11-23T12:00:00.000Z;active", &people);
    let mut ann = Browser::signed_in(&world, "Ann Lee", Some("old-co")).await;
    ann.get("/home")
        .await
        .shows(200, &["Your Team subscription expired", "/home/upgrade-plan"])
        .hides(&[COURSE]);
    ann.get("/admin").await.shows(200, &["Expired", "/home/upgrade-plan"]);
    ann.get("/admin/members").await.shows(402, &["plan has ended", "/home/upgrade-plan"]).hides(&["Bo Ek"]);
    let mut bo = Browser::signed_in(&world, "Bo Ek", Some("old-co")).await;
    bo.get("/home").await.shows(200, &["Ask an Administrator"]).hides(&[COURSE]);
    bo.get("/home/upgrade-plan").await.shows(200, &["Only Administrators"]).hides(&["confirm-plan"]);
    bo.get("/home/confirm-plan?plan=team").await.shows(403, &["Only Administrators can do this"]);
}

#[tokio::test]
async fn colours_follow_the_choice() {
    let mut browser = Browser::new(&World::new());
    browser.get("/").await.hides(&["data-theme=\""]);
    browser.jar = vec![("theme".to_owned(), "dark".to_owned())];
    browser.get("/").await.shows(200, &["<html lang=\"en\" data-theme=\"dark\">"]);
    browser.get("/nowhere").await.shows(404, &["<html lang=\"en\" data-theme=\"dark\">"]);
    browser.jar = vec![("theme".to_owned(), "\"><script>".to_owned())];
    browser.get("/").await.shows(200, &["<html lang=\"en\">"]);
}

//! Who belongs to an organization, and as what: never without an Administrator, never by an id of somebody else's, and
//! never longer than the membership.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::browser::Browser;
use crate::management::Management;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const EVE: &str = "eve@example.com";
const EDIT: &str = "/admin/members/edit-member";
const REMOVE: &str = "/admin/members/remove";
const TRANSFER: &str = "/admin/members/transfer";

/// Acme, which Ann runs, and where Eve has this role.
async fn acme(role: &str) -> (Site, Management, Browser, Browser, String) {
    let site = Site::start().await;
    let ann = site.administrator(ANN, "acme").await;
    let eve = site.member(EVE, "acme", &[role]).await;
    let management = site.management().await;
    let user = management.user_id(EVE).await;
    (site, management, ann, eve, user)
}

/// The names of somebody's roles in acme; `None` for who is no member.
async fn roles_of(management: &Management, email: &str) -> Option<Vec<String>> {
    let (user, everything) = (management.user_id(email).await, management.everything().await);
    let members = everything["organizations"][0]["members"].as_array().unwrap().clone();
    let member = members.into_iter().find(|member| member["user_id"] == user.as_str())?;
    let mut roles: Vec<_> = member["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["name"].as_str().unwrap().to_owned())
        .collect();
    roles.sort();
    Some(roles)
}

/// Whether the answer begins a login under the organization that the session was under.
fn begins_a_login(answer: &Answer) {
    let location = answer.is(303).header("location");
    assert!(location.starts_with("/api/auth/login?returnTo=/home&organization=org"), "{}", answer.summary());
}

/// Whoever's sessions have ended logs in later than that: here, time moves when it is told to.
fn a_moment_later(site: &Site) {
    site.clock.advance(Duration::from_secs(1));
}

fn encoded(user: &str) -> String {
    user.replace('|', "%7C")
}

#[tokio::test]
async fn a_member_is_searched_edited_and_removed_and_each_step_is_said_once() {
    let (_site, management, mut ann, _eve, user) = acme("Employee").await;
    let found = ann.get("/admin/members?q=eve").await;
    assert!(
        found.is(200).says(EVE) && !found.says("@example.com You") && found.says("Show the access of"),
        "{}",
        found.summary()
    );
    assert!(found.body.contains(&format!("{EDIT}?user_id={}", encoded(&user))), "{}", found.body);
    assert!(ann.get("/admin/members?q=nobody").await.is(200).says("Nobody is found"));
    assert!(ann.get("/admin/members?q=ev").await.is(422).says("at least 3 characters"));

    let page = ann.get(&format!("{EDIT}?user_id={}", encoded(&user))).await;
    assert!(page.is(200).says(EVE) && page.links_to(REMOVE) && page.links_to(TRANSFER), "{}", page.summary());
    let both = [("user_id", user.as_str()), ("role.Administrator", "on"), ("role.Employee", "on")];
    ann.post(EDIT, &both).await.leads_to("/admin/members");
    let said = format!("{EVE} is now an Administrator and Employee.");
    assert!(ann.get("/admin/members").await.is(200).says(&said));
    assert!(!ann.get("/admin/members").await.is(200).says(&said), "it is said once");
    assert_eq!(roles_of(&management, EVE).await.unwrap(), ["Administrator", "Employee"]);

    assert!(
        ann.get(&format!("{REMOVE}?user_id={}", encoded(&user)))
            .await
            .is(200)
            .says("Their membership ends now")
    );
    ann.post(REMOVE, &[("user_id", &user)]).await.leads_to("/admin/members");
    let page = ann.get("/admin/members").await;
    assert!(page.is(200).says("is no longer a member"), "{}", page.summary());
    assert_eq!(roles_of(&management, EVE).await, None);

    let log = ann.get("/admin/activity").await;
    let text = log.is(200).text();
    let (removed, changed) =
        (format!("Removed {EVE}"), format!("Changed roles. {EVE}: Administrator and Employee"));
    let (removed, changed) = (text.find(&removed), text.find(&changed));
    assert!(removed.is_some() && removed < changed, "the latest first: {}", log.summary());
    ann.get("/admin/activity?cursor=nonsense").await.is(422);
}

#[tokio::test]
async fn nobody_can_put_words_into_a_page() {
    let (site, _management, mut ann, mut eve, user) = acme("Employee").await;
    ann.post(EDIT, &[("user_id", &user), ("role.Employee", "on")]).await.leads_to("/admin/members");
    let flash = ann.cookie("flash").expect("something waits to be said");
    for (name, value) in [("plain", "You+won"), ("of somebody else", flash.as_str())] {
        let line = format!("flash={value}; Path=/").parse().unwrap();
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert(reqwest::header::SET_COOKIE, line);
        eve.cookies.take(&site.address.url, &headers);
        let page = eve.get("/home").await;
        assert!(!page.is(200).says("won") && !page.says("is now"), "{name}: {}", page.summary());
    }
}

#[tokio::test]
async fn fault03_nobody_is_shown_or_changed_by_the_id_of_another_organization() {
    let (site, management, mut ann, _eve, _user) = acme("Employee").await;
    site.administrator("bob@example.com", "bobs").await;
    let bob = management.user_id("bob@example.com").await;
    let before = management.everything().await;
    for user in [bob.as_str(), "auth0|000000000000000000000000", "", "../organizations"] {
        for path in [EDIT, REMOVE, TRANSFER] {
            let shown = ann.get(&format!("{path}?user_id={}", encoded(user))).await;
            assert!(!shown.is(404).says("bob@"), "{}", shown.summary());
            ann.post(path, &[("user_id", user), ("role.Employee", "on")]).await.is(404);
        }
    }
    assert_eq!(management.everything().await, before);
}

#[tokio::test]
async fn fault01_fault14_what_the_browser_says_of_roles_is_checked() {
    let (_site, management, mut ann, mut eve, user) = acme("Employee").await;
    let before = management.everything().await;
    for (fields, status) in [
        (vec![("role.Owner", "on")], 422),
        (vec![("role.administrator", "on"), ("role.Employee", "on")], 422),
        (vec![("roles", "Administrator")], 422),
        (vec![], 422),
    ] {
        let mut sent = vec![("user_id", user.as_str())];
        sent.extend(fields);
        ann.post(EDIT, &sent).await.is(status);
        eve.post(EDIT, &sent).await.is(403);
    }
    for path in [EDIT, REMOVE, TRANSFER] {
        let own = [("user_id", user.as_str()), ("role.Administrator", "on")];
        eve.post(path, &own).await.is(403);
        eve.get(&format!("{path}?user_id={}", encoded(&user))).await.is(403);
    }
    eve.get("/admin/activity").await.is(403);
    assert_eq!(management.everything().await, before);
}

#[tokio::test]
async fn fault11_an_administrator_who_is_none_any_more_changes_nothing() {
    let (_site, management, mut ann, mut eve, _user) = acme("Administrator").await;
    management.take_role("acme", EVE, "Administrator").await;
    let user = management.user_id(ANN).await;
    for path in [EDIT, REMOVE, TRANSFER] {
        let answer = eve.post(path, &[("user_id", &user), ("role.Employee", "on")]).await;
        answer.is(403);
    }
    assert_eq!(roles_of(&management, ANN).await.unwrap(), ["Administrator"]);
    ann.get("/admin/members").await.is(200);
}

#[tokio::test]
async fn fault13_the_last_administrator_stays() {
    let (_site, management, mut ann, _eve, _user) = acme("Employee").await;
    let own = management.user_id(ANN).await;
    let page = ann.get(&format!("{EDIT}?user_id={}", encoded(&own))).await;
    assert!(page.is(200).says("You are the only Administrator"), "{}", page.summary());
    let page = ann.post(EDIT, &[("user_id", &own), ("role.Employee", "on")]).await;
    assert!(page.is(409).says("needs an Administrator"), "{}", page.summary());
    let page = ann.get("/home/leave").await;
    assert!(page.is(200).says("First find another Administrator"), "{}", page.summary());
    assert!(page.links_to("/admin/members") && !page.says("membership ends now"), "{}", page.summary());
    let page = ann.post("/home/leave", &[]).await;
    assert!(
        page.is(409).says("needs an Administrator") && page.links_to("/admin/members"),
        "{}",
        page.summary()
    );
    ann.post(REMOVE, &[("user_id", &own)]).await.is(422);
    ann.post(TRANSFER, &[("user_id", &own)]).await.is(422);
    ann.get(&format!("{REMOVE}?user_id={}", encoded(&own))).await.leads_to("/home/leave");
    assert_eq!(roles_of(&management, ANN).await.unwrap(), ["Administrator"]);
    ann.get("/admin/members").await.is(200);
}

#[tokio::test]
async fn fault13_a_removed_member_is_out_at_once() {
    let (site, _management, mut ann, mut eve, user) = acme("Employee").await;
    // A login that is under way when the membership ends begins no session.
    let mut late = site.browser();
    let away = late.post("/orgprompt", &[("organization", "acme")]).await;
    let login = late.follow(away).await;
    eve.get("/home").await.is(200);
    ann.post(REMOVE, &[("user_id", &user)]).await.leads_to("/admin/members");
    assert!(!eve.is_signed_in().await, "her session has ended");
    let answer = late.fill(&login, &[("username", EVE), ("password", tenantry_tests::steps::PASSWORD)]).await;
    let page = late.follow(answer).await;
    assert!(!page.status.is_success() && !late.is_signed_in().await, "{}", page.summary());
    // She is told so, wherever she goes on, as long as she has only that session; her own account is as it was.
    for path in ["/home", "/home/profile", "/admin/members", "/home"] {
        let told = eve.get(path).await;
        assert!(told.is(403).says("You are no longer a member of acme"), "{}", told.summary());
        assert!(told.links_to("/api/auth/login") && told.links_to("/orgprompt"), "{}", told.summary());
    }
    assert!(eve.post("/home/leave", &[]).await.is(403).says("no longer a member of acme"));
    assert_eq!(eve.get("/api/auth/me").await.status.as_u16(), 401);
    let home = eve.open("/api/auth/login?returnTo=/home").await;
    assert!(home.is(200).says("Personal"), "{}", home.summary());
    // Whoever goes back in is told why not, with a way on.
    let away = eve.post("/orgprompt", &[("organization", "acme")]).await;
    let refused = eve.follow(away).await;
    assert!(refused.is(403).says("not a member of this organization"), "{}", refused.summary());
    assert!(refused.links_to("/orgprompt"), "{}", refused.summary());
}

#[tokio::test]
async fn fault13_whoever_was_demoted_goes_on_as_an_employee_and_c06_the_old_session_is_dead() {
    let (site, _management, mut ann, mut eve, user) = acme("Administrator").await;
    eve.get("/admin/members").await.is(200);
    let old = eve.clone();
    ann.post(EDIT, &[("user_id", &user), ("role.Employee", "on")]).await.leads_to("/admin/members");
    a_moment_later(&site);
    // The provider still knows her browser: it asks for nothing, and the organization is the same.
    let home = eve.open("/home").await;
    assert!(home.is(200).says("learning with acme") && !home.links_to("/admin"), "{}", home.summary());
    assert_ne!(eve.session(), old.session());
    assert!(!old.clone().is_signed_in().await, "C06: the old session works");
    let mut old = old;
    let page = old.open("/admin/members").await;
    page.is(403);
    assert!(!page.says("no longer a member"), "{}", page.summary());
}

#[tokio::test]
async fn c03_whoever_gets_other_roles_signs_in_anew_with_them() {
    let (site, management, mut ann, mut eve, user) = acme("Employee").await;
    let fields = [("user_id", user.as_str()), ("role.Administrator", "on")];
    ann.post(EDIT, &fields).await.leads_to("/admin/members");
    assert!(!eve.is_signed_in().await);
    a_moment_later(&site);
    eve.log_in_under("acme", EVE).await;
    eve.get("/admin/members").await.is(200);

    let own = management.user_id(ANN).await;
    let answer = ann.post(EDIT, &[("user_id", &own), ("role.Employee", "on")]).await;
    begins_a_login(&answer);
    a_moment_later(&site);
    assert!(!ann.is_signed_in().await);
    let home = ann.follow(answer).await;
    assert!(
        home.is(200).says("You are now an Employee.") && home.says("learning with acme"),
        "{}",
        home.summary()
    );
    ann.get("/admin/members").await.is(403);
}

#[tokio::test]
async fn an_organization_changes_hands() {
    let (site, management, mut ann, mut eve, user) = acme("Employee").await;
    let question = ann.get(&format!("{TRANSFER}?user_id={}", encoded(&user))).await;
    assert!(question.is(200).says("You become an Employee"), "{}", question.summary());
    let answer = ann.post(TRANSFER, &[("user_id", &user)]).await;
    begins_a_login(&answer);
    a_moment_later(&site);
    let home = ann.follow(answer).await;
    assert!(home.is(200).says("runs the organization now"), "{}", home.summary());
    ann.get("/admin").await.is(403);
    assert!(!eve.is_signed_in().await);
    a_moment_later(&site);
    eve.log_in_under("acme", EVE).await;
    let log = eve.get("/admin/activity").await;
    assert!(log.is(200).says(&format!("Handed the organization over to {EVE}")), "{}", log.summary());
    assert!(log.says(ANN), "who did it is named: {}", log.summary());
    assert_eq!(roles_of(&management, ANN).await.unwrap(), ["Employee"]);
    assert_eq!(roles_of(&management, EVE).await.unwrap(), ["Administrator", "Employee"]);
}

#[tokio::test]
async fn whoever_leaves_goes_on_with_their_own_account() {
    let (site, management, _ann, mut eve, _user) = acme("Employee").await;
    assert!(eve.get("/home/profile").await.is(200).links_to("/home/leave"));
    assert!(eve.get("/home/leave").await.is(200).says("Leave acme"));
    let answer = eve.post("/home/leave", &[]).await;
    answer.leads_to("/api/auth/login?returnTo=/home");
    a_moment_later(&site);
    assert!(!eve.is_signed_in().await);
    let home = eve.follow(answer).await;
    assert!(home.is(200).says("You have left acme.") && home.says("Personal"), "{}", home.summary());
    assert_eq!(roles_of(&management, EVE).await, None);
    eve.get("/home/leave").await.is(403);
}

#[tokio::test]
async fn fault13_of_two_administrators_who_step_back_at_once_one_stays() {
    for _ in 0..3 {
        let (site, management, mut ann, mut eve, user) = acme("Administrator").await;
        let own = management.user_id(ANN).await;
        let (mut steps, tokens) = (JoinSet::new(), [ann.token().await, eve.token().await]);
        for (browser, user, token) in [(ann, own, &tokens[0]), (eve, user, &tokens[1])] {
            for path in [EDIT, "/home/leave"] {
                let (mut browser, user, token) = (browser.clone(), user.clone(), token.clone());
                steps.spawn(async move {
                    let fields = [("csrf", token.as_str()), ("user_id", &user), ("role.Employee", "on")];
                    browser.post_exactly(path, &fields).await.status.as_u16()
                });
            }
        }
        let statuses = steps.join_all().await;
        let run_by = management.everything().await.to_string().matches(r#""name":"Administrator""#).count();
        assert_eq!(run_by, 1, "{statuses:?}");
        site.stop().await;
    }
}

#[tokio::test]
async fn who_is_no_member_any_more_is_still_named_in_the_activity() {
    let (site, management, mut ann, mut eve, user) = acme("Employee").await;
    ann.post(EDIT, &[("user_id", &user), ("role.Administrator", "on")]).await.is(303);
    a_moment_later(&site);
    eve.log_in_under("acme", EVE).await;
    let gone = management.user_id(ANN).await;
    eve.post("/admin/members/remove", &[("user_id", &gone)]).await.is(303);
    let log = eve.get("/admin/activity").await;
    assert!(log.is(200).says(&format!("Removed {ANN}")), "{}", log.summary());
    let (_, row) = log.body.split_once("<tbody>").expect("what was done");
    let [_, first] = row.split("<tr>").skip(1).collect::<Vec<_>>().try_into().expect("two lines");
    assert!(first.contains(&format!("<strong>{ANN}</strong>")), "{first}");
}

#[tokio::test]
async fn fault15_a_search_asks_once_and_the_activity_not_at_all() {
    let (site, _management, mut ann, mut eve, user) = acme("Employee").await;
    ann.post(EDIT, &[("user_id", &user), ("role.Administrator", "on")]).await.is(303);
    a_moment_later(&site);
    eve.log_in_under("acme", EVE).await;
    // Whether they may leave depends on who else runs it.
    for (path, most) in [("/admin/members?q=eve", 1), ("/admin/activity", 0), ("/home/leave", 2)] {
        site.fake().clear_requests();
        eve.get(path).await.is(200);
        let calls = site.fake().requests();
        assert!(calls.len() <= most, "{path} asked {} times: {calls:?}", calls.len());
    }
}

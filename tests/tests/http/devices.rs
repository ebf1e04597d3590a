//! C06: where a person is signed in, and how they sign out there.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::USER_AGENT;

use crate::browser::Browser;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";
const SESSIONS: &str = "/home/account/sessions";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
const SECOND: Duration = Duration::from_secs(1);

/// The handles that the page offers to end.
async fn handles(browser: &mut Browser) -> Vec<String> {
    let page = browser.get(SESSIONS).await;
    let fields = page.is(200).forms().into_iter().flat_map(|form| form.fields);
    fields.filter(|(name, _)| name == "session").map(|(_, value)| value).collect()
}

#[tokio::test]
async fn a_person_sees_where_they_are_signed_in_and_with_what() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut laptop = site.browser();
    laptop.log_in(ANN).await;
    site.newcomer(BOB).await;
    site.clock.advance(Duration::from_mins(6));
    let request = site.address.request(Method::GET, "/home").header(USER_AGENT, FIREFOX);
    laptop.send(request.header("x-forwarded-for", "198.51.100.7"), "/home").await.is(200);
    site.clock.advance(Duration::from_mins(2));
    let page = ann.get(SESSIONS).await;
    let text = page.text();
    for part in [
        "Firefox on Linux",
        "127.0.0.x",
        "This browser",
        "Under acme",
        "With your own account",
        "2 minutes ago",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
    assert!(!text.contains("198.51.100"), "a header is not an address: {text}");
    assert!(!page.body.contains(FIREFOX) && !text.contains(BOB), "{text}");
    assert_eq!(text.matches("This browser").count(), 1);
    assert_eq!(handles(&mut ann).await.len(), 1);
}

#[tokio::test]
async fn c06_a_session_that_is_ended_elsewhere_is_over_with_its_next_request() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut phone = site.browser();
    phone.log_in(ANN).await;
    let mut tablet = site.browser();
    tablet.log_in(ANN).await;
    assert!(phone.is_signed_in().await && tablet.is_signed_in().await, "the control");
    let [of_ann, of_tablet] = handles(&mut phone).await.try_into().unwrap();
    let both = handles(&mut ann).await;
    let of_phone = both.iter().find(|handle| **handle != of_ann && **handle != of_tablet).unwrap();
    let answer = ann.post("/home/account/sessions/end", &[("session", of_phone)]).await;
    answer.leads_to("/home/account/sessions");
    assert!(ann.get(SESSIONS).await.says("Signed out there."));
    assert!(!phone.is_signed_in().await, "the old cookie still works");
    for path in ["/home", "/home/profile", SESSIONS] {
        let answer = phone.get(path).await;
        assert!(answer.is(303).header("location").starts_with("/api/auth/login"), "{}", answer.summary());
    }
    assert!(ann.is_signed_in().await && tablet.is_signed_in().await);
    assert_eq!(handles(&mut ann).await.len(), 1);
}

#[tokio::test]
async fn c06_logging_out_everywhere_ends_all_but_the_one_at_hand_and_logins_under_way() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let mut other = site.browser();
        other.log_in(ANN).await;
        assert!(other.is_signed_in().await, "the control");
        others.push(other);
    }
    let mut bob = site.newcomer(BOB).await;
    let mut late = others[0].clone();
    let under_way = late.get("/api/auth/login").await;
    site.clock.advance(SECOND);
    let answer = ann.post("/home/account/sessions/end-others", &[]).await;
    answer.leads_to("/home/account/sessions");
    for other in &mut others {
        assert!(!other.is_signed_in().await, "an old cookie still works");
        assert!(other.get("/home").await.is(303).header("location").starts_with("/api/auth/login"));
    }
    let arrived = late.hop(&under_way.location()).await;
    let refused = late.hop(&arrived.location()).await;
    assert!(refused.is(400).says("You were logged out meanwhile"), "{}", refused.summary());
    assert!(ann.is_signed_in().await && bob.is_signed_in().await);
    assert!(handles(&mut ann).await.is_empty());
    site.clock.advance(SECOND);
    let mut again = site.browser();
    again.log_in(ANN).await;
    assert!(again.is_signed_in().await, "nobody is kept out");
}

#[tokio::test]
async fn somebody_elses_session_an_absent_and_a_malformed_one_are_the_same() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut bob = site.newcomer(BOB).await;
    let mut bobs_phone = site.browser();
    bobs_phone.log_in(BOB).await;
    let of_bob = handles(&mut bob).await;
    let whole = "A".repeat(43);
    let mut bodies = Vec::new();
    for handle in [of_bob[0].as_str(), "AAAAAAAAAAAAAAAA", whole.as_str(), "' OR 1=1 --", "%", "_", ""] {
        let answer = ann.post("/home/account/sessions/end", &[("session", handle)]).await;
        bodies.push(answer.is(404).body.split("request ").next().unwrap().to_owned());
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    for browser in [&mut ann, &mut bob, &mut bobs_phone] {
        assert!(browser.is_signed_in().await);
    }
}

#[tokio::test]
async fn what_names_a_session_stands_for_no_cookie() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let mut phone = site.browser();
    phone.log_in(ANN).await;
    let handle = handles(&mut ann).await.remove(0);
    assert_eq!(handle.len(), 16);
    for cookie in [handle.clone(), handle.repeat(3)[..43].to_owned()] {
        let request =
            site.address.request(Method::GET, "/api/auth/me").header("cookie", format!("sid={cookie}"));
        assert_eq!(site.address.send(request, "/api/auth/me").await.status.as_u16(), 401);
    }
    assert!(!phone.session().contains(&handle));
}

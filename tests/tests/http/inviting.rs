//! Inviting: who may, what becomes of each address, and that seats are never given away twice (F11, F12, I4).

use std::collections::HashSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::browser::Browser;
use crate::provider::{Provider, Trouble};
use crate::site::Site;

const ANN: &str = "ann@example.com";
const ADD: &str = "/admin/members/add-member";
const RESEND: &str = "/admin/members/resend-invitation";
const REVOKE: &str = "/admin/members/revoke-invitation";

/// Invites one address for a day, and waits until the day is over; answers which invitation it was.
async fn has_expired(site: &Site, ann: &mut Browser, email: &str) -> String {
    let fields = [("emails", email), ("role", "Employee"), ("hours", "24")];
    ann.post("/admin/members/add-member", &fields).await.is(200);
    let id = ann.get("/admin/members").await.field("invitation");
    site.clock.advance(Duration::from_hours(25));
    id
}

#[tokio::test]
async fn each_line_is_answered_and_what_was_not_invited_stays() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    site.member("emp@acme.example", "acme", &["Employee"]).await;
    ann.invite("bo@acme.example").await.is(200);
    let pasted =
        "Cy <cy@acme.example>, nobody\nbo@acme.example; emp@acme.example\nCY@acme.example\nann@example.com";
    let answer = ann.invite(pasted).await;
    answer.is(422);
    for words in [
        "1 invitation is on the way",
        "nobody : This is not an e-mail address",
        "CY@acme.example : This address is in the list twice",
        "bo@acme.example : Is invited already",
        "emp@acme.example : Belongs to your organization already",
        "ann@example.com : Belongs to your organization already",
    ] {
        assert!(answer.says(words), "{words}: {}", answer.text());
    }
    let left = "nobody\nCY@acme.example\nbo@acme.example\nemp@acme.example\nann@example.com</textarea>";
    assert!(answer.body.contains(left), "{}", answer.body);
    assert_eq!(site.management().await.invitations("acme").await.len(), 2);
}

#[tokio::test]
async fn a_bad_field_invites_nobody() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let many: String =
        (0..101).map(|number| format!("user{number}@acme.example")).collect::<Vec<_>>().join("\n");
    let long = "x".repeat(501);
    for (emails, message, words) in [
        ("", "", "Enter at least one e-mail address"),
        (many.as_str(), "", "at most 100 addresses"),
        ("bo@acme.example", "see https://evil.example", "Leave web addresses out"),
        ("bo@acme.example", long.as_str(), "at most 500 characters"),
        ("bo@acme.example", "a\0b", "can’t be seen"),
    ] {
        let fields = [("emails", emails), ("message", message), ("role", "Employee")];
        let answer = ann.post("/admin/members/add-member", &fields).await;
        assert!(answer.is(422).says(words), "{words}: {}", answer.summary());
    }
    assert!(site.management().await.invitations("acme").await.is_empty());
}

/// The mails that this address got, by where they lead.
fn mails(site: &Site, email: &str) -> Vec<String> {
    let mailbox = site.fake().mailbox().unwrap();
    mailbox.into_iter().filter(|mail| mail.to == email).map(|mail| mail.link).collect()
}

#[tokio::test]
async fn s14_the_link_goes_to_the_invited_person_and_no_page_shows_it() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let sent = ann.invite("bo@acme.example\ncy@acme.example").await;
    assert!(sent.is(200).says("2 invitations are on the way") && sent.says("bo@acme.example"));
    let mailbox = format!("href=\"{}#mailbox\"", site.identity);
    assert!(sent.says("Our identity provider mails each of them") && sent.body.contains(&mailbox));
    let partly = ann.invite("bo@acme.example\ndi@acme.example").await;
    partly.is(422);
    let members = ann.get("/admin/members").await;
    let id = members.is(200).field("invitation");
    ann.post(RESEND, &[("invitation", &id)]).await.leads_to("/admin/members");
    let resent = ann.get("/admin/members").await;
    let listed = ann.get("/api/v1/organization/invitations").await;
    let mut links = Vec::new();
    for email in ["bo@acme.example", "cy@acme.example", "di@acme.example"] {
        links.extend(mails(&site, email));
    }
    assert_eq!(links.len(), 4, "a mail for each, and another one for whom it was sent again: {links:?}");
    for link in links {
        assert!(link.starts_with(site.address.url.as_str()), "{link}");
        let ticket = link.split("invitation=").nth(1).unwrap().split('&').next().unwrap();
        for page in [&sent, &partly, &members, &resent, &listed] {
            assert!(!page.body.contains(ticket), "a live link is shown: {}", page.summary());
        }
    }

    let (_provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let sent = ann.invite("bo@acme.example").await;
    assert!(!sent.is(200).says("mailbox") && !sent.says("development"), "{}", sent.summary());
}

#[tokio::test]
async fn a_way_in_that_is_not_the_organizations_is_said_beside_its_field_and_loses_nothing() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    site.administrator("bob@example.com", "bobs").await;
    let management = site.management().await;
    let new = json!({ "name": "bobs-people", "strategy": "auth0" });
    let theirs = management.call(Method::POST, "connections", Some(new)).await;
    let theirs = theirs["id"].as_str().unwrap();
    let path = format!("organizations/{}/enabled_connections", management.organization_id("bobs").await);
    management.call(Method::POST, &path, Some(json!({ "connection_id": theirs }))).await;
    let long = "../<b>".repeat(50);
    let mut pages = Vec::new();
    for connection in [theirs, "con_0000000000000000", &long] {
        let fields = [
            ("emails", "bo@acme.example\ncy@acme.example"),
            ("role", "Administrator"),
            ("hours", "72"),
            ("connection", connection),
            ("message", "Welcome."),
        ];
        let page = ann.post(ADD, &fields).await;
        assert!(page.is(422).says("no such way to sign in"), "{}", page.summary());
        assert!(page.body.contains("bo@acme.example\ncy@acme.example</textarea>"), "{}", page.body);
        assert!(page.body.contains(">Welcome.</textarea>"), "{}", page.body);
        assert!(page.body.contains("value=\"Administrator\" checked"), "{}", page.body);
        assert!(page.body.contains("value=\"72\" selected"), "{}", page.body);
        assert!(page.body.contains("id=\"connection-error\""), "{}", page.body);
        pages.push(page.text());
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "foreign, absent and malformed are the same");
    assert!(management.invitations("acme").await.is_empty());
}

#[tokio::test]
async fn one_address_is_not_flooded_with_mail() {
    const BO: &str = "bo@acme.example";
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut bob = site.administrator("bob@example.com", "bobs").await;
    ann.invite(BO).await.is(200);
    let (mut refused, mut id) = (None, String::new());
    for _ in 0..40 {
        id = ann.get("/admin/members").await.field("invitation");
        let answer = ann.post(RESEND, &[("invitation", &id)]).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        answer.leads_to("/admin/members");
    }
    let refused = refused.expect("somebody who sends on and on is refused");
    assert!(refused.says("Wait ten minutes") && refused.links_to("/admin/members"), "{}", refused.summary());
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert_eq!((mails(&site, BO).len(), wait), (5, 600));
    let last = mails(&site, BO).pop().unwrap();
    let path = last.strip_prefix(site.address.url.as_str().trim_end_matches('/')).unwrap();
    site.browser().get(path).await.is(200);

    // Neither to take it back first nor to ask as a program sends another one.
    ann.post(REVOKE, &[("invitation", &id)]).await.leads_to("/admin/members");
    let again = ann.invite(&format!("{BO}\ncy@acme.example")).await;
    assert!(again.is(422).says("bo@acme.example : Was sent several"), "{}", again.summary());
    assert_eq!((mails(&site, BO).len(), mails(&site, "cy@acme.example").len()), (5, 1));
    bob.invite(BO).await.is(200);
    assert_eq!(mails(&site, BO).len(), 6, "what one organization sends holds no other one up");

    site.clock.advance(Duration::from_secs(wait));
    ann.invite(BO).await.is(200);
    let id = ann.get("/admin/members").await.field("invitation");
    ann.post(RESEND, &[("invitation", &id)]).await.is(429);
    assert_eq!(mails(&site, BO).len(), 7);
}

#[tokio::test]
async fn a_mail_that_was_not_sent_is_not_counted_and_one_whose_answer_is_lost_is() {
    const BO: &str = "bo@acme.example";
    let (provider, site) = Provider::with_site().await;
    let mut ann = site.administrator(ANN, "acme").await;
    ann.invite(BO).await.is(200);
    site.clock.advance(Duration::from_secs(1));
    let fails = |left, is_carried_out| provider.has(Trouble::AfterChanges { left, is_carried_out });
    let id = ann.get("/admin/members").await.field("invitation");
    for _ in 0..6 {
        fails(0, false);
        ann.post(RESEND, &[("invitation", &id)]).await.is(503);
    }
    // The old link is dead, and there is no new one yet: inviting again completes it, however often it takes.
    fails(1, false);
    ann.post(RESEND, &[("invitation", &id)]).await.is(503);
    for _ in 0..6 {
        fails(0, false);
        let answer = ann.invite(BO).await;
        assert!(answer.is(422).says("Could not be invited just now"), "{}", answer.summary());
    }
    provider.has(Trouble::None);
    ann.invite(BO).await.is(200);
    assert_eq!(provider.management().await.invitations("acme").await.len(), 1);
    let mut sent = 2;
    loop {
        site.clock.advance(Duration::from_millis(1));
        let id = ann.get("/admin/members").await.field("invitation");
        fails(1, true);
        let answer = ann.post(RESEND, &[("invitation", &id)]).await;
        provider.has(Trouble::None);
        if answer.status == 429 {
            break;
        }
        answer.is(503);
        sent += 1;
        assert_eq!(provider.management().await.invitations("acme").await.len(), 1, "it is out all the same");
    }
    assert_eq!(sent, 5, "as many as one address gets");
}

#[tokio::test]
async fn who_is_invited_is_listed_with_the_hour_at_which_it_ends_and_the_day_of_its_beginning() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let fields = [("emails", "bo@acme.example"), ("role", "Employee"), ("hours", "24")];
    ann.post(ADD, &fields).await.is(200);
    let page = ann.get("/admin/members").await;
    assert!(page.says("3 January 2026, 03:04 UTC") && page.says("on 2 January 2026"), "{}", page.text());
}

#[tokio::test]
async fn invitations_belong_to_the_administrators_of_one_organization() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut otto = site.administrator("otto@example.com", "other").await;
    let mut emp = site.member("emp@acme.example", "acme", &["Employee"]).await;
    ann.invite("bo@acme.example").await.is(200);
    let id = ann.get("/admin/members").await.field("invitation");
    for path in ["/admin/members/resend-invitation", "/admin/members/revoke-invitation"] {
        for unknown in [id.as_str(), "uinv_0000000000000000", "", "../x"] {
            otto.post(path, &[("invitation", unknown)]).await.is(404);
        }
        emp.post(path, &[("invitation", &id)]).await.is(403);
    }
    emp.get("/admin/members/add-member").await.is(403);
    emp.invite("eve@evil.example").await.is(403);
    assert_eq!(site.management().await.invitations("acme").await.len(), 1);

    // A role that is gone at the provider is gone at the next change, whatever the session says.
    site.management().await.take_role("acme", ANN, "Administrator").await;
    ann.invite("cy@acme.example").await.is(403);
    assert_eq!(site.management().await.invitations("acme").await.len(), 1);
}

#[tokio::test]
async fn f11_fifty_invitations_at_once_never_exceed_the_seats() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let token = ann.token().await;
    let mut requests = JoinSet::new();
    for number in 0..50 {
        let (mut window, token) = (ann.clone(), token.clone());
        // Every address comes twice.
        let email = format!("user{}@acme.example", number / 2);
        requests.spawn(async move {
            let fields = [("csrf", token.as_str()), ("emails", email.as_str()), ("role", "Employee")];
            window.post_exactly("/admin/members/add-member", &fields).await.status.as_u16()
        });
    }
    let answers = requests.join_all().await;
    let sent = answers.iter().filter(|status| **status == 200).count();
    let listed = site.management().await.invitations("acme").await;
    let emails: HashSet<&str> =
        listed.iter().map(|found| found["invitee"]["email"].as_str().unwrap()).collect();
    assert_eq!((sent, listed.len(), emails.len()), (19, 19, 19), "19 of 20 seats were free: {answers:?}");
    assert!(ann.get("/admin").await.says("1 member, 19 invited, 20 seats"));
    let answer = ann.invite("late@acme.example").await;
    assert!(answer.is(422).says("Every seat is taken"), "{}", answer.summary());
}

#[tokio::test]
async fn f11_an_invitation_that_has_expired_gets_no_seat_back() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let late = has_expired(&site, &mut ann, "late@acme.example").await;
    let others = (0..19).map(|number| format!("user{number}@acme.example")).collect::<Vec<_>>().join("\n");
    ann.invite(&others).await.is(200);
    let answer = ann.post(RESEND, &[("invitation", &late)]).await;
    assert!(answer.is(409).says("has expired") && answer.links_to("/admin/members/add-member"));
    assert!(ann.get("/admin").await.says("1 member, 19 invited, 20 seats"));
}

#[tokio::test]
async fn i4_an_invitation_that_has_expired_does_not_come_back_beside_a_new_one() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let late = has_expired(&site, &mut ann, "late@acme.example").await;
    ann.invite("late@acme.example").await.is(200);
    let management = site.management().await;
    let new = management.invitation_link("acme", "late@acme.example").await;
    ann.post(RESEND, &[("invitation", &late)]).await.is(404);
    assert_eq!(management.invitations("acme").await.len(), 1, "the provider has forgotten the old one");
    assert_eq!(management.invitation_link("acme", "late@acme.example").await, new);
    site.browser().get(&new).await.is(200);
    assert!(ann.get("/admin").await.says("1 member, 1 invited, 20 seats"));
}

#[tokio::test]
async fn f12_an_invitation_whose_answer_is_lost_is_completed_by_the_next_try() {
    for is_carried_out in [false, true] {
        let (provider, site) = Provider::with_site().await;
        let mut ann = site.administrator(ANN, "acme").await;
        provider.has(Trouble::AfterChanges { left: 0, is_carried_out });
        let answer = ann.invite("bo@acme.example").await;
        assert!(answer.is(422).says("Could not be invited just now"), "{}", answer.summary());
        provider.has(Trouble::None);
        assert!(ann.get("/admin").await.says("1 member, 1 invited"), "its seat is kept");
        let page = ann.get("/admin/members").await;
        assert_eq!(page.says("Not sent yet"), !is_carried_out, "{}", page.summary());
        ann.invite("bo@acme.example").await.is(200);
        assert_eq!(provider.management().await.invitations("acme").await.len(), 1);

        let id = ann.get("/admin/members").await.field("invitation");
        let path = "/admin/members/resend-invitation";
        provider.has(Trouble::AfterChanges { left: 1, is_carried_out });
        ann.post(path, &[("invitation", &id)]).await.is(503);
        provider.has(Trouble::None);
        ann.invite("bo@acme.example").await.is(200);
        assert_eq!(provider.management().await.invitations("acme").await.len(), 1, "one link is alive");
    }
}

#[tokio::test]
async fn an_invitation_that_has_expired_is_listed_as_such_until_it_is_taken_back_or_replaced() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let late = has_expired(&site, &mut ann, "late@acme.example").await;
    has_expired(&site, &mut ann, "later@acme.example").await;
    ann.invite("open@acme.example").await.is(200);
    let page = ann.get("/admin/members").await;
    for (email, is_over) in
        [("open@acme.example", false), ("later@acme.example", true), ("late@acme.example", true)]
    {
        let (_, row) = page.body.split_once(&format!("<td>{email}</td>")).expect("it is listed");
        let row = row.split("</tr>").next().unwrap();
        assert_eq!(row.contains("Expired"), is_over, "{row}");
        assert_eq!(row.contains("Send again"), !is_over, "{row}");
    }
    assert!(ann.get("/admin").await.says("1 member, 1 invited, 20 seats"), "what is over holds no seat");

    let revoked = ann.post("/admin/members/revoke-invitation", &[("invitation", &late)]).await;
    revoked.leads_to("/admin/members");
    ann.invite("later@acme.example").await.is(200);
    let page = ann.get("/admin/members").await;
    assert!(!page.body.contains("late@acme.example") && !page.says("Expired"), "{}", page.summary());
    assert_eq!(page.body.matches("<td>later@acme.example</td>").count(), 1);
}

#[tokio::test]
async fn more_invitations_than_a_page_holds_are_on_others() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    let mut bob = site.administrator("bob@example.com", "bobs").await;
    ann.pay("enterprise").await.leads_to("/admin");
    let guests: Vec<String> = (0..60).map(|number| format!("guest{number}@acme.example")).collect();
    ann.invite(&guests.join("\n")).await.is(200);
    let first = ann.get("/admin/members").await;
    let (_, link) =
        first.body.split_once("href=\"/admin/members/invitations?cursor=").expect("a second page");
    let path = format!("/admin/members/invitations?cursor={}", link.split('"').next().unwrap());
    let second = ann.get(&path).await;
    assert!(second.is(200).links_to("/admin/members") && !second.says("See earlier"), "{}", second.summary());
    let count = |body: &str| body.matches("@acme.example</td>").count();
    assert_eq!((count(&first.body), count(&second.body)), (50, 10));
    let both = format!("{}{}", first.body, second.body);
    for guest in &guests {
        assert_eq!(both.matches(&format!("<td>{guest}</td>")).count(), 1, "{guest}");
    }
    let refused = bob.get(&path).await;
    assert!(refused.is(422).says("does not exist") && !refused.says("guest"), "{}", refused.summary());
    ann.get("/admin/members/invitations").await.is(200);
}

//! Bad input on every field: no 5xx, a message that says what would be right, what was typed is still there, and nothing
//! is written.

use tenantry_tests::steps::GOOD_CARD;

use crate::answer::Answer;
use crate::site::Site;

const ANN: &str = "ann@example.com";

/// Names that no organization may have, and what the page says about each.
fn bad_names() -> Vec<(String, &'static str)> {
    let letters = "Use letters from a to z, digits, dashes and underscores only.";
    let ends = "Start and end with a letter or a digit.";
    let mut names = vec![
        (String::new(), "Enter a name, for example acme."),
        ("   ".to_owned(), "Enter a name, for example acme."),
        ("\u{3000}\u{a0}".to_owned(), "Enter a name, for example acme."),
        ("a".to_owned(), "Use 3 to 50 characters."),
        ("ab".to_owned(), "Use 3 to 50 characters."),
        ("a".repeat(51), "Use 3 to 50 characters."),
        ("ACME".to_owned(), "Use lower-case letters only, for example acme instead of ACME."),
        ("acmE".to_owned(), "Use lower-case letters only, for example acme instead of ACME."),
        ("org_acme".to_owned(), "A name can't start with org_: leave that part out."),
    ];
    for name in [
        "acme corp",
        "acmé",
        "аcme",
        "ａｃｍｅ",
        "ac\u{200b}me",
        "ac\u{ad}me",
        "acme\u{202e}emca",
        "👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
        "acme!",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "=1+1",
        "+acme",
        "@acme",
        "acme.com",
        "acme/../x",
        "acme%00",
        "acme;drop",
        "acme'--",
        "acme&x=1",
        "acme\\",
        "ﬁne-name",
        "١٢٣",
    ] {
        names.push((name.to_owned(), letters));
    }
    for name in ["-acme", "acme-", "_acme", "acme_", "---"] {
        names.push((name.to_owned(), ends));
    }
    names
}

/// What was typed comes back into its field, and nothing of it becomes part of the page.
fn is_echoed_safely(answer: &Answer, field: &str, typed: &str) {
    assert_eq!(answer.field(field), typed, "what was typed is gone");
    for markup in ["<script>alert", "<img src=x"] {
        assert!(!answer.body.contains(markup), "it is part of the page: {}", answer.summary());
    }
    assert!(!answer.says("49"), "it was calculated: {}", answer.summary());
}

#[tokio::test]
async fn s6_a_bad_name_of_an_organization_is_explained_and_costs_nothing() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    ann.pay("team").await.leads_to("/home/register-business");
    let before = site.management().await.everything().await;
    for (name, message) in bad_names() {
        site.fake().clear_requests();
        let answer = ann.name_organization(&name).await;
        assert!(answer.is(422).says(message), "{name:?} should say {message:?}: {}", answer.summary());
        assert!(site.fake().requests().is_empty(), "{name:?} was sent to the provider");
        is_echoed_safely(&answer, "organization", &name);
    }
    assert_eq!(site.management().await.everything().await, before);
    for unreadable in
        ["ac\0me", "acme\r\nBcc: eve@example.com", "acme\u{85}", "acme\u{7f}", &"a".repeat(2001)]
    {
        let answer = ann.name_organization(unreadable).await;
        assert!(answer.is(422).says("Organization"), "the field is named: {}", answer.summary());
    }
    assert!(site.management().await.organizations().await.is_empty());
    ann.name_organization(&format!("  {}  ", "a".repeat(50))).await.is(303);
    assert_eq!(site.management().await.organizations().await, ["a".repeat(50)], "and nothing was lost");
}

#[tokio::test]
async fn s6_three_characters_and_any_first_digit_name_an_organization() {
    for name in ["abc", "1-a", "0__9"] {
        let site = Site::start().await;
        site.administrator(ANN, name).await;
        assert_eq!(site.management().await.organizations().await, [name]);
    }
}

#[tokio::test]
async fn s6_a_bad_name_to_sign_in_to_is_explained() {
    let site = Site::start().await;
    site.administrator(ANN, "acme").await;
    let mut bob = site.browser();
    for (name, _) in bad_names() {
        let message = if name.trim().is_empty() {
            "Enter the name of your organization"
        } else if name.contains('@') {
            "Enter an e-mail address such as"
        } else {
            "No organization has this name"
        };
        site.fake().clear_requests();
        let answer = bob.post("/orgprompt", &[("organization", &name)]).await;
        if name == "ACME" || name == "acmE" {
            answer.is(303);
            continue;
        }
        assert!(answer.is(422).says(message), "{name:?} should say {message:?}: {}", answer.summary());
        assert!(site.fake().requests().is_empty(), "{name:?} was sent to the provider");
        is_echoed_safely(&answer, "organization", &name);
    }
    for unreadable in ["ac\0me", "acme\r\n", &"a".repeat(2001)] {
        bob.post("/orgprompt", &[("organization", unreadable)]).await.is(422);
    }
    bob.post("/orgprompt", &[("organization", " ACME ")]).await.is(303);
}

#[tokio::test]
async fn s6_a_bad_card_is_explained_and_costs_nothing() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    let purchase = ann.new_purchase("team").await;
    let before = site.management().await.everything().await;
    let good = [("card_number", GOOD_CARD), ("expiry", "12/34"), ("cvc", "123")];
    let letters = "A card number has 12 to 19 digits.";
    let month = "Enter month and year, for example 12/34.";
    let code = "Enter the three or four digits on the card.";
    for (field, typed, message) in [
        ("card_number", "", "Enter the card number."),
        ("card_number", "  - ", "Enter the card number."),
        ("card_number", "4242", letters),
        ("card_number", "4242 4242 4242 424x", letters),
        ("card_number", "４２４２ ４２４２ ４２４２ ４２４２", letters),
        ("card_number", "-4242424242424242e0", letters),
        ("card_number", "<script>alert(1)</script>", letters),
        ("card_number", "4242 4242 4242 4241", "A digit of this card number is wrong"),
        ("expiry", "", month),
        ("expiry", "13/34", month),
        ("expiry", "00/34", month),
        ("expiry", "12/2034", month),
        ("expiry", "1234", month),
        ("expiry", "١٢/٣٤", month),
        ("expiry", "<img src=x>/34", month),
        ("expiry", "12/25", "This card has expired"),
        ("cvc", "", code),
        ("cvc", "12", code),
        ("cvc", "12345", code),
        ("cvc", "１２３", code),
        ("cvc", "-12", code),
    ] {
        let mut fields = vec![("plan", "team"), ("purchase", purchase.as_str())];
        fields.extend(good.map(|(name, value)| if name == field { (name, typed) } else { (name, value) }));
        let answer = ann.post("/home/confirm-plan", &fields).await;
        assert!(
            answer.is(422).says(message),
            "{field} {typed:?} should say {message:?}: {}",
            answer.summary()
        );
        is_echoed_safely(&answer, field, typed);
        assert_eq!(answer.field("purchase"), purchase, "the same purchase goes on");
    }
    for field in ["card_number", "expiry", "cvc", "plan", "purchase", "csrf"] {
        for unreadable in ["x\0y", "x\r\ny"] {
            let mut fields = vec![("plan", "team"), ("purchase", purchase.as_str())];
            fields.extend(good);
            fields.retain(|(name, _)| *name != field);
            fields.push((field, unreadable));
            let answer = if field == "csrf" {
                ann.post_exactly("/home/confirm-plan", &fields).await
            } else {
                ann.post("/home/confirm-plan", &fields).await
            };
            answer.is(422);
        }
    }
    assert_eq!(site.management().await.everything().await, before);
    ann.charge("team", &purchase, GOOD_CARD).await.leads_to("/home/register-business");
}

#[tokio::test]
async fn s6_a_purchase_that_is_no_purchase_is_not_answered_with_silence() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    for purchase in [String::new(), "x".repeat(256)] {
        let answer = ann.charge("team", &purchase, GOOD_CARD).await;
        assert_ne!(answer.status, 200, "nothing was bought, and nothing is said: {}", answer.summary());
        assert!(answer.status.is_client_error() || answer.status.is_redirection(), "{}", answer.summary());
    }
    assert!(site.management().await.subscription(ANN).await.starts_with("trial"));
}

#[tokio::test]
async fn s6_a_cursor_that_leads_nowhere_is_explained() {
    let site = Site::start().await;
    let mut ann = site.administrator(ANN, "acme").await;
    for cursor in [
        "x",
        "0",
        "-1",
        "99999999999999999999",
        "%27%3B--",
        "%3Cscript%3E",
        &"a".repeat(1000),
        "b3JnX3g",
        "%F0%9F%92%A9",
    ] {
        let answer = ann.get(&format!("/admin/members?cursor={cursor}")).await;
        assert!(answer.is(422).links_to("/admin/members"), "{cursor}, a way on: {}", answer.summary());
        assert!(!answer.body.contains("<script>alert"), "{}", answer.summary());
    }
    for cursor in ["", "%00", "%ff", "a&cursor=b", &"a".repeat(2001)] {
        ann.get(&format!("/admin/members?cursor={cursor}")).await.is(422);
    }
}

#[tokio::test]
async fn s6_a_bad_query_is_refused_and_never_part_of_the_page() {
    let site = Site::start().await;
    let mut ann = site.newcomer(ANN).await;
    for path in [
        "/home?q=",
        "/home/confirm-plan?plan=",
        "/api/auth/login?organization=",
        "/api/auth/login?invitation=",
    ] {
        for bad in ["%00", "a%00b", "%ff", "%c3%28", "%ed%a0%80", "a%0d%0aSet-Cookie:x=1", &"a".repeat(2001)]
        {
            ann.get(&format!("{path}{bad}")).await.is(422);
        }
    }
    for plan in ["gold", "TEAM", "trial", "", "team%20", "..%2f", "%3Cscript%3Ealert(1)%3C/script%3E"] {
        let answer = ann.get(&format!("/home/confirm-plan?plan={plan}")).await;
        assert!(answer.is(404).links_to("/home/upgrade-plan"), "{plan}, a way on: {}", answer.summary());
        assert!(!answer.body.contains("<script>alert"));
    }
    let answer = ann.get("/home?q=%3Cscript%3Ealert(1)%3C/script%3E%7B%7B7*7%7D%7D").await;
    answer.is(200);
    is_echoed_safely(&answer, "q", "<script>alert(1)</script>{{7*7}}");
    for organization in ["org_nobody", "acme", "..%2F..%2Fusers", "org_x%3Ffields%3Dx", &"x".repeat(300)] {
        let answer = ann.get(&format!("/api/auth/login?organization={organization}")).await;
        assert!(answer.is(404).links_to("/orgprompt"), "{organization}, a way on: {}", answer.summary());
    }
    for hint in ["not-an-address", "a@b@c", "%22a%22@example.com", "a@example.com%26prompt=none"] {
        let answer = ann.get(&format!("/api/auth/login?login_hint={hint}")).await;
        assert!(answer.is(303).location().query_pairs().all(|(name, _)| name != "prompt"), "{hint}");
    }
}

//! What is authorized is what is acted on, wherever a request names it; and no key leads to another organization's things.

use reqwest::Method;
use serde_json::{Value, json};

use super::program::Program;
use crate::browser::Browser;
use crate::management::Management;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";

/// What belongs to an organization: a member, and an invitation.
struct Things {
    member: String,
    invitation: String,
}

/// Two organizations that have nothing to do with each other, and who runs them.
struct Two {
    site: Site,
    management: Management,
    ann: Browser,
    bob: Browser,
    anns: Things,
    bobs: Things,
}

async fn two() -> Two {
    let site = Site::start().await;
    let management = site.management().await;
    let (mut browsers, mut things) = (Vec::new(), Vec::new());
    for (administrator, organization) in [(ANN, "acme"), (BOB, "bobs")] {
        let mut browser = site.administrator(administrator, organization).await;
        let email = format!("eve@{organization}.example");
        site.member(&email, organization, &["Employee"]).await;
        browser.invite(&format!("guest@{organization}.example")).await.is(200);
        let invitation = browser.get("/admin/members").await.field("invitation");
        things.push(Things { member: management.user_id(&email).await, invitation });
        browsers.push(browser);
    }
    let [anns, bobs] = <[Things; 2]>::try_from(things).ok().unwrap();
    let [ann, bob] = <[Browser; 2]>::try_from(browsers).unwrap();
    Two { site, management, ann, bob, anns, bobs }
}

impl Two {
    /// Everything of Bob's organization.
    async fn bobs_state(&self) -> Value {
        let everything = self.management.everything().await;
        let bobs = everything["organizations"].as_array().unwrap().iter();
        let bobs = bobs.filter(|one| one["organization"]["name"] == "bobs").collect::<Vec<_>>();
        json!({ "organization": bobs, "invitations": self.management.invitations("bobs").await })
    }
}

fn encoded(text: &str) -> String {
    text.replace('|', "%7C")
}

#[tokio::test]
async fn adv11_what_the_address_names_does_not_authorize_what_the_form_acts_on() {
    let mut two = two().await;
    let before = two.bobs_state().await;
    let (member, invitation) =
        ((&two.anns.member, &two.bobs.member), (&two.anns.invitation, &two.bobs.invitation));
    for (path, name, (own, theirs)) in [
        ("/admin/members/edit-member", "user_id", member),
        ("/admin/members/remove", "user_id", member),
        ("/admin/members/transfer", "user_id", member),
        ("/admin/members/resend-invitation", "invitation", invitation),
        ("/admin/members/revoke-invitation", "invitation", invitation),
    ] {
        // The address names one's own, and the form somebody else's.
        for query in [format!("{name}={}", encoded(own)), format!("id={}", encoded(own))] {
            let there = format!("{path}?{query}");
            two.ann.post(&there, &[(name, theirs), ("role.Employee", "on")]).await.is(404);
        }
        // Both in the form: neither.
        for pair in [[own, theirs], [theirs, own]] {
            let fields = [(name, pair[0].as_str()), (name, pair[1].as_str()), ("role.Employee", "on")];
            let answer = two.ann.post(path, &fields).await;
            assert!([404, 422].contains(&answer.status.as_u16()), "{}", answer.summary());
        }
        // The address alone names nobody to a form, be it one's own.
        for named in [own, theirs] {
            let there = format!("{path}?{name}={}", encoded(named));
            two.ann.post(&there, &[("role.Employee", "on")]).await.is(404);
        }
    }
    assert_eq!(two.bobs_state().await, before);
    let own = two.management.invitations("acme").await;
    assert_eq!(own[0]["id"], two.anns.invitation.as_str(), "and one's own is as it was: {own:?}");
    let shown = two.ann.get("/admin/members").await;
    assert!(shown.is(200).says("eve@acme.example"), "{}", shown.summary());
}

#[tokio::test]
async fn adv11_what_the_path_names_is_what_a_program_acts_on() {
    let two = two().await;
    let mut ann = Program::of(two.ann.clone()).await;
    let before = two.bobs_state().await;
    let members = "/api/v1/organization/members";
    let invitations = "/api/v1/organization/invitations";
    let (own, theirs) = (encoded(&two.anns.member), encoded(&two.bobs.member));
    let roles = json!({ "roles": ["Employee"] });
    for (method, path, body) in [
        (Method::PUT, format!("{members}/{theirs}/roles?member={own}&id={own}"), Some(roles)),
        (Method::DELETE, format!("{members}/{theirs}?member={own}&id={own}"), None),
        (Method::GET, format!("{members}/{theirs}?member={own}&id={own}"), None),
        (
            Method::POST,
            format!("/api/v1/organization/transfer?member_id={own}"),
            Some(json!({ "member_id": two.bobs.member })),
        ),
        (
            Method::POST,
            format!("{invitations}/{}/resend?invitation={}", two.bobs.invitation, two.anns.invitation),
            None,
        ),
        (
            Method::DELETE,
            format!("{invitations}/{}?invitation={}", two.bobs.invitation, two.anns.invitation),
            None,
        ),
    ] {
        let body = body.map(|body| body.to_string().into_bytes());
        ann.ask(method, &path, body, &[]).await.is_problem(404, "not_found", None);
    }
    // A body that names another one beside the path is refused, and so is one that names it twice.
    let smuggled = json!({ "roles": ["Employee"], "member": two.bobs.member, "id": two.bobs.member });
    ann.put(&format!("{members}/{own}/roles"), &smuggled).await.is(422);
    let twice = format!(r#"{{"member_id":"{}","member_id":"{}"}}"#, two.anns.member, two.bobs.member);
    ann.ask(Method::POST, "/api/v1/organization/transfer", Some(twice.into_bytes()), &[]).await.is(422);
    assert_eq!(two.bobs_state().await, before);
}

#[tokio::test]
async fn adv11_a_key_is_looked_up_in_ones_own_organization() {
    let two = two().await;
    let (mut ann, mut bob) = (Program::of(two.ann.clone()).await, Program::of(two.bob.clone()).await);
    let (path, wish) =
        ("/api/v1/organization/invitations", json!({ "emails": ["di@example.com"], "role": "Employee" }));
    let anns = ann.post_with_key(path, &wish, "key").await;
    assert_eq!(anns.is(200).json()["items"][0]["outcome"], "invited");
    let bobs = bob.post_with_key(path, &wish, "key").await;
    assert_eq!(bobs.is(200).header("idempotency-replayed"), "", "{}", bobs.summary());
    let id = |answer: &crate::answer::Answer| answer.json()["items"][0]["invitation"]["id"].clone();
    assert_ne!(id(&anns), id(&bobs));
    assert_eq!(two.management.invitations("bobs").await.len(), 2);

    // Somebody who runs both is answered by the organization that they are signed in to.
    two.management.add_member("bobs", ANN, &["Administrator"]).await;
    ann.browser.log_in_under("bobs", ANN).await;
    let mut under_bobs = Program::of(ann.browser.clone()).await;
    let answer = under_bobs.post_with_key(path, &wish, "key").await;
    answer.is_problem(422, "idempotency_key_reused", Some("Idempotency-Key"));
    assert!(!answer.body.contains(id(&anns).as_str().unwrap()), "{}", answer.summary());
    two.site.stop().await;
}

//! What the pages say beside single sign-on: to whom it is offered to invite, what removes nobody for long, how far a
//! set-up is, and what came back of a look or a test.

use super::corp::{BO, CONFIRMED, Corp, EVE, RECORD, UNA, step};
use crate::answer::Answer;

const CY: &str = "cy@nowhere.example";
const ANOTHER: &str = "eli@corp.example";

impl Corp {
    /// Through which connection each pending invitation leads, by its address; empty for any.
    async fn ways(&self) -> Vec<(String, String)> {
        let found = self.site.management().await.invitations("corp").await;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let way =
            |found: &serde_json::Value| (text(&found["invitee"]["email"]), text(&found["connection_id"]));
        let mut ways: Vec<_> = found.iter().map(way).collect();
        ways.sort();
        ways
    }

    async fn asks_before_removing(&mut self, email: &str) -> Answer {
        let page = self.admin.get(&format!("/admin/members?q={email}")).await;
        let link = page.body.split("/admin/members/edit-member?").nth(1).unwrap().split('"').next().unwrap();
        self.admin.get(&format!("/admin/members/remove?{link}")).await
    }
}

#[tokio::test]
async fn where_everybody_has_to_sign_in_with_the_company_nobody_is_invited_to_another_way() {
    let (mut corp, id) = Corp::connected().await;
    corp.demands(&id).await;
    let form = corp.admin.get("/admin/members/add-member").await;
    assert!(form.says("They sign in with Corp staff, as everybody"), "{}", form.text());
    assert!(
        !form.says("E-mail and password") && !form.body.contains("name=\"connection\""),
        "{}",
        form.text()
    );
    let answer = corp.admin.invite(&format!("{ANOTHER}\n{CY}")).await;
    let why =
        "Can’t come in: everybody has to sign in with Corp staff, and this address is not in corp.example.";
    assert!(answer.is(422).says(why) && answer.says("1 invitation is on the way"), "{}", answer.text());
    let link = corp.site.management().await.invitation_link("corp", ANOTHER).await;
    let page = corp.site.browser().get(&link).await;
    assert!(page.is(200).says("You sign in to corp with Corp staff."), "{}", page.text());
    assert!(!page.says("Create an account"), "{}", page.text());
    let ways = corp.ways().await;
    assert!(matches!(&*ways, [(email, way)] if email == ANOTHER && way.starts_with("con_")), "{ways:?}");
}

#[tokio::test]
async fn where_a_domain_has_to_sign_in_with_the_company_its_addresses_are_invited_to_that() {
    let (mut corp, id) = Corp::connected().await;
    let fields = [("connection", &*id), ("enforcement", "domains"), CONFIRMED];
    corp.admin.post("/admin/sso/policy", &fields).await.is(303);
    let form = corp.admin.get("/admin/members/add-member").await;
    let said = "Whoever has an address in corp.example signs in with Corp staff.";
    assert!(form.says(said) && form.says("E-mail and password"), "{}", form.text());
    corp.admin.invite(&format!("{ANOTHER}\n{CY}")).await.is(200);
    let ways = corp.ways().await;
    assert!(
        matches!(&*ways, [(cy, any), (_, way)] if cy == CY && any.is_empty() && way.starts_with("con_")),
        "{ways:?}"
    );
}

#[tokio::test]
async fn nobody_is_invited_to_a_connection_that_does_not_let_them_in() {
    let (mut corp, _) = Corp::connected().await;
    let form = corp.admin.get("/admin/members/add-member").await;
    let (before, _) = form.body.split_once("\">Corp staff</option>").unwrap();
    let (_, staff) = before.rsplit_once("value=\"").unwrap();
    let (both, staff) = (format!("{ANOTHER}\n{CY}"), staff.to_owned());
    let fields = [("emails", &*both), ("role", "Employee"), ("hours", "72"), ("connection", &staff)];
    let answer = corp.admin.post("/admin/members/add-member", &fields).await;
    let why =
        "Can’t come in with Corp staff: this address is not in corp.example. Choose another way to sign in";
    assert!(answer.is(422).says(why) && answer.says("1 invitation is on the way"), "{}", answer.text());
    assert_eq!(corp.ways().await, [(ANOTHER.to_owned(), staff)]);
}

#[tokio::test]
async fn whoever_is_removed_and_would_come_back_is_said_to() {
    let (mut corp, id) = Corp::connected().await;
    corp.site.member(CY, "corp", &["Employee"]).await;
    corp.is_let_in(BO).await;
    // A domain that is only claimed brings nobody back.
    corp.domain = "nowhere.example";
    corp.claims(&id).await;
    let page = corp.asks_before_removing(CY).await;
    assert!(page.is(200).says("An invitation lets them in again."), "{}", page.text());
    corp.domain = super::corp::DOMAIN;
    let page = corp.asks_before_removing(BO).await;
    assert!(page.is(200).says("Corp staff makes whoever comes through it a member"), "{}", page.text());
    assert!(!page.says("An invitation lets them in again."), "{}", page.text());
    let fields = [("connection", &*id), ("display_name", "Corp staff"), ("default_role", "Employee")];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    let page = corp.asks_before_removing(BO).await;
    assert!(page.is(200).says("An invitation lets them in again."), "{}", page.text());
}

#[tokio::test]
async fn a_step_is_shown_as_done_when_it_is_and_wherever_one_looks() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    let done = async |corp: &mut Corp, at: &str| {
        let page = corp.admin.get(&step(&id, at)).await;
        let steps = page.body.split("aria-label=\"Steps\"").nth(1).unwrap().split("</ol>").next().unwrap();
        steps.matches(", done<").count()
    };
    assert_eq!(done(&mut corp, "people").await, 0, "nothing is done yet");
    corp.claims(&id).await;
    assert_eq!(done(&mut corp, "people").await, 0, "a claim is no proof");
    corp.proves(&id).await;
    assert_eq!(done(&mut corp, "people").await, 1);
    corp.enters(&id, super::corp::SECRET).await.is(303);
    corp.tests_as(&id, BO).await;
    assert_eq!(done(&mut corp, "domain").await, 3, "also what comes later");
}

#[tokio::test]
async fn a_record_with_another_text_is_told_from_none_and_a_claim_from_a_proof() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    let record = corp.claims(&id).await;
    assert!(corp.checks(&id).await.says("The record of corp.example is not there yet"));
    corp.dns.publish(RECORD, "tenantry-domain-verification=ffffffffffffffffffffffffffffffff");
    let page = corp.checks(&id).await;
    let said =
        "We found “tenantry-domain-verification=ffffffffffffffffffffffffffffffff”, and not the value above";
    assert!(page.says(said), "{}", page.text());
    let second = corp.begins().await;
    let page = corp.admin.get(&step(&second, "domain")).await;
    assert!(
        page.says("Claimed, and not proved yet: corp.example.") && !page.says("Yours already"),
        "{}",
        page.text()
    );
    corp.dns.publish(&record.0, &record.1);
    assert!(corp.checks(&id).await.says("corp.example is proved to be yours."));
    let page = corp.admin.get(&step(&second, "domain")).await;
    assert!(page.says("Yours already: corp.example.") && !page.says("not proved yet"), "{}", page.text());
}

#[tokio::test]
async fn a_test_of_somebody_who_would_not_be_let_in_is_none_that_succeeded() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.proves(&id).await;
    corp.enters(&id, super::corp::SECRET).await.is(303);
    let tested = "<li class=\"step-done\"><span>3. Test";
    for (account, why) in [
        (EVE, "Whoever logged in for the last test would not be let in"),
        (UNA, "The address of whoever logged in for the last test is not called verified"),
    ] {
        let report = corp.tests_as(&id, account).await;
        assert!(
            report.says("A member is not let in") && report.says("A newcomer is not let in"),
            "{account}"
        );
        assert!(!report.says("joins as") && !report.says("they may ask to be"), "{}", report.text());
        let page = corp.admin.get(&step(&id, "people")).await;
        assert!(page.is(200).says(why) && !page.body.contains(tested), "{account}: {}", page.text());
        let page = corp.admin.get("/admin/sso").await;
        assert!(page.body.contains(&step(&id, "test").replace('&', "&#38;")), "{account}: {}", page.body);
        let answer = corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "on")]).await;
        assert!(answer.is(409).says("would not be let in"), "{account}: {}", answer.summary());
    }
    // The form can say what is missing, and says it once more until it does.
    let turns_on = [
        ("connection", &*id),
        ("display_name", "Corp staff"),
        ("auto_membership", "yes"),
        ("default_role", "Employee"),
        ("turn_on", "yes"),
    ];
    let page = corp.admin.post("/admin/sso/people", &turns_on).await;
    assert!(page.is(422).says("is not called verified") && page.says("Turn it on"), "{}", page.summary());
    let trusting = [&turns_on[..], &[("trusts_addresses", "yes")]].concat();
    let there = format!("/admin/sso/connection?connection={id}");
    corp.admin.post("/admin/sso/people", &trusting).await.leads_to(&there);
    let page = corp.admin.get(&step(&id, "domain")).await;
    assert!(page.body.contains(tested), "what would let them in counts from now on");
    corp.is_let_in(UNA).await;
    corp.tests_as(&id, EVE).await;
    let page = corp.connection(&id).await;
    assert!(page.says("Whoever logged in for the last test would not be let in: test it"), "{}", page.text());
}

#[tokio::test]
async fn a_report_says_one_thing_of_members_and_one_of_newcomers() {
    let (mut corp, id) = Corp::connected().await;
    let report = corp.tests_as(&id, BO).await;
    assert!(report.says("It works. Somebody like this would be let in."), "{}", report.text());
    assert!(report.says("A member is let in") && report.says("A newcomer is let in, and joins as Employee"));
    let fields = [("connection", &*id), ("display_name", "Corp staff"), ("default_role", "Employee")];
    corp.admin.post("/admin/sso/people", &fields).await.is(303);
    let report = corp.admin.get(&step(&id, "test")).await;
    assert!(report.says("It works. A member like this would be let in."), "{}", report.text());
    assert!(report.says("A newcomer is not let in: they may ask to be"), "{}", report.text());
    corp.is_refused(BO, 403).await;
}

#[tokio::test]
async fn what_claims_give_is_said_of_newcomers_and_no_row_makes_administrators_by_itself() {
    let (mut corp, id) = Corp::connected().await;
    let page = corp.connection(&id).await;
    assert!(page.says("Newcomers join as Employee") && !page.says("decides before that"), "{}", page.text());
    corp.maps_admins(&id, &[("claim_2", "teams"), ("value_2", "staff")]).await;
    let page = corp.connection(&id).await;
    let said = page.says("teams is or contains admins: join as Administrator")
        && page.says("teams is or contains staff: join as Employee");
    assert!(said && page.says("decides before that"), "{}", page.text());
    let page = corp.admin.get(&step(&id, "people")).await;
    let roles: Vec<_> = ["role_1", "role_2", "role_3"].map(|name| page.field(name)).into();
    assert_eq!(roles, ["Administrator", "Employee", "Employee"]);
}

#[tokio::test]
async fn every_page_about_single_sign_on_says_that_it_is_for_development() {
    let (mut corp, id) = Corp::connected().await;
    let warns = |page: &Answer, what: &str| {
        assert_eq!(page.is(200).text().matches("For development:").count(), 1, "{what}");
    };
    let about = |page: &str| format!("/admin/sso/{page}?connection={id}");
    let steps = ["domain", "credentials", "test", "people"].map(|name| step(&id, name));
    let pages = ["connection", "policy", "delete"].map(about);
    let saml = corp.admin.post("/admin/sso", &[("kind", "saml")]).await.is(303).location();
    let saml = saml.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned();
    let metadata = [step(&saml, "credentials")];
    for path in ["/admin/sso".to_owned()].into_iter().chain(steps).chain(pages).chain(metadata) {
        warns(&corp.admin.get(&path).await, &path);
    }
    corp.is_let_in(BO).await;
    let question = corp.admin.post("/admin/sso/turn", &[("connection", &id), ("turn", "off")]).await;
    assert_eq!(question.field(CONFIRMED.0), CONFIRMED.1);
    warns(&question, "what is asked before it is turned off");
    corp.company.registers(super::corp::CLIENT, "another-secret").await;
    let report = corp.tests_as(&id, BO).await;
    assert!(report.says("The result of your test"), "{}", report.text());
    warns(&report, "the report");
    assert!(!corp.admin.get("/admin").await.is(200).says("For development:"));
    let site = crate::site::Site::start().await;
    let mut ann = site.administrator("ann@example.com", "acme").await;
    assert!(!ann.get("/admin/sso").await.is(200).says("For development:"));
}

#[tokio::test]
async fn a_report_tells_what_the_companys_provider_said_from_what_was_added() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.proves(&id).await;
    corp.enters(&id, super::corp::SECRET).await.is(303);
    let page = corp.tests_as(&id, BO).await;
    let (_, claims) = page.body.split_once("What your provider said").unwrap();
    let (said, added) = claims.split_once("What was added on the way here").unwrap();
    for (name, is_theirs) in
        [("email", true), ("name", true), ("aud", false), ("sub", false), ("nonce", false)]
    {
        let shown = format!("<dt>{name}</dt>");
        assert_eq!((said.contains(&shown), added.contains(&shown)), (is_theirs, !is_theirs), "{name}");
    }
}

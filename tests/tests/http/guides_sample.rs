//! A tenant in which the guide's own sample has worked: what it has written is read, shown and upgraded, and what it has
//! left half-done goes on.

use serde_json::{Value, json};
use tenantry_fake::SeedFile;
use tenantry_tests::steps::PASSWORD;

use crate::management::Management;
use crate::provider::Provider;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const EVE: &str = "eve@example.com";
/// Less than a day before the subscriptions that the guide shows come to their end.
const THEN: &str = "2024-09-17T00:00:00.000Z";
/// As the guide shows them.
const TRIAL: &str = "trial;2024-09-17T23:58:28.392Z;active";
const ENTERPRISE: &str = "enterprise;2024-09-17T23:58:28.392Z;active";

/// A person as the sample leaves them; what other programs keep there is theirs.
fn person(email: &str, subscription: &str) -> Value {
    json!({
        "email": email,
        "email_verified": true,
        "password": PASSWORD,
        "app_metadata": { "subscription": subscription, "support_tier": 2 },
        "user_metadata": { "theme": "dark" },
    })
}

/// An organization as the sample makes one: with the shared connections, and the subscription as its only metadata.
fn organization(subscription: &str, members: &Value) -> Value {
    json!({
        "name": "mycompany",
        "display_name": "My Company",
        "metadata": { "subscription": subscription },
        "connections": ["Username-Password-Authentication"],
        "members": members,
    })
}

/// The product in front of such a tenant.
async fn after_the_sample(users: Value, organizations: Value) -> (Provider, Site, Management) {
    let (provider, site) = Provider::with_site().await;
    site.clock.set(THEN.parse().unwrap());
    let file = json!({ "users": users, "organizations": organizations });
    provider.fake.seed(&SeedFile::from_json(file).unwrap()).await.unwrap();
    let management = provider.management().await;
    (provider, site, management)
}

/// What other programs keep with a person is untouched.
async fn nothing_else_is_changed(management: &Management, email: &str) {
    let user = management.user(email).await;
    assert_eq!(user["app_metadata"]["support_tier"], 2, "{user}");
    assert_eq!(user["user_metadata"], json!({ "theme": "dark" }), "{user}");
}

#[tokio::test]
async fn a_trial_is_read_shown_and_upgraded() {
    let (_provider, site, management) = after_the_sample(json!([person(ANN, TRIAL)]), json!([])).await;
    let mut ann = site.browser();
    ann.log_in(ANN).await;
    assert_eq!(management.subscription(ANN).await, TRIAL, "signing in writes nothing");
    assert!(ann.has_courses().await);
    assert!(ann.get("/home").await.says("You have 1 day left"));
    let profile = ann.get("/home/profile").await;
    assert!(profile.says("Trial") && profile.says(TRIAL), "{}", profile.summary());

    site.clock.set("2024-09-17T23:58:28.391Z".parse().unwrap());
    assert!(ann.has_courses().await, "until its last millisecond");
    site.clock.set("2024-09-17T23:58:28.392Z".parse().unwrap());
    let home = ann.get("/home").await;
    assert!(home.says("subscription expired") && home.links_to("/home/upgrade-plan"));

    ann.buy_team("acme").await;
    let bought = "team;2025-09-17T23:58:28.392Z;active";
    assert_eq!(management.subscription(ANN).await, bought);
    assert_eq!(management.organization_subscription("acme").await, bought);
    nothing_else_is_changed(&management, ANN).await;
}

#[tokio::test]
async fn a_trial_becomes_a_personal_plan() {
    let (_provider, site, management) = after_the_sample(json!([person(ANN, TRIAL)]), json!([])).await;
    let mut ann = site.browser();
    ann.log_in(ANN).await;
    ann.buy_personal().await;
    assert_eq!(management.subscription(ANN).await, "personal;2025-09-17T00:00:00.000Z;active");
    assert!(ann.has_courses().await);
    nothing_else_is_changed(&management, ANN).await;
}

#[tokio::test]
async fn an_organization_is_read_shown_and_upgraded() {
    let members =
        json!([{ "user": ANN, "roles": ["Administrator"] }, { "user": EVE, "roles": ["Employee"] }]);
    let (_provider, site, management) = after_the_sample(
        json!([person(ANN, ENTERPRISE), person(EVE, TRIAL)]),
        json!([organization(ENTERPRISE, &members)]),
    )
    .await;
    let mut ann = site.browser();
    ann.log_in(ANN).await;
    let outside = ann.get("/home").await;
    assert!(outside.says("Log in with your organization account"), "{}", outside.summary());

    ann.log_in_under("mycompany", ANN).await;
    assert!(ann.has_courses().await);
    let profile = ann.get("/home/profile").await;
    for shown in ["Enterprise", "mycompany", "Administrator", ENTERPRISE] {
        assert!(profile.says(shown), "{shown}: {}", profile.summary());
    }
    let overview = ann.get("/admin").await;
    assert!(overview.is(200).says("Enterprise") && overview.says("2 seats used"), "{}", overview.summary());
    let list = ann.get("/admin/members").await;
    for shown in [ANN, EVE, "Administrator", "Employee"] {
        assert!(list.is(200).says(shown), "{shown}: {}", list.summary());
    }
    let mut eve = site.browser();
    eve.log_in_under("mycompany", EVE).await;
    assert!(eve.has_courses().await);
    eve.get("/admin").await.is(403);

    ann.pay("team").await.leads_to("/admin");
    assert!(ann.get("/admin").await.says("2 of 20 seats used"));
    let found = management.organization("mycompany").await;
    let bought = json!({ "subscription": "team;2025-09-17T00:00:00.000Z;active" });
    assert_eq!((&found["metadata"], &found["display_name"]), (&bought, &"My Company".into()));
    nothing_else_is_changed(&management, EVE).await;
}

#[tokio::test]
async fn what_others_keep_with_an_organization_stays() {
    let members = json!([{ "user": ANN, "roles": ["Administrator"] }]);
    let mut organization = organization(ENTERPRISE, &members);
    organization["metadata"]["crm"] = "4711".into();
    let (_provider, site, management) =
        after_the_sample(json!([person(ANN, ENTERPRISE)]), json!([organization])).await;
    let mut ann = site.browser();
    ann.log_in_under("mycompany", ANN).await;
    ann.pay("enterprise").await.leads_to("/admin");
    let metadata = management.organization("mycompany").await["metadata"].clone();
    let wanted = json!({ "subscription": "enterprise;2025-09-17T00:00:00.000Z;active", "crm": "4711" });
    assert_eq!(metadata, wanted);
}

#[tokio::test]
async fn a_conversion_that_the_sample_began_goes_on_with_what_was_paid() {
    let paid = "team;2025-09-16T21:00:00.007Z;activation";
    let (_provider, site, management) = after_the_sample(json!([person(ANN, paid)]), json!([])).await;
    let mut ann = site.browser();
    ann.log_in(ANN).await;
    let home = ann.get("/home").await;
    assert!(home.says("Congratulations, your Team plan is paid"), "{}", home.summary());
    assert!(ann.get("/home/profile").await.says("One step left"));

    let answer = ann.name_organization("mycompany").await;
    let home = ann.follow(answer).await;
    assert_eq!((home.url.path(), home.status.as_u16()), ("/home", 200), "{}", home.summary());
    let in_force = "team;2025-09-16T21:00:00.007Z;active";
    assert_eq!(management.subscription(ANN).await, in_force, "the year counts from the payment");
    assert_eq!(management.organization_subscription("mycompany").await, in_force);
    assert!(ann.has_courses().await);
    assert!(ann.get("/admin/members").await.is(200).says("Administrator"));
    nothing_else_is_changed(&management, ANN).await;
}

#[tokio::test]
async fn a_personal_plan_that_the_sample_sold_is_put_in_force() {
    let paid = "personal;2025-09-16T21:00:00.007Z;activation";
    let (_provider, site, management) = after_the_sample(json!([person(ANN, paid)]), json!([])).await;
    let mut ann = site.browser();
    ann.log_in(ANN).await;
    let ready = ann.get("/home/register-personal").await;
    assert!(ready.is(200).says("Congratulations, you are on the Personal plan"), "{}", ready.summary());
    ann.post("/home/register-personal", &[]).await.leads_to("/home");
    assert_eq!(management.subscription(ANN).await, "personal;2025-09-16T21:00:00.007Z;active");
    assert!(ann.has_courses().await);
}

/// Fault 8: the sample makes an organization in four writes, and stops between them.
#[tokio::test]
async fn fault08_an_organization_that_the_sample_left_without_an_administrator_stops_nobody() {
    let paid = "team;2025-09-16T21:00:00.007Z;activation";
    let half_made = organization("team;2025-09-16T21:00:00.007Z;active", &json!([]));
    let (_provider, site, management) =
        after_the_sample(json!([person(ANN, paid)]), json!([half_made])).await;
    let mut ann = site.browser();
    ann.log_in(ANN).await;
    let taken = ann.name_organization("mycompany").await;
    assert!(taken.is(422).says("This name is taken"), "{}", taken.summary());
    let answer = ann.name_organization("mycompany-2").await;
    ann.follow(answer).await.is(200);
    assert!(ann.get("/admin").await.is(200).says("1 of 20 seats used"));
    assert_eq!(management.organizations().await.len(), 2);
}

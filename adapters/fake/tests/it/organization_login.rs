//! Logins under an organization (Auth0: "Login flows for organizations").

use crate::browser::Browser;
use crate::support::{APP, PASSWORD, World, parameter, seed, segment};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tenantry_fake::{OrganizationRequireBehavior, OrganizationUsage};

fn world(usage: OrganizationUsage, behavior: OrganizationRequireBehavior) -> World {
    let mut seed = seed();
    seed.login.organization_usage = usage;
    seed.login.organization_require_behavior = behavior;
    World::with(seed)
}

async fn give_role(world: &World, organization: &str, user: &str, role: &str) {
    let roles = world.api("GET", &format!("/roles?name_filter={role}"), Value::Null).await.json();
    let path = format!("/organizations/{organization}/members/{}/roles", segment(user));
    let given = world.api("POST", &path, json!({ "roles": [roles[0]["id"]] })).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.body);
}

#[tokio::test]
async fn a_member_logs_in_and_the_token_says_where_and_as_what() {
    let world = World::new();
    let (acme, other) = (world.organization("acme").await, world.organization("other").await);
    let ann = world.user("ann@example.com").await;
    for organization in [&acme, &other] {
        world.add_member(organization, &ann).await;
    }
    give_role(&world, &acme, &ann, "Administrator").await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("organization", &acme)]).await;
    let shown = browser.get(&world, &page).await;
    assert!(shown.body.contains("acme Inc"), "the organization's name is shown");
    assert!(!shown.body.contains("Continue with Google"), "acme has not enabled it");
    assert!(!shown.body.contains("Sign up"), "nor signing up");
    let fields = [("username", "ann@example.com"), ("password", PASSWORD)];
    let token = world.id_token(&browser.post(&world, &page, &fields).await.callback()).await;
    assert_eq!((&token["org_id"], token.get("org_name")), (&json!(acme), None));
    assert_eq!(token["subscription"], "team;2027-03-02T10:00:00.000Z;active");
    assert_eq!(token["member_roles"], json!(["Administrator"]));
    let user = world.api("GET", &format!("/users/{}", segment(&ann)), Value::Null).await.json();
    assert_eq!(user.get("app_metadata"), None, "nobody gets a trial for logging in to an organization");

    // The session is good for the other organization, with the roles there.
    let switched = browser.get(&world, &world.authorize(&[("organization", &other)])).await;
    let token = world.id_token(&switched.callback()).await;
    assert_eq!((&token["org_id"], &token["member_roles"]), (&json!(other), &json!([])));
}

#[tokio::test]
async fn who_is_no_member_is_sent_back_and_nothing_is_left_behind() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let ann = world.user("ann@example.com").await;
    let mut browser = Browser::default();
    let answer = browser.log_in(&world, "ann@example.com", &[("organization", &acme)]).await;
    let message = format!("user {ann} is not part of the {acme} organization");
    assert_eq!(answer.refusal(), ("access_denied".to_owned(), message.clone()));
    let user = world.api("GET", &format!("/users/{}", segment(&ann)), Value::Null).await.json();
    assert_eq!(user.get("logins_count"), None, "a login that was refused is none");
    assert_eq!(browser.cookie("auth0"), None);

    // With a session from a login without organization the answer is the same, also without a page.
    browser.log_in(&world, "ann@example.com", &[]).await;
    for prompt in ["", "none"] {
        let request = world.authorize(&[("organization", &acme), ("prompt", prompt)]);
        assert_eq!(browser.get(&world, &request).await.refusal().1, message);
    }
}

#[tokio::test]
async fn who_came_by_a_connection_that_the_organization_has_not_enabled_logs_in_again() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("connection", "google-oauth2")]).await;
    let signed_in = browser.post(&world, &page, &[("email", "ann@example.com"), ("name", "Ann")]).await;
    let token = world.id_token(&signed_in.callback()).await;
    world.add_member(&acme, token["sub"].as_str().unwrap()).await;
    let silent = world.authorize(&[("organization", &acme), ("prompt", "none")]);
    assert_eq!(browser.get(&world, &silent).await.refusal().0, "login_required");
    assert!(browser.begin(&world, &[("organization", &acme)]).await.starts_with("/u/login?"));
}

#[tokio::test]
async fn a_federated_newcomer_becomes_a_member_and_an_employee() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let entra = world.connection_id("acme-entra").await;
    let path = format!("/organizations/{acme}/enabled_connections");
    let body = json!({ "connection_id": entra, "assign_membership_on_login": true, "show_as_button": false });
    assert_eq!(world.api("POST", &path, body).await.status, StatusCode::CREATED);

    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("organization", &acme)]).await;
    assert!(!browser.get(&world, &page).await.body.contains("acme-entra"), "the button is hidden");
    let page = browser.begin(&world, &[("organization", &acme), ("connection", "acme-entra")]).await;
    assert!(page.starts_with("/u/stand-in"), "who names it reaches it");
    let fields = [("email", "bo@acme.example"), ("name", "Bo Ek")];
    let token = world.id_token(&browser.post(&world, &page, &fields).await.callback()).await;
    assert!(token["sub"].as_str().unwrap().starts_with("oidc|acme-entra|"), "{token:?}");
    assert_eq!(
        (&token["org_id"], &token["member_roles"]),
        (&json!(acme), &json!([])),
        "the roles they came with"
    );

    // Who has a role keeps it.
    let user = token["sub"].as_str().unwrap();
    give_role(&world, &acme, user, "Administrator").await;
    let again = browser.get(&world, &world.authorize(&[("organization", &acme)])).await;
    assert_eq!(world.id_token(&again.callback()).await["member_roles"], json!(["Employee", "Administrator"]));

    // Without auto-membership a newcomer is refused.
    let flag = json!({ "assign_membership_on_login": false });
    world.api("PATCH", &format!("{path}/{entra}"), flag).await;
    let mut stranger = Browser::default();
    let page = stranger.begin(&world, &[("organization", &acme), ("connection", "acme-entra")]).await;
    let refused = stranger.post(&world, &page, &[("email", "cy@acme.example")]).await;
    assert_eq!(refused.refusal().0, "access_denied");
}

#[tokio::test]
async fn an_organization_may_let_people_sign_up() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let database = world.connection_id("Username-Password-Authentication").await;
    let path = format!("/organizations/{acme}/enabled_connections/{database}");
    let flags = json!({ "assign_membership_on_login": true, "is_signup_enabled": true });
    assert_eq!(world.api("PATCH", &path, flags).await.status, StatusCode::OK);
    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("organization", &acme), ("screen_hint", "signup")]).await;
    let fields = [("email", "ann@example.com"), ("password", PASSWORD)];
    let token = world.id_token(&browser.post(&world, &page, &fields).await.callback()).await;
    assert_eq!((&token["org_id"], &token["member_roles"]), (&json!(acme), &json!([])));
}

#[tokio::test]
async fn a_login_without_organization_joins_the_only_one_that_takes_everybody() {
    let world = World::new();
    let database = world.connection_id("Username-Password-Authentication").await;
    let takes_all = json!([{ "connection_id": database, "assign_membership_on_login": true }]);
    let organizations_of = async |user: &str| {
        let path = format!("/users/{}/organizations", segment(user));
        world.api("GET", &path, Value::Null).await.json().as_array().unwrap().len()
    };
    let make = async |name: &str| {
        let body = json!({ "name": name, "enabled_connections": takes_all });
        assert_eq!(world.api("POST", "/organizations", body).await.status, StatusCode::CREATED);
    };
    make("acme").await;
    let ann = world.id_token(&Browser::default().sign_up(&world, "ann@example.com").await.callback()).await;
    assert_eq!(ann.get("org_id"), None);
    assert_eq!(organizations_of(ann["sub"].as_str().unwrap()).await, 1);
    make("other").await;
    let bo = world.id_token(&Browser::default().sign_up(&world, "bo@example.com").await.callback()).await;
    assert_eq!(organizations_of(bo["sub"].as_str().unwrap()).await, 0, "two could be meant");
}

#[tokio::test]
async fn a_client_can_need_an_organization_or_refuse_one() {
    let require = world(OrganizationUsage::Require, OrganizationRequireBehavior::NoPrompt);
    let answer = require.get(&require.authorize(&[])).await;
    let expected = "parameter organization is required for this client".to_owned();
    assert_eq!(answer.refusal(), ("invalid_request".to_owned(), expected));
    let deny = world(OrganizationUsage::Deny, OrganizationRequireBehavior::NoPrompt);
    let acme = deny.organization("acme").await;
    let answer = deny.get(&deny.authorize(&[("organization", &acme)])).await;
    let expected = "parameter organization is not allowed for this client".to_owned();
    assert_eq!(answer.refusal(), ("invalid_request".to_owned(), expected));
}

#[tokio::test]
async fn names_serve_as_ids_when_the_tenant_allows_it() {
    let mut seed = seed();
    seed.login.allow_organization_name = true;
    let world = World::with(seed);
    let acme = world.organization("acme").await;
    let ann = world.user("ann@example.com").await;
    world.add_member(&acme, &ann).await;
    let answer = Browser::default().log_in(&world, "ann@example.com", &[("organization", "ACME")]).await;
    let token = world.id_token(&answer.callback()).await;
    assert_eq!((&token["org_id"], &token["org_name"]), (&json!(acme), &json!("acme")));
}

#[tokio::test]
async fn the_organization_can_be_asked_for_before_the_login() {
    let world = world(OrganizationUsage::Allow, OrganizationRequireBehavior::PreLoginPrompt);
    let acme = world.organization("acme").await;
    let ann = world.user("ann@example.com").await;
    world.add_member(&acme, &ann).await;
    let mut browser = Browser::default();
    let silent = world.authorize(&[("prompt", "none")]);
    assert_eq!(browser.get(&world, &silent).await.refusal().0, "login_required");
    let page = browser.begin(&world, &[]).await;
    assert!(page.starts_with("/u/organization?state="), "{page}");
    for (name, message) in
        [("", "Enter your organization&#39;s name"), ("nope", "The organization you entered is invalid")]
    {
        let wrong = browser.post(&world, &page, &[("organizationName", name)]).await;
        assert!(wrong.status == StatusCode::BAD_REQUEST && wrong.body.contains(message), "{}", wrong.body);
    }
    let named = browser.post(&world, &page, &[("organizationName", "Acme"), ("action", "default")]).await;
    assert!(named.location.starts_with("/u/login?state="), "{}", named.location);
    let fields = [("username", "ann@example.com"), ("password", PASSWORD)];
    let done = browser.post(&world, &named.location, &fields).await;
    assert_eq!(world.id_token(&done.callback()).await["org_id"], json!(acme));
    assert_eq!(browser.get(&world, &silent).await.refusal().0, "interaction_required");

    // The session counts once the organization is named; or the person goes on without one.
    let page = browser.begin(&world, &[]).await;
    let named = browser.post(&world, &page, &[("organizationName", "acme")]).await;
    assert_eq!(world.id_token(&named.callback()).await["org_id"], json!(acme));
    let page = browser.begin(&world, &[]).await;
    let personal = browser.post(&world, &page, &[("action", "personal")]).await;
    assert_eq!(world.id_token(&personal.callback()).await.get("org_id"), None);
}

#[tokio::test]
async fn the_organization_can_be_picked_after_the_login() {
    let world = world(OrganizationUsage::Allow, OrganizationRequireBehavior::PostLoginPrompt);
    let (acme, other) = (world.organization("acme").await, world.organization("other").await);
    let ann = world.user("ann@example.com").await;
    world.user("bo@example.com").await;
    world.add_member(&acme, &ann).await;
    let mut browser = Browser::default();
    let picker = browser.log_in(&world, "ann@example.com", &[]).await.location;
    assert!(picker.starts_with("/u/organization/picker?state="), "{picker}");
    let shown = browser.get(&world, &picker).await.body;
    assert!(
        shown.contains("acme Inc") && !shown.contains("other Inc") && shown.contains("personal"),
        "{shown}"
    );
    let foreign = browser.post(&world, &picker, &[("organization", &other)]).await;
    assert_eq!((foreign.status, foreign.location.as_str()), (StatusCode::OK, ""), "not one of hers");
    let picked = browser.post(&world, &picker, &[("organization", &acme)]).await;
    assert_eq!(world.id_token(&picked.callback()).await["org_id"], json!(acme));

    let silent = browser.get(&world, &world.authorize(&[("prompt", "none")])).await;
    assert_eq!(silent.refusal().0, "interaction_required");
    let picker = browser.begin(&world, &[]).await;
    let personal = browser.post(&world, &picker, &[("action", "personal")]).await;
    assert_eq!(world.id_token(&personal.callback()).await.get("org_id"), None);
    // Who has no organization is not asked.
    let bo = Browser::default().log_in(&world, "bo@example.com", &[]).await;
    assert!(parameter(&bo.callback(), "code").is_some());
}

#[tokio::test]
async fn a_client_that_needs_an_organization_takes_the_only_one() {
    let world = world(OrganizationUsage::Require, OrganizationRequireBehavior::PostLoginPrompt);
    let acme = world.organization("acme").await;
    let ann = world.user("ann@example.com").await;
    let nowhere = Browser::default().log_in(&world, "ann@example.com", &[]).await;
    assert_eq!(nowhere.refusal().0, "access_denied");
    world.add_member(&acme, &ann).await;
    let done = Browser::default().log_in(&world, "ann@example.com", &[]).await;
    assert_eq!(world.id_token(&done.callback()).await["org_id"], json!(acme));
}

#[tokio::test]
async fn a_refresh_token_is_worth_nothing_after_the_membership() {
    let world = World::new();
    let acme = world.organization("acme").await;
    let ann = world.user("ann@example.com").await;
    world.add_member(&acme, &ann).await;
    let scope = ("scope", "openid offline_access");
    let answer =
        Browser::default().log_in(&world, "ann@example.com", &[("organization", &acme), scope]).await;
    let code = parameter(&answer.callback(), "code").unwrap();
    let token = world.redeem(&code).await.json()["refresh_token"].as_str().unwrap().to_owned();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let fresh = world.token(APP, &fields).await.json();
    assert_eq!(crate::support::claims(fresh["id_token"].as_str().unwrap())["org_id"], json!(acme));
    let path = format!("/organizations/{acme}/members");
    world.api("DELETE", &path, json!({ "members": [ann] })).await;
    assert_eq!(world.token(APP, &fields).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn the_login_page_shows_an_organizations_colours_and_logo() {
    let world = World::new();
    let (acme, other) = (world.organization("acme").await, world.organization("other").await);
    let logo = "https://learn.example/logos/0123?a=1&b=2";
    let colors = json!({ "primary": "#Ff00FF", "page_background": "#00ff00" });
    let branding = json!({ "branding": { "logo_url": logo, "colors": colors } });
    let changed = world.api("PATCH", &format!("/organizations/{acme}"), branding).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);

    let mut browser = Browser::default();
    let page = browser.begin(&world, &[("organization", &acme)]).await;
    let shown = browser.get(&world, &page).await;
    assert!(shown.body.contains("src=\"https://learn.example/logos/0123?a=1&#38;b=2\""), "{}", shown.body);
    assert!(shown.csp.contains("img-src 'self' data: https:;"), "{}", shown.csp);
    let file = shown.body.split("href=\"").find(|rest| rest.contains("-ff00ff-00ff00.css\"")).unwrap();
    let css = browser.get(&world, file.split('"').next().unwrap()).await;
    assert_eq!(css.status, StatusCode::OK);
    assert!(css.body.starts_with(":root {") && css.body.contains("--backdrop: light-dark(#00ff00, "));
    for nothing in ["ff00ff-00ff0g", "FF00FF-00ff00", "f0f-0f0", "ff00ff00ff00"] {
        let path = file.split('"').next().unwrap().replace("ff00ff-00ff00", nothing);
        assert_eq!(browser.get(&world, &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }

    let page = Browser::default().begin(&world, &[("organization", &other)]).await;
    let shown = Browser::default().get(&world, &page).await;
    assert!(!shown.body.contains("learn.example") && !shown.body.contains("ff00ff"), "it is acme's alone");
}

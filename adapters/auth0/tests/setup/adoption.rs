//! A tenant that already has things of those names: they stay as they are, and are taken over as told.

use serde_json::{Value, json};
use tenantry_auth0::setup::{self, Change, SetupError};
use tenantry_fake::Seed;

use crate::world::{World, assert_same, change};

const SAMPLES_ACTION: &str = "exports.onExecutePostLogin = async (event, api) => { /* the sample's own */ };";
const OTHERS: &str = "exports.onExecutePostLogin = async () => {};";

/// Everything of that tenant that set-up may take over.
pub(crate) const EVERYTHING: [&str; 7] = [
    setup::WEB,
    setup::MANAGEMENT,
    "Administrator",
    "Employee",
    "google-oauth2",
    "Manage_Subscription",
    "Set_Default_Member_Role",
];

/// What somebody made by hand, after the guide: applications, roles, connections, Actions, bound between others.
pub(crate) async fn after_the_guide() -> World {
    let world = World::with(
        Seed::empty()
            .with_connection("Username-Password-Authentication", "auth0")
            .with_connection("google-oauth2", "google-oauth2"),
    )
    .await;
    let web = json!({
        "name": setup::WEB,
        "app_type": "regular_web",
        "callbacks": ["http://localhost:3000/api/auth/callback", "http://localhost:3001/callback"],
        "allowed_logout_urls": ["http://localhost:3000"],
        "organization_usage": "allow",
        "organization_require_behavior": "post_login_prompt",
        "client_metadata": { "team": "payments" },
        "grant_types": ["authorization_code", "refresh_token", "implicit", "client_credentials"],
    });
    world.api("POST", "/clients", web).await;
    let m2m = json!({ "name": setup::MANAGEMENT, "app_type": "non_interactive" });
    let m2m = world.api("POST", "/clients", m2m).await;
    let grant = json!({
        "client_id": m2m["client_id"],
        "audience": format!("{}api/v2/", world.fake.issuer()),
        "scope": ["read:organizations", "create:organization_invitations"],
    });
    world.api("POST", "/client-grants", grant).await;
    for name in ["Administrator", "Employee"] {
        world.api("POST", "/roles", json!({ "name": name, "description": "By hand" })).await;
    }
    let actions = ["Check_Country", "Set_Default_Member_Role", "Manage_Subscription", "Tell_Sales"];
    for name in actions {
        let code = if name.contains("Country") || name.contains("Sales") { OTHERS } else { SAMPLES_ACTION };
        let trigger = json!([{ "id": "post-login", "version": "v3" }]);
        let body = json!({ "name": name, "supported_triggers": trigger, "code": code });
        let made = world.api("POST", "/actions/actions", body).await;
        let path = format!("/actions/actions/{}/deploy", made["id"].as_str().unwrap());
        world.api("POST", &path, json!({})).await;
    }
    let bindings = actions.map(|name| {
        json!({ "ref": { "type": "action_name", "value": name }, "display_name": format!("{name} (bound)") })
    });
    world.api("PATCH", "/actions/triggers/post-login/bindings", json!({ "bindings": bindings })).await;
    world
}

#[tokio::test]
async fn what_others_made_conflicts_and_nothing_is_changed() {
    let world = after_the_guide().await;
    let before = world.snapshot().await;
    let plan = world.setup(&[]).plan().await.unwrap();
    for (step, name) in [
        ("application", setup::WEB),
        ("application", setup::MANAGEMENT),
        ("role", "Administrator"),
        ("role", "Employee"),
        ("connection", "google-oauth2"),
        ("action", "Manage_Subscription"),
        ("action", "Set_Default_Member_Role"),
    ] {
        assert_eq!(change(&plan, step, name), Change::Conflict, "{step} {name}");
    }
    assert_eq!(plan.conflicts(), 7);
    assert_eq!(change(&plan, "connection", "Username-Password-Authentication"), Change::Update);
    let details = plan.lines()[4].details.concat();
    assert!(details.contains("--adopt \"Administrator\""), "{details}");
    let refused = world.run(&[]).await.unwrap_err();
    assert!(matches!(refused, SetupError::Conflicts(7)), "{refused}");
    // With some of them allowed the others still stand in the way of all.
    let refused = world.run(&["Administrator", "Employee", setup::WEB]).await.unwrap_err();
    assert!(matches!(refused, SetupError::Conflicts(4)), "{refused}");
    assert_same(&world.snapshot().await, &before, "with conflicts");
}

#[tokio::test]
async fn what_is_adopted_is_changed_in_its_place_and_what_its_owners_added_stays() {
    let world = after_the_guide().await;
    let counts = |snapshot: &Value| -> Vec<usize> {
        ["clients", "grants", "roles", "connections", "actions", "bindings"]
            .map(|list| snapshot[list].as_array().unwrap().len())
            .to_vec()
    };
    let before = counts(&world.snapshot().await);
    let id = world.application(setup::WEB).await["client_id"].clone();
    let mut settings = world.settings(&[]);
    settings.adopt = setup::Adopt::All;
    let all = setup::Setup::new(settings, crate::world::clock(), crate::world::random()).unwrap();
    let plan = all.plan().await.unwrap();
    assert_eq!(plan.conflicts(), 0, "{:#?}", plan.lines());
    let made = all.apply(&plan, &mut |_| {}).await.unwrap();
    assert_eq!(counts(&world.snapshot().await), before, "nothing is there twice");

    let web = world.application(setup::WEB).await;
    assert_eq!((&web["client_id"], id.as_str()), (&id, Some(made.client_id.as_str())));
    assert_eq!(web["client_metadata"], json!({ "team": "payments", "tenantry": "web:adopted" }));
    assert_eq!(web["callbacks"].as_array().unwrap().len(), 2);
    assert_eq!(web["allowed_logout_urls"], json!(["http://localhost:3000", "http://localhost:3000/"]));
    assert_eq!(web["grant_types"], json!(["authorization_code", "refresh_token"]));
    let grants = world.get(&format!("/client-grants?client_id={}", made.m2m_client_id)).await;
    assert!(grants[0]["scope"].as_array().unwrap().contains(&json!("create:organization_invitations")));
    let roles = world.get("/roles?name_filter=Employee").await;
    assert_eq!(roles[0]["description"], "By hand [Tenantry Employee]");
    let bound = world.get("/actions/triggers/post-login/bindings").await;
    let bound: Vec<&Value> =
        bound["bindings"].as_array().unwrap().iter().map(|row| &row["display_name"]).collect();
    let order = ["Check_Country", "Manage_Subscription", "Set_Default_Member_Role", "Tell_Sales"];
    assert_eq!(json!(bound), json!(order.map(|name| format!("{name} (bound)"))));
    let others = world.get("/actions/actions?actionName=Tell_Sales").await;
    assert_eq!(others["actions"][0]["code"], OTHERS);

    // What was taken over once needs no telling again.
    let again = world.setup(&[]).plan().await.unwrap();
    assert_eq!(again.changes() + again.conflicts(), 0, "{:#?}", again.lines());
}

#[tokio::test]
async fn of_two_applications_with_one_name_none_is_guessed() {
    let world = World::empty().await;
    for _ in 0..2 {
        world.api("POST", "/clients", json!({ "name": setup::WEB, "app_type": "regular_web" })).await;
    }
    let plan = world.setup(&[setup::WEB]).plan().await.unwrap();
    assert_eq!(change(&plan, "application", setup::WEB), Change::Conflict);
    assert!(plan.lines()[0].details[0].contains("delete or rename all but one"));
}

#[tokio::test]
async fn a_connection_of_another_kind_is_never_taken_over() {
    let world = World::with(Seed::empty().with_connection("google-oauth2", "auth0")).await;
    let plan = world.setup(&["google-oauth2"]).plan().await.unwrap();
    assert_eq!(change(&plan, "connection", "google-oauth2"), Change::Conflict);
}

#[tokio::test]
async fn an_application_that_was_renamed_is_still_ours() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let id = world.application(setup::WEB).await["client_id"].as_str().unwrap().to_owned();
    world.api("PATCH", &format!("/clients/{id}"), json!({ "name": "Acme Academy" })).await;
    let plan = world.run(&[]).await.unwrap();
    assert_eq!(change(&plan, "application", "Acme Academy"), Change::None);
    assert_eq!(world.application("Acme Academy").await["client_id"], id.as_str());
}

#[tokio::test]
async fn an_action_that_was_renamed_is_still_ours() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let before = world.snapshot().await;
    let listed = world.get("/actions/actions?actionName=Manage_Subscription").await;
    let path = format!("/actions/actions/{}", listed["actions"][0]["id"].as_str().unwrap());
    world.api("PATCH", &path, json!({ "name": "Acme_Plans" })).await;
    world.api("POST", &format!("{path}/deploy"), json!({})).await;
    let plan = world.run(&[]).await.unwrap();
    assert_eq!(change(&plan, "action", "Acme_Plans"), Change::None);
    assert_eq!((plan.changes(), plan.conflicts()), (0, 0), "{:#?}", plan.lines());
    let after = world.snapshot().await;
    assert_eq!(after["actions"].as_array().unwrap().len(), before["actions"].as_array().unwrap().len());
    // What somebody else made under the name is nobody's concern.
    let trigger = json!([{ "id": "post-login", "version": "v3" }]);
    let theirs = json!({ "name": "Manage_Subscription", "supported_triggers": trigger, "code": OTHERS });
    world.api("POST", "/actions/actions", theirs).await;
    let plan = world.setup(&[]).plan().await.unwrap();
    assert_eq!((plan.changes(), plan.conflicts()), (0, 0), "{:#?}", plan.lines());
}

#[tokio::test]
async fn a_role_that_was_renamed_gets_back_the_name_by_which_the_product_knows_it() {
    let world = World::empty().await;
    world.run(&[]).await.unwrap();
    let before = world.snapshot().await;
    let roles = world.get("/roles?name_filter=Administrator").await;
    let path = format!("/roles/{}", roles[0]["id"].as_str().unwrap());
    world.api("PATCH", &path, json!({ "name": "Boss" })).await;
    let plan = world.run(&[]).await.unwrap();
    assert_eq!((change(&plan, "role", "Administrator"), plan.changes()), (Change::Update, 1));
    assert!(plan.lines()[4].details[0].starts_with("name: \"Boss\" -> \"Administrator\""));
    assert_same(&world.snapshot().await, &before, "after the renaming");
}

#[tokio::test]
async fn a_role_is_found_behind_a_hundred_that_organizations_own() {
    let world = World::empty().await;
    let mut names: Vec<String> = (0..101).map(|number| format!("Administrator {number}")).collect();
    names.push("Employee".to_owned());
    let acme = world.api("POST", "/organizations", json!({ "name": "acme" })).await;
    for name in names {
        let theirs = json!({ "name": name, "type": "organization", "owner_id": acme["id"] });
        world.api("POST", "/roles", theirs).await;
    }
    world.api("POST", "/roles", json!({ "name": "Administrator" })).await;
    let plan = world.setup(&["Administrator"]).plan().await.unwrap();
    assert_eq!(change(&plan, "role", "Administrator"), Change::Update);
    assert_eq!(change(&plan, "role", "Employee"), Change::Create, "an organization's own is none of ours");
}

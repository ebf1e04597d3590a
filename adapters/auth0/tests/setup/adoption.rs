//! A tenant that already has things of those names: they stay as they are, and are taken over as told.

use serde_json::{Value, json};
use tenantry_auth0::setup::{self, Change, SetupError};
use tenantry_fake::Seed;

use crate::world::{World, assert_same, change};

const SAMPLES_ACTION: &str = "exports.onExecutePostLogin = async (event, api) => { /* the sample's own */ };";
pub(crate) const OTHERS: &str = "exports.onExecutePostLogin = async () => {};";

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
        "oidc_conformant": true,
        "jwt_configuration": { "alg": "RS256" },
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
    assert_eq!(change(&plan, "prompts", "identifier first"), Change::Conflict);
    assert_eq!(plan.conflicts(), 8);
    assert_eq!(change(&plan, "connection", "Username-Password-Authentication"), Change::Update);
    let details = plan.lines()[4].details.concat();
    assert!(details.contains("--adopt \"Administrator\""), "{details}");
    let refused = world.run(&[]).await.unwrap_err();
    assert!(matches!(refused, SetupError::Conflicts(8)), "{refused}");
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
    let web_before = world.application(setup::WEB).await;
    let management_before = world.application(setup::MANAGEMENT).await;
    let id = web_before["client_id"].clone();
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
    for field in
        ["grant_types", "organization_require_behavior", "oidc_conformant", "jwt_configuration", "app_type"]
    {
        assert_eq!(web[field], web_before[field], "{field}");
    }
    let mut management = world.application(setup::MANAGEMENT).await;
    assert_eq!(management["client_metadata"], json!({ "tenantry": "management:adopted" }));
    management.as_object_mut().unwrap().remove("client_metadata");
    assert_eq!(management, management_before, "but for the mark it is as it was");
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

/// Changes an application as its owners do.
async fn owners_change(world: &World, name: &str, body: Value) {
    let id = world.application(name).await["client_id"].as_str().unwrap().to_owned();
    world.api("PATCH", &format!("/clients/{id}"), body).await;
}

/// What the plan says of a step.
fn details(plan: &setup::Plan, step: &str, name: &str) -> Vec<String> {
    let line = plan.lines().into_iter().find(|line| line.step == step && line.name == name);
    line.unwrap().details.clone()
}

#[tokio::test]
async fn what_the_product_needs_otherwise_in_an_adopted_application_is_a_conflict_by_name() {
    let world = after_the_guide().await;
    let web = json!({
        "organization_usage": "require",
        "oidc_conformant": false,
        "grant_types": ["implicit"],
        "jwt_configuration": { "alg": "HS256" },
    });
    owners_change(&world, setup::WEB, web).await;
    let management =
        json!({ "token_endpoint_auth_method": "client_secret_basic", "grant_types": ["authorization_code"] });
    owners_change(&world, setup::MANAGEMENT, management).await;
    let before = world.snapshot().await;
    let plan = world.setup(&EVERYTHING).plan().await.unwrap();
    let todo = "set-up changes none of this in an application that it did not make: change it there, then run the same \
                command again";
    assert_eq!(
        details(&plan, "application", setup::WEB),
        [
            "grant_types: it is [\"implicit\"], and \"authorization_code\" is needed",
            "oidc_conformant: it is false, and true is needed",
            "jwt_configuration.alg: it is \"HS256\", and \"RS256\" is needed",
            "organization_usage: it is \"require\", and \"allow\" is needed",
            todo,
        ]
    );
    assert_eq!(
        details(&plan, "application", setup::MANAGEMENT),
        [
            "token_endpoint_auth_method: it is \"client_secret_basic\", and \"client_secret_post\" is needed",
            "grant_types: it is [\"authorization_code\"], and \"client_credentials\" is needed",
            todo,
        ]
    );
    let refused = world.run(&EVERYTHING).await.unwrap_err();
    assert!(matches!(refused, SetupError::Conflicts(3)), "and the login page is theirs as long: {refused}");
    assert_same(&world.snapshot().await, &before, "with conflicts");
    // Without being told to take them over it says the same beside the conflict.
    let untold = details(&world.setup(&[]).plan().await.unwrap(), "application", setup::MANAGEMENT);
    assert!(untold[1].starts_with("token_endpoint_auth_method: "), "{untold:?}");

    let web = json!({
        "organization_usage": "allow",
        "oidc_conformant": true,
        "grant_types": ["implicit", "authorization_code"],
        "jwt_configuration": { "alg": "RS256" },
    });
    owners_change(&world, setup::WEB, web).await;
    let management = json!({
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "client_credentials"],
    });
    owners_change(&world, setup::MANAGEMENT, management).await;
    world.run(&EVERYTHING).await.unwrap();
    // What was taken over stays its owners' to change.
    owners_change(&world, setup::WEB, json!({ "organization_usage": "deny" })).await;
    let plan = world.setup(&[]).plan().await.unwrap();
    assert_eq!(change(&plan, "application", setup::WEB), Change::Conflict);
    assert_eq!((plan.changes(), plan.conflicts()), (0, 1), "{:#?}", plan.lines());
}

#[tokio::test]
async fn an_address_that_an_adopted_application_has_is_not_replaced() {
    let world = after_the_guide().await;
    let theirs = json!({
        "oidc_logout": {
            "backchannel_logout_urls": ["https://theirs.example.com/logout"],
            "backchannel_logout_initiators": { "mode": "custom", "selected_initiators": ["rp-logout", "idp-logout"] },
        },
        "initiate_login_uri": "https://theirs.example.com/login",
    });
    owners_change(&world, setup::WEB, theirs).await;
    let before = world.application(setup::WEB).await;
    let plan = world.run(&EVERYTHING).await.unwrap();
    assert_eq!(change(&plan, "backchannel_logout", setup::WEB), Change::None);
    let said = details(&plan, "backchannel_logout", setup::WEB).concat();
    assert!(said.starts_with("left out: ") && said.contains("https://theirs.example.com/logout"), "{said}");
    let after = world.application(setup::WEB).await;
    for field in ["oidc_logout", "initiate_login_uri"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    // With https the product has an address of its own for the latter.
    let mut settings = world.settings(&[]);
    settings.base_url = "https://app.example.com".parse().unwrap();
    let setup = setup::Setup::new(settings, crate::world::clock(), crate::world::random()).unwrap();
    let said = details(&setup.plan().await.unwrap(), "application", setup::WEB);
    assert!(
        said[0].starts_with("initiate_login_uri: it is \"https://theirs.example.com/login\", "),
        "{said:?}"
    );
}

#[tokio::test]
async fn the_login_page_of_others_is_not_changed_untold() {
    let world = World::empty().await;
    let machine = json!({ "name": "Batch", "app_type": "non_interactive", "callbacks": ["https://batch.example.com/"] });
    world.api("POST", "/clients", machine).await;
    world.api("POST", "/clients", json!({ "name": "Default App", "callbacks": [] })).await;
    let plan = world.setup(&[]).plan().await.unwrap();
    assert_eq!(change(&plan, "prompts", "identifier first"), Change::Update, "nobody logs in to these");
    for name in ["Shop", "Portal", "Intranet", "Helpdesk", "Forum"] {
        let client = json!({ "name": name, "callbacks": ["https://theirs.example.com/callback"] });
        world.api("POST", "/clients", client).await;
    }
    let before = world.snapshot().await;
    let plan = world.setup(&[]).plan().await.unwrap();
    assert_eq!(change(&plan, "prompts", "identifier first"), Change::Conflict);
    assert_eq!(plan.conflicts(), 1);
    let said = details(&plan, "prompts", "identifier first");
    assert_eq!(said[0], "identifier_first: false -> true");
    assert!(said[1].contains(" and 2 more)") && said[1].contains("--adopt prompts"), "{said:?}");
    let refused = world.run(&[]).await.unwrap_err();
    assert!(matches!(refused, SetupError::Conflicts(1)), "{refused}");
    assert_same(&world.snapshot().await, &before, "with a conflict");
    world.run(&["prompts"]).await.unwrap();
    assert_eq!(world.get("/prompts").await["identifier_first"], true);
    let again = world.setup(&[]).plan().await.unwrap();
    assert_eq!(again.changes() + again.conflicts(), 0, "{:#?}", again.lines());
}

#[tokio::test]
async fn google_is_left_out_as_told() {
    for world in [
        World::empty().await,
        World::with(Seed::empty().with_connection("google-oauth2", "google-oauth2")).await,
    ] {
        let before = world.get("/connections?name=google-oauth2").await;
        let settings = setup::SetupSettings { google: false, ..world.settings(&[]) };
        let setup = setup::Setup::new(settings, crate::world::clock(), crate::world::random()).unwrap();
        let plan = setup.plan().await.unwrap();
        assert_eq!(change(&plan, "connection", "google-oauth2"), Change::None);
        assert_eq!(details(&plan, "connection", "google-oauth2"), ["left out, as told"]);
        setup.apply(&plan, &mut |_| {}).await.unwrap();
        assert_eq!(world.get("/connections?name=google-oauth2").await, before);
    }
    let said = details(&World::empty().await.setup(&[]).plan().await.unwrap(), "connection", "google-oauth2");
    assert!(said[2].contains("for trying out only") && said[2].contains("--without-google"), "{said:?}");
}

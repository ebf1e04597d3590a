//! Home-realm discovery: an address leads to its provider, or to its organization.

use axum::http::StatusCode;
use serde_json::json;

use super::{DATABASE, ENTERPRISE, PASSWORD, World, succeeded};
use crate::model::DiscoveryDomain;

impl World {
    fn identifier_first(&self) {
        self.change(|state| {
            let mut settings = state.settings().clone();
            settings.prompts.insert("identifier_first".to_owned(), true.into());
            state.settings.put(settings);
        });
    }

    fn domain(&self, organization: &str, domain: &str, is_verified: bool, discovers: bool) {
        self.change(|state| {
            state.discovery_domains.put(DiscoveryDomain {
                id: format!("{organization} {domain}"),
                organization_id: organization.to_owned(),
                domain: domain.to_owned(),
                is_verified,
                verification_txt: String::new(),
                use_for_organization_discovery: discovers,
            });
        });
    }
}

#[tokio::test]
async fn an_address_of_an_enterprise_leads_to_its_provider() {
    let mut world = World::new();
    world.identifier_first();
    world.set_options(ENTERPRISE, &json!({ "domain_aliases": ["acme.example"] }));
    let page = world.authorize(&[]).await.location;
    assert!(page.starts_with("/u/login/identifier?"), "{page}");
    for (address, leads_to) in [
        ("bo@acme.example", "/u/stand-in?"),
        ("Bo@ACME.example ", "/u/stand-in?"),
        ("bo@sub.acme.example", "/u/login/password?"),
        ("bo@notacme.example", "/u/login/password?"),
        ("bo@acme.example.org", "/u/login/password?"),
        ("acme.example", "/u/login/password?"),
    ] {
        let next = world.post(&page, &[("username", address)]).await.location;
        assert!(next.starts_with(leads_to), "{address}: {next}");
    }
    let stand_in = world.post(&page, &[("username", "bo@acme.example")]).await.location;
    assert!(world.get(&stand_in).await.body.contains("value=\"bo@acme.example\""), "nothing is typed twice");
    // A hint needs no page at all.
    let hinted = world.authorize(&[("login_hint", "bo@acme.example")]).await.location;
    assert!(hinted.starts_with("/u/stand-in?"), "{hinted}");
    // Who names a connection has done the discovery.
    let named = [("login_hint", "bo@acme.example"), ("connection", "google-oauth2")];
    let page = world.authorize(&named).await.location;
    assert!(world.get(&page).await.body.contains("stands for Google"), "{page}");
}

#[tokio::test]
async fn under_an_organization_its_own_connections_count() {
    let mut world = World::new();
    world.identifier_first();
    world.set_options(ENTERPRISE, &json!({ "domain_aliases": ["acme.example"] }));
    let acme = world.organization("acme");
    let other = world.organization("other");
    world.change(|state| {
        // Not enabled for the client; and hidden at acme, gone from other.
        let mut connection = state.connection_by_name(ENTERPRISE).unwrap().clone();
        connection.enabled_clients.clear();
        let mut row = state.organizations.get(&acme).unwrap().clone();
        row.enabled_connections[1].show_as_button = false;
        state.organizations.put(row);
        let mut row = state.organizations.get(&other).unwrap().clone();
        row.enabled_connections.truncate(1);
        state.organizations.put(row);
        state.connections.put(connection);
    });
    let address = [("username", "bo@acme.example")];
    let page = world.authorize(&[("organization", &acme)]).await.location;
    assert!(world.post(&page, &address).await.location.starts_with("/u/stand-in?"));
    for more in [("organization", other.as_str()), ("scope", "openid")] {
        let page = world.authorize(&[more][usize::from(more.0 == "scope")..]).await.location;
        assert!(world.post(&page, &address).await.location.starts_with("/u/login/password?"), "{more:?}");
    }
    // Where people pick their organization later, every organization's connections count.
    world.set_client(&json!({ "organization_require_behavior": "post_login_prompt" }));
    let page = world.authorize(&[]).await.location;
    assert!(world.post(&page, &address).await.location.starts_with("/u/stand-in?"));
}

#[tokio::test]
async fn without_a_match_the_default_directory_asks_for_the_password() {
    let mut world = World::new();
    world.identifier_first();
    world.set_client(&json!({ "organization_require_behavior": "post_login_prompt" }));
    world.change(|state| {
        let mut staff = state.connection_by_name(DATABASE).unwrap().clone();
        staff.id = "con_staff".to_owned();
        staff.name = "staff".to_owned();
        staff.enabled_clients.clear();
        state.connections.put(staff);
        let mut settings = state.settings().clone();
        settings.tenant.insert("default_directory".to_owned(), "staff".into());
        state.settings.put(settings);
    });
    let page = world.authorize(&[]).await.location;
    let password = world.post(&page, &[("username", "bo@acme.example")]).await.location;
    let shown = world.get(&password).await.body;
    assert!(shown.contains("/u/reset-password/request/staff?"), "{shown}");
    // In other flows the client's own connections count.
    world.set_client(&json!({ "organization_require_behavior": "no_prompt" }));
    let page = world.authorize(&[]).await.location;
    let password = world.post(&page, &[("username", "bo@acme.example")]).await.location;
    let shown = world.get(&password).await.body;
    assert!(shown.contains(&format!("/u/reset-password/request/{DATABASE}?")), "{shown}");
}

#[tokio::test]
async fn an_organization_is_found_by_a_verified_domain() {
    let mut world = World::new();
    world.set_client(&json!({
        "organization_usage": "require",
        "organization_require_behavior": "pre_login_prompt",
        "organization_discovery_methods": ["email"],
    }));
    let (acme, other) = (world.organization("acme"), world.organization("other"));
    world.domain(&acme, "acme.example", true, true);
    world.domain(&acme, "pending.example", false, true);
    world.domain(&acme, "silent.example", true, false);
    for organization in [&acme, &other] {
        world.domain(organization, "both.example", true, true);
    }
    let page = world.authorize(&[]).await.location;
    let shown = world.get(&page).await.body;
    assert!(page.starts_with("/u/organization?") && shown.contains("name=\"email\""), "{shown}");
    assert!(!shown.contains("organizationName") && !shown.contains("Continue without"), "{shown}");
    for nobodys in ["", "bo", "bo@pending.example", "bo@silent.example", "bo@x.acme.example"] {
        let refused = world.post(&page, &[("email", nobodys)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{nobodys}");
    }
    let by_name = world.post(&page, &[("organizationName", "acme")]).await;
    assert!(by_name.location.starts_with("/u/login?"), "a name that is known is taken: {}", by_name.location);
    let page = world.authorize(&[]).await.location;
    let found = world.post(&page, &[("email", "Bo@Acme.Example")]).await.location;
    assert!(found.starts_with("/u/login?"), "{found}");
    let login = world.get(&found).await.body;
    assert!(login.contains("value=\"Bo@Acme.Example\"") && login.contains("to acme on app"), "{login}");

    let page = world.authorize(&[]).await.location;
    let chooser = world.post(&page, &[("email", "bo@both.example")]).await.location;
    assert!(chooser.starts_with("/u/organization/picker?"), "{chooser}");
    let shown = world.get(&chooser).await.body;
    assert!(shown.contains(&acme) && shown.contains(&other), "{shown}");
    let foreign = world.organization("third");
    assert_eq!(world.post(&chooser, &[("organization", &foreign)]).await.location, "", "not one of these");
    let bo = world.user("bo@both.example");
    world.change(|state| state.add_member(&other, &bo));
    let login = world.post(&chooser, &[("organization", &other)]).await.location;
    let done = world.post(&login, &[("username", "bo@both.example"), ("password", PASSWORD)]).await;
    assert!(succeeded(&done), "{}", done.location);
    assert_eq!(world.id_token(&done).await["org_id"], other.as_str());
}

#[tokio::test]
async fn a_callback_may_hold_the_organizations_name() {
    let mut world = World::new();
    world.set_client(&json!({ "callbacks": ["https://{organization_name}.app.example/cb", "https://app.example/callback"] }));
    let acme = world.organization("acme");
    let ask = |uri, organization| [("redirect_uri", uri), ("organization", organization)];
    let page = world.authorize(&ask("https://acme.app.example/cb", &acme)).await;
    assert!(page.location.starts_with("/u/login?"), "{}", page.body);
    for (uri, organization) in [
        ("https://acme.app.example/cb", ""),
        ("https://other.app.example/cb", acme.as_str()),
        ("https://{organization_name}.app.example/cb", acme.as_str()),
    ] {
        assert_eq!(world.authorize(&ask(uri, organization)).await.status, StatusCode::FORBIDDEN, "{uri}");
    }
}

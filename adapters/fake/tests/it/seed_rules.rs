//! A seed says what the Management API takes, and nothing else.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;
use tenantry_fake::{Fake, Seed, SeedFile};
use tenantry_ports::testkit::SeededRandom;

use crate::seed_file::error;
use crate::support::{clock, config};
use crate::wire::Wire;

#[test]
fn what_an_operation_would_refuse_is_refused_in_its_words() {
    for (yaml, expected) in [
        ("tenant: { frendly_nam: 7 }", "tenant: Additional properties not allowed: frendly_nam"),
        (
            "tenant: { session_lifetime: abc }",
            "tenant.session_lifetime: Expected type number but found type string",
        ),
        (
            "tenant: { session_lifetime: 9000 }",
            "tenant.session_lifetime: Value 9000 is not between 0 and 8760",
        ),
        (
            "prompts: { identifier_first: 1 }",
            "prompts.identifier_first: Expected type boolean but found type number",
        ),
        (
            "branding: { colors: { primary: 1 } }",
            "branding.colors.primary: Expected type string but found type number",
        ),
        (
            "clients: [{ name: a, management_scopes: ['read:users', 'read:userz'] }]",
            "clients[0].management_scopes[1]: no operation of this provider's Management API asks for this scope",
        ),
        (
            "clients: [{ name: a, settings: { is_first_party: 1 } }]",
            "clients[0].settings.is_first_party: Expected type boolean but found type number",
        ),
        (
            "clients: [{ name: a, token_endpoint_auth_method: password }]",
            "clients[0].token_endpoint_auth_method: No enum match for: password",
        ),
        (
            "resource_servers: [{ identifier: x, settings: { token_lifetime: 0 } }]",
            "resource_servers[0].settings.token_lifetime: Value 0 is less than minimum 1",
        ),
        (
            "resource_servers: [{ identifier: x }]\nclients: [{ name: a, grants: [{ audience: x, scope: [], settings: { allow_any_organization: 1 } }] }]",
            "clients[0].grants[0].settings.allow_any_organization: Expected type boolean but found type number",
        ),
        ("connections: [{ name: a, strategy: oidcc }]", "connections[0].strategy: No enum match for: oidcc"),
        (
            "connections: [{ name: a, strategy: oidc, options: { type: side_channel } }]",
            "connections[0].options.type: No enum match for: side_channel",
        ),
        (
            "connections: [{ name: a, strategy: oidc, settings: { show_as_button: 1 } }]",
            "connections[0].settings.show_as_button: Expected type boolean but found type number",
        ),
        (
            "organizations: [{ name: acme, branding: { logo: x } }]",
            "organizations[0].branding: Additional properties not allowed: logo",
        ),
        ("roles: [{ name: '' }]", "roles[0].name: String is too short (0 chars), minimum 1"),
        ("actions: [{ name: a, code: x, runtime: node1 }]", "actions[0].runtime: No enum match for: node1"),
        (
            "users: [{ email: a@b.example, phone_number: '12' }]",
            "users[0].phone_number: String does not match pattern ^\\+[0-9]{1,15}$: 12",
        ),
    ] {
        assert_eq!(error(yaml), expected, "{yaml}");
    }
}

#[test]
fn an_id_is_given_to_one_thing_alone() {
    for (yaml, expected) in [
        (
            "organizations: [{ name: acme, id: org_1 }, { name: beta, id: org_1 }]",
            "organizations[1].id: the organization acme has this id",
        ),
        (
            "connections: [{ name: a, strategy: oidc, id: con_1 }, { name: b, strategy: oidc, id: con_1 }]",
            "connections[1].id: the connection a has this id",
        ),
        ("roles: [{ name: a, id: rol_1 }, { name: b, id: rol_1 }]", "roles[1].id: the role a has this id"),
        (
            "connections: [{ name: b, strategy: auth0 }]\nusers: [{ user_id: a, email: a@b.example }, { user_id: a, email: a@b.example, connection: b }]",
            "users[1].user_id: an account of the connection Username-Password-Authentication has this id",
        ),
    ] {
        assert_eq!(error(yaml), expected, "{yaml}");
    }
}

#[test]
fn an_action_has_as_many_and_as_long_secrets_as_auth0_takes() {
    let action = |secrets: &str| {
        format!(
            "actions: [{{ name: a, code: 'exports.onExecutePostLogin = async () => {{}};', secrets: {{ {secrets} }} }}]"
        )
    };
    let secrets =
        |count: usize| (0..count).map(|number| format!("S{number}: x")).collect::<Vec<_>>().join(", ");
    for (secrets, expected) in [
        (secrets(31), "actions[0].secrets: Array is too long (31), maximum 30"),
        (
            format!("{}: x", "N".repeat(129)),
            "actions[0].secrets[0].name: String is too long (129 chars), maximum 128",
        ),
        (
            format!("S: {}", "x".repeat(4097)),
            "actions[0].secrets[0].value: String is too long (4097 chars), maximum 4096",
        ),
    ] {
        assert_eq!(error(&action(&secrets)), expected);
    }
    let sound = format!("{}, S: {}", secrets(29), "x".repeat(4096));
    let seed = Seed { file: Some(SeedFile::from_yaml(&action(&sound)).unwrap()), ..Seed::default() };
    assert!(Fake::in_memory(config(seed), clock(), Arc::new(SeededRandom::new(1))).is_ok());
}

#[tokio::test]
async fn flags_and_colours_that_a_seed_does_not_name_stay() {
    let wire = Wire::start().await;
    let seed = json!({ "tenant": { "flags": { "genai_trial": true } } });
    assert_eq!(wire.control(Method::POST, "/seed", Some(seed)).await.0.as_u16(), 204);
    let (_, settings) = wire.api(Method::GET, "/tenants/settings", None).await;
    let flags = &settings["flags"];
    assert_eq!((&flags["genai_trial"], &flags["universal_login"]), (&json!(true), &json!(true)), "{flags}");
}

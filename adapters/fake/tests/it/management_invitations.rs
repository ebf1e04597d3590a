//! Invitations over the Management API: what they say, where they lead, how long they last.

use crate::support::{APP, CALLBACK, M2M, World, seed};
use axum::http::StatusCode;
use serde_json::{Value, json};
use tenantry_fake::OrganizationUsage;

const NONE: Value = Value::Null;

fn invite(client: &str, more: &Value) -> Value {
    let mut body = json!({ "inviter": { "name": "Ann" }, "invitee": { "email": "Bo@acme.example" }, "client_id": client });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn an_invitation_says_where_it_leads_and_can_be_taken_back() {
    let world = World::new();
    let (acme, (client, _)) = (world.organization("acme").await, world.client(APP));
    let database = world.connection_id("Username-Password-Authentication").await;
    let role = world.api("GET", "/roles?name_filter=Employee", NONE).await.json()[0]["id"].clone();
    let path = format!("/organizations/{acme}/invitations");
    let more = json!({
        "connection_id": database,
        "roles": [role],
        "app_metadata": { "seat": 7 },
        "user_metadata": { "theme": "dark" },
        "ttl_sec": 3600,
        "send_invitation_email": false,
    });
    let made = world.api("POST", &path, invite(&client, &more)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let made = made.json();
    let (id, ticket) = (made["id"].as_str().unwrap(), made["ticket_id"].as_str().unwrap());
    assert!(id.starts_with("uinv_") && id.len() == 21 && ticket.len() == 32);
    let expected = json!({
        "id": id,
        "organization_id": acme,
        "client_id": client,
        "connection_id": database,
        "inviter": { "name": "Ann" },
        "invitee": { "email": "Bo@acme.example" },
        "roles": [role],
        "app_metadata": { "seat": 7 },
        "user_metadata": { "theme": "dark" },
        "ticket_id": ticket,
        "invitation_url": format!(
            "http://127.0.0.1:3000/login?from=invitation&invitation={ticket}&organization={acme}&organization_name=acme"
        ),
        "created_at": "2026-03-02T10:00:00.000Z",
        "expires_at": "2026-03-02T11:00:00.000Z",
    });
    assert_eq!(made, expected);
    let one = format!("{path}/{id}");
    assert_eq!(world.api("GET", &one, NONE).await.json(), expected);
    assert_eq!(world.api("GET", &path, NONE).await.json(), json!([expected]));
    let some = world.api("GET", &format!("{one}?fields=id,roles"), NONE).await.json();
    assert_eq!(some, json!({ "id": id, "roles": [role] }));
    assert_eq!(world.api("DELETE", &one, NONE).await.status, StatusCode::NO_CONTENT);
    let gone = world.api("DELETE", &one, NONE).await.json();
    let error = json!({
        "statusCode": 404,
        "error": "Not Found",
        "message": "The invitation does not exist.",
        "errorCode": "inexistent_invitation",
    });
    assert_eq!(gone, error);
    assert_eq!(world.api("GET", &path, NONE).await.json(), json!([]));
}

#[tokio::test]
async fn a_list_has_the_newest_first_and_no_total() {
    let world = World::new();
    let (acme, (client, _)) = (world.organization("acme").await, world.client(APP));
    let path = format!("/organizations/{acme}/invitations");
    let mut ids = Vec::new();
    for ttl in [json!({}), json!({ "ttl_sec": 0 }), json!({ "ttl_sec": 60 })] {
        ids.push(world.api("POST", &path, invite(&client, &ttl)).await.json()["id"].clone());
        world.clock.advance(std::time::Duration::from_secs(1));
    }
    let listed = |list: &Value| -> Vec<Value> {
        list.as_array().unwrap().iter().map(|invitation| invitation["id"].clone()).collect()
    };
    assert_eq!(listed(&world.api("GET", &format!("{path}?sort=created_at:1"), NONE).await.json()), ids);
    let newest = world.api("GET", &path, NONE).await.json();
    ids.reverse();
    assert_eq!(listed(&newest), ids);
    let expiry: Vec<&Value> = newest.as_array().unwrap().iter().map(|one| &one["expires_at"]).collect();
    assert_eq!(expiry, ["2026-03-02T10:01:02.000Z", "2026-03-09T10:00:01.000Z", "2026-03-09T10:00:00.000Z"]);
    let page = world.api("GET", &format!("{path}?include_totals=true&per_page=2&page=1"), NONE).await.json();
    assert_eq!((&page["start"], &page["limit"], page.get("total")), (&json!(2), &json!(1), None));
    assert_eq!(listed(&page["invitations"]), ids[2..]);
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused_with_its_cause() {
    let world = World::new();
    let (acme, (client, _)) = (world.organization("acme").await, world.client(APP));
    let entra = world.connection_id("acme-entra").await;
    let path = format!("/organizations/{acme}/invitations");
    for (body, message) in [
        (invite("nobody", &json!({})), "The specified client_id does not exist.".to_owned()),
        (
            invite(&client, &json!({ "connection_id": "con_none" })),
            "The specified connection does not exist.".to_owned(),
        ),
        (
            invite(&client, &json!({ "connection_id": entra })),
            format!("The specified connection ({entra}) is not enabled for the organization."),
        ),
        (
            invite(&client, &json!({ "roles": ["rol_a", "rol_b"] })),
            "One or more of the specified roles do not exist: rol_a, rol_b".to_owned(),
        ),
        (
            invite(&client, &json!({ "ttl_sec": 2_592_001 })),
            "Payload validation error: 'Value 2592001 is greater than maximum 2592000' on property ttl_sec."
                .to_owned(),
        ),
    ] {
        let refused = world.api("POST", &path, body).await.json();
        let expected = json!({
            "statusCode": 400, "error": "Bad Request", "message": message, "errorCode": "invalid_body",
        });
        assert_eq!(refused, expected);
    }
    assert_eq!(world.api("GET", &path, NONE).await.json(), json!([]));
    let unknown = world.api("POST", "/organizations/org_none/invitations", invite(&client, &json!({}))).await;
    assert_eq!(unknown.json()["message"], "No organization found by that id or name");
}

#[tokio::test]
async fn an_application_must_take_organizations_and_have_a_place_to_begin() {
    let mut without_route = seed();
    for client in &mut without_route.clients {
        client.initiate_login_uri = None;
    }
    let mut without_organizations = seed();
    without_organizations.login.organization_usage = OrganizationUsage::Deny;
    for (seed, words) in [
        (without_route, "A default login route is required to generate the invitation url."),
        (without_organizations, "does not allow organizations."),
    ] {
        let world = World::with(seed);
        let (acme, (client, _)) = (world.organization("acme").await, world.client(APP));
        let path = format!("/organizations/{acme}/invitations");
        let refused = world.api("POST", &path, invite(&client, &json!({}))).await;
        let message = refused.json()["message"].as_str().unwrap().to_owned();
        assert!(refused.status == StatusCode::BAD_REQUEST && message.ends_with(words), "{message}");
    }
}

#[tokio::test]
async fn the_link_is_the_organizations_own_where_the_application_leaves_a_place_for_it() {
    let mut seed = seed();
    for client in &mut seed.clients {
        let address = match client.name.as_str() {
            APP => "https://{organization_name}.app.example/in",
            _ => "https://{organization.metadata.public_host}/in",
        };
        client.initiate_login_uri = Some(address.to_owned());
        client.callbacks = vec![CALLBACK.to_owned()];
    }
    let world = World::with(seed);
    let acme = world.organization("acme").await;
    let path = format!("/organizations/{acme}/invitations");
    let link = async |client: &str| {
        let (client, _) = world.client(client);
        world.api("POST", &path, invite(&client, &json!({}))).await.json()
    };
    let invited = link(APP).await;
    let address = invited["invitation_url"].as_str().unwrap();
    assert!(address.starts_with("https://acme.app.example/in?invitation="), "{address}");
    assert_eq!(link(M2M).await["statusCode"], 400, "nothing to put in the place");
    let metadata = json!({ "metadata": { "public_host": "acme.example" } });
    world.api("PATCH", &format!("/organizations/{acme}"), metadata).await;
    let invited = link(M2M).await;
    let address = invited["invitation_url"].as_str().unwrap();
    assert!(address.starts_with("https://acme.example/in?invitation="), "{address}");
}

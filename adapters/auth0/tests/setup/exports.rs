//! The export: everything, once, past what one page or one search shows, and no secret.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;
use std::time::Duration;

use serde_json::{Value, json};
use tenantry_auth0::setup::{Export, Record, SetupError};
use tenantry_fake::{Seed, SeedFile};

use crate::world::{World, clock, random};

const TEAM: &str = "team;2027-03-02T10:00:00.000Z;active";

async fn export(world: &World) -> Result<Vec<Value>, SetupError> {
    let export = Export::new(&world.issuer(), world.access(), clock(), random()).unwrap();
    let mut lines = Vec::new();
    let mut sink = |record: &Record| {
        lines.push(serde_json::to_value(record).unwrap());
        Ok(())
    };
    export.run(&mut sink).await.map(|()| lines)
}

async fn world() -> World {
    let clients = Seed::empty().clients;
    World::with(Seed { clients, ..Seed::default() }).await
}

/// These people, every other one with a subscription, all made at the same instant.
async fn people(world: &World, numbers: Range<usize>) {
    let users: Vec<Value> = numbers
        .map(|number| {
            let mut user = json!({ "user_id": id(number), "email": format!("p{number}@example.com") });
            if number % 2 == 0 {
                user["app_metadata"] = json!({ "subscription": "personal;2027-03-02T10:00:00.000Z;active" });
            }
            user
        })
        .collect();
    plant(world, json!({ "users": users })).await;
    world.fake.clock().advance(Duration::from_secs(1));
}

fn id(number: usize) -> String {
    // No order of ids is the order in which people came.
    format!("auth0|{:05}", 99_999 - number)
}

async fn plant(world: &World, file: Value) {
    let file: SeedFile = serde_json::from_value(file).unwrap();
    world.fake.seed(&file).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_once_past_a_thousand_of_each() {
    let world = world().await;
    // The boundary of a search falls among those who were made together.
    for numbers in [0..700, 700..1_400, 1_400..2_100] {
        people(&world, numbers).await;
    }
    let members: Vec<Value> =
        (0..1_205).map(|number| json!({ "user": id(number), "roles": ["Employee"] })).collect();
    let organizations: Vec<Value> = (0..1_103)
        .map(|number| {
            let members = if number == 7 { members.clone() } else { Vec::new() };
            let metadata = json!({ "subscription": TEAM });
            json!({ "name": format!("org-{number:04}"), "metadata": metadata, "members": members })
        })
        .collect();
    let connections: Vec<Value> =
        (0..101).map(|number| json!({ "name": format!("people-{number}"), "strategy": "auth0" })).collect();
    plant(&world, json!({ "organizations": organizations, "connections": connections })).await;

    let lines = export(&world).await.unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &lines {
        *counts.entry(line["type"].as_str().unwrap()).or_default() += 1;
    }
    let wanted = [
        ("connection", 103),
        ("end", 1),
        ("member", 1_205),
        ("organization", 1_103),
        ("subscription", 2_153),
    ];
    assert_eq!(counts, wanted.into());
    let of = |kind: &str, key: &str| -> BTreeSet<&str> {
        lines.iter().filter(|line| line["type"] == kind).filter_map(|line| line[key].as_str()).collect()
    };
    assert_eq!(of("member", "user_id").len(), 1_205);
    assert_eq!(of("organization", "name").len(), 1_103);
    assert_eq!(of("subscription", "id").len(), 2_153);
    assert_eq!(
        *lines.last().unwrap(),
        json!({ "type": "end", "connections": 103, "organizations": 1_103, "members": 1_205, "subscriptions": 2_153 })
    );
    let member = lines.iter().find(|line| line["type"] == "member").unwrap();
    assert_eq!(member["roles"], json!(["Employee"]));
}

#[tokio::test]
async fn people_that_no_search_can_tell_apart_are_not_left_out_in_silence() {
    let world = world().await;
    people(&world, 0..1_001).await;
    let refused = export(&world).await.unwrap_err();
    assert!(matches!(&refused, SetupError::TooManyAtOnce(at) if at == crate::world::NOW), "{refused}");
}

#[tokio::test]
async fn no_secret_is_handed_on_and_what_can_not_be_read_is_kept_as_it_is() {
    let world = world().await;
    let options = json!({
        "type": "back_channel",
        "issuer": "https://idp.example",
        "authorization_endpoint": "https://idp.example/authorize",
        "token_endpoint": "https://idp.example/token",
        "jwks_uri": "https://idp.example/keys",
        "client_id": "at-the-idp",
        "client_secret": "a-secret-of-acme",
        "domain_aliases": ["acme.example"],
    });
    let body = json!({ "name": "acme-entra", "strategy": "oidc", "options": options });
    let connection = world.api("POST", "/connections", body).await;
    let enabled = json!([{ "connection_id": connection["id"], "assign_membership_on_login": true }]);
    let metadata = json!({ "subscription": "gold;some day;active", "region": "eu" });
    let body = json!({ "name": "acme", "metadata": metadata, "enabled_connections": enabled });
    let acme = world.api("POST", "/organizations", body).await;

    let lines = export(&world).await.unwrap();
    let text = serde_json::to_string(&lines).unwrap();
    assert!(!text.contains("a-secret-of-acme"));
    let line = |kind: &str, key: &str, value: &str| {
        lines.iter().find(|line| line["type"] == kind && line[key] == value).unwrap()
    };
    let entra = line("connection", "name", "acme-entra");
    assert_eq!(entra["options"]["domain_aliases"], json!(["acme.example"]));
    assert_eq!(entra["options"]["issuer"], "https://idp.example");
    let organization = line("organization", "name", "acme");
    assert_eq!(organization["metadata"]["region"], "eu");
    assert_eq!(organization["enabled_connections"][0]["connection"]["name"], "acme-entra");
    let subscription = line("subscription", "id", acme["id"].as_str().unwrap());
    assert_eq!(
        (&subscription["of"], &subscription["text"], &subscription["plan"]),
        (&json!("organization"), &json!("gold;some day;active"), &Value::Null)
    );
}

#[tokio::test]
async fn whoever_can_not_take_more_ends_the_export() {
    let world = world().await;
    let export = Export::new(&world.issuer(), world.access(), clock(), random()).unwrap();
    let full = export.run(&mut |_| Err(io::Error::other("the disk is full"))).await.unwrap_err();
    assert!(matches!(full, SetupError::Write(_)), "{full}");
}

//! Who somebody is that comes through an organization's own provider: who it says that they are, whatever their address.

use reqwest::Method;
use serde_json::{Value, json};
use tenantry_fake::SeedFile;

use super::corp::{BO, Company, Corp, SECRET, step};

impl Corp {
    /// The ids of the accounts at our provider that have this address.
    pub(crate) async fn accounts(&self, email: &str) -> Vec<String> {
        let path = format!("users-by-email?email={email}");
        let users = self.site.management().await.call(Method::GET, &path, None).await;
        users.as_array().unwrap().iter().map(|user| user["user_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Who belongs to an organization: the end of their id, and their roles.
    pub(crate) async fn members(&self, organization: &str) -> Vec<(String, Vec<String>)> {
        let everything = self.site.management().await.everything().await;
        let all = everything["organizations"].as_array().unwrap();
        let found = all.iter().find(|found| found["organization"]["name"] == organization).unwrap();
        let roles = |member: &Value| {
            let roles = member["roles"].as_array().unwrap().iter();
            let mut roles: Vec<_> = roles.map(|role| role["name"].as_str().unwrap().to_owned()).collect();
            roles.sort();
            roles
        };
        let id = |member: &Value| {
            let id = member["user_id"].as_str().unwrap();
            id.rsplit('|').next().unwrap().to_owned()
        };
        let mut members: Vec<_> =
            found["members"].as_array().unwrap().iter().map(|member| (id(member), roles(member))).collect();
        members.sort();
        members
    }

    /// The roles of whoever the company calls this, in corp; none for whoever does not belong to it.
    async fn roles_of(&self, id: &str) -> Vec<String> {
        let members = self.members("corp").await;
        members.into_iter().find(|(member, _)| member == id).map(|(_, roles)| roles).unwrap_or_default()
    }
}

#[tokio::test]
async fn s06_an_account_with_the_same_address_stays_somebody_elses() {
    let (corp, _) = Corp::connected().await;
    let management = corp.site.management().await;
    let mut before = corp.site.newcomer(BO).await;
    management.add_member("corp", BO, &["Administrator"]).await;
    for is_verified in [false, true] {
        let path =
            format!("users/{}", corp.accounts(BO).await.iter().find(|id| id.starts_with("auth0|")).unwrap());
        let change = json!({ "email_verified": is_verified });
        management.call(Method::PATCH, &path, Some(change)).await;
        let mut bo = corp.is_let_in(BO).await;
        assert_eq!(corp.accounts(BO).await.len(), 2, "nobody is merged");
        bo.get("/admin").await.is(403);
        assert_eq!(corp.roles_of("bo").await, ["Employee"]);
        assert!(!before.get("/home").await.says("You are in corp"));
    }
}

#[tokio::test]
async fn s07_the_same_address_with_another_name_is_another_person_and_the_administrator_is_told() {
    let (mut corp, _) = Corp::connected().await;
    corp.is_let_in(BO).await;
    corp.site.management().await.add_member("corp", BO, &["Administrator"]).await;
    corp.is_let_in(BO).await.get("/admin").await.is(200);
    let told = "Came as somebody new with a known address";
    assert!(!corp.admin.get("/admin/activity").await.is(200).says(told));

    // Bo has left the company, and somebody else was given the address.
    corp.company.has("bo", "bo.who.left@corp.example", true).await;
    corp.company.has("another-bo", BO, true).await;
    let mut other = corp.is_let_in(BO).await;
    other.get("/admin").await.is(403);
    assert_eq!(corp.roles_of("bo").await, ["Administrator", "Employee"]);
    assert_eq!(corp.roles_of("another-bo").await, ["Employee"]);
    let activity = corp.admin.get("/admin/activity").await;
    assert!(activity.says(told) && activity.says(BO), "{}", activity.summary());
}

#[tokio::test]
async fn s07_another_address_with_the_same_name_is_the_same_person_without_the_rights_of_that_address() {
    let (mut corp, _) = Corp::connected().await;
    corp.is_let_in(BO).await;
    corp.site.management().await.add_member("corp", BO, &["Administrator"]).await;
    corp.company.has("bo", "bo.ek@corp.example", true).await;
    let mut bo = corp.is_let_in("bo.ek@corp.example").await;
    assert!(bo.get("/home/profile").await.says("bo.ek@corp.example"));
    bo.get("/admin").await.is(200);
    assert_eq!(corp.accounts(BO).await.len() + corp.accounts("bo.ek@corp.example").await.len(), 1);

    // The address of another organization's domain: neither is it a way in here, nor one there.
    corp.acts_for("globex", "globex.example").await;
    corp.company.has("bo", "bo@globex.example", true).await;
    corp.connects("bo@globex.example").await;
    corp.domain = "corp.example";
    let refused = corp.is_refused("bo@globex.example", 403).await;
    assert!(refused.says("not one that your organization lets in this way"), "{}", refused.summary());
    assert_eq!(corp.roles_of("bo").await, ["Administrator", "Employee"], "they stay what they were");
    assert!(corp.members("globex").await.iter().all(|(id, _)| id != "bo"), "and are nobody there");
}

#[tokio::test]
async fn s08_whoever_came_as_another_client_is_kept_out_until_an_administrator_lets_them_in_again() {
    let (mut corp, id) = Corp::connected().await;
    corp.is_let_in(BO).await;
    // Another secret of the same client changes nobody.
    corp.company.registers(super::corp::CLIENT, "another-secret").await;
    corp.enters(&id, "another-secret").await.leads_to(&step(&id, "test"));
    corp.is_let_in(BO).await;

    corp.company.registers("another-client", SECRET).await;
    corp.enters_client(&id, "another-client", SECRET).await.leads_to(&step(&id, "test"));
    let refused = corp.is_refused(BO, 403).await;
    assert!(refused.says("has changed its login, and has to let you in again"), "{}", refused.summary());
    let page = corp.connection(&id).await;
    assert!(page.says("1 person kept out"), "{}", page.summary());
    // Whoever is new under this client is nobody's double.
    corp.company.has("cal", "cal@corp.example", true).await;
    corp.is_let_in("cal@corp.example").await;

    let there = format!("/admin/sso/connection?connection={id}");
    corp.admin.post("/admin/sso/let-in-again", &[("connection", &id)]).await.leads_to(&there);
    assert!(corp.connection(&id).await.says("1 person can sign in again."));
    corp.is_let_in(BO).await;
    assert!(corp.admin.get("/admin/activity").await.says("Let people in again"), "it is noted");
}

#[tokio::test]
async fn s08_a_connection_with_people_does_not_move_to_another_issuer() {
    let (mut corp, id) = Corp::connected().await;
    corp.is_let_in(BO).await;
    let other = Company::start(&corp.site, &[("bo", BO, true)]).await;
    let first = std::mem::replace(&mut corp.issuer, other.issuer.clone());
    let refused = corp.enters(&id, SECRET).await;
    assert!(refused.is(422).says("make a new connection and delete this one"), "{}", refused.summary());
    corp.issuer = first;
    corp.is_let_in(BO).await;
}

#[tokio::test]
async fn s05_whoever_is_refused_for_a_domain_of_another_organization_stays_the_member_that_they_were() {
    const CY: &str = "cy@corp.example";
    let mut corp = Corp::new().await;
    corp.site.administrator("dee@globex.example", "globex").await;
    let file = json!({
        "connections": [{ "name": "by-hand", "strategy": "oidc" }],
        "organizations": [{
            "name": "globex",
            "connections": [
                "Username-Password-Authentication",
                { "connection": "by-hand", "assign_membership_on_login": true },
            ],
        }],
    });
    corp.site.fake().seed(&SeedFile::from_json(file).unwrap()).await.unwrap();
    corp.site.browser().comes_by("globex", "by-hand", CY).await.is(200);
    let id = corp.begins().await;
    corp.proves(&id).await;
    let mut cy = corp.site.browser();
    let end = cy.comes_by("globex", "by-hand", CY).await;
    assert!(end.is(403).says("not one that your organization lets in") && !cy.is_signed_in().await);
    assert_eq!(corp.members("globex").await.len(), 2, "Dee and Cy");
}

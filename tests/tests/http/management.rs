//! The provider's Management API in the hands of a test: looks behind the pages, and makes what they can't.

use reqwest::{Client, Method, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenantry_fake::ClientCredentials;
use tenantry_tests::visitor::send;
use url::Url;

/// A machine-to-machine client with its token.
pub(crate) struct Management {
    issuer: Url,
    http: Client,
    token: String,
}

impl Management {
    pub(crate) async fn at(issuer: &Url, client: &ClientCredentials) -> Self {
        Self::over(Client::builder().no_proxy().build().unwrap(), issuer, client).await
    }

    pub(crate) async fn over(http: Client, issuer: &Url, client: &ClientCredentials) -> Self {
        let grant = json!({
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret.expose_secret(),
            "audience": issuer.join("api/v2/").unwrap(),
        });
        let response = http.post(issuer.join("oauth/token").unwrap()).json(&grant).send().await.unwrap();
        let granted: Value = response.json().await.unwrap();
        let token = granted["access_token"].as_str().unwrap_or_else(|| panic!("{granted}")).to_owned();
        Self { issuer: issuer.clone(), http, token }
    }

    /// Calls an operation by its path below `/api/v2/`, and fails unless it succeeds.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = self.issuer.join("api/v2/").unwrap().join(path).unwrap();
        let mut request = self.http.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = send(request).await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path} answered {status}: {text}");
        if status == StatusCode::NO_CONTENT { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await
    }

    /// The names of all organizations.
    pub(crate) async fn organizations(&self) -> Vec<String> {
        let found = self.get("organizations?per_page=100").await;
        let names = found.as_array().unwrap().iter().map(|organization| organization["name"].as_str());
        names.map(|name| name.unwrap().to_owned()).collect()
    }

    pub(crate) async fn organization(&self, name: &str) -> Value {
        self.get(&format!("organizations/name/{name}")).await
    }

    pub(crate) async fn organization_id(&self, name: &str) -> String {
        self.organization(name).await["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn change_organization(&self, name: &str, change: &Value) {
        let path = format!("organizations/{}", self.organization_id(name).await);
        self.call(Method::PATCH, &path, Some(change.clone())).await;
    }

    pub(crate) async fn delete_organization(&self, name: &str) {
        let path = format!("organizations/{}", self.organization_id(name).await);
        self.call(Method::DELETE, &path, None).await;
    }

    /// `plan;end;status` of an organization.
    pub(crate) async fn organization_subscription(&self, name: &str) -> String {
        self.organization(name).await["metadata"]["subscription"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn user(&self, email: &str) -> Value {
        self.get(&format!("users-by-email?email={email}")).await[0].clone()
    }

    pub(crate) async fn user_id(&self, email: &str) -> String {
        self.user(email).await["user_id"].as_str().unwrap_or_else(|| panic!("no {email}")).to_owned()
    }

    /// `plan;end;status` of a person.
    pub(crate) async fn subscription(&self, email: &str) -> String {
        self.user(email).await["app_metadata"]["subscription"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn set_subscription(&self, email: &str, subscription: Value) {
        let path = format!("users/{}", self.user_id(email).await);
        self.call(Method::PATCH, &path, Some(json!({ "app_metadata": { "subscription": subscription } })))
            .await;
    }

    pub(crate) async fn set_organization_subscription(&self, name: &str, subscription: &str) {
        let organization = self.organization(name).await;
        let mut metadata = organization["metadata"].clone();
        metadata["subscription"] = subscription.into();
        let path = format!("organizations/{}", organization["id"].as_str().unwrap());
        self.call(Method::PATCH, &path, Some(json!({ "metadata": metadata }))).await;
    }

    /// Makes an account with a password. Needs a scope that the product does not have.
    pub(crate) async fn make_user(&self, email: &str, password: &str) {
        let connection = "Username-Password-Authentication";
        let user = json!({ "connection": connection, "email": email, "password": password });
        self.call(Method::POST, "users", Some(user)).await;
    }

    /// Makes an account a member with these roles.
    pub(crate) async fn add_member(&self, organization: &str, email: &str, roles: &[&str]) {
        let (id, user) = (self.organization_id(organization).await, self.user_id(email).await);
        let members = json!({ "members": [user] });
        self.call(Method::POST, &format!("organizations/{id}/members"), Some(members)).await;
        if !roles.is_empty() {
            let path = format!("organizations/{id}/members/{user}/roles");
            let roles = self.role_ids(roles).await;
            self.call(Method::POST, &path, Some(json!({ "roles": roles }))).await;
        }
    }

    pub(crate) async fn take_role(&self, organization: &str, email: &str, role: &str) {
        let (id, user) = (self.organization_id(organization).await, self.user_id(email).await);
        let path = format!("organizations/{id}/members/{user}/roles");
        let roles = self.role_ids(&[role]).await;
        self.call(Method::DELETE, &path, Some(json!({ "roles": roles }))).await;
    }

    async fn role_ids(&self, names: &[&str]) -> Vec<Value> {
        let roles = self.get("roles?per_page=100").await;
        let of = |name: &&str| roles.as_array().unwrap().iter().find(|role| role["name"] == **name);
        names.iter().map(|name| of(name).unwrap()["id"].clone()).collect()
    }

    /// Everything that a test may find changed: subscriptions, organizations, members and their roles.
    pub(crate) async fn everything(&self) -> Value {
        let mut organizations = Vec::new();
        for organization in self.get("organizations?per_page=100").await.as_array().unwrap() {
            let path = format!(
                "organizations/{}/members?fields=user_id,roles",
                organization["id"].as_str().unwrap()
            );
            let members = self.get(&path).await;
            organizations.push(json!({ "organization": organization, "members": members }));
        }
        let users = self.get("users?per_page=100&fields=user_id,name,email,app_metadata").await;
        json!({ "organizations": organizations, "users": users })
    }
}

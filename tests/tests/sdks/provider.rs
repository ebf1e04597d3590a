//! The fake behind HTTPS, with the applications that the clients act for.

use std::io::Write;
use std::sync::Arc;

use secrecy::ExposeSecret;
use tempfile::NamedTempFile;
use tenantry_fake::{Fake, FakeConfig, Seed, SeedClient, SeedClientKind};
use tenantry_system::{SystemClock, SystemRandom};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use crate::tls::TlsListener;

/// A fake on a port of its own; gone when dropped.
pub(crate) struct Provider {
    fake: Fake,
    domain: String,
    authority: NamedTempFile,
    _server: JoinSet<()>,
}

/// Where logins end. Nobody listens there: the clients read the address.
const CALLBACK: &str = "https://app.example/callback";
const SIGNED_OUT: &str = "https://app.example/signed-out";
const INITIATE_LOGIN: &str = "https://app.example/login";
const WEB: &str = "Portal";
const AUTOMATION: &str = "Automation";
const READER: &str = "Reader";

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let domain = format!("localhost:{}", listener.local_addr().unwrap().port());
        let config = FakeConfig {
            issuer: Url::parse(&format!("https://{domain}/")).unwrap(),
            trial_days: 14,
            seed: Seed { clients: applications(), ..Seed::default() },
        };
        let fake = Fake::in_memory(config, Arc::new(SystemClock), Arc::new(SystemRandom)).unwrap();
        let (listener, authority_pem) = TlsListener::new(listener);
        let mut authority = NamedTempFile::new().unwrap();
        authority.write_all(authority_pem.as_bytes()).unwrap();
        let router = fake.router();
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { fake, domain, authority, _server: server }
    }

    /// What a client is told: where the provider is, whom it trusts, and as whom to come.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let authority = self.authority.path().to_str().unwrap();
        let mut environment = vec![
            ("AUTH0_DOMAIN".to_owned(), self.domain.clone()),
            ("CALLBACK_URL".to_owned(), CALLBACK.to_owned()),
            ("LOGOUT_URL".to_owned(), SIGNED_OUT.to_owned()),
            ("INITIATE_LOGIN_URL".to_owned(), INITIATE_LOGIN.to_owned()),
        ];
        for name in ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
            environment.push((name.to_owned(), authority.to_owned()));
        }
        for (prefix, name) in [("WEB", WEB), ("AUTOMATION", AUTOMATION), ("READER", READER)] {
            let client = self.fake.client(name).unwrap();
            environment.push((format!("{prefix}_CLIENT_ID"), client.client_id));
            environment
                .push((format!("{prefix}_CLIENT_SECRET"), client.client_secret.expose_secret().to_owned()));
        }
        environment
    }
}

fn applications() -> Vec<SeedClient> {
    let application = |name: &str, kind| SeedClient {
        name: name.to_owned(),
        callbacks: vec![CALLBACK.to_owned()],
        logout_urls: vec![SIGNED_OUT.to_owned()],
        initiate_login_uri: Some(INITIATE_LOGIN.to_owned()),
        kind,
        client_id: None,
        client_secret: None,
    };
    vec![
        application(WEB, SeedClientKind::RegularWeb),
        application(AUTOMATION, SeedClientKind::MachineToMachine { scopes: every_scope() }),
        application(
            READER,
            SeedClientKind::MachineToMachine { scopes: vec!["read:organizations".to_owned()] },
        ),
    ]
}

/// Every scope of the operations that the clients use.
fn every_scope() -> Vec<String> {
    let mut scopes = Vec::new();
    for (actions, resources) in [
        (
            "read create update delete",
            "organizations organization_connections users roles connections clients client_grants \
             resource_servers actions self_service_profiles guardian_enrollments",
        ),
        (
            "read create delete",
            "organization_members organization_member_roles organization_invitations role_members \
             organization_client_grants",
        ),
        ("read create update delete", "organization_discovery_domains scim_config"),
        ("read update delete", "sessions refresh_tokens"),
        ("read create update delete", "users_app_metadata"),
        ("read update", "prompts tenant_settings branding guardian_factors mfa_policies client_keys"),
        ("read update", "connections_options"),
        ("create", "user_tickets guardian_enrollment_tickets scim_token"),
        ("create delete", "sso_access_tickets"),
        ("read", "logs logs_users user_idp_tokens client_summary authentication_methods scim_token"),
    ] {
        for action in actions.split_whitespace() {
            scopes.extend(resources.split_whitespace().map(|resource| format!("{action}:{resource}")));
        }
    }
    scopes
}

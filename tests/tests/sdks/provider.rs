//! The fake behind HTTPS, with the applications that the clients act for.

use std::io::Write;

use secrecy::ExposeSecret;
use tempfile::NamedTempFile;
use tenantry_fake::{FakeAuth0, MANAGEMENT_CLIENT, Seed, SeedClient, SeedClientKind};

/// A fake on a port of its own; gone when dropped.
pub(crate) struct Provider {
    auth0: FakeAuth0,
    authority: NamedTempFile,
}

/// Where logins end. Nobody listens there: the clients read the address.
const CALLBACK: &str = "https://app.example/callback";
const SIGNED_OUT: &str = "https://app.example/signed-out";
const INITIATE_LOGIN: &str = "https://app.example/login";
const WEB: &str = "Portal";
const READER: &str = "Reader";

impl Provider {
    pub(crate) async fn start() -> Self {
        let auth0 = FakeAuth0::builder().https().seed(seed()).start().await.unwrap();
        let mut authority = NamedTempFile::new().unwrap();
        authority.write_all(auth0.authority().unwrap().as_bytes()).unwrap();
        Self { auth0, authority }
    }

    /// What a client is told: where the provider is, whom it trusts, and as whom to come.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let issuer = self.auth0.issuer();
        let domain = format!("{}:{}", issuer.host_str().unwrap(), issuer.port().unwrap());
        let authority = self.authority.path().to_str().unwrap();
        let mut environment = vec![
            ("AUTH0_DOMAIN".to_owned(), domain),
            ("CALLBACK_URL".to_owned(), CALLBACK.to_owned()),
            ("LOGOUT_URL".to_owned(), SIGNED_OUT.to_owned()),
            ("INITIATE_LOGIN_URL".to_owned(), INITIATE_LOGIN.to_owned()),
        ];
        for name in ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
            environment.push((name.to_owned(), authority.to_owned()));
        }
        for (prefix, name) in [("WEB", WEB), ("AUTOMATION", MANAGEMENT_CLIENT), ("READER", READER)] {
            let client = self.auth0.client(name).unwrap();
            environment.push((format!("{prefix}_CLIENT_ID"), client.client_id));
            environment
                .push((format!("{prefix}_CLIENT_SECRET"), client.client_secret.expose_secret().to_owned()));
        }
        // As `tenantry fake` prints it, for the examples of the documentation.
        let management = self.auth0.client(MANAGEMENT_CLIENT).unwrap();
        let secret = management.client_secret.expose_secret().to_owned();
        environment.push(("AUTH0_M2M_CLIENT_ID".to_owned(), management.client_id));
        environment.push(("AUTH0_M2M_CLIENT_SECRET".to_owned(), secret));
        environment
    }
}

fn seed() -> Seed {
    let web = SeedClient {
        name: WEB.to_owned(),
        callbacks: vec![CALLBACK.to_owned()],
        logout_urls: vec![SIGNED_OUT.to_owned()],
        initiate_login_uri: Some(INITIATE_LOGIN.to_owned()),
        backchannel_logout_url: None,
        kind: SeedClientKind::RegularWeb,
        client_id: None,
        client_secret: None,
    };
    let reader = SeedClient {
        name: READER.to_owned(),
        kind: SeedClientKind::MachineToMachine { scopes: vec!["read:organizations".to_owned()] },
        callbacks: Vec::new(),
        logout_urls: Vec::new(),
        initiate_login_uri: None,
        backchannel_logout_url: None,
        client_id: None,
        client_secret: None,
    };
    let mut seed = Seed::empty().with_connection("Username-Password-Authentication", "auth0");
    seed.clients.extend([web, reader]);
    seed
}

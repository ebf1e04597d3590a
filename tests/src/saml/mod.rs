//! A SAML 2.0 identity provider of some company, on loopback: it describes itself, asks people to log in, and signs what
//! it says about them; or gets one thing wrong, as a test wants it.

#![allow(dead_code, unreachable_pub, reason = "tests of several rooms use it, each a part of it")]

mod draft;
mod server;
mod signing;

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use tenantry_ports::Clock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

pub use draft::{Draft, Signed};
pub use signing::Key;

/// Somebody who has an account there.
#[derive(Clone, Debug)]
pub struct Person {
    /// What is entered to log in, with any password.
    pub email: String,
    pub name_id: String,
    /// Names and values.
    pub attributes: Vec<(String, Vec<String>)>,
}

impl Person {
    /// Somebody whose assertions say the address, the two names and that the address is verified.
    pub fn new(name_id: &str, email: &str, given_name: &str, family_name: &str) -> Self {
        let claim = |name: &str| format!("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/{name}");
        let attributes = [
            (claim("emailaddress"), email),
            (claim("givenname"), given_name),
            (claim("surname"), family_name),
            (claim("name"), &format!("{given_name} {family_name}")),
            ("email_verified".to_owned(), "true"),
        ];
        Self {
            email: email.to_owned(),
            name_id: name_id.to_owned(),
            attributes: attributes.map(|(name, value)| (name, vec![value.to_owned()])).into(),
        }
    }
}

type Change = Arc<dyn Fn(&mut Draft) + Send + Sync>;
type Rewrite = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// The identity provider. Ends with the value.
pub struct SamlIdp {
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    /// With a slash at the end.
    address: Url,
    clock: Arc<dyn Clock>,
    people: Vec<Person>,
    key: Key,
    change: Mutex<Option<Change>>,
    rewrite: Mutex<Option<Rewrite>>,
}

/// What the browser brings back from there.
#[derive(Clone, Debug)]
pub struct Posted {
    pub action: Url,
    /// In base64.
    pub response: String,
    pub relay_state: String,
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub id: String,
    /// Who asks.
    pub issuer: String,
    pub destination: String,
    pub consumer: String,
    pub relay_state: String,
}

impl SamlIdp {
    /// One with a certificate that is good for ten years.
    pub async fn start(clock: Arc<dyn Clock>, people: Vec<Person>) -> Self {
        let key = Key::of_the_company(clock.now().plus_days(3650));
        Self::with_key(clock, people, key).await
    }

    pub async fn with_key(clock: Arc<dyn Clock>, people: Vec<Person>, key: Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let (change, rewrite) = (Mutex::default(), Mutex::default());
        let shared = Arc::new(Shared { address, clock, people, key, change, rewrite });
        let mut server = JoinSet::new();
        let router = server::router(shared.clone());
        server.spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { shared, _server: server }
    }

    pub fn entity_id(&self) -> String {
        self.shared.entity_id()
    }

    pub fn metadata_url(&self) -> Url {
        self.shared.address.join("metadata").unwrap()
    }

    pub fn sign_in_url(&self) -> Url {
        self.shared.sign_in_url()
    }

    /// What it says about itself.
    pub fn metadata_xml(&self) -> String {
        self.shared.metadata_xml()
    }

    /// Its certificate in PEM.
    pub fn certificate(&self) -> &str {
        &self.shared.key.certificate
    }

    /// From now on every answer is changed so before it is signed.
    pub fn changes(&self, change: impl Fn(&mut Draft) + Send + Sync + 'static) {
        *self.shared.change.lock().unwrap() = Some(Arc::new(change));
    }

    /// From now on every answer is rewritten so when it is signed.
    pub fn rewrites(&self, rewrite: impl Fn(&str) -> String + Send + Sync + 'static) {
        *self.shared.rewrite.lock().unwrap() = Some(Arc::new(rewrite));
    }

    /// From now on answers are as they should be.
    pub fn is_honest(&self) {
        *self.shared.change.lock().unwrap() = None;
        *self.shared.rewrite.lock().unwrap() = None;
    }

    /// What it answers a browser that comes with this request, and somebody who logs in.
    pub fn answer(&self, request: &Url, email: &str) -> Posted {
        self.shared.answer(&Asked::of(request), email).unwrap_or_else(|| panic!("nobody is {email}"))
    }
}

impl Shared {
    fn entity_id(&self) -> String {
        self.address.join("metadata").unwrap().into()
    }

    fn sign_in_url(&self) -> Url {
        self.address.join("sso").unwrap()
    }

    fn metadata_xml(&self) -> String {
        let (entity_id, sign_in, certificate) = (self.entity_id(), self.sign_in_url(), self.key.x509());
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\">\n  \
             <md:IDPSSODescriptor WantAuthnRequestsSigned=\"false\" \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\n    \
             <md:KeyDescriptor use=\"signing\">\
             <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>\
             </md:KeyDescriptor>\n    \
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
             Location=\"{sign_in}\"/>\n  \
             </md:IDPSSODescriptor>\n\
             </md:EntityDescriptor>\n"
        )
    }

    /// `None` when nobody has this address.
    fn answer(&self, asked: &Asked, email: &str) -> Option<Posted> {
        let person = self.people.iter().find(|person| person.email == email)?;
        let mut draft = Draft::new(self.entity_id(), asked, person, self.clock.now(), self.key.clone());
        let change = self.change.lock().unwrap().clone();
        if let Some(change) = change {
            change(&mut draft);
        }
        let rewrite = self.rewrite.lock().unwrap().clone();
        let xml = draft.xml();
        let xml = rewrite.map_or_else(|| xml.clone(), |rewrite| rewrite(&xml));
        Some(Posted {
            action: Url::parse(&asked.consumer).unwrap(),
            response: STANDARD.encode(xml),
            relay_state: asked.relay_state.clone(),
        })
    }
}

impl Asked {
    /// Reads a request in an address (SAML 2.0 Bindings, section 3.4.4.1).
    pub fn of(request: &Url) -> Self {
        let given = |name: &str| {
            let found = request.query_pairs().find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned()).unwrap_or_else(|| panic!("no {name} in {request}"))
        };
        let deflated = STANDARD.decode(given("SAMLRequest")).unwrap();
        let xml = String::from_utf8(decompress_to_vec_with_limit(&deflated, 100_000).unwrap()).unwrap();
        let document = uppsala::parse(&xml).unwrap();
        let root = document.document_element().unwrap();
        let attribute = |name: &str| document.get_attribute(root, name).unwrap().to_owned();
        let issuer = document.first_child_element_by_name_ns(root, draft::ASSERTION, "Issuer").unwrap();
        Self {
            id: attribute("ID"),
            issuer: document.text_content_deep(issuer),
            destination: attribute("Destination"),
            consumer: attribute("AssertionConsumerServiceURL"),
            relay_state: given("RelayState"),
        }
    }
}

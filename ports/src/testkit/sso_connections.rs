//! The contract of [`SsoConnections`].

#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a contract case fails by panicking"
)]

use async_trait::async_trait;
use tenantry_domain::{
    Admission, ClientId, DiscoveryUrl, DisplayName, EmailDomain, SamlMetadata, SsoConnection,
    SsoConnectionId, SsoKind, SsoRegistration, SsoRequestId, TenantId, TenantRef,
};

use super::provider::{ProviderWorld, make, nowhere};
use crate::{NewSsoConnection, SsoConnectionChange, SsoConnections, SsoConnectionsError, Upstream};

/// A provider with nothing in it but the connections that all tenants share, and identity providers that it can ask.
#[async_trait]
pub trait SsoWorld: ProviderWorld {
    /// The adapter's connections.
    fn sso_connections(&self) -> &dyn SsoConnections;
    /// Where the identity provider of this name describes itself: there are `one` and `two`, and no others.
    fn issuer(&self, name: &str) -> DiscoveryUrl;
    /// The connections that all tenants share, by other means than the adapter's.
    async fn shared(&self) -> Vec<SsoConnectionId>;
    /// Lets a tenant take logins from a connection, by other means than the adapter's.
    async fn enable(&self, tenant: &TenantId, connection: &SsoConnectionId);
    /// What the provider has stored under a name among a connection's settings, by other means than the adapter's.
    async fn setting(&self, connection: &SsoConnectionId, name: &str) -> Option<String>;
    /// Stores something there, beside the rest.
    async fn set(&self, connection: &SsoConnectionId, name: &str, value: &str);
}

const SECRET: &str = "a-secret-that-is-never-shown";
/// Of a provider that speaks SAML; nobody has its key.
const CERTIFICATE: &str = "MIIBgjCCASegAwIBAgIUDYNLTnKXVCjjX3frEa318M4VmTIwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLaWRwLmV4YW1wbGUw\
        HhcNMjYxMTI4MjAwOTI3WhcNMzYxMTI1MjAwOTI3WjAWMRQwEgYDVQQDDAtpZHAuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG\
        SM49AwEHA0IABFx4G1P9C3AONQ8O0IDKIhxOE6BcYRb/tgZW/UgDk61mccuZvNEPmC16JiZkz5YyQ/vOtwDgUUK/uTomgHoA\
        HYSjUzBRMB0GA1UdDgQWBBTLI21bvl/p7LGKORAoL5Q8L1muRTAfBgNVHSMEGDAWgBTLI21bvl/p7LGKORAoL5Q8L1muRTAP\
        BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDK4Fl5uN2gRerqv22stqmm88mA8Un5rE4wz1KME9rVPAIhAJ9i\
        8dwy2cAuGLi97mxsqcjsqkuq+6ifaEdpFhe8TVuP";

fn request(number: u8) -> SsoRequestId {
    SsoRequestId::try_from(format!("{number:032x}").as_str()).unwrap()
}

fn display_name(text: &str) -> DisplayName {
    DisplayName::try_from(text).unwrap()
}

fn client_id(text: &str) -> ClientId {
    ClientId::try_from(text).unwrap()
}

fn domains(texts: &[&str]) -> Vec<EmailDomain> {
    texts.iter().map(|text| EmailDomain::try_from(*text).unwrap()).collect()
}

fn unknown() -> SsoConnectionId {
    SsoConnectionId::try_from("con_0000000000000000").unwrap()
}

fn new(world: &dyn SsoWorld, number: u8) -> NewSsoConnection {
    NewSsoConnection {
        request: request(number),
        display_name: display_name("Acme & Sons"),
        kind: SsoKind::EntraId,
        upstream: upstream(world, "one", "tenantry-at-acme", SECRET),
    }
}

fn upstream(world: &dyn SsoWorld, issuer: &str, client: &str, secret: &str) -> Upstream {
    Upstream::OpenIdConnect {
        discovery_url: world.issuer(issuer),
        client_id: client_id(client),
        client_secret: secret.into(),
    }
}

/// Another issuer, and another client there.
fn elsewhere(world: &dyn SsoWorld, issuer: &str) -> Upstream {
    upstream(world, issuer, "another-client", "another-secret")
}

/// As what the connection is registered at this issuer.
fn registered(
    world: &dyn SsoWorld,
    issuer: &str,
    client: &str,
    connection: &SsoConnection,
) -> SsoRegistration {
    let SsoRegistration::OpenIdConnect { issuer: read, .. } = &connection.registration else {
        panic!("another protocol: {connection:?}")
    };
    assert!(world.issuer(issuer).as_str().starts_with(read), "{read}");
    SsoRegistration::OpenIdConnect {
        discovery_url: world.issuer(issuer),
        issuer: read.clone(),
        client_id: client_id(client),
    }
}

/// What a provider that speaks SAML says of itself.
fn metadata(sign_in_url: &str) -> SamlMetadata {
    SamlMetadata::read(&format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example\"><IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><KeyDescriptor><KeyInfo \
         xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>{CERTIFICATE}</X509Certificate></X509Data>\
         </KeyInfo></KeyDescriptor><SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"{sign_in_url}\"/></IDPSSODescriptor></EntityDescriptor>"
    ))
    .unwrap()
}

async fn find(world: &dyn SsoWorld, tenant: &TenantRef, id: &SsoConnectionId) -> Option<SsoConnection> {
    world.sso_connections().find(&tenant.id, id).await.unwrap()
}

/// A connection is closed at first and found as it was made; the same request has one, and gets what it asks for last.
pub async fn making_a_connection_can_be_repeated(world: &dyn SsoWorld) {
    let acme = make(world, "acme").await;
    let connections = world.sso_connections();
    let made = connections.create(&acme, &new(world, 1)).await.unwrap();
    let expected = SsoConnection {
        id: made.id.clone(),
        name: made.name.clone(),
        display_name: display_name("Acme & Sons"),
        kind: SsoKind::EntraId,
        registration: registered(world, "one", "tenantry-at-acme", &made),
        domains: Vec::new(),
        admission: Admission::Closed,
    };
    assert_eq!(made, expected);
    assert!(made.name.as_str().contains("acme") && made.name.as_str().contains(request(1).as_str()));
    assert_eq!(connections.create(&acme, &new(world, 1)).await.unwrap(), made);
    assert_eq!(find(world, &acme, &made.id).await.unwrap(), made);

    let corrected = NewSsoConnection {
        display_name: display_name("Acme"),
        kind: SsoKind::Okta,
        upstream: upstream(world, "two", "right", "right-secret"),
        ..new(world, 1)
    };
    let corrected = connections.create(&acme, &corrected).await.unwrap();
    assert_eq!((&corrected.id, &corrected.name), (&made.id, &made.name));
    assert_eq!((corrected.display_name.as_str(), corrected.kind), ("Acme", SsoKind::Okta));
    assert_eq!(corrected.registration, registered(world, "two", "right", &corrected));
    assert_eq!(world.setting(&made.id, "client_secret").await.as_deref(), Some("right-secret"));
    assert_eq!(connections.list(&acme.id).await.unwrap(), [corrected]);

    let second = connections.create(&acme, &new(world, 2)).await.unwrap();
    assert_ne!((&second.id, &second.name), (&made.id, &made.name));
}

/// A tenant sees its own connections alone: none of another's, none that all share, and none that it was only let in by.
pub async fn a_tenants_connections_are_its_own_alone(world: &dyn SsoWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let connections = world.sso_connections();
    assert_eq!(connections.list(&acme.id).await.unwrap(), []);
    let second = connections.create(&acme, &new(world, 2)).await.unwrap();
    let first = connections.create(&acme, &new(world, 1)).await.unwrap();
    let foreign = connections.create(&other, &new(world, 1)).await.unwrap();
    world.enable(&acme.id, &foreign.id).await;
    assert_ne!(foreign.name, first.name, "the same request of another tenant is another one");
    assert_eq!(connections.list(&acme.id).await.unwrap(), [first, second]);
    assert_eq!(connections.list(&nowhere()).await.unwrap(), []);
    let shared = world.shared().await;
    assert!(!shared.is_empty());
    for id in shared.iter().chain([&foreign.id, &unknown()]) {
        assert_eq!(find(world, &acme, id).await, None, "{id}");
    }
    for id in ["", "..", "con_%2e%2e", "../organizations", "*"] {
        let Ok(id) = SsoConnectionId::try_from(id) else { continue };
        assert_eq!(find(world, &acme, &id).await, None, "{id}");
    }
}

/// What is not this tenant's is neither changed, opened nor deleted.
pub async fn what_is_not_the_tenants_is_left_alone(world: &dyn SsoWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let connections = world.sso_connections();
    let foreign = connections.create(&other, &new(world, 1)).await.unwrap();
    world.enable(&acme.id, &foreign.id).await;
    let shared = world.shared().await;
    let renamed = SsoConnectionChange { display_name: Some(display_name("Mine")), ..Default::default() };
    let moved = SsoConnectionChange { issuer: Some(elsewhere(world, "two")), ..Default::default() };
    for id in shared.iter().chain([&foreign.id, &unknown()]) {
        for change in [&renamed, &moved] {
            let changed = connections.update(&acme.id, id, change).await;
            assert!(matches!(changed, Err(SsoConnectionsError::UnknownConnection)), "{id}: {changed:?}");
        }
        for admission in [Admission::Closed, Admission::AutoMembership] {
            let opened = connections.open(&acme.id, id, admission, &domains(&["acme.com"])).await;
            assert!(matches!(opened, Err(SsoConnectionsError::UnknownConnection)), "{id}: {opened:?}");
        }
        connections.delete(&acme.id, id).await.unwrap();
    }
    assert_eq!(find(world, &other, &foreign.id).await, Some(foreign));
    assert_eq!(world.shared().await, shared);
}

/// A change leaves alone what it does not name, also what others wrote.
pub async fn what_is_not_named_stays(world: &dyn SsoWorld) {
    let acme = make(world, "acme").await;
    let connections = world.sso_connections();
    let made = connections.create(&acme, &new(world, 1)).await.unwrap();
    let open =
        connections.open(&acme.id, &made.id, Admission::Members, &domains(&["acme.com"])).await.unwrap();
    world.set(&made.id, "icon_url", "https://acme.example/i.png").await;
    let unchanged = connections.update(&acme.id, &made.id, &SsoConnectionChange::default()).await.unwrap();
    assert_eq!(unchanged, open);

    let change = SsoConnectionChange { display_name: Some(display_name("Acme")), ..Default::default() };
    let renamed = SsoConnection { display_name: display_name("Acme"), ..open };
    for _ in 0..2 {
        assert_eq!(connections.update(&acme.id, &made.id, &change).await.unwrap(), renamed);
    }
    assert_eq!(find(world, &acme, &made.id).await, Some(renamed.clone()));
    let setting = async |name: &str| world.setting(&made.id, name).await;
    assert_eq!(setting("client_secret").await.as_deref(), Some(SECRET));

    let change = SsoConnectionChange { issuer: Some(elsewhere(world, "two")), ..Default::default() };
    let moved = connections.update(&acme.id, &made.id, &change).await.unwrap();
    let expected =
        SsoConnection { registration: registered(world, "two", "another-client", &moved), ..renamed };
    assert_eq!(moved, expected);
    assert_eq!(setting("client_secret").await.as_deref(), Some("another-secret"));
    assert_eq!(setting("icon_url").await.as_deref(), Some("https://acme.example/i.png"));
}

/// S11: a secret is changed alone, and is shown by nothing that comes back.
pub async fn s11_a_secret_goes_in_and_never_comes_out(world: &dyn SsoWorld) {
    let acme = make(world, "acme").await;
    let connections = world.sso_connections();
    let new = new(world, 1);
    assert!(!format!("{new:?}").contains(SECRET));
    let made = connections.create(&acme, &new).await.unwrap();
    assert_eq!(world.setting(&made.id, "client_secret").await.as_deref(), Some(SECRET));
    let change = SsoConnectionChange { client_secret: Some("rotated-secret".into()), ..Default::default() };
    let rotated = connections.update(&acme.id, &made.id, &change).await.unwrap();
    assert_eq!(rotated, made);
    assert_eq!(world.setting(&made.id, "client_secret").await.as_deref(), Some("rotated-secret"));
    let listed = connections.list(&acme.id).await.unwrap();
    let found = find(world, &acme, &made.id).await;
    let shown = format!("{made:?} {rotated:?} {listed:?} {found:?} {change:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("rotated-secret"), "{shown}");
}

/// A connection is opened and closed with its domains, as often as one likes.
pub async fn opening_says_who_may_come(world: &dyn SsoWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let connections = world.sso_connections();
    let made = connections.create(&acme, &new(world, 1)).await.unwrap();
    let foreign = connections.create(&other, &new(world, 1)).await.unwrap();
    for (admission, given, led) in [
        (Admission::Members, domains(&["acme.com", "acme.example"]), domains(&["acme.com", "acme.example"])),
        (Admission::AutoMembership, domains(&["acme.com"]), domains(&["acme.com"])),
        (Admission::Members, domains(&[]), domains(&[])),
        (Admission::AutoMembership, domains(&["acme.example"]), domains(&["acme.example"])),
        (Admission::Closed, domains(&["acme.com"]), domains(&[])),
        (Admission::Members, domains(&["acme.com"]), domains(&["acme.com"])),
    ] {
        let expected = SsoConnection { admission, domains: led, ..made.clone() };
        for _ in 0..2 {
            let opened = connections.open(&acme.id, &made.id, admission, &given).await.unwrap();
            assert_eq!(opened, expected);
        }
        assert_eq!(find(world, &acme, &made.id).await, Some(expected.clone()));
        assert_eq!(connections.list(&acme.id).await.unwrap(), [expected]);
    }
    assert_eq!(find(world, &other, &foreign.id).await, Some(foreign));
    let opened = connections.open(&acme.id, &unknown(), Admission::Members, &[]).await;
    assert!(matches!(opened, Err(SsoConnectionsError::UnknownConnection)), "{opened:?}");
}

/// A deleted connection is gone, open or closed; its request can have another one.
pub async fn deleting_a_connection_can_be_repeated(world: &dyn SsoWorld) {
    let (acme, other) = (make(world, "acme").await, make(world, "other").await);
    let connections = world.sso_connections();
    let made = connections.create(&acme, &new(world, 1)).await.unwrap();
    let kept = connections.create(&acme, &new(world, 2)).await.unwrap();
    let foreign = connections.create(&other, &new(world, 1)).await.unwrap();
    connections.open(&acme.id, &made.id, Admission::AutoMembership, &domains(&["acme.com"])).await.unwrap();
    for _ in 0..2 {
        connections.delete(&acme.id, &made.id).await.unwrap();
        assert_eq!(find(world, &acme, &made.id).await, None);
    }
    assert_eq!(connections.list(&acme.id).await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(find(world, &other, &foreign.id).await, Some(foreign));
    connections.delete(&nowhere(), &kept.id).await.unwrap();
    assert_eq!(find(world, &acme, &kept.id).await, Some(kept));
    let again = connections.create(&acme, &new(world, 1)).await.unwrap();
    assert_eq!((again.admission, &again.domains), (Admission::Closed, &Vec::new()));
}

/// A tenant has ten connections, and room for those that it opens.
pub async fn a_tenant_has_ten_connections(world: &dyn SsoWorld) {
    let acme = make(world, "acme").await;
    let connections = world.sso_connections();
    let mut made = Vec::new();
    for number in 0..10 {
        made.push(connections.create(&acme, &new(world, number)).await.unwrap());
    }
    let one_more = connections.create(&acme, &new(world, 10)).await;
    assert!(matches!(one_more, Err(SsoConnectionsError::TooMany)), "{one_more:?}");
    connections.create(&acme, &new(world, 9)).await.unwrap();
    assert_eq!(connections.list(&acme.id).await.unwrap(), made);
    let room = 10 - world.shared().await.len();
    for each in &made[..room] {
        connections.open(&acme.id, &each.id, Admission::Members, &[]).await.unwrap();
    }
    let one_more = connections.open(&acme.id, &made[room].id, Admission::Members, &[]).await;
    assert!(matches!(one_more, Err(SsoConnectionsError::TooMany)), "{one_more:?}");
    assert_eq!(find(world, &acme, &made[room].id).await.as_ref(), Some(&made[room]));
    connections.open(&acme.id, &made[0].id, Admission::AutoMembership, &[]).await.unwrap();
    connections.open(&acme.id, &made[0].id, Admission::Closed, &[]).await.unwrap();
    connections.open(&acme.id, &made[room].id, Admission::Members, &[]).await.unwrap();
    let other = make(world, "other").await;
    connections.create(&other, &new(world, 10)).await.unwrap();
}

/// An identity provider that says nothing useful about itself makes no connection, and changes none.
pub async fn a_discovery_that_fails_changes_nothing(world: &dyn SsoWorld) {
    let acme = make(world, "acme").await;
    let connections = world.sso_connections();
    let nowhere = NewSsoConnection { upstream: elsewhere(world, "three"), ..new(world, 1) };
    let refused = connections.create(&acme, &nowhere).await;
    assert!(matches!(refused, Err(SsoConnectionsError::DiscoveryRefused { .. })), "{refused:?}");
    assert!(!format!("{refused:?}").contains(SECRET));
    assert_eq!(connections.list(&acme.id).await.unwrap(), []);
    let made = connections.create(&acme, &new(world, 1)).await.unwrap();
    let change = SsoConnectionChange {
        display_name: Some(display_name("Elsewhere")),
        issuer: Some(elsewhere(world, "three")),
        ..Default::default()
    };
    let refused = connections.update(&acme.id, &made.id, &change).await;
    assert!(matches!(refused, Err(SsoConnectionsError::DiscoveryRefused { .. })), "{refused:?}");
    assert_eq!(find(world, &acme, &made.id).await, Some(made.clone()));
    assert_eq!(world.setting(&made.id, "client_secret").await.as_deref(), Some(SECRET));
}

/// Who we are there is known before anything is: the connection that comes of it is one like the others, and takes what is
/// said anew.
pub async fn a_connection_may_speak_saml(world: &dyn SsoWorld) {
    let acme = make(world, "acme").await;
    let connections = world.sso_connections();
    let service = connections.saml_service(&acme.name, &request(1)).unwrap();
    assert_ne!(connections.saml_service(&acme.name, &request(2)), Some(service.clone()));
    let saml = NewSsoConnection {
        kind: SsoKind::Saml,
        upstream: Upstream::Saml(metadata("https://idp.example/sso")),
        ..new(world, 1)
    };
    let made = connections.create(&acme, &saml).await.unwrap();
    assert_eq!((made.kind, made.admission), (SsoKind::Saml, Admission::Closed));
    let at = |url: &str| SsoRegistration::Saml { sign_in_url: url.to_owned() };
    assert_eq!(made.registration, at("https://idp.example/sso"));
    assert_eq!(connections.create(&acme, &saml).await.unwrap(), made);
    assert_eq!(world.setting(&made.id, "entityId").await, Some(service.entity_id));
    let open = connections.open(&acme.id, &made.id, Admission::Members, &domains(&["acme.com"])).await;
    let open = open.unwrap();
    let moved = Upstream::Saml(metadata("https://idp.example/another"));
    let change = SsoConnectionChange { issuer: Some(moved), ..Default::default() };
    for _ in 0..2 {
        let moved = connections.update(&acme.id, &made.id, &change).await.unwrap();
        assert_eq!(moved, SsoConnection { registration: at("https://idp.example/another"), ..open.clone() });
    }
    let other = connections.create(&acme, &new(world, 2)).await.unwrap();
    assert_eq!(connections.list(&acme.id).await.unwrap().len(), 2, "of either protocol");
    connections.delete(&acme.id, &made.id).await.unwrap();
    assert_eq!(connections.list(&acme.id).await.unwrap(), [other]);
}

/// Makes one test of each case of this contract: `sso_connections_contract!(world().await)`.
#[macro_export]
macro_rules! sso_connections_contract {
    ($world:expr) => {
        $crate::contract_tests!(
            $crate::testkit::sso_connections,
            $world,
            [
                making_a_connection_can_be_repeated,
                a_tenants_connections_are_its_own_alone,
                what_is_not_the_tenants_is_left_alone,
                what_is_not_named_stays,
                a_connection_may_speak_saml,
                s11_a_secret_goes_in_and_never_comes_out,
                opening_says_who_may_come,
                deleting_a_connection_can_be_repeated,
                a_tenant_has_ten_connections,
                a_discovery_that_fails_changes_nothing,
            ]
        );
    };
}

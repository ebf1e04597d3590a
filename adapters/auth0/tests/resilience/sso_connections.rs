//! F01, F02: what comes of an organization's own identity provider when any one call fails, loses its answer, or is the
//! last before everything breaks off. There is one connection or none, never two, and asking again ends the same.

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use reqwest::Method;
use serde_json::{Value, json};
use tenantry_auth0::{Auth0, Auth0SsoConnections};
use tenantry_domain::{
    Admission, ClientId, DiscoveryUrl, DisplayName, EmailDomain, SsoConnection, SsoConnectionId, SsoKind,
    SsoRequestId, TenantRef,
};
use tenantry_fake::Fault;
use tenantry_ports::{
    NewSsoConnection, SsoConnectionChange, SsoConnections, SsoConnectionsError, Tenants, Upstream,
};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::lost::lost;
use crate::world::{QUICK, Rig, World, new_tenant};

/// What may become of one call, and of those after it.
fn mishaps() -> Vec<(&'static str, Vec<Fault>)> {
    let once = |fault: Fault| vec![fault.times(1)];
    let mut mishaps = vec![
        ("too many", once(Fault::status(429))),
        ("unavailable", once(Fault::status(503))),
        ("cut", once(Fault::cut())),
        ("nothing more", vec![Fault::cut()]),
        // The first of two decides, and is counted alone: the other begins behind it.
        ("done, and nothing more", vec![Fault::lost_answer().times(1), Fault::cut()]),
    ];
    mishaps.extend(lost().into_iter().map(|(what, fault)| (what, once(fault))));
    mishaps
}

/// One use of the port.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Create,
    CreateAgain,
    Open,
    Close,
    Update,
    Delete,
}

struct Scene {
    world: World,
    connections: Auth0SsoConnections,
    rig: Rig,
    acme: TenantRef,
    base: String,
    _upstreams: JoinSet<()>,
    _client: Auth0,
}

impl Scene {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let at = base.clone();
        let describe = async move |Path(name): Path<String>| {
            let there = |path: &str| format!("{at}/{name}{path}");
            Json(json!({
                "issuer": there(""),
                "authorization_endpoint": there("/authorize"),
                "token_endpoint": there("/token"),
                "jwks_uri": there("/keys"),
            }))
        };
        let router = Router::new().route("/{name}/.well-known/openid-configuration", get(describe));
        let mut upstreams = JoinSet::new();
        upstreams.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let world = World::start().await;
        let client = world.client(QUICK).await;
        let rig = world.rig().await;
        let ann = rig.account("ann@example.com").await;
        let acme = client.tenants().create(&new_tenant("acme", &ann)).await.unwrap().tenant;
        let connections = client.sso_connections();
        Self { world, connections, rig, acme, base, _upstreams: upstreams, _client: client }
    }

    fn asked(&self, number: u32) -> NewSsoConnection {
        NewSsoConnection {
            request: SsoRequestId::try_from(format!("{number:032x}").as_str()).unwrap(),
            display_name: DisplayName::try_from("Acme").unwrap(),
            kind: SsoKind::Okta,
            upstream: self.upstream("one"),
        }
    }

    fn upstream(&self, name: &str) -> Upstream {
        Upstream::OpenIdConnect {
            discovery_url: self.issuer(name),
            client_id: ClientId::try_from(name).unwrap(),
            client_secret: format!("secret-{name}").into(),
        }
    }

    fn issuer(&self, name: &str) -> DiscoveryUrl {
        DiscoveryUrl::for_development(&format!("{}/{name}", self.base)).unwrap()
    }

    /// What has to be there before the step.
    async fn prepare(&self, step: Step, number: u32) -> Option<SsoConnectionId> {
        if step == Step::Create {
            return None;
        }
        let made = self.connections.create(&self.acme, &self.asked(number)).await.unwrap();
        if matches!(step, Step::Close | Step::Delete | Step::Update) {
            self.open(&made.id, Admission::AutoMembership).await.unwrap();
        }
        Some(made.id)
    }

    async fn open(
        &self,
        id: &SsoConnectionId,
        admission: Admission,
    ) -> Result<SsoConnection, SsoConnectionsError> {
        let domains = [EmailDomain::try_from("acme.com").unwrap()];
        self.connections.open(&self.acme.id, id, admission, &domains).await
    }

    async fn take(
        &self,
        step: Step,
        number: u32,
        id: Option<&SsoConnectionId>,
    ) -> Result<Option<SsoConnection>, SsoConnectionsError> {
        let issuer = self.upstream("two");
        let done = match (step, id) {
            (Step::Create | Step::CreateAgain, _) | (_, None) => {
                self.connections.create(&self.acme, &self.asked(number)).await?
            }
            (Step::Open, Some(id)) => self.open(id, Admission::AutoMembership).await?,
            (Step::Close, Some(id)) => self.open(id, Admission::Closed).await?,
            (Step::Update, Some(id)) => {
                let change = SsoConnectionChange { issuer: Some(issuer), ..Default::default() };
                self.connections.update(&self.acme.id, id, &change).await?
            }
            (Step::Delete, Some(id)) => {
                self.connections.delete(&self.acme.id, id).await?;
                return Ok(None);
            }
        };
        Ok(Some(done))
    }

    /// What the provider has of this request, with all that is stored of it but what names it.
    async fn stored(&self, number: u32) -> Vec<Value> {
        let request = self.asked(number).request;
        let all = self.rig.send(Method::GET, "/connections", &Value::Null).await;
        let of_request = |each: &&Value| each["metadata"]["request"] == request.as_str();
        let mut stored: Vec<Value> = all.as_array().unwrap().iter().filter(of_request).cloned().collect();
        let path = format!("/organizations/{}/enabled_connections", self.acme.id);
        let enabled = self.rig.send(Method::GET, &path, &Value::Null).await;
        for each in &mut stored {
            let is_it = |enabled: &&Value| enabled["connection_id"] == each["id"];
            let mut of_it = enabled.as_array().unwrap().iter().find(is_it).cloned().unwrap_or_default();
            for name in ["connection_id", "connection"] {
                of_it.as_object_mut().map(|of_it| of_it.remove(name));
            }
            for name in ["id", "name", "realms"] {
                each.as_object_mut().unwrap().remove(name);
            }
            each["metadata"]["request"].take();
            each["enabled"] = of_it;
        }
        stored
    }

    async fn clean_up(&self, number: u32) {
        for each in self.connections.list(&self.acme.id).await.unwrap() {
            if each.name.as_str().ends_with(self.asked(number).request.as_str()) {
                self.connections.delete(&self.acme.id, &each.id).await.unwrap();
            }
        }
    }

    /// Goes through the step with each mishap at each of its calls. Answers how many those were.
    async fn goes_well_with_any_mishap(&self, step: Step) -> usize {
        let id = self.prepare(step, 0).await;
        self.world.asked();
        let expected = self.take(step, 0, id.as_ref()).await.unwrap();
        let calls = self.world.asked();
        let expected_stored = self.stored(0).await;
        assert_eq!(expected_stored.len(), usize::from(step != Step::Delete));
        let mut number = 0;
        for at in 0..calls.len() {
            for (what, faults) in mishaps() {
                number += 1;
                let shown = format!("{step:?} at {} of {calls:?}: {what}", at + 1);
                let id = self.prepare(step, number).await;
                for fault in faults {
                    self.world.fake.faults().add(fault.after(u64::try_from(at).unwrap()));
                }
                let first = self.take(step, number, id.as_ref()).await;
                self.world.fake.faults().clear();
                assert!(self.stored(number).await.len() <= 1, "{shown}");
                let done = match first {
                    Ok(done) => done,
                    Err(SsoConnectionsError::RateLimited { .. } | SsoConnectionsError::Unavailable(_)) => {
                        self.take(step, number, id.as_ref()).await.unwrap()
                    }
                    Err(error) => panic!("{shown}: {error}"),
                };
                let named = |expected: &SsoConnection, done: &SsoConnection| {
                    let (id, name) = (done.id.clone(), done.name.clone());
                    SsoConnection { id, name, ..expected.clone() }
                };
                let expected =
                    expected.as_ref().zip(done.as_ref()).map(|(expected, done)| named(expected, done));
                assert_eq!(done, expected, "{shown}");
                assert_eq!(self.stored(number).await, expected_stored, "{shown}");
                let again = self.take(step, number, id.as_ref()).await.unwrap();
                assert_eq!(again, done, "{shown}");
                assert_eq!(self.stored(number).await, expected_stored, "{shown}");
                self.clean_up(number).await;
            }
        }
        calls.len()
    }
}

#[tokio::test]
async fn f01_f02_making_a_connection_leaves_one_whatever_fails() {
    let scene = Scene::start().await;
    assert_eq!(scene.goes_well_with_any_mishap(Step::Create).await, 2);
    let scene = Scene::start().await;
    assert_eq!(scene.goes_well_with_any_mishap(Step::CreateAgain).await, 4);
}

#[tokio::test]
async fn f01_f02_opening_and_closing_end_the_same_whatever_fails() {
    let scene = Scene::start().await;
    assert_eq!(scene.goes_well_with_any_mishap(Step::Open).await, 5);
    let scene = Scene::start().await;
    assert_eq!(scene.goes_well_with_any_mishap(Step::Close).await, 4);
}

#[tokio::test]
async fn f01_f02_changing_and_deleting_end_the_same_whatever_fails() {
    let scene = Scene::start().await;
    assert_eq!(scene.goes_well_with_any_mishap(Step::Update).await, 3);
    let scene = Scene::start().await;
    assert_eq!(scene.goes_well_with_any_mishap(Step::Delete).await, 3);
}

/// Auth0 keeps a name for itself until everything of the deleted connection is gone.
#[tokio::test]
async fn a_name_that_is_still_being_deleted_is_not_taken_for_good() {
    let scene = Scene::start().await;
    let made = scene.connections.create(&scene.acme, &scene.asked(1)).await.unwrap();
    scene.connections.delete(&scene.acme.id, &made.id).await.unwrap();
    scene.world.fake.faults().add(Fault::status(409).on("POST", "/api/v2/connections").times(1));
    let early = scene.connections.create(&scene.acme, &scene.asked(1)).await;
    assert!(matches!(early, Err(SsoConnectionsError::BeingDeleted)), "{early:?}");
    let later = scene.connections.create(&scene.acme, &scene.asked(1)).await.unwrap();
    assert_eq!(later.name, made.name);
}

/// Somebody else's connection of the name that ours would have is neither taken over nor shown.
#[tokio::test]
async fn a_connection_of_others_is_not_adopted_by_its_name() {
    let scene = Scene::start().await;
    let made = scene.connections.create(&scene.acme, &scene.asked(1)).await.unwrap();
    let path = format!("/connections/{}", made.id);
    for metadata in [
        json!({}),
        json!({ "tenant": "org_0000000000000000", "request": scene.asked(1).request, "kind": "okta" }),
        json!({ "tenant": scene.acme.id, "kind": "okta" }),
    ] {
        scene.rig.send(Method::PATCH, &path, &json!({ "metadata": metadata })).await;
        let refused = scene.connections.create(&scene.acme, &scene.asked(1)).await;
        assert!(matches!(refused, Err(SsoConnectionsError::Unavailable(_))), "{metadata}: {refused:?}");
        assert_eq!(scene.rig.send(Method::GET, &path, &Value::Null).await["metadata"], metadata);
    }
}

/// What Auth0's plan has no room for is told as that, and what we may not do as an outage.
#[tokio::test]
async fn a_plan_without_more_connections_is_told_apart_from_a_missing_scope() {
    let scene = Scene::start().await;
    let refuse = |message: &str| {
        let body = json!({ "statusCode": 403, "error": "Forbidden", "message": message });
        let mut fault = Fault::status(403).on("POST", "/api/v2/connections").times(1);
        if let tenantry_fake::FaultEffect::Status { body: said, .. } = &mut fault.effect {
            *said = Some(body);
        }
        scene.world.fake.faults().add(fault);
    };
    refuse("You can only create 1 non-Okta enterprise connection(s)");
    let refused = scene.connections.create(&scene.acme, &scene.asked(1)).await;
    assert!(matches!(refused, Err(SsoConnectionsError::TooMany)), "{refused:?}");
    refuse("Insufficient scope, expected any of: create:connections");
    let refused = scene.connections.create(&scene.acme, &scene.asked(1)).await;
    assert!(matches!(refused, Err(SsoConnectionsError::Unavailable(_))), "{refused:?}");
}

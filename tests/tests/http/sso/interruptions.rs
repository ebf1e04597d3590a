//! Set-up meets something that does not answer: what it says, and that the same step works later.

use reqwest::Method;
use tenantry_fake::Fault;
use tokio::net::{TcpListener, UdpSocket};
use url::Url;

use super::corp::{BO, Corp, DOMAIN, SECRET, step};
use crate::site::Site;

impl Corp {
    /// How many connections of organizations' own there are at our provider.
    pub(super) async fn connections(&self) -> usize {
        let listed = self.site.management().await.call(Method::GET, "connections?strategy=oidc", None).await;
        listed.as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_set_up_that_is_given_up_after_an_answer_was_lost_leaves_no_connection_behind() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.proves(&id).await;
    // It is made, and nobody hears of it however often it is looked for.
    let faults = corp.site.fake().faults();
    faults.add(Fault::lost_answer().on("POST", "/api/v2/connections"));
    faults.add(Fault::status(503).on("GET", "/api/v2/connections").after(1));
    corp.enters(&id, SECRET).await.is(503);
    corp.site.fake().faults().clear();
    assert_eq!(corp.connections().await, 1);
    corp.admin.post("/admin/sso/delete", &[("connection", &id)]).await.leads_to("/admin/sso");
    assert_eq!(corp.connections().await, 0);
    // The next one has nothing of it.
    let id = corp.begins().await;
    let fields = [("connection", &*id), ("domain", DOMAIN)];
    corp.admin.post("/admin/sso/domain", &fields).await.is(303);
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
    corp.tests_as(&id, BO).await;
    corp.turns_on(&id).await;
    corp.is_let_in(BO).await;
    assert_eq!(corp.connections().await, 1);
}

#[tokio::test]
async fn a_discovery_document_that_can_not_be_read_is_told_beside_its_field_and_nothing_is_made() {
    let mut corp = Corp::new().await;
    let id = corp.begins().await;
    corp.proves(&id).await;
    let issuer = corp.issuer.clone();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = |at: std::net::SocketAddr| Url::parse(&format!("http://{at}/")).unwrap();
    for (what, at) in [
        ("closed", address(closed)),
        ("silent", address(silent.local_addr().unwrap())),
        ("no document", corp.site.address.url.clone()),
        ("another path", issuer.join("elsewhere/").unwrap()),
    ] {
        corp.issuer = at;
        let page = corp.enters(&id, SECRET).await;
        page.is(422);
        assert!(
            page.body.contains("id=\"discovery_url-error\"") || page.body.contains("aria-invalid"),
            "{what}"
        );
        assert!(page.links_to("/home") && !page.body.contains(SECRET), "{what}: {}", page.summary());
        assert_eq!(page.field("client_id"), super::corp::CLIENT, "what was typed stays");
        assert_eq!(corp.connections().await, 0, "{what}");
    }
    corp.issuer = issuer;
    corp.enters(&id, SECRET).await.leads_to(&step(&id, "test"));
    assert_eq!(corp.connections().await, 1);
}

#[tokio::test]
async fn dns_that_does_not_answer_changes_nothing_and_says_so() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let site = Site::with(|settings| settings.dev_sso_dns = Some(address)).await;
    let mut ann = site.administrator("ann@nowhere.example", "corp").await;
    let begun = ann.post("/admin/sso", &[("kind", "oidc")]).await.is(303).location();
    let id = begun.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned();
    let fields = [("connection", &*id), ("domain", DOMAIN)];
    ann.post("/admin/sso/domain", &fields).await.is(303);
    let answer = ann.post("/admin/sso/domain/check", &fields).await;
    let page = ann.follow(answer).await;
    assert!(page.says("DNS does not answer just now: nothing was changed, try again in a minute"));
    assert!(page.says("Waiting for the record") && page.links_to("/home"), "{}", page.summary());
}

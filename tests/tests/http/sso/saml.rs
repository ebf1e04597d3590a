//! A company whose identity provider speaks SAML: connected by its metadata, and who comes in through it.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use tenantry_ports::Clock;
use tenantry_tests::saml::{Key, Person, SamlIdp};
use tenantry_tests::steps::PASSWORD;

use super::corp::{BO, Corp, EVE, reference, step};
use crate::answer::Answer;
use crate::browser::Browser;

/// The company, and its provider that speaks SAML.
pub(crate) struct SamlCorp {
    pub(crate) corp: Corp,
    pub(crate) idp: SamlIdp,
}

impl SamlCorp {
    pub(crate) async fn new() -> Self {
        let corp = Corp::new().await;
        let people =
            vec![Person::new("bo-at-corp", BO, "Bo", "Ek"), Person::new("eve-at-corp", EVE, "Eve", "Oak")];
        let idp = SamlIdp::start(corp.site.clock.clone(), people).await;
        Self { corp, idp }
    }

    /// The same, set up, tested and turned on.
    pub(crate) async fn connected() -> (Self, String) {
        let mut here = Self::new().await;
        let id = here.begins().await;
        here.corp.proves(&id).await;
        let url = here.idp.metadata_url();
        here.enters(&id, url.as_str()).await.leads_to(&step(&id, "test"));
        here.tests_as(&id, BO).await;
        here.corp.turns_on(&id).await;
        (here, id)
    }

    async fn begins(&mut self) -> String {
        let begun = self.corp.admin.post("/admin/sso", &[("kind", "saml")]).await;
        let there = begun.is(303).location();
        there.query_pairs().find(|(name, _)| name == "connection").unwrap().1.into_owned()
    }

    async fn enters(&mut self, id: &str, metadata_url: &str) -> Answer {
        let fields = [("connection", id), ("metadata_url", metadata_url)];
        self.corp.admin.post("/admin/sso/saml", &fields).await
    }

    async fn uploads(&mut self, id: &str, metadata: impl AsRef<[u8]>) -> Answer {
        let admin = &mut self.corp.admin;
        let token = admin.token().await;
        let head = format!(
            "--XyZ\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n\
             --XyZ\r\nContent-Disposition: form-data; name=\"connection\"\r\n\r\n{id}\r\n\
             --XyZ\r\nContent-Disposition: form-data; name=\"metadata\"; filename=\"idp.xml\"\r\n\
             Content-Type: text/xml\r\n\r\n"
        );
        let body = [head.as_bytes(), metadata.as_ref(), b"\r\n--XyZ--\r\n"].concat();
        let path = "/admin/sso/saml";
        let request = admin.site.request(Method::POST, path).header(ORIGIN, admin.site.origin());
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=XyZ").body(body);
        admin.send(request, path).await
    }

    async fn tests_as(&mut self, id: &str, email: &str) -> Answer {
        let asked = self.corp.admin.post("/admin/sso/test", &[("connection", id)]).await;
        let page = self.corp.admin.follow(asked).await;
        self.corp.admin.by_saml(&page, email).await
    }

    pub(crate) async fn comes(&self, email: &str) -> (Browser, Answer) {
        let (mut browser, page) = self.corp.enters_address("anybody@corp.example").await;
        let end = browser.by_saml(&page, email).await;
        (browser, end)
    }
}

impl Browser {
    /// Logs in on the page of the company's provider, whose answer is posted by a page of its own.
    async fn by_saml(&mut self, page: &Answer, email: &str) -> Answer {
        assert!(page.says("Corp") || page.body.contains("Corp: log in"), "{}", page.summary());
        let posting = self.fill(page, &[("username", email), ("password", PASSWORD)]).await;
        let posted = self.fill(&posting, &[("RelayState", &relay_state(&posting))]).await;
        self.follow(posted).await
    }
}

fn relay_state(page: &Answer) -> String {
    let value = page.body.split("name=\"RelayState\" value=\"").nth(1);
    value.unwrap_or_else(|| panic!("{}", page.summary())).split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_provider_that_speaks_saml_is_connected_by_its_metadata() {
    let mut here = SamlCorp::new().await;
    let id = here.begins().await;
    here.corp.proves(&id).await;
    let page = here.corp.admin.get(&step(&id, "credentials")).await;
    assert!(page.is(200).says("Assertion consumer service URL"), "{}", page.summary());
    assert!(page.says(&format!("urn:tenantry:corp-{id}")) && page.says("login/callback?connection="));
    for (url, said) in [
        ("", "Enter the address of your identity provider’s metadata"),
        ("ftp://idp.example", "The address starts with https://"),
        ("http://127.0.0.1:1/metadata", "Nothing could be read at this address"),
        (here.corp.issuer.clone().as_str(), "this can’t be read as XML"),
    ] {
        let refused = here.enters(&id, url).await;
        assert!(refused.is(422).says(said), "{url}: {}", refused.summary());
    }
    let refused = here.uploads(&id, "<EntityDescriptor/>").await;
    assert!(refused.is(422).says("It describes no identity provider"), "{}", refused.summary());
    let metadata = here.idp.metadata_xml();
    here.uploads(&id, &metadata).await.leads_to(&step(&id, "test"));

    let report = here.tests_as(&id, BO).await;
    assert!(report.is(200).says("It works") && report.says(BO), "{}", report.summary());
    here.corp.turns_on(&id).await;
    let (mut bo, end) = here.comes(BO).await;
    assert_eq!((end.url.path(), end.status.as_u16()), ("/home", 200), "{}", end.summary());
    assert!(bo.get("/home/profile").await.says("Role Employee"));
    let page = here.corp.connection(&id).await;
    assert!(page.says("1 person") && page.says(&here.idp.entity_id()), "{}", page.summary());

    // Another identity provider is another connection once people have come.
    let other = SamlIdp::start(here.corp.site.clock.clone(), Vec::new()).await;
    let refused = here.enters(&id, other.metadata_url().as_str()).await;
    assert!(refused.is(422).says("make a new connection"), "{}", refused.summary());
}

#[tokio::test]
async fn metadata_that_would_be_read_as_something_else_are_refused() {
    let mut here = SamlCorp::new().await;
    let id = here.begins().await;
    let xml = here.idp.metadata_xml();
    let latin_1 = xml.replace("entityID=\"", "entityID=\"caf~").into_bytes();
    let latin_1: Vec<u8> = latin_1.into_iter().map(|byte| if byte == b'~' { 0xe9 } else { byte }).collect();
    let refused = here.uploads(&id, latin_1).await;
    assert!(
        refused.is(422).says("This is not encoded in UTF-8: open it in an editor"),
        "{}",
        refused.summary()
    );
    let (_, entity) = xml.split_once("?>").unwrap();
    let namespace = "urn:oasis:names:tc:SAML:2.0:metadata";
    let both = format!("<EntitiesDescriptor xmlns=\"{namespace}\">{entity}{entity}</EntitiesDescriptor>");
    let refused = here.uploads(&id, both).await;
    assert!(refused.is(422).says("It describes several identity providers"), "{}", refused.summary());
    let until = |end: &str| xml.replace("entityID=", &format!("validUntil=\"{end}\" entityID="));
    let typed = xml.replacen("?>", "?><!DOCTYPE md:EntityDescriptor>", 1);
    let refused = here.uploads(&id, typed).await;
    assert!(refused.is(422).says("This has a DOCTYPE, which is not taken"), "{}", refused.summary());
    // To the second.
    let refused = here.uploads(&id, until("2026-01-02T03:04:05Z")).await;
    let said = "These metadata were good until 2026-01-02: get them from your identity provider anew";
    assert!(refused.is(422).says(said), "{}", refused.summary());
    here.uploads(&id, until("2026-01-02T03:04:06Z")).await.leads_to(&step(&id, "test"));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_an_error_of_its_field() {
    let mut here = SamlCorp::new().await;
    let id = here.begins().await;
    for size in [257, 263, 330, 400, 4000] {
        let refused = here.uploads(&id, vec![b'x'; size * 1024]).await;
        assert!(refused.is(422).says("Metadata have at most 256 KiB."), "{size}: {}", refused.summary());
        assert!(refused.body.contains("id=\"metadata-error\""), "beside the file: {}", refused.summary());
        assert_eq!(refused.field("connection"), id, "the form is there");
    }
    let other = vec![0xe9; 300 * 1024];
    assert!(here.uploads(&id, other).await.is(422).says("Metadata have at most 256 KiB."));
    here.uploads(&id, vec![b'x'; 9 * 1024 * 1024]).await.is(413);
    let metadata = here.idp.metadata_xml();
    here.uploads(&id, &metadata).await.leads_to(&step(&id, "test"));
}

#[tokio::test]
async fn metadata_that_are_over_soon_are_told_before() {
    let (mut here, id) = SamlCorp::connected().await;
    let metadata = here.idp.metadata_xml();
    let until = |end: &str| metadata.replace("entityID=", &format!("validUntil=\"{end}\" entityID="));
    here.uploads(&id, until("2026-02-05T00:00:00Z")).await.leads_to(&step(&id, "test"));
    assert!(!here.corp.connection(&id).await.says("says of itself expires"), "in more than a month");
    here.uploads(&id, until("2026-01-20T00:00:00Z")).await.leads_to(&step(&id, "test"));
    let page = here.corp.connection(&id).await;
    let said = "What your provider says of itself expires on 20 January 2026";
    assert!(page.says(said) && page.says("enter the metadata anew"), "{}", page.summary());
}

#[tokio::test]
async fn s05_by_saml_too_an_address_of_somebody_elses_is_refused() {
    let (mut here, id) = SamlCorp::connected().await;
    let (mut eve, end) = here.comes(EVE).await;
    assert_eq!(end.status.as_u16(), 403, "{}", end.summary());
    assert!(!eve.is_signed_in().await);
    assert!(here.corp.connection(&id).await.says(&reference(&end)));
}

/// What the fake refuses of wrapped and forged answers is in its own tests, vector by vector: here is what comes of it.
#[tokio::test]
async fn s16_an_answer_that_was_changed_after_it_was_signed_lets_nobody_in() {
    let (mut here, id) = SamlCorp::connected().await;
    // Somebody of the same company, so that nothing but the signature is in the way.
    here.idp.rewrites(|xml| xml.replace(BO, "boss@corp.example"));
    let (mut browser, end) = here.comes(BO).await;
    assert!(end.status.is_client_error() || end.status.is_server_error(), "{}", end.summary());
    assert!(!browser.is_signed_in().await);
    let page = here.corp.connection(&id).await;
    assert!(page.says(&reference(&end)), "{}", page.summary());
    here.idp.is_honest();
    let (_, end) = here.comes(BO).await;
    assert_eq!(end.url.path(), "/home", "{}", end.summary());
}

#[tokio::test]
async fn a_certificate_that_expires_soon_is_told_before() {
    let (mut here, id) = SamlCorp::connected().await;
    assert!(!here.corp.connection(&id).await.says("certificate expires"));
    let clock = here.corp.site.clock.clone();
    let key = Key::of_the_company(clock.now().plus_days(20));
    let renewed = SamlIdp::with_key(clock, Vec::new(), key).await.metadata_xml();
    // Its own metadata with the other certificate: the provider stays who it is.
    let certificate = |xml: &str| {
        let text = xml.split("X509Certificate>").nth(1).unwrap();
        text.trim_end_matches("</ds:").to_owned()
    };
    let mine = here.idp.metadata_xml();
    let metadata = mine.replace(&certificate(&mine), &certificate(&renewed));
    here.uploads(&id, &metadata).await.leads_to(&step(&id, "test"));
    let page = here.corp.connection(&id).await;
    assert!(page.says("The signing certificate expires on"), "{}", page.summary());
    assert!(here.corp.admin.get("/admin/sso").await.says("enter the metadata anew"));
}

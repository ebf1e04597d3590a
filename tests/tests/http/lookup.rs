//! Fault 9: looking up an organization's name needed no login and returned all of its metadata.

use reqwest::Method;
use reqwest::header::ACCEPT;

use crate::site::Site;

#[tokio::test]
async fn fault09_a_stranger_learns_nothing_but_that_the_organization_is_there() {
    let site = Site::start().await;
    site.administrator("ann@example.com", "acme").await;
    let organization = site.management().await.organization("acme").await;
    let metadata = organization["metadata"].as_object().unwrap();
    assert!(metadata.len() >= 3, "there is something to give away: {organization}");

    let mut stranger = site.browser();
    let answer = stranger.post("/orgprompt", &[("organization", "acme")]).await;
    assert_eq!(answer.is(303).body, "");
    let query: Vec<_> = answer.location().query_pairs().into_owned().collect();
    assert!(query.contains(&("organization".to_owned(), organization["id"].as_str().unwrap().to_owned())));
    let said = format!("{:?}", answer.headers);
    for value in metadata.values().map(|value| value.as_str().unwrap()) {
        assert!(!said.contains(value), "{value} is given away: {said}");
    }
    let unknown = stranger.post("/orgprompt", &[("organization", "acme-2")]).await;
    assert!(unknown.is(422).says("No organization has this name"), "{}", unknown.summary());
}

#[tokio::test]
async fn whoever_guesses_names_has_to_wait_and_others_need_not() {
    let site = Site::start().await;
    site.administrator("ann@example.com", "acme").await;
    let mut guesser = site.browser();
    let (mut answers, mut refused) = (Vec::new(), None);
    for number in 0..40 {
        let answer = guesser.post("/orgprompt", &[("organization", &format!("guess-{number}"))]).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        answers.push(answer.is(422).status);
    }
    assert!((20..=30).contains(&answers.len()), "{}", answers.len());
    let refused = refused.expect("somebody who guesses is refused");
    assert!(refused.says("Wait a minute") && refused.links_to("/orgprompt"), "{}", refused.summary());
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    // Neither another browser there, nor a header that anybody can write, is another network.
    let mut other = site.browser();
    let request = site.address.request(Method::POST, "/orgprompt").header("x-forwarded-for", "192.0.2.77");
    let request = request.header(reqwest::header::ORIGIN, site.address.origin());
    let refused = other.send(request.form(&[("organization", "acme")]), "/orgprompt").await;
    assert!(!refused.is(429).body.contains("acme"), "and it is not said whether there is one");
    // What is no name, and signing in without one, is not refused.
    other.post("/orgprompt", &[("organization", "not a name")]).await.is(422);
    other.get("/api/auth/login").await.is(303);
    site.clock.advance(std::time::Duration::from_secs(wait));
    other.post("/orgprompt", &[("organization", "acme")]).await.is(303);
    other.post("/orgprompt", &[("organization", "acme")]).await.is(429);
}

#[tokio::test]
async fn what_looks_like_an_address_is_never_taken_for_a_name() {
    let site = Site::start().await;
    let mut stranger = site.browser();
    for typed in
        ["jo＠corp.example", "jo@corp.example.", "jo﹫corp.example", "jo@", "@corp", "jo@ｃｏｒｐ.example"]
    {
        let page = stranger.post("/orgprompt", &[("organization", typed)]).await;
        assert!(page.is(422).says("Enter an e-mail address such as"), "{typed}: {}", page.summary());
        assert_eq!(page.field("organization"), typed);
    }
    stranger.post("/orgprompt", &[("organization", "jo@münchen.example")]).await.is(200);
}

#[tokio::test]
async fn fault09_no_address_tells_more() {
    let site = Site::start().await;
    site.administrator("ann@example.com", "acme").await;
    let organization = site.management().await.organization("acme").await;
    let id = organization["id"].as_str().unwrap();
    let gets = tenantry_web::ROUTES.iter().filter(|route| route.method.as_http() == Method::GET);
    for path in gets.map(|route| route.path).chain(["/api/organizations", "/api/orgs", "/api/orgs/acme"]) {
        let target = format!("{path}?organization={id}&organization_name=acme&name=acme&org_id={id}");
        let request = site.address.request(Method::GET, &target).header(ACCEPT, "application/json");
        let answer = site.address.send(request, &target).await;
        for secret in ["team;", "created_by", "conversion", "ann@example.com"] {
            assert!(!answer.body.contains(secret), "{secret}: {}", answer.summary());
        }
    }
}

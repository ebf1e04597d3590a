//! Members searched and sorted: on pages that say which of them they show, and over the API.

use serde_json::{Value, json};
use tenantry_fake::SeedFile;

use crate::browser::Browser;
use crate::provider::Provider;
use crate::site::Site;

const ANN: &str = "ann@example.com";
const MEMBERS: &str = "/api/v1/organization/members";

/// Acme, with this many people besides those of these names and Ann, who runs it.
async fn acme(people: usize, named: &[(&str, &str)]) -> (Provider, Site, Browser) {
    let (provider, site) = Provider::with_site().await;
    let emails = (0..people).map(|number| format!("person-{number:05}@example.com"));
    let mut users: Vec<_> = emails.map(|email| json!({ "email": email })).collect();
    users.extend(named.iter().map(|(email, name)| json!({ "email": email, "name": name })));
    let members: Vec<_> = users.iter().map(|user| user["email"].clone()).collect();
    let organization = json!({
        "name": "acme",
        "display_name": "Acme",
        "metadata": { "subscription": "enterprise;2030-01-01T00:00:00.000Z;active" },
        "connections": ["Username-Password-Authentication"],
        "members": members,
    });
    let seed = SeedFile::from_json(json!({ "users": users, "organizations": [organization] })).unwrap();
    provider.fake.seed(&seed).await.unwrap();
    let mut ann = site.browser();
    ann.sign_up(ANN).await;
    provider.management().await.add_member("acme", ANN, &["Administrator"]).await;
    ann.log_in_under("acme", ANN).await;
    (provider, site, ann)
}

/// The addresses of a page's rows, from the top.
fn rows(body: &str) -> Vec<String> {
    let cells = body.split(r#"<td data-label="E-mail">"#).skip(1);
    cells.map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
}

/// Where the page's link to the next one leads.
fn next(body: &str) -> Option<String> {
    let (link, _) = body.split_once(">Next page")?;
    let (_, link) = link.rsplit_once("href=\"")?;
    Some(link.strip_suffix('"')?.replace("&#38;", "&").replace("&amp;", "&"))
}

async fn listed(ann: &mut Browser, query: &str) -> Value {
    serde_json::from_str(&ann.get(&format!("{MEMBERS}?{query}")).await.is(200).body).unwrap()
}

fn emails(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|member| member["email"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_search_that_finds_eighty_members_shows_them_all_page_by_page() {
    let (provider, _site, mut ann) = acme(80, &[]).await;
    let (mut path, mut shown, mut ranges) = ("/admin/members?q=person".to_owned(), Vec::new(), Vec::new());
    loop {
        provider.fake.clear_requests();
        let page = ann.get(&path).await;
        assert_eq!(provider.fake.requests().len(), 1, "{path}");
        let range = page.is(200).text();
        let (range, _) = range.split_once(" of 80, by name.").expect("the page says which it shows");
        ranges.push(range.split(' ').rev().take(3).collect::<Vec<_>>().join(" "));
        shown.extend(rows(&page.body));
        let Some(link) = next(&page.body) else { break };
        path = link;
    }
    assert_eq!(ranges, ["25 to 1", "50 to 26", "75 to 51", "80 to 76"]);
    let everybody: Vec<_> = (0..80).map(|number| format!("person-{number:05}@example.com")).collect();
    assert_eq!(shown, everybody);

    let (mut query, mut found) = ("search=person&limit=5".to_owned(), Vec::new());
    for pages in 1.. {
        let page = listed(&mut ann, &query).await;
        assert!(page["total"] == 80 && emails(&page).len() == 5, "{page}");
        found.extend(emails(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["next"].as_str() else { break };
        assert!(pages < 16, "the pages have no end");
        query = format!("search=person&limit=5&cursor={cursor}");
    }
    assert_eq!(found, everybody);
}

#[tokio::test]
async fn members_are_found_by_their_surnames() {
    let (_provider, _site, mut ann) = acme(2, &[("anna@example.com", "Anna Leeson")]).await;
    assert_eq!(rows(&ann.get("/admin/members?q=leeson").await.is(200).body), ["anna@example.com"]);
    let found = listed(&mut ann, "search=LEESON").await;
    assert_eq!(
        (emails(&found), &found["total"], &found["next"]),
        (vec!["anna@example.com"], &json!(1), &Value::Null)
    );
    assert!(ann.get("/admin/members?q=leesons").await.is(200).says("Nobody is found"));
}

#[tokio::test]
async fn members_are_sorted_by_the_headings_links() {
    let names = [("c@example.com", "Bo"), ("x@example.com", "Cy"), ("b@example.com", "aaron")];
    let (provider, _site, mut ann) = acme(0, &names).await;
    let (a, b, c, x) = (ANN, "b@example.com", "c@example.com", "x@example.com");
    let page = ann.get("/admin/members").await;
    assert!(
        page.is(200).links_to("/admin/members?sort=name") && !page.body.contains("aria-sort"),
        "{}",
        page.body
    );
    for (sort, order) in
        [("name", [b, a, c, x]), ("-name", [x, c, a, b]), ("email", [a, b, c, x]), ("-email", [x, c, b, a])]
    {
        provider.fake.clear_requests();
        let page = ann.get(&format!("/admin/members?sort={sort}")).await;
        let calls = provider.fake.requests();
        assert!(calls.len() <= 2, "{sort} asked {} times: {calls:?}", calls.len());
        assert_eq!(rows(&page.is(200).body), order, "{sort}");
        let (word, turned) = match sort.strip_prefix('-') {
            Some(name) => ("descending", name.to_owned()),
            None => ("ascending", format!("-{sort}")),
        };
        let heading = format!(r#"aria-sort="{word}"><a href="/admin/members?sort={turned}">"#);
        assert!(page.body.contains(&heading) && page.body.matches("aria-sort").count() == 1, "{}", page.body);
        assert!(page.body.contains(&format!(r#"name="sort" value="{sort}""#)), "a search keeps the order");
        assert_eq!(emails(&listed(&mut ann, &format!("sort={sort}")).await), order, "{sort}");
    }
    // Ann alone has ever logged in.
    for sort in ["last_login", "-last_login"] {
        let page = listed(&mut ann, &format!("sort={sort}")).await;
        assert_eq!(emails(&page).first(), Some(&ANN), "{sort}: who never did comes last");
        assert!(
            page["items"][0]["last_login"].is_string() && page["items"][1]["last_login"].is_null(),
            "{page}"
        );
        assert!(page["items"][0]["roles"].is_null());
        let page = ann.get(&format!("/admin/members?sort={sort}")).await;
        assert!(page.is(200).says("Not known") && page.body.contains("<time datetime="), "{}", page.body);
    }
    let kept = ann.get("/admin/members?sort=-email&q=example").await;
    assert_eq!(rows(&kept.is(200).body), [x, c, b, a]);
    assert!(kept.body.contains("/admin/members?sort=email&#38;q=example"), "{}", kept.body);
}

#[tokio::test]
async fn an_order_that_members_have_not_is_refused() {
    let (_provider, _site, mut ann) = acme(30, &[]).await;
    for sort in ["Name", "name:1", "roles", "--name", "%3Cscript%3E"] {
        let page = ann.get(&format!("/admin/members?sort={sort}")).await;
        assert!(page.is(422).links_to("/admin/members") && page.says("Sort by name, email or last_login"));
        let answer = ann.get(&format!("{MEMBERS}?sort={sort}")).await;
        let problem: Value = serde_json::from_str(&answer.is(422).body).unwrap();
        assert_eq!((&problem["code"], &problem["field"]), (&json!("invalid_sort"), &json!("sort")), "{sort}");
    }
    let first = listed(&mut ann, "sort=name&limit=10").await;
    let cursor = first["next"].as_str().unwrap();
    let other = ann.get(&format!("{MEMBERS}?sort=-name&limit=10&cursor={cursor}")).await;
    let problem: Value = serde_json::from_str(&other.is(422).body).unwrap();
    assert_eq!((&problem["code"], &problem["field"]), (&json!("invalid_cursor"), &json!("cursor")));
    let rest = listed(&mut ann, &format!("sort=name&limit=100&cursor={cursor}")).await;
    assert_eq!(rest["items"][0]["email"], "person-00009@example.com", "Ann is the first");
    for cursor in ["25", "name.0", "name.x", "name.1000", "-name.25"] {
        ann.get(&format!("/admin/members?sort=name&cursor={cursor}")).await.is(422);
    }
}

#[tokio::test]
async fn members_beyond_the_first_thousand_are_said_to_be_there() {
    let (provider, _site, mut ann) = acme(1_500, &[]).await;
    provider.fake.clear_requests();
    let page = ann.get("/admin/members?sort=name").await;
    assert!(provider.fake.requests().len() <= 2);
    let said = "1 to 25 of the first 1,000 by name; there are 1,501. Search to find the others.";
    assert!(page.is(200).says(said), "{}", page.text());
    let page = ann.get("/admin/members?q=person").await;
    assert!(page.is(200).says("there are 1,500. Type more to find the others."), "{}", page.text());
    let (mut query, mut found) = ("sort=name&limit=90".to_owned(), Vec::new());
    for pages in 1.. {
        let page = listed(&mut ann, &query).await;
        assert_eq!(page["total"], 1_501);
        found.extend(emails(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["next"].as_str() else { break };
        assert!(pages < 20, "the pages have no end");
        query = format!("sort=name&limit=90&cursor={cursor}");
    }
    assert_eq!(found.len(), 1_000);
    assert_eq!(found.last().map(String::as_str), Some("person-00998@example.com"));
}

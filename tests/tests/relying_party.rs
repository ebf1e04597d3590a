//! docs/relying-party.md is what the tests say: every id of the relying party's part of the security catalogue, what is
//! tried, and which tests try it.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of a test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What `cargo xtask docs` sets, to have the table written.
const RENEW: &str = "TENANTRY_RENEW_DOCS";
const PAGE: &str = "docs/relying-party.md";
const BEGIN: &str = "<!-- table: written by cargo xtask docs -->\n";
const END: &str = "<!-- end of table -->";

/// What is tried under each id, and what must come of it: RP01 first.
const TRIED: [&str; 47] = [
    "An honest login begins one session, under a new id.",
    "`iss` of somebody else, of almost the same spelling, or missing: refused.",
    "`aud` of another client, empty or missing: refused.",
    "`aud` as a list of this client alone: accepted.",
    "A second audience beside this client: refused.",
    "`azp` of another client: refused.",
    "`sub` missing, empty, a number, or longer than 255 characters: refused.",
    "`iat` missing, more than a minute ahead, or more than ten minutes old: refused.",
    "`exp` 61 seconds ago: refused; 59 seconds ago: accepted, clocks differ.",
    "`exp` missing or not a number: refused, not taken for a token without end.",
    "`nbf` in the future or not a number: refused.",
    "`nonce` missing or of another login: refused.",
    "A signature that is wrong, broken off or another key's: refused.",
    "`alg` none in any spelling: refused.",
    "HS256 keyed with what everybody knows, the public key or the client's secret: refused.",
    "An algorithm that the issuer offers and the configuration does not name: refused.",
    "A header that brings its own key, or an extension that must be understood: refused, and nothing is fetched.",
    "No key id, and the issuer has one key: accepted.",
    "No key id, and the issuer has several keys: refused.",
    "The issuer changes its key: one fetch for everybody who waits, and the new key is believed.",
    "A thousand key ids that nobody knows: one fetch a minute, and good logins go on.",
    "Keys that are secret, for encryption, too short or of a name that two claim: never used.",
    "A discovery document of another issuer, by a slash, by case, by a placeholder: refused.",
    "Endpoints that change, or leave https, after they were read: never used, and the log says so. At Auth0 also those at another origin than the tenant.",
    "A callback with a `state` that is missing, unknown or misspelt: refused.",
    "A callback that comes twice, after ten minutes, or in another browser: refused.",
    "A login that began at one provider and comes back from another: refused, and no code is sent anywhere.",
    "An answer that says it comes from another issuer: refused, to the letter.",
    "An answer without `iss` from an issuer that always names itself: refused.",
    "A callback with a parameter twice, or with a code and an error: refused.",
    "What the provider says of an error, markup included: never on a page.",
    "The same callback twice at once: one request for tokens, one session.",
    "Every login asks with S256, and the verifier goes to the token endpoint alone.",
    "A token endpoint that redirects: not followed.",
    "A token response without an ID token, or a page in its place: refused.",
    "`token_type` in any case, `expires_in` as text or missing: accepted.",
    "Userinfo about somebody else: refused.",
    "Userinfo and ID token name different addresses: neither counts as verified.",
    "`email_verified` that is false, missing or the word \"true\": not verified.",
    "A claim that is named twice, or a token of a megabyte: refused.",
    "A refreshed token of another person, issuer, client or login: refused, so that the session ends.",
    "An organization other than the one asked for, none, or one that nobody knows: refused; names are no keys.",
    "ID, access and logout tokens in each other's place: refused.",
    "An authentication that is too old or too weak for this login: refused.",
    "Logout tokens: a good one ends the sessions that it speaks of, whatever is wrong with another is 400 and the session lives.",
    "Coming back from a logout with another `state` or none: nobody leaves the product.",
    "A link that wants a login at another issuer, or to end at another site: an error page, and no redirect.",
];

/// A test by its name and the file that it is in.
type Found = (String, String);

#[test]
fn the_page_on_the_relying_party_is_true() {
    let found = tests_by_id();
    let mut table = String::from("\n| id | what is tried, and what comes of it | tests |\n|---|---|---|\n");
    for (number, tried) in (1..).zip(TRIED) {
        let id = format!("rp{number:02}");
        let tests = found.get(&id).unwrap_or_else(|| panic!("no test is named {id}_..."));
        let mut by_file = BTreeMap::<&str, Vec<String>>::new();
        for (name, file) in tests {
            by_file.entry(file).or_default().push(format!("`{name}`"));
        }
        let files =
            by_file.into_iter().map(|(file, names)| format!("[{file}](../{file}): {}", names.join(", ")));
        let files: Vec<String> = files.collect();
        writeln!(table, "| {} | {tried} | {} |", id.to_uppercase(), files.join("<br>")).unwrap();
    }
    table.push('\n');
    let strangers: Vec<_> = found.keys().filter(|id| !is_known(id)).collect();
    assert!(strangers.is_empty(), "the catalogue has no {strangers:?}");
    check(&table);
}

#[test]
fn only_what_runs_as_a_test_counts() {
    let source = "#[test]\nfn rp01_a() {}\n\nfn rp02_helper() {}\n#[tokio::test(flavor = \"multi_thread\")]\n    \
                  async fn rp03_b() {}\n#[test]\n#[ignore]\nfn rp04_c() {}\n// fn rp05_d() {}\n#[test]\nfn rp6_e() {}\n";
    let names: Vec<_> = tests_of(source).collect();
    assert_eq!(names, ["rp01_a", "rp03_b"]);
}

/// Holds the table of the page against what it must be, or writes it.
fn check(table: &str) {
    let file = root().join(PAGE);
    let committed = fs::read_to_string(&file).unwrap();
    let (before, rest) = committed.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os(RENEW).is_some() {
        fs::write(&file, wanted).unwrap();
    } else {
        assert!(committed == wanted, "{PAGE} is out of date: `cargo xtask docs` renews it");
    }
}

fn is_known(id: &str) -> bool {
    id[2..].parse().is_ok_and(|number: usize| (1..=TRIED.len()).contains(&number))
}

/// Every test that an id begins the name of, in the order of files and lines.
fn tests_by_id() -> BTreeMap<String, Vec<Found>> {
    let mut found = BTreeMap::<String, Vec<Found>>::new();
    for file in sources() {
        let relative = file.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        for name in tests_of(&fs::read_to_string(&file).unwrap()) {
            found.entry(name[..4].to_owned()).or_default().push((name, relative.clone()));
        }
    }
    found
}

/// The names of the tests in a source that begin with an id.
fn tests_of(source: &str) -> impl Iterator<Item = String> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let names = lines.windows(2).filter_map(|pair| {
        let is_test = pair[0] == "#[test]" || pair[0].starts_with("#[tokio::test");
        let name =
            pair[1].strip_prefix("async ").unwrap_or(pair[1]).strip_prefix("fn ")?.split('(').next()?;
        let mut id = name.strip_prefix("rp")?.chars();
        let is_id = id.by_ref().take(2).all(|digit| digit.is_ascii_digit()) && id.next() == Some('_');
        (is_test && is_id).then(|| name.to_owned())
    });
    names.collect::<Vec<_>>().into_iter()
}

/// Every Rust source of the workspace, sorted.
fn sources() -> Vec<PathBuf> {
    let mut sources = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(path);
            }
        }
    }
    sources.sort();
    sources
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace is around it").to_owned()
}

//! docs/isolation.md is what [`expected`](super::expected) says, cell by cell: whoever changes who may do what sees it in
//! the diff of that page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tenantry_web::{Carrier, ROUTES, RouteSpec};

use super::actors::Actor;
use super::expected::{Given, Outcome, Place, Variation, expected};
use super::matrix::{cells, variations};

/// What `cargo xtask docs` sets, to have the tables written.
const RENEW: &str = "TENANTRY_RENEW_DOCS";
const PAGE: &str = "docs/isolation.md";
const BEGIN: &str = "<!-- table: written by cargo xtask docs -->\n";
const END: &str = "<!-- end of table -->";

#[test]
fn the_page_on_isolation_is_true() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(PAGE);
    let committed = fs::read_to_string(&file).unwrap();
    let (before, rest) = committed.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os(RENEW).is_some() {
        fs::write(&file, wanted).unwrap();
    } else {
        assert!(committed == wanted, "{PAGE} is out of date: `cargo xtask docs` renews it");
    }
}

fn tables() -> String {
    let all = cells();
    let mut text =
        format!("\n{} cells: {} routes, {} actors.\n\n| route |", all.len(), ROUTES.len(), Actor::ALL.len());
    for actor in Actor::ALL {
        write!(text, " {actor} |").unwrap();
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Actor::ALL.len()));
    for route in ROUTES {
        write!(text, "\n| {} |", name(route)).unwrap();
        for actor in Actor::ALL {
            write!(text, " {} |", shown(expected(route, actor, Variation::None))).unwrap();
        }
    }
    text.push_str(
        "\n\nWith one thing changed; what is not listed is answered as above.\n\n| route | what is changed |",
    );
    for actor in Actor::ALL {
        write!(text, " {actor} |").unwrap();
    }
    text.push_str("\n|---|---|");
    text.push_str(&"---|".repeat(Actor::ALL.len()));
    for route in ROUTES {
        for (changed, outcomes) in changed(route) {
            write!(text, "\n| {} | {changed} |{outcomes}", name(route)).unwrap();
        }
    }
    text.push_str("\n\n");
    text
}

/// What is answered otherwise when one thing is changed: the change, and a column for each actor.
fn changed(route: &'static RouteSpec) -> Vec<(String, String)> {
    let of_actors = Actor::ALL.map(|actor| variations(route, actor));
    let mut all: Vec<Variation> = Vec::new();
    for variation in of_actors.iter().flatten() {
        if !all.contains(variation) {
            all.push(*variation);
        }
    }
    let mut rows = Vec::new();
    for variation in all {
        let (mut columns, mut is_other) = (String::new(), false);
        for (actor, tried) in Actor::ALL.into_iter().zip(&of_actors) {
            if tried.contains(&variation) {
                let outcome = expected(route, actor, variation);
                is_other |= outcome != expected(route, actor, Variation::None);
                write!(columns, " {} |", shown(outcome)).unwrap();
            } else {
                columns.push_str(" – |");
            }
        }
        if is_other {
            rows.push((described(variation), columns));
        }
    }
    rows
}

fn described(variation: Variation) -> String {
    match variation {
        Variation::None => "nothing".to_owned(),
        Variation::Id(id, given) => {
            let carrier = match id.carrier {
                Carrier::Path => "path",
                Carrier::Query => "query",
                Carrier::Body => "body",
            };
            let given = match given {
                Given::Foreign => "foreign",
                Given::Absent => "absent",
                Given::Malformed => "malformed",
            };
            format!("{given} `{}` in the {carrier}", id.name)
        }
        Variation::Smuggled(place) => match place {
            Place::Query => "more in the query".to_owned(),
            Place::Body => "more in the body".to_owned(),
            Place::Header => "more in headers".to_owned(),
            Place::Cookie => "more in cookies".to_owned(),
            Place::Everywhere => "more everywhere".to_owned(),
        },
        Variation::OtherOrigin => "another origin".to_owned(),
        Variation::WithoutToken => "no token".to_owned(),
    }
}

fn name(route: &RouteSpec) -> String {
    format!("{} `{}`", route.method.as_http(), route.path)
}

fn shown(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused(status) => status.to_string(),
        Outcome::ToLogin => "login".to_owned(),
        Outcome::Done => "✓".to_owned(),
    }
}

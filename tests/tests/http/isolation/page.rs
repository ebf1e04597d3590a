//! docs/isolation.md is what [`expected`](super::expected) says, cell by cell: whoever changes who may do what sees it in
//! the diff of that page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tenantry_web::{Carrier, ROUTES, RouteSpec};

use super::actors::Actor;
use super::expected::{Given, Outcome, Variation, expected};
use super::matrix::cells;

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
    text.push_str("\n\n| route | takes | foreign | absent | malformed |\n|---|---|---|---|---|");
    for route in ROUTES {
        // Whoever may do it with an id of their own.
        let may = |actor: &Actor| expected(route, *actor, Variation::None) == Outcome::Done;
        let Some(actor) = Actor::ALL.into_iter().rev().find(may) else { continue };
        for id in route.ids {
            let carrier = match id.carrier {
                Carrier::Path => "path",
                Carrier::Query => "query",
                Carrier::Body => "body",
            };
            write!(text, "\n| {} | `{}` in the {carrier} |", name(route), id.name).unwrap();
            for given in Given::ALL {
                write!(text, " {} |", shown(expected(route, actor, Variation::Id(id, given)))).unwrap();
            }
        }
    }
    text.push_str("\n\n");
    text
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

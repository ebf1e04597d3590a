//! What searches find, and that no text upsets the parser.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::query::{Clause, Occur, Test};
use super::{Fields, Query, QueryError, parse};

const FIELDS: Fields = Fields {
    usual: &["email", "name", "nickname"],
    case_insensitive: &["email", "name", "nickname"],
    exact: &["user_metadata"],
};

fn ann() -> Value {
    json!({
        "user_id": "auth0|123",
        "email": "ann@example.com",
        "email_verified": true,
        "name": "Ann Lee",
        "nickname": "annie",
        "logins_count": 12,
        "created_at": "2026-03-02T10:00:00.000Z",
        "identities": [{ "connection": "acme-entra", "isSocial": false }, { "connection": "google-oauth2" }],
        "app_metadata": { "plan": { "name": "Gold", "seats": 5.5 }, "tags": ["a", "b c"], "none": {} },
        "user_metadata": { "theme": "dark" },
    })
}

fn finds(text: &str) -> bool {
    let query = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    FIELDS.check(&query).unwrap_or_else(|error| panic!("{text}: {error}"));
    FIELDS.matches(&query, &ann())
}

#[test]
fn values_are_found_as_a_whole() {
    for (text, found) in [
        ("email:\"ANN@example.com\"", true),
        ("email:ann@example.com", true),
        ("email:ann", false),
        ("name:\"ann lee\"", true),
        ("name:ann", false),
        ("user_id:auth0|123", true),
        ("user_id:\"AUTH0|123\"", false),
        ("user_id:auth0*", true),
        ("email_verified:true", true),
        ("email_verified:false", false),
        ("logins_count:12", true),
        ("logins_count:1", false),
        ("app_metadata.plan.name:Gold", true),
        ("app_metadata.plan.name:gold", false),
        ("app_metadata.plan.seats:5.5", true),
        ("app_metadata.tags:\"b c\"", true),
        ("app_metadata.tags:b\\ c", true),
        ("identities.connection:google-oauth2", true),
        ("identities.isSocial:true", false),
        ("annie", true),
        ("ANNIE", true),
        ("dark", false),
        ("", true),
        ("*", true),
        ("*:*", true),
    ] {
        assert_eq!(finds(text), found, "{text}");
    }
}

#[test]
fn wildcards_ranges_and_presence() {
    for (text, found) in [
        ("name:ann*", true),
        ("name:A*", true),
        ("name:*lee", true),
        ("name:*nn\\ l*", true),
        ("email:bo*", false),
        ("ann*", true),
        ("logins_count:[12 TO 20}", true),
        ("logins_count:{12 TO *]", false),
        ("logins_count:>=12", true),
        ("logins_count:>12", false),
        ("logins_count:<100", true),
        ("logins_count:>-1", true),
        ("created_at:[2026-03-01 TO 2026-03-03]", true),
        ("created_at:[* TO 2026-03-02}", false),
        ("created_at:>\"2026-03-02T09:59\"", true),
        ("_exists_:app_metadata.plan", true),
        ("_exists_:app_metadata.none", false),
        ("_exists_:blocked", false),
        ("NOT _exists_:blocked", true),
        ("nickname:*", true),
        ("phone_number:*", false),
    ] {
        assert_eq!(finds(text), found, "{text}");
    }
}

#[test]
fn operators_count_as_lucene_counts_them() {
    for (text, found) in [
        ("annie AND bo", false),
        ("annie && nickname:annie", true),
        ("annie OR bo", true),
        ("bo || cy", false),
        ("bo annie", true),
        ("annie AND NOT bo", true),
        ("annie NOT nickname:annie", false),
        ("annie -bo", true),
        ("+annie bo", true),
        ("+bo annie", false),
        ("!bo", true),
        ("-annie", false),
        ("(bo OR annie) AND (name:\"ann lee\")", true),
        ("name:(bo OR \"ann lee\")", true),
        ("name:(bo cy)", false),
        ("NOT (bo OR cy)", true),
        // Obligatory on one side is obligatory: the alternative does not help.
        ("annie OR bo AND cy", false),
        ("annie^2 AND name:\"ann lee\"^0.5", true),
        ("\\AND", false),
        ("\"AND\"", false),
        ("and", false),
    ] {
        assert_eq!(finds(text), found, "{text}");
    }
}

#[test]
fn what_is_no_query_is_told_why() {
    for (text, error) in [
        ("(annie", QueryError::Ends),
        ("annie)", QueryError::Unexpected(')')),
        ("()", QueryError::Unexpected(')')),
        ("email:", QueryError::Ends),
        ("AND annie", QueryError::Operator("AND")),
        ("annie OR", QueryError::Operator("OR")),
        ("annie AND NOT", QueryError::Operator("AND")),
        ("NOT", QueryError::Operator("NOT")),
        ("name:\"ann", QueryError::Quotation),
        ("a:b:c", QueryError::Unexpected(':')),
        ("logins_count:[1 TO]", QueryError::Range),
        ("logins_count:[1 2]", QueryError::Range),
        ("logins_count:[1 TO 2", QueryError::Range),
        ("name:an?", QueryError::Unsupported("single character wildcard")),
        ("name:ann~", QueryError::Unsupported("fuzzy")),
        ("name:/ann/", QueryError::Unsupported("regular expression")),
        (&"(".repeat(40), QueryError::TooLarge),
        (&"a ".repeat(2_000), QueryError::TooLarge),
        ("a\\", QueryError::Ends),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
    for (text, what) in [
        ("user_metadata.theme:da*", "wildcard searches are not available on user_metadata.theme"),
        ("user_metadata.age:[1 TO 2]", "range searches are not available on user_metadata.age"),
        ("a AND (name:*sa)", "wildcards other than at the end need at least 3 characters beside them"),
    ] {
        let refused = FIELDS.check(&parse(text).unwrap());
        assert_eq!(refused.map_err(|error| error.to_string()), Err(what.to_owned()), "{text}");
    }
}

#[test]
fn what_must_be_can_be_looked_up() {
    for (text, must) in [
        ("email:\"a@b.example\"", Some("a@b.example")),
        ("email:\"a@b.example\" AND blocked:true", Some("a@b.example")),
        ("(email:\"a@b.example\")", Some("a@b.example")),
        ("email:\"a@b.example\" OR blocked:true", None),
        ("NOT email:\"a@b.example\"", None),
        ("email:a*", None),
    ] {
        assert_eq!(parse(text).unwrap().must_be("email"), must, "{text}");
    }
}

/// The query as text.
fn written(query: &Query) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let escaped = |text: &str| text.chars().flat_map(|letter| ['\\', letter]).collect::<String>();
    let field = |name: &Option<String>| name.as_ref().map_or(String::new(), |name| format!("{name}:"));
    match query {
        Query::All => "*:*".to_owned(),
        Query::Exists(name) => format!("_exists_:{name}"),
        Query::Field { name, test: Test::Is(value) } => field(name) + &quoted(value),
        Query::Field { name, test: Test::Like(pattern) } => {
            let pieces: Vec<String> = pattern.pieces().iter().map(|piece| escaped(piece)).collect();
            field(name) + &pieces.join("*")
        }
        Query::Field { name, test: Test::Within(range) } => {
            let value = |bound: &Option<super::range::Bound>| {
                bound.as_ref().map_or("*".to_owned(), |bound| quoted(&bound.value))
            };
            let inside =
                |bound: &Option<super::range::Bound>| bound.as_ref().is_some_and(|bound| bound.is_inside);
            let (open, close) =
                (if inside(&range.from) { '[' } else { '{' }, if inside(&range.to) { ']' } else { '}' });
            format!("{}{open}{} TO {}{close}", field(name), value(&range.from), value(&range.to))
        }
        Query::Clauses(clauses) => {
            let sign = |occur| match occur {
                Occur::Must => "+",
                Occur::Should => "",
                Occur::MustNot => "-",
            };
            let clause = |clause: &Clause| format!("{}({})", sign(clause.occur), written(&clause.query));
            clauses.iter().map(clause).collect::<Vec<_>>().join(" ")
        }
    }
}

fn any_query() -> impl Strategy<Value = Query> {
    let name = || prop::option::of("[a-z_]{1,8}(\\.[a-z]{1,4})?");
    let bound = || {
        prop::option::of(("[^*]{1,6}", any::<bool>()))
            .prop_map(|bound| bound.map(|(value, is_inside)| super::range::Bound { value, is_inside }))
    };
    let piece = "\\PC{1,5}";
    let leaf = prop_oneof![
        Just(Query::All),
        "[a-z_.]{1,8}".prop_map(Query::Exists),
        (name(), "\\PC{0,8}").prop_map(|(name, value)| Query::Field { name, test: Test::Is(value) }),
        (name(), prop::collection::vec(piece, 2..4)).prop_map(|(name, pieces)| {
            Query::Field { name, test: Test::Like(super::pattern::Pattern::new(pieces)) }
        }),
        (name(), bound(), bound()).prop_map(|(name, from, to)| Query::Field {
            name,
            test: Test::Within(super::range::Range { from, to })
        }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let occur = prop_oneof![Just(Occur::Must), Just(Occur::Should), Just(Occur::MustNot)];
        let clause = (occur, inner).prop_map(|(occur, query)| Clause { occur, query });
        prop::collection::vec(clause, 2..4).prop_map(Query::Clauses)
    })
}

proptest! {
    #[test]
    fn no_text_upsets_the_parser(text in "\\PC{0,60}|[-+!(){}\\[\\]^\"~*?:\\\\/ <>=&|a-cANDORTO0-9]{0,60}") {
        if let Ok(query) = parse(&text) {
            let _ = (FIELDS.check(&query), FIELDS.matches(&query, &ann()));
        }
    }

    #[test]
    fn a_query_that_is_written_down_is_read_as_it_was(query in any_query()) {
        let text = written(&query);
        prop_assert_eq!(parse(&text).map_err(|error| format!("{text}: {error}")), Ok(query));
    }

    #[test]
    fn whoever_is_not_found_is_found_by_the_opposite(query in any_query()) {
        let opposite = Query::Clauses(vec![Clause { occur: Occur::MustNot, query: query.clone() }]);
        prop_assert_ne!(FIELDS.matches(&query, &ann()), FIELDS.matches(&opposite, &ann()));
    }
}

//! From a filter in SCIM's syntax (RFC 7644 section 3.4.2.2) to a query: `display_name sw "acme" and created_at gt "2024"`.

use serde_json::Value;

use super::QueryError;
use super::pattern::Pattern;
use super::query::{Clause, Occur, Query, Test};
use super::range::{Bound, Range};

/// How deep parentheses may go.
const DEEPEST: usize = 32;

/// Reads a filter; an empty one means everything.
pub(crate) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser { rest: text.trim_start() };
    if parser.rest.is_empty() {
        return Ok(Query::All);
    }
    let query = parser.alternatives(0)?;
    match parser.rest.chars().next() {
        None => Ok(query),
        Some(letter) => Err(QueryError::Unexpected(letter)),
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn alternatives(&mut self, depth: usize) -> Result<Query, QueryError> {
        let mut all = vec![self.conjunction(depth)?];
        while self.keyword("or") {
            all.push(self.conjunction(depth)?);
        }
        Ok(joined(Occur::Should, all))
    }

    fn conjunction(&mut self, depth: usize) -> Result<Query, QueryError> {
        let mut all = vec![self.factor(depth)?];
        while self.keyword("and") {
            all.push(self.factor(depth)?);
        }
        Ok(joined(Occur::Must, all))
    }

    fn factor(&mut self, depth: usize) -> Result<Query, QueryError> {
        if depth > DEEPEST {
            return Err(QueryError::TooLarge);
        }
        if let Some(inside) = self.rest.strip_prefix('(') {
            self.go_to(inside);
            let query = self.alternatives(depth + 1)?;
            let behind = self.rest.strip_prefix(')').ok_or(QueryError::Ends)?;
            self.go_to(behind);
            return Ok(query);
        }
        let name = self.word()?.to_owned();
        let operator = self.word()?.to_ascii_lowercase();
        if operator == "pr" {
            return Ok(Query::Exists(name));
        }
        let value = self.value()?;
        let test = match operator.as_str() {
            "eq" | "ne" => Test::Is(value),
            "sw" => Test::Like(Pattern::new(vec![value, String::new()])),
            "ew" => Test::Like(Pattern::new(vec![String::new(), value])),
            "co" => Test::Like(Pattern::new(vec![String::new(), value, String::new()])),
            "gt" | "ge" => {
                let bound = Bound { value, is_inside: operator == "ge" };
                Test::Within(Range { from: Some(bound), to: None })
            }
            "lt" | "le" => {
                let bound = Bound { value, is_inside: operator == "le" };
                Test::Within(Range { from: None, to: Some(bound) })
            }
            _ => {
                return Err(QueryError::Operator("an attribute's name and a value: one of SCIM's operators"));
            }
        };
        let query = Query::Field { name: Some(name), test };
        if operator == "ne" {
            return Ok(Query::Clauses(vec![Clause { occur: Occur::MustNot, query }]));
        }
        Ok(query)
    }

    /// A name or an operator.
    fn word(&mut self) -> Result<&'a str, QueryError> {
        let is_part = |letter: char| letter.is_alphanumeric() || "._-:$".contains(letter);
        let end = self.rest.find(|letter| !is_part(letter)).unwrap_or(self.rest.len());
        let (word, behind) = self.rest.split_at(end);
        if word.is_empty() {
            return Err(self.rest.chars().next().map_or(QueryError::Ends, QueryError::Unexpected));
        }
        self.go_to(behind);
        Ok(word)
    }

    fn keyword(&mut self, wanted: &str) -> bool {
        let before = self.rest;
        if self.word().is_ok_and(|word| word.eq_ignore_ascii_case(wanted)) {
            return true;
        }
        self.rest = before;
        false
    }

    /// A text in quotation marks, a number, `true` or `false`, as JSON writes them.
    fn value(&mut self) -> Result<String, QueryError> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Value>();
        let value = match values.next() {
            None => return Err(QueryError::Ends),
            Some(Ok(Value::String(text))) => text,
            Some(Ok(value @ (Value::Number(_) | Value::Bool(_)))) => value.to_string(),
            Some(_) => return Err(QueryError::Quotation),
        };
        let behind = self.rest.get(values.byte_offset()..).unwrap_or_default();
        self.go_to(behind);
        Ok(value)
    }

    fn go_to(&mut self, rest: &'a str) {
        self.rest = rest.trim_start();
    }
}

fn joined(occur: Occur, mut queries: Vec<Query>) -> Query {
    if queries.len() == 1
        && let Some(only) = queries.pop()
    {
        return only;
    }
    Query::Clauses(queries.into_iter().map(|query| Clause { occur, query }).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::search::Fields;

    const FIELDS: Fields = Fields { usual: &[], case_insensitive: &["display_name"], exact: &[] };

    #[test]
    fn filters_find_what_they_describe() {
        let row = json!({
            "name": "acme",
            "display_name": "Acme \"North\" AB",
            "created_at": "2026-03-02T10:00:00.000Z",
            "metadata": { "plan": "gold", "seats": 12 },
        });
        for (filter, holds) in [
            ("", true),
            ("name eq \"acme\"", true),
            ("name EQ \"beta\"", false),
            ("name ne \"beta\"", true),
            ("name ne \"acme\"", false),
            ("display_name sw \"acme\"", true),
            ("display_name ew \"ab\"", true),
            ("display_name co \"\\\"north\\\"\"", true),
            ("display_name co \"south\"", false),
            ("metadata.plan pr", true),
            ("metadata.other pr", false),
            ("metadata.seats ge 12 and metadata.seats lt 13", true),
            ("metadata.seats gt 12", false),
            ("created_at gt \"2026-01-01\" and created_at le \"2026-03-02T10:00:00.000Z\"", true),
            ("name eq \"x\" or name eq \"y\" and metadata.plan pr", false),
            ("name eq \"acme\" or name eq \"y\" and name eq \"z\"", true),
            ("(name eq \"acme\" or name eq \"y\") and name eq \"z\"", false),
            ("name eq \"order\" or name sw \"ac\"", true),
        ] {
            let query = parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
            assert_eq!(FIELDS.matches(&query, &row), holds, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_says_why() {
        for filter in [
            "name",
            "name eq",
            "name eq acme",
            "name is \"a\"",
            "name eq \"a",
            "(name pr",
            "name pr)",
            "name pr name pr",
            "eq \"a\"",
            "name eq {}",
            "name eq \"a\" and",
            "\"a\"",
            "*",
        ] {
            assert!(parse(filter).is_err(), "{filter}");
        }
        assert_eq!(parse(&"(".repeat(5000)), Err(QueryError::TooLarge));
    }
}

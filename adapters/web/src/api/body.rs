//! JSON that a program sends, read strictly: each field is known, there, and there once.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::error::Category;

use super::guard::Sent;
use crate::Shared;
use crate::problem::Problem;

/// The body of a request. `T` refuses fields that it does not know (`serde(deny_unknown_fields)`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Json<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        let Sent(body) = parts.extensions.get().ok_or_else(Problem::not_json)?;
        parse(body).map(Self)
    }
}

/// What was sent, even when it is null: for fields that may be left out and are never nothing.
pub(super) fn sent<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        // Where one of a few words is expected, another kind of value is said to be malformed.
        if error.classify() == Category::Syntax && serde_json::from_slice::<Value>(body).is_ok() {
            return of_another_kind(&path);
        }
        refusal(&path, &error)
    })?;
    json.end().map_err(|error| refusal("", &error))?;
    Ok(parsed)
}

fn refusal(path: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        return Problem::malformed_json(error.line(), error.column());
    }
    let message = error.to_string();
    let said = message.split(" at line ").next().unwrap_or_default();
    let parent = parent(path);
    for (kind, why) in FAULTS {
        if let Some(name) = said.strip_prefix(kind).and_then(|rest| rest.split('`').next()) {
            return Problem::wrong_field(field(parent, name), why);
        }
    }
    of_another_kind(path)
}

fn of_another_kind(path: &str) -> Problem {
    Problem::wrong_field(field(parent(path), ""), "has a value of another kind")
}

/// The path to where the reader was; nothing stands for the body itself.
fn parent(path: &str) -> &str {
    if path == "." { "" } else { path }
}

/// How serde begins what it says of a field's name, and what we say.
const FAULTS: [(&str, &str); 3] = [
    ("unknown field `", "is not a field of this operation"),
    ("missing field `", "is missing"),
    ("duplicate field `", "was sent twice: send it once"),
];

/// The path to a field, short enough to be said.
fn field(parent: &str, name: &str) -> String {
    // Where a name is refused the path ends in it already.
    let is_there = parent == name || parent.ends_with(&format!(".{name}"));
    let path = match (parent, name) {
        ("", name) => name.to_owned(),
        (parent, "") => parent.to_owned(),
        (parent, _) if is_there => parent.to_owned(),
        (parent, name) => format!("{parent}.{name}"),
    };
    path.chars().filter(|c| !c.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        #[serde(default)]
        count: u32,
        #[serde(default)]
        inner: Vec<Inner>,
        #[serde(default)]
        word: Option<Word>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Word {
        Yes,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        size: i64,
    }

    fn refused(body: &[u8]) -> (StatusCode, Option<String>) {
        let problem = parse::<Outer>(body).unwrap_err();
        (problem.status, problem.field.as_deref().map(str::to_owned))
    }

    #[test]
    fn what_is_right_is_read() {
        let read: Outer = parse(br#" {"name":"\u00e9\ud83e\udd80","inner":[{"size":-1}]} "#).unwrap();
        assert_eq!(
            read,
            Outer { name: "é🦀".to_owned(), count: 0, inner: vec![Inner { size: -1 }], word: None }
        );
    }

    #[test]
    fn a_field_that_is_wrong_is_named() {
        for (body, named) in [
            (&br#"{"name":"a","name":"b"}"#[..], "name"),
            (br#"{"name":"a","role":"Administrator"}"#, "role"),
            (br#"{"name":"a","__proto__":{}}"#, "__proto__"),
            (br#"{"count":1}"#, "name"),
            (br#"{"name":1}"#, "name"),
            (br#"{"name":null}"#, "name"),
            (br#"{"name":"a","count":-1}"#, "count"),
            (br#"{"name":"a","count":4294967296}"#, "count"),
            (br#"{"name":"a","count":1.5}"#, "count"),
            (br#"{"name":"a","inner":[{"size":1},{"size":9223372036854775808}]}"#, "inner[1].size"),
            (br#"{"name":"a","inner":[{"size":1,"size":2}]}"#, "inner[0].size"),
            (br#"{"name":"a","inner":[{"size":1,"other":2}]}"#, "inner[0].other"),
            (br#"{"name":"a","inner":[{}]}"#, "inner[0].size"),
            (br#"{"name":"a","word":"No"}"#, "word"),
            (br#"{"name":"a","word":1}"#, "word"),
            (br#"{"name":"a","word":["Yes"]}"#, "word"),
        ] {
            let text = String::from_utf8_lossy(body);
            assert_eq!(refused(body), (StatusCode::UNPROCESSABLE_ENTITY, Some(named.to_owned())), "{text}");
        }
        let long = format!(r#"{{"name":"a","{}":1}}"#, "x".repeat(9000));
        assert_eq!(refused(long.as_bytes()).1.unwrap().len(), 100);
        assert_eq!(refused(b"[]").0, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        let deep = format!(r#"{{"name":{}"#, "[".repeat(10_000));
        for body in [
            &b""[..],
            b"{",
            b"nonsense",
            br#"{"name":"a"}{"name":"b"}"#,
            br#"{"name":"a",}"#,
            br#"{"name":"\ud83e"}"#,
            br#"{"name":"\udd80"}"#,
            b"{\"name\":\"\xff\"}",
            b"{\"name\":\"\n\"}",
            br#"{"name":"a","count":NaN}"#,
            br#"{"name":"a","count":1e400}"#,
            br#"{"name":"a","count":01}"#,
            br#"{"name":"a","word":"#,
            br#"{"name":"a","word":?}"#,
        ] {
            assert_eq!(refused(body), (StatusCode::BAD_REQUEST, None), "{}", String::from_utf8_lossy(body));
        }
        assert!(refused(deep.as_bytes()).0.is_client_error());
    }
}

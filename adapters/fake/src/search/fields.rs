//! Which fields rows have, and whether a row fulfils a query.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::QueryError;
use super::query::{Clause, Occur, Query, Test};
use super::range::compare;

/// How the rows of a kind are searched.
pub(crate) struct Fields {
    /// Where terms without a field are looked for.
    pub(crate) usual: &'static [&'static str],
    /// Whose values are compared without regard to case.
    pub(crate) case_insensitive: &'static [&'static str],
    /// Fields below which values can be compared as a whole alone.
    pub(crate) exact: &'static [&'static str],
}

impl Fields {
    /// Whether these rows can be searched like this.
    pub(crate) fn check(&self, query: &Query) -> Result<(), QueryError> {
        match query {
            Query::All | Query::Exists(_) => Ok(()),
            Query::Clauses(clauses) => clauses.iter().try_for_each(|clause| self.check(&clause.query)),
            Query::Field { name, test } => {
                let root = |name: &String| name.split('.').next().unwrap_or_default().to_owned();
                let exact = name.as_ref().filter(|name| self.exact.contains(&root(name).as_str())).cloned();
                match (exact, test) {
                    (Some(field), Test::Like(_)) => Err(QueryError::NotOnField { what: "wildcard", field }),
                    (Some(field), Test::Within(_)) => Err(QueryError::NotOnField { what: "range", field }),
                    (None, Test::Like(pattern)) if !pattern.is_selective() => Err(QueryError::Wildcard),
                    _ => Ok(()),
                }
            }
        }
    }

    pub(crate) fn matches(&self, query: &Query, row: &Value) -> bool {
        match query {
            Query::All => true,
            Query::Clauses(clauses) => self.fulfils(clauses, row),
            Query::Exists(field) => any(row, field, &has_value),
            Query::Field { name: Some(name), test } => self.field_passes(name, test, row),
            Query::Field { name: None, test } => {
                self.usual.iter().any(|field| self.field_passes(field, test, row))
            }
        }
    }

    /// As Lucene counts them: all that must, none that must not, and when nothing must, one that should.
    fn fulfils(&self, clauses: &[Clause], row: &Value) -> bool {
        let of = |occur: Occur| clauses.iter().filter(move |clause| clause.occur == occur);
        let holds = |clause: &Clause| self.matches(&clause.query, row);
        let optional = of(Occur::Must).next().is_some() || of(Occur::Should).next().is_none();
        of(Occur::Must).all(holds)
            && !of(Occur::MustNot).any(holds)
            && (optional || of(Occur::Should).any(holds))
    }

    fn field_passes(&self, field: &str, test: &Test, row: &Value) -> bool {
        let folds = self.case_insensitive.contains(&field);
        any(row, field, &|value| passes(test, value, folds))
    }
}

fn passes(test: &Test, value: &Value, folds: bool) -> bool {
    match test {
        Test::Is(wanted) => match value {
            Value::String(value) => {
                value == wanted
                    || (folds && value.to_lowercase() == wanted.to_lowercase())
                    || compare(&Value::from(value.as_str()), wanted) == Some(Ordering::Equal)
            }
            other => compare(other, wanted) == Some(Ordering::Equal),
        },
        Test::Like(pattern) => {
            let text = match value {
                Value::String(text) => Cow::Borrowed(text.as_str()),
                Value::Number(number) => Cow::Owned(number.to_string()),
                _ => return false,
            };
            if folds { pattern.to_lowercase().matches(&text.to_lowercase()) } else { pattern.matches(&text) }
        }
        Test::Within(range) => range.holds(value),
    }
}

/// Whether one of the values under the path passes. Lists are looked into, and are no step of the path.
fn any(row: &Value, path: &str, test: &dyn Fn(&Value) -> bool) -> bool {
    match row {
        Value::Array(items) => items.iter().any(|item| any(item, path, test)),
        Value::Object(object) if !path.is_empty() => {
            // A name may itself have dots in it.
            let mut ends = path.match_indices('.').map(|(end, _)| end).chain([path.len()]);
            ends.any(|end| {
                let (name, rest) = path.split_at(end);
                let found = object.get(name);
                found.is_some_and(|value| any(value, rest.strip_prefix('.').unwrap_or_default(), test))
            })
        }
        value => path.is_empty() && test(value),
    }
}

/// What is empty is as good as absent.
fn has_value(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(object) => !object.is_empty(),
        _ => true,
    }
}

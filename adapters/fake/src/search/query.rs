//! A query as it was understood.

use super::pattern::Pattern;
use super::range::Range;

/// What a row has to fulfil.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Query {
    /// Everything does.
    All,
    Clauses(Vec<Clause>),
    /// A field has a value like this; without a name, one of the usual fields.
    Field {
        name: Option<String>,
        test: Test,
    },
    /// The field has a value at all.
    Exists(String),
}

/// One of several queries, and what it counts for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clause {
    pub(super) occur: Occur,
    pub(super) query: Query,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occur {
    Must,
    /// One of these has to hold when there is nothing that must.
    Should,
    MustNot,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// The whole value.
    Is(String),
    Like(Pattern),
    Within(Range),
}

impl Query {
    /// Everything that is compared, one after the other.
    pub(crate) fn terms(&self) -> Vec<&Self> {
        match self {
            Self::All => Vec::new(),
            Self::Clauses(clauses) => clauses.iter().flat_map(|clause| clause.query.terms()).collect(),
            Self::Field { .. } | Self::Exists(_) => vec![self],
        }
    }

    /// The field that a term looks at; `None` for a term that looks at several.
    pub(crate) fn field(&self) -> Option<&str> {
        match self {
            Self::Field { name, .. } => name.as_deref(),
            Self::Exists(name) => Some(name),
            Self::All | Self::Clauses(_) => None,
        }
    }

    /// The value that the field has in every row that fulfils this, when that is plain to see: rows can be looked up by
    /// it.
    pub(crate) fn must_be(&self, field: &str) -> Option<&str> {
        match self {
            Self::Field { name: Some(name), test: Test::Is(value) } if name == field => Some(value),
            Self::Clauses(clauses) => {
                let mut must = clauses.iter().filter(|clause| clause.occur == Occur::Must);
                must.find_map(|clause| clause.query.must_be(field))
            }
            _ => None,
        }
    }
}

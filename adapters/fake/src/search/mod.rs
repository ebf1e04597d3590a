//! Searches in Lucene's query syntax, as far as Auth0 takes it, and in SCIM's: parsed here, and matched against rows as
//! JSON.
//!
//! ```text
//! email.domain:"acme.example" AND (app_metadata.plan:gold OR logins_count:[10 TO *]) AND NOT blocked:true
//! ```

mod fields;
mod parser;
mod pattern;
mod query;
mod range;
mod scim;
#[cfg(test)]
mod tests;

pub(crate) use fields::Fields;
pub(crate) use parser::parse;
pub(crate) use query::{Query, Test};
pub(crate) use scim::parse as parse_scim;

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    #[error("a value or a closing sign is missing at the end")]
    Ends,
    #[error("unexpected {0:?}")]
    Unexpected(char),
    #[error("{0} needs something on both sides")]
    Operator(&'static str),
    #[error("a quotation mark is not closed")]
    Quotation,
    #[error("a range is written [a TO b] or {{a TO b}}")]
    Range,
    #[error("wildcards other than at the end need at least 3 characters beside them")]
    Wildcard,
    #[error("{0} searches are not supported")]
    Unsupported(&'static str),
    #[error("{what} searches are not available on {field}")]
    NotOnField { what: &'static str, field: String },
    #[error("too deep or too many clauses")]
    TooLarge,
}

//! What an operation of the API takes and answers, as far as its route does not say it.

use std::borrow::Cow;
use std::fmt;

use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

/// What a program reads about a route of the API.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its name in the description.
    pub id: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// More about it; may be empty.
    pub details: &'static str,
    /// Whether it answers a list in pages.
    pub is_list: bool,
    /// The parameters of its query, besides those of every list.
    pub(crate) query: &'static [Parameter],
    /// The body that it takes.
    pub(crate) body: Option<Body>,
    /// Whether its body is a picture, as it is, instead of JSON.
    pub(crate) takes_picture: bool,
    /// The status of its answer.
    pub status: u16,
    /// The body of its answer.
    pub(crate) answer: Option<Body>,
    /// The type of that body.
    pub(crate) media_type: &'static str,
    /// What it refuses beyond what every operation of its kind does: the status, and when.
    pub(crate) refusals: &'static [(u16, &'static str)],
}

/// A parameter of the query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
}

/// The type of a body.
#[derive(Clone, Copy)]
pub(crate) struct Body {
    pub(crate) name: fn() -> Cow<'static, str>,
    pub(crate) schema: fn() -> RefOr<Schema>,
    /// Collects what it is made of.
    pub(crate) parts: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Operation {
    /// An operation that answers 200 with nothing in particular.
    pub(crate) const fn new(id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            details: "",
            is_list: false,
            query: &[],
            body: None,
            takes_picture: false,
            status: 204,
            answer: None,
            media_type: "application/json",
            refusals: &[],
        }
    }

    pub(crate) const fn answering<T: ToSchema>(self, status: u16) -> Self {
        Self { status, answer: Some(Body::of::<T>()), ..self }
    }

    /// Answers pages of these.
    pub(crate) const fn listing<T: ToSchema>(self) -> Self {
        Self { status: 200, answer: Some(Body::of::<T>()), is_list: true, ..self }
    }
}

impl Body {
    /// The fields that have to be sent.
    pub(crate) fn required(self) -> Vec<String> {
        match (self.schema)() {
            RefOr::T(Schema::Object(object)) => object.required,
            _ => Vec::new(),
        }
    }

    pub(crate) const fn of<T: ToSchema>() -> Self {
        Self { name: T::name, schema: T::schema, parts: T::schemas }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&(self.name)())
    }
}

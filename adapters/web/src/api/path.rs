//! An id in the path.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::Shared;
use crate::problem::Problem;

/// What nobody is called.
const NOBODY: &str = "-";

/// The id in the path. What can't be one is nobody's: whoever may not ask hears that first, and everybody else that there
/// is no such thing, as of another organization's.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathId<T>(pub(super) T);

impl<T: for<'a> TryFrom<&'a str>> FromRequestParts<Shared> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let parameters =
            RawPathParams::from_request_parts(parts, app).await.map_err(|_| Problem::not_found())?;
        let (_, text) = parameters.iter().next().ok_or_else(Problem::not_found)?;
        let found = T::try_from(text).or_else(|_| T::try_from(NOBODY));
        found.map(Self).map_err(|_| Problem::not_found())
    }
}

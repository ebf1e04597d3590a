//! The question before something ends or changes for many: what it does, and two ways on.

use askama::Template;

use crate::fields::Fields;
use crate::frame::Frame;
use crate::problem::Problem;

/// The field of a form that was asked about, and goes on.
pub(crate) const CONFIRMED: (&str, &str) = ("confirmed", "yes");

/// Whether the form comes from the question.
pub(crate) fn is_confirmed(fields: &Fields) -> Result<bool, Problem> {
    Ok(fields.text(CONFIRMED.0)? == CONFIRMED.1)
}

#[derive(Template)]
#[template(path = "pages/confirmation.html")]
pub(crate) struct Confirmation<'a> {
    pub(crate) frame: Frame<'a>,
    /// What is asked, with whom or what it is asked about.
    pub(crate) asks: &'static str,
    pub(crate) about: &'a str,
    pub(crate) lede: &'static str,
    /// What it does: an icon and a sentence each.
    pub(crate) effects: Vec<(&'static str, String)>,
    /// Where the form goes, and what it says there.
    pub(crate) action: &'static str,
    pub(crate) fields: Vec<(&'a str, &'a str)>,
    pub(crate) button: &'static str,
    /// Somebody loses something by it.
    pub(crate) is_end: bool,
    /// The way back, and what it says.
    pub(crate) back: String,
    pub(crate) keep: &'static str,
}

//! The colours of the stylesheet's tokens, read from it, and what has to be readable on what.

use std::collections::HashMap;

use crate::STYLESHEET;
use crate::colour::Oklch;

/// Which of the two sides of a token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    #[cfg(test)]
    pub(crate) const BOTH: [Self; 2] = [Self::Light, Self::Dark];
}

/// The colours of one theme by the names of their tokens.
pub(crate) type Tokens = HashMap<&'static str, Oklch>;

/// What is put on what, and the least contrast that it needs there: AAA for body text, AA for the rest (WCAG 2.2, 1.4.3,
/// 1.4.6 and 1.4.11).
pub(crate) const READABLE: &[(&str, &[&str], f64)] = &[
    ("ink", &["canvas", "surface", "sunken", "accent-soft", "good-soft", "warn-soft", "bad-soft"], 7.0),
    ("ink-2", GROUNDS, 7.0),
    ("ink-3", GROUNDS, 4.5),
    ("accent-ink", &["canvas", "surface", "sunken", "accent-soft"], 4.5),
    ("on-accent", &["accent", "accent-strong"], 4.5),
    ("on-danger", &["danger", "danger-strong"], 4.5),
    ("good", &["canvas", "surface", "good-soft"], 4.5),
    ("warn", &["canvas", "surface", "warn-soft"], 4.5),
    ("bad", &["canvas", "surface", "bad-soft"], 4.5),
    ("line-control", &["canvas", "surface"], 3.0),
    ("accent", &["canvas", "surface"], 3.0),
];

const GROUNDS: &[&str] = &["canvas", "surface", "sunken"];

/// The colours of each token that is written `light-dark(oklch(..), oklch(..))`, with the hues that a brand chooses.
pub(crate) fn tokens(theme: Theme, hue: f64, grey: f64) -> Tokens {
    let declarations = STYLESHEET.lines().filter_map(|line| line.trim().strip_prefix("--"));
    declarations
        .filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let colours = value.strip_prefix("light-dark(")?.strip_suffix(");")?;
            let (light, dark) = colours.split_once("), ")?;
            let chosen = match theme {
                Theme::Light => light,
                Theme::Dark => dark.strip_suffix(')')?,
            };
            Some((name, oklch(chosen, hue, grey)?))
        })
        .collect()
}

fn oklch(text: &str, brand: f64, grey: f64) -> Option<Oklch> {
    let mut parts = text.strip_prefix("oklch(")?.split(' ');
    let (lightness, chroma) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let hue = match parts.next()? {
        "var(--grey)" => grey,
        "var(--hue)" => brand,
        degrees => degrees.parse().ok()?,
    };
    Some(Oklch { lightness, chroma, hue })
}

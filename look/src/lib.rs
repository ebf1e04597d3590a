//! The design system: one stylesheet and a set of icons that every page of every adapter shares.
//!
//! Each part of the stylesheet starts with the list of its classes. Nothing needs an inline style: a page that uses it
//! can forbid them in its content security policy.

pub mod icon;
pub mod restyle;

mod colour;
#[cfg(test)]
mod contrast;
mod tokens;

pub use colour::Rgb;

/// The whole stylesheet: tokens, elements, layout, controls, display, hosted login.
pub const STYLESHEET: &str = concat!(
    include_str!("css/tokens.css"),
    include_str!("css/base.css"),
    include_str!("css/layout.css"),
    include_str!("css/controls.css"),
    include_str!("css/display.css"),
    include_str!("css/auth.css"),
);

/// The demonstration product's mark, 32 by 32: an open book whose pages are steps. Takes the accent of its page.
pub const MARK: &str = include_str!("mark.svg");

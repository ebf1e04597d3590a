//! An organization's two colours, made into a stylesheet that overrides the product's: whatever the two are, what stands
//! on the page stays readable.
//!
//! The colours keep their hue, and as much of their lightness as the contrast allows. The ground is tinted rather than
//! painted, light in the light theme and dark in the dark one.

use std::fmt::Write;

use crate::colour::{Oklch, Rgb, contrast, hex};
use crate::tokens::{READABLE, Theme, Tokens, tokens};

const WHITE: Rgb = [255; 3];
const BLACK: Rgb = [0; 3];

/// The tokens that an organization's colours change. The others mean the same everywhere.
const CHANGED: &[&str] = &[
    "canvas",
    "surface",
    "sunken",
    "ink",
    "ink-2",
    "ink-3",
    "line",
    "line-control",
    "accent",
    "accent-strong",
    "on-accent",
    "accent-ink",
    "accent-soft",
    "accent-line",
    "good",
    "warn",
    "bad",
];

/// How an organization's primary colour fares as the ground of a button's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assessment {
    /// The text on it is white, or else black.
    pub text_is_white: bool,
    /// The contrast of that text, from 4.5 to 21.
    pub contrast: f64,
    /// The colour had to be made darker to be seen on light pages.
    pub is_darkened: bool,
    /// The colour had to be made lighter to be seen on dark pages.
    pub is_lightened: bool,
}

/// The stylesheet for these two colours. It goes after [`crate::STYLESHEET`].
pub fn stylesheet(primary: Rgb, background: Rgb) -> String {
    let (light, dark) =
        (palette(Theme::Light, primary, background), palette(Theme::Dark, primary, background));
    let mut css = ":root {\n".to_owned();
    let mut pair = |name: &str, light: Rgb, dark: Rgb| {
        let _ = writeln!(css, "  --{name}: light-dark({}, {});", hex(light), hex(dark));
    };
    for name in CHANGED {
        if let (Some(light), Some(dark)) = (light.get(name), dark.get(name)) {
            pair(name, light.to_rgb(), dark.to_rgb());
        }
    }
    let dark_ground = dark.get("canvas").map_or(BLACK, |canvas| canvas.to_rgb());
    pair("backdrop", background, dark_ground);
    pair("on-backdrop", text_on(background), text_on(dark_ground));
    css.push_str("}\n");
    css
}

/// How the primary colour fares on the ground that the background makes.
pub fn assess(primary: Rgb, background: Rgb) -> Assessment {
    let accent =
        |theme| palette(theme, primary, background).get("accent").map_or(primary, |accent| accent.to_rgb());
    let (light, dark) = (accent(Theme::Light), accent(Theme::Dark));
    let text = text_on(light);
    let is_shifted = |shown: Rgb| shown.iter().zip(primary).any(|(one, other)| one.abs_diff(other) > 2);
    Assessment {
        text_is_white: text == WHITE,
        contrast: contrast(text, light),
        is_darkened: is_shifted(light),
        is_lightened: is_shifted(dark),
    }
}

/// White where it can be read, black where it can't: one of the two always can.
fn text_on(ground: Rgb) -> Rgb {
    if contrast(WHITE, ground) >= 4.5 { WHITE } else { BLACK }
}

/// The colours of a theme, each where its contrast wants it.
fn palette(theme: Theme, primary: Rgb, background: Rgb) -> Tokens {
    let (primary, background) = (Oklch::from(primary), Oklch::from(background));
    let mut palette = tokens(theme, primary.hue, background.hue);
    let tint = background.chroma;
    let soft = |lightness, most: f64| primary.at(lightness).with_chroma(primary.chroma.min(most));
    match theme {
        Theme::Light => {
            let canvas = background.at(background.lightness.clamp(0.945, 0.99)).with_chroma(tint.min(0.04));
            palette.insert("canvas", canvas);
            palette.insert("sunken", canvas.at(canvas.lightness - 0.023));
            palette.insert("line", canvas.at(canvas.lightness - 0.075));
            palette.insert("accent-soft", soft(0.955, 0.035));
            palette.insert("accent-line", soft(0.87, 0.09));
        }
        Theme::Dark => {
            let canvas = background.at(background.lightness.clamp(0.15, 0.2)).with_chroma(tint.min(0.035));
            palette.insert("canvas", canvas);
            palette.insert("surface", canvas.at(canvas.lightness + 0.037));
            palette.insert("sunken", canvas.at(canvas.lightness + 0.074));
            palette.insert("line", canvas.at(canvas.lightness + 0.13));
            palette.insert("accent-soft", soft(0.268, 0.06));
            palette.insert("accent-line", soft(0.42, 0.11));
        }
    }
    palette.insert("accent", primary);
    palette.insert("accent-ink", primary);
    for (name, grounds, least) in READABLE.iter().filter(|(name, ..)| *name != "on-accent") {
        let on: Vec<Rgb> =
            grounds.iter().filter_map(|ground| palette.get(ground)).map(|ground| ground.to_rgb()).collect();
        if let Some(colour) = palette.get(name).copied() {
            palette.insert(name, readable(colour, &on, *least, theme));
        }
    }
    if let Some(accent) = palette.get("accent").copied() {
        let text = text_on(accent.to_rgb());
        // Away from its text: the contrast only grows.
        let step = if text == WHITE { -0.06 } else { 0.06 };
        palette.insert("accent-strong", accent.at((accent.lightness + step).clamp(0.0, 1.0)));
        palette.insert("on-accent", text.into());
    }
    palette
}

/// The colour, darker in the light theme and lighter in the dark one until it can be read on all of these grounds.
fn readable(colour: Oklch, grounds: &[Rgb], least: f64, theme: Theme) -> Oklch {
    let is_readable = |colour: Oklch| {
        let rgb = colour.to_rgb();
        grounds.iter().all(|ground| contrast(rgb, *ground) >= least)
    };
    if is_readable(colour) {
        return colour;
    }
    let end = match theme {
        Theme::Light => 0.0,
        Theme::Dark => 1.0,
    };
    let (mut unreadable, mut readable) = (colour.lightness, end);
    for _ in 0..12 {
        let middle = f64::midpoint(unreadable, readable);
        if is_readable(colour.at(middle)) {
            readable = middle;
        } else {
            unreadable = middle;
        }
    }
    colour.at(readable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_readable(primary: Rgb, background: Rgb) -> Result<(), TestCaseError> {
        for theme in Theme::BOTH {
            let palette = palette(theme, primary, background);
            for (text, grounds, least) in READABLE {
                for ground in *grounds {
                    let ratio = contrast(palette[text].to_rgb(), palette[ground].to_rgb());
                    prop_assert!(ratio >= *least, "{text} on {ground}, {theme:?}: {ratio:.3} < {least}");
                }
            }
        }
        for ground in [primary, background] {
            prop_assert!(contrast(text_on(ground), ground) >= 4.5);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn everything_is_readable_whatever_the_colours_are(primary: Rgb, background: Rgb) {
            assert_readable(primary, background)?;
        }
    }

    #[test]
    fn the_corners_of_the_cube_are_readable_with_each_other() {
        let corner = |bits: u8| [0, 1, 2].map(|bit| if bits >> bit & 1 == 1 { 255 } else { 0 });
        for (primary, background) in
            (0..8).flat_map(|one| (0..8).map(move |other| (corner(one), corner(other))))
        {
            assert_readable(primary, background).unwrap();
        }
    }

    #[test]
    fn a_colour_that_can_be_seen_is_left_as_it_is() {
        let (blue, white) = ([0x11, 0x44, 0x88], [255; 3]);
        let light = palette(Theme::Light, blue, white)["accent"].to_rgb();
        assert_eq!(light, blue);
        let assessment = assess(blue, white);
        assert!(assessment.text_is_white && assessment.contrast > 9.0 && !assessment.is_darkened);
        assert!(assessment.is_lightened, "it is too dark for a dark page");
        let yellow = assess([255, 255, 0], white);
        assert!(!yellow.text_is_white && yellow.is_darkened && !yellow.is_lightened, "{yellow:?}");
    }

    #[test]
    fn every_token_is_overridden_once_in_both_themes() {
        let css = stylesheet([255, 0, 255], [0, 255, 0]);
        for name in CHANGED.iter().chain(&["backdrop", "on-backdrop"]) {
            assert_eq!(css.matches(&format!("  --{name}: light-dark(#")).count(), 1, "{name}");
        }
        assert!(css.contains("--backdrop: light-dark(#00ff00, "));
        assert_ne!(css, stylesheet([255, 0, 254], [0, 255, 0]));
    }
}

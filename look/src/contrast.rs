//! Proves the contrast of every pair of tokens that a page puts on each other, in light and dark and at every hue that
//! a brand may choose.

use std::collections::HashMap;

use crate::STYLESHEET;

#[derive(Clone, Copy, Debug)]
enum Hue {
    Fixed(f64),
    Grey,
    Brand,
}

#[derive(Clone, Copy, Debug)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: Hue,
}

/// The colours of each token that is written `light-dark(oklch(..), oklch(..))`.
fn tokens() -> HashMap<&'static str, [Oklch; 2]> {
    let declarations = STYLESHEET.lines().filter_map(|line| line.trim().strip_prefix("--"));
    declarations
        .filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let colours = value.strip_prefix("light-dark(")?.strip_suffix(");")?;
            let (light, dark) = colours.split_once("), ")?;
            Some((name, [oklch(light), oklch(dark.strip_suffix(')').unwrap())]))
        })
        .collect()
}

fn oklch(text: &str) -> Oklch {
    let parts: Vec<&str> = text.strip_prefix("oklch(").unwrap().split(' ').collect();
    let hue = match parts[2] {
        "var(--grey)" => Hue::Grey,
        "var(--hue)" => Hue::Brand,
        degrees => Hue::Fixed(degrees.parse().unwrap()),
    };
    Oklch { lightness: parts[0].parse().unwrap(), chroma: parts[1].parse().unwrap(), hue }
}

/// Linear sRGB by the matrices of the OKLab definition, with the chroma lowered until the colour is in gamut, which is
/// what CSS Color 4 asks of browsers.
fn linear_srgb(colour: Oklch, brand: f64) -> [f64; 3] {
    let hue = match colour.hue {
        Hue::Fixed(degrees) => degrees,
        Hue::Grey => 85.0,
        Hue::Brand => brand,
    }
    .to_radians();
    let at = |chroma: f64| {
        let (red_green, blue_yellow) = (chroma * hue.cos(), chroma * hue.sin());
        let cone = |a: f64, b: f64| (colour.lightness + a * red_green + b * blue_yellow).powi(3);
        let long = cone(0.396_337_777_4, 0.215_803_757_3);
        let medium = cone(-0.105_561_345_8, -0.063_854_172_8);
        let short = cone(-0.089_484_177_5, -1.291_485_548);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
        ]
    };
    let in_gamut = |rgb: &[f64; 3]| rgb.iter().all(|channel| (-0.000_1..=1.000_1).contains(channel));
    let chromas = (0..=100).rev().map(|step| colour.chroma * f64::from(step) / 100.0);
    chromas.map(at).find(in_gamut).unwrap().map(|channel| channel.clamp(0.0, 1.0))
}

/// WCAG 2.2's contrast ratio.
fn contrast(one: Oklch, other: Oklch, brand: f64) -> f64 {
    let luminance = |colour| {
        let [r, g, b] = linear_srgb(colour, brand);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn assert_contrast(pairs: &[(&str, &[&str])], least: f64) {
    let tokens = tokens();
    for (text, grounds) in pairs {
        for ground in *grounds {
            for (theme, name) in ["light", "dark"].into_iter().enumerate() {
                for brand in (0..360).step_by(6).map(f64::from) {
                    let ratio = contrast(tokens[text][theme], tokens[ground][theme], brand);
                    assert!(ratio >= least, "{text} on {ground}, {name}, hue {brand}: {ratio:.2} < {least}");
                }
            }
        }
    }
}

const GROUNDS: &[&str] = &["canvas", "surface", "sunken"];
const TINTS: &[&str] = &["canvas", "surface", "sunken", "accent-soft", "good-soft", "warn-soft", "bad-soft"];

#[test]
fn text_of_every_kind_is_readable() {
    assert_contrast(&[("ink", TINTS), ("ink-2", GROUNDS)], 7.0);
    assert_contrast(
        &[
            ("ink-3", GROUNDS),
            ("accent-ink", &["canvas", "surface", "sunken", "accent-soft"]),
            ("on-accent", &["accent", "accent-strong", "danger", "danger-strong"]),
            ("good", &["canvas", "surface", "good-soft"]),
            ("warn", &["canvas", "surface", "warn-soft"]),
            ("bad", &["canvas", "surface", "bad-soft"]),
        ],
        4.5,
    );
}

#[test]
fn edges_and_fills_are_seen() {
    assert_contrast(&[("line-control", &["canvas", "surface"]), ("accent", &["canvas", "surface"])], 3.0);
}

#[test]
fn the_reference_pair_has_its_known_contrast() {
    let black = Oklch { lightness: 0.0, chroma: 0.0, hue: Hue::Grey };
    let white = Oklch { lightness: 1.0, chroma: 0.0, hue: Hue::Grey };
    assert!((contrast(black, white, 0.0) - 21.0).abs() < 0.01);
    assert!(tokens().len() >= 25, "the stylesheet is no longer read");
}

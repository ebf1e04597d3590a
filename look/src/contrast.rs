//! Proves the contrast of every pair of tokens that a page puts on each other, in light and dark and at every hue that
//! a brand may choose.

use crate::colour::contrast;
use crate::tokens::{READABLE, Theme, tokens};

#[test]
fn everything_is_readable_at_every_hue() {
    for theme in Theme::BOTH {
        for hue in (0..360).step_by(6).map(f64::from) {
            let tokens = tokens(theme, hue, 85.0);
            for (text, grounds, least) in READABLE {
                for ground in *grounds {
                    let ratio = contrast(tokens[text].to_rgb(), tokens[ground].to_rgb());
                    assert!(
                        ratio >= *least,
                        "{text} on {ground}, {theme:?}, hue {hue}: {ratio:.2} < {least}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_stylesheet_is_read() {
    for theme in Theme::BOTH {
        assert!(tokens(theme, 266.0, 85.0).len() >= 25);
    }
}

//! Colours as people see them: OKLCH to sRGB and back, and the contrast between two.

/// A colour in sRGB, one byte a channel.
pub type Rgb = [u8; 3];

/// A colour by lightness (0 to 1), chroma and hue in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Oklch {
    pub(crate) lightness: f64,
    pub(crate) chroma: f64,
    pub(crate) hue: f64,
}

impl Oklch {
    pub(crate) fn at(self, lightness: f64) -> Self {
        Self { lightness, ..self }
    }

    pub(crate) fn with_chroma(self, chroma: f64) -> Self {
        Self { chroma, ..self }
    }

    /// By the matrices of the OKLab definition, with the chroma lowered until the colour is in gamut, which is what CSS
    /// Color 4 asks of browsers.
    pub(crate) fn to_rgb(self) -> Rgb {
        let is_in_gamut = |rgb: &[f64; 3]| rgb.iter().all(|channel| (-0.000_1..=1.000_1).contains(channel));
        let whole = self.linear();
        if is_in_gamut(&whole) {
            return whole.map(encoded);
        }
        let (mut fits, mut exceeds) = (0.0, self.chroma);
        for _ in 0..12 {
            let middle = f64::midpoint(fits, exceeds);
            if is_in_gamut(&self.with_chroma(middle).linear()) {
                fits = middle;
            } else {
                exceeds = middle;
            }
        }
        self.with_chroma(fits).linear().map(encoded)
    }

    fn linear(self) -> [f64; 3] {
        let hue = self.hue.to_radians();
        let (red_green, blue_yellow) = (self.chroma * hue.cos(), self.chroma * hue.sin());
        let cone = |a: f64, b: f64| (self.lightness + a * red_green + b * blue_yellow).powi(3);
        let long = cone(0.396_337_777_4, 0.215_803_757_3);
        let medium = cone(-0.105_561_345_8, -0.063_854_172_8);
        let short = cone(-0.089_484_177_5, -1.291_485_548);
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701 * short,
        ]
    }
}

impl From<Rgb> for Oklch {
    fn from(rgb: Rgb) -> Self {
        let [red, green, blue] = rgb.map(decoded);
        let cone = |r: f64, g: f64, b: f64| (r * red + g * green + b * blue).cbrt();
        let long = cone(0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9);
        let medium = cone(0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6);
        let short = cone(0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5);
        let lightness = 0.210_454_255_3 * long + 0.793_617_785 * medium - 0.004_072_046_8 * short;
        let red_green = 1.977_998_495_1 * long - 2.428_592_205 * medium + 0.450_593_709_9 * short;
        let blue_yellow = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766 * short;
        Self {
            lightness,
            chroma: red_green.hypot(blue_yellow),
            hue: blue_yellow.atan2(red_green).to_degrees().rem_euclid(360.0),
        }
    }
}

/// WCAG 2.2's contrast ratio, from 1 to 21.
pub(crate) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let luminance = |rgb: Rgb| {
        let [red, green, blue] = rgb.map(decoded);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// `#rrggbb`.
pub(crate) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The transfer function of sRGB (IEC 61966-2-1).
fn decoded(channel: u8) -> f64 {
    let value = f64::from(channel) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was clamped to a byte")]
fn encoded(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let value = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_colours_have_their_known_values() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
        assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.01);
        let red = Oklch::from([255, 0, 0]);
        assert!((red.lightness - 0.628).abs() < 0.001, "{red:?}");
        assert!((red.chroma - 0.2577).abs() < 0.001, "{red:?}");
        assert!((red.hue - 29.23).abs() < 0.1, "{red:?}");
    }

    proptest! {
        #[test]
        fn every_colour_survives_the_way_there_and_back(rgb: Rgb) {
            for (before, after) in rgb.into_iter().zip(Oklch::from(rgb).to_rgb()) {
                prop_assert!(before.abs_diff(after) <= 1, "{rgb:?}");
            }
        }
    }
}

//! Icons as inline SVG: 20 by 20, drawn with a line of 1.6 in the colour of the text around them.
//!
//! All are hidden from screen readers: the word beside an icon, or a label on its button, says what it means.

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $shape:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: &str = concat!(
                r#"<svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" "#,
                r#"stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">"#,
                $shape,
                "</svg>",
            );
        )*

        #[cfg(test)]
        const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

icons! {
    /// A triangle with a mark: something is wrong.
    ALERT = r#"<path d="M10 3.2 17.4 16H2.6L10 3.2Z"/><path d="M10 8.2v3.6"/><path d="M10 14h.01"/>"#;
    /// Back.
    ARROW_LEFT = r#"<path d="M16 10H4"/><path d="m9 5-5 5 5 5"/>"#;
    /// Forward.
    ARROW_RIGHT = r#"<path d="M4 10h12"/><path d="m11 5 5 5-5 5"/>"#;
    /// A book: courses.
    BOOK = r#"<path d="M10 5.4C8.5 4.2 6.3 3.7 3 3.8v11.3c3.3-.1 5.5.4 7 1.6"/><path d="M10 5.4c1.5-1.2 3.7-1.7 7-1.6v11.3c-3.3-.1-5.5.4-7 1.6V5.4Z"/>"#;
    /// An organization.
    BUILDING = r#"<path d="M4 17V4.5C4 3.7 4.7 3 5.5 3h5c.8 0 1.5.7 1.5 1.5V17"/><path d="M12 8h2.5c.8 0 1.5.7 1.5 1.5V17"/><path d="M2.5 17h15"/><path d="M7 6.5h2M7 9.7h2M7 12.9h2"/>"#;
    /// A payment card.
    CARD = r#"<rect x="2.5" y="4.5" width="15" height="11" rx="2"/><path d="M2.5 8.5h15"/><path d="M5.5 12.5h3"/>"#;
    /// A certificate with its ribbon.
    CERTIFICATE = r#"<circle cx="10" cy="8" r="4.8"/><path d="m7 12-1 5.5 4-2 4 2-1-5.5"/>"#;
    /// A chart: reports.
    CHART = r#"<path d="M3 3v12.5c0 .8.7 1.5 1.5 1.5H17"/><path d="M7 13V9.5M11 13V6M15 13v-5"/>"#;
    /// Done, or part of it.
    CHECK = r#"<path d="m4.5 10.5 3.7 3.7 7.3-8"/>"#;
    /// Opens a list below.
    CHEVRON_DOWN = r#"<path d="m5.5 7.8 4.5 4.5 4.5-4.5"/>"#;
    /// Chooses between several.
    CHEVRON_UP_DOWN = r#"<path d="m6.5 7.5 3.5-3.5 3.5 3.5"/><path d="m6.5 12.5 3.5 3.5 3.5-3.5"/>"#;
    /// How long.
    CLOCK = r#"<circle cx="10" cy="10" r="7.2"/><path d="M10 6v4.2l2.7 1.6"/>"#;
    /// Closes.
    CLOSE = r#"<path d="m5 5 10 10M15 5 5 15"/>"#;
    /// Copies a text.
    COPY = r#"<rect x="7" y="7" width="10" height="10" rx="2"/><path d="M13 4.5C13 3.7 12.3 3 11.5 3h-7C3.7 3 3 3.7 3 4.5v7c0 .8.7 1.5 1.5 1.5"/>"#;
    /// Everywhere, or a place in the world.
    GLOBE = r#"<circle cx="10" cy="10" r="7.2"/><path d="M2.8 10h14.4"/><path d="M10 2.8c2 2 3 4.4 3 7.2s-1 5.2-3 7.2c-2-2-3-4.4-3-7.2s1-5.2 3-7.2Z"/>"#;
    /// Something to know.
    INFO = r#"<circle cx="10" cy="10" r="7.2"/><path d="M10 9.5v4"/><path d="M10 6.5h.01"/>"#;
    /// A way in.
    KEY = r#"<circle cx="7" cy="13" r="3.8"/><path d="m9.8 10.2 6.7-6.7"/><path d="m13.2 6.8 2.3 2.3"/>"#;
    /// Closed to you.
    LOCK = r#"<rect x="4" y="9" width="12" height="8" rx="2"/><path d="M6.8 9V6.2a3.2 3.2 0 0 1 6.4 0V9"/>"#;
    /// E-mail.
    MAIL = r#"<rect x="2.5" y="4.5" width="15" height="11" rx="2"/><path d="m3 6 7 5 7-5"/>"#;
    /// Opens the navigation.
    MENU = r#"<path d="M3 6h14M3 10h14M3 14h14"/>"#;
    /// Follows the system's light or dark.
    MONITOR = r#"<rect x="2.5" y="3.5" width="15" height="10" rx="2"/><path d="M7 17h6M10 13.5V17"/>"#;
    /// Dark.
    MOON = r#"<path d="M16.5 11.7A6.9 6.9 0 0 1 8.3 3.5a6.9 6.9 0 1 0 8.2 8.2Z"/>"#;
    /// Starts.
    PLAY = r#"<path d="M6.5 4.2v11.6L15.5 10 6.5 4.2Z"/>"#;
    /// Finds.
    SEARCH = r#"<circle cx="9" cy="9" r="5.7"/><path d="m13.2 13.2 3.8 3.8"/>"#;
    /// What can be set.
    SETTINGS = r#"<path d="M3 6h8M15 6h2M3 14h2M9 14h8"/><circle cx="13" cy="6" r="2"/><circle cx="7" cy="14" r="2"/>"#;
    /// Kept safe.
    SHIELD = r#"<path d="M10 2.8 16 5v4.7c0 3.6-2.4 6.2-6 7.5-3.6-1.3-6-3.9-6-7.5V5l6-2.2Z"/><path d="m7.5 9.9 1.8 1.8 3.3-3.6"/>"#;
    /// The way out.
    SIGN_OUT = r#"<path d="M8 17H4.5C3.7 17 3 16.3 3 15.5v-11C3 3.7 3.7 3 4.5 3H8"/><path d="M8.5 10H17"/><path d="m13.5 6.5 3.5 3.5-3.5 3.5"/>"#;
    /// Went well.
    SUCCESS = r#"<circle cx="10" cy="10" r="7.2"/><path d="m6.8 10.3 2.2 2.2 4.2-4.7"/>"#;
    /// Light.
    SUN = r#"<circle cx="10" cy="10" r="3.3"/><path d="M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1"/>"#;
    /// One person.
    USER = r#"<circle cx="10" cy="6.7" r="3.4"/><path d="M3.5 17c.6-3.3 3-5 6.5-5s5.9 1.7 6.5 5"/>"#;
    /// Several people.
    USERS = r#"<circle cx="7.5" cy="7" r="3"/><path d="M2 16.5c.5-2.9 2.5-4.5 5.5-4.5s5 1.6 5.5 4.5"/><path d="M12.7 4.2a3 3 0 0 1 0 5.6M15 12.5c1.6.7 2.6 2 3 4"/>"#;
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn icons_take_the_colour_of_the_text_and_are_hidden_from_screen_readers() {
        for (name, svg) in ALL {
            assert!(svg.contains("currentColor") && svg.contains("aria-hidden"), "{name}");
            assert!(!svg.contains("style=") && !svg.contains('\n'), "{name}");
            assert_eq!(svg.matches('<').count(), svg.matches('>').count(), "{name}");
        }
    }
}

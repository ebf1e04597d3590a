//! Pictures of courses and signs of organizations, as inline SVG in the colours of the page.

/// A course's picture, 320 by 168. Its shapes take four tones of one hue, which the stylesheet chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Art {
    /// Bars of different heights, one of them marked.
    Bars,
    /// Moons around a planet.
    Orbit,
    /// Lines of a program.
    Code,
    /// A page with letters.
    Letters,
    /// A stair that climbs.
    Steps,
    /// A pattern of tiles.
    Tiles,
    /// A shield.
    Shield,
    /// Waves of sound.
    Waves,
    /// The sun on the horizon.
    Horizon,
}

/// A small sign before an organization's name, 24 by 24, in the colour of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// A tree.
    Tree,
    /// A rising sun.
    Sun,
    /// Stacked blocks.
    Blocks,
    /// Waves.
    Waves,
    /// Two crossing orbits.
    Orbit,
    /// A leaf.
    Leaf,
}

macro_rules! picture {
    ($shapes:literal) => {
        concat!(
            r#"<svg viewBox="0 0 320 168" preserveAspectRatio="xMidYMid slice" aria-hidden="true">"#,
            $shapes,
            "</svg>"
        )
    };
}

macro_rules! sign {
    ($shapes:literal) => {
        concat!(
            r#"<svg class="glyph" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">"#,
            $shapes,
            "</svg>"
        )
    };
}

impl Art {
    pub(crate) fn svg(self) -> &'static str {
        match self {
            Self::Bars => picture!(
                r#"<g class="t1"><rect x="44" y="96" width="32" height="72" rx="6"/><rect x="92" y="66" width="32" height="102" rx="6"/><rect x="188" y="82" width="32" height="86" rx="6"/><rect x="236" y="52" width="32" height="116" rx="6"/></g><rect class="t3" x="140" y="34" width="32" height="134" rx="6"/><path class="l2" d="m30 78 48-28 48 16 60-42 60 24 54-30"/><circle class="t2" cx="186" cy="24" r="7"/>"#
            ),
            Self::Orbit => picture!(
                r#"<circle class="t1" cx="160" cy="96" r="112"/><circle class="t0" cx="160" cy="96" r="84"/><circle class="t1" cx="160" cy="96" r="58"/><circle class="t3" cx="160" cy="96" r="30"/><circle class="t2" cx="232" cy="52" r="13"/><circle class="t2" cx="104" cy="82" r="9"/><circle class="t3" cx="62" cy="42" r="7"/><circle class="t2" cx="196" cy="142" r="7"/>"#
            ),
            Self::Code => picture!(
                r#"<rect class="t1" x="52" y="30" width="216" height="170" rx="14"/><g class="t2"><circle cx="74" cy="50" r="5"/><circle cx="92" cy="50" r="5"/><circle cx="110" cy="50" r="5"/></g><rect class="t3" x="74" y="74" width="58" height="10" rx="5"/><rect class="t2" x="140" y="74" width="86" height="10" rx="5"/><rect class="t2" x="94" y="96" width="68" height="10" rx="5"/><rect class="t3" x="170" y="96" width="34" height="10" rx="5"/><rect class="t2" x="94" y="118" width="112" height="10" rx="5"/><rect class="t3" x="74" y="140" width="40" height="10" rx="5"/>"#
            ),
            Self::Letters => picture!(
                r#"<rect class="t1" x="92" y="26" width="136" height="170" rx="10"/><path class="t3" d="M112 112 138 48h14l26 64h-15l-5-13h-26l-5 13h-15Zm25-25h16l-8-22-8 22Z"/><path class="l2" d="M112 132h96M112 150h72"/><circle class="t2" cx="246" cy="52" r="26"/><rect class="t2" x="46" y="100" width="34" height="34" rx="6"/>"#
            ),
            Self::Steps => picture!(
                r#"<path class="t1" d="M0 168v-22h64v-24h64V98h64V74h64V50h64v118Z"/><path class="t2" d="M128 168v-46h64V98h64V74h64v94Z" opacity=".55"/><path class="t3" d="M284 50V14h28l-8 8 8 8h-22v20Z" transform="translate(-2)"/><circle class="t3" cx="96" cy="106" r="16"/>"#
            ),
            Self::Tiles => picture!(
                r#"<g transform="translate(48)"><path class="t1" d="M0 0h56v56H0zM112 0h56v56h-56zM56 56h56v56H56zM168 56h56v56h-56zM0 112h56v56H0zM112 112h56v56h-56z"/><path class="t2" d="M56 0h56a56 56 0 0 1-56 56ZM168 112a56 56 0 0 1 56 56h-56ZM0 56a56 56 0 0 1 56 56H0Z"/><circle class="t3" cx="140" cy="84" r="28"/><path class="t3" d="M56 168a28 28 0 0 1 56 0ZM168 0a28 28 0 0 0 56 0Z"/><circle class="t0" cx="28" cy="28" r="14"/><circle class="t0" cx="140" cy="140" r="14"/></g>"#
            ),
            Self::Shield => picture!(
                r#"<path class="t1" d="M160 10 256 42v52c0 54-38 92-96 112-58-20-96-58-96-112V42l96-32Z"/><path class="t2" d="m160 34 68 23v38c0 38-26 66-68 82V34Z" opacity=".7"/><rect class="t3" x="134" y="84" width="52" height="42" rx="8"/><path class="l3" d="M144 84V72a16 16 0 0 1 32 0v12"/><circle class="t0" cx="160" cy="104" r="6"/>"#
            ),
            Self::Waves => picture!(
                r#"<path class="t1" d="M0 104c40-46 80-46 120 0s80 46 120 0 60-40 80-20v84H0Z"/><path class="t2" d="M0 132c40-36 80-36 120 0s80 36 120 0 60-30 80-16v52H0Z" opacity=".75"/><g class="t3"><rect x="106" y="52" width="10" height="34" rx="5"/><rect x="126" y="34" width="10" height="70" rx="5"/><rect x="146" y="18" width="10" height="102" rx="5"/><rect x="166" y="40" width="10" height="58" rx="5"/><rect x="186" y="28" width="10" height="82" rx="5"/><rect x="206" y="56" width="10" height="26" rx="5"/></g>"#
            ),
            Self::Horizon => picture!(
                r#"<circle class="t1" cx="160" cy="112" r="92"/><circle class="t2" cx="160" cy="112" r="62"/><circle class="t3" cx="160" cy="112" r="34"/><path class="t0" d="M0 112h320v56H0z"/><path class="l2" d="M64 128h192M92 144h136M124 160h72"/>"#
            ),
        }
    }

    /// The class that chooses the picture's hue.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Bars | Self::Shield => "art-blue",
            Self::Orbit | Self::Horizon => "art-amber",
            Self::Code | Self::Waves => "art-rose",
            Self::Letters | Self::Steps => "art-green",
            Self::Tiles => "art-violet",
        }
    }
}

impl Glyph {
    pub(crate) fn svg(self) -> &'static str {
        match self {
            Self::Tree => sign!(r#"<path d="m12 2 6 8h-3l4 6h-5.5v6h-3v-6H5l4-6H6l6-8Z"/>"#),
            Self::Sun => sign!(
                r#"<path d="M5 15a7 7 0 0 1 14 0ZM2 17h20v2.5H2zM11 2h2v4h-2zM3.3 6.2l1.5-1.4 2.7 2.9-1.5 1.4ZM20.7 6.2l-1.5-1.4-2.7 2.9 1.5 1.4Z"/>"#
            ),
            Self::Blocks => sign!(r#"<path d="M3 13h8v8H3zM13 13h8v8h-8zM8 3h8v8H8z"/>"#),
            Self::Waves => sign!(
                r#"<path d="M2 9c3.3-4 6.7-4 10 0s6.7 4 10 0v4c-3.3 4-6.7 4-10 0s-6.7-4-10 0V9Zm0 7c3.3-4 6.7-4 10 0s6.7 4 10 0v4c-3.3 4-6.7 4-10 0s-6.7-4-10 0v-4Z"/>"#
            ),
            Self::Orbit => sign!(
                r#"<path fill-rule="evenodd" d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm0 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14Z"/><circle cx="12" cy="12" r="3.5"/>"#
            ),
            Self::Leaf => sign!(
                r#"<path d="M20 3c1 9-2 15-9 15-1.7 0-3.2-.5-4.3-1.4L4 21l-2-1.3 3-4.5C3 9 9 3.5 20 3Z"/>"#
            ),
        }
    }
}

//! An organization's logo: a small picture that a person has uploaded.

/// A picture that browsers show as a picture and as nothing else: PNG, JPEG or WebP by its first bytes, at most 64 KiB,
/// and at most 2,048 pixels wide and high. SVG is refused: it can hold a program.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    kind: PictureKind,
    bytes: Box<[u8]>,
}

/// The formats of a picture that we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureKind {
    /// Portable Network Graphics.
    Png,
    /// JPEG File Interchange Format.
    Jpeg,
    /// WebP.
    WebP,
}

/// Why a file can't be a logo; each says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLogo {
    /// There is nothing in it.
    #[error("choose a picture")]
    Empty,
    /// More than 64 KiB.
    #[error("use a picture of at most 64 KB: a logo is shown small")]
    TooLarge,
    /// It is not one of the formats, or not all of it is there.
    #[error("use a PNG, JPEG or WebP picture")]
    Format,
    /// Wider or higher than 2,048 pixels, or nothing at all.
    #[error("use a picture of at most 2,048 by 2,048 pixels")]
    Dimensions,
}

impl Logo {
    /// How large a logo's file may be.
    pub const MOST_BYTES: usize = 64 * 1024;
    /// How wide and how high a logo may be, in pixels.
    pub const MOST_PIXELS: u32 = 2048;

    /// Its format.
    pub fn kind(&self) -> PictureKind {
        self.kind
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl PictureKind {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

impl TryFrom<Vec<u8>> for Logo {
    type Error = InvalidLogo;

    fn try_from(bytes: Vec<u8>) -> Result<Self, InvalidLogo> {
        if bytes.is_empty() {
            return Err(InvalidLogo::Empty);
        }
        if bytes.len() > Self::MOST_BYTES {
            return Err(InvalidLogo::TooLarge);
        }
        let (kind, size) = png(&bytes)
            .map(|size| (PictureKind::Png, size))
            .or_else(|| jpeg(&bytes).map(|size| (PictureKind::Jpeg, size)))
            .or_else(|| webp(&bytes).map(|size| (PictureKind::WebP, size)))
            .ok_or(InvalidLogo::Format)?;
        let fits = |pixels: u32| (1..=Self::MOST_PIXELS).contains(&pixels);
        if !fits(size.0) || !fits(size.1) {
            return Err(InvalidLogo::Dimensions);
        }
        Ok(Self { kind, bytes: bytes.into() })
    }
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}

fn big_endian(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn little_endian(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// Width and height of a PNG (section 11.2.1, IHDR): the first chunk says so.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let chunks = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    if chunks.get(..8)? != b"\0\0\0\x0dIHDR" {
        return None;
    }
    Some((big_endian(chunks, 8, 4)?, big_endian(chunks, 12, 4)?))
}

/// Width and height of a JPEG (ITU T.81, B.2.2): its frame header, whichever segment that is.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.strip_prefix(b"\xff\xd8\xff")?;
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((big_endian(bytes, at + 7, 2)?, big_endian(bytes, at + 5, 2)?));
            }
            0xd8..=0xda | 0x00 => return None,
            _ => {
                let length = usize::try_from(big_endian(bytes, at + 2, 2)?).ok()?;
                at += 2 + length.max(2);
            }
        }
    }
}

/// Width and height of a WebP (RFC 9649, section 2): lossy, lossless or extended.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(..4)? != b"RIFF" || bytes.get(8..12)? != b"WEBP" {
        return None;
    }
    match bytes.get(12..16)? {
        b"VP8X" => Some((little_endian(bytes, 24, 3)? + 1, little_endian(bytes, 27, 3)? + 1)),
        b"VP8L" if *bytes.get(20)? == 0x2f => {
            let sizes = little_endian(bytes, 21, 4)?;
            Some(((sizes & 0x3fff) + 1, (sizes >> 14 & 0x3fff) + 1))
        }
        b"VP8 " if bytes.get(23..26)? == b"\x9d\x01\x2a" => {
            Some((little_endian(bytes, 26, 2)? & 0x3fff, little_endian(bytes, 28, 2)? & 0x3fff))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
        let mut bytes =
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xc2\0\x11\x08".to_vec();
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    fn webp_of(chunk: &[u8]) -> Vec<u8> {
        [&b"RIFF\0\0\0\0WEBP"[..], chunk].concat()
    }

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        let lossy = webp_of(b"VP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\0\x20\0");
        let lossless = webp_of(b"VP8L\0\0\0\0\x2f\x3f\xc0\x07\0");
        let extended = webp_of(b"VP8X\0\0\0\0\0\0\0\0\x3f\0\0\x1f\0\0");
        for (bytes, kind) in [
            (png_of(64, 32), PictureKind::Png),
            (jpeg_of(64, 32), PictureKind::Jpeg),
            (lossy.clone(), PictureKind::WebP),
            (lossless.clone(), PictureKind::WebP),
            (extended.clone(), PictureKind::WebP),
        ] {
            assert_eq!(Logo::try_from(bytes).map(|logo| logo.kind()), Ok(kind));
        }
        for bytes in [&lossy, &lossless, &extended] {
            assert_eq!(webp(bytes), Some((64, 32)));
        }
        assert_eq!((png(&png_of(7, 9)), jpeg(&jpeg_of(7, 9))), (Some((7, 9)), Some((7, 9))));
    }

    #[test]
    fn what_is_no_small_picture_is_refused() {
        for (bytes, why) in [
            (Vec::new(), InvalidLogo::Empty),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec(), InvalidLogo::Format),
            (b"GIF89a\x10\0\x10\0".to_vec(), InvalidLogo::Format),
            (b"<!doctype html>".to_vec(), InvalidLogo::Format),
            (b"\xff\xd8\xff".to_vec(), InvalidLogo::Format),
            (png_of(64, 32).into_iter().take(20).collect(), InvalidLogo::Format),
            (png_of(2049, 1), InvalidLogo::Dimensions),
            (png_of(0, 16), InvalidLogo::Dimensions),
            (png_of(u32::MAX, u32::MAX), InvalidLogo::Dimensions),
            (jpeg_of(30_000, 30_000), InvalidLogo::Dimensions),
            ([png_of(64, 32), vec![0; Logo::MOST_BYTES]].concat(), InvalidLogo::TooLarge),
        ] {
            assert_eq!(Logo::try_from(bytes), Err(why));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_harm(
            head in prop_oneof![
                Just(&b"\x89PNG\r\n\x1a\n"[..]),
                Just(&b"\xff\xd8\xff"[..]),
                Just(&b"RIFF\0\0\0\0WEBPVP8"[..]),
                Just(&b""[..]),
            ],
            rest in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let bytes = [head, rest.as_slice()].concat();
            let judged = Logo::try_from(bytes.clone());
            prop_assert!(judged.is_err() || judged.is_ok_and(|logo| logo.bytes() == bytes));
        }
    }
}

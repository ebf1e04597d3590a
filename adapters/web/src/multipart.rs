//! A form with a file in it (`multipart/form-data`, RFC 7578), as browsers send it: its fields, and at most one file.

use axum::http::{HeaderMap, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use tenantry_domain::SamlMetadata;

use crate::fields::{Fields, FieldsError};

/// The largest file that any form takes.
pub(crate) const MOST_BYTES_OF_FILE: usize = SamlMetadata::MOST_BYTES;

/// A file that was sent with a form: of one that is larger than any form takes, its beginning, which is larger still. What
/// its name or its kind is said to be, nobody believes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Upload(pub(crate) Vec<u8>);

/// Why a body can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MultipartError {
    #[error("this is not a form with a file")]
    Malformed,
    #[error("the fields beside the file are too large")]
    TooLarge,
    #[error(transparent)]
    Fields(#[from] FieldsError),
}

/// What separates the parts, when the body is said to be such a form (RFC 2046, section 5.1.1).
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = kind.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let mut parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let value = value.trim().trim_matches('"');
    let fits = (1..=70).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| value.to_owned())
}

/// The fields and the file of a body, or of the beginning of one that is cut in its file.
pub(crate) fn parse(body: &[u8], is_whole: bool, boundary: &str) -> Result<(Fields, Upload), MultipartError> {
    let separator = format!("\r\n--{boundary}");
    let first = body.strip_prefix(separator.as_bytes().get(2..).unwrap_or_default());
    let mut rest = first.ok_or(MultipartError::Malformed)?;
    let (mut encoded, mut upload) = (String::new(), None);
    loop {
        if rest.starts_with(b"--") {
            return Ok((Fields::parse(encoded.as_bytes())?, upload.unwrap_or_default()));
        }
        let part = rest.strip_prefix(b"\r\n").ok_or(MultipartError::Malformed)?;
        let end = match find(part, separator.as_bytes()) {
            None if !is_whole => part.len(),
            end => end.ok_or(MultipartError::Malformed)?,
        };
        let (part, after) = part.split_at_checked(end).ok_or(MultipartError::Malformed)?;
        let is_cut = after.is_empty();
        let cut = if is_cut { MultipartError::TooLarge } else { MultipartError::Malformed };
        let head_end = find(part, b"\r\n\r\n").ok_or(cut)?;
        let head = part.get(..head_end).unwrap_or_default();
        let value = part.get(head_end + 4..).unwrap_or_default();
        let (name, is_file) = disposition(head).ok_or(MultipartError::Malformed)?;
        if is_cut && (!is_file || value.len() <= MOST_BYTES_OF_FILE) {
            return Err(MultipartError::TooLarge);
        }
        if is_file {
            if upload.replace(Upload(value.to_vec())).is_some() {
                return Err(FieldsError::Twice("the file").into());
            }
        } else {
            for (text, sign) in [(name.as_bytes(), '='), (value, '&')] {
                encoded.extend(percent_encode(text, NON_ALPHANUMERIC));
                encoded.push(sign);
            }
        }
        if is_cut {
            return Ok((Fields::parse(encoded.as_bytes())?, upload.unwrap_or_default()));
        }
        rest = after.get(separator.len()..).unwrap_or_default();
    }
}

/// What a part is called, and whether it is a file.
fn disposition(head: &[u8]) -> Option<(String, bool)> {
    let head = std::str::from_utf8(head).ok()?;
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value.trim())
    })?;
    let parameters = line.strip_prefix("form-data")?;
    let quoted = |name: &str| {
        let (_, value) = parameters.split_once(&format!("; {name}=\""))?;
        value.split_once('"').map(|(value, _)| value.to_owned())
    };
    Some((quoted("name")?, quoted("filename").is_some()))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (disposition, value) in parts {
            body.extend(b"--XyZ\r\nContent-Disposition: form-data; ");
            body.extend(disposition.as_bytes());
            body.extend(b"\r\nContent-Type: text/plain\r\n\r\n");
            body.extend(*value);
            body.extend(b"\r\n");
        }
        body.extend(b"--XyZ--\r\n");
        body
    }

    #[test]
    fn reads_what_browsers_send() {
        let file = b"\x89PNG\r\n\x1a\n\r\n--Xy \0";
        let sent = body(&[("name=\"csrf\"", b"t+k n&"), ("name=\"logo\"; filename=\"a é.png\"", file)]);
        let (fields, upload) = parse(&sent, true, "XyZ").unwrap();
        assert_eq!(fields.text("csrf"), Ok("t+k n&"));
        assert_eq!(upload.0, file);
        let (_, nothing) = parse(&body(&[("name=\"logo\"; filename=\"\"", b"")]), true, "XyZ").unwrap();
        assert_eq!(nothing, Upload::default());
    }

    #[test]
    fn refuses_what_they_would_not() {
        let two = body(&[("name=\"a\"; filename=\"\"", b"1"), ("name=\"b\"; filename=\"\"", b"2")]);
        for bad in
            [&b""[..], b"--XyZ", b"--XyZ\r\n", b"--XyZ\r\n\r\n\r\n--XyZ", b"csrf=1", b"--Other--\r\n", &two]
        {
            assert!(parse(bad, true, "XyZ").is_err(), "{bad:?}");
        }
        assert_eq!(
            parse(&body(&[("name=\"a\"", b"\xff")]), true, "XyZ").err(),
            Some(FieldsError::Encoding.into())
        );
        let whole = body(&[("name=\"csrf\"", b"token")]);
        for length in 0..whole.len() - 4 {
            assert!(parse(&whole[..length], true, "XyZ").is_err(), "cut after {length}");
        }
    }

    #[test]
    fn a_file_that_is_larger_than_any_form_takes_comes_with_its_fields() {
        let file = vec![b'x'; MOST_BYTES_OF_FILE + 100];
        let whole = body(&[("name=\"csrf\"", b"token"), ("name=\"metadata\"; filename=\"a\"", &file)]);
        let (fields, upload) = parse(&whole[..whole.len() - 60], false, "XyZ").unwrap();
        assert_eq!(fields.text("csrf"), Ok("token"));
        assert!(upload.0.len() > MOST_BYTES_OF_FILE);
        for length in [60, 150, whole.len() - 200] {
            assert_eq!(
                parse(&whole[..length], false, "XyZ").err(),
                Some(MultipartError::TooLarge),
                "{length}"
            );
        }
    }

    #[test]
    fn the_boundary_is_named_by_the_header() {
        let of = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            boundary(&headers)
        };
        assert_eq!(
            of("multipart/form-data; boundary=----WebKitFormBoundaryx1"),
            Some("----WebKitFormBoundaryx1".into())
        );
        assert_eq!(of("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""), None);
        assert_eq!(of("multipart/form-data; boundary=\"ab\""), Some("ab".into()));
        for kind in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/mixed; boundary=x",
            "text/plain",
        ] {
            assert_eq!(of(kind), None, "{kind}");
        }
    }

    proptest! {
        #[test]
        fn any_file_comes_out_as_it_went_in(file in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assume!(find(&file, b"\r\n--XyZ").is_none());
            let (_, upload) = parse(&body(&[("name=\"logo\"; filename=\"x\"", &file)]), true, "XyZ").unwrap();
            prop_assert_eq!(upload.0, file);
        }
    }
}

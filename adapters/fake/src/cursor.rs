//! Where the next page of a list starts, as both doors hand it out: the last key in base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(crate) fn write(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// The key; `None` for what we did not write.
pub(crate) fn read(cursor: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

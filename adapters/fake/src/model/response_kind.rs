//! What the authorization endpoint answers, and how it travels (OAuth 2.0 Multiple Response Type Encoding Practices).

use serde::{Deserialize, Serialize};

/// What a client asks for by `response_type`, and by which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResponseKind {
    pub(crate) code: bool,
    pub(crate) token: bool,
    pub(crate) id_token: bool,
    pub(crate) mode: ResponseMode,
}

/// The way back to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResponseMode {
    Query,
    Fragment,
    /// A page posts it to the callback.
    FormPost,
    /// A page posts it to the window that holds it.
    WebMessage,
}

impl Default for ResponseKind {
    /// A code in the query.
    fn default() -> Self {
        Self { code: true, token: false, id_token: false, mode: ResponseMode::Query }
    }
}

impl ResponseKind {
    /// What `response_type` asks for, in the mode that goes with it.
    pub(crate) fn of(response_type: &str) -> Option<Self> {
        let mut kind = Self { code: false, ..Self::default() };
        for part in response_type.split_ascii_whitespace() {
            let place = match part {
                "code" => &mut kind.code,
                "token" => &mut kind.token,
                "id_token" => &mut kind.id_token,
                _ => return None,
            };
            if std::mem::replace(place, true) {
                return None;
            }
        }
        if kind.has_tokens() {
            kind.mode = ResponseMode::Fragment;
        }
        (kind.code || kind.has_tokens()).then_some(kind)
    }

    /// The same in the mode of this name. A query would leave tokens in logs and histories.
    pub(crate) fn in_mode(self, mode: &str) -> Option<Self> {
        let mode = match mode {
            "query" if !self.has_tokens() => ResponseMode::Query,
            "fragment" => ResponseMode::Fragment,
            "form_post" => ResponseMode::FormPost,
            "web_message" => ResponseMode::WebMessage,
            _ => return None,
        };
        Some(Self { mode, ..self })
    }

    /// The way back for an error in a request that may not have been understood.
    pub(crate) fn for_error(response_type: Option<&str>, response_mode: Option<&str>) -> ResponseMode {
        let kind = response_type.and_then(Self::of).unwrap_or_default();
        response_mode.and_then(|mode| kind.in_mode(mode)).unwrap_or(kind).mode
    }

    /// Whether tokens come straight from the authorization endpoint.
    pub(crate) fn has_tokens(self) -> bool {
        self.token || self.id_token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_type_is_a_set() {
        let hybrid = ResponseKind::of("id_token code").unwrap();
        assert!(hybrid.code && hybrid.id_token && !hybrid.token);
        assert_eq!(hybrid.mode, ResponseMode::Fragment);
        assert_eq!(ResponseKind::of("code"), Some(ResponseKind::default()));
        for nonsense in ["", "code code", "none", "code password"] {
            assert_eq!(ResponseKind::of(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn tokens_never_travel_in_a_query() {
        let token = ResponseKind::of("token").unwrap();
        assert_eq!(token.in_mode("query"), None);
        assert_eq!(token.in_mode("form_post").map(|kind| kind.mode), Some(ResponseMode::FormPost));
        assert_eq!(ResponseKind::for_error(Some("token"), Some("query")), ResponseMode::Fragment);
        assert_eq!(ResponseKind::for_error(None, Some("nonsense")), ResponseMode::Query);
    }
}

//! Where a person goes after signing in or out: a page of this product, never anywhere else.

/// A path of this product with at most one parameter, safe to put into `Location`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnTo(Box<str>);

impl ReturnTo {
    /// The page to go to. What is not plainly one of ours becomes `/`: other hosts in any spelling, escapes, a second
    /// parameter, and the routes under `/api`.
    pub(crate) fn parse(text: &str) -> Self {
        let (path, query) = text.split_once('?').unwrap_or((text, "x=x"));
        let is_path = path.strip_prefix('/').is_some_and(|rest| {
            let is_segment = |part: &str| {
                !part.is_empty()
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            };
            rest.is_empty() || rest.split('/').all(is_segment)
        });
        let is_query = query.split_once('=').is_some_and(|(name, value)| {
            let is_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                && value.bytes().all(is_value)
        });
        let is_ours = text.len() <= 512 && is_path && is_query && !path.starts_with("/api");
        Self(if is_ours { text.into() } else { "/".into() })
    }

    pub(crate) fn home() -> Self {
        Self("/home".into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_the_pages_of_the_product() {
        for page in [
            "/",
            "/home",
            "/home/profile",
            "/home/confirm-plan?plan=team",
            "/admin/members?cursor=b2Zmc2V0_-",
        ] {
            assert_eq!(ReturnTo::parse(page).as_str(), page);
        }
    }

    #[test]
    fn c12_nothing_leads_out() {
        for text in [
            "//e",
            "/\\e",
            "/%09/e",
            "/\t/e",
            "/home@e",
            "@e",
            "https://e",
            "javascript:alert(1)",
            "/home&organization=x",
            "/home?plan=team&organization=x",
            "/home?returnTo=//e",
            "/home?a=b#c",
            "/api/auth/logout",
            "/home//e",
            "/../e",
            "",
            "home",
            " /home",
            "/home\r\nSet-Cookie: a=b",
            "/hom\u{e9}",
            "/home?",
            "/home?plan",
            "/./home",
        ] {
            assert_eq!(ReturnTo::parse(text).as_str(), "/", "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_browser_stays_on_the_host(text in "\\PC{0,40}|[/\\\\@:.?=&#%a-z]{0,20}") {
            let base = url::Url::parse("https://learn.example/start").unwrap();
            let to = base.join(ReturnTo::parse(&text).as_str()).unwrap();
            prop_assert_eq!(to.origin(), base.origin());
        }
    }
}

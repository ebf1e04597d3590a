//! Where a person goes after signing in or out: a page of this product, never anywhere else.

use url::Url;

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

    /// The page that somebody else's link wants (OpenID Connect Core section 4, `target_link_uri`); `None` when it would
    /// lead out of the product at `base_url`.
    pub(crate) fn from_link(link: &str, base_url: &Url) -> Option<Self> {
        let url = base_url.join(link).ok()?;
        let is_ours =
            url.origin() == base_url.origin() && url.username().is_empty() && url.password().is_none();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        is_ours.then(|| Self::parse(&format!("{}{query}", url.path())))
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

    #[test]
    fn rp47_a_link_of_somebody_else_leads_to_our_pages_or_nowhere() {
        let base = Url::parse("https://learn.example/").unwrap();
        for (link, page) in [
            ("https://learn.example/home/profile", Some("/home/profile")),
            ("https://learn.example:443/home?plan=team", Some("/home?plan=team")),
            ("HTTPS://LEARN.example/home#top", Some("/home")),
            ("/home/profile", Some("/home/profile")),
            ("https://learn.example/api/auth/logout", Some("/")),
            ("https://learn.example//e.example", Some("/")),
            ("https://learn.example\\@e.example/", Some("/")),
            ("https://e.example/home", None),
            ("http://learn.example/home", None),
            ("https://learn.example:8443/home", None),
            ("https://learn.example.e.example/", None),
            ("https://learn.example@e.example/", None),
            ("https://user@learn.example/home", None),
            ("//e.example/home", None),
            ("/\\e.example", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("https://", None),
        ] {
            let found = ReturnTo::from_link(link, &base);
            assert_eq!(found.as_ref().map(ReturnTo::as_str), page, "{link}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_browser_stays_on_the_host(text in "\\PC{0,40}|[/\\\\@:.?=&#%a-z]{0,20}") {
            let base = Url::parse("https://learn.example/start").unwrap();
            let to = base.join(ReturnTo::parse(&text).as_str()).unwrap();
            prop_assert_eq!(to.origin(), base.origin());
        }
    }
}

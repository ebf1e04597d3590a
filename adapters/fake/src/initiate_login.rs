//! Where an application starts a login by itself: its initiate-login address, with an organization filled in.

use url::Url;

use crate::model::{Client, Organization};

/// The client's address for this organization; `None` when it has none, or names something that the organization lacks.
pub(crate) fn address(client: &Client, organization: &Organization) -> Option<Url> {
    let filled = fill(client.initiate_login_uri()?, organization)?;
    Url::parse(&filled).ok().filter(|address| matches!(address.scheme(), "http" | "https"))
}

/// Puts values in place of `{organization_name}` and `{organization.metadata.public_…}`.
fn fill(template: &str, organization: &Organization) -> Option<String> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (placeholder, after) = behind.split_once('}')?;
        filled.push_str(before);
        filled.push_str(value(placeholder, organization)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn value<'a>(placeholder: &str, organization: &'a Organization) -> Option<&'a str> {
    if placeholder == "organization_name" {
        return Some(&organization.name);
    }
    let key = placeholder.strip_prefix("organization.metadata.").filter(|key| key.starts_with("public_"))?;
    // Anything else could lead to another host than the one that the application named.
    let is_plain = |value: &&str| {
        !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    organization.metadata.get(key).map(String::as_str).filter(is_plain)
}

#[cfg(test)]
mod tests {
    use tenantry_domain::Timestamp;

    use super::*;

    fn filled(template: &str) -> Option<String> {
        let mut organization = Organization::new("org_1", "acme", Timestamp::from_seconds(0));
        for (key, value) in [("public_host", "acme.example"), ("public_bad", "evil.example/"), ("host", "x")]
        {
            organization.metadata.insert(key.to_owned(), value.to_owned());
        }
        fill(template, &organization)
    }

    #[test]
    fn placeholders_are_filled_with_what_the_organization_shows() {
        for (template, expected) in [
            ("https://app.example/login", Some("https://app.example/login")),
            ("https://{organization_name}.app.example/login", Some("https://acme.app.example/login")),
            ("https://{organization.metadata.public_host}/in", Some("https://acme.example/in")),
            ("https://{organization.metadata.public_bad}.app.example/", None),
            ("https://{organization.metadata.public_none}/", None),
            ("https://{organization.metadata.host}/", None),
            ("https://{other}.app.example/", None),
            ("https://{organization_name", None),
        ] {
            assert_eq!(filled(template).as_deref(), expected, "{template}");
        }
    }
}

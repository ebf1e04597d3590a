//! What the schema can't say about a client: addresses with their placeholders, and what must exist.

use url::Url;

use super::schema::ADDRESSES;
use crate::document::Document;
use crate::http::management::error::ApiError;
use crate::store::State;

const ORGANIZATION_NAME: &str = "{organization_name}";
const ORGANIZATION_METADATA: &str = "{organization.metadata.public_";
const CUSTOM_DOMAIN: &str = "{custom_domain.metadata.public_";

pub(super) fn no_address(text: &str, place: &str) -> ApiError {
    let rule = format!("Object didn't pass validation for format absolute-uri-or-empty: {text}");
    ApiError::body(&rule, Some(place))
}

pub(super) fn no_organization() -> ApiError {
    ApiError::invalid_body("The default organization does not exist")
}

/// Looks at what the body says.
pub(super) fn check(state: &State, body: Document<'_>) -> Result<(), ApiError> {
    for name in ADDRESSES {
        let takes_organization = name != "allowed_logout_urls";
        for (index, text) in body.texts(name).enumerate() {
            if !is_address(text, takes_organization) {
                return Err(no_address(text, &format!("{name}[{index}]")));
            }
        }
    }
    if let Some(text) = body.text("initiate_login_uri").filter(|text| !text.is_empty())
        && !is_login_address(text)
    {
        return Err(no_address(text, "initiate_login_uri"));
    }
    let organization = body.document("default_organization").text("organization_id");
    match organization {
        Some(id) if state.organizations.get(id).is_none() => Err(no_organization()),
        _ => Ok(()),
    }
}

/// An absolute address; its host may have a `*`, or the organization's name as its whole first label.
fn is_address(text: &str, takes_organization: bool) -> bool {
    let Some(plain) = without(text, CUSTOM_DOMAIN) else { return false };
    let plain = match plain.split_once(ORGANIZATION_NAME) {
        None => plain,
        Some((before, after)) => {
            let is_first_label = matches!(before, "http://" | "https://") && after.starts_with('.');
            if !takes_organization
                || !is_first_label
                || after.contains(ORGANIZATION_NAME)
                || plain.contains('*')
            {
                return false;
            }
            format!("{before}organization{after}")
        }
    };
    !plain.contains(['{', '}']) && Url::parse(&plain.replace('*', "x")).is_ok()
}

/// Where a login begins: https, with any of the placeholders.
fn is_login_address(text: &str) -> bool {
    let plain = text.replace(ORGANIZATION_NAME, "organization");
    let plain = without(&plain, ORGANIZATION_METADATA).and_then(|plain| without(&plain, CUSTOM_DOMAIN));
    plain.is_some_and(|plain| {
        !plain.contains(['{', '}']) && Url::parse(&plain).is_ok_and(|url| url.scheme() == "https")
    })
}

/// The text with something plain in place of every placeholder that begins so; `None` when one does not end.
fn without(text: &str, placeholder: &str) -> Option<String> {
    let mut plain = text.to_owned();
    while let Some((before, rest)) = plain.split_once(placeholder) {
        let (name, after) = rest.split_once('}')?;
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        plain = is_name.then(|| format!("{before}x{after}"))?;
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organization_is_the_whole_first_label_of_an_address() {
        for (text, good) in [
            ("https://app.example/callback", true),
            ("com.example.app://callback", true),
            ("http://localhost:3000", true),
            ("https://*.example/callback", true),
            ("https://{organization_name}.example/callback", true),
            ("https://my-{organization_name}.example/callback", false),
            ("https://{organization_name}-app.example/callback", false),
            ("https://{organization_name}.{organization_name}.example", false),
            ("https://{organization_name}.*.example", false),
            ("com.example.app://{organization_name}.example", false),
            ("https://{custom_domain.metadata.public_host}/callback", true),
            ("https://{custom_domain.metadata.public_host/callback", false),
            ("https://{organization.metadata.public_host}/callback", false),
            ("https://{user_name}.example", false),
            ("callback", false),
        ] {
            assert_eq!(is_address(text, true), good, "{text}");
        }
        assert!(!is_address("https://{organization_name}.example", false));
    }

    #[test]
    fn a_login_begins_at_an_https_address() {
        assert!(is_login_address("https://app.example/login"));
        assert!(is_login_address("https://{organization_name}.example/login"));
        assert!(is_login_address("https://{organization.metadata.public_host}/login"));
        for text in ["http://app.example/login", "https://{organization.metadata.secret}/login", "app"] {
            assert!(!is_login_address(text), "{text}");
        }
    }
}

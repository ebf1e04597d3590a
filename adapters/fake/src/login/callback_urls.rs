//! Where a login may end: the client's callbacks, with the organization's name in place of `{organization_name}`.

use crate::config::OrganizationUsage;
use crate::model::{Client, Organization};

/// Stands for the whole left-most sub-domain of a callback.
const PLACEHOLDER: &str = "{organization_name}";

/// The callback that the client may be answered at: the one it names, else its first.
pub(super) fn find(
    client: &Client,
    organization: Option<&Organization>,
    wanted: Option<&str>,
) -> Option<String> {
    let name = organization
        .filter(|_| client.organization_usage() != OrganizationUsage::Deny)
        .map(|organization| organization.name.as_str());
    let mut callbacks = client.callbacks().filter_map(|callback| filled(callback, name));
    match wanted {
        Some(wanted) => callbacks.find(|callback| callback == wanted),
        None => callbacks.next(),
    }
}

/// `None` for a callback that is for organizations only, when there is none.
fn filled(callback: &str, organization: Option<&str>) -> Option<String> {
    let Some((scheme, rest)) = callback.split_once("://") else { return Some(callback.to_owned()) };
    let Some(rest) = rest.strip_prefix(PLACEHOLDER) else { return Some(callback.to_owned()) };
    let is_sub_domain = rest.starts_with('.') && !rest.contains(PLACEHOLDER) && !rest.contains('*');
    match organization {
        Some(name) if is_sub_domain && matches!(scheme, "http" | "https") => {
            Some(format!("{scheme}://{name}{rest}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organization_is_the_left_most_sub_domain() {
        let callback = "https://{organization_name}.app.example/cb";
        assert_eq!(filled(callback, Some("acme")).as_deref(), Some("https://acme.app.example/cb"));
        assert_eq!(filled(callback, None), None);
        for wrong in [
            "https://{organization_name}app.example/cb",
            "https://{organization_name}.*.app.example/cb",
            "https://{organization_name}.{organization_name}.example/cb",
            "app://{organization_name}.app.example/cb",
        ] {
            assert_eq!(filled(wrong, Some("acme")), None, "{wrong}");
        }
        for plain in
            ["https://app.example/cb", "com.example.app:/cb", "https://app.example/{organization_name}"]
        {
            assert_eq!(filled(plain, Some("acme")).as_deref(), Some(plain), "{plain}");
        }
    }
}

//! An Action as it was deployed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One deployed Action.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Action {
    pub id: String,
    pub name: String,
    /// A CommonJS module that exports `onExecutePostLogin` and, when it redirects, `onContinuePostLogin`.
    pub code: String,
    /// What the Action alone reads as `event.secrets`.
    pub secrets: BTreeMap<String, String>,
    /// The npm packages that it asks for. Only `auth0` is known here; its version decides how the client behaves.
    pub dependencies: Vec<Dependency>,
}

/// An npm package by name and version, as in the Management API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dependency {
    pub name: String,
    /// Like `3.7.1`, or `latest`.
    pub version: String,
}

impl Action {
    /// The major version of `auth0` that the Action depends on, `None` when it names none or the latest.
    pub(crate) fn auth0_major(&self) -> Option<u32> {
        let dependency = self.dependencies.iter().find(|dependency| dependency.name == "auth0")?;
        let version = dependency.version.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        version.split('.').next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depending_on(name: &str, version: &str) -> Action {
        Action {
            id: "act_1".to_owned(),
            name: "An Action".to_owned(),
            code: String::new(),
            secrets: BTreeMap::new(),
            dependencies: vec![Dependency { name: name.to_owned(), version: version.to_owned() }],
        }
    }

    #[test]
    fn the_version_of_auth0_is_read_from_the_dependencies() {
        assert_eq!(depending_on("auth0", "3.7.1").auth0_major(), Some(3));
        assert_eq!(depending_on("auth0", "^4.0.0").auth0_major(), Some(4));
        assert_eq!(depending_on("auth0", "latest").auth0_major(), None);
        assert_eq!(depending_on("axios", "1.2.3").auth0_major(), None);
    }
}

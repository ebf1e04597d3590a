//! The two post-login Actions as they are deployed: their code, and the settings that they get as secrets.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

/// How the first line of what set-up deployed begins: the mark, since Actions have no metadata. Which one it is follows.
const MARK: &str = "// Tenantry made this Action";
/// Before the digest of the settings, in the second line.
const SETTINGS: &str = "// Settings: ";
/// The package that calls the Management API, and the version whose calls the code makes.
const PACKAGE: (&str, &str) = ("auth0", "4.37.1");
const RUNTIME: &str = "node22";

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PostLogin {
    /// The guide's first: the subscription, or a trial.
    Subscription,
    /// The guide's second: the default role.
    MemberRole,
}

impl PostLogin {
    /// The guide's name for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Subscription => "Manage_Subscription",
            Self::MemberRole => "Set_Default_Member_Role",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Subscription => include_str!("../../actions/manage_subscription.js"),
            Self::MemberRole => include_str!("../../actions/set_default_member_role.js"),
        }
    }

    fn packages(self) -> Value {
        match self {
            Self::Subscription => json!([]),
            Self::MemberRole => json!([{ "name": PACKAGE.0, "version": PACKAGE.1 }]),
        }
    }
}

/// An Action with its settings.
#[derive(Debug)]
pub(super) struct ActionCode {
    action: PostLogin,
    settings: Vec<(&'static str, SecretString)>,
}

impl ActionCode {
    pub(super) fn new(action: PostLogin, settings: Vec<(&'static str, SecretString)>) -> Self {
        Self { action, settings }
    }

    /// The code, which says by a digest with which settings it is deployed: Auth0 never shows a secret's value.
    pub(super) fn code(&self) -> String {
        let source = self.action.source();
        let (mark, rest) = source.split_once('\n').unwrap_or((source, ""));
        format!("{mark}\n{SETTINGS}{}\n{rest}", self.digest())
    }

    /// Among the settings is a secret of 64 random characters, or nothing that matters: the digest gives nothing away.
    fn digest(&self) -> String {
        let text: Vec<String> =
            self.settings.iter().map(|(name, value)| format!("{name}={}", value.expose_secret())).collect();
        let digest = digest(&SHA256, text.join("\n").as_bytes());
        digest.as_ref().iter().take(16).fold(String::new(), |mut hex, byte| {
            // Writing to a text can't fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// The names of the secrets.
    pub(super) fn secret_names(&self) -> impl Iterator<Item = &str> {
        self.settings.iter().map(|(name, _)| *name)
    }

    /// The Action's properties but for its name and trigger.
    pub(super) fn body(&self) -> Value {
        let secrets: Vec<Value> = self
            .settings
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value.expose_secret() }))
            .collect();
        json!({
            "code": self.code(),
            "dependencies": self.action.packages(),
            "runtime": RUNTIME,
            "secrets": secrets,
        })
    }

    /// The packages that it needs.
    pub(super) fn packages(&self) -> Value {
        self.action.packages()
    }

    pub(super) fn runtime() -> &'static str {
        RUNTIME
    }
}

/// Whether set-up deployed this code, whatever was done to it since.
pub(super) fn is_ours(code: &str) -> bool {
    code.starts_with(MARK)
}

/// Whether it is this one of the two, whatever it is called now.
pub(super) fn is_ours_for(action: PostLogin, code: &str) -> bool {
    let rest = code.strip_prefix(MARK).and_then(|rest| rest.strip_prefix(", "));
    rest.and_then(|rest| rest.strip_prefix(action.name())).is_some_and(|rest| rest.starts_with(','))
}

/// The code without what differs from tenant to tenant, for one who does not know the settings.
pub(super) fn without_settings(code: &str) -> String {
    code.lines().filter(|line| !line.starts_with(SETTINGS)).collect::<Vec<_>>().join("\n")
}

/// The code of the Action before it gets settings.
pub(super) fn bare(action: PostLogin) -> String {
    without_settings(action.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_says_whose_it_is_and_changes_with_its_settings() {
        for action in [PostLogin::Subscription, PostLogin::MemberRole] {
            let code = |days: &str| ActionCode::new(action, vec![("trialDays", days.into())]).code();
            assert!(is_ours(&code("1")));
            let is_for = |action| is_ours_for(action, &code("1"));
            assert_eq!(
                [PostLogin::Subscription, PostLogin::MemberRole].map(is_for).iter().filter(|is| **is).count(),
                1
            );
            assert!(is_for(action));
            assert_ne!(code("1"), code("2"));
            assert_eq!(code("1").lines().nth(1).unwrap().len(), SETTINGS.len() + 32);
            assert_eq!(without_settings(&code("1")), bare(action));
        }
        assert!(!is_ours("exports.onExecutePostLogin = async () => {};"));
    }
}

//! The settings of multi-factor authentication (Auth0: Guardian).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::store::{Row, State};

/// There is one row of these.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct GuardianSettings {
    /// By name: `otp`, `email` and so on.
    pub(crate) enabled_factors: BTreeSet<String>,
    /// When a factor is asked for: `all-applications`, `confidence-score`, or never.
    pub(crate) policies: Vec<String>,
}

const ONLY: &str = "guardian";

impl Row for GuardianSettings {
    const TABLE: &'static str = "guardian";

    fn key(&self) -> String {
        ONLY.to_owned()
    }
}

impl State {
    /// The one row of these settings.
    pub(crate) fn guardian_settings(&self) -> GuardianSettings {
        self.guardian.get(ONLY).cloned().unwrap_or_default()
    }
}

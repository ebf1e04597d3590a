//! How long the trial is that set-up deploys: as long as the product's own.

use std::path::Path;

use anyhow::Context as _;

use super::Usage;
use super::env_file::EnvFile;
use crate::settings::catalogue;

const DAYS: &str = "TENANTRY_TRIAL_DAYS";
const PLANS: &str = "TENANTRY_PLANS";

/// The days that are told; else what the product that starts with this file and this environment gives.
pub(super) fn days(
    told: Option<u32>,
    file: Option<&EnvFile>,
    environment: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<u32> {
    let in_file = |name| file.map_or(Ok(None), |file| file.value(name));
    let plans = match environment(PLANS) {
        Some(plans) => Some(plans),
        None => in_file(PLANS)?,
    };
    let catalogue = catalogue(plans.as_deref().map(Path::new))?;
    let catalogue = match (told, in_file(DAYS)?) {
        (Some(days), _) => {
            catalogue.with_trial_days(days).map_err(|error| Usage(format!("--trial-days: {error}")))?
        }
        (None, Some(days)) => {
            let days = days.trim().parse().context(DAYS)?;
            catalogue.with_trial_days(days).context(DAYS)?
        }
        (None, None) => catalogue,
    };
    Ok(catalogue.trial_days())
}

/// Writes the days that were told, so that the product has them and the next run goes on with them.
pub(super) fn keep(told: Option<u32>, file: &mut EnvFile) {
    if let Some(days) = told {
        file.set(DAYS, &days.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_outranks_the_file_and_the_file_the_plans() {
        let folder = tempfile::tempdir().unwrap();
        let plans = folder.path().join("plans.toml");
        let standard = include_str!("../../../domain/src/catalogue.toml");
        std::fs::write(&plans, standard.replace("days = 1\n", "days = 14\n")).unwrap();
        let plans = plans.to_str().unwrap();
        let file = |text: &str| {
            let path = folder.path().join(".env");
            std::fs::write(&path, text).unwrap();
            EnvFile::read(&path).unwrap()
        };
        let none = |_: &str| None;
        let with_plans = |name: &str| (name == PLANS).then(|| plans.to_owned());
        assert_eq!(days(None, None, none).unwrap(), 1);
        assert_eq!(days(None, None, with_plans).unwrap(), 14);
        assert_eq!(days(None, Some(&file(&format!("TENANTRY_PLANS='{plans}'\n"))), none).unwrap(), 14);
        let both = file(&format!("TENANTRY_PLANS='{plans}'\nTENANTRY_TRIAL_DAYS=7\n"));
        assert_eq!(days(None, Some(&both), none).unwrap(), 7);
        assert_eq!(days(Some(30), Some(&both), with_plans).unwrap(), 30);
        assert!(days(Some(0), None, none).unwrap_err().is::<Usage>());
        for text in ["TENANTRY_TRIAL_DAYS=soon\n", "TENANTRY_TRIAL_DAYS=0\n", "TENANTRY_TRIAL_DAYS=a b\n"] {
            let error = days(None, Some(&file(text)), none).unwrap_err();
            assert!(format!("{error:#}").contains(DAYS), "{text}: {error:#}");
        }
    }
}

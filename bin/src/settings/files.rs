//! The files that settings stand in.

use std::path::Path;

use anyhow::{Context, bail};
use tenantry_domain::Catalogue;

pub(super) fn read_config_file(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the configuration file {} can't be read", file.display()))?;
    // The parser's own error would quote the line, and it may hold a secret.
    if let Err(error) = text.parse::<toml::Table>() {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let (line, why) = (before.matches('\n').count() + 1, error.message());
        bail!("the configuration file {} is not TOML at line {line}: {why}", file.display());
    }
    Ok(text)
}

/// The plans of this file, or those that the product comes with.
pub(crate) fn catalogue(plans: Option<&Path>) -> anyhow::Result<Catalogue> {
    let Some(file) = plans else { return Ok(Catalogue::standard()?) };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the catalogue of plans {} can't be read", file.display()))?;
    Ok(Catalogue::from_toml(&text)?)
}

pub(super) fn read_env_file(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let lines = dotenvy::from_path_iter(file)
        .with_context(|| format!("the env file {} can't be read", file.display()))?;
    // The error of a broken line quotes it, and it may hold a secret.
    let variables: Result<Vec<_>, _> = lines.collect();
    let Ok(variables) = variables else {
        bail!("the env file {} has a line that is not NAME=value", file.display());
    };
    Ok(variables.into_iter().filter(|(name, _)| super::is_ours(name)).collect())
}

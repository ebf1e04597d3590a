//! What a provider holds from the beginning, written down in a file: read, checked, and planted all or nothing.

mod actions;
mod applications;
mod credentials;
mod document;
mod organizations;
mod people;
mod place;
mod prepared;
mod rules;
mod settings;

use std::path::Path;

use serde_json::Value;
use tenantry_domain::Timestamp;
use url::Url;

pub use document::{
    Scopes, SeedFile, SeedFileAction, SeedFileApi, SeedFileClient, SeedFileConnection, SeedFileDomain,
    SeedFileEnabledConnection, SeedFileGrant, SeedFileMember, SeedFileOrganization, SeedFilePermission,
    SeedFileRole, SeedFileScope, SeedFileUser,
};
pub use place::SeedError;
pub(crate) use prepared::Prepared;

use crate::ids::Ids;
use crate::store::State;

/// Larger files are refused before they are read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What planting needs besides the state.
#[derive(Clone, Copy)]
pub(crate) struct Planting<'a> {
    pub(crate) ids: &'a Ids,
    pub(crate) now: Timestamp,
    pub(crate) issuer: &'a Url,
    /// Whose ids, secrets and dates are kept.
    pub(crate) known: &'a State,
    /// What was made ready of the file.
    pub(crate) prepared: &'a Prepared,
}

impl SeedFile {
    /// Reads a file, in YAML (`.yaml`, `.yml`), TOML (`.toml`) or JSON (`.json`). The code of Actions is read from the files
    /// that it names, relative to itself.
    pub fn read(path: &Path) -> Result<Self, SeedError> {
        let name = path.display().to_string();
        let size = std::fs::metadata(path).map_err(|error| SeedError::new(&name, error.to_string()))?.len();
        if size > MOST_BYTES {
            return Err(SeedError::new(&name, "is too large"));
        }
        let text = std::fs::read_to_string(path).map_err(|error| SeedError::new(&name, error.to_string()))?;
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let mut file = match extension.to_ascii_lowercase().as_str() {
            "yaml" | "yml" => Self::from_yaml(&text),
            "toml" => Self::from_toml(&text),
            "json" => serde_json::from_str(&text)
                .map_err(|error| SeedError::new("", error.to_string()))
                .and_then(Self::from_json),
            _ => Err(SeedError::new(&name, "has a name that does not end in .yaml, .yml, .toml or .json")),
        }?;
        file.read_code(path.parent().unwrap_or(Path::new(".")))?;
        Ok(file)
    }

    /// Reads YAML.
    pub fn from_yaml(text: &str) -> Result<Self, SeedError> {
        // As YAML 1.2 has it: `no` and `y` are texts.
        let options = serde_saphyr::options! { strict_booleans: true };
        let value = serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| SeedError::new("", error.to_string()))?;
        Self::from_json(value)
    }

    /// Reads TOML.
    pub fn from_toml(text: &str) -> Result<Self, SeedError> {
        let value = toml::from_str(text).map_err(|error| SeedError::new("", error.to_string()))?;
        Self::from_json(value)
    }

    /// Reads what stands in a JSON value.
    pub fn from_json(value: Value) -> Result<Self, SeedError> {
        // An empty file says nothing.
        let value = if value.is_null() { Value::Object(serde_json::Map::new()) } else { value };
        if !value.is_object() {
            return Err(SeedError::new("", "a seed has names at the top: users, organizations and so on"));
        }
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            SeedError::new(if path == "." { "" } else { &path }, error.inner().to_string())
        })
    }

    /// Puts everything into the state. On an error the transaction must be given up.
    pub(crate) fn plant(&self, state: &mut State, planting: &Planting<'_>) -> Result<(), SeedError> {
        settings::plant(self, state)?;
        applications::plant(self, state, planting)?;
        people::plant(self, state, planting)?;
        organizations::plant(self, state, planting)?;
        actions::plant(self, state, planting)
    }
}

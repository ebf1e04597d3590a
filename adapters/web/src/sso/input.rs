//! What an organization's identity provider gave, read alike wherever it was entered. What is wrong about it is a sentence
//! that says what would be right.

use tenantry_domain::{ClientId, DiscoveryUrl, InvalidClientSecret, MetadataUrl, SamlMetadata};

use crate::text::sentence;

/// Where a provider that speaks OpenID Connect describes itself.
pub(crate) fn discovery_url(text: &str, in_development: bool) -> Result<DiscoveryUrl, String> {
    let read = if in_development {
        DiscoveryUrl::for_development
    } else {
        |text: &str| DiscoveryUrl::try_from(text)
    };
    read(text).map_err(said)
}

/// As what we are registered there.
pub(crate) fn client_id(text: &str) -> Result<ClientId, String> {
    ClientId::try_from(text).map_err(said)
}

/// A secret that can be one.
pub(crate) fn client_secret(text: &str) -> Result<(), String> {
    InvalidClientSecret::check(text).map_err(said)
}

/// Metadata as text.
pub(crate) fn metadata(text: &str, in_development: bool) -> Result<SamlMetadata, String> {
    let read = if in_development { SamlMetadata::for_development } else { SamlMetadata::read };
    read(text).map_err(said)
}

/// Metadata in a file.
pub(crate) fn metadata_file(file: &[u8], in_development: bool) -> Result<SamlMetadata, String> {
    metadata(SamlMetadata::text(file).map_err(said)?, in_development)
}

/// Where a provider that speaks SAML describes itself.
pub(crate) fn metadata_url(text: &str, in_development: bool) -> Result<MetadataUrl, String> {
    let read =
        if in_development { MetadataUrl::for_development } else { |text: &str| MetadataUrl::try_from(text) };
    read(text).map_err(said)
}

fn said(error: impl std::error::Error) -> String {
    sentence(&error.to_string())
}

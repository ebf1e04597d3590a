//! A domain by whose addresses an organization is found at login.

use serde::{Deserialize, Serialize};

use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DiscoveryDomain {
    /// `ord_` and 22 letters or digits.
    pub(crate) id: String,
    pub(crate) organization_id: String,
    /// Lower case.
    pub(crate) domain: String,
    pub(crate) is_verified: bool,
    /// 32 hexadecimal digits.
    pub(crate) verification_txt: String,
    pub(crate) use_for_organization_discovery: bool,
}

impl Row for DiscoveryDomain {
    const TABLE: &'static str = "discovery_domains";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn alternate_key(&self) -> Option<String> {
        Some(self.organization_id.clone())
    }
}

impl State {
    pub(crate) fn discovery_domains_of(
        &self,
        organization_id: &str,
    ) -> impl Iterator<Item = &DiscoveryDomain> {
        self.discovery_domains.by_alternate_key(organization_id)
    }
}

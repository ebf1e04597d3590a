//! How far single sign-on reaches: whom it asks for domains and for discovery documents.

use std::net::SocketAddr;
use std::sync::Arc;

use tenantry_dns::DnsTxtRecords;
use tenantry_oidc::{GuardedProbe, Reach};
use tenantry_ports::{DiscoveryProbe, TxtRecords};

/// DNS, and the reader of discovery documents.
#[derive(Clone)]
pub(crate) struct SsoReach {
    pub(crate) records: Arc<dyn TxtRecords>,
    pub(crate) probe: Arc<dyn DiscoveryProbe>,
    /// Identity providers of this machine may be connected.
    pub(crate) in_development: bool,
}

impl SsoReach {
    /// The Internet alone; in development this machine too, and the DNS server that is given.
    pub(crate) fn open(dev_dns: Option<SocketAddr>) -> anyhow::Result<Self> {
        let (records, reach) = match dev_dns {
            Some(server) => {
                tracing::warn!(
                    %server,
                    "FOR DEVELOPMENT ONLY: identity providers of this machine may be connected, and domains are looked \
                     up at this server"
                );
                (DnsTxtRecords::at(server)?, Reach::AndThisMachine)
            }
            None => (DnsTxtRecords::of_this_machine()?, Reach::Internet),
        };
        Ok(Self {
            records: Arc::new(records),
            probe: Arc::new(GuardedProbe::new(reach)),
            in_development: dev_dns.is_some(),
        })
    }
}

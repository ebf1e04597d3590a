//! Outbound adapter: text records, looked up in DNS.

use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use tenantry_ports::{TxtRecords, TxtRecordsError};

/// How long one server may take for one try. With the tries there are, an answer comes within five seconds, or none.
const PATIENCE: Duration = Duration::from_secs(2);
const TRIES: usize = 2;

/// Text records in DNS. Nothing is kept: whoever has just published a record wants it to be seen.
#[derive(Clone)]
pub struct DnsTxtRecords {
    resolver: TokioResolver,
}

/// The resolver can't be made.
#[derive(Debug, thiserror::Error)]
#[error("the servers that this machine asks for names can't be read")]
pub struct DnsError(#[source] Box<NetError>);

impl DnsTxtRecords {
    /// Asks the servers that this machine asks.
    pub fn of_this_machine() -> Result<Self, DnsError> {
        let mut builder = TokioResolver::builder_tokio().map_err(|error| DnsError(Box::new(error)))?;
        patient(builder.options_mut());
        Ok(Self { resolver: builder.build().map_err(|error| DnsError(Box::new(error)))? })
    }

    /// Asks this server and no other.
    pub fn at(server: SocketAddr) -> Result<Self, DnsError> {
        let at_its_port = |mut connection: ConnectionConfig| {
            connection.port = server.port();
            connection
        };
        let mut only = NameServerConfig::udp_and_tcp(server.ip());
        only.connections = only.connections.into_iter().map(at_its_port).collect();
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![only]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        patient(builder.options_mut());
        Ok(Self { resolver: builder.build().map_err(|error| DnsError(Box::new(error)))? })
    }
}

fn patient(options: &mut ResolverOpts) {
    options.timeout = PATIENCE;
    options.attempts = TRIES;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
}

#[async_trait]
impl TxtRecords for DnsTxtRecords {
    async fn look_up(&self, name: &str) -> Result<Vec<String>, TxtRecordsError> {
        // With the dot at its end no search domain of this machine is tried.
        match self.resolver.txt_lookup(format!("{name}.")).await {
            Ok(found) => Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect()),
            Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
            Err(error) => Err(TxtRecordsError::Unavailable(Box::new(error))),
        }
    }
}

/// The strings of one record, joined as they are (RFC 7208, section 3.3, does the same).
fn text(data: &RData) -> Option<String> {
    let RData::TXT(record) = data else { return None };
    let bytes: Vec<u8> = record.txt_data.iter().flat_map(|part| part.iter().copied()).collect();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

//! What stands before several instances of a product: each connection goes to the first of them that takes it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// One address for several instances. Ends with the value.
#[derive(Debug)]
pub struct Balancer {
    /// Where it is reached.
    pub address: SocketAddr,
    instances: Arc<Mutex<Vec<SocketAddr>>>,
    _serving: JoinSet<()>,
}

impl Balancer {
    /// Takes a free port; there are no instances yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let instances: Arc<Mutex<Vec<SocketAddr>>> = Arc::default();
        let known = Arc::clone(&instances);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let instances = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
                connections.spawn(pass_on(client, instances));
                while connections.try_join_next().is_some() {}
            }
        });
        Self { address, instances, _serving: serving }
    }

    /// From now on these are the instances, in this order.
    pub fn passes_to(&self, instances: Vec<SocketAddr>) {
        *self.instances.lock().unwrap_or_else(PoisonError::into_inner) = instances;
    }
}

async fn pass_on(mut client: TcpStream, instances: Vec<SocketAddr>) {
    for address in instances {
        if let Ok(mut instance) = TcpStream::connect(address).await {
            // Either side may break off.
            let _ = copy_bidirectional(&mut client, &mut instance).await;
            return;
        }
    }
}

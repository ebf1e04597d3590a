//! Ending gracefully: what is under way completes, nothing new begins.

use std::time::Duration;

/// How long connections may take to end once the process is asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// Waits until the process is asked to end: SIGTERM, or Ctrl-C.
pub(crate) async fn requested() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

//! Metrics for those who collect them: the one recorder of this process, and the page that Prometheus reads.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// How often what was measured is moved out of the recorder's buffers, so that they stay small.
pub(crate) const UPKEEP: Duration = Duration::from_secs(5);

/// From a provider next door to the longest that one try may take.
const SECONDS: [f64; 9] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

/// A process has one recorder, whatever number of products it runs.
static RECORDER: Mutex<Option<&'static PrometheusHandle>> = Mutex::new(None);

/// Begins to record, unless that has begun.
pub(crate) fn start() -> anyhow::Result<&'static PrometheusHandle> {
    let mut started = RECORDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = *started {
        return Ok(handle);
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .context("the buckets of the metrics")?
        .build_recorder();
    let handle: &'static PrometheusHandle = Box::leak(Box::new(recorder.handle()));
    metrics::set_global_recorder(recorder).context("metrics can't be recorded")?;
    tenantry_auth0::describe_metrics();
    Ok(started.insert(handle))
}

/// The page, in the text format of Prometheus.
pub(crate) fn router(handle: &'static PrometheusHandle) -> Router {
    let content_type = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Router::new().route("/metrics", get(move || async move { (content_type, handle.render()) }))
}

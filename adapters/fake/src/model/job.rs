//! Work that the Management API was asked to do in its own time.

use serde::{Deserialize, Serialize};
use tenantry_domain::Timestamp;

use crate::store::{Row, State};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    /// `job_` and 16 letters or digits.
    pub(crate) id: String,
    /// What it does: `verification_email`.
    pub(crate) kind: String,
    pub(crate) status: JobStatus,
    pub(crate) created_at: Timestamp,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobStatus {
    Pending,
    Completed,
    Failed,
}

impl Row for Job {
    const TABLE: &'static str = "jobs";

    fn key(&self) -> String {
        self.id.clone()
    }
}

/// As many are kept.
const KEPT: usize = 10_000;

impl State {
    /// Keeps a job; the oldest makes room.
    pub(crate) fn add_job(&mut self, job: Job) {
        if self.jobs.len() >= KEPT
            && let Some(oldest) = self.jobs.iter().min_by_key(|job| job.created_at).map(Row::key)
        {
            self.jobs.remove(&oldest);
        }
        self.jobs.put(job);
    }
}

//! Rate limits, as Auth0 documents them for its plans: token buckets, first the tenant's, then the group's. Off until a
//! plan is chosen.

mod figures;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenantry_domain::Timestamp;

pub use figures::RateLimitPlan;
pub(crate) use figures::{Api, Group, Key, Limit, group, tenant_wide};

/// More buckets than these are swept: those that are full again tell nothing.
const SWEPT_AT: usize = 10_000;

/// The limits in force, and how far they are used up.
#[derive(Default)]
pub(crate) struct RateLimits(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    plan: Option<RateLimitPlan>,
    /// What a reset returns to.
    from_the_start: Option<RateLimitPlan>,
    buckets: HashMap<String, Bucket>,
}

/// A request as limits see it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) route: &'a str,
    pub(crate) has_q: bool,
    pub(crate) address: &'a str,
    pub(crate) email: &'a str,
    pub(crate) state: &'a str,
    pub(crate) user: &'a str,
}

/// What limits say to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The bucket's size.
    pub(crate) limit: u32,
    /// How many requests are left in it.
    pub(crate) remaining: u32,
    /// When it is full again.
    pub(crate) reset: Timestamp,
    /// Why the request is refused, in Auth0's words.
    pub(crate) refusal: Option<String>,
}

/// Requests that are left, counted in parts of a request: one is as many as the seconds of its limit times 1000.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u64,
    at: Timestamp,
    limit: Limit,
}

impl Bucket {
    fn full(limit: Limit, now: Timestamp) -> Self {
        Self { left: Self::size(limit), at: now, limit }
    }

    /// What one request costs.
    fn cost(limit: Limit) -> u64 {
        u64::from(limit.seconds) * 1000
    }

    fn size(limit: Limit) -> u64 {
        u64::from(limit.burst) * Self::cost(limit)
    }

    /// Fills it up for the time that has passed.
    fn refill(&mut self, now: Timestamp) {
        let millis = u64::try_from(self.at.until(now).as_millis()).unwrap_or(u64::MAX);
        let gained = millis.saturating_mul(u64::from(self.limit.sustained));
        self.left = self.left.saturating_add(gained).min(Self::size(self.limit));
        self.at = now;
    }

    fn has_one(&self) -> bool {
        self.left >= Self::cost(self.limit)
    }

    fn take(&mut self) {
        self.left = self.left.saturating_sub(Self::cost(self.limit));
    }

    fn verdict(&self, refusal: Option<String>) -> Verdict {
        let missing = Self::size(self.limit).saturating_sub(self.left);
        let wait = missing.div_ceil(u64::from(self.limit.sustained).max(1));
        Verdict {
            limit: self.limit.burst,
            remaining: u32::try_from(self.left / Self::cost(self.limit)).unwrap_or(u32::MAX),
            // Whole seconds are told: not before it is so.
            reset: self.at + Duration::from_millis(wait.div_ceil(1000).saturating_mul(1000)),
            refusal,
        }
    }
}

impl RateLimits {
    /// Chooses a plan, or none; every bucket is full again.
    pub(crate) fn choose(&self, plan: Option<RateLimitPlan>) {
        let mut inner = self.lock();
        inner.plan = plan;
        inner.buckets.clear();
    }

    /// [`Self::choose`], and a reset returns to it.
    pub(crate) fn begin_with(&self, plan: Option<RateLimitPlan>) {
        self.choose(plan);
        self.lock().from_the_start = plan;
    }

    pub(crate) fn reset(&self) {
        let plan = self.lock().from_the_start;
        self.choose(plan);
    }

    pub(crate) fn plan(&self) -> Option<RateLimitPlan> {
        self.lock().plan
    }

    /// Counts a request; `None` when no limit is in force for it. One that is refused is counted nowhere.
    pub(crate) fn count(&self, asked: Asked<'_>, now: Timestamp) -> Option<Verdict> {
        let mut inner = self.lock();
        let plan = inner.plan?;
        let api = Api::of(asked.route);
        let wide = tenant_wide(plan, api).map(|limit| (format!("{api:?}"), limit));
        let group = group(plan, asked.method, asked.route, asked.has_q);
        let group = group.map(|group| (group.name, key(&group, &asked), group.limit));
        if inner.buckets.len() > SWEPT_AT {
            inner.buckets.retain(|_, bucket| {
                bucket.refill(now);
                bucket.left < Bucket::size(bucket.limit)
            });
        }
        let mut bucket = |key: &str, limit: Limit| {
            let bucket = inner.buckets.entry(key.to_owned()).or_insert_with(|| Bucket::full(limit, now));
            bucket.refill(now);
            *bucket
        };
        let wide = wide.map(|(key, limit)| (bucket(&key, limit), key));
        let group = group.map(|(name, key, limit)| (bucket(&key, limit), key, name));
        if let Some((bucket, _)) = wide.as_ref().filter(|(bucket, _)| !bucket.has_one()) {
            return Some(bucket.verdict(Some("Global limit has been reached".to_owned())));
        }
        if let Some((bucket, _, name)) = group.as_ref().filter(|(bucket, ..)| !bucket.has_one()) {
            let refusal = match (api, *name) {
                (Api::Authentication, _) | (_, "remaining") => "Global limit has been reached".to_owned(),
                (Api::Management, name) => format!("Global per second {name} group limit has been reached"),
            };
            return Some(bucket.verdict(Some(refusal)));
        }
        let keys = [wide.map(|(_, key)| key), group.map(|(_, key, _)| key)];
        // The tenant's limit is the one that is told; the group's where there is no other.
        let mut told = None;
        for key in keys.into_iter().flatten() {
            if let Some(bucket) = inner.buckets.get_mut(&key) {
                bucket.take();
                told = told.or(Some(bucket.verdict(None)));
            }
        }
        told
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(group: &Group, asked: &Asked<'_>) -> String {
    let (name, address) = (group.name, asked.address);
    match group.key {
        Key::Tenant => name.to_owned(),
        Key::Address => format!("{name} {address}"),
        Key::AddressAndEmail => format!("{name} {address} {}", asked.email),
        Key::AddressAndState => format!("{name} {address} {}", asked.state),
        Key::User => format!("{name} {}", asked.user),
    }
}

#[cfg(test)]
mod tests;

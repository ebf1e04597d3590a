//! How often something may be asked, by one client and by all together.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tenantry_domain::Timestamp;

use crate::client_address::ClientAddress;

/// So many clients are told apart at once; when more come, only all together are limited.
const MOST_CLIENTS: usize = 10_000;

/// So many at once, then one in each interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub(crate) at_once: u32,
    pub(crate) every: Duration,
}

/// Counts what is asked.
#[derive(Debug)]
pub(crate) struct RateLimit {
    each: Rate,
    all: Rate,
    counted: Mutex<Counted>,
}

/// When what was asked so far would have been asked at the even rate: in the past for whoever asks seldom.
#[derive(Debug, Default)]
struct Counted {
    all: i64,
    each: HashMap<IpAddr, i64>,
}

impl RateLimit {
    pub(crate) fn new(each: Rate, all: Rate) -> Self {
        Self { each, all, counted: Mutex::default() }
    }

    /// Counts this one, or says how long to wait instead. Whoever has to wait is not counted, so that waiting helps.
    pub(crate) fn admit(&self, client: ClientAddress, now: Timestamp) -> Result<(), Duration> {
        let now = now.as_millis();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.all.counting(counted.all, now)?;
        // Nobody knows where it comes from: then all of those are one.
        let network = client.network().unwrap_or(IpAddr::from([0, 0, 0, 0]));
        if counted.each.len() >= MOST_CLIENTS && !counted.each.contains_key(&network) {
            counted.each.retain(|_, even| *even > now);
        }
        let before = counted.each.get(&network).copied();
        let each = self.each.counting(before.unwrap_or_default(), now)?;
        if before.is_some() || counted.each.len() < MOST_CLIENTS {
            counted.each.insert(network, each);
        }
        counted.all = all;
        Ok(())
    }
}

impl Rate {
    /// The even time after one more, or how long it is until one more fits.
    fn counting(self, even: i64, now: i64) -> Result<i64, Duration> {
        let every = i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX);
        let even = even.max(now).saturating_add(every);
        let latest = now.saturating_add(every.saturating_mul(i64::from(self.at_once)));
        if even <= latest {
            return Ok(even);
        }
        Err(Duration::from_millis(u64::try_from(even - latest).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> ClientAddress {
        ClientAddress(Some(IpAddr::from([192, 0, 2, last])))
    }

    fn limit() -> RateLimit {
        let second = Duration::from_secs(1);
        RateLimit::new(Rate { at_once: 3, every: second }, Rate { at_once: 5, every: second / 2 })
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    #[test]
    fn one_client_asks_a_few_times_and_then_evenly() {
        let limit = limit();
        for _ in 0..3 {
            assert_eq!(limit.admit(client(1), at(0)), Ok(()));
        }
        assert_eq!(limit.admit(client(1), at(0)), Err(Duration::from_secs(1)));
        assert_eq!(limit.admit(client(1), at(999)), Err(Duration::from_millis(1)), "waiting was not counted");
        assert_eq!(limit.admit(client(1), at(1000)), Ok(()));
        assert!(limit.admit(client(1), at(1000)).is_err());
        assert_eq!(limit.admit(client(2), at(1000)), Ok(()), "another client is not limited by it");
    }

    #[test]
    fn all_together_are_limited_too() {
        let limit = limit();
        for last in 0..5 {
            assert_eq!(limit.admit(client(last), at(0)), Ok(()));
        }
        assert_eq!(limit.admit(client(9), at(0)), Err(Duration::from_millis(500)));
        assert_eq!(limit.admit(client(9), at(500)), Ok(()));
    }

    #[test]
    fn memory_has_an_end() {
        let rate = Rate { at_once: 1, every: Duration::from_secs(1) };
        let limit = RateLimit::new(rate, Rate { at_once: u32::MAX, every: Duration::from_millis(1) });
        let network = |number: u32| ClientAddress(Some(IpAddr::from(number.to_be_bytes())));
        let most = u32::try_from(MOST_CLIENTS).unwrap();
        for number in 1..=most + 50 {
            assert_eq!(limit.admit(network(number), at(0)), Ok(()));
        }
        assert_eq!(limit.counted.lock().unwrap().each.len(), MOST_CLIENTS);
        assert!(limit.admit(network(1), at(0)).is_err());
        assert_eq!(limit.admit(network(most + 60), at(1001)), Ok(()));
        assert_eq!(limit.counted.lock().unwrap().each.len(), 1, "those whose time is over are forgotten");
    }
}

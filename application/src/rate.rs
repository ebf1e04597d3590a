//! How often something may be asked for: by one, be it a client or an address, and by all together.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tenantry_domain::Timestamp;

/// So many are told apart at once; when more come, only all together are limited.
const MOST: usize = 10_000;

/// So many at once, then one in each interval.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// How many at once.
    pub at_once: u32,
    /// After how long there may be one more.
    pub every: Duration,
}

/// Counts what each `K` asks for.
#[derive(Debug)]
pub struct RateLimit<K> {
    each: Rate,
    all: Rate,
    counted: Mutex<Counted<K>>,
}

/// When what was asked so far would have been asked at the even rate: in the past for whoever asks seldom.
#[derive(Debug)]
struct Counted<K> {
    all: i64,
    each: HashMap<K, i64>,
}

impl<K: Eq + Hash> RateLimit<K> {
    /// So much for each, and so much for all together.
    pub fn new(each: Rate, all: Rate) -> Self {
        Self { each, all, counted: Mutex::new(Counted { all: 0, each: HashMap::new() }) }
    }

    /// Counts this one, or says how long to wait instead. Whoever has to wait is not counted, so that waiting helps.
    pub fn admit(&self, who: K, now: Timestamp) -> Result<(), Duration> {
        let now = now.as_millis();
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.all.counting(counted.all, now)?;
        if counted.each.len() >= MOST && !counted.each.contains_key(&who) {
            counted.each.retain(|_, even| *even > now);
        }
        let before = counted.each.get(&who).copied();
        let each = self.each.counting(before.unwrap_or_default(), now)?;
        if before.is_some() || counted.each.len() < MOST {
            counted.each.insert(who, each);
        }
        counted.all = all;
        Ok(())
    }

    /// Counts this one no more: what was asked for did not happen.
    pub fn give_back(&self, who: &K) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.all = counted.all.saturating_sub(self.all.every_millis());
        if let Some(even) = counted.each.get_mut(who) {
            *even = even.saturating_sub(self.each.every_millis());
        }
    }
}

impl Rate {
    /// The even time after one more, or how long it is until one more fits.
    fn counting(self, even: i64, now: i64) -> Result<i64, Duration> {
        let every = self.every_millis();
        let even = even.max(now).saturating_add(every);
        let latest = now.saturating_add(every.saturating_mul(i64::from(self.at_once)));
        if even <= latest {
            return Ok(even);
        }
        Err(Duration::from_millis(u64::try_from(even - latest).unwrap_or_default()))
    }

    fn every_millis(self) -> i64 {
        i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit() -> RateLimit<u8> {
        let second = Duration::from_secs(1);
        RateLimit::new(Rate { at_once: 3, every: second }, Rate { at_once: 5, every: second / 2 })
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    #[test]
    fn each_asks_a_few_times_and_then_evenly() {
        let limit = limit();
        for _ in 0..3 {
            assert_eq!(limit.admit(1, at(0)), Ok(()));
        }
        assert_eq!(limit.admit(1, at(0)), Err(Duration::from_secs(1)));
        assert_eq!(limit.admit(1, at(999)), Err(Duration::from_millis(1)), "waiting was not counted");
        assert_eq!(limit.admit(1, at(1000)), Ok(()));
        assert!(limit.admit(1, at(1000)).is_err());
        assert_eq!(limit.admit(2, at(1000)), Ok(()), "another one is not limited by it");
    }

    #[test]
    fn all_together_are_limited_too() {
        let limit = limit();
        for last in 0..5 {
            assert_eq!(limit.admit(last, at(0)), Ok(()));
        }
        assert_eq!(limit.admit(9, at(0)), Err(Duration::from_millis(500)));
        assert_eq!(limit.admit(9, at(500)), Ok(()));
    }

    #[test]
    fn what_is_given_back_can_be_asked_for_again_and_no_more_than_that() {
        let limit = limit();
        limit.give_back(&1);
        for _ in 0..3 {
            assert_eq!(limit.admit(1, at(0)), Ok(()), "nothing was counted that could be given back");
        }
        assert!(limit.admit(1, at(0)).is_err());
        limit.give_back(&1);
        assert_eq!(limit.admit(1, at(0)), Ok(()));
        assert!(limit.admit(1, at(0)).is_err(), "one alone came back");
        for _ in 0..2 {
            assert_eq!(limit.admit(2, at(0)), Ok(()));
        }
        assert!(limit.admit(3, at(0)).is_err(), "of all together none is left");
        limit.give_back(&2);
        assert_eq!(limit.admit(3, at(0)), Ok(()));
    }

    #[test]
    fn memory_has_an_end() {
        let rate = Rate { at_once: 1, every: Duration::from_secs(1) };
        let limit = RateLimit::new(rate, Rate { at_once: u32::MAX, every: Duration::from_millis(1) });
        let most = u32::try_from(MOST).unwrap();
        for number in 1..=most + 50 {
            assert_eq!(limit.admit(number, at(0)), Ok(()));
        }
        assert_eq!(limit.counted.lock().unwrap().each.len(), MOST);
        assert!(limit.admit(1, at(0)).is_err());
        assert_eq!(limit.admit(most + 60, at(1001)), Ok(()));
        assert_eq!(limit.counted.lock().unwrap().each.len(), 1, "those whose time is over are forgotten");
    }
}

//! The provider's clock, which tests set, move and stop.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenantry_domain::Timestamp;
use tenantry_ports::Clock;

/// The time that everything of the provider goes by: another clock's, until it is moved.
pub struct AdjustableClock {
    base: Arc<dyn Clock>,
    course: Mutex<Course>,
}

#[derive(Clone, Copy, Debug)]
enum Course {
    /// So many milliseconds ahead of the base, or behind it.
    Running(i64),
    /// It stands still.
    Frozen(Timestamp),
}

/// What the clock shows at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) now: Timestamp,
    pub(crate) is_frozen: bool,
    /// By how much it is ahead of the base.
    pub(crate) ahead_millis: i64,
}

/// The year 9000 in milliseconds: what is given from then on for years can still be written down.
const LATEST: i64 = 221_845_392_000_000;

impl AdjustableClock {
    pub(crate) fn new(base: Arc<dyn Clock>) -> Self {
        Self { base, course: Mutex::new(Course::Running(0)) }
    }

    /// The clock that it follows until it is moved.
    pub(crate) fn base(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.base)
    }

    /// Sets the time. A clock that runs goes on from there; one that stands still stands there.
    pub fn set(&self, to: Timestamp) {
        let mut course = self.course();
        *course = match *course {
            Course::Running(_) => self.running_from(to),
            Course::Frozen(_) => Course::Frozen(to),
        };
    }

    /// Moves the time on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut course = self.course();
        *course = match *course {
            Course::Running(ahead) => Course::Running(ahead.saturating_add(by)),
            Course::Frozen(at) => Course::Frozen(Timestamp::from_millis(at.as_millis().saturating_add(by))),
        };
    }

    /// Lets the time stand still.
    pub fn freeze(&self) {
        let mut course = self.course();
        *course = Course::Frozen(self.reading_of(*course).now);
    }

    /// Lets the time run again, from where it stands.
    pub fn resume(&self) {
        let mut course = self.course();
        if let Course::Frozen(at) = *course {
            *course = self.running_from(at);
        }
    }

    /// Goes back to the time of the base.
    pub fn reset(&self) {
        *self.course() = Course::Running(0);
    }

    /// Whether it stands still.
    pub fn is_frozen(&self) -> bool {
        self.reading().is_frozen
    }

    /// By how many milliseconds it is ahead of the base; negative when it is behind.
    pub fn ahead_millis(&self) -> i64 {
        self.reading().ahead_millis
    }

    /// All that it shows, at one moment.
    pub(crate) fn reading(&self) -> Reading {
        let course = self.course();
        self.reading_of(*course)
    }

    fn reading_of(&self, course: Course) -> Reading {
        // The base goes on between two looks at it.
        let base = self.base.now().as_millis();
        let (shown, is_frozen) = match course {
            Course::Running(ahead) => (base.saturating_add(ahead), false),
            Course::Frozen(at) => (at.as_millis(), true),
        };
        let shown = shown.clamp(0, LATEST);
        Reading { now: Timestamp::from_millis(shown), is_frozen, ahead_millis: shown.saturating_sub(base) }
    }

    /// A clock that shows `at` now, and runs.
    fn running_from(&self, at: Timestamp) -> Course {
        Course::Running(at.as_millis().saturating_sub(self.base.now().as_millis()))
    }

    fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for AdjustableClock {
    fn now(&self) -> Timestamp {
        self.reading().now
    }
}

impl fmt::Debug for AdjustableClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdjustableClock").field("course", &*self.course()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use tenantry_ports::testkit::FixedClock;

    fn shows(clock: &AdjustableClock) -> String {
        clock.now().to_string()
    }

    #[test]
    fn it_goes_with_its_base_until_it_is_moved_frozen_or_reset() {
        let base = Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z"));
        let clock = AdjustableClock::new(base.clone());
        base.advance(Duration::from_secs(1));
        assert_eq!(shows(&clock), "2026-03-02T10:00:01.000Z");
        clock.advance(Duration::from_hours(24));
        base.advance(Duration::from_secs(1));
        assert_eq!(shows(&clock), "2026-03-03T10:00:02.000Z", "moved, it runs on");
        clock.freeze();
        base.advance(Duration::from_hours(1));
        assert_eq!((shows(&clock).as_str(), clock.is_frozen()), ("2026-03-03T10:00:02.000Z", true));
        clock.advance(Duration::from_secs(8));
        assert_eq!(shows(&clock), "2026-03-03T10:00:10.000Z", "a clock that stands can be moved");
        clock.resume();
        base.advance(Duration::from_secs(1));
        assert_eq!(shows(&clock), "2026-03-03T10:00:11.000Z", "it goes on from where it stood");
        clock.set("2020-01-01T00:00:00.000Z".parse().unwrap());
        base.advance(Duration::from_secs(1));
        assert_eq!(shows(&clock), "2020-01-01T00:00:01.000Z");
        clock.reset();
        assert_eq!(shows(&clock), "2026-03-02T11:00:04.000Z");
    }

    #[test]
    fn times_beyond_the_calendar_end_at_its_edge() {
        let clock = AdjustableClock::new(Arc::new(FixedClock::at("2026-03-02T10:00:00.000Z")));
        clock.advance(Duration::from_secs(u64::MAX));
        assert_eq!(shows(&clock), "9000-01-01T00:00:00.000Z");
        clock.freeze();
        clock.advance(Duration::from_hours(1));
        assert_eq!(shows(&clock), "9000-01-01T00:00:00.000Z");
    }

    /// A second later whenever it is asked.
    struct Restless(AtomicI64);

    impl Clock for Restless {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.fetch_add(1000, Ordering::Relaxed))
        }
    }

    #[test]
    fn a_base_that_goes_on_meanwhile_moves_nothing() {
        let clock = AdjustableClock::new(Arc::new(Restless(AtomicI64::new(0))));
        assert_eq!(clock.ahead_millis(), 0, "it was not moved");
        clock.advance(Duration::from_hours(1));
        assert_eq!(clock.ahead_millis(), 3_600_000);
        clock.resume();
        assert_eq!(clock.ahead_millis(), 3_600_000, "it runs already");
    }
}

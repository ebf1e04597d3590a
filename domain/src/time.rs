//! An instant in UTC, to the millisecond: the only notion of time in the product.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

/// An instant in UTC, as whole milliseconds since the Unix epoch.
///
/// Written as ISO 8601 with milliseconds and `Z` (`2024-09-17T23:58:28.392Z`), as JavaScript's `Date.toISOString`
/// writes it for the years 0 to 9999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an instant such as 2024-09-17T23:58:28.392Z")]
pub struct InvalidTimestamp(String);

const DAY: Duration = Duration::from_hours(24);

impl Timestamp {
    /// The last instant that the text format can write: the end of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// From milliseconds since the Unix epoch; what lies outside the years 1970 to 9999 becomes the nearer end.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, Self::MAX.0))
    }

    /// From whole seconds since the Unix epoch, as JSON Web Tokens carry them.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Later by so many days of 24 hours.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        self + DAY.saturating_mul(days)
    }

    /// The same day and time one calendar year later; 29 February becomes 28 February.
    #[must_use]
    pub fn plus_one_year(self) -> Self {
        let later = self
            .civil()
            .and_then(|at| at.checked_add(jiff::Span::new().years(1)).ok())
            .and_then(|at| jiff::tz::Offset::UTC.to_timestamp(at).ok());
        later.map_or(Self::MAX, |at| Self::from_millis(at.as_millisecond()))
    }

    /// How long until `later`; zero when it is not later.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// Days of 24 hours until `later`, a started day counted whole; zero when it is not later.
    pub fn days_until(self, later: Self) -> u32 {
        let millis = self.until(later).as_millis();
        u32::try_from(millis.div_ceil(DAY.as_millis())).unwrap_or(u32::MAX)
    }

    /// Year, month (1 to 12) and day of the month, in UTC.
    pub fn date(self) -> (i16, i8, i8) {
        self.civil().map_or((1970, 1, 1), |at| (at.year(), at.month(), at.day()))
    }

    fn civil(self) -> Option<jiff::civil::DateTime> {
        let instant = jiff::Timestamp::from_millisecond(self.0).ok()?;
        Some(jiff::tz::Offset::UTC.to_datetime(instant))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil().ok_or(fmt::Error)?;
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidTimestamp(text.to_owned());
        let instant: jiff::Timestamp = text.parse().map_err(|_| invalid())?;
        let millis = instant.as_millisecond();
        if (0..=Self::MAX.0).contains(&millis) { Ok(Self(millis)) } else { Err(invalid()) }
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_the_format_of_javascript() {
        let text = "2024-09-17T23:58:28.392Z";
        let at: Timestamp = text.parse().unwrap();
        assert_eq!(at.as_millis(), 1_726_617_508_392);
        assert_eq!(at.to_string(), text);
    }

    #[test]
    fn days_left_round_up() {
        let start = Timestamp::from_seconds(1_700_000_000);
        assert_eq!(start.days_until(start), 0);
        assert_eq!(start.days_until(start + Duration::from_millis(1)), 1);
        assert_eq!(start.days_until(start.plus_days(1)), 1);
        assert_eq!(start.days_until(start.plus_days(1) + Duration::from_millis(1)), 2);
        assert_eq!(start.plus_days(1).days_until(start), 0);
    }

    #[test]
    fn a_year_from_a_leap_day_ends_in_february() {
        let leap: Timestamp = "2024-02-29T12:00:00.000Z".parse().unwrap();
        assert_eq!(leap.plus_one_year().to_string(), "2025-02-28T12:00:00.000Z");
    }

    #[test]
    fn refuses_what_is_not_an_instant() {
        for text in ["", "yesterday", "2024-09-17", "2024-09-17T23:58:28", "NaN", "10000-01-01T00:00:00.000Z"]
        {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips(millis in 0..=Timestamp::MAX.as_millis()) {
            let at = Timestamp::from_millis(millis);
            prop_assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
        }
    }
}

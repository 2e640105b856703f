//! The clock of this device while a probe runs: the time at which the run began, and what has
//! passed since. And what servers say of the time.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rustls::pki_types::UnixTime;

use crate::facts::Moment;

/// A device whose clock differs by more than this from servers has a wrong clock, in seconds: as
/// Chromium judges it (`ssl_errors/error_classification.cc`, five minutes).
pub const SKEW_S: i64 = 300;

/// No release is older than this, so a clock that shows an earlier day is wrong (RFC 3339).
const RELEASED: &str = "2026-11-26T00:00:00Z";

/// The clock of this device, counted on from the start of a run.
#[derive(Debug, Clone, Copy)]
pub struct DeviceClock {
    began: Moment,
    at: Instant,
}

impl DeviceClock {
    /// A clock that shows this moment now.
    #[must_use]
    pub fn showing(began: Moment) -> Self {
        Self {
            began,
            at: Instant::now(),
        }
    }

    /// What it shows now.
    #[must_use]
    pub fn now(&self) -> Moment {
        let passed = TimeDelta::from_std(self.at.elapsed()).unwrap_or_default();
        self.began.later(passed)
    }

    /// The same, as certificates are checked.
    #[must_use]
    pub fn unix(&self) -> UnixTime {
        unix(self.now().millis() / 1000)
    }

    /// Whether it shows a day before this program was made.
    #[must_use]
    pub fn before_release(&self) -> bool {
        let released = DateTime::parse_from_rfc3339(RELEASED).map(|at| at.timestamp());
        // Two days of grace, as Chromium gives: zones and builds on other continents.
        released.is_ok_and(|at| self.now().millis() / 1000 < at - 2 * 24 * 3600)
    }
}

/// Seconds since 1970 as certificates are checked; times before count as 1970.
#[must_use]
pub(super) fn unix(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// An HTTP date (RFC 9110, 5.6.7) in seconds since 1970; none where it is no date.
#[must_use]
pub fn http_date(text: &str) -> Option<i64> {
    let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(date.with_timezone(&Utc).timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_servers_are_read() {
        assert_eq!(
            http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(784_111_777)
        );
        assert_eq!(http_date("tomorrow"), None);
    }

    #[test]
    fn a_clock_before_the_release_is_wrong() {
        let at = |text: &str| DeviceClock::showing(text.parse().expect("a time"));
        assert!(at("2025-10-24T10:00:00+08:00").before_release());
        assert!(!at("2026-12-01T10:00:00+08:00").before_release());
    }
}

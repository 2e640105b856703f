//! Instants with their zone, as RFC 3339 or as Chinese systems write them.

use chrono::{DateTime, FixedOffset, NaiveDateTime, SecondsFormat, TimeZone, Timelike};
use thiserror::Error;

/// China Standard Time; the zone of a time that names none.
pub const CHINA_OFFSET_S: i32 = 8 * 3600;

/// An instant to the millisecond, with the zone it was given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    at: DateTime<FixedOffset>,
    zone_assumed: bool,
}

/// A text that is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("expected a time such as 2026-11-20T23:58:00+08:00, found `{0}`")]
pub struct MomentError(pub String);

impl Moment {
    /// A moment with its own zone.
    #[must_use]
    pub fn new(at: DateTime<FixedOffset>) -> Self {
        Self {
            at,
            zone_assumed: false,
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn millis(&self) -> i64 {
        self.at.timestamp_millis()
    }

    /// Whether the text named no zone, so that +08:00 was assumed.
    #[must_use]
    pub fn zone_assumed(&self) -> bool {
        self.zone_assumed
    }

    /// The same instant on a Chinese clock (+08:00, no daylight saving since 1991).
    #[must_use]
    pub fn in_china(&self) -> NaiveDateTime {
        self.at.with_timezone(&china()).naive_local()
    }
}

impl std::fmt::Display for Moment {
    /// RFC 3339 with seconds, in the zone in which it was given.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let precision = if self.at.nanosecond() == 0 {
            SecondsFormat::Secs
        } else {
            SecondsFormat::Millis
        };
        f.write_str(&self.at.to_rfc3339_opts(precision, true))
    }
}

fn china() -> FixedOffset {
    #[expect(clippy::expect_used, reason = "eight hours is a valid offset")]
    FixedOffset::east_opt(CHINA_OFFSET_S).expect("+08:00")
}

/// Layouts without a zone that exports and people use; tried in turn.
const LAYOUTS: [&str; 9] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y%m%d%H%M%S",
];

/// Years outside this range are typing mistakes, not payments.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2199;

impl std::str::FromStr for Moment {
    type Err = MomentError;

    /// Reads RFC 3339, the layouts of Chinese exports (+08:00 is assumed), and unix seconds or
    /// milliseconds (10 or 13 digits).
    fn from_str(text: &str) -> Result<Self, MomentError> {
        let trimmed = text.trim();
        read(trimmed)
            .filter(|moment| YEARS.contains(&chrono::Datelike::year(&moment.at)))
            .ok_or_else(|| MomentError(text.to_owned()))
    }
}

fn read(text: &str) -> Option<Moment> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"))
    {
        return Some(Moment::new(at));
    }
    if let Some(millis) = unix_millis(text) {
        let at = china().timestamp_millis_opt(millis).single()?;
        return Some(Moment::new(at));
    }
    let local = LAYOUTS
        .iter()
        .find_map(|layout| NaiveDateTime::parse_from_str(text, layout).ok())?;
    let at = china().from_local_datetime(&local).single()?;
    Some(Moment {
        at,
        zone_assumed: true,
    })
}

fn unix_millis(text: &str) -> Option<i64> {
    let number: i64 = text
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())??;
    match text.len() {
        10 => number.checked_mul(1000),
        13 => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn the_same_instant_in_many_spellings() {
        let want = moment("2026-11-20T23:58:00+08:00").millis();
        for text in [
            "2026-11-20 23:58:00",
            "2026-11-20 23:58",
            "2026/11/20 23:58:00",
            "2026年11月20日 23:58:00",
            "20261120235800",
            "2026-11-20T15:58:00Z",
            "2026-11-20T15:58:00.000Z",
            "2026-11-20 23:58:00 +0800",
            "1795190280",
            "1795190280000",
        ] {
            assert_eq!(moment(text).millis(), want, "{text}");
        }
    }

    #[test]
    fn a_missing_zone_is_china_and_said_so() {
        assert!(moment("2026-11-20 23:58").zone_assumed());
        assert!(!moment("2026-11-20T23:58:00+08:00").zone_assumed());
        assert_eq!(
            moment("2026-11-20 23:58").to_string(),
            "2026-11-20T23:58:00+08:00"
        );
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in [
            "",
            "yesterday",
            "2026-11-20",
            "2026-13-01 00:00:00",
            "0000-00-00 00:00:00",
            "12345",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}

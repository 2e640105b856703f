//! Instants with their zone, as RFC 3339 or as Chinese systems write them.

use chrono::{DateTime, FixedOffset, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone, Timelike};
use thiserror::Error;

/// China Standard Time; the zone of a time that names none.
pub const CHINA_OFFSET_S: i32 = 8 * 3600;

/// Seconds of a day.
const DAY_S: i64 = 24 * 60 * 60;

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

    /// This moment and some time after it, in the same zone.
    #[must_use]
    pub fn later(self, by: TimeDelta) -> Self {
        Self {
            at: self.at.checked_add_signed(by).unwrap_or(self.at),
            ..self
        }
    }

    /// A moment by its milliseconds since 1970, on a Chinese clock; none beyond what a clock can
    /// show.
    #[must_use]
    pub fn of_millis(millis: i64) -> Option<Self> {
        let at = DateTime::from_timestamp_millis(millis)?.with_timezone(&china());
        Some(Self::new(at))
    }

    /// Whether the text named no zone, so that +08:00 was assumed.
    #[must_use]
    pub fn zone_assumed(&self) -> bool {
        self.zone_assumed
    }

    /// The same clock in another zone, where the text named none; `offset` is in seconds east of
    /// Greenwich. It stays assumed.
    #[must_use]
    pub fn assuming(self, offset: i32) -> Self {
        if !self.zone_assumed || offset == CHINA_OFFSET_S {
            return self;
        }
        let zoned = FixedOffset::east_opt(offset)
            .and_then(|zone| zone.from_local_datetime(&self.at.naive_local()).single());
        Self {
            at: zoned.unwrap_or(self.at),
            zone_assumed: true,
        }
    }

    /// The day of the instant on a Chinese clock, from 1970-01-01 on, and its seconds since midnight.
    #[must_use]
    pub fn day_in_china(&self) -> (i64, i64) {
        let seconds = self.at.timestamp() + i64::from(CHINA_OFFSET_S);
        (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S))
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

/// `2026-11-20T23:58:00+08:00` and `2026-11-20 23:58:00`, without a detour: most exports write one
/// of the two.
fn plain(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    if !matches!(bytes.len(), 19 | 25)
        || bytes[4] != b'-'
        || bytes[7] != b'-'
        || !matches!(bytes[10], b'T' | b' ')
        || bytes[13] != b':'
        || bytes[16] != b':'
    {
        return None;
    }
    let pair = |at: usize| {
        let digits = bytes[at].is_ascii_digit() && bytes[at + 1].is_ascii_digit();
        digits.then(|| u32::from(bytes[at] - b'0') * 10 + u32::from(bytes[at + 1] - b'0'))
    };
    let year = i32::try_from(pair(0)? * 100 + pair(2)?).ok()?;
    let day = chrono::NaiveDate::from_ymd_opt(year, pair(5)?, pair(8)?)?;
    let local = day.and_hms_opt(pair(11)?, pair(14)?, pair(17)?)?;
    let (zone, zone_assumed) = match bytes.get(19) {
        None => (china(), true),
        Some(sign) if bytes[22] == b':' => {
            let seconds = i32::try_from(pair(20)? * 3600 + pair(23)? * 60).ok()?;
            let zone = match sign {
                b'+' => FixedOffset::east_opt(seconds)?,
                b'-' => FixedOffset::west_opt(seconds)?,
                _ => return None,
            };
            (zone, false)
        }
        Some(_) => return None,
    };
    let at = zone.from_local_datetime(&local).single()?;
    Some(Moment { at, zone_assumed })
}

fn read(text: &str) -> Option<Moment> {
    if let Some(moment) = plain(text) {
        return Some(moment);
    }
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
    fn the_short_way_reads_what_the_long_way_reads() {
        for text in [
            "2026-11-20T23:58:00+08:00",
            "2026-11-20 23:58:00",
            "2026-02-29T00:00:00+08:00",
            "2026-11-20T23:58:00-03:30",
            "2026-11-20T23:58:60+08:00",
            "2026-11-20T24:00:00+08:00",
            "2026-11-20T23:58:00+24:00",
        ] {
            let long = DateTime::parse_from_rfc3339(text).ok().map(Moment::new);
            let local = NaiveDateTime::parse_from_str(text, LAYOUTS[0]).ok();
            let local = local.and_then(|local| china().from_local_datetime(&local).single());
            let long = long.or(local.map(|at| Moment {
                at,
                zone_assumed: true,
            }));
            if let Some(short) = plain(text) {
                assert_eq!(Some(short), long, "{text}");
            }
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
    fn days_in_china_are_those_of_its_clock() {
        for text in [
            "1990-01-01T15:59:59Z",
            "1990-01-01T16:00:00Z",
            "2026-11-20 23:58:01",
        ] {
            let at = moment(text);
            let (day, second) = at.day_in_china();
            let clock = at.in_china();
            let days = clock
                .date()
                .signed_duration_since(chrono::NaiveDate::default());
            assert_eq!(day, days.num_days(), "{text}");
            assert_eq!(
                second,
                i64::from(clock.num_seconds_from_midnight()),
                "{text}"
            );
        }
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

//! Instants and durations as CEL has them: to the nanosecond, within fixed ranges.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::error::EvalErrorKind;

const SECOND: i128 = 1_000_000_000;

/// 0001-01-01T00:00:00Z, in seconds since 1970.
const FIRST_SECOND: i64 = -62_135_596_800;

/// 9999-12-31T23:59:59Z, in seconds since 1970.
const LAST_SECOND: i64 = 253_402_300_799;

/// An instant in the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

/// A length of time in 64 bits of nanoseconds, as the implementations of CEL have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub i64);

impl Timestamp {
    fn new(seconds: i64, nanos: u32) -> Option<Self> {
        (FIRST_SECOND..=LAST_SECOND)
            .contains(&seconds)
            .then_some(Self { seconds, nanos })
    }

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z; what lies outside the years 1
    /// to 9999 becomes the nearest instant inside.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        let clamped = millis.clamp(FIRST_SECOND * 1000, LAST_SECOND * 1000 + 999);
        let nanos = u32::try_from(clamped.rem_euclid(1000)).unwrap_or(0) * 1_000_000;
        Self {
            seconds: clamped.div_euclid(1000),
            nanos,
        }
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn nanos(self) -> i128 {
        i128::from(self.seconds) * SECOND + i128::from(self.nanos)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, where they are whole.
    pub(super) fn to_millis(self) -> Option<i64> {
        let millis = i64::from(self.nanos / 1_000_000);
        self.nanos
            .is_multiple_of(1_000_000)
            .then_some(self.seconds * 1000 + millis)
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let seconds = i64::try_from(nanos.div_euclid(SECOND)).ok()?;
        Self::new(seconds, u32::try_from(nanos.rem_euclid(SECOND)).ok()?)
    }

    /// A later instant, or an earlier one where the duration is negative.
    pub(super) fn plus(self, span: i128) -> Result<Self, EvalErrorKind> {
        Self::from_nanos(self.nanos() + span).ok_or(EvalErrorKind::TimestampRange)
    }

    /// The time from another instant to this one.
    pub(super) fn since(self, earlier: Self) -> Result<Nanos, EvalErrorKind> {
        Nanos::from_nanos(self.nanos() - earlier.nanos())
    }

    /// Reads RFC 3339 as CEL does: `T` and `Z` in capitals, any number of decimals of which nine
    /// count, no leap seconds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (clock, offset) = split_offset(text)?;
        let (date, time) = clock.split_once('T')?;
        let [year, month, day] = fields(date, '-', [4, 2, 2])?;
        let (whole, decimals) = time
            .split_once('.')
            .map_or((time, None), |(whole, rest)| (whole, Some(rest)));
        let [hour, minute, second] = fields(whole, ':', [2, 2, 2])?;
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = i64::from(date.num_days_from_ce()) - DAYS_BEFORE_1970;
        let clock = i64::from(hour * 3600 + minute * 60 + second);
        let nanos = decimals.map_or(Some(0), decimal_nanos)?;
        Self::new(days * 86_400 + clock - offset, nanos)
    }
}

/// Days from the eve of the year 1 to 1970-01-01.
const DAYS_BEFORE_1970: i64 = 719_163;

/// The text before the zone, and the zone in seconds east of Greenwich.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (clock, zone) = text.split_at_checked(at)?;
    let [hours, minutes] = fields(&zone[1..], ':', [2, 2])?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i64::from(hours * 3600 + minutes * 60);
    Some((
        clock,
        if zone.starts_with('-') {
            -seconds
        } else {
            seconds
        },
    ))
}

/// Numbers of fixed widths with a separator between them.
fn fields<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Decimals of a second in nanoseconds; digits after the ninth are cut off.
fn decimal_nanos(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut padded: String = digits.chars().take(9).collect();
    while padded.len() < 9 {
        padded.push('0');
    }
    padded.parse().ok()
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, decimals only where needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.seconds.div_euclid(86_400) + DAYS_BEFORE_1970;
        let days = i32::try_from(days).unwrap_or_default();
        let date = NaiveDate::from_num_days_from_ce_opt(days).unwrap_or_default();
        let clock = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(
            f,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )?;
        write!(f, "T{hour:02}:{minute:02}:{second:02}")?;
        write_decimals(f, self.nanos)?;
        f.write_str("Z")
    }
}

fn write_decimals(f: &mut fmt::Formatter<'_>, nanos: u32) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}

impl Nanos {
    pub(super) fn from_nanos(nanos: i128) -> Result<Self, EvalErrorKind> {
        let nanos = i64::try_from(nanos).map_err(|_| EvalErrorKind::DurationRange)?;
        Ok(Self(nanos))
    }

    /// Reads a duration such as `1h30m`, `-1.5s` or `0`, exactly and without rounding up; units are
    /// `h m s ms us µs ns`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let negative = text.starts_with('-');
        let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
        if rest == "0" {
            return Some(Self(0));
        }
        if rest.is_empty() {
            return None;
        }
        let mut total: i128 = 0;
        while !rest.is_empty() {
            let (nanos, after) = part(rest)?;
            total = total.checked_add(nanos)?;
            rest = after;
        }
        let signed = if negative { -total } else { total };
        i64::try_from(signed).ok().map(Self)
    }
}

/// One number with its unit at the start of a text, in nanoseconds; and the text after it.
fn part(text: &str) -> Option<(i128, &str)> {
    let (whole, rest) = digits(text);
    let (decimals, rest) = rest.strip_prefix('.').map_or(("", rest), digits);
    if whole.is_empty() && decimals.is_empty() {
        return None;
    }
    let (unit, nanos) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let decimals = &decimals[..decimals.len().min(MAX_DECIMALS)];
    let share: i128 = format!("0{decimals}").parse().ok()?;
    let scale = 10_i128.pow(u32::try_from(decimals.len()).ok()?);
    let total = i128::from(whole) * nanos + share * nanos / scale;
    Some((total, &rest[unit.len()..]))
}

/// Decimals of a duration that count; more would not fit the arithmetic and are far below a
/// nanosecond.
const MAX_DECIMALS: usize = 24;

/// Longer names first.
const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("h", 3_600 * SECOND),
    ("m", 60 * SECOND),
    ("s", SECOND),
];

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

impl fmt::Display for Nanos {
    /// Seconds, with decimals only where needed: `1.5s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", magnitude / 1_000_000_000)?;
        let nanos = u32::try_from(magnitude % 1_000_000_000).unwrap_or(0);
        write_decimals(f, nanos)?;
        f.write_str("s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn timestamps_are_read_strictly() {
        let table = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2009-02-13T23:31:30Z", Some(1_234_567_890)),
            ("2026-11-20T23:58:00+08:00", Some(1_795_190_280)),
            ("2024-02-29T00:00:00-00:00", Some(1_709_164_800)),
            ("0001-01-01T00:00:00Z", Some(FIRST_SECOND)),
            ("9999-12-31T23:59:59Z", Some(LAST_SECOND)),
            ("0001-01-01T00:00:00+00:01", None),
            ("9999-12-31T23:59:59-00:01", None),
            ("0000-12-31T23:59:59Z", None),
            ("10000-01-01T00:00:00Z", None),
            ("2023-02-29T00:00:00Z", None),
            ("2026-11-20t23:58:00Z", None),
            ("2026-11-20T23:58:00z", None),
            ("2026-11-20 23:58:00Z", None),
            ("2026-11-20T23:58:60Z", None),
            ("2026-11-20T24:00:00Z", None),
            ("2026-11-20T23:58:00", None),
            ("2026-11-20T23:58Z", None),
            ("2026-11-20T23:58:00.Z", None),
            ("2026-11-20T23:58:00,5Z", None),
            ("2026-11-20T23:58:00+0800", None),
            ("2026-11-20T23:58:00+24:00", None),
            ("2026-1-20T23:58:00Z", None),
            ("+026-01-20T23:58:00Z", None),
            ("", None),
            ("Z", None),
            ("+", None),
        ];
        for (text, seconds) in table {
            let found = Timestamp::parse(text).map(|at| at.seconds);
            assert_eq!(found, seconds, "{text}");
        }
        let decimals = Timestamp::parse("1969-12-31T23:59:59.1234567899Z");
        assert_eq!(decimals.map(Timestamp::nanos), Some(-876_543_211));
    }

    #[test]
    fn durations_are_exact() {
        let table = [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("1s", Some(1_000_000_000)),
            ("1.5h", Some(5_400_000_000_000)),
            ("-1h2m3s4ms5us6ns", Some(-3_723_004_005_006)),
            (".5s", Some(500_000_000)),
            ("1.s", Some(1_000_000_000)),
            ("0.1µs", Some(100)),
            ("1μs", Some(1_000)),
            ("0.9ns", Some(0)),
            (
                "0.333333333333333333333333333333333h",
                Some(1_199_999_999_999),
            ),
            ("9223372036.854775807s", Some(i64::MAX)),
            ("-9223372036.854775808s", Some(i64::MIN)),
            ("9223372036.854775808s", None),
            ("320000000000s", None),
            ("99999999999999999999s", None),
            ("+1m", Some(60_000_000_000)),
            ("1", None),
            ("s", None),
            (".s", None),
            ("1d", None),
            ("1 s", None),
            ("--1s", None),
            ("1s-1s", None),
            ("", None),
            ("-", None),
        ];
        for (text, nanos) in table {
            assert_eq!(Nanos::parse(text).map(|span| span.0), nanos, "{text}");
        }
    }

    #[test]
    fn what_leaves_the_range_is_an_error() {
        let first = Timestamp::parse("0001-01-01T00:00:00Z").expect("a time");
        let last = Timestamp::parse("9999-12-31T23:59:59.999999999Z").expect("a time");
        assert_eq!(first.plus(-1), Err(EvalErrorKind::TimestampRange));
        assert_eq!(last.plus(1), Err(EvalErrorKind::TimestampRange));
        assert_eq!(last.since(first), Err(EvalErrorKind::DurationRange));
        assert_eq!(
            first.plus(1).and_then(|next| next.since(first)),
            Ok(Nanos(1))
        );
        assert_eq!(
            Timestamp::from_millis(i64::MAX),
            last.plus(-999_999).expect("inside")
        );
        assert_eq!(Timestamp::from_millis(i64::MIN), first);
        assert_eq!(
            Timestamp::from_millis(-1).to_string(),
            "1969-12-31T23:59:59.999Z"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            seconds in FIRST_SECOND..=LAST_SECOND,
            nanos in 0_u32..1_000_000_000,
            span: i64,
        ) {
            let at = Timestamp { seconds, nanos };
            prop_assert_eq!(Timestamp::parse(&at.to_string()), Some(at));
            prop_assert_eq!(Timestamp::from_nanos(at.nanos()), Some(at));
            prop_assert_eq!(Nanos::parse(&Nanos(span).to_string()), Some(Nanos(span)));
        }
    }
}

//! Cells as exports write them → values.

use crate::facts::{FactKey, FactSpec, FactType, FactValue, Fen, Moment, ValueError};
use crate::rules::MoneyUnit;

/// What stands in cells that hold nothing.
const EMPTY: [&str; 12] = [
    "/",
    "-",
    "--",
    "—",
    "NULL",
    "null",
    "\\N",
    "None",
    "N/A",
    "0000-00-00 00:00:00",
    "0000-00-00",
    "0001-01-01T00:00:00Z",
];

/// A cell without what protects or pads it: blanks, a leading backtick (WeChat), `="…"` (epay), a
/// leading `'` (formula guard). Empty where it stands for nothing.
#[must_use]
#[inline]
pub fn clean(cell: &str) -> &str {
    let text = trim(cell);
    // Only a few first bytes can be of anything that protects a cell or stands for nothing.
    match text.as_bytes().first() {
        Some(b'`' | b'=' | b'\'' | b'/' | b'-' | b'N' | b'n' | b'\\' | b'0' | 0xe2) => bared(text),
        _ => text,
    }
}

/// A trimmed cell without what protects it.
fn bared(mut text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('`') {
        text = trim(rest);
    }
    if let Some(inner) = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
    {
        text = trim(inner);
    }
    if let Some(rest) = text.strip_prefix('\'')
        && rest.starts_with([
            '=', '+', '-', '@', '\t', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
        ])
    {
        text = trim(rest);
    }
    if text.len() <= 20 && EMPTY.contains(&text) {
        return "";
    }
    // Banks draw a line where a cell is empty.
    if text.starts_with("---") && text.bytes().all(|byte| byte == b'-') {
        return "";
    }
    text
}

#[inline]
fn trim(text: &str) -> &str {
    let bytes = text.as_bytes();
    // Most cells need no trimming: look at their ends only.
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| *byte <= b' ' || *byte >= 0x80);
    if !edge(bytes.first()) && !edge(bytes.last()) {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{3000}'))
}

/// Reads a clean cell as a value of a fact.
///
/// # Errors
/// What was expected and what was found.
pub(super) fn read(
    text: &str,
    spec: &FactSpec,
    unit: MoneyUnit,
    zone: i32,
) -> Result<Option<FactValue>, ValueError> {
    match spec.kind {
        FactType::Money => money(text, unit)
            .map(|fen| Some(FactValue::Money(fen)))
            .ok_or(())
            .or_else(|()| spec.parse(text))
            .and_then(|value| value.map(|value| spec.in_range(value)).transpose()),
        FactType::Time => time(text, zone, spec),
        // Exports count with decimals: `1.0`.
        FactType::Int => spec.parse(text.strip_suffix(".0").unwrap_or(text)),
        _ => spec.parse(text),
    }
}

/// An amount as exports write it, with a note glued on (`100.00(已退款20.00)`). Its sign is that of
/// the movement and does not count here.
pub(super) fn money(text: &str, unit: MoneyUnit) -> Option<Fen> {
    let Fen(fen) = match plain_fen(text) {
        Some(fen) => Fen(fen),
        None => {
            let bare = text.split(['(', '（']).next().unwrap_or(text).trim();
            bare.parse().ok()?
        }
    };
    match unit {
        MoneyUnit::Yuan => Some(Fen(fen)),
        // Whole fen were read as whole yuan.
        MoneyUnit::Fen => (fen % 100 == 0).then_some(Fen(fen / 100)),
    }
}

/// `500.00`, `45.0` and `500`, without a detour.
#[inline]
fn plain_fen(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 15 {
        return None;
    }
    let mut fen = 0i64;
    let mut decimals = None;
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                fen = fen * 10 + i64::from(byte - b'0');
                if let Some(count) = &mut decimals {
                    *count += 1;
                }
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
    }
    match decimals {
        None => Some(fen * 100),
        Some(1) => Some(fen * 10),
        Some(2) => Some(fen),
        _ => None,
    }
}

/// Times in their layouts; those without a zone are of `zone`. Unix 0 is no time.
fn time(text: &str, zone: i32, spec: &FactSpec) -> Result<Option<FactValue>, ValueError> {
    if text.bytes().all(|byte| byte == b'0') {
        return Ok(None);
    }
    if let Some(moment) = instant(text, zone) {
        return Ok(Some(FactValue::Time(moment)));
    }
    // A day without a clock is no instant; windows and midnight must not rely on it.
    if day(text).is_some() {
        return Ok(None);
    }
    spec.parse(text)
}

/// The instant that a cell names.
pub(super) fn instant(text: &str, zone: i32) -> Option<Moment> {
    let moment: Moment = text
        .parse()
        .ok()
        .or_else(|| joined(text))
        .or_else(|| logged(text))?;
    Some(moment.assuming(zone))
}

/// Times as logs write them: `2024-01-02T03:04:05.123+0800`, `2024-01-02 03:04:05,123`, and
/// `1704135965.5`.
fn logged(text: &str) -> Option<Moment> {
    if let Ok(at) = chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(Moment::new(at));
    }
    if text.contains(':') {
        return text.replacen(',', ".", 1).parse().ok();
    }
    let (seconds, fraction) = text.split_once('.')?;
    let is_unix = seconds.len() == 10 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let millis = fraction.get(..3).unwrap_or(fraction);
    is_unix.then(|| format!("{seconds}{millis:0<3}").parse().ok())?
}

/// `20240102 030405` and `2024-1-2 3:04:05`, as joined from two columns.
fn joined(text: &str) -> Option<Moment> {
    let (day, clock) = text.split_once(' ')?;
    let day = self::day(day)?;
    let clock = clock.trim();
    let clock = match clock.len() {
        6 if clock.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}:{}:{}", &clock[..2], &clock[2..4], &clock[4..])
        }
        _ => clock.to_owned(),
    };
    format!("{day} {clock}").parse().ok()
}

/// A day without a clock: `2024-01-02`, `2024/1/2`, `20240102`, `2024年1月2日`; as `2024-01-02`.
pub(super) fn day(text: &str) -> Option<String> {
    let layouts = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d"];
    let found = layouts
        .iter()
        .find_map(|layout| chrono::NaiveDate::parse_from_str(text, layout).ok())?;
    Some(found.format("%Y-%m-%d").to_string())
}

/// The instant or day of a cell, for periods that preambles state.
#[must_use]
pub fn any_instant(text: &str, zone: i32) -> Option<Moment> {
    instant(text, zone).or_else(|| instant(&format!("{} 00:00:00", day(text)?), zone))
}

/// Whether an id was destroyed by a spreadsheet: `4.2E+27`, or fifteen digits and zeros.
pub(super) fn is_destroyed_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let scientific = memchr::memmem::find(bytes, b"E+").is_some()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'E' | b'+'));
    let cut = bytes.len() >= 16 && text.ends_with("00000") && bytes.iter().all(u8::is_ascii_digit);
    scientific || cut
}

/// Facts whose values are ids.
pub(super) const IDS: [&str; 2] = ["order.id", "order.provider_trade_no"];

/// A fact with its declaration, as a converter needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'c> {
    pub key: FactKey,
    pub spec: &'c FactSpec,
    pub is_id: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lose_what_protects_them() {
        for (cell, text) in [
            ("`45.0", "45.0"),
            ("=\"2024010203\"", "2024010203"),
            (" 2019\t", "2019"),
            ("'=1+1", "=1+1"),
            ("'o'clock", "'o'clock"),
            ("/", ""),
            ("\u{3000}充值\u{3000}", "充值"),
            ("0000-00-00 00:00:00", ""),
            ("-------------------", ""),
            ("---a", "---a"),
        ] {
            assert_eq!(clean(cell), text, "{cell}");
        }
    }

    #[test]
    fn amounts_are_exact_in_their_unit() {
        for (text, unit, fen) in [
            ("500.00", MoneyUnit::Yuan, Some(50_000)),
            ("45.0", MoneyUnit::Yuan, Some(4_500)),
            ("¥1,160.00", MoneyUnit::Yuan, Some(116_000)),
            ("100.00(已退款20.00)", MoneyUnit::Yuan, Some(10_000)),
            ("500", MoneyUnit::Fen, Some(500)),
            ("5.5", MoneyUnit::Fen, None),
            ("+12.00", MoneyUnit::Yuan, Some(1_200)),
            ("abc", MoneyUnit::Yuan, None),
        ] {
            assert_eq!(money(text, unit).map(|fen| fen.0), fen, "{text}");
        }
    }

    #[test]
    fn times_are_read_in_the_zone_of_the_file() {
        let china = instant("2024-01-02 08:00:00", 28_800).expect("a time");
        let utc = instant("2024-01-02 00:00:00", 0).expect("a time");
        let own = instant("2024-01-02T00:00:00Z", 28_800).expect("a time");
        assert_eq!(china.millis(), utc.millis());
        assert_eq!(china.millis(), own.millis());
        let split = instant("20240102 080000", 28_800).expect("a time");
        assert_eq!(china.millis(), split.millis());
        assert!(instant("2024-01-02", 28_800).is_none());
        for text in [
            "2024-01-02T08:00:00.000+0800",
            "2024-01-02 08:00:00,000",
            "1704153600.0",
        ] {
            let logged = instant(text, 28_800).expect("a time");
            assert_eq!(china.millis(), logged.millis(), "{text}");
        }
    }

    #[test]
    fn destroyed_ids_are_known() {
        assert!(is_destroyed_id("4.20000E+27"));
        assert!(is_destroyed_id("2024010203040500000"));
        assert!(!is_destroyed_id("2024010203040512345"));
        assert!(!is_destroyed_id("WR2024E+1X"));
    }
}

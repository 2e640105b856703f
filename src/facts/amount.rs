//! Money as it is written by people and exports, read into integer fen.

use thiserror::Error;

/// Money in fen, 1/100 yuan. Never a floating-point number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

impl std::fmt::Display for Fen {
    /// Yuan with two decimals and no unit: `1160.00`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// No number in it.
    #[error("expected an amount in yuan such as 500.00, found `{0}`")]
    NotANumber(String),
    /// More than two decimals that are not zero.
    #[error("expected at most two decimals (1/100 yuan), found `{0}`")]
    TooFine(String),
    /// Does not fit 64 bits of fen.
    #[error("expected an amount below 92,233,720,368,547,758 yuan, found `{0}`")]
    TooLarge(String),
}

impl std::str::FromStr for Fen {
    type Err = AmountError;

    /// Reads yuan: `500`, `45.0`, `1,160.00元`, `￥5`, `CNY 30`, `-3.50`, also in full-width digits.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let wrong = || AmountError::NotANumber(text.to_owned());
        let half: String = text.chars().map(half_width).collect();
        let bare = strip_unit(half.trim());
        let (negative, digits) = match bare.as_bytes().first() {
            Some(b'-') => (true, bare[1..].trim_start()),
            Some(b'+') => (false, bare[1..].trim_start()),
            _ => (false, bare),
        };
        let digits = strip_unit(digits);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = without_thousands(whole).ok_or_else(wrong)?;
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(&whole) || !all_digits(fraction)
        {
            return Err(wrong());
        }
        if fraction.len() > 2 && fraction[2..].bytes().any(|b| b != b'0') {
            return Err(AmountError::TooFine(text.to_owned()));
        }
        let fen = fen_of(&whole, fraction).ok_or_else(|| AmountError::TooLarge(text.to_owned()))?;
        Ok(Self(if negative { -fen } else { fen }))
    }
}

fn fen_of(whole: &str, fraction: &str) -> Option<i64> {
    let yuan: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut cents = fraction.bytes().chain(*b"00").map(|b| i64::from(b - b'0'));
    let fen = cents.next()? * 10 + cents.next()?;
    yuan.checked_mul(100)?.checked_add(fen)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Removes thousands commas; they must stand between groups of three.
fn without_thousands(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let regular = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    regular.then(|| whole.replace(',', ""))
}

/// Currency signs and words that may stand before or after an amount in yuan.
const UNITS: [&str; 9] = ["¥", "RMB", "CNY", "rmb", "cny", "人民币", "元", "圆", "块"];

fn strip_unit(text: &str) -> &str {
    let mut text = text.trim();
    for unit in UNITS {
        text = text.strip_prefix(unit).unwrap_or(text).trim_start();
        text = text.strip_suffix(unit).unwrap_or(text).trim_end();
    }
    text
}

/// Half-width form of full-width digits, letters and signs (U+FF01 to U+FF5E), `￥` and the ideographic space.
#[must_use]
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '￥' => '¥',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFF01 + 0x21).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, fen) in [
            ("500", 50_000),
            ("500.00", 50_000),
            ("45.0", 4_500),
            ("1,160.00元", 116_000),
            ("￥5", 500),
            ("¥ 5.5", 550),
            ("５０", 5_000),
            ("CNY 30.10", 3_010),
            ("-3.50", -350),
            (".5", 50),
            ("98.7000", 9_870),
            ("+12", 1_200),
            ("-¥3", -300),
            ("92233720368547758.07", i64::MAX),
        ] {
            assert_eq!(text.parse(), Ok(Fen(fen)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_an_exact_amount() {
        for text in [
            "", "元", "abc", "1.2.3", "1,16", "12,34.00", "1e3", "--1", ".", "NaN",
        ] {
            assert!(
                matches!(text.parse::<Fen>(), Err(AmountError::NotANumber(_))),
                "{text}"
            );
        }
        assert!(matches!(
            "1.005".parse::<Fen>(),
            Err(AmountError::TooFine(_))
        ));
        assert!(matches!(
            "92233720368547759".parse::<Fen>(),
            Err(AmountError::TooLarge(_))
        ));
    }

    #[test]
    fn prints_two_decimals() {
        assert_eq!(Fen(116_000).to_string(), "1160.00");
        assert_eq!(Fen(-5).to_string(), "-0.05");
        assert_eq!(Fen(i64::MIN).to_string(), "-92233720368547758.08");
    }
}

//! Numbers in text: 50, 1,160.00, 五十, 一百二, 两万, 3k.

use std::ops::Range;

/// A number in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Its bytes in the text, with a 万 or k behind it.
    pub bytes: Range<usize>,
    /// Its value in hundredths.
    pub hundredths: i64,
    /// Digits as they stand, where it is written in digits.
    pub digits: Option<String>,
}

impl Number {
    /// The value, where it is a whole number.
    pub(super) fn whole(&self) -> Option<i64> {
        (self.hundredths % 100 == 0).then_some(self.hundredths / 100)
    }
}

/// All numbers of a text, in order.
pub(super) fn numbers(text: &str) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let found = if c.is_ascii_digit() {
            in_digits(text, at)
        } else if digit(c).is_some() || c == '十' {
            in_words(text, at)
        } else {
            None
        };
        match found {
            Some(number) => {
                at = number.bytes.end;
                numbers.push(number);
            }
            None => at += c.len_utf8(),
        }
    }
    numbers
}

/// More digits than this are a number of an order or an account, not a quantity.
const LONGEST: usize = 9;

fn in_digits(text: &str, start: usize) -> Option<Number> {
    let rest = &text[start..];
    let mut end = 0;
    let bytes = rest.as_bytes();
    while end < bytes.len() {
        let inside = bytes[end].is_ascii_digit()
            || (matches!(bytes[end], b'.' | b',')
                && bytes.get(end + 1).is_some_and(u8::is_ascii_digit));
        if !inside {
            break;
        }
        end += 1;
    }
    let digits = &rest[..end];
    let plain = digits.replace(',', "");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let too_long = whole.len() > LONGEST || fraction.contains('.');
    let value = |text: &str| text.parse::<i64>().ok();
    let cents = value(
        &format!("{fraction:0<2}")
            .chars()
            .take(2)
            .collect::<String>(),
    );
    let hundredths = if too_long {
        None
    } else {
        value(whole)
            .zip(cents)
            .map(|(whole, cents)| whole * 100 + cents)
    };
    let (hundredths, end) = scaled(rest, end, hundredths.unwrap_or(-1));
    Some(Number {
        bytes: start..start + end,
        hundredths,
        digits: Some(digits.to_owned()),
    })
}

/// A 万, 千, k or w behind digits multiplies.
fn scaled(rest: &str, end: usize, hundredths: i64) -> (i64, usize) {
    let Some(c) = rest[end..].chars().next() else {
        return (hundredths, end);
    };
    let behind = rest[end + c.len_utf8()..].chars().next();
    let word_goes_on = behind.is_some_and(|c| c.is_ascii_alphanumeric());
    let factor = match c {
        '万' => 10_000,
        '千' => 1_000,
        '百' => 100,
        'k' if !word_goes_on => 1_000,
        'w' if !word_goes_on => 10_000,
        _ => return (hundredths, end),
    };
    (hundredths.saturating_mul(factor), end + c.len_utf8())
}

fn digit(c: char) -> Option<i64> {
    "零一二三四五六七八九"
        .chars()
        .position(|known| known == c)
        .and_then(|at| i64::try_from(at).ok())
        .or(match c {
            '〇' => Some(0),
            '两' | '俩' => Some(2),
            '仨' => Some(3),
            _ => None,
        })
}

/// Chinese numerals up to 99,999,999, also with the last unit left out: 一百二 is 120.
fn in_words(text: &str, start: usize) -> Option<Number> {
    let (mut total, mut section, mut pending, mut last_unit) = (0_i64, 0_i64, None, 1_i64);
    let mut end = start;
    for c in text[start..].chars() {
        if let Some(value) = digit(c) {
            if pending.is_some_and(|pending| pending != 0) {
                // Two digits in a row are spelt out, not counted: 一二三.
                break;
            }
            pending = Some(value);
            if value == 0 {
                last_unit = 1;
            }
        } else {
            let unit = match c {
                '十' => 10,
                '百' => 100,
                '千' => 1_000,
                '万' => 10_000,
                _ => break,
            };
            if unit == 10_000 {
                total = (section + pending.take().unwrap_or(0)).max(1) * unit;
                section = 0;
            } else {
                section += pending.take().unwrap_or(1) * unit;
            }
            last_unit = unit;
        }
        end += c.len_utf8();
    }
    let rest = pending.unwrap_or(0);
    let shortened = last_unit >= 100 && rest > 0;
    let value = total
        + section
        + if shortened {
            rest * last_unit / 10
        } else {
            rest
        };
    (end > start).then(|| Number {
        bytes: start..end,
        hundredths: value * 100,
        digits: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("50", 5_000),
            ("1,160.00", 116_000),
            ("45.5", 4_550),
            ("3k", 300_000),
            ("2千", 200_000),
            ("1.5万", 1_500_000),
            ("五十", 5_000),
            ("十二", 1_200),
            ("一百二", 12_000),
            ("一百零二", 10_200),
            ("两千", 200_000),
            ("一万五", 1_500_000),
            ("三百五十六", 35_600),
        ] {
            let found = numbers(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(
                (found[0].hundredths, found[0].bytes.clone()),
                (expected, 0..text.len()),
                "{text}"
            );
        }
        assert_eq!(numbers("没有").len(), 0);
        assert_eq!(numbers("20240618223015")[0].hundredths, -1);
    }
}

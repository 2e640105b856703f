//! What literals mean: escapes in texts, digits of numbers; and how values are written as literals.

use std::fmt::Write as _;
use std::ops::Range;

use super::lex::{quote, text_prefix};

/// Something wrong inside a literal: where, in bytes from its start, and what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: Range<usize>,
    pub(super) message: String,
}

/// The text that a closed literal stands for, with prefix and quotes.
pub(super) fn text(literal: &str) -> Result<String, Malformed> {
    let prefix = text_prefix(literal);
    let (skip, raw) = prefix.map_or((0, false), |prefix| (prefix.length, prefix.raw));
    let quote = quote(&literal[skip..]).len();
    let start = skip + quote;
    let inside = literal
        .get(start..literal.len().saturating_sub(quote))
        .unwrap_or_default();
    if raw {
        return Ok(inside.to_owned());
    }
    unescape(inside).map_err(|error| Malformed {
        at: start + error.at.start..start + error.at.end,
        message: error.message,
    })
}

fn unescape(inside: &str) -> Result<String, Malformed> {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let place = inside.len() - rest.len() + at;
        let (value, length) = escape(&rest[at..]).map_err(|(length, message)| Malformed {
            at: place..place + length,
            message,
        })?;
        text.push(value);
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    Ok(text)
}

/// The character of the escape at the start of `source`, and the length of the escape.
fn escape(source: &str) -> Result<(char, usize), (usize, String)> {
    let letter = source.chars().nth(1).unwrap_or_default();
    let value = match letter {
        '\\' | '?' | '"' | '\'' | '`' => letter,
        'a' => '\u{07}',
        'b' => '\u{08}',
        'f' => '\u{0c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{0b}',
        'x' | 'X' => return coded(source, 2, 2, 16),
        'u' => return coded(source, 2, 4, 16),
        'U' => return coded(source, 2, 8, 16),
        '0'..='3' => return coded(source, 1, 3, 8),
        other => {
            let message = format!(
                "expected an escape of CEL, found `\\{}`",
                other.escape_debug()
            );
            return Err((1 + other.len_utf8(), message));
        }
    };
    Ok((value, 2))
}

/// An escape that gives a code point by `digits` digits.
fn coded(
    source: &str,
    skip: usize,
    digits: usize,
    base: u32,
) -> Result<(char, usize), (usize, String)> {
    let found: String = source.chars().skip(skip).take(digits).collect();
    let length = skip + found.len();
    // `from_str_radix` would also take a sign.
    if found.len() != digits || !found.chars().all(|digit| digit.is_digit(base)) {
        let message = format!("expected {digits} digits of base {base} after `\\`");
        return Err((length, message));
    }
    let code = u32::from_str_radix(&found, base).unwrap_or(u32::MAX);
    match char::from_u32(code) {
        Some(value) => Ok((value, length)),
        None => Err((
            length,
            format!("expected a code point of Unicode, found {code:#x}"),
        )),
    }
}

/// The value of a whole number, decimal or hexadecimal, with its sign.
pub(super) fn int(literal: &str, negative: bool) -> Option<i64> {
    let magnitude = match literal.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => literal.parse().ok()?,
    };
    if negative {
        0_i64.checked_sub_unsigned(magnitude)
    } else {
        i64::try_from(magnitude).ok()
    }
}

/// The value of a number with its sign; none where it is too large for 64 bits.
pub(super) fn double(literal: &str, negative: bool) -> Option<f64> {
    let magnitude: f64 = literal.parse().ok()?;
    magnitude
        .is_finite()
        .then_some(if negative { -magnitude } else { magnitude })
}

/// A text as a literal in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for found in text.chars() {
        match found {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(literal, "\\u{:04x}", u32::from(control));
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_mean_what_the_language_definition_says() {
        let table = [
            (r"' \\ \? \' \` '", " \\ ? ' ` "),
            (r#"" \" ""#, " \" "),
            (r"'\a\b\f\n\r\t\v'", "\u{7}\u{8}\u{c}\n\r\t\u{b}"),
            (r"'\x4a\X4B\303\277\377\000'", "JKÃ¿ÿ\0"),
            (r"'\u0100\u01aB\U0001F62C'", "Āƫ😬"),
            (r"r'\n\x\'", r"\n\x\"),
            (r#"R"""\""""#, r"\"),
            ("'''a'b\r\n'''", "a'b\r\n"),
            ("'''x''x'''", "x''x"),
            ("''", ""),
            ("''''''", ""),
            ("'充值'", "充值"),
        ];
        for (literal, value) in table {
            assert_eq!(text(literal).as_deref(), Ok(value), "{literal}");
        }
    }

    #[test]
    fn malformed_escapes_are_pointed_at() {
        let table = [
            (r"'ab\q'", 3..5),
            (r"'\x4'", 1..4),
            (r"'\u12g4'", 1..7),
            (r"'\u+123'", 1..7),
            (r"'\ud83d'", 1..7),
            (r"'\U00110000'", 1..11),
            (r"'\400'", 1..3),
            (r"'\08'", 1..4),
            (r"'''\充'''", 3..7),
        ];
        for (literal, at) in table {
            assert_eq!(
                text(literal).map_err(|e| e.at),
                Err(at.clone()),
                "{literal}"
            );
            assert!(literal.get(at).is_some(), "{literal}");
        }
    }

    #[test]
    fn numbers_have_their_limits() {
        assert_eq!(int("9223372036854775807", false), Some(i64::MAX));
        assert_eq!(int("9223372036854775808", false), None);
        assert_eq!(int("9223372036854775808", true), Some(i64::MIN));
        assert_eq!(int("0x8000000000000000", true), Some(i64::MIN));
        assert_eq!(int("9223372036854775809", true), None);
        assert_eq!(int("0xfF", false), Some(255));
        assert_eq!(int("007", false), Some(7));
        assert_eq!(double(".5e1", true), Some(-5.0));
        assert_eq!(double("1e999", false), None);
    }

    proptest! {
        #[test]
        fn quoting_and_reading_give_the_text_back(value in any::<String>()) {
            prop_assert_eq!(text(&quoted(&value)), Ok(value));
        }
    }
}

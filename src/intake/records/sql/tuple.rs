//! Tuples → cells.

use memchr::memchr2;

use super::super::{Cells, Reject};
use super::scan::{Stop, Window, skip_blanks, string_end, wordy};
use super::walk::tuple;

/// Takes one tuple apart, `('1', NULL, 'it''s', 0x41)`; the n-th value belongs to column n. `NULL`
/// is an empty cell; what is neither string nor number keeps its text.
///
/// # Errors
/// What is wrong with it.
pub fn split_tuple(text: &str, cells: &mut Cells) -> Result<(), Reject> {
    let bytes = text.as_bytes();
    let window = Window::new(bytes, true);
    if bytes.first() != Some(&b'(') {
        return Err(Reject::Sql("found no opening parenthesis".to_owned()));
    }
    let mut made = String::new();
    let mut column = 0usize;
    let found = tuple(window, 0, |start, end| {
        // A tuple has fewer values than a column can be numbered, or it is rejected below.
        let number = u16::try_from(column).unwrap_or(u16::MAX);
        value(text, start, end, number, &mut made, cells);
        column += 1;
    });
    let found = found.map_err(|stop| match stop {
        Stop::Bad(found) => Reject::Sql(found.to_owned()),
        Stop::End | Stop::More | Stop::Long => Reject::Cut,
    })?;
    if found.values > usize::from(u16::MAX) {
        return Err(Reject::Sql("found too many values".to_owned()));
    }
    if skip_blanks(window, found.end) < bytes.len() {
        return Err(Reject::Sql(
            "found text after its last parenthesis".to_owned(),
        ));
    }
    Ok(())
}

/// One value, as a cell.
fn value(text: &str, start: usize, end: usize, column: u16, made: &mut String, cells: &mut Cells) {
    let value = &text[start..end];
    if value.eq_ignore_ascii_case("NULL") {
        cells.push(column, start, start);
        return;
    }
    if let Some(hex) = hex_digits(value) {
        match hex_text(hex) {
            Some(text) => cells.make(column, &text),
            None => cells.push(column, start, end),
        }
        return;
    }
    let Some((open, close)) = string_in(value) else {
        cells.push(column, start, end);
        return;
    };
    let quote = value.as_bytes()[open];
    let inner = &value[open + 1..close];
    if memchr2(quote, b'\\', inner.as_bytes()).is_none() {
        cells.push(column, start + open + 1, start + close);
    } else {
        made.clear();
        unescape(inner, char::from(quote), made);
        cells.make(column, made);
    }
}

/// Where the quotes of a value that is but a string stand; what says of which kind it is may come
/// before (`_binary '…'`, `N'…'`) or after (`'…'::jsonb`).
fn string_in(value: &str) -> Option<(usize, usize)> {
    let bytes = value.as_bytes();
    let open = memchr2(b'\'', b'"', bytes)?;
    let before = value[..open].trim_ascii_end();
    let introduced = before.starts_with('_') && before.bytes().all(wordy)
        || ["", "N", "E", "DATE", "TIME", "TIMESTAMP"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(before));
    if !introduced {
        return None;
    }
    let end = string_end(Window::new(bytes, true), open).ok()?;
    (end == bytes.len() || bytes[end..].starts_with(b"::")).then_some((open, end - 1))
}

/// The digits of `0x41` or `X'41'`.
fn hex_digits(value: &str) -> Option<&str> {
    let value = match value.strip_prefix("_binary") {
        Some(rest) => rest.trim_ascii_start(),
        None => value,
    };
    let digits = if let Some(digits) = value.strip_prefix("0x") {
        digits
    } else {
        value
            .strip_prefix(['x', 'X'])?
            .strip_prefix('\'')?
            .strip_suffix('\'')?
    };
    let all = digits.len().is_multiple_of(2) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then_some(digits)
}

/// The text that hexadecimal digits stand for, if it is text: dumps write binary columns so.
fn hex_text(digits: &str) -> Option<String> {
    let nibble = |byte: u8| char::from(byte).to_digit(16);
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::try_from(nibble(pair[0])? * 16 + nibble(pair[1])?).ok())
        .collect();
    let text = String::from_utf8(bytes?).ok()?;
    let printable = |char: char| !char.is_control() || matches!(char, '\n' | '\r' | '\t');
    text.chars().all(printable).then_some(text)
}

/// Undoes the escapes of MySQL.
pub(super) fn unescape(inner: &str, quote: char, into: &mut String) {
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        if char == quote {
            // Doubled.
            chars.next();
            into.push(quote);
        } else if char != '\\' {
            into.push(char);
        } else {
            match chars.next() {
                Some('n') => into.push('\n'),
                Some('t') => into.push('\t'),
                Some('r') => into.push('\r'),
                Some('0') => into.push('\0'),
                Some('b') => into.push('\u{8}'),
                Some('Z') => into.push('\u{1a}'),
                // These stay as they are, for LIKE.
                Some(wild @ ('%' | '_')) => into.extend(['\\', wild]),
                Some(other) => into.push(other),
                None => into.push('\\'),
            }
        }
    }
}

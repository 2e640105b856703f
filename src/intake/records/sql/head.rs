//! What an `INSERT` says before its first tuple.

use super::scan::{Scan, Stop, Window, is_any, skip_space, string_end, word, wordy};
use super::{SqlSection, text};

/// The head of an `INSERT`.
pub(super) enum Head {
    /// Tuples follow.
    Values { section: SqlSection, end: usize },
    /// A `SELECT`, or another form without tuples.
    Other(usize),
}

const NO_HEAD: Stop = Stop::Bad("found an INSERT without table and VALUES");

/// The head of an `INSERT`, after that word.
pub(super) fn head(window: Window<'_>, after: usize) -> Scan<Head> {
    let modifiers = [
        "INTO",
        "IGNORE",
        "LOW_PRIORITY",
        "HIGH_PRIORITY",
        "DELAYED",
        "OR",
        "REPLACE",
        "ABORT",
        "FAIL",
        "ROLLBACK",
    ];
    let mut at = skip_space(window, after)?;
    loop {
        let (word, end) = word(window, at)?;
        if !is_any(word, &modifiers) {
            break;
        }
        at = skip_space(window, end)?;
    }
    let (mut table, mut at) = name(window, at)?;
    while window.byte(at)? == b'.' {
        (table, at) = name(window, at + 1)?;
    }
    at = skip_space(window, at)?;
    let mut columns = None;
    if window.byte(at)? == b'(' {
        match column_names(window, at)? {
            Some((names, end)) => {
                columns = Some(names);
                at = skip_space(window, end)?;
            }
            None => return Ok(Head::Other(at)),
        }
    }
    loop {
        let (word, end) = word(window, at)?;
        if is_any(word, &["VALUES", "VALUE"]) {
            let section = SqlSection { table, columns };
            return Ok(Head::Values { section, end });
        }
        if is_any(word, &["SELECT", "WITH", "SET", "TABLE", "DEFAULT"]) {
            return Ok(Head::Other(end));
        }
        if !is_any(word, &["OVERRIDING", "SYSTEM", "USER", "VALUE"]) {
            return Err(NO_HEAD);
        }
        at = skip_space(window, end)?;
    }
}

/// The columns in parentheses at `at`; none where a query stands in them.
fn column_names(window: Window<'_>, at: usize) -> Scan<Option<(Vec<String>, usize)>> {
    let mut names = Vec::new();
    let mut at = skip_space(window, at + 1)?;
    if is_any(word(window, at)?.0, &["SELECT", "WITH"]) {
        return Ok(None);
    }
    loop {
        let (found, end) = name(window, at)?;
        names.push(found);
        at = skip_space(window, end)?;
        match window.byte(at)? {
            b',' => at = skip_space(window, at + 1)?,
            b')' => return Ok(Some((names, at + 1))),
            _ => return Err(NO_HEAD),
        }
    }
}

/// The name at `at`, without its quotes, and where it ends.
pub(super) fn name(window: Window<'_>, at: usize) -> Scan<(String, usize)> {
    let quote = match window.byte(at)? {
        quote @ (b'`' | b'"' | b'\'') => quote,
        b'[' => b']',
        byte if wordy(byte) || !byte.is_ascii() => {
            let rest = &window.bytes[at..];
            let end = rest
                .iter()
                .position(|byte| (!wordy(*byte) || *byte == b'.') && byte.is_ascii())
                .map_or(window.bytes.len(), |length| at + length);
            window.peek(end)?;
            return Ok((text(&window.bytes[at..end]), end));
        }
        _ => return Err(NO_HEAD),
    };
    let end = if quote == b']' {
        let length = memchr::memchr(b']', &window.bytes[at..]).ok_or(window.stop)?;
        at + length + 1
    } else {
        string_end(window, at)?
    };
    let inner = text(&window.bytes[at + 1..end - 1]);
    if inner.contains('\n') {
        return Err(NO_HEAD);
    }
    let quote = char::from(quote);
    let doubled = String::from_iter([quote, quote]);
    Ok((inner.replace(&doubled, &String::from(quote)), end))
}

//! Where strings, comments, words and lines end, in bytes that may go on. Nothing is decided before
//! the bytes that decide it are there, so that where a file is cut into windows changes nothing.

use memchr::{memchr, memchr2, memmem};

/// Why a scan gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes that decide it are not there yet.
    More,
    /// The file ends inside.
    End,
    /// Longer than any record.
    Long,
    /// What was found instead.
    Bad(&'static str),
}

pub(super) type Scan<T> = Result<T, Stop>;

/// The bytes that are there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'b> {
    pub bytes: &'b [u8],
    /// What it means to come to their end.
    pub stop: Stop,
}

impl<'b> Window<'b> {
    /// All of them; `last` where the file ends with them.
    pub(super) fn new(bytes: &'b [u8], last: bool) -> Self {
        let stop = if last { Stop::End } else { Stop::More };
        Self { bytes, stop }
    }

    /// Not further than `length` bytes from `start`.
    pub(super) fn at_most(self, start: usize, length: usize) -> Self {
        match self.bytes.get(..start.saturating_add(length)) {
            Some(bytes) => Self {
                bytes,
                stop: Stop::Long,
            },
            None => self,
        }
    }

    /// A byte that must be there.
    pub(super) fn byte(self, at: usize) -> Scan<u8> {
        self.bytes.get(at).copied().ok_or(self.stop)
    }

    /// A byte that need not be there: none at the end of the file.
    pub(super) fn peek(self, at: usize) -> Scan<Option<u8>> {
        match self.byte(at) {
            Ok(byte) => Ok(Some(byte)),
            Err(Stop::End) => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    pub(super) fn rest(self, at: usize) -> &'b [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }
}

pub(super) fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

/// Part of an unquoted name, number or keyword.
pub(super) fn wordy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b'@')
}

/// Passes over blanks.
pub(super) fn skip_blanks(window: Window<'_>, at: usize) -> usize {
    let rest = window.rest(at);
    let found = rest.iter().position(|byte| !blank(*byte));
    at + found.unwrap_or(rest.len())
}

/// Where what stands in quotes ends, after the closing one; `open` is where the opening one stands.
pub(super) fn string_end(window: Window<'_>, open: usize) -> Scan<usize> {
    let quote = window.byte(open)?;
    let mut at = open + 1;
    loop {
        let found = at + memchr2(quote, b'\\', window.rest(at)).ok_or(window.stop)?;
        if window.bytes[found] == quote {
            if window.peek(found + 1)? != Some(quote) {
                return Ok(found + 1);
            }
            at = found + 2;
        } else if quote != b'`' && escapes(&window.bytes[at..found]) {
            at = found + 2;
        } else {
            at = found + 1;
        }
    }
}

/// Whether a backslash after these bytes is one. In GB18030 it can be the second half of a
/// character: `誠` is D5 5C. `before` begins between two characters.
pub(super) fn escapes(before: &[u8]) -> bool {
    if before.last().is_none_or(u8::is_ascii) {
        return true;
    }
    let run = before
        .iter()
        .rposition(u8::is_ascii)
        .map_or(0, |ascii| ascii + 1);
    std::str::from_utf8(&before[run..]).is_ok() || !half_character(before)
}

/// Whether GB18030 bytes end in the first half of a character.
fn half_character(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        let lead = (0x81..=0xfe).contains(&bytes[at]);
        at += match bytes.get(at + 1) {
            _ if !lead => 1,
            None => return true,
            Some(b'0'..=b'9') => 4,
            Some(_) => 2,
        };
    }
    false
}

/// Where the comment that begins at `at` ends; none where none does. What `/*! … */` encloses is no
/// comment: only its opener is one.
pub(super) fn comment_end(window: Window<'_>, at: usize) -> Scan<Option<usize>> {
    match window.byte(at)? {
        b'#' => line_end(window, at).map(Some),
        b'-' if window.peek(at + 1)? == Some(b'-') => match window.peek(at + 2)? {
            Some(byte) if !blank(byte) && byte != b'-' => Ok(None),
            _ => line_end(window, at).map(Some),
        },
        b'/' if window.peek(at + 1)? == Some(b'*') => {
            if let Some(inside) = hint(window, at)? {
                return Ok(Some(inside));
            }
            let end = memmem::find(window.rest(at + 2), b"*/").ok_or(window.stop)?;
            Ok(Some(at + 2 + end + 2))
        }
        b'*' if window.peek(at + 1)? == Some(b'/') => Ok(Some(at + 2)),
        _ => Ok(None),
    }
}

/// Where the inside of `/*!40101 … */` or `/*M!100100 … */` begins.
pub(super) fn hint(window: Window<'_>, at: usize) -> Scan<Option<usize>> {
    let mut inside = at + 2;
    if window.peek(inside)? == Some(b'M') {
        inside += 1;
    }
    if window.peek(inside)? != Some(b'!') {
        return Ok(None);
    }
    inside += 1;
    while window
        .peek(inside)?
        .is_some_and(|byte| byte.is_ascii_digit())
    {
        inside += 1;
    }
    // MariaDB begins dumps with `/*M!999999\- enable the sandbox mode */`, for its client.
    Ok((window.peek(inside)? != Some(b'\\')).then_some(inside))
}

/// Where the line ends, before its line feed.
pub(super) fn line_end(window: Window<'_>, at: usize) -> Scan<usize> {
    match memchr(b'\n', window.rest(at)) {
        Some(length) => Ok(at + length),
        None if window.stop == Stop::End => Ok(window.bytes.len()),
        None => Err(window.stop),
    }
}

/// Passes over blanks and comments.
pub(super) fn skip_space(window: Window<'_>, mut at: usize) -> Scan<usize> {
    loop {
        at = skip_blanks(window, at);
        if window.peek(at)?.is_none() {
            return Ok(at);
        }
        match comment_end(window, at)? {
            Some(end) => at = end,
            None => return Ok(at),
        }
    }
}

/// The unquoted word at `at`, which may be empty, and where it ends.
pub(super) fn word<'b>(window: Window<'b>, at: usize) -> Scan<(&'b [u8], usize)> {
    let rest = window.rest(at);
    let length = rest
        .iter()
        .position(|byte| !wordy(*byte) && byte.is_ascii())
        .unwrap_or(rest.len());
    window.peek(at + length)?;
    Ok((&rest[..length], at + length))
}

/// Whether a word is one of these, whatever its case.
pub(super) fn is_any(word: &[u8], of: &[&str]) -> bool {
    of.iter()
        .any(|one| one.as_bytes().eq_ignore_ascii_case(word))
}

/// What statements begin with, and what may follow where a line is to be taken for one though a
/// string may be open: text begins with such words too.
const STATEMENTS: [(&str, &[&str]); 9] = [
    (
        "INSERT",
        &[
            "INTO",
            "IGNORE",
            "OR",
            "DELAYED",
            "LOW_PRIORITY",
            "HIGH_PRIORITY",
        ],
    ),
    ("REPLACE", &["INTO"]),
    (
        "CREATE",
        &["TABLE", "DATABASE", "UNIQUE", "INDEX", "VIEW", "SCHEMA"],
    ),
    ("DROP", &["TABLE", "DATABASE", "VIEW", "INDEX", "SCHEMA"]),
    ("ALTER", &["TABLE", "DATABASE"]),
    ("LOCK", &["TABLES"]),
    ("UNLOCK", &["TABLES"]),
    ("SET", &["NAMES", "FOREIGN_KEY_CHECKS", "TIME_ZONE"]),
    ("START", &["TRANSACTION"]),
];

/// Whether a line surely begins a statement. `at` is where it begins, or a blank in it.
pub(super) fn begins_statement(window: Window<'_>, at: usize) -> Scan<bool> {
    let start = match line_start(window, at)? {
        Some(start) => start,
        None => return Ok(false),
    };
    if !b"IRCDALUSirdcalus".contains(&window.bytes[start]) {
        return Ok(false);
    }
    let window = window.at_most(start, 64);
    let found = word(window, start).and_then(|(first, end)| {
        let Some((_, seconds)) = STATEMENTS.iter().find(|(name, _)| is_any(first, &[name])) else {
            return Ok(false);
        };
        let next = skip_blanks(window, end);
        let (second, _) = word(window, next)?;
        let quoted = matches!(window.peek(next)?, Some(b'`' | b'[' | b'@'));
        Ok(next > end && (quoted || is_any(second, seconds)))
    });
    match found {
        Err(Stop::Long) => Ok(false),
        other => other,
    }
}

/// Where the text of a line begins; none where it is blank.
fn line_start(window: Window<'_>, at: usize) -> Scan<Option<usize>> {
    let mut start = at;
    while matches!(window.peek(start)?, Some(b' ' | b'\t' | b'\r')) {
        start += 1;
    }
    Ok(window
        .peek(start)?
        .filter(|byte| *byte != b'\n')
        .map(|_| start))
}

/// The first line after `start` that begins with a tuple or a statement; the end of the file where
/// there is none.
pub(super) fn next_line(window: Window<'_>, start: usize) -> Scan<usize> {
    let mut at = start;
    loop {
        let Some(length) = memchr(b'\n', window.rest(at)) else {
            return match window.stop {
                Stop::End => Ok(window.bytes.len()),
                stop => Err(stop),
            };
        };
        at += length + 1;
        if let Some(text) = line_start(window, at)?
            && (opens_tuple_or_hint(window, text)? || begins_statement(window, text)?)
        {
            return Ok(at);
        }
    }
}

/// mysqldump ends the rows of a table with `/*!40000 ALTER TABLE … */`.
fn opens_tuple_or_hint(window: Window<'_>, at: usize) -> Scan<bool> {
    Ok(match window.bytes[at] {
        b'(' => true,
        b'/' => window.peek(at + 1)? == Some(b'*') && hint(window, at)?.is_some(),
        _ => false,
    })
}

/// What statements begin with, beside those that are read. A word that is none of these is damage:
/// what follows may be the rest of an `INSERT`.
pub(super) const OTHERS: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "BINLOG",
    "CALL",
    "CHANGE",
    "CHECK",
    "COMMIT",
    "COPY",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DETACH",
    "DO",
    "DROP",
    "END",
    "EXEC",
    "EXECUTE",
    "FLUSH",
    "GO",
    "GRANT",
    "IF",
    "KILL",
    "LOCK",
    "MERGE",
    "OPTIMIZE",
    "PARTITION",
    "PRAGMA",
    "PREPARE",
    "PRINT",
    "PURGE",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPAIR",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SHOW",
    "START",
    "TRUNCATE",
    "UNLOCK",
    "UPDATE",
    "USE",
    "VACUUM",
    "WITH",
    "XA",
];

//! Lines that programs log, and the lines that belong to them.

use std::borrow::Cow;

use memchr::memchr;
use regex::{Captures, Match, Regex};

use super::chunk::Next;
use super::{Cells, Reject};

/// The shape of the first line of a record.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// Its regular expression.
    pub shape: Regex,
}

impl PartialEq for LogLine {
    fn eq(&self, other: &Self) -> bool {
        self.shape.as_str() == other.shape.as_str()
    }
}

impl Eq for LogLine {}

/// How many bytes of lines may belong to a first line. Stack traces are shorter; what is longer is a
/// log of another shape.
const LONGEST_TRAIL: usize = 64 << 10;

impl LogLine {
    /// The next record: a line of this shape and what follows up to the next one.
    pub(super) fn next(&self, bytes: &[u8], at: usize, last: bool) -> Next {
        let Some((end, next)) = line(bytes, at, last) else {
            return Next::More;
        };
        let first = &bytes[at..end];
        if first.iter().all(u8::is_ascii_whitespace) {
            return Next::Skip(next);
        }
        if !self.fits(first) {
            return Next::Record {
                start: at,
                end,
                next,
                reject: Some(Reject::Line),
            };
        }
        self.trail(bytes, at, (end, next), last)
    }

    /// The record whose first line is there, with the lines that belong to it.
    fn trail(&self, bytes: &[u8], start: usize, first: (usize, usize), last: bool) -> Next {
        let (mut end, begin) = first;
        let mut at = begin;
        while at < bytes.len() {
            let found = line(bytes, at, last);
            // Told by bytes that are surely there, so that windows change nothing.
            if found.map_or(bytes.len(), |(end, _)| end) - begin > LONGEST_TRAIL {
                break;
            }
            let Some((text, next)) = found else {
                return Next::More;
            };
            let found = &bytes[at..text];
            if self.fits(found) {
                break;
            }
            if !found.iter().all(u8::is_ascii_whitespace) {
                end = text;
            }
            at = next;
        }
        if at == bytes.len() && !last {
            return Next::More;
        }
        Next::Record {
            start,
            end,
            next: at,
            reject: None,
        }
    }

    /// Whether a line has this shape.
    fn fits(&self, line: &[u8]) -> bool {
        self.shape.is_match(&plain(&String::from_utf8_lossy(line)))
    }
}

/// Where the text of a line ends, and where the next begins; none where its end is not there yet.
fn line(bytes: &[u8], at: usize, last: bool) -> Option<(usize, usize)> {
    let (end, next) = match memchr(b'\n', &bytes[at..]) {
        Some(length) => (at + length, at + length + 1),
        None if last => (bytes.len(), bytes.len()),
        None => return None,
    };
    let end = if bytes[at..end].ends_with(b"\r") {
        end - 1
    } else {
        end
    };
    Some((end, next))
}

/// A text without the escapes that colour terminals (`\x1b[31m`).
fn plain(text: &str) -> Cow<'_, str> {
    if memchr(ESCAPE, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(ESCAPE, rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        rest = match after.strip_prefix('[') {
            Some(sequence) => after_sequence(sequence),
            None => after,
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

const ESCAPE: u8 = 0x1b;

/// What follows a control sequence: parameters, then one final byte.
fn after_sequence(sequence: &str) -> &str {
    let length = sequence
        .bytes()
        .take_while(|byte| (0x20..=0x3f).contains(byte))
        .count();
    let rest = &sequence[length..];
    rest.strip_prefix(|char| ('@'..='~').contains(&char))
        .unwrap_or(rest)
}

/// Takes one record apart: the named groups of the shape are cells, then those of `extract` in the
/// message and in the lines that follow the first. `column` gives the column of a name; the first
/// group that says something of a column counts.
///
/// # Errors
/// A first line of another shape.
pub fn split_log(
    text: &str,
    shape: &LogLine,
    extract: &[Regex],
    column: &mut dyn FnMut(&str) -> Option<u16>,
    cells: &mut Cells,
) -> Result<(), Reject> {
    let plain = plain(text);
    let mut taken = Taken {
        text: matches!(plain, Cow::Borrowed(_)).then_some(text),
        column,
        cells,
    };
    let first = line(plain.as_bytes(), 0, true).map_or(0, |(end, _)| end);
    let found = shape.shape.captures(&plain[..first]).ok_or(Reject::Line)?;
    taken.groups(&shape.shape, &found);
    let searched = searched(&plain, first, found.name("message"));
    if matches!(searched, Cow::Owned(_)) {
        taken.text = None;
    }
    for regex in extract {
        if let Some(found) = regex.captures(&searched) {
            taken.groups(regex, &found);
        }
    }
    Ok(())
}

/// What is searched beside the first line: the message, or the first line where it names none, and
/// the lines that follow.
fn searched<'t>(text: &'t str, first: usize, message: Option<Match<'_>>) -> Cow<'t, str> {
    match message {
        None => Cow::Borrowed(text),
        // What stands behind the message is no part of it.
        Some(message) if message.end() < first && first < text.len() => {
            Cow::Owned(format!("{}{}", &text[message.range()], &text[first..]))
        }
        Some(message) if message.end() < first => Cow::Borrowed(&text[message.range()]),
        Some(message) => Cow::Borrowed(&text[message.start()..]),
    }
}

/// The cells taken so far.
struct Taken<'t> {
    /// The text of the record, where what is found are pieces of it.
    text: Option<&'t str>,
    column: &'t mut dyn FnMut(&str) -> Option<u16>,
    cells: &'t mut Cells,
}

impl Taken<'_> {
    /// Takes the named groups that say something of columns of which nothing is known yet.
    fn groups(&mut self, regex: &Regex, found: &Captures<'_>) {
        for name in regex.capture_names().flatten() {
            let Some(group) = found.name(name).filter(|group| !group.is_empty()) else {
                continue;
            };
            let Some(column) = (self.column)(name) else {
                continue;
            };
            if self.cells.list.iter().any(|(known, _)| *known == column) {
                continue;
            }
            match self.text.and_then(|text| place(text, group.as_str())) {
                Some((start, end)) => self.cells.push(column, start, end),
                None => self.cells.make(column, group.as_str()),
            }
        }
    }
}

/// Where a piece of a text stands in it.
fn place(text: &str, piece: &str) -> Option<(usize, usize)> {
    let start = (piece.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let end = start + piece.len();
    (end <= text.len()).then_some((start, end))
}

/// A line without the escapes that colour it on a terminal.
#[must_use]
pub fn plain_line(line: &str) -> std::borrow::Cow<'_, str> {
    plain(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: &str =
        r"^\[(?P<time>[0-9-]+ [0-9:]+)\] (?P<level>\w+): (?P<message>.*?)(?: \{\})?$";

    fn shape() -> LogLine {
        LogLine {
            shape: Regex::new(SHAPE).expect("a shape"),
        }
    }

    const LOG: &str = "\u{feff}begin\r\n\n[2024-01-02 03:04:05] ERROR: order=A1 失败 {}\r\n#0 trace\r\n\r\n  amount=5\n\n\x1b[31m[2024-01-02 03:04:06] \x1b[0mINFO: ok\n[2024-01-02 03:04:07] INFO: no end";

    fn records(log: &[u8], first: usize, grow: usize) -> Vec<(String, Option<Reject>)> {
        records_of(&shape(), log, first, grow)
    }

    fn records_of(
        shape: &LogLine,
        log: &[u8],
        first: usize,
        grow: usize,
    ) -> Vec<(String, Option<Reject>)> {
        let mut found = Vec::new();
        let (mut at, mut there) = (0, first.min(log.len()));
        while at < log.len() {
            let last = there == log.len();
            match shape.next(&log[..there], at, last) {
                Next::More => {
                    assert!(!last, "more is wanted at the end");
                    there = there.saturating_add(grow).min(log.len());
                }
                Next::Skip(next) => at = next,
                Next::Record {
                    start,
                    end,
                    next,
                    reject,
                } => {
                    let text = String::from_utf8_lossy(&log[start..end]);
                    found.push((text.into_owned(), reject));
                    at = next;
                }
            }
        }
        found
    }

    fn cells(text: &str, extract: &[&str]) -> Vec<(u16, String)> {
        const NAMES: [&str; 5] = ["time", "level", "message", "order", "amount"];
        let extract: Vec<Regex> = extract
            .iter()
            .map(|one| Regex::new(one).expect("a regex"))
            .collect();
        let mut column = |name: &str| {
            let at = NAMES.iter().position(|one| *one == name)?;
            u16::try_from(at).ok()
        };
        let mut cells = Cells::default();
        split_log(text, &shape(), &extract, &mut column, &mut cells).expect("a record");
        cells
            .iter(text)
            .map(|(column, cell)| (column, cell.to_owned()))
            .collect()
    }

    #[test]
    fn lines_that_follow_belong_to_the_first() {
        let found = records(LOG.as_bytes(), usize::MAX, 1);
        assert_eq!(found.len(), 4);
        assert_eq!(found[0], ("\u{feff}begin".to_owned(), Some(Reject::Line)));
        assert_eq!(
            found[1],
            (
                "[2024-01-02 03:04:05] ERROR: order=A1 失败 {}\r\n#0 trace\r\n\r\n  amount=5"
                    .to_owned(),
                None
            )
        );
        assert_eq!(found[2].1, None);
        assert_eq!(found[3].0, "[2024-01-02 03:04:07] INFO: no end");
    }

    #[test]
    fn windows_change_nothing() {
        let long = format!("{LOG}\n{}\n{LOG}", "x y z\n".repeat(12_000));
        let whole = records(long.as_bytes(), usize::MAX, 1);
        for grow in [1000, 4099, 65_536, 70_000] {
            assert_eq!(records(long.as_bytes(), grow, grow), whole, "{grow}");
        }
        let whole = records(LOG.as_bytes(), usize::MAX, 1);
        for first in 0..=LOG.len() {
            assert_eq!(records(LOG.as_bytes(), first, 1), whole, "{first}");
            assert_eq!(records(LOG.as_bytes(), first, usize::MAX), whole, "{first}");
        }
    }

    #[test]
    fn no_more_than_64_kib_belong_to_a_line() {
        let log = format!(
            "[2024-01-02 03:04:05] INFO: a\n{}",
            "trace\n".repeat(20_000)
        );
        let found = records(log.as_bytes(), usize::MAX, 1);
        assert_eq!(found[0].1, None);
        assert!(found[0].0.len() < LONGEST_TRAIL + 64 && found[0].0.len() > LONGEST_TRAIL);
        assert!(
            found[1..]
                .iter()
                .all(|(text, reject)| text == "trace" && reject.is_some())
        );
        let log = format!("[2024-01-02 03:04:05] INFO: a\n{}", "x".repeat(100_000));
        let found = records(log.as_bytes(), 5000, 5000);
        assert_eq!(found[0], ("[2024-01-02 03:04:05] INFO: a".to_owned(), None));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn damaged_bytes_are_no_reason_to_fail() {
        let shape = shape();
        for at in 0..LOG.len() {
            for byte in [0, b'\n', b'\r', 0x1b, b'[', 0xff] {
                let mut log = LOG.as_bytes().to_vec();
                log[at] = byte;
                let whole = records_of(&shape, &log, usize::MAX, 1);
                assert_eq!(records_of(&shape, &log, 1, 7), whole);
                for (text, _) in whole {
                    let _ = split_log(&text, &shape, &[], &mut |_| Some(0), &mut Cells::default());
                }
            }
        }
    }

    #[test]
    fn groups_are_cells_and_extracts_search_the_rest() {
        let text =
            "[2024-01-02 03:04:05] ERROR: order=A1 失败 {}\r\n#0 amount=5\n  amount=6 order=B";
        let found = cells(
            text,
            &[
                r"amount=(?P<amount>\d+)",
                r"order=(?P<order>\w+)",
                r"(?P<level>#\d)",
            ],
        );
        let expected = [
            (0, "2024-01-02 03:04:05"),
            (1, "ERROR"),
            (2, "order=A1 失败"),
            (4, "5"),
            (3, "A1"),
        ];
        let expected: Vec<(u16, String)> = expected
            .map(|(column, cell)| (column, cell.to_owned()))
            .into();
        assert_eq!(found, expected);
    }

    #[test]
    fn colours_are_left_out() {
        let found = cells(
            "\x1b[1;31m[2024-01-02 03:04:05]\x1b[0m INFO: order=\x1b[4mA1\x1b[0m",
            &["order=(?P<order>.*)"],
        );
        assert_eq!(found[2].1, "order=A1");
        assert_eq!(found[3], (3, "A1".to_owned()));
        assert_eq!(plain("a\x1b[2K\x1bb\x1b["), "ab");
    }

    #[test]
    fn another_shape_is_rejected() {
        let split = split_log("x", &shape(), &[], &mut |_| None, &mut Cells::default());
        assert_eq!(split, Err(Reject::Line));
    }
}

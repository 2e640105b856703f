//! Cells between delimiters (RFC 4180), as exports really write them: quotes inside quoted cells that
//! are not doubled, quotes in the middle of bare cells, bare line ends of all kinds.

use memchr::{memchr, memchr3};

use super::{Cells, LONGEST, Reject};

/// How cells are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimited {
    /// The byte between two cells.
    pub delimiter: u8,
}

/// The end of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Where its text ends.
    pub text: usize,
    /// Where the next record begins.
    pub next: usize,
    /// Whether a quote was opened and never closed, so that its first line stands alone.
    pub open: bool,
}

impl Delimited {
    /// The end of the record that begins at `start`; none where more bytes are needed.
    ///
    /// A quoted cell runs over line ends up to its closing quote: one before a delimiter or a line
    /// end. Where a lone quote comes first after a line end, or no closing one, the opening quote
    /// is damage: its line is a record of its own, so that it cannot swallow those that follow.
    pub(super) fn end(self, bytes: &[u8], start: usize, last: bool) -> Option<End> {
        let mut at = start;
        let mut open = false;
        loop {
            let Some(found) = memchr3(b'"', b'\n', b'\r', &bytes[at..]) else {
                return last.then_some(End {
                    text: bytes.len(),
                    next: bytes.len(),
                    open,
                });
            };
            let found = at + found;
            if bytes[found] == b'"' {
                if !self.opens(bytes, start, found) {
                    at = found + 1;
                    continue;
                }
                match self.close(bytes, found + 1, last) {
                    Close::At(quote) => at = quote + 1,
                    Close::More if bytes.len() - start <= LONGEST => return None,
                    Close::More | Close::Never => {
                        open = true;
                        at = found + 1;
                    }
                }
                continue;
            }
            return line_end(bytes, found, last).map(|next| End {
                text: found,
                next,
                open,
            });
        }
    }

    /// Whether a quote stands where a cell begins.
    fn opens(self, bytes: &[u8], start: usize, quote: usize) -> bool {
        let before = &bytes[start..quote];
        let blank = before
            .iter()
            .rev()
            .take_while(|byte| **byte == b' ')
            .count();
        let edge = before.len() - blank;
        edge == 0 || before[edge - 1] == self.delimiter
    }

    /// The closing quote of a quoted cell whose text begins at `from`.
    fn close(self, bytes: &[u8], from: usize, last: bool) -> Close {
        let mut at = from;
        let mut lines = false;
        loop {
            let Some(found) = memchr(b'"', &bytes[at..]) else {
                return if last { Close::Never } else { Close::More };
            };
            let quote = at + found;
            lines = lines || memchr(b'\n', &bytes[at..quote]).is_some();
            let after = bytes[quote + 1..].iter().position(|byte| *byte != b' ');
            match after.map(|skip| bytes[quote + 1 + skip]) {
                None if last => return Close::At(quote),
                None => return Close::More,
                Some(b'\n' | b'\r') => return Close::At(quote),
                Some(byte) if byte == self.delimiter => return Close::At(quote),
                Some(b'"') if bytes[quote + 1] == b'"' => at = quote + 2,
                // A lone quote is tolerated within a line.
                Some(_) if !lines => at = quote + 1,
                Some(_) => return Close::Never,
            }
        }
    }
}

enum Close {
    At(usize),
    Never,
    More,
}

/// Where the line after a line end begins; none where a `\n` may follow that is not there yet.
fn line_end(bytes: &[u8], at: usize, last: bool) -> Option<usize> {
    if bytes[at] == b'\n' {
        return Some(at + 1);
    }
    match bytes.get(at + 1) {
        Some(b'\n') => Some(at + 2),
        Some(_) => Some(at + 1),
        None => last.then_some(at + 1),
    }
}

/// Takes one record apart; the n-th cell belongs to column n.
///
/// # Errors
/// A quote that is not closed.
pub fn split_delimited(text: &str, how: Delimited, cells: &mut Cells) -> Result<(), Reject> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut column: u16 = 0;
    while !split_plain(bytes, how, &mut at, &mut column, cells) {
        let skipped = bytes[at..].iter().take_while(|byte| **byte == b' ').count();
        let next = if bytes.get(at + skipped) == Some(&b'"') {
            quoted(text, at + skipped + 1, how, column, cells)?
        } else {
            let end = memchr(how.delimiter, &bytes[at..]).map_or(bytes.len(), |length| at + length);
            cells.push(column, at, end);
            end
        };
        if next >= bytes.len() {
            return Ok(());
        }
        at = next + 1;
        column = column.saturating_add(1);
    }
    Ok(())
}

/// Bytes that are looked at together.
const EIGHT: usize = 8;

/// The highest bit of every byte that equals the one in all bytes of `wanted`, and of no other
/// (Warren, Hacker's Delight, 6-1).
#[inline]
fn equal(eight: u64, wanted: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differs = eight ^ wanted;
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// Takes cells apart from one that begins at `at` up to the first that holds a quote; gives whether
/// none does. Cells are short, so that a search from one delimiter to the next would cost more than
/// looking at all bytes in turn.
fn split_plain(
    bytes: &[u8],
    how: Delimited,
    at: &mut usize,
    column: &mut u16,
    cells: &mut Cells,
) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let delimiter = EACH * u64::from(how.delimiter);
    let quote = EACH * u64::from(b'"');
    let from = *at;
    let mut cell = |end: usize| {
        cells.push(*column, *at, end);
        *at = end + 1;
        *column = column.saturating_add(1);
    };
    let (eights, rest) = bytes[from..].as_chunks::<EIGHT>();
    for (index, eight) in eights.iter().enumerate() {
        let eight = u64::from_le_bytes(*eight);
        let quotes = equal(eight, quote);
        // Only delimiters before the first quote: all bits below its own.
        let before = (quotes & quotes.wrapping_neg()).wrapping_sub(1);
        let mut found = equal(eight, delimiter) & before;
        while found != 0 {
            cell(from + index * EIGHT + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
        if quotes != 0 {
            return false;
        }
    }
    for (index, byte) in rest.iter().enumerate() {
        if *byte == b'"' {
            return false;
        }
        if *byte == how.delimiter {
            cell(from + eights.len() * EIGHT + index);
        }
    }
    cell(bytes.len());
    true
}

/// A quoted cell; gives where its delimiter stands.
fn quoted(
    text: &str,
    from: usize,
    how: Delimited,
    column: u16,
    cells: &mut Cells,
) -> Result<usize, Reject> {
    let bytes = text.as_bytes();
    let Close::At(quote) = how.close(bytes, from, true) else {
        return Err(Reject::Quote);
    };
    let inner = &text[from..quote];
    if memchr(b'"', inner.as_bytes()).is_some() {
        cells.make(column, &inner.replace("\"\"", "\""));
    } else {
        cells.push(column, from, quote);
    }
    let rest = bytes[quote + 1..]
        .iter()
        .take_while(|byte| **byte == b' ')
        .count();
    Ok(quote + 1 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Delimited = Delimited { delimiter: b',' };

    fn records(bytes: &[u8]) -> Vec<(String, bool)> {
        let mut records = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let end = COMMA.end(bytes, at, true).expect("an end");
            let text = String::from_utf8_lossy(&bytes[at..end.text]);
            records.push((text.into_owned(), end.open));
            at = end.next;
        }
        records
    }

    fn cells(line: &str) -> Vec<String> {
        let mut cells = Cells::default();
        split_delimited(line, COMMA, &mut cells).expect("cells");
        cells.iter(line).map(|(_, cell)| cell.to_owned()).collect()
    }

    #[test]
    fn line_ends_of_all_kinds_end_records() {
        let found = records(b"a,b\r\nc,\"d\ne\"\rf\n");
        let texts: Vec<&str> = found.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["a,b", "c,\"d\ne\"", "f"]);
    }

    #[test]
    fn a_lost_closing_quote_swallows_no_other_record() {
        let found = records(b"1,\"bad,x\n2,\"good, y\",z\n3,c,d\n");
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], ("1,\"bad,x".to_owned(), true));
        assert_eq!(found[1], ("2,\"good, y\",z".to_owned(), false));
        let found = records(b"1,\"bad,x\n2,b,c\n");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn quotes_are_read_as_exports_write_them() {
        assert_eq!(cells("a, \"b,c\" ,d"), ["a", "b,c", "d"]);
        assert_eq!(cells(r#""a ""q"" b",c"#), ["a \"q\" b", "c"]);
        assert_eq!(cells(r#""5" screen","x""#), ["5\" screen", "x"]);
        assert_eq!(cells(r#"5" screen,x,"#), ["5\" screen", "x", ""]);
        assert_eq!(cells(r#"="123",x"#), ["=\"123\"", "x"]);
    }

    #[test]
    fn lines_without_quotes_are_split_at_every_delimiter() {
        // Bytes beside the delimiter, and cells over and at the edges of eight bytes.
        let line = "a,,-+,一二三,\u{1},\u{2}!,1234567,12345678,123456789,,,,,,,,,x";
        for cut in line.char_indices().map(|(at, _)| at) {
            let part = &line[cut..];
            let expected: Vec<&str> = part.split(',').collect();
            assert_eq!(cells(part), expected, "{part}");
            let quoted = format!("{part},\"q,\"\"\",{part}");
            let expected = [&expected[..], &["q,\""], &expected[..]].concat();
            assert_eq!(cells(&quoted), expected, "{quoted}");
        }
    }
}

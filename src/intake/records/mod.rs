//! Bytes → records → cells. A [`Framing`] finds where records end, in order; a
//! `split_…` takes one apart. What is no record is rejected with its bytes and a reason, so that what is read and what
//! is rejected add up to what the file holds.

mod chunk;
mod delimited;
mod json;
mod log;
mod sql;
mod workbook;

pub use chunk::{Chunk, ChunkReader, Record, first_records};
pub use delimited::{Delimited, split_delimited};
pub use json::split_json;
pub use log::{LogLine, plain_line, split_log};
pub use sql::{SqlColumn, SqlDump, SqlSection, SqlTable, read_dump, split_tuple};
pub use workbook::{Sheet, WorkbookError, sheets};

use serde::{Deserialize, Serialize};

/// How a file is cut into records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// Cells between delimiters, possibly in quotes, over one or more lines.
    Delimited(Delimited),
    /// One JSON object a line.
    Lines,
    /// Objects in a JSON array.
    JsonArray,
    /// Log lines; what does not begin like one belongs to the one before.
    Log(LogLine),
    /// Tuples of SQL `INSERT` statements.
    Sql,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reject {
    /// Longer than any record can be.
    TooLong,
    /// Bytes that are not of the file's encoding.
    Encoding,
    /// A NUL or another byte that no text has.
    Control,
    /// A quote that is opened and not closed.
    Quote,
    /// More cells than columns.
    Cells {
        /// How many the header has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Not the JSON of an object.
    Json(String),
    /// Not a tuple of SQL values.
    Sql(String),
    /// Not like a line of this log.
    Line,
    /// The archive or file ends inside it.
    Cut,
}

impl std::fmt::Display for Reject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong => write!(
                f,
                "expected a record of at most {LONGEST} bytes, found more"
            ),
            Self::Encoding => {
                f.write_str("expected text in the encoding of the file, found bytes that are none")
            }
            Self::Control => f.write_str("expected text, found NUL bytes"),
            Self::Quote => f.write_str("expected the end of a quoted cell, found none"),
            Self::Cells { expected, found } => {
                write!(
                    f,
                    "expected {expected} cells as in the header, found {found}"
                )
            }
            Self::Json(reason) => write!(f, "expected a JSON object: {reason}"),
            Self::Sql(reason) => write!(f, "expected a tuple of SQL values: {reason}"),
            Self::Line => f.write_str("expected a line as the others of this log"),
            Self::Cut => f.write_str("expected the rest of the record, found the end of the file"),
        }
    }
}

/// The longest record, in bytes. A ticket with a pasted page may have a megabyte.
pub const LONGEST: usize = 4 << 20;

/// The cells of one record. Each is a piece of the record's text, or of `made` where it had to be
/// made: unescaped, or put into words.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    made: String,
    /// Column, and the piece.
    list: Vec<(u16, Piece)>,
}

#[derive(Debug, Clone, Copy)]
enum Piece {
    Text(u32, u32),
    Made(u32, u32),
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a record has at most LONGEST bytes"
)]
impl Cells {
    /// Forgets the cells of the record before.
    pub fn clear(&mut self) {
        self.made.clear();
        self.list.clear();
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The cells with their columns.
    pub fn iter<'c>(&'c self, text: &'c str) -> impl Iterator<Item = (u16, &'c str)> {
        self.list
            .iter()
            .map(move |(column, piece)| (*column, self.get(*piece, text)))
    }

    /// The cell of a column. Cells of delimited text stand at the position of their column.
    #[must_use]
    pub fn of_column<'c>(&'c self, column: u16, text: &'c str) -> Option<&'c str> {
        let at = usize::from(column);
        match self.list.get(at) {
            Some((found, piece)) if *found == column => Some(self.get(*piece, text)),
            _ => self
                .list
                .iter()
                .find(|(found, _)| *found == column)
                .map(|(_, piece)| self.get(*piece, text)),
        }
    }

    /// The cell at a position.
    #[must_use]
    pub fn at<'c>(&'c self, index: usize, text: &'c str) -> Option<&'c str> {
        let (_, piece) = self.list.get(index)?;
        Some(self.get(*piece, text))
    }

    /// Gives the n-th cell the n-th of these columns.
    pub fn move_to(&mut self, columns: &[u16]) {
        for ((column, _), moved) in self.list.iter_mut().zip(columns) {
            *column = *moved;
        }
    }

    /// Makes one cell of `count` cells from `at` on, with the delimiter between them, and moves the
    /// cells after them to the columns before.
    pub fn join(&mut self, at: usize, count: usize, text: &str, delimiter: char) {
        let pieces: Vec<&str> = (at..at + count)
            .filter_map(|index| self.at(index, text))
            .collect();
        let joined = pieces.join(&delimiter.to_string());
        let after = self.list.split_off((at + count).min(self.list.len()));
        self.list.truncate(at);
        let column = u16::try_from(at).unwrap_or(u16::MAX);
        self.make(column, &joined);
        for (offset, (_, piece)) in after.into_iter().enumerate() {
            let column = u16::try_from(at + 1 + offset).unwrap_or(u16::MAX);
            self.list.push((column, piece));
        }
    }

    fn get<'c>(&'c self, piece: Piece, text: &'c str) -> &'c str {
        match piece {
            Piece::Text(start, end) => &text[start as usize..end as usize],
            Piece::Made(start, end) => &self.made[start as usize..end as usize],
        }
    }

    fn push(&mut self, column: u16, start: usize, end: usize) {
        self.list
            .push((column, Piece::Text(start as u32, end as u32)));
    }

    fn make(&mut self, column: u16, text: &str) {
        let start = self.made.len();
        self.made.push_str(text);
        self.list
            .push((column, Piece::Made(start as u32, self.made.len() as u32)));
    }
}

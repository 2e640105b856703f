//! Records of one export → rows: decoded, taken apart, fitted to the columns, converted.

use std::borrow::Cow;

use regex::Regex;

use crate::facts::{CaseFacts, Catalog};
use crate::rules::{Field, Shape, normal_column};

use super::export::{DumpTable, Export};
use super::layout::{Complaint, Converter, Detected, Layout, Row, Scope, clean};
use super::records::{
    Cells, Chunk, Delimited, Framing, Record, Reject, split_delimited, split_json, split_log,
    split_tuple,
};
use super::source::Encoding;

/// What a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A row, converted.
    Row,
    /// A line before or after the rows, or their header again.
    Frame,
    /// A row of another table.
    Elsewhere,
    /// Nothing that can be read.
    Reject(Reject),
}

/// A chunk with its text, where all of it is UTF-8: looked at once, not once a record.
#[derive(Debug)]
pub struct ChunkText<'c> {
    /// The chunk.
    pub chunk: &'c Chunk,
    encoding: Encoding,
    whole: Option<&'c str>,
    has_nul: bool,
}

impl<'c> ChunkText<'c> {
    /// The text of a chunk of an export.
    #[must_use]
    pub fn new(chunk: &'c Chunk, encoding: Encoding) -> Self {
        let whole = match encoding {
            Encoding::Gb18030 => None,
            _ => std::str::from_utf8(&chunk.bytes).ok(),
        };
        Self {
            chunk,
            encoding,
            whole,
            has_nul: memchr::memchr(0, &chunk.bytes).is_some(),
        }
    }

    /// The text of a record; none where it is not of the encoding.
    #[must_use]
    pub fn of(&self, record: &Record) -> Option<Cow<'c, str>> {
        if let Some(text) = self.whole.and_then(|it| it.get(record.start..record.end)) {
            return Some(Cow::Borrowed(text));
        }
        self.encoding
            .decode(&self.chunk.bytes[record.start..record.end])
    }
}

/// Reads records of one export, one at a time.
#[derive(Debug)]
pub struct RecordReader<'f, 'c> {
    encoding: Encoding,
    detected: &'c Detected<'f>,
    table: Option<&'c DumpTable>,
    converter: Converter<'f, 'c>,
    cells: Cells,
    /// What is picked out of the messages of a log.
    extract: Vec<Regex>,
}

impl<'f, 'c> RecordReader<'f, 'c> {
    /// A reader of the records of an export.
    pub(super) fn new(export: &'c Export<'f>, catalog: &'c Catalog, scope: Scope<'_>) -> Self {
        let format = export.detected.layout.format.into_iter();
        let extract = format.flat_map(|it| &it.extract).filter_map(Shape::regex);
        Self {
            encoding: export.encoding,
            detected: &export.detected,
            table: export.sql.as_ref(),
            converter: Converter::new(export.detected.layout.clone(), catalog, scope),
            cells: Cells::default(),
            extract: extract.cloned().collect(),
        }
    }

    /// The layout, with the columns that were met so far.
    #[must_use]
    pub fn layout(&self) -> &Layout<'f> {
        self.converter.layout()
    }

    /// Reads one record of a chunk: its facts into a case of which nothing is given yet, the rest
    /// into `row`.
    pub fn read(
        &mut self,
        chunk: &ChunkText<'_>,
        record: &Record,
        row: &mut Row,
        facts: &mut impl CaseFacts,
    ) -> Outcome {
        let header = self.detected.header_line;
        if header.is_some_and(|header| record.line <= header) {
            return Outcome::Frame;
        }
        if !self.is_of_table(chunk.chunk, record) {
            return Outcome::Elsewhere;
        }
        if let Some(reject) = &record.reject {
            return Outcome::Reject(reject.clone());
        }
        let Some(text) = chunk.of(record).filter(|text| !self.is_lossy(text)) else {
            return Outcome::Reject(Reject::Encoding);
        };
        if chunk.has_nul && memchr::memchr(0, text.as_bytes()).is_some() {
            return Outcome::Reject(Reject::Control);
        }
        self.cells.clear();
        match self.split_or_frame(chunk.chunk, record, &text) {
            Ok(complaint) => {
                self.converter.convert(&self.cells, &text, row, facts);
                row.complaints.extend(complaint);
                Outcome::Row
            }
            Err(outcome) => outcome,
        }
    }

    /// Whether a text holds what stands for bytes that were none: UTF-16 is rewritten before it is
    /// cut into records.
    fn is_lossy(&self, text: &str) -> bool {
        matches!(self.encoding, Encoding::Utf16Le | Encoding::Utf16Be)
            && text.contains(char::REPLACEMENT_CHARACTER)
    }

    /// The cell of a field that is no fact, of the record that was read last.
    #[must_use]
    pub fn cell(&self, chunk: &ChunkText<'_>, record: &Record, field: Field) -> Option<String> {
        let text = chunk.of(record)?;
        let cell = self.converter.cell(&self.cells, &text, field)?;
        Some(cell.into_owned())
    }

    /// The amount of a field that is no fact, of the record that was read last: in fen, with its
    /// sign.
    #[must_use]
    pub fn fen(&self, chunk: &ChunkText<'_>, record: &Record, field: Field) -> Option<i64> {
        self.converter.fen(&self.cells, &chunk.of(record)?, field)
    }

    /// Whether a record is of the table that is read. What is damaged and of no table that is read
    /// is rejected once, with the first of them.
    fn is_of_table(&self, chunk: &Chunk, record: &Record) -> bool {
        let Some(table) = self.table else {
            return true;
        };
        let section = chunk.sections.get(record.section);
        match section.map(|section| section.table.as_str()) {
            Some(name) if table.is_read(name) => table.is(name),
            _ => record.reject.is_some() && table.first,
        }
    }

    /// Takes the record apart; gives what is odd about it.
    fn split_or_frame(
        &mut self,
        chunk: &Chunk,
        record: &Record,
        text: &str,
    ) -> Result<Option<Complaint>, Outcome> {
        let converter = &mut self.converter;
        match &self.detected.framing {
            Framing::Delimited(how) => {
                split_delimited(text, *how, &mut self.cells).map_err(Outcome::Reject)?;
                self.fit(text, *how)
            }
            Framing::Lines | Framing::JsonArray => {
                let mut column = |name: &str| Some(converter.column(name));
                split_json(text, &mut column, &mut self.cells).map_err(Outcome::Reject)?;
                Ok(None)
            }
            Framing::Log(shape) => {
                let mut column = |name: &str| Some(converter.column(name));
                split_log(text, shape, &self.extract, &mut column, &mut self.cells)
                    .map_err(Outcome::Reject)?;
                Ok(None)
            }
            Framing::Sql => {
                split_tuple(text, &mut self.cells).map_err(Outcome::Reject)?;
                let section = chunk.sections.get(record.section);
                match section.and_then(|section| section.columns.as_deref()) {
                    Some(columns) => place(&mut self.cells, columns, converter),
                    None => counted(&self.cells, self.table.map_or(0, |it| it.columns())),
                }
            }
        }
    }

    /// Fits the cells of delimited text to the columns.
    fn fit(&mut self, text: &str, how: Delimited) -> Result<Option<Complaint>, Outcome> {
        let layout = self.converter.layout();
        let expected = layout.names.len();
        let found = self.cells.len();
        let first = self.cells.at(0, text).unwrap_or_default();
        // A ruler is no empty cell here.
        let first = match clean(first) {
            "" => first.trim(),
            cleaned => cleaned,
        };
        if is_frame(first, found, expected, text) {
            return Err(Outcome::Frame);
        }
        if found == expected {
            let again = (0..found).all(|at| {
                let cell = self.cells.at(at, text).unwrap_or_default();
                cell.trim() == layout.names[at] || clean(cell) == layout.names[at]
            });
            return if again { Err(Outcome::Frame) } else { Ok(None) };
        }
        if found < expected {
            // Sheets do not keep blank cells at the end of a row.
            if matches!(self.encoding, Encoding::Xls | Encoding::Xlsx) {
                return Ok(None);
            }
            return Ok(Some(Complaint {
                column: String::new(),
                message: format!("expected {expected} cells, found {found}"),
            }));
        }
        let more = found - expected;
        let realign = layout.format.and_then(|format| format.realign.as_ref());
        let at = realign.and_then(|name| {
            layout
                .names
                .iter()
                .position(|known| normal_column(known) == *name)
        });
        match at {
            Some(at) => {
                self.cells
                    .join(at, more + 1, text, char::from(how.delimiter));
                Ok(None)
            }
            None if (expected..found).all(|at| is_blank(&self.cells, at, text)) => Ok(None),
            None => Err(Outcome::Reject(Reject::Cells { expected, found })),
        }
    }
}

fn is_blank(cells: &Cells, at: usize, text: &str) -> bool {
    cells.at(at, text).is_none_or(|cell| cell.trim().is_empty())
}

/// Moves the values of a tuple to the columns that its statement lists.
fn place(
    cells: &mut Cells,
    columns: &[String],
    converter: &mut Converter<'_, '_>,
) -> Result<Option<Complaint>, Outcome> {
    counted(cells, columns.len())?;
    let moved: Vec<u16> = columns.iter().map(|name| converter.column(name)).collect();
    cells.move_to(&moved);
    Ok(None)
}

/// A tuple has as many values as its table has columns.
fn counted(cells: &Cells, expected: usize) -> Result<Option<Complaint>, Outcome> {
    let found = cells.len();
    if found == expected {
        return Ok(None);
    }
    Err(Outcome::Reject(Reject::Cells { expected, found }))
}

/// First cells of lines that follow the rows.
const FOOTERS: [&str; 14] = [
    "合计",
    "总计",
    "小计",
    "人民币合计",
    "总交易单数",
    "资金流水总笔数",
    "以上数据仅供参考",
    "导出时间",
    "已收入",
    "待收入",
    "已支出",
    "待支出",
    "用户:",
    "用户：",
];

/// Whether a line is no row: totals, rulers, comments and notes around the rows.
fn is_frame(first: &str, cells: usize, columns: usize, text: &str) -> bool {
    // Rows begin with numbers and names, and are many.
    let plain = first
        .as_bytes()
        .first()
        .is_some_and(u8::is_ascii_alphanumeric);
    if plain && !text.starts_with('`') {
        return false;
    }
    // An order number may begin like a comment, but stands in a whole row.
    let comment = first.starts_with('#') && cells < columns;
    if comment || FOOTERS.iter().any(|word| first.starts_with(word)) {
        return true;
    }
    if is_count(first).is_some() {
        return true;
    }
    let ruler = first.len() >= 5 && first.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'*'));
    let ruled = first.starts_with("-----");
    if ruler || ruled {
        return true;
    }
    // Blank cells only.
    if text
        .bytes()
        .all(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b'\t' | b';' | b'|' | b'"'))
    {
        return true;
    }
    // The totals of a WeChat merchant's bill: numbers alone, in far fewer cells.
    columns >= 8
        && cells * 2 <= columns
        && text.starts_with('`')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'`' | b'.' | b',' | b'-' | b' '))
}

/// The number in 共N笔.
fn is_count(text: &str) -> Option<u64> {
    let rest = text.strip_prefix('共')?;
    let digits: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let after = rest.trim_start()[digits.len()..].trim_start();
    if after.starts_with('笔') {
        digits.parse().ok()
    } else {
        None
    }
}

//! Inputs → exports: opened, and told apart.

use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;

use thiserror::Error;

use crate::facts::{Catalog, FactValue, Facts};
use crate::rules::{Field, Format, Formats, normal_column};

use super::export::{Bytes, DumpTable, Export, Note};
use super::layout::{Detected, Layout, LayoutError, Row, Scope, Wanted, detect, looks_like_sql};
use super::reader::{ChunkText, Outcome};
use super::records::{Chunk, Framing, Sheet, SqlDump, SqlTable, WorkbookError, read_dump, sheets};
use super::source::{Content, Encoding, Input, Limits, Part, SourceError, open};

/// Why an export cannot be read.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The file cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It cannot be read to its end.
    #[error("expected a readable file, but {name} cannot be read")]
    Read {
        /// The file.
        name: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// Its layout is not known.
    #[error("{name}: {reason}")]
    Layout {
        /// The file.
        name: String,
        /// What was expected and found.
        reason: LayoutError,
    },
    /// The workbook cannot be read.
    #[error("{name}: {reason}")]
    Workbook {
        /// The file.
        name: String,
        /// What was expected and found.
        reason: WorkbookError,
    },
}

impl ExportError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Source(error) => error.help().map(str::to_owned),
            Self::Read { .. } => None,
            Self::Layout { reason, .. } => Some(reason.help()),
            Self::Workbook {
                reason: WorkbookError::Password,
                ..
            } => Some("save it without a password".to_owned()),
            Self::Workbook { .. } => Some("open it in a spreadsheet and save it again".to_owned()),
        }
    }
}
/// How many tables, and columns of a table, a message names.
const SHOWN: usize = 12;

/// How much of a text is looked at for its layout.
const HEAD: usize = 256 << 10;

/// Opens an input and tells the layout of everything in it.
///
/// # Errors
/// Where the file cannot be read or no layout fits.
pub fn open_exports<'f>(
    input: &Input,
    limits: Limits,
    formats: &'f Formats,
    catalog: &Catalog,
    wanted: &Wanted,
) -> Result<Vec<Export<'f>>, ExportError> {
    let mut exports = Vec::new();
    let mut refused = None;
    let parts = open(input, limits)?;
    let several = parts.len() > 1;
    for part in parts {
        let opener = Opener {
            formats,
            catalog,
            wanted,
        };
        match opener.open(part) {
            Ok(found) => exports.extend(found),
            // An archive may hold a summary beside the rows.
            Err(error @ ExportError::Layout { .. }) if several => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    match refused {
        Some(error) if exports.is_empty() => Err(error),
        _ => Ok(exports),
    }
}

struct Opener<'f, 'c> {
    formats: &'f Formats,
    catalog: &'c Catalog,
    wanted: &'c Wanted,
}

impl<'f> Opener<'f, '_> {
    fn open(&self, part: Part) -> Result<Vec<Export<'f>>, ExportError> {
        let cut: Vec<Note> = part.cut.clone().map(Note::Cut).into_iter().collect();
        let mut exports = match part.content {
            Content::Workbook => self.workbook(&part)?,
            Content::Text(encoding) => self.text(part, encoding)?,
        };
        for export in &mut exports {
            export.notes.extend(cut.clone());
        }
        Ok(exports)
    }

    fn text(&self, part: Part, encoding: Encoding) -> Result<Vec<Export<'f>>, ExportError> {
        let failed = |source| ExportError::Read {
            name: part.name.clone(),
            source,
        };
        let head = head(part.reader().map_err(failed)?, encoding).map_err(failed)?;
        if looks_like_sql(&head) {
            let dump = read_dump(part.reader().map_err(failed)?).map_err(failed)?;
            return self.dump(part, encoding, &dump);
        }
        let detected =
            detect(&head, self.formats, self.catalog, self.wanted).map_err(|reason| {
                ExportError::Layout {
                    name: part.name.clone(),
                    reason,
                }
            })?;
        Ok(vec![Export {
            name: part.name.clone(),
            encoding,
            detected,
            notes: Vec::new(),
            within: None,
            bytes: Bytes::Part(part.into()),
            sql: None,
        }])
    }

    /// The tables of a dump that hold orders.
    fn dump(
        &self,
        part: Part,
        encoding: Encoding,
        dump: &SqlDump,
    ) -> Result<Vec<Export<'f>>, ExportError> {
        let part = Arc::new(part);
        let mut exports: Vec<Export<'f>> = Vec::new();
        let mut others = Vec::new();
        for table in dump.tables.iter().filter(|table| table.rows > 0) {
            match self.table(table, dump) {
                Some(layout) => exports.push(Export {
                    name: part.name.clone(),
                    encoding,
                    detected: Detected {
                        framing: Framing::Sql,
                        layout,
                        header_line: None,
                        preamble: String::new(),
                    },
                    notes: Vec::new(),
                    within: Some(table.name.clone()),
                    bytes: Bytes::Part(part.clone()),
                    sql: Some(DumpTable {
                        table: table.clone(),
                        read: Arc::default(),
                        first: false,
                    }),
                }),
                None => others.push(Note::OtherTable {
                    name: table.name.clone(),
                    rows: table.rows,
                }),
            }
        }
        // Tables whose format is known are the ones that are meant.
        let is_known = |export: &Export<'_>| export.detected.layout.format.is_some();
        if exports.iter().any(is_known) {
            let guessed = exports.extract_if(.., |export| !is_known(export));
            others.extend(guessed.filter_map(|export| {
                let SqlTable { name, rows, .. } = export.sql?.table;
                Some(Note::OtherTable { name, rows })
            }));
        }
        let read: Arc<[String]> = exports.iter().filter_map(|it| it.within.clone()).collect();
        for (at, table) in exports
            .iter_mut()
            .filter_map(|it| it.sql.as_mut())
            .enumerate()
        {
            table.read = read.clone();
            table.first = at == 0;
        }
        let Some(first) = exports.first_mut() else {
            let tables = dump.tables.iter().map(|table| {
                let columns = table.columns.iter().map(|column| column.name.as_str());
                let columns: Vec<&str> = columns.take(SHOWN).collect();
                format!("{} ({})", table.name, columns.join(", "))
            });
            let tables: Vec<String> = tables.take(SHOWN).collect();
            return Err(ExportError::Layout {
                name: part.name.clone(),
                reason: LayoutError::unknown(&tables.join(", "), |_| false),
            });
        };
        first.notes.extend(others);
        Ok(exports)
    }

    /// The layout of a table that holds orders: a known one, or one with an order number, an
    /// amount, and a state or time.
    fn table(&self, table: &SqlTable, dump: &SqlDump) -> Option<Layout<'f>> {
        let names: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
        let format = self.format_of(table, &names);
        let mut layout = Layout::new(format, names, self.wanted, self.catalog);
        if format.is_none() {
            let has = |keys: &[&str]| {
                let carried = layout
                    .placed
                    .iter()
                    .filter_map(|placed| match placed.field {
                        Field::Fact(key) => Some(&self.catalog.spec(key).key),
                        Field::Extra(_) => None,
                    });
                carried.into_iter().any(|key| keys.contains(&key.as_str()))
            };
            let is_order = has(&["order.id", "order.provider_trade_no"])
                && has(&["order.amount"])
                && has(&["order.status", "order.created_at", "order.paid_at"]);
            if !is_order {
                return None;
            }
        }
        // TIMESTAMP columns are written in the zone of the session, DATETIME columns unshifted.
        if let Some(zone) = dump.zone.filter(|_| self.wanted.zone.is_none()) {
            for (at, column) in table.columns.iter().enumerate() {
                if column.kind.starts_with("timestamp")
                    && let Ok(at) = u16::try_from(at)
                {
                    layout.zones.insert(at, zone);
                }
            }
        }
        Some(layout)
    }

    fn format_of(&self, table: &SqlTable, names: &[String]) -> Option<&'f Format> {
        if let Some(name) = &self.wanted.format {
            return self.formats.find(name);
        }
        let columns: Vec<String> = names.iter().map(|name| normal_column(name)).collect();
        let is_named = |format: &&Format| {
            format.table.iter().any(|name| {
                table.name.eq_ignore_ascii_case(name)
                    || table
                        .name
                        .to_lowercase()
                        .ends_with(&format!("_{}", name.to_lowercase()))
            })
        };
        let fits = |format: &&Format| {
            format.signature.iter().all(|name| columns.contains(name))
                && !format.without.iter().any(|name| columns.contains(name))
                && (!format.signature.is_empty() || !format.table.is_empty())
                && format.line.is_none()
        };
        let named = self
            .formats
            .iter()
            .filter(|format| !format.table.is_empty())
            .filter(fits)
            .filter(is_named)
            .max_by_key(|format| format.signature.len());
        named.or_else(|| {
            self.formats
                .iter()
                .filter(|format| !format.signature.is_empty())
                .filter(fits)
                .max_by_key(|format| format.signature.len())
        })
    }

    /// The sheets of a workbook that hold rows; of several with the same rows the first.
    fn workbook(&self, part: &Part) -> Result<Vec<Export<'f>>, ExportError> {
        let failed = |source| ExportError::Read {
            name: part.name.clone(),
            source,
        };
        let mut file = part.file().map_err(failed)?;
        let encoding = workbook_encoding(&mut file).map_err(failed)?;
        let sheets = sheets(file).map_err(|reason| ExportError::Workbook {
            name: part.name.clone(),
            reason,
        })?;
        let mut exports: Vec<Export<'f>> = Vec::new();
        let mut notes = Vec::new();
        let mut refused = None;
        let mut seen: Vec<Vec<String>> = Vec::new();
        for Sheet { name, text } in sheets {
            let head = head(Cursor::new(&text), Encoding::Utf8).map_err(failed)?;
            let detected = match detect(&head, self.formats, self.catalog, self.wanted) {
                Ok(detected) => detected,
                Err(reason) => {
                    notes.push(Note::OtherSheet(name));
                    refused = refused.or(Some(reason));
                    continue;
                }
            };
            let export = Export {
                name: part.name.clone(),
                encoding,
                detected,
                notes: Vec::new(),
                within: Some(name.clone()),
                bytes: Bytes::Sheet(text),
                sql: None,
            };
            let rows = fingerprints(&export, self.catalog).map_err(failed)?;
            if seen.contains(&rows) {
                notes.push(Note::SameSheet(name));
                continue;
            }
            seen.push(rows);
            exports.push(export);
        }
        match (exports.first_mut(), refused) {
            (Some(first), _) => first.notes.extend(notes),
            (None, reason) => {
                let none = || LayoutError::unknown("no sheet with rows", |_| false);
                return Err(ExportError::Layout {
                    name: part.name.clone(),
                    reason: reason.unwrap_or_else(none),
                });
            }
        }
        Ok(exports)
    }
}

/// What kind of workbook a file is, by its first bytes.
fn workbook_encoding(file: &mut std::fs::File) -> io::Result<Encoding> {
    let mut first = [0; 1];
    file.read_exact(&mut first)?;
    file.rewind()?;
    Ok(if first[0] == b'P' {
        Encoding::Xlsx
    } else {
        Encoding::Xls
    })
}

/// What tells the rows of two sheets apart: their facts, however the cells are formatted.
fn fingerprints(export: &Export<'_>, catalog: &Catalog) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut reader = export.reader(catalog, Scope::Facts);
    let mut chunks = export.chunks()?;
    let mut row = Row::default();
    let blank = Facts::new(catalog).begun();
    let mut facts = blank.clone();
    while let Some(chunk) = chunks.next_chunk(Chunk::default())? {
        let text = ChunkText::new(&chunk, export.encoding);
        for record in &chunk.records {
            facts.restore(&blank);
            if let Outcome::Row = reader.read(&text, record, &mut row, &mut facts) {
                let given = facts.given().filter_map(|key| facts.get(key));
                let texts: Vec<String> = given.map(FactValue::to_string).collect();
                found.push(texts.join("\u{1f}"));
            }
        }
    }
    Ok(found)
}

/// The beginning of a text, up to the end of a line.
fn head(reader: impl Read, encoding: Encoding) -> io::Result<String> {
    let mut bytes = Vec::with_capacity(HEAD);
    reader.take(HEAD as u64).read_to_end(&mut bytes)?;
    if bytes.len() == HEAD
        && let Some(end) = bytes.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'))
    {
        bytes.truncate(end + 1);
    }
    Ok(match encoding.decode(&bytes) {
        Some(text) => text.into_owned(),
        // A damaged line is rejected later; it must not hide the header.
        None if encoding == Encoding::Gb18030 => encoding_rs::GB18030.decode(&bytes).0.into_owned(),
        None => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

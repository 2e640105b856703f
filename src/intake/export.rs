//! One exported log or bill, ready to be read.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use crate::facts::Catalog;

use super::layout::{Detected, Scope};
use super::reader::RecordReader;
use super::records::{ChunkReader, SqlTable};
use super::source::{Encoding, Part};

/// What an opened export gives to note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The archive is cut off or damaged behind what was read.
    Cut(String),
    /// A sheet with the same rows as one that is read.
    SameSheet(String),
    /// A sheet without known columns.
    OtherSheet(String),
    /// A table without orders.
    OtherTable {
        /// Its name.
        name: String,
        /// How many rows it holds.
        rows: u64,
    },
}

/// One table of one file.
#[derive(Debug)]
pub struct Export<'f> {
    /// How messages and output name it.
    pub name: String,
    /// Its encoding, where it is a text.
    pub encoding: Encoding,
    /// How it is read.
    pub detected: Detected<'f>,
    /// What is to be noted about it.
    pub notes: Vec<Note>,
    /// The sheet or table that it is.
    pub within: Option<String>,
    pub(super) bytes: Bytes,
    /// The dump, where it is one of its tables.
    pub(super) sql: Option<DumpTable>,
}

#[derive(Debug)]
pub(super) enum Bytes {
    Part(Arc<Part>),
    Sheet(Vec<u8>),
}
/// One table of a dump, among those that are read.
#[derive(Debug)]
pub(super) struct DumpTable {
    /// What the dump says of it.
    pub table: SqlTable,
    /// The names of all tables that are read.
    pub read: Arc<[String]>,
    /// Whether it is the first of them.
    pub first: bool,
}

impl DumpTable {
    /// Whether it has this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.table.name == name
    }

    /// Whether a table of this name is read.
    pub(super) fn is_read(&self, name: &str) -> bool {
        self.read.iter().any(|known| known == name)
    }

    /// How many columns it has.
    pub(super) fn columns(&self) -> usize {
        self.table.columns.len()
    }
}

impl<'f> Export<'f> {
    /// Its records in chunks, from the beginning.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn chunks(&self) -> io::Result<ChunkReader<Box<dyn Read + Send + '_>>> {
        let reader: Box<dyn Read + Send + '_> = match &self.bytes {
            Bytes::Part(part) => Box::new(part.reader()?),
            Bytes::Sheet(text) => Box::new(Cursor::new(text)),
        };
        Ok(ChunkReader::new(reader, self.detected.framing.clone()))
    }

    /// A reader of its records. Each thread has its own.
    #[must_use]
    pub fn reader<'c>(&'c self, catalog: &'c Catalog, scope: Scope<'_>) -> RecordReader<'f, 'c> {
        RecordReader::new(self, catalog, scope)
    }

    /// Bytes of the file, for rows that are rejected.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.bytes {
            Bytes::Part(part) => part.size,
            Bytes::Sheet(text) => text.len() as u64,
        }
    }

    /// Where the file lies, where it was not unpacked.
    #[must_use]
    pub fn path(&self) -> Option<&std::path::Path> {
        match &self.bytes {
            Bytes::Part(part) => part.path.as_deref(),
            Bytes::Sheet(_) => None,
        }
    }
}

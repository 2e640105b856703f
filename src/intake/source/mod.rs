//! Input files as bytes that can be read twice: found, opened, unpacked and told apart by what is in
//! them, never by their names. What cannot be read twice (standard input, archives, UTF-16) is
//! unpacked into a temporary file first, within limits.

mod encoding;
mod find;
mod unpack;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use thiserror::Error;

pub use encoding::Encoding;
pub use find::{Input, find_inputs};
pub use unpack::{Limits, open};

/// Why an input cannot be used.
#[derive(Debug, Error)]
pub enum SourceError {
    /// It cannot be opened or read.
    #[error("expected a readable file, but {name} cannot be read")]
    Read {
        /// The input.
        name: String,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A pattern or folder names no file.
    #[error("expected files, but {name} names none")]
    None {
        /// The pattern or folder.
        name: String,
    },
    /// It is empty.
    #[error("expected a log, but {name} is empty (0 bytes)")]
    Empty {
        /// The input.
        name: String,
    },
    /// An archive unpacks to far more than it is.
    #[error("expected an archive of at most {limit} unpacked, but {name} unpacks to more")]
    Bomb {
        /// The input.
        name: String,
        /// The limit, for people.
        limit: String,
    },
    /// An archive that needs a password.
    #[error("expected a file without a password, but {name} is protected by one")]
    Password {
        /// The input.
        name: String,
    },
    /// An archive that is cut off or damaged before anything could be read.
    #[error("expected a whole archive, but {name} is cut off or damaged: {reason}")]
    Damaged {
        /// The input.
        name: String,
        /// What the unpacker says.
        reason: String,
    },
    /// The same file twice.
    #[error("expected each input once, found {name} twice")]
    Twice {
        /// The input.
        name: String,
    },
}

impl SourceError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Read { .. } => return None,
            Self::None { .. } => "check the path or pattern; it counts from the current folder",
            Self::Empty { .. } => "export it again, and check that the download was complete",
            Self::Bomb { .. } => "unpack it by hand and check what it holds",
            Self::Password { .. } => "unpack it with its password and give the file inside",
            Self::Damaged { .. } => "download or export it again",
            Self::Twice { .. } => "leave only one of the two",
        })
    }
}

/// What kind of content a part has, told by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Text of any kind, in this encoding.
    Text(Encoding),
    /// A workbook (.xlsx, .xls).
    Workbook,
}

/// One readable file: an input, or a member of an archive.
#[derive(Debug)]
pub struct Part {
    /// How messages and output name it: the path, with the member after a `!`.
    pub name: String,
    /// Where it lies; none where it was unpacked.
    pub path: Option<PathBuf>,
    /// What it holds.
    pub content: Content,
    /// Bytes at the time of opening; later growth is not read.
    pub size: u64,
    /// Bytes before the text begins (a byte order mark).
    pub start: u64,
    /// Why it ends early, where an archive is cut off.
    pub cut: Option<String>,
    file: File,
}

impl Part {
    /// Reads it from the beginning of the text, up to the size it had when it was opened.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn reader(&self) -> io::Result<impl Read + '_> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.start))?;
        Ok(file.take(self.size - self.start))
    }

    /// The bytes between two offsets that [`Self::reader`] passed.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn slice(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.start + offset))?;
        let mut bytes = Vec::with_capacity(length);
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The file itself, for readers that jump in it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn file(&self) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(file)
    }
}

//! Files that a run writes: into a temporary file beside the target first, renamed when it is whole,
//! so that no half result passes for a whole one.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::exit::Failure;

/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// Bytes at the end of a file by which it is known again.
const TAIL: u64 = 1 << 16;

/// How far a file was written, and the digest of its end: another run may have begun the same file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    length: u64,
    tail: [u8; 32],
}

impl Mark {
    /// The mark of a file after so many bytes, where the next are written from now on.
    fn of(file: &mut File, length: u64) -> io::Result<Self> {
        let tail = length.min(TAIL);
        file.seek(io::SeekFrom::Start(length - tail))?;
        let mut bytes = Vec::new();
        Read::by_ref(file).take(tail).read_to_end(&mut bytes)?;
        file.seek(io::SeekFrom::Start(length))?;
        Ok(Self {
            length,
            tail: Sha256::digest(&bytes).into(),
        })
    }
}

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Output {
    target: PathBuf,
    /// Where it is written; none where the target is no regular file, such as a device.
    partial: Option<PathBuf>,
    file: BufWriter<File>,
    /// Bytes written so far.
    length: u64,
}

impl Output {
    /// Begins a file.
    pub(super) fn create(target: &Path) -> anyhow::Result<Self> {
        let partial = partial_of(target);
        let file = match &partial {
            Some(partial) => OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(true)
                .open(partial),
            None => OpenOptions::new().write(true).open(target),
        };
        let file = file.map_err(|error| failure(target, &error))?;
        Ok(Self {
            target: target.to_owned(),
            partial,
            file: BufWriter::with_capacity(BUFFER, file),
            length: 0,
        })
    }

    /// Goes on with a file that was written up to a mark; none where that is not what is there.
    pub(super) fn resume(target: &Path, mark: Mark) -> anyhow::Result<Option<Self>> {
        let Some(partial) = partial_of(target) else {
            return Ok(None);
        };
        let failed = |error: io::Error| failure(&partial, &error);
        let mut file = match OpenOptions::new().read(true).write(true).open(&partial) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let there = file.metadata().map_err(failed)?.len();
        if there < mark.length || Mark::of(&mut file, mark.length).map_err(failed)? != mark {
            return Ok(None);
        }
        // What was written after the journal is written again.
        file.set_len(mark.length).map_err(failed)?;
        Ok(Some(Self {
            target: target.to_owned(),
            file: BufWriter::with_capacity(BUFFER, file),
            length: mark.length,
            partial: Some(partial),
        }))
    }

    /// Hands everything written so far to the system, and marks it.
    pub(super) fn settle(&mut self) -> io::Result<Mark> {
        self.file.flush()?;
        Mark::of(self.file.get_mut(), self.length)
    }

    /// Leaves what was written so far for a later run.
    pub(super) fn leave(mut self) {
        self.partial = None;
    }

    /// Ends the file and gives it its name.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        let flushed = self.file.flush();
        flushed.map_err(|error| failure(&self.target, &error))?;
        if let Some(partial) = &self.partial {
            std::fs::rename(partial, &self.target)
                .map_err(|error| failure(&self.target, &error))?;
        }
        self.partial = None;
        Ok(())
    }
}

impl Drop for Output {
    /// A file that was not finished is not left behind.
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            let _ = std::fs::remove_file(partial);
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Where a target is written until it is whole; none where it is a device or a pipe.
pub(super) fn partial_of(target: &Path) -> Option<PathBuf> {
    if target.exists() && !target.is_file() {
        return None;
    }
    beside(target, ".partial")
}

/// A file beside another, with more at the end of its name; none where it has no name.
pub(super) fn beside(file: &Path, ending: &str) -> Option<PathBuf> {
    let mut name = file.file_name()?.to_owned();
    name.push(ending);
    Some(file.with_file_name(name))
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    let message = format!(
        "expected to write {}, but it cannot be written: {error}",
        path.display()
    );
    let help = "check the folder, its permissions and the free space".to_owned();
    Failure::new(message, Some(help))
}

/// Refuses files that would overwrite an input or each other.
pub(super) fn refuse_overwriting<'p>(
    inputs: impl IntoIterator<Item = &'p Path>,
    outputs: &[(&str, &Path)],
) -> anyhow::Result<()> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| absolute(path));
    let mut taken: Vec<(String, PathBuf)> = inputs
        .into_iter()
        .map(|path| ("an input".to_owned(), real(path)))
        .collect();
    for (flag, path) in outputs {
        let own = real(path);
        if path.exists() && !path.is_file() {
            continue;
        }
        if let Some((what, _)) = taken.iter().find(|(_, known)| *known == own) {
            let message = format!(
                "{flag}: expected a file of its own, found {}, which is {what}",
                path.display()
            );
            return Err(Failure::new(message, Some("choose another name".to_owned())).into());
        }
        // What is written beside it meanwhile must not be an input or another output either.
        for ending in [".partial", ".journal", ".journal.new"] {
            let aside = beside(&own, ending);
            let hit = taken
                .iter()
                .find(|(_, known)| Some(known) == aside.as_ref());
            if let Some((what, known)) = hit {
                let message = format!(
                    "{flag}: expected to be free to write {}, which is {what}",
                    known.display()
                );
                return Err(Failure::new(message, Some("choose another name".to_owned())).into());
            }
        }
        taken.push(((*flag).to_owned(), own));
    }
    Ok(())
}

/// The path from the root, of a file that need not exist.
fn absolute(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    real.join(path.file_name().unwrap_or_default())
}

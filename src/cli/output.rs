//! Files that a run writes: into a temporary file beside the target first, renamed when it is whole,
//! so that no half result passes for a whole one.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use super::exit::Failure;

/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 16;

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
            Some(partial) => File::create(partial),
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

    /// Goes on with a file of which this many bytes were written; none where they are not there.
    pub(super) fn resume(target: &Path, length: u64) -> anyhow::Result<Option<Self>> {
        let Some(partial) = partial_of(target) else {
            return Ok(None);
        };
        let mut file = match OpenOptions::new().write(true).open(&partial) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| failure(&partial, &error))?,
        };
        let there = file.metadata().map_err(|error| failure(&partial, &error))?;
        if there.len() < length {
            return Ok(None);
        }
        // What was written after the journal is written again.
        file.set_len(length)
            .and_then(|()| file.seek(io::SeekFrom::End(0)))
            .map_err(|error| failure(&partial, &error))?;
        Ok(Some(Self {
            target: target.to_owned(),
            partial: Some(partial),
            file: BufWriter::with_capacity(BUFFER, file),
            length,
        }))
    }

    /// Hands everything written so far to the system; gives how many bytes that is.
    pub(super) fn settle(&mut self) -> io::Result<u64> {
        self.file.flush()?;
        Ok(self.length)
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

//! Files that a run writes: into a temporary file beside the target first, renamed when it is whole,
//! so that no half result passes for a whole one.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::exit::Failure;

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Output {
    target: PathBuf,
    /// Where it is written; none where the target is no regular file, such as a device.
    partial: Option<PathBuf>,
    file: BufWriter<File>,
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
            file: BufWriter::with_capacity(1 << 16, file),
        })
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
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Where a target is written until it is whole; none where it is a device or a pipe.
fn partial_of(target: &Path) -> Option<PathBuf> {
    if target.exists() && !target.is_file() {
        return None;
    }
    let mut name = target.file_name()?.to_owned();
    name.push(".partial");
    Some(target.with_file_name(name))
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

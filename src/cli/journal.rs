//! How far a run came, kept beside its output while it runs, so that an interrupted run can go on
//! and end with the same bytes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::batch::{Progress, hash_of};
use crate::facts::Moment;
use crate::intake::source::{Input, find_inputs};
use crate::rules::RuleSet;
use crate::text::Locale;

use super::args::{Batch, Common, RowFormat};
use super::exit::Failure;
use super::output::{Mark, beside, partial_of};

/// How often it is written: a run that is killed loses no more work than this.
const EVERY: Duration = Duration::from_secs(2);

/// What it begins with; another version of the file is another kind of file.
const MAGIC: &[u8] = b"recharge-doctor journal 1\n";

/// Bytes of the digest behind it.
const DIGEST: usize = 32;

/// The journal of a run.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    run: Identity,
    due: Instant,
}

/// What must be the same for a run to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    program: String,
    rules: String,
    options: String,
    files: Vec<Stamp>,
}

/// A file that is read, as it was when the run began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    name: String,
    bytes: u64,
    /// When it was written last.
    modified: Option<Duration>,
}

/// What of the files of a run is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// The rows.
    pub(super) rows: Mark,
    /// Whether there is a row among them.
    pub(super) begun: bool,
    /// The rejected records, where they are kept.
    pub(super) rejects: Option<Mark>,
    /// Whether there is a record among them.
    pub(super) rejected: bool,
}

/// What a run goes on from.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved<P = Progress> {
    run: Identity,
    now: String,
    /// What is written.
    pub(super) written: Written,
    /// How far it came.
    pub(super) progress: P,
}

impl Saved {
    /// The instant at which the run looks at its cases.
    pub(super) fn now(&self) -> anyhow::Result<Moment> {
        self.now.parse().context("while reading the journal")
    }
}

impl Journal {
    /// The journal of a run with these options; none where the run cannot go on anyway: its rows go
    /// to no file or into a workbook, or its input cannot be read a second time.
    pub(super) fn of(
        common: &Common,
        args: &Batch,
        form: RowFormat,
        rules: &RuleSet,
        locale: Locale,
    ) -> anyhow::Result<Option<Self>> {
        // Beside a device or a pipe nothing is left to go on with.
        let output = args.output.as_deref();
        let output = output.filter(|output| partial_of(output).is_some());
        let Some(path) = output.and_then(|output| beside(output, ".journal")) else {
            return Ok(None);
        };
        let inputs = find_inputs(&args.input.files)?;
        let rejects = args.rejects.as_deref();
        if rejects.is_some_and(|rejects| partial_of(rejects).is_none()) {
            return Ok(None);
        }
        if form == RowFormat::Xlsx || inputs.contains(&Input::Stdin) {
            return Ok(None);
        }
        let paths = inputs.iter().filter_map(|input| match input {
            Input::File(path) => Some(path.as_path()),
            Input::Stdin => None,
        });
        let stamps = paths.chain(common.profile.as_deref()).map(Stamp::of);
        let input = &args.input;
        let told = (&input.format_in, &input.map, &input.zone, input.unit);
        let rows = (form, &args.only, args.detail, &args.rejects);
        let options = format!("{told:?} {rows:?} {locale:?} {:?}", common.reveal);
        let options = format!("{options} {:?} {:?}", common.now, common.profile);
        Ok(Some(Self {
            path,
            run: Identity {
                program: program(),
                rules: rules.fingerprint.clone(),
                options,
                files: stamps.collect::<io::Result<_>>()?,
            },
            due: Instant::now() + EVERY,
        }))
    }

    /// What the run goes on from; none where none was interrupted.
    ///
    /// # Errors
    /// A journal that cannot be read, is damaged, or is of a run that was begun in another way.
    pub(super) fn load(&self) -> anyhow::Result<Option<Saved>> {
        let bytes = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.with_context(|| format!("while reading {}", self.path.display()))?,
        };
        let saved = decoded(&bytes).ok_or_else(|| {
            let path = self.path.display();
            anew(format!(
                "expected the journal of an interrupted run, found {path} damaged"
            ))
        })?;
        match self.run.differs(&saved.run) {
            None => Ok(Some(saved)),
            Some(what) => Err(anew(format!(
                "expected the run to go on as it began, but {what} changed since"
            ))),
        }
    }

    /// Whether it is time to write it.
    pub(super) fn is_due(&self) -> bool {
        Instant::now() >= self.due
    }

    /// Writes it: whole or not at all.
    ///
    /// # Errors
    /// What the file system reports.
    pub(super) fn save(
        &mut self,
        now: Moment,
        written: Written,
        progress: &Progress,
    ) -> io::Result<()> {
        let saved = Saved {
            run: self.run.clone(),
            now: now.to_string(),
            written,
            progress,
        };
        let mut bytes = postcard::to_extend(&saved, MAGIC.to_vec()).map_err(io::Error::other)?;
        let digest = Sha256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        let new = beside(&self.path, ".new").ok_or(io::ErrorKind::InvalidInput)?;
        let written = fs::write(&new, &bytes).and_then(|()| fs::rename(&new, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written?;
        self.due = Instant::now() + EVERY;
        Ok(())
    }

    /// Removes it, where there is one.
    ///
    /// # Errors
    /// What the file system reports.
    pub(super) fn remove(&self) -> anyhow::Result<()> {
        remove(&self.path)
    }
}

/// Removes the journal of whatever run wrote to this output before: it says nothing of the next.
pub(super) fn remove_beside(output: &Path) -> anyhow::Result<()> {
    match partial_of(output).and_then(|_| beside(output, ".journal")) {
        Some(path) => remove(&path),
        None => Ok(()),
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("while removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

impl Identity {
    /// What of another run is not as in this one.
    fn differs(&self, other: &Self) -> Option<String> {
        if self.program != other.program {
            return Some("the program".to_owned());
        }
        if self.rules != other.rules {
            return Some("the rules".to_owned());
        }
        if self.options != other.options {
            return Some("an option".to_owned());
        }
        let mut pairs = self.files.iter().zip(&other.files);
        let changed = pairs.find(|(own, other)| own != other);
        match changed {
            Some((own, _)) => Some(own.name.clone()),
            None if self.files.len() != other.files.len() => Some("the list of files".to_owned()),
            None => None,
        }
    }
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let data = fs::metadata(path)?;
        let modified = data.modified()?.duration_since(std::time::UNIX_EPOCH);
        Ok(Self {
            name: path.display().to_string(),
            bytes: data.len(),
            modified: modified.ok(),
        })
    }
}

/// The program: its version, and how it hashes, which may differ from one machine to another.
fn program() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("{version} {:016x}", hash_of(version))
}

/// The content of a journal; none where it is damaged.
fn decoded(bytes: &[u8]) -> Option<Saved> {
    let (content, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    let whole = Sha256::digest(content).as_slice() == digest;
    let body = content.strip_prefix(MAGIC).filter(|_| whole)?;
    postcard::from_bytes(body).ok()
}

fn anew(message: String) -> anyhow::Error {
    let help = "start it without --resume to begin at the first row".to_owned();
    Failure::new(message, Some(help)).into()
}

//! The two passes of a run: over all exports for what neighbours say, then over each for its rows.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::facts::Draft;
use crate::intake::layout::{Row, Scope};
use crate::intake::records::Chunk;
use crate::intake::{ChunkText, Export, Outcome, RecordReader};
use crate::rules::RuleSet;

use super::look::{Keys, text};
use super::neighbours::{Histories, Neighbour, Rows, hash_of};
use super::pipeline;
use super::tally::Tally;
use super::worker::{Done, Ground, RowWriter, Worker};

/// Why a run cannot go on.
#[derive(Debug, Error)]
pub enum BatchError {
    /// An input cannot be read to its end.
    #[error("expected to read the input to its end, but it cannot be read")]
    Read(#[from] io::Error),
    /// The output cannot be written.
    #[error("expected to write the result, but it cannot be written")]
    Write(#[source] io::Error),
    /// An input changed between the two passes.
    #[error("expected {name} to stay as it is, but it changed while it was read")]
    Changed {
        /// The file.
        name: String,
    },
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

/// How a run is done.
#[derive(Debug, Clone, Copy)]
pub struct Options<'o> {
    /// Threads that work.
    pub jobs: usize,
    /// Becomes true where the run is to stop.
    pub stop: &'o AtomicBool,
}

/// How many rows every chunk of an export has, for the second pass.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Position of the first row of the export among all rows of the run.
    first: usize,
    /// Rows before each chunk, within the export.
    before: Vec<u64>,
    rows: u64,
}

impl Counted {
    /// Rows before a chunk, which may be the one after the last; none where there is no such chunk.
    fn rows_before(&self, chunk: usize) -> Option<u64> {
        let end = (chunk == self.before.len()).then_some(self.rows);
        self.before.get(chunk).copied().or(end)
    }
}

/// Reads rows for what matters to their neighbours.
struct Scout<'s, 'f, 'c> {
    reader: RecordReader<'f, 'c>,
    keys: &'s Keys,
    /// The names of the channels by their position.
    channels: &'s [&'s str],
    draft: Draft,
    row: Row,
}

impl Scout<'_, '_, '_> {
    fn neighbours(&mut self, chunk: &ChunkText<'_>) -> Vec<Neighbour> {
        let mut found = Vec::with_capacity(chunk.chunk.records.len());
        self.draft.clear();
        for record in &chunk.chunk.records {
            self.draft.begin();
            let (row, draft) = (&mut self.row, &mut self.draft);
            match self.reader.read(chunk, record, row, draft) {
                Outcome::Row => found.push(self.neighbour()),
                _ => self.draft.take_back(),
            }
        }
        found
    }

    /// What of the row at hand matters to its neighbours.
    fn neighbour(&self) -> Neighbour {
        let (keys, facts) = (self.keys, &self.draft);
        let amount = keys.fen(facts);
        let account = keys.account(facts).and_then(|key| text(facts, key));
        let channel = text(facts, keys.channel);
        let channel = channel.and_then(|name| self.channels.iter().position(|it| *it == name));
        Neighbour {
            time: keys.when(facts),
            account: account.map(hash_of),
            order: hash_of(&(amount, text(facts, keys.product))),
            amount,
            channel: channel.and_then(|at| u8::try_from(at).ok()),
            failed: keys.failed(facts),
            taken: keys.taken(facts),
        }
    }
}

/// What the first pass found.
#[derive(Debug)]
pub struct FirstPass {
    /// What neighbours say.
    pub histories: Histories,
    /// Rows of every export.
    pub counted: Vec<Counted>,
    /// Rows of the run.
    pub rows: u64,
}

/// Reads all exports once for what neighbours say.
///
/// # Errors
/// Inputs that cannot be read, or a stop.
pub fn survey_neighbours(
    exports: &[Export<'_>],
    rules: &RuleSet,
    options: Options<'_>,
) -> Result<FirstPass, BatchError> {
    let keys = Keys::of(rules);
    let only = keys.of_neighbours();
    let spec = rules.catalog.spec(keys.channel);
    let channels: Vec<&str> = spec.values.iter().map(|word| word.value.as_str()).collect();
    let mut rows = Rows::default();
    let mut counted = Vec::new();
    for export in exports {
        let mut of = Counted {
            first: rows.len(),
            ..Counted::default()
        };
        pipeline::run(
            export,
            options.jobs,
            0,
            options.stop,
            || Scout {
                reader: export.reader(&rules.catalog, Scope::Only(&only)),
                keys: &keys,
                channels: &channels,
                draft: Draft::new(&rules.catalog, |_| false),
                row: Row::default(),
            },
            |scout, chunk| scout.neighbours(&ChunkText::new(chunk, export.encoding)),
            |_, found: Vec<Neighbour>| {
                of.before.push(of.rows);
                of.rows += found.len() as u64;
                found.into_iter().for_each(|row| rows.push(row));
                Ok::<(), BatchError>(())
            },
        )?;
        if options.stop.load(Ordering::Relaxed) {
            return Err(BatchError::Stopped);
        }
        counted.push(of);
    }
    let total = rows.len() as u64;
    Ok(FirstPass {
        histories: Histories::of(rows, &channels),
        counted,
        rows: total,
    })
}

/// Takes what a run gives, in input order.
pub trait Sink {
    /// Takes written rows.
    ///
    /// # Errors
    /// What the writer reports.
    fn rows(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Takes a record that cannot be read: its file, line, bytes as they are, and the reason.
    ///
    /// # Errors
    /// What the writer reports.
    fn reject(&mut self, file: &str, line: u64, bytes: &[u8], reason: &str) -> io::Result<()>;

    /// Takes more bytes of the record rejected last, which is longer than memory should hold.
    ///
    /// # Errors
    /// What the writer reports.
    fn reject_more(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Is told how many more rows were done, and how far the run has come with them.
    ///
    /// # Errors
    /// What a writer reports.
    fn done(&mut self, rows: u64, progress: &Progress) -> io::Result<()>;
}

/// How many records an export has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Records {
    /// Those that were read.
    pub read: u64,
    /// Those that were not.
    pub rejected: u64,
}

/// How far a run has come, and what its rows add up to so far. A run that was interrupted goes on
/// from it and ends as if nothing had happened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// The exports that were begun; the last may be under way.
    pub exports: Vec<Records>,
    /// Chunks of the last one that were done.
    chunks: usize,
    /// What the rows add up to.
    pub tally: Tally,
}

impl Progress {
    /// Records of all exports so far.
    #[must_use]
    pub fn records(&self) -> Records {
        let mut sum = Records::default();
        for export in &self.exports {
            sum.read += export.read;
            sum.rejected += export.rejected;
        }
        sum
    }

    /// Whether it can be of a run over exports in which the first pass found this.
    #[must_use]
    pub fn fits(&self, first: &FirstPass) -> bool {
        let Some(last) = self.exports.len().checked_sub(1) else {
            return true;
        };
        let fits = |(at, (records, counted)): (usize, (&Records, &Counted))| {
            let read = if at < last {
                Some(counted.rows)
            } else {
                counted.rows_before(self.chunks)
            };
            read == Some(records.read)
        };
        let pairs = self.exports.iter().zip(&first.counted);
        self.exports.len() <= first.counted.len() && pairs.enumerate().all(fits)
    }
}

/// The pass over all exports that diagnoses their rows.
#[derive(Debug, Clone, Copy)]
pub struct SecondPass<'p> {
    /// What the first pass found.
    pub first: &'p FirstPass,
    /// What diagnoses stand on.
    pub ground: Ground<'p>,
    /// How it is done.
    pub options: Options<'p>,
}

impl SecondPass<'_> {
    /// Diagnoses the rows of one export that `progress` does not hold yet and hands them to the
    /// sink. Exports are done in their order; `index` is the position of this one.
    ///
    /// # Errors
    /// Inputs that cannot be read or changed, a sink that cannot write, or a stop: `progress` then
    /// tells how far it came.
    pub fn write_rows<W: RowWriter>(
        self,
        export: &Export<'_>,
        index: usize,
        writer: impl Fn() -> W + Sync,
        progress: &mut Progress,
        sink: &mut impl Sink,
    ) -> Result<(), BatchError> {
        let Self {
            first,
            ground,
            options,
        } = self;
        if progress.exports.len() <= index {
            progress.exports.push(Records::default());
            progress.chunks = 0;
        }
        let counted = &first.counted[index];
        let input = u32::try_from(index).unwrap_or(u32::MAX);
        pipeline::run(
            export,
            options.jobs,
            progress.chunks,
            options.stop,
            || Worker::new(ground, export, input, &first.histories, writer()),
            |worker, chunk| {
                let before = counted.rows_before(chunk.index).unwrap_or(counted.rows);
                let at = usize::try_from(before).unwrap_or(usize::MAX);
                worker.work(chunk, counted.first + at, before + 1)
            },
            |chunk, done: Done| take(export, input, chunk, &done, progress, sink),
        )?;
        if options.stop.load(Ordering::Relaxed) {
            return Err(BatchError::Stopped);
        }
        if progress.exports[index].read != counted.rows {
            return Err(BatchError::Changed {
                name: export.name.clone(),
            });
        }
        Ok(())
    }
}

/// Hands what a chunk came to over to the sink and counts it.
fn take(
    export: &Export<'_>,
    input: u32,
    chunk: &Chunk,
    done: &Done,
    progress: &mut Progress,
    sink: &mut impl Sink,
) -> Result<(), BatchError> {
    if chunk.tail > 0 {
        let more = &chunk.bytes[..chunk.tail];
        sink.reject_more(more).map_err(BatchError::Write)?;
    }
    for (at, reason) in &done.rejects {
        let record = &chunk.records[*at];
        let bytes = &chunk.bytes[record.start..record.end];
        sink.reject(&export.name, record.line, bytes, &reason.to_string())
            .map_err(BatchError::Write)?;
        progress.tally.reject(input, record.line, reason.clone());
    }
    sink.rows(&done.bytes).map_err(BatchError::Write)?;
    for (row, judged) in done.counted() {
        progress.tally.count(&row, judged);
    }
    let rows = done.rows.len() as u64;
    if let Some(records) = progress.exports.last_mut() {
        records.read += rows;
        records.rejected += done.rejects.len() as u64;
    }
    progress.chunks = chunk.index + 1;
    sink.done(rows, progress).map_err(BatchError::Write)
}

//! The two passes of a run: over all exports for what neighbours say, then over each for its rows.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

use crate::facts::{FactKey, FactValue, Fen};
use crate::intake::layout::Row;
use crate::intake::{ChunkText, Export, Outcome};
use crate::rules::RuleSet;

use super::neighbours::{Channels, Histories, Neighbour, Rows, hash_of};
use super::pipeline;
use super::tally::Tally;
use super::worker::{Done, Ground, RowWriter, WHEN, Worker};

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

/// The facts that neighbours need.
const NEEDED: [&str; 12] = [
    "account.id",
    "account.username",
    "account.phone",
    "order.target",
    "order.product",
    "order.amount",
    "payment.channel",
    "order.status",
    "payment.debited",
    "payment.state",
    "error.code",
    "error.message",
];

struct Needed {
    keys: [FactKey; NEEDED.len()],
    when: [FactKey; WHEN.len()],
}

impl Needed {
    fn of(rules: &RuleSet) -> Self {
        Self {
            keys: NEEDED.map(|key| rules.key(key)),
            when: WHEN.map(|key| rules.key(key)),
        }
    }

    fn all(&self) -> Vec<FactKey> {
        self.keys.iter().chain(&self.when).copied().collect()
    }

    /// What of a row matters to its neighbours; the channel is told by name.
    fn neighbour<'r>(&self, row: &'r Row) -> (Neighbour, Option<&'r str>) {
        let [
            id,
            username,
            phone,
            target,
            product,
            amount,
            channel,
            status,
            debited,
            state,
            code,
            message,
        ] = self.keys;
        let text = |key: FactKey| row.get(key).and_then(FactValue::as_text);
        let account = [id, username, phone, target].into_iter().find_map(text);
        let fen = match row.get(amount) {
            Some(FactValue::Money(Fen(fen))) => Some(*fen),
            _ => None,
        };
        let when = self.when.iter().find_map(|key| match row.get(*key) {
            Some(FactValue::Time(moment)) => Some(moment.millis()),
            _ => None,
        });
        let complains = text(code).is_some() || text(message).is_some();
        let failed = match text(status) {
            Some("failed") => Some(true),
            Some("succeeded" | "refunded" | "paid" | "delivering") => Some(false),
            None | Some("unknown") if complains => Some(true),
            _ => None,
        };
        let taken = matches!(text(status), Some("paid" | "delivering" | "succeeded"))
            || text(state) == Some("taken")
            || row.get(debited) == Some(&FactValue::Bool(true));
        let neighbour = Neighbour {
            time: when,
            account: account.map(hash_of),
            order: hash_of(&(fen, text(product))),
            amount: fen,
            channel: None,
            failed,
            taken,
        };
        (neighbour, text(channel))
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
    let needed = Needed::of(rules);
    let only = needed.all();
    let channels = Mutex::new(Channels::default());
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
            options.stop,
            || (export.reader(&rules.catalog, Some(&only)), Row::default()),
            |(reader, row), chunk| {
                let mut found = Vec::with_capacity(chunk.records.len());
                let text = ChunkText::new(chunk, export.encoding);
                for record in &chunk.records {
                    if reader.read(&text, record, row) == Outcome::Row {
                        let (mut neighbour, channel) = needed.neighbour(row);
                        neighbour.channel = channel.and_then(|name| number(&channels, name));
                        found.push(neighbour);
                    }
                }
                found
            },
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
    let channels = channels.into_inner().unwrap_or_default();
    Ok(FirstPass {
        histories: Histories::of(rows, &channels),
        counted,
        rows: total,
    })
}

fn number(channels: &Mutex<Channels>, name: &str) -> Option<u8> {
    channels.lock().ok()?.number(name)
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

    /// Is told how many rows were done.
    fn progress(&mut self, rows: u64);
}

/// What a run adds up to.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Rows that were read.
    pub read: u64,
    /// Records that were not.
    pub rejected: u64,
    /// What the rows add up to.
    pub tally: Tally,
}

impl Totals {
    /// Adds those of another export.
    pub fn add(&mut self, other: Self) {
        self.read += other.read;
        self.rejected += other.rejected;
        self.tally.add(other.tally);
    }
}

/// Diagnoses all rows of one export and hands them to the sink.
///
/// # Errors
/// Inputs that cannot be read or changed, a sink that cannot write, or a stop.
pub fn write_rows<W: RowWriter>(
    export: &Export<'_>,
    index: usize,
    first: &FirstPass,
    ground: Ground<'_>,
    options: Options<'_>,
    writer: impl Fn() -> W + Sync,
    sink: &mut impl Sink,
) -> Result<Totals, BatchError> {
    let counted = &first.counted[index];
    let input = u32::try_from(index).unwrap_or(u32::MAX);
    let mut totals = Totals::default();
    pipeline::run(
        export,
        options.jobs,
        options.stop,
        || Worker::new(ground, export, input, &first.histories, writer()),
        |worker, chunk| {
            let before = counted
                .before
                .get(chunk.index)
                .copied()
                .unwrap_or(counted.rows);
            let at = usize::try_from(before).unwrap_or(usize::MAX);
            worker.work(chunk, counted.first + at, before + 1)
        },
        |chunk, done: Done| {
            if chunk.tail > 0 {
                let more = &chunk.bytes[..chunk.tail];
                sink.reject_more(more).map_err(BatchError::Write)?;
            }
            for (at, reason) in &done.rejects {
                let record = &chunk.records[*at];
                let bytes = &chunk.bytes[record.start..record.end];
                let reason = reason.to_string();
                sink.reject(&export.name, record.line, bytes, &reason)
                    .map_err(BatchError::Write)?;
                totals.tally.reject(input, record.line, reason);
            }
            sink.rows(&done.bytes).map_err(BatchError::Write)?;
            totals.read += done.rows;
            totals.rejected += done.rejects.len() as u64;
            totals.tally.add(done.tally);
            sink.progress(done.rows);
            Ok::<(), BatchError>(())
        },
    )?;
    if options.stop.load(Ordering::Relaxed) {
        return Err(BatchError::Stopped);
    }
    if totals.read != counted.rows {
        return Err(BatchError::Changed {
            name: export.name.clone(),
        });
    }
    Ok(totals)
}

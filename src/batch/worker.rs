//! Chunks of records → diagnosed rows, written.

use std::borrow::Cow;

use crate::derive::{Deriver, Listener, PROSE};
use crate::diagnose::{
    Alike, Applies, Brief, Briefer, CaseVerdict, Diagnosis, States, Wordings, conclude,
};
use crate::facts::{
    CaseFacts, Draft, FactKey, FactType, Facts, Fen, Kept, Moment, Source, ValueRef,
};
use crate::intake::layout::{Row, Scope};
use crate::intake::records::{Chunk, Reject};
use crate::intake::source::Encoding;
use crate::intake::{ChunkText, Export, Outcome, RecordReader};
use crate::rules::{Profile, RuleSet};

use super::look::Keys;
use super::neighbours::{Histories, History};
use super::tally::{Counted, Judged};

/// What all rows of a run share.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'g> {
    /// The rules.
    pub rules: &'g RuleSet,
    /// The profile of the platform.
    pub profile: &'g Profile,
    /// "Now", for all rows alike.
    pub now: Moment,
    /// Which rows are written.
    pub only: Only,
    /// Whether the grounds of a diagnosis are wanted too.
    pub detail: bool,
}

/// Which rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// All.
    All,
    /// Those that failed.
    Failed,
    /// Those whose cause is open.
    Undetermined,
    /// Those of which this cause is the first.
    Cause(usize),
}

impl Only {
    fn takes(self, brief: &Brief) -> bool {
        match self {
            Self::All => true,
            Self::Failed => brief.verdict != CaseVerdict::Healthy,
            Self::Undetermined => brief.verdict == CaseVerdict::Undetermined,
            Self::Cause(cause) => {
                brief.verdict == CaseVerdict::Identified
                    && brief
                        .causes
                        .first()
                        .is_some_and(|first| first.cause == cause)
            }
        }
    }
}

/// One diagnosed row, for a writer.
#[derive(Debug)]
pub struct Diagnosed<'d> {
    /// Its number in the file, from 1.
    pub number: u64,
    /// The file.
    pub file: &'d str,
    /// The name of the case: its order number, else `row N`.
    pub case: &'d str,
    /// Its facts, derived ones included, where warnings or grounds speak of them.
    pub facts: Option<&'d Facts>,
    /// The diagnosis.
    pub brief: &'d Brief,
    /// Its name among those that one writer gets.
    pub alike: Alike,
    /// The diagnosis with its grounds, where they are wanted.
    pub full: Option<&'d Diagnosis>,
    /// What was odd about its cells.
    pub complaints: &'d [String],
}

/// Puts diagnosed rows into bytes; each thread has its own.
pub trait RowWriter {
    /// Whether it puts the facts of every row into words, not only those of warnings and grounds.
    fn speaks_of_facts(&self) -> bool {
        false
    }

    /// Appends a row.
    fn write(&mut self, row: &Diagnosed<'_>, out: &mut Vec<u8>);
}

/// Writes nothing: only what rows add up to is wanted.
#[derive(Debug, Clone, Copy)]
pub struct NoRows;

impl RowWriter for NoRows {
    fn write(&mut self, _: &Diagnosed<'_>, _: &mut Vec<u8>) {}
}

/// What a chunk became.
#[derive(Debug, Default)]
pub struct Done {
    /// The written rows.
    pub bytes: Vec<u8>,
    /// The rows that were read.
    pub rows: Vec<Noted>,
    /// The texts that they speak of.
    texts: String,
    /// Records that were not, with their place in the chunk.
    pub rejects: Vec<(usize, Reject)>,
}

impl Done {
    /// What of every row is counted.
    pub fn counted(&self) -> impl Iterator<Item = (Counted<'_>, Judged)> {
        self.rows.iter().map(|row| row.counted(&self.texts))
    }
}

/// What of a row is counted, its texts by their place.
#[derive(Debug)]
pub struct Noted {
    /// Its place among the records of the chunk.
    record: usize,
    complaints: Vec<String>,
    input: u32,
    number: u64,
    amount: Option<i64>,
    time: Option<i64>,
    taken: bool,
    case: Option<Kept>,
    channel: Option<Kept>,
    account: Option<Kept>,
    unlisted: Option<Kept>,
    text: Option<Kept>,
    judged: Judged,
}

impl Noted {
    fn counted<'t>(&self, texts: &'t str) -> (Counted<'t>, Judged) {
        let of = |kept: Option<Kept>| kept.map(|kept| Cow::Borrowed(kept.of(texts)));
        let counted = Counted {
            input: self.input,
            number: self.number,
            case: of(self.case),
            amount: self.amount,
            time: self.time,
            channel: of(self.channel),
            account: of(self.account),
            taken: self.taken,
            unlisted: of(self.unlisted),
            text: of(self.text),
        };
        (counted, self.judged)
    }
}

/// Diagnoses the chunks of one export, one at a time.
pub struct Worker<'w, 'f, W> {
    ground: Ground<'w>,
    file: &'w str,
    input: u32,
    encoding: Encoding,
    reader: RecordReader<'f, 'w>,
    histories: &'w Histories,
    writer: W,
    completer: Completer<'w>,
    keys: Keys,
    draft: Draft,
    /// The facts of a single row, where its words need them.
    facts: Facts,
    blank: Facts,
    /// The facts that warnings speak of; none where columns do not hold all that is spoken of.
    warned: Option<Vec<(FactKey, FactType)>>,
    wordings: Wordings,
    briefer: Briefer<'w>,
    row: Row,
    /// Bytes that the last chunk became: the next will hardly become more.
    written: usize,
}

/// Completes what a record says by what is known besides.
struct Completer<'w> {
    listener: Listener<'w>,
    deriver: Deriver<'w>,
    keys: HistoryKeys,
    now: Moment,
}

/// Facts that a batch sets itself.
struct HistoryKeys {
    now: FactKey,
    same_order: FactKey,
    failures: FactKey,
    day_total: FactKey,
    rate: FactKey,
    usual: FactKey,
}

impl<'w> Completer<'w> {
    fn new(ground: Ground<'w>) -> Self {
        let rules = ground.rules;
        Self {
            listener: Listener::new(rules),
            deriver: Deriver::new(rules, ground.profile),
            now: ground.now,
            keys: HistoryKeys {
                now: rules.key("case.now"),
                same_order: rules.key("history.same_order_10m"),
                failures: rules.key("history.account_failures_24h"),
                day_total: rules.key("payment.day_total"),
                rate: rules.key("history.failure_rate_15m"),
                usual: rules.key("history.failure_rate_usual"),
            },
        }
    }

    /// Adds what neighbours say, what the words say and what follows.
    fn complete(&mut self, facts: &mut impl CaseFacts, history: History) {
        let keys = &self.keys;
        // A rate that was given is not measured against the file at hand.
        let rate_given = facts.value(keys.rate).is_some();
        let mut add = |key: FactKey, value: Option<ValueRef<'_>>| {
            if let Some(value) = value.filter(|_| !facts.is_given(key)) {
                facts.put(key, value, Source::Record);
            }
        };
        add(keys.now, Some(ValueRef::Time(self.now)));
        add(keys.same_order, history.same_order.map(ValueRef::Int));
        add(keys.failures, history.failures.map(ValueRef::Int));
        let total = history.day_total.map(|fen| ValueRef::Money(Fen(fen)));
        add(keys.day_total, total);
        add(keys.rate, history.rate.map(ValueRef::Number));
        let usual = history.usual.filter(|_| !rate_given);
        add(keys.usual, usual.map(ValueRef::Number));
        self.listener.listen(facts);
        self.deriver.derive(facts);
    }
}

/// The facts that warnings speak of, with their types; none where a time is among them: columns do
/// not keep zones.
fn warned(rules: &RuleSet) -> Option<Vec<(FactKey, FactType)>> {
    let texts = rules.warnings.iter().map(|warning| &warning.text);
    let keys = texts.flat_map(|text| text.placeholders());
    let keys = keys.filter_map(|key| rules.catalog.find(key));
    let mut warned: Vec<(FactKey, FactType)> = keys
        .map(|key| (key, rules.catalog.spec(key).kind))
        .collect();
    warned.sort_unstable_by_key(|(key, _)| *key);
    warned.dedup();
    let is_time = |(_, kind): &(FactKey, FactType)| *kind == FactType::Time;
    (!warned.iter().any(is_time)).then_some(warned)
}

/// The facts that rules read, those that their words are read from, and those that warnings speak
/// of.
fn read_by(rules: &RuleSet, warned: Option<&[(FactKey, FactType)]>) -> Vec<FactKey> {
    let signals = rules.signals.iter().map(|signal| &signal.program);
    let fixes = rules.causes.iter().flat_map(|cause| &cause.fixes);
    let programs = signals.chain(fixes.filter_map(|fix| fix.when.as_ref()));
    let mut keys: Vec<FactKey> = programs.flat_map(|it| it.facts().iter().copied()).collect();
    let words = PROSE.iter().chain(&["message.high"]);
    keys.extend(words.filter_map(|key| rules.catalog.find(key)));
    keys.extend(warned.into_iter().flatten().map(|(key, _)| *key));
    keys.sort_unstable();
    keys.dedup();
    keys
}

impl<'w, 'f, W: RowWriter> Worker<'w, 'f, W> {
    /// A worker on an export, which is at position `input` among those of the run.
    pub fn new(
        ground: Ground<'w>,
        export: &'w Export<'f>,
        input: u32,
        histories: &'w Histories,
        writer: W,
    ) -> Self {
        let rules = ground.rules;
        let warned = warned(rules);
        let read = read_by(rules, warned.as_deref());
        let blank = Facts::new(&rules.catalog).begun();
        Self {
            file: &export.name,
            input,
            encoding: export.encoding,
            reader: export.reader(&rules.catalog, Scope::Facts),
            completer: Completer::new(ground),
            keys: Keys::of(rules),
            draft: Draft::new(&rules.catalog, |key| read.binary_search(&key).is_ok()),
            facts: blank.clone(),
            blank,
            warned,
            wordings: Wordings::default(),
            briefer: Briefer::new(rules),
            row: Row::default(),
            written: 0,
            ground,
            histories,
            writer,
        }
    }

    /// Diagnoses the records of a chunk; `first` is the position among all rows of the run of the
    /// first row of the chunk, `number` its number in the file.
    pub fn work(&mut self, chunk: &Chunk, first: usize, number: u64) -> Done {
        let mut done = Done {
            bytes: Vec::with_capacity(self.written + self.written / 8),
            rows: Vec::with_capacity(chunk.records.len()),
            ..Done::default()
        };
        let text = ChunkText::new(chunk, self.encoding);
        for (at, record) in chunk.records.iter().enumerate() {
            self.draft.begin();
            let (row, draft) = (&mut self.row, &mut self.draft);
            match self.reader.read(&text, record, row, draft) {
                Outcome::Row => {
                    let before = done.rows.len();
                    self.draft.assume();
                    let history = self.histories.of_row(first + before);
                    self.completer.complete(&mut self.draft, history);
                    done.rows.push(self.noted(at, number + before as u64));
                }
                Outcome::Frame | Outcome::Elsewhere => self.draft.take_back(),
                Outcome::Reject(reason) => {
                    self.draft.take_back();
                    done.rejects.push((at, reason));
                }
            }
        }
        self.diagnose(&text, first, &mut done);
        done.texts = self.draft.clear();
        self.written = done.bytes.len();
        done
    }

    /// What of the row at hand is counted, before it is diagnosed.
    fn noted(&mut self, record: usize, number: u64) -> Noted {
        let complaints = self.row.complaints.drain(..);
        let complaints = complaints.map(|complaint| complaint.to_string()).collect();
        let (keys, draft) = (&self.keys, &mut self.draft);
        Noted {
            record,
            complaints,
            input: self.input,
            number,
            amount: keys.fen(draft),
            time: keys.when(draft),
            taken: keys.taken(draft),
            case: draft.keep(keys.order),
            channel: draft.keep(keys.channel),
            account: keys.account(draft).and_then(|key| draft.keep(key)),
            unlisted: keys.unlisted(draft),
            text: keys.written(draft),
            judged: Judged::default(),
        }
    }

    fn diagnose(&mut self, text: &ChunkText<'_>, first: usize, done: &mut Done) {
        let rules = self.ground.rules;
        let (table, texts) = self.draft.so_far();
        let states = States::evaluate_with(rules, table, &mut self.wordings);
        let applies = Applies::evaluate(rules, table);
        self.briefer.begin();
        for (row, noted) in done.rows.iter_mut().enumerate() {
            let (brief, alike) = self.briefer.brief(&states, &applies, row);
            noted.judged = Judged::from(brief);
            if !self.ground.only.takes(brief) {
                continue;
            }
            let spoken = self.ground.detail || self.writer.speaks_of_facts();
            let facts = match &self.warned {
                _ if brief.warnings.is_empty() && !spoken => None,
                Some(warned) if !spoken => {
                    self.facts.restore(&self.blank);
                    let cells = warned.iter().filter_map(|(key, kind)| {
                        let cell = table.column(*key)?.get(row)?;
                        Some((*key, cell.of_kind(*kind)?))
                    });
                    cells.for_each(|(key, value)| self.facts.set(key, value, Source::Record));
                    Some(&self.facts)
                }
                // Seldom wanted, so the whole case is made again.
                _ => {
                    let record = &text.chunk.records[noted.record];
                    self.facts.restore(&self.blank);
                    let _ = self
                        .reader
                        .read(text, record, &mut self.row, &mut self.facts);
                    let history = self.histories.of_row(first + row);
                    self.completer.complete(&mut self.facts, history);
                    Some(&self.facts)
                }
            };
            let full = self
                .ground
                .detail
                .then(|| conclude(rules, &states, table, row));
            let numbered;
            let name = match noted.case {
                Some(name) => name.of(texts),
                None => {
                    numbered = format!("row {}", noted.number);
                    &numbered
                }
            };
            let diagnosed = Diagnosed {
                number: noted.number,
                file: self.file,
                case: name,
                facts,
                brief,
                alike,
                full: full.as_ref(),
                complaints: &noted.complaints,
            };
            self.writer.write(&diagnosed, &mut done.bytes);
        }
    }
}

//! Chunks of records → diagnosed rows, written.

use crate::derive::{Deriver, Listener, PROSE};
use crate::diagnose::{
    Applies, Brief, Briefer, CaseVerdict, Diagnosis, States, Wordings, conclude,
};
use crate::facts::{FactKey, FactValue, Facts, Fen, Moment, Source, Table, TableBuilder};
use crate::intake::layout::Row;
use crate::intake::records::{Chunk, Reject};
use crate::intake::source::Encoding;
use crate::intake::{ChunkText, Export, Outcome, RecordReader};
use crate::rules::{Profile, RuleSet};

use super::neighbours::{Histories, History};
use super::tally::{Counted, Tally};

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

/// What a chunk became.
#[derive(Debug, Default)]
pub struct Done {
    /// The written rows.
    pub bytes: Vec<u8>,
    /// Rows that were read.
    pub rows: u64,
    /// Records that were not, with their place in the chunk.
    pub rejects: Vec<(usize, Reject)>,
    /// What the rows add up to.
    pub tally: Tally,
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
    maker: FactsMaker<'w>,
    /// Whether rules read a fact, by its position.
    read: Vec<bool>,
    /// Facts that every row has.
    always: Vec<FactKey>,
    builder: Option<TableBuilder>,
    wordings: Wordings,
    briefer: Briefer<'w>,
    row: Row,
    cases: Vec<Case>,
}

/// A row between reading and writing.
struct Case {
    /// Its place among the records of the chunk.
    record: usize,
    complaints: Vec<String>,
    counted: Counted,
}

/// Facts of rows, one at a time.
struct FactsMaker<'w> {
    listener: Listener<'w>,
    deriver: Deriver<'w>,
    keys: Keys,
    now: Moment,
    blank: Facts,
    facts: Facts,
}

/// Facts that a batch sets or counts itself.
struct Keys {
    now: FactKey,
    order: FactKey,
    amount: FactKey,
    channel: FactKey,
    accounts: [FactKey; 4],
    when: [FactKey; 5],
    debited: FactKey,
    state: FactKey,
    code: FactKey,
    code_unlisted: FactKey,
    text: FactKey,
    message: FactKey,
    message_listed: FactKey,
    same_order: FactKey,
    failures: FactKey,
    day_total: FactKey,
    rate: FactKey,
    usual: FactKey,
}

impl<'w> FactsMaker<'w> {
    fn new(ground: Ground<'w>) -> Self {
        let rules = ground.rules;
        let keys = Keys {
            now: rules.key("case.now"),
            order: rules.key("order.id"),
            amount: rules.key("order.amount"),
            channel: rules.key("payment.channel"),
            accounts: ACCOUNT.map(|key| rules.key(key)),
            when: WHEN.map(|key| rules.key(key)),
            debited: rules.key("payment.debited"),
            state: rules.key("payment.state"),
            code: rules.key("error.code"),
            code_unlisted: rules.key("code.unlisted"),
            text: rules.key("text"),
            message: rules.key("error.message"),
            message_listed: rules.key("message.high"),
            same_order: rules.key("history.same_order_10m"),
            failures: rules.key("history.account_failures_24h"),
            day_total: rules.key("payment.day_total"),
            rate: rules.key("history.failure_rate_15m"),
            usual: rules.key("history.failure_rate_usual"),
        };
        let mut blank = Facts::new(&rules.catalog);
        blank.set(keys.now, FactValue::Time(ground.now), Source::Record);
        let blank = blank.begun();
        Self {
            listener: Listener::new(rules),
            deriver: Deriver::new(rules, ground.profile),
            now: ground.now,
            facts: blank.clone(),
            blank,
            keys,
        }
    }

    /// The facts of a row, derived ones included.
    fn make(&mut self, row: &mut Row, history: History) -> &Facts {
        self.facts.restore(&self.blank);
        let (facts, keys) = (&mut self.facts, &self.keys);
        for (key, value) in row.facts.drain(..) {
            facts.set(key, value, Source::Record);
        }
        if facts.get(keys.now).is_none() {
            facts.set(keys.now, FactValue::Time(self.now), Source::Record);
        }
        let mut add = |key: FactKey, value: Option<FactValue>| {
            if let Some(value) = value.filter(|_| !facts.is_given(key)) {
                facts.set(key, value, Source::Record);
            }
        };
        add(keys.same_order, history.same_order.map(FactValue::Int));
        add(keys.failures, history.failures.map(FactValue::Int));
        let total = history.day_total.map(|fen| FactValue::Money(Fen(fen)));
        add(keys.day_total, total);
        // A rate that was given is not measured against the file at hand.
        let usual = history.usual.filter(|_| facts.get(keys.rate).is_none());
        for (key, share) in [(keys.rate, history.rate), (keys.usual, usual)] {
            if let Some(share) = share.filter(|_| !facts.is_given(key)) {
                facts.set(key, FactValue::Number(share), Source::Record);
            }
        }
        self.listener.listen(facts);
        self.deriver.derive(facts);
        facts
    }
}

/// The facts that tell whose recharge it is, first that is known.
pub(super) const ACCOUNT: [&str; 4] = [
    "account.id",
    "account.username",
    "account.phone",
    "order.target",
];

/// The facts that tell when it was, first that is known.
pub(super) const WHEN: [&str; 5] = [
    "order.submitted_at",
    "order.created_at",
    "order.paid_at",
    "order.failed_at",
    "order.credited_at",
];

/// The facts that rules read, and those that their words are read from.
fn read_by(rules: &RuleSet) -> Vec<FactKey> {
    let signals = rules.signals.iter().map(|signal| &signal.program);
    let fixes = rules.causes.iter().flat_map(|cause| &cause.fixes);
    let programs = signals.chain(fixes.filter_map(|fix| fix.when.as_ref()));
    let mut keys: Vec<FactKey> = programs.flat_map(|it| it.facts().iter().copied()).collect();
    let words = PROSE.iter().chain(&["message.high"]);
    keys.extend(words.filter_map(|key| rules.catalog.find(key)));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What of a row is counted beside its diagnosis.
fn counted(facts: &Facts, keys: &Keys, input: u32, number: u64) -> Counted {
    let text = |key: FactKey| match facts.get(key) {
        Some(FactValue::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let is = |key: FactKey, word: &str| facts.get(key).and_then(FactValue::as_text) == Some(word);
    let is_true = |key: FactKey| facts.get(key) == Some(&FactValue::Bool(true));
    let time = |key: &FactKey| match facts.get(*key) {
        Some(FactValue::Time(moment)) => Some(moment.millis()),
        _ => None,
    };
    let written = [keys.text, keys.message].into_iter().find_map(text);
    Counted {
        input,
        number,
        case: text(keys.order),
        amount: match facts.get(keys.amount) {
            Some(FactValue::Money(Fen(fen))) => Some(*fen),
            _ => None,
        },
        time: keys.when.iter().find_map(time),
        channel: text(keys.channel),
        account: keys.accounts.into_iter().find_map(text),
        taken: is_true(keys.debited) || is(keys.state, "taken"),
        unlisted: text(keys.code).filter(|_| is_true(keys.code_unlisted)),
        text: written.filter(|_| facts.get(keys.message_listed).is_none()),
    }
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
        let reader = export.reader(&rules.catalog, None);
        let read = read_by(rules);
        let maker = FactsMaker::new(ground);
        let entries = rules.catalog.entries().map(|(key, _)| key);
        let known = |key: &FactKey| maker.blank.get(*key).is_some();
        Self {
            file: &export.name,
            input,
            encoding: export.encoding,
            always: entries.filter(known).collect(),
            maker,
            reader,
            read: rules
                .catalog
                .entries()
                .map(|(key, _)| read.contains(&key))
                .collect(),
            builder: Some(TableBuilder::for_catalog(&rules.catalog)),
            wordings: Wordings::default(),
            briefer: Briefer::new(rules),
            row: Row::default(),
            cases: Vec::new(),
            ground,
            histories,
            writer,
        }
    }

    /// Diagnoses the records of a chunk; `first` is the position among all rows of the run of the
    /// first row of the chunk, `number` its number in the file.
    pub fn work(&mut self, chunk: &Chunk, first: usize, number: u64) -> Done {
        let mut done = Done::default();
        let Some(mut builder) = self.builder.take() else {
            return done;
        };
        self.cases.clear();
        let text = ChunkText::new(chunk, self.encoding);
        for (at, record) in chunk.records.iter().enumerate() {
            match self.reader.read(&text, record, &mut self.row) {
                Outcome::Row => {
                    let done = self.cases.len();
                    let case = self.case(at, first + done, number + done as u64, &mut builder);
                    self.cases.push(case);
                }
                Outcome::Frame | Outcome::Elsewhere => {}
                Outcome::Reject(reason) => done.rejects.push((at, reason)),
            }
        }
        done.rows = self.cases.len() as u64;
        let table = builder.finish();
        self.diagnose(&text, &table, first, number, &mut done);
        self.builder = Some(table.recycle());
        done
    }

    /// Takes the row at hand into the table.
    fn case(&mut self, record: usize, at: usize, number: u64, builder: &mut TableBuilder) -> Case {
        let complaints = self.row.complaints.drain(..).map(|complaint| {
            if complaint.column.is_empty() {
                complaint.message
            } else {
                format!("{}: {}", complaint.column, complaint.message)
            }
        });
        let complaints = complaints.collect();
        self.maker.make(&mut self.row, self.histories.of_row(at));
        let FactsMaker { facts, keys, .. } = &self.maker;
        let known = self.always.iter().chain(facts.changed()).copied();
        builder.push_only(facts, known.filter(|key| self.read[key.index()]));
        Case {
            record,
            complaints,
            counted: counted(facts, keys, self.input, number),
        }
    }

    fn diagnose(
        &mut self,
        text: &ChunkText<'_>,
        table: &Table,
        first: usize,
        number: u64,
        done: &mut Done,
    ) {
        let rules = self.ground.rules;
        let states = States::evaluate_with(rules, table, &mut self.wordings);
        let applies = Applies::evaluate(rules, table);
        self.briefer.begin();
        for row in 0..self.cases.len() {
            let brief = self.briefer.brief(&states, &applies, row);
            let case = &self.cases[row];
            done.tally.count(&case.counted, &brief);
            if !self.ground.only.takes(&brief) {
                continue;
            }
            // Only the words of warnings and grounds speak of facts, so they are made again.
            let spoken_of =
                self.ground.detail || !brief.warnings.is_empty() || self.writer.speaks_of_facts();
            let facts = if spoken_of {
                let record = &text.chunk.records[case.record];
                let _ = self.reader.read(text, record, &mut self.row);
                let history = self.histories.of_row(first + row);
                Some(self.maker.make(&mut self.row, history))
            } else {
                None
            };
            let full = self
                .ground
                .detail
                .then(|| conclude(rules, &states, table, row));
            let numbered;
            let name = match &case.counted.case {
                Some(name) => name.as_ref(),
                None => {
                    numbered = format!("row {}", number + row as u64);
                    &numbered
                }
            };
            let diagnosed = Diagnosed {
                number: number + row as u64,
                file: self.file,
                case: name,
                facts,
                brief: &brief,
                full: full.as_ref(),
                complaints: &case.complaints,
            };
            self.writer.write(&diagnosed, &mut done.bytes);
        }
    }
}

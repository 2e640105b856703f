//! What a file is, counted before anything is concluded from it.

use std::collections::BTreeMap;
use std::io;

use crate::facts::{Catalog, FactKey, FactValue, Facts, Moment};
use crate::rules::{Extra, Field, FormatKind};

use super::claims::{
    Claim, Claimed, bracketed_times, claim, is_total_row, named_totals, total_names,
};
use super::export::Export;
use super::hints::Hints;
use super::layout::{Flow, Row, Scope};
use super::reader::{ChunkText, Outcome, RecordReader};
use super::records::{Chunk, Record, Reject};

/// Rows and sum of one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Movement {
    /// How many rows.
    pub rows: u64,
    /// Their sum, in fen.
    pub sum: i64,
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its line, from 1.
    pub line: u64,
    /// Why.
    pub reason: Reject,
}

/// Whether the totals that a file states are those of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// It states none.
    None,
    /// They are.
    Agrees,
    /// They are not.
    Disagrees,
}

impl Control {
    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
        }
    }
}

/// What one file holds.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were not, the first thousand.
    pub rejected: Vec<Rejected>,
    /// How many rows were not read.
    pub rejects: u64,
    /// How often each word of the status column occurs.
    pub status_words: BTreeMap<String, u64>,
    /// How often each canonical state occurs.
    pub status: BTreeMap<String, u64>,
    /// Money out, in and neither.
    pub out: Movement,
    /// Money in.
    pub into: Movement,
    /// Neither, or both.
    pub neutral: Movement,
    /// The first instant or day.
    pub from: Option<String>,
    /// The last instant or day.
    pub to: Option<String>,
    /// Complaints about cells, by what they say, with their number and the first line.
    pub complaints: BTreeMap<String, (u64, u64)>,
    /// What the file says of its rows, wherever it says so.
    pub claims: Vec<Claim>,
    /// Periods that the file says it covers.
    pub claimed_periods: Vec<(String, String)>,
    /// Status words that mean nothing known.
    pub unknown_words: BTreeMap<String, u64>,
    /// Whether a time named no zone.
    pub zone_assumed: bool,
    /// The zone in which times really seem to be, where it is not the one in which they were read.
    pub other_zone: Option<i32>,
    /// Whether amounts of an unknown format look like fen.
    pub maybe_fen: bool,
    /// The sum of the orders, whatever became of them.
    orders: i64,
    /// What a merchant received, and what was paid back.
    payments: Movement,
    refunds: Movement,
    span: Option<(i64, i64)>,
    hints: Hints,
    /// Names of totals whose numbers are on the next line.
    totals: Option<Vec<String>>,
}

/// The facts that a survey looks at.
#[derive(Debug, Clone, Copy)]
struct Looked {
    order: Option<FactKey>,
    amount: Option<FactKey>,
    created: Option<FactKey>,
    /// Whether what a merchant received has a column of its own.
    received: bool,
    /// Whether what was paid back has a column of its own.
    refunded: bool,
    /// Whether the format is not known.
    unknown: bool,
    /// Whether order numbers are the shop's, and times are all in one zone.
    numbered: bool,
}

impl Looked {
    fn new(export: &Export<'_>, catalog: &Catalog) -> Self {
        let layout = &export.detected.layout;
        let has = |extra| {
            let field = Field::Extra(extra);
            layout.placed.iter().any(|placed| placed.field == field)
        };
        Self {
            order: catalog.find("order.id"),
            amount: catalog.find("order.amount"),
            created: catalog.find("order.created_at"),
            received: has(Extra::Received),
            refunded: has(Extra::Refunded),
            unknown: layout.format.is_none(),
            numbered: layout.kind() == FormatKind::Orders && layout.zones.is_empty(),
        }
    }
}

/// How many rejected rows are kept by line.
const KEPT: usize = 1000;

impl Survey {
    /// Reads all of an export.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn of(export: &Export<'_>, catalog: &Catalog) -> io::Result<Self> {
        let mut survey = Self::default();
        for line in export.detected.preamble.lines() {
            survey.read_claims(line);
        }
        let looked = Looked::new(export, catalog);
        let header = export.detected.header_line.unwrap_or(0);
        let mut reader = export.reader(catalog, Scope::Everything);
        let mut chunks = export.chunks()?;
        let mut row = Row::default();
        let blank = Facts::new(catalog).begun();
        let mut facts = blank.clone();
        let mut chunk = Chunk::default();
        while let Some(next) = chunks.next_chunk(chunk)? {
            let text = ChunkText::new(&next, export.encoding);
            for record in &next.records {
                facts.restore(&blank);
                match reader.read(&text, record, &mut row, &mut facts) {
                    Outcome::Row => {
                        survey.count(&row, record.line);
                        survey.look(looked, &row, &facts, (&reader, &text, record));
                    }
                    Outcome::Frame if record.line > header => {
                        if let Some(line) = text.of(record) {
                            survey.frame(looked, &line, (&reader, &text, record));
                        }
                    }
                    Outcome::Frame | Outcome::Elsewhere => {}
                    Outcome::Reject(reason) => survey.reject(record.line, reason),
                }
            }
            chunk = next;
        }
        survey.maybe_fen = looked.unknown && survey.hints.maybe_fen();
        survey.other_zone = survey.hints.zone(export.detected.layout.zone);
        Ok(survey)
    }

    fn reject(&mut self, line: u64, reason: Reject) {
        self.rejects += 1;
        if self.rejected.len() < KEPT {
            self.rejected.push(Rejected { line, reason });
        }
    }

    fn count(&mut self, row: &Row, line: u64) {
        self.rows += 1;
        if !row.status_word.is_empty() {
            add(&mut self.status_words, &row.status_word);
        }
        if let Some(status) = row.status.as_ref().and_then(FactValue::as_text) {
            add(&mut self.status, status);
            if row.unlisted && !row.status_word.is_empty() {
                add(&mut self.unknown_words, &row.status_word);
            }
        }
        let movement = match row.flow {
            Some(Flow::Out) => &mut self.out,
            Some(Flow::In) => &mut self.into,
            _ => &mut self.neutral,
        };
        movement.rows += 1;
        movement.sum = movement.sum.saturating_add(row.amount.unwrap_or(0));
        if let Some(moment) = row.time {
            self.zone_assumed |= moment.zone_assumed();
            self.extend(&moment);
        } else if let Some(day) = &row.day {
            self.extend_day(day);
        }
        for complaint in &row.complaints {
            let text = complaint.to_string();
            self.complaints.entry(text).or_insert((0, line)).0 += 1;
        }
    }

    fn extend(&mut self, moment: &Moment) {
        let at = moment.millis();
        let (first, last) = self.span.unwrap_or((i64::MAX, i64::MIN));
        if at < first {
            self.from = Some(moment.to_string());
        }
        if at > last {
            self.to = Some(moment.to_string());
        }
        self.span = Some((first.min(at), last.max(at)));
    }

    fn extend_day(&mut self, day: &str) {
        if self.span.is_some() {
            return;
        }
        if self.from.as_deref().is_none_or(|from| day < from) {
            self.from = Some(day.to_owned());
        }
        if self.to.as_deref().is_none_or(|to| day > to) {
            self.to = Some(day.to_owned());
        }
    }

    /// Adds up what totals are held against, and gathers hints.
    fn look(
        &mut self,
        looked: Looked,
        row: &Row,
        facts: &Facts,
        (reader, chunk, record): At<'_, '_>,
    ) {
        if let Some(FactValue::Money(fen)) = looked.amount.and_then(|key| facts.get(key)) {
            self.orders = self.orders.saturating_add(fen.0);
        }
        let fen = |extra| reader.fen(chunk, record, Field::Extra(extra));
        let status = row.status.as_ref().and_then(FactValue::as_text);
        let received = fen(Extra::Received).map_or(0, i64::saturating_abs);
        if status == Some("paid") {
            self.payments.rows += 1;
            self.payments.sum = self.payments.sum.saturating_add(received);
        }
        if status == Some("refunded") {
            self.refunds.rows += 1;
        }
        let back = match (looked.received, status) {
            (true, Some("refunded")) => received,
            (true, _) => 0,
            (false, _) => fen(Extra::Refunded).map_or(0, i64::saturating_abs),
        };
        self.refunds.sum = self.refunds.sum.saturating_add(back);
        let time = |key: FactKey| match facts.get(key)? {
            FactValue::Time(moment) => Some(*moment).filter(Moment::zone_assumed),
            _ => None,
        };
        if looked.numbered
            && let Some(order) = looked.order.and_then(|key| facts.get(key)?.as_text())
            && let Some(created) = looked.created.and_then(time)
        {
            self.hints.time(order, &created);
        }
        if looked.unknown
            && let Some(amount) = looked.amount
            && let Some(cell) = reader.cell(chunk, record, Field::Fact(amount))
        {
            self.hints.amount(&cell);
        }
    }

    /// Reads a line that is no row.
    fn frame(&mut self, looked: Looked, text: &str, (reader, chunk, record): At<'_, '_>) {
        if let Some(names) = self.totals.take() {
            let claims = named_totals(&names, text).into_iter();
            // Old bills total refunds that their rows do not tell.
            self.claims
                .extend(claims.filter(|claim| claim.of != Claimed::Refunds || looked.refunded));
            return;
        }
        self.totals = total_names(text);
        if is_total_row(text) {
            let mut claim = |of, field| {
                let sum = reader.fen(chunk, record, field).map(i64::saturating_abs);
                if sum.is_some() {
                    let rows = None;
                    self.claims.push(Claim { of, rows, sum });
                }
            };
            claim(Claimed::In, Field::Extra(Extra::AmountIn));
            claim(Claimed::Out, Field::Extra(Extra::AmountOut));
            if let Some(amount) = looked.amount {
                claim(Claimed::All, Field::Fact(amount));
            }
        }
        for line in text.lines() {
            self.read_claims(line);
        }
    }

    /// Reads what a line around the rows claims: 共66笔记录, 起始时间：[…] 终止时间：[…].
    fn read_claims(&mut self, line: &str) {
        self.claims.extend(claim(line));
        let times = bracketed_times(line);
        if let [from, to] = times.as_slice() {
            self.claimed_periods.push((from.clone(), to.clone()));
        }
    }

    /// What the rows give where a file states something: their number, and their sum.
    #[must_use]
    pub fn found(&self, of: Claimed) -> Movement {
        match of {
            Claimed::All => Movement {
                rows: self.rows + self.rejects,
                sum: self.orders,
            },
            Claimed::Out => self.out,
            Claimed::In => self.into,
            Claimed::Neutral => self.neutral,
            Claimed::Payments => self.payments,
            Claimed::Refunds => self.refunds,
        }
    }

    /// Whether a statement is true.
    #[must_use]
    pub fn bears_out(&self, claim: &Claim) -> bool {
        let found = self.found(claim.of);
        claim.rows.is_none_or(|rows| rows == found.rows)
            && claim.sum.is_none_or(|sum| sum == found.sum)
    }

    /// Whether the totals that the file states are those of its rows.
    #[must_use]
    pub fn control(&self) -> Control {
        if self.claims.is_empty() {
            return Control::None;
        }
        if self.claims.iter().all(|claim| self.bears_out(claim)) {
            Control::Agrees
        } else {
            Control::Disagrees
        }
    }
}

/// Where a record is.
type At<'a, 'r> = (&'a RecordReader<'r, 'a>, &'a ChunkText<'a>, &'a Record);

fn add(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}

//! Cells of one record → facts, by the layout of the file.

use std::borrow::Cow;
use std::collections::HashMap;

use ahash::RandomState;

use crate::facts::{CaseFacts, Catalog, FactType, FactValue, Fen, Source, ValueRef};
use crate::intake::records::Cells;
use crate::rules::{Extra, Field, FormatKind};

use super::cell::Seen;
use super::plan::{Plan, StatusPlan, TIMES};
use super::row::{Complaint, Flow, Row, Scope};
use super::value::{clean, day, is_destroyed_id, money};
use super::{Layout, Placed};

/// More combinations of status words than this are looked up every time.
const STATES: usize = 4096;

/// Reads the records of one file. Each thread has its own.
#[derive(Debug)]
pub struct Converter<'f, 'c> {
    layout: Layout<'f>,
    catalog: &'c Catalog,
    plan: Plan<'f, 'c>,
    /// Whether words that no rule names tell of no state, rather than of an unknown one.
    stateless: bool,
    /// Whether an amount without a sign came in.
    signs: bool,
    /// Whether more than facts is wanted.
    surveys: bool,
    /// The first status rule that fits the words, by the words.
    states: HashMap<String, Option<usize>, RandomState>,
}

impl<'f, 'c> Converter<'f, 'c> {
    /// A converter for one file.
    #[must_use]
    pub fn new(mut layout: Layout<'f>, catalog: &'c Catalog, scope: Scope<'_>) -> Self {
        if let Scope::Only(only) = scope {
            let keep = |placed: &Placed| match placed.field {
                Field::Fact(key) => only.contains(&key),
                Field::Extra(extra) => {
                    matches!(extra, Extra::AmountIn | Extra::AmountOut | Extra::Refunded)
                }
            };
            layout.placed.retain(keep);
        }
        Self {
            plan: Plan::of(&layout, catalog),
            stateless: layout.states_are_kinds(),
            signs: layout.signs_tell(),
            surveys: matches!(scope, Scope::Everything),
            states: HashMap::default(),
            layout,
            catalog,
        }
    }

    /// The layout, with the columns that were met so far.
    #[must_use]
    pub fn layout(&self) -> &Layout<'f> {
        &self.layout
    }

    /// The column of a name; new names are added.
    pub fn column(&mut self, name: &str) -> u16 {
        self.layout.column(name)
    }

    fn plan(&mut self) {
        self.plan = Plan::of(&self.layout, self.catalog);
        self.states.clear();
    }

    /// Reads one record: its facts into a case of which nothing is given yet, the rest into `row`.
    pub fn convert(
        &mut self,
        cells: &Cells,
        text: &str,
        row: &mut Row,
        facts: &mut impl CaseFacts,
    ) {
        if self.layout.names.len() != self.plan.names {
            self.plan();
        }
        row.clear();
        row.left_out = self.leaves_out(cells, text);
        self.fields(cells, text, row, facts);
        if row.left_out {
            row.status_word.clear();
        } else {
            self.state(cells, text, row, facts);
        }
        // A bank lists in and out in columns of their own; what moved is a fact then.
        if self.surveys || self.plan.amounts.iter().any(|(flow, _)| flow.is_some()) {
            self.movement(cells, text, row, facts);
        }
    }

    /// The cell of a field, for what is no fact: of several places the first that is not empty.
    pub fn cell<'t>(&self, cells: &'t Cells, text: &'t str, field: Field) -> Option<Cow<'t, str>> {
        let mut placed = self.layout.placed.iter();
        let placed = placed.find(|placed| placed.field == field)?;
        let mut found = placed.places.iter().map(|place| match place.as_slice() {
            [column] => Cow::Borrowed(clean(cell_of(cells, text, *column))),
            several => Cow::Owned(join(cells, text, several)),
        });
        found.find(|cell| !cell.is_empty())
    }

    /// The amount in the cell of a field, in fen, with its sign.
    pub fn fen(&self, cells: &Cells, text: &str, field: Field) -> Option<i64> {
        let cell = self.cell(cells, text, field)?;
        money(&cell, self.layout.unit).map(|fen| fen.0)
    }

    /// Whether the record is a line of a log that tells of no failure.
    fn leaves_out(&self, cells: &Cells, text: &str) -> bool {
        self.plan.only.iter().any(|(column, words)| {
            let cell = column.map_or("", |column| clean(cell_of(cells, text, column)));
            !fits_any(cell, words)
        })
    }

    fn fields(&mut self, cells: &Cells, text: &str, row: &mut Row, facts: &mut impl CaseFacts) {
        let mut earliest = TIMES.len();
        let own_states = !self.plan.status.is_empty();
        for plan in &mut self.plan.columns {
            let Some(target) = plan.target else {
                continue;
            };
            if (row.left_out && plan.of_failure) || (own_states && plan.is_status) {
                continue;
            }
            let last = plan.placed.places.len() - 1;
            for (at, place) in plan.placed.places.iter().enumerate() {
                let joined;
                let cell = match place.as_slice() {
                    [column] => clean(cell_of(cells, text, *column)),
                    several => {
                        joined = join(cells, text, several);
                        joined.as_str()
                    }
                };
                if cell.is_empty() {
                    continue;
                }
                let names = &self.layout.names;
                let complain = |message: String| Complaint {
                    column: names[usize::from(place[0])].clone(),
                    message,
                };
                if target.is_id && is_destroyed_id(cell) {
                    let message = "expected an id, found one that a spreadsheet destroyed";
                    row.complaints.push(complain(message.to_owned()));
                    continue;
                }
                let read = plan
                    .read
                    .put(cell, target, self.layout.unit, plan.zone, facts);
                match read {
                    // What was paid of an order is 0 until it is; what was asked says more.
                    Ok(Some(Seen::Nothing)) if at < last => {}
                    Ok(Some(seen)) => {
                        if let (Seen::Time(moment), Some(time)) = (seen, plan.time)
                            && time < earliest
                        {
                            earliest = time;
                            row.time = Some(moment);
                        }
                        break;
                    }
                    Ok(None) => {
                        if target.spec.kind == FactType::Time && row.day.is_none() {
                            row.day = day(cell);
                        }
                    }
                    // The names were taken for more than they are.
                    Err(_) if plan.placed.guessed && target.spec.kind == FactType::Enum => {}
                    Err(message) => {
                        if plan.is_status {
                            row.status_word.push_str(cell);
                            // A word that is not known is listed as such.
                            if self.layout.format.is_none() {
                                facts.put(target.key, ValueRef::Text("unknown"), Source::Record);
                                row.unlisted = true;
                                break;
                            }
                        }
                        row.complaints.push(complain(message));
                    }
                }
            }
        }
    }

    /// The state that the words of the status columns mean.
    fn state(&mut self, cells: &Cells, text: &str, row: &mut Row, facts: &mut impl CaseFacts) {
        let Some(key) = self.plan.keys.status else {
            return;
        };
        let Some(format) = self.layout.format.filter(|_| !self.plan.status.is_empty()) else {
            if !self.surveys {
                return;
            }
            let given = facts.is_given(key);
            row.status = given
                .then(|| facts.value(key).map(ValueRef::owned))
                .flatten();
            if row.status_word.is_empty()
                && let Some(plan) = self
                    .plan
                    .columns
                    .iter()
                    .find(|plan| plan.target.is_some_and(|target| target.key == key))
                && let Some(column) = plan.placed.places.first().and_then(|it| it.first())
            {
                row.status_word
                    .push_str(clean(cell_of(cells, text, *column)));
            }
            return;
        };
        let word = &mut row.status_word;
        word.clear();
        for (at, column) in self.plan.words.iter().enumerate() {
            if at > 0 {
                word.push('\u{1f}');
            }
            word.push_str(clean(cell_of(cells, text, *column)));
        }
        let fitting = match self.states.get(word.as_str()) {
            Some(known) => *known,
            None => {
                let fits = |plan: &&StatusPlan| {
                    plan.columns.iter().all(|(column, at)| {
                        let cell = clean(cell_of(cells, text, *column));
                        fits_any(cell, &format.status[plan.rule].when[*at].1)
                    })
                };
                let found = self.plan.status.iter().find(fits).map(|plan| plan.rule);
                if self.states.len() < STATES {
                    self.states.insert(word.clone(), found);
                }
                found
            }
        };
        if !self.plan.shown {
            word.clear();
        } else if let Some(end) = word.find('\u{1f}') {
            // People know the first column as the status; the others only refine it.
            word.truncate(end);
        }
        if let Some(rule) = fitting {
            let rule = &format.status[rule];
            row.status = Some(rule.is.clone());
            for (fact, value) in &rule.set {
                if !facts.is_given(*fact) {
                    facts.share(*fact, value, Source::Record);
                }
            }
        } else if word.is_empty() || self.stateless {
            row.status = None;
        } else {
            row.status = Some(FactValue::text("unknown"));
            row.unlisted = true;
        }
        if let Some(status) = &row.status {
            facts.share(key, status, Source::Record);
        }
    }

    /// The amount and which way it went.
    fn movement(&mut self, cells: &Cells, text: &str, row: &mut Row, facts: &mut impl CaseFacts) {
        let mut signed = None;
        for (flow, columns) in &self.plan.amounts {
            let flow = *flow;
            for column in columns {
                let cell = clean(cell_of(cells, text, *column));
                let Some(Fen(fen)) = money(cell, self.layout.unit).filter(|fen| fen.0 != 0) else {
                    continue;
                };
                row.amount = Some(fen.abs());
                signed = flow.or(match fen {
                    ..0 => Some(Flow::Out),
                    _ if self.signs || cell.starts_with('+') => Some(Flow::In),
                    _ => None,
                });
                break;
            }
        }
        row.flow = Some(self.flow(cells, text, row, signed));
        // A bank lists in and out in columns of their own; a payment is either.
        if let (Some(key), Some(fen)) = (self.plan.keys.amount, row.amount)
            && !facts.is_given(key)
        {
            facts.put(key, ValueRef::Money(Fen(fen)), Source::Record);
            row.complaints
                .retain(|complaint| !complaint.message.starts_with("order.amount"));
        }
        // A refund may have a row of its own, whose order has no amount.
        let refunded = FactValue::as_text;
        if row.amount.is_none() && row.status.as_ref().and_then(refunded) == Some("refunded") {
            let fen = self.fen(cells, text, Field::Extra(Extra::Refunded));
            row.amount = fen.filter(|fen| *fen != 0).map(i64::abs);
        }
    }

    fn flow(&self, cells: &Cells, text: &str, row: &Row, signed: Option<Flow>) -> Flow {
        if let Some((direction, column)) = self.plan.direction {
            let cell = cell_of(cells, text, column).trim();
            let word = clean(cell);
            // A bare sign is a word here.
            let fits = |words: &[String]| {
                fits_any(word, words) || (word.is_empty() && words.iter().any(|it| it == cell))
            };
            return if !cell.is_empty() && fits(&direction.out) {
                Flow::Out
            } else if !cell.is_empty() && fits(&direction.into) {
                Flow::In
            } else {
                Flow::Neutral
            };
        }
        if let Some(signed) = signed {
            return signed;
        }
        let is_bill = self.layout.kind() == FormatKind::Bill;
        match row.status.as_ref().and_then(FactValue::as_text) {
            Some("paid" | "delivering" | "succeeded") => Flow::In,
            Some("refunded") if is_bill => Flow::Out,
            _ => Flow::Neutral,
        }
    }
}

/// The cell of a column; empty where the record has none.
fn cell_of<'c>(cells: &'c Cells, text: &'c str, column: u16) -> &'c str {
    cells.of_column(column, text).unwrap_or_default()
}

fn join(cells: &Cells, text: &str, columns: &[u16]) -> String {
    let parts = columns
        .iter()
        .map(|column| clean(cell_of(cells, text, *column)));
    let parts: Vec<&str> = parts.collect();
    if parts.iter().any(|part| part.is_empty()) {
        return parts.into_iter().next().unwrap_or_default().to_owned();
    }
    parts.join(" ")
}

/// Whether a word is one of a list; a `*` at the end fits any ending.
fn fits_any(word: &str, list: &[String]) -> bool {
    list.iter().any(|fits| match fits.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == fits,
    })
}

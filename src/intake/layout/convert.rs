//! Cells of one record → facts, by the layout of the file.

use std::borrow::Cow;
use std::collections::HashMap;

use ahash::RandomState;

use crate::facts::{Catalog, FactKey, FactType, FactValue, Fen};
use crate::intake::records::Cells;
use crate::rules::{Direction, Extra, Field, FormatKind};

use super::memory::{Memory, REMEMBERED};
use super::row::{Complaint, Flow, Row};
use super::value::{IDS, Target, clean, day, is_destroyed_id, money};
use super::{Layout, Placed};

/// The facts that tell when a record was, first that is there.
const TIMES: [&str; 5] = [
    "order.submitted_at",
    "order.created_at",
    "order.paid_at",
    "order.failed_at",
    "order.credited_at",
];

/// The facts of a failure, which lines that are none do not have.
const ERRORS: [&str; 4] = [
    "error.code",
    "error.sub_code",
    "error.gateway",
    "error.message",
];

/// Reads the records of one file. Each thread has its own.
#[derive(Debug)]
pub struct Converter<'f, 'c> {
    layout: Layout<'f>,
    catalog: &'c Catalog,
    keys: Keys,
    plans: Vec<Plan<'c>>,
    /// How many columns the plans were made for.
    planned: usize,
    status: Vec<StatusPlan>,
    /// The status column whose words people see: the first that holds no secrets.
    shown: Option<u16>,
    /// Whether words that no rule names tell of no state, rather than of an unknown one.
    stateless: bool,
    /// Whether an amount without a sign came in.
    signs: bool,
    /// The words that make a line of a log count, by column.
    only: Vec<(Option<u16>, &'f [String])>,
    /// The columns of amounts, with the direction that they tell.
    amounts: Vec<(Option<Flow>, Vec<u16>)>,
    /// The column that tells the direction.
    direction: Option<(&'f Direction, u16)>,
    /// The first status rule that fits the words, by the words.
    states: HashMap<String, Option<usize>, RandomState>,
}

#[derive(Debug, Clone, Copy)]
struct Keys {
    status: Option<FactKey>,
    amount: Option<FactKey>,
    failed_at: Option<FactKey>,
    errors: [Option<FactKey>; ERRORS.len()],
    times: [Option<FactKey>; TIMES.len()],
}

/// How one field is read.
#[derive(Debug)]
struct Plan<'c> {
    placed: Placed,
    target: Option<Target<'c>>,
    /// The zone of its times.
    zone: i32,
    /// Its place among the facts that tell when a record was.
    time: Option<usize>,
    memory: Memory,
}

#[derive(Debug)]
struct StatusPlan {
    rule: usize,
    columns: Vec<(u16, usize)>,
}

impl<'f, 'c> Converter<'f, 'c> {
    /// A converter for one file; `only` leaves out all other fields.
    #[must_use]
    pub fn new(layout: Layout<'f>, catalog: &'c Catalog, only: Option<&[FactKey]>) -> Self {
        let key = |name: &str| catalog.find(name);
        let mut converter = Self {
            keys: Keys {
                status: key("order.status"),
                amount: key("order.amount"),
                failed_at: key("order.failed_at"),
                errors: ERRORS.map(key),
                times: TIMES.map(key),
            },
            plans: Vec::new(),
            planned: 0,
            status: Vec::new(),
            shown: None,
            stateless: layout.states_are_kinds(),
            signs: layout.signs_tell(),
            only: Vec::new(),
            amounts: Vec::new(),
            direction: None,
            states: HashMap::default(),
            layout,
            catalog,
        };
        if let Some(only) = only {
            let keep = |placed: &Placed| match placed.field {
                Field::Fact(key) => only.contains(&key),
                Field::Extra(extra) => {
                    matches!(extra, Extra::AmountIn | Extra::AmountOut | Extra::Refunded)
                }
            };
            converter.layout.placed.retain(keep);
        }
        converter.plan();
        converter
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
        self.planned = self.layout.names.len();
        self.plans = self
            .layout
            .placed
            .iter()
            .map(|placed| {
                let target = match placed.field {
                    Field::Fact(key) => {
                        let spec = self.catalog.spec(key);
                        let is_id = IDS.contains(&spec.key.as_str());
                        Some(Target { key, spec, is_id })
                    }
                    Field::Extra(_) => None,
                };
                let first = placed.places.first().and_then(|place| place.first());
                let zone = first.and_then(|column| self.layout.zones.get(column));
                Plan {
                    placed: placed.clone(),
                    target,
                    zone: zone.copied().unwrap_or(self.layout.zone),
                    time: target.and_then(|target| {
                        let mut times = self.keys.times.iter();
                        times.position(|key| *key == Some(target.key))
                    }),
                    memory: Memory::default(),
                }
            })
            .collect();
        self.status.clear();
        self.states.clear();
        let rules = self.layout.format.map_or(&[][..], |format| &format.status);
        for (rule, state) in rules.iter().enumerate() {
            let columns = state.when.iter().enumerate().map(|(at, (name, _))| {
                let column = self.layout.columns_named(name).first().copied()?;
                Some((column, at))
            });
            if let Some(columns) = columns.collect::<Option<Vec<_>>>() {
                self.status.push(StatusPlan { rule, columns });
            }
        }
        let secret = self.layout.secret_columns();
        let mut columns = self.status.iter().flat_map(|plan| &plan.columns);
        self.shown = columns
            .find(|(column, _)| !secret.contains(column))
            .map(|(column, _)| *column);
        self.only = self.layout.only();
        self.direction = self.layout.direction();
        self.amounts = self
            .layout
            .placed
            .iter()
            .filter_map(|it| self.amount(it))
            .collect();
    }

    /// The columns of a field that is an amount, with the direction that it tells.
    fn amount(&self, placed: &Placed) -> Option<(Option<Flow>, Vec<u16>)> {
        let flow = match placed.field {
            Field::Extra(Extra::AmountIn) => Some(Flow::In),
            Field::Extra(Extra::AmountOut) => Some(Flow::Out),
            Field::Fact(key) if Some(key) == self.keys.amount => None,
            _ => return None,
        };
        Some((flow, placed.places.iter().flatten().copied().collect()))
    }

    /// Reads one record into `row`.
    pub fn convert(&mut self, cells: &Cells, text: &str, row: &mut Row) {
        if self.layout.names.len() != self.planned {
            self.plan();
        }
        row.clear();
        self.fields(cells, text, row);
        if self.leaves_out(cells, text) {
            self.leave_out(row);
        } else {
            self.state(cells, text, row);
        }
        self.movement(cells, text, row);
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
        self.only.iter().any(|(column, words)| {
            let cell = column.map_or("", |column| clean(cell_of(cells, text, column)));
            !fits_any(cell, words)
        })
    }

    /// Takes from a row what only a failure has.
    fn leave_out(&self, row: &mut Row) {
        let Keys {
            errors, failed_at, ..
        } = &self.keys;
        row.facts.retain(|(key, _)| {
            let key = Some(*key);
            key != *failed_at && key != self.keys.status && !errors.contains(&key)
        });
        row.status_word.clear();
        row.left_out = true;
    }

    fn fields(&mut self, cells: &Cells, text: &str, row: &mut Row) {
        let mut earliest = TIMES.len();
        for plan in &mut self.plans {
            let Some(target) = plan.target else {
                continue;
            };
            let mut nothing = None;
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
                if Some(target.key) == self.keys.status && !self.status.is_empty() {
                    break;
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
                let read = plan.memory.value(cell, target, self.layout.unit, plan.zone);
                match read {
                    // What was paid of an order is 0 until it is; what was asked says more.
                    Ok(Some(value @ FactValue::Money(Fen(0))))
                        if at + 1 < plan.placed.places.len() =>
                    {
                        nothing = nothing.or(Some(value));
                    }
                    Ok(Some(value)) => {
                        nothing = None;
                        if let (FactValue::Time(moment), Some(time)) = (&value, plan.time)
                            && time < earliest
                        {
                            earliest = time;
                            row.time = Some(*moment);
                        }
                        row.facts.push((target.key, value));
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
                        if Some(target.key) == self.keys.status {
                            row.status_word.push_str(cell);
                            // A word that is not known is listed as such.
                            if self.layout.format.is_none() {
                                row.facts.push((target.key, FactValue::text("unknown")));
                                row.unlisted = true;
                                break;
                            }
                        }
                        row.complaints.push(complain(message));
                    }
                }
            }
            row.facts.extend(nothing.map(|value| (target.key, value)));
        }
    }

    /// The state that the words of the status columns mean.
    fn state(&mut self, cells: &Cells, text: &str, row: &mut Row) {
        let Some(key) = self.keys.status else {
            return;
        };
        let Some(format) = self.layout.format.filter(|_| !self.status.is_empty()) else {
            row.status = row.get(key).cloned();
            if row.status_word.is_empty()
                && let Some(plan) = self
                    .plans
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
        let shown = self.shown;
        let mut seen: Vec<u16> = Vec::new();
        let columns = self.status.iter().flat_map(|plan| &plan.columns);
        for column in shown.into_iter().chain(columns.map(|(column, _)| *column)) {
            if !seen.contains(&column) {
                if !seen.is_empty() {
                    word.push('\u{1f}');
                }
                seen.push(column);
                word.push_str(clean(cell_of(cells, text, column)));
            }
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
                let found = self.status.iter().find(fits).map(|plan| plan.rule);
                if self.states.len() < REMEMBERED {
                    self.states.insert(word.clone(), found);
                }
                found
            }
        };
        if shown.is_none() {
            word.clear();
        } else if let Some(end) = word.find('\u{1f}') {
            // People know the first column as the status; the others only refine it.
            word.truncate(end);
        }
        if let Some(rule) = fitting {
            let rule = &format.status[rule];
            row.status = Some(rule.is.clone());
            for (fact, value) in &rule.set {
                if row.get(*fact).is_none() {
                    row.facts.push((*fact, value.clone()));
                }
            }
        } else if word.is_empty() || self.stateless {
            row.status = None;
        } else {
            row.status = Some(FactValue::text("unknown"));
            row.unlisted = true;
        }
        if let Some(status) = &row.status {
            row.facts.push((key, status.clone()));
        }
    }

    /// The amount and which way it went.
    fn movement(&mut self, cells: &Cells, text: &str, row: &mut Row) {
        let mut signed = None;
        for (flow, columns) in &self.amounts {
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
        if let (Some(key), Some(fen)) = (self.keys.amount, row.amount)
            && row.get(key).is_none()
        {
            row.facts.push((key, FactValue::Money(Fen(fen))));
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
        if let Some((direction, column)) = self.direction {
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

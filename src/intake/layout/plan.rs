//! What is done with the columns of a file, worked out once from its layout.

use crate::facts::{Catalog, FactKey, FactType};
use crate::rules::{Direction, Extra, Field};

use super::cell::How;
use super::row::Flow;
use super::value::{IDS, Target};
use super::{Layout, Placed};

/// The facts that tell when a record was, first that is there.
pub(super) const TIMES: [&str; 5] = [
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

/// What is done with the columns of a file.
#[derive(Debug)]
pub(super) struct Plan<'f, 'c> {
    pub(super) keys: Keys,
    pub(super) columns: Vec<ColumnPlan<'c>>,
    /// How many columns had a name.
    pub(super) names: usize,
    pub(super) status: Vec<StatusPlan>,
    /// The columns whose words tell the state, each once; the one that people see first.
    pub(super) words: Vec<u16>,
    /// Whether people see the first of them: the others hold secrets.
    pub(super) shown: bool,
    /// The words that make a line of a log count, by column.
    pub(super) only: Vec<(Option<u16>, &'f [String])>,
    /// The columns of amounts, with the direction that they tell.
    pub(super) amounts: Vec<(Option<Flow>, Vec<u16>)>,
    /// The column that tells the direction.
    pub(super) direction: Option<(&'f Direction, u16)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Keys {
    pub(super) status: Option<FactKey>,
    pub(super) amount: Option<FactKey>,
    pub(super) failed_at: Option<FactKey>,
    pub(super) errors: [Option<FactKey>; ERRORS.len()],
    pub(super) times: [Option<FactKey>; TIMES.len()],
}

/// How one field is read.
#[derive(Debug)]
pub(super) struct ColumnPlan<'c> {
    pub(super) placed: Placed,
    pub(super) target: Option<Target<'c>>,
    /// The zone of its times.
    pub(super) zone: i32,
    /// Its place among the facts that tell when a record was.
    pub(super) time: Option<usize>,
    pub(super) is_status: bool,
    /// Whether only failures have it.
    pub(super) of_failure: bool,
    pub(super) read: How,
}

#[derive(Debug)]
/// One rule of states that the file has the columns for.
pub(super) struct StatusPlan {
    pub(super) rule: usize,
    pub(super) columns: Vec<(u16, usize)>,
}

impl Keys {
    fn of(catalog: &Catalog) -> Self {
        let key = |name: &str| catalog.find(name);
        Self {
            status: key("order.status"),
            amount: key("order.amount"),
            failed_at: key("order.failed_at"),
            errors: ERRORS.map(key),
            times: TIMES.map(key),
        }
    }

    /// Whether only failures have a fact.
    fn of_failure(&self, key: FactKey) -> bool {
        let key = Some(key);
        key == self.status || key == self.failed_at || self.errors.contains(&key)
    }
}

impl<'f, 'c> Plan<'f, 'c> {
    /// The plan for the columns that a layout has by now.
    pub(super) fn of(layout: &Layout<'f>, catalog: &'c Catalog) -> Self {
        let keys = Keys::of(catalog);
        let status = status(layout);
        let secret = layout.secret_columns();
        let columns = status.iter().flat_map(|plan| &plan.columns);
        let columns = columns.map(|(column, _)| *column);
        let shown = columns.clone().find(|column| !secret.contains(column));
        let mut words: Vec<u16> = Vec::new();
        for column in shown.into_iter().chain(columns) {
            if !words.contains(&column) {
                words.push(column);
            }
        }
        let placed = layout.placed.iter();
        Self {
            columns: placed
                .clone()
                .map(|placed| ColumnPlan::of(placed, &keys, layout, catalog))
                .collect(),
            names: layout.names.len(),
            words,
            shown: shown.is_some(),
            status,
            only: layout.only(),
            amounts: placed.filter_map(|it| amount(it, &keys)).collect(),
            direction: layout.direction(),
            keys,
        }
    }
}

impl<'c> ColumnPlan<'c> {
    fn of(placed: &Placed, keys: &Keys, layout: &Layout<'_>, catalog: &'c Catalog) -> Self {
        let target = match placed.field {
            Field::Fact(key) => {
                let spec = catalog.spec(key);
                let is_id = IDS.contains(&spec.key.as_str());
                Some(Target { key, spec, is_id })
            }
            Field::Extra(_) => None,
        };
        let key = target.map(|target| target.key);
        let first = placed.places.first().and_then(|place| place.first());
        let zone = first.and_then(|column| layout.zones.get(column));
        Self {
            placed: placed.clone(),
            target,
            zone: zone.copied().unwrap_or(layout.zone),
            time: key.and_then(|key| keys.times.iter().position(|time| *time == Some(key))),
            is_status: key.is_some() && key == keys.status,
            of_failure: key.is_some_and(|key| keys.of_failure(key)),
            read: How::new(target.map_or(FactType::Text, |target| target.spec.kind)),
        }
    }
}

/// The rules of states whose columns the file has.
fn status(layout: &Layout<'_>) -> Vec<StatusPlan> {
    let rules = layout.format.map_or(&[][..], |format| &format.status);
    let plans = rules.iter().enumerate().filter_map(|(rule, state)| {
        let columns = state.when.iter().enumerate().map(|(at, (name, _))| {
            let column = layout.columns_named(name).first().copied()?;
            Some((column, at))
        });
        let columns = columns.collect::<Option<Vec<_>>>()?;
        Some(StatusPlan { rule, columns })
    });
    plans.collect()
}

/// The columns of a field that is an amount, with the direction that it tells.
fn amount(placed: &Placed, keys: &Keys) -> Option<(Option<Flow>, Vec<u16>)> {
    let flow = match placed.field {
        Field::Extra(Extra::AmountIn) => Some(Flow::In),
        Field::Extra(Extra::AmountOut) => Some(Flow::Out),
        Field::Fact(key) if Some(key) == keys.amount => None,
        _ => return None,
    };
    Some((flow, placed.places.iter().flatten().copied().collect()))
}

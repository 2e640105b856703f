//! The state of every signal in every row of a table: true, false or unknown.

use crate::facts::Table;
use crate::rules::expr::TriBitmap;
use crate::rules::{RuleSet, SignalIndex};

/// Signal states, one pair of bitmaps a signal.
#[derive(Debug, Clone)]
pub struct States {
    columns: Vec<TriBitmap>,
}

impl States {
    /// Evaluates all signals over all rows.
    #[must_use]
    pub fn evaluate(rules: &RuleSet, table: &Table) -> Self {
        let columns = rules
            .signals
            .iter()
            .map(|signal| signal.program.eval_bool(table));
        Self {
            columns: columns.collect(),
        }
    }

    /// Replaces the states of one signal in all rows, to try what another condition would do.
    pub fn replace(&mut self, signal: SignalIndex, states: TriBitmap) {
        self.columns[signal.0] = states;
    }

    /// The states of all signals in one row, by position.
    #[must_use]
    pub fn of_row(&self, row: usize) -> Vec<Option<bool>> {
        self.columns.iter().map(|column| column.get(row)).collect()
    }

    /// The state of one signal in one row; none where it is unknown.
    #[must_use]
    pub fn get(&self, signal: SignalIndex, row: usize) -> Option<bool> {
        self.columns[signal.0].get(row)
    }
}

//! The state of every signal in every row of a table: true, false or unknown; and what the words of
//! every row speak for.

use std::sync::Arc;

use crate::facts::{Bitmap, Table};
use crate::rules::expr::TriBitmap;
use crate::rules::{RuleSet, Signal, SignalIndex};

use super::wording::{Wording, Wordings};

/// Signal states, one pair of bitmaps a signal.
///
/// What people say is a fact for the money gates, but no further evidence beside their words: the
/// model of words has weighed it already. So evidence has states of its own, without the facts that
/// were read from text.
#[derive(Debug, Clone)]
pub struct States {
    columns: Vec<TriBitmap>,
    /// States without what was read from text, where there is any.
    unspoken: Option<Vec<TriBitmap>>,
    wordings: Vec<Option<Arc<Wording>>>,
    /// The rows that have words.
    worded: Bitmap,
}

impl States {
    /// Evaluates all signals over all rows, and reads the words of all rows.
    #[must_use]
    pub fn evaluate(rules: &RuleSet, table: &Table) -> Self {
        Self::evaluate_with(rules, table, &mut Wordings::default())
    }

    /// The same, with a memory of texts that were read in other tables.
    #[must_use]
    pub fn evaluate_with(rules: &RuleSet, table: &Table, wordings: &mut Wordings) -> Self {
        let columns: Vec<TriBitmap> = rules
            .signals
            .iter()
            .map(|signal| signal.program.eval_bool(table))
            .collect();
        let wordings = wordings.of(rules, table);
        let unspoken = table.unspoken().map(|(table, spoken)| {
            let touched = |signal: &Signal| {
                let facts = signal.program.facts();
                facts.iter().any(|fact| spoken.contains(fact))
            };
            let signals = rules.signals.iter().zip(&columns);
            signals
                .map(|(signal, states)| match touched(signal) {
                    true => signal.program.eval_bool(&table),
                    false => states.clone(),
                })
                .collect()
        });
        Self {
            columns,
            unspoken,
            worded: Bitmap::of(wordings.iter().map(Option::is_some)),
            wordings,
        }
    }

    /// Replaces the states of one signal in all rows, to try what another condition would do.
    pub fn replace(&mut self, signal: SignalIndex, states: TriBitmap) {
        if let Some(unspoken) = &mut self.unspoken {
            unspoken[signal.0] = states.clone();
        }
        self.columns[signal.0] = states;
    }

    /// The state of one signal in one row; none where it is unknown.
    #[must_use]
    pub fn get(&self, signal: SignalIndex, row: usize) -> Option<bool> {
        self.columns[signal.0].get(row)
    }

    /// The state of one signal in one row as evidence.
    #[must_use]
    pub fn evidence(&self, signal: SignalIndex, row: usize) -> Option<bool> {
        match (&self.unspoken, &self.wordings[row]) {
            (Some(unspoken), Some(_)) => unspoken[signal.0].get(row),
            _ => self.get(signal, row),
        }
    }

    /// The states of one signal as evidence in 64 rows, the first row lowest: true, known.
    pub(super) fn evidence_words(&self, signal: SignalIndex, word: usize) -> (u64, u64) {
        let of = |states: &TriBitmap| (states.truth.word(word), states.known.word(word));
        let (truth, known) = of(&self.columns[signal.0]);
        let Some(unspoken) = &self.unspoken else {
            return (truth, known);
        };
        let worded = self.worded.word(word);
        let (unspoken_truth, unspoken_known) = of(&unspoken[signal.0]);
        let choose = |spoken: u64, unspoken: u64| spoken & !worded | unspoken & worded;
        (choose(truth, unspoken_truth), choose(known, unspoken_known))
    }

    /// The states of one signal as told in 64 rows: true, known.
    pub(super) fn told_words(&self, signal: SignalIndex, word: usize) -> (u64, u64) {
        let states = &self.columns[signal.0];
        (states.truth.word(word), states.known.word(word))
    }

    /// What the words of a row speak for, as rows of the same words share it.
    pub(super) fn shared_wording(&self, row: usize) -> Option<&Arc<Wording>> {
        self.wordings[row].as_ref()
    }

    /// What the words of a row speak for; none where it has none, or no model reads them.
    #[must_use]
    pub fn wording(&self, row: usize) -> Option<&Wording> {
        self.wordings[row].as_deref()
    }

    /// The states of all signals in one row as evidence, by position.
    #[must_use]
    pub fn of_row(&self, row: usize) -> Vec<Option<bool>> {
        (0..self.columns.len())
            .map(|index| self.evidence(SignalIndex(index), row))
            .collect()
    }
}

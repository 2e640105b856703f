//! Mutation: every comparison of every signal turned around must break an example, or the
//! examples do not prove that it is right.

use crate::rules::expr::{Mutant, TriBitmap};
use crate::rules::{RuleSet, SignalIndex};

use super::examples::Examples;

/// A mutant that no example noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// The signal.
    pub signal: String,
    /// What was changed.
    pub change: String,
}

/// The outcome of mutating all signals.
#[derive(Debug, Clone, Default)]
pub struct Mutation {
    /// Comparisons turned around.
    pub flips: usize,
    /// Flips that no example noticed.
    pub survivors: Vec<Survivor>,
    /// Comparisons moved by their boundary (`<` to `<=`).
    pub boundaries: usize,
    /// Boundary changes that no example noticed.
    pub boundary_survivors: Vec<Survivor>,
}

impl Mutation {
    /// Share of flips that broke an example, 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few hundred mutants")]
    pub fn score(&self) -> f64 {
        if self.flips == 0 {
            return 1.0;
        }
        (self.flips - self.survivors.len()) as f64 / self.flips as f64
    }
}

/// Mutates each declared signal in all its compiled forms at once.
pub(super) fn measure(rules: &RuleSet, examples: &Examples<'_>) -> Mutation {
    let mut mutation = Mutation::default();
    let holding: Vec<usize> = (0..examples.len())
        .filter(|row| !examples.asks(*row))
        .filter(|row| examples.check(*row, examples.states()).is_none())
        .collect();
    for id in rules.signal_ids() {
        let forms: Vec<(SignalIndex, Vec<Mutant>)> = rules
            .signals
            .iter()
            .enumerate()
            .filter(|(_, signal)| signal.id == id)
            .map(|(index, signal)| (SignalIndex(index), signal.program.mutants().collect()))
            .collect();
        let count = forms.first().map_or(0, |(_, mutants)| mutants.len());
        for number in 0..count {
            let noticed = is_noticed(examples, &holding, &forms, number);
            let mutant = &forms[0].1[number];
            let survivor = || Survivor {
                signal: id.to_owned(),
                change: mutant.description.clone(),
            };
            let (total, survivors) = if mutant.boundary {
                (&mut mutation.boundaries, &mut mutation.boundary_survivors)
            } else {
                (&mut mutation.flips, &mut mutation.survivors)
            };
            *total += 1;
            if !noticed {
                survivors.push(survivor());
            }
        }
    }
    mutation
}

/// Whether any example that holds breaks. Only rows in which a state changed can.
fn is_noticed(
    examples: &Examples<'_>,
    holding: &[usize],
    forms: &[(SignalIndex, Vec<Mutant>)],
    number: usize,
) -> bool {
    let changed: Vec<(SignalIndex, TriBitmap)> = forms
        .iter()
        .filter_map(|(signal, mutants)| {
            let states = mutants.get(number)?.program.eval_bool(examples.table());
            Some((*signal, states))
        })
        .collect();
    let mut mutated = examples.states().clone();
    for (signal, states) in &changed {
        mutated.replace(*signal, states.clone());
    }
    let differs = |row: usize| {
        changed
            .iter()
            .any(|(signal, states)| states.get(row) != examples.states().get(*signal, row))
    };
    holding
        .iter()
        .any(|row| differs(*row) && examples.check(*row, &mutated).is_some())
}

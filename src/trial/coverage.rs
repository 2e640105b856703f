//! Three-way branch coverage: was every leaf of every condition seen true, false and unknown?

use std::collections::BTreeMap;

use crate::facts::Table;
use crate::rules::RuleSet;
use crate::rules::expr::Program;

use super::examples::Examples;

/// One leaf of a condition and the states in which the examples saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafSeen {
    /// The signal, or the fix and its cause.
    pub owner: String,
    /// The leaf as text.
    pub leaf: String,
    /// Seen true.
    pub seen_true: bool,
    /// Seen false.
    pub seen_false: bool,
    /// Seen unknown, or unable to be (`has(x)` never is).
    pub seen_unknown: bool,
}

impl LeafSeen {
    /// Whether it was seen in all states.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.seen_true && self.seen_false && self.seen_unknown
    }

    fn states(&self) -> usize {
        [self.seen_true, self.seen_false, self.seen_unknown]
            .iter()
            .filter(|seen| **seen)
            .count()
    }
}

/// All leaves.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Every leaf, in the order of signals and fixes.
    pub leaves: Vec<LeafSeen>,
}

impl Coverage {
    /// Share of leaf states that were seen, 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few hundred leaves")]
    pub fn share(&self) -> f64 {
        let seen: usize = self.leaves.iter().map(LeafSeen::states).sum();
        seen as f64 / (3 * self.leaves.len()).max(1) as f64
    }

    /// The leaves that were not seen in all three states.
    pub fn incomplete(&self) -> impl Iterator<Item = &LeafSeen> {
        self.leaves.iter().filter(|leaf| !leaf.complete())
    }
}

/// Evaluates every leaf over all examples. Leaves of a signal that speaks of `this` count once,
/// whichever cause they were seen for.
pub(super) fn measure(rules: &RuleSet, examples: &Examples<'_>) -> Coverage {
    let mut seen: BTreeMap<(usize, String, usize), LeafSeen> = BTreeMap::new();
    let ids = rules.signal_ids();
    for signal in &rules.signals {
        let order = ids
            .iter()
            .position(|id| *id == signal.id)
            .unwrap_or(ids.len());
        look(
            rules,
            &signal.program,
            examples.table(),
            (order, &signal.id),
            &mut seen,
        );
    }
    for cause in &rules.causes {
        for fix in &cause.fixes {
            if let Some(when) = &fix.when {
                let owner = format!("{}/{}", cause.id(), fix.source.id);
                look(
                    rules,
                    when,
                    examples.table(),
                    (ids.len(), &owner),
                    &mut seen,
                );
            }
        }
    }
    Coverage {
        leaves: seen.into_values().collect(),
    }
}

fn look(
    rules: &RuleSet,
    program: &Program,
    table: &Table,
    (order, owner): (usize, &str),
    seen: &mut BTreeMap<(usize, String, usize), LeafSeen>,
) {
    for (number, leaf) in program.leaves().iter().enumerate() {
        let states = program.eval_leaf(number, table);
        let never_unknown = leaf.text.starts_with("has(") || is_always_known(rules, &leaf.text);
        let entry = seen
            .entry((order, owner.to_owned(), number))
            .or_insert_with(|| LeafSeen {
                owner: owner.to_owned(),
                leaf: leaf.text.clone(),
                seen_true: false,
                seen_false: false,
                seen_unknown: never_unknown,
            });
        for row in 0..table.rows() {
            match states.get(row) {
                Some(true) => entry.seen_true = true,
                Some(false) => entry.seen_false = true,
                None => entry.seen_unknown = true,
            }
        }
    }
}

/// Whether a leaf is a fact whose absence has a meaning, so that it is never unknown.
fn is_always_known(rules: &RuleSet, leaf: &str) -> bool {
    let fact = rules.catalog.find(leaf);
    fact.is_some_and(|key| rules.catalog.spec(key).when_missing.is_some())
}

//! What causes were heard to say in rows before: a cause listens to a dozen signals, whose states
//! seldom differ from those of some earlier row.

use std::collections::HashMap;

use ahash::RandomState;

use crate::rules::{Cause, RuleSet, SignalIndex};

use super::alike::{PER_WORD, Packer};
use super::score::{self, Heard};
use super::states::States;

/// Signals whose states fit into a key: two bits each.
const IN_KEY: usize = 64;

/// A cause for which more keys are known than this is begun anew.
const REMEMBERED: usize = 1 << 14;

/// What every cause said, by the states of its signals.
#[derive(Debug)]
pub(super) struct Memory {
    causes: Vec<OfCause>,
    /// For every two causes the evidence that they share: left × causes + right.
    shared: Vec<Vec<(usize, usize)>>,
    /// For the row at hand, by cause: position in its list.
    row: Vec<u32>,
}

#[derive(Debug)]
struct OfCause {
    /// Its signals, each once.
    signals: Vec<SignalIndex>,
    /// Their places among the packed states.
    places: Vec<usize>,
    list: Vec<Heard>,
    index: HashMap<u128, u32, RandomState>,
}

/// No entry: positions never get that high.
const NONE: u32 = u32::MAX;

impl Memory {
    /// A memory for the causes of a rule set.
    pub(super) fn new(rules: &RuleSet, packer: &Packer) -> Self {
        let causes = &rules.causes;
        let pairs = causes.iter().flat_map(|left| {
            let right = causes.iter();
            right.map(move |right| score::shared(left, right))
        });
        let of_cause = |cause| OfCause::new(cause, packer);
        Self {
            causes: causes.iter().map(of_cause).collect(),
            shared: pairs.collect(),
            row: vec![NONE; causes.len()],
        }
    }

    /// Turns to a row of a table, whose states are packed.
    pub(super) fn turn_to(&mut self, rules: &RuleSet, states: &States, row: usize, packed: &[u64]) {
        for (index, cause) in self.causes.iter_mut().enumerate() {
            let of = &rules.causes[index];
            self.row[index] = if cause.signals.len() <= IN_KEY {
                cause.find(of, packed)
            } else {
                cause.listen(of, states, row)
            };
        }
    }

    /// What a cause says in the row at hand.
    pub(super) fn heard(&self, cause: usize) -> &Heard {
        &self.causes[cause].list[self.row[cause] as usize]
    }

    /// The bits that two causes would count twice in the row at hand.
    pub(super) fn overlap(&self, left: usize, right: usize) -> f64 {
        let shared = &self.shared[left * self.causes.len() + right];
        score::overlap(self.heard(left), self.heard(right), shared)
    }
}

impl OfCause {
    fn new(cause: &Cause, packer: &Packer) -> Self {
        let evidence = cause.evidence.iter().map(|item| item.signal);
        let absolute = cause.excluded_by.iter().chain(&cause.confirmed_by).copied();
        let mut signals: Vec<SignalIndex> = evidence.chain(absolute).collect();
        signals.sort_unstable();
        signals.dedup();
        let places = signals.iter().filter_map(|signal| packer.place(*signal));
        Self {
            places: places.collect(),
            signals,
            list: Vec::new(),
            index: HashMap::default(),
        }
    }

    /// The position of what the cause says where states are as packed.
    fn find(&mut self, cause: &Cause, packed: &[u64]) -> u32 {
        let mut key = 0u128;
        for (at, place) in self.places.iter().enumerate() {
            let state = packed[place / PER_WORD] >> (place % PER_WORD * 2) & 3;
            key |= u128::from(state) << (at * 2);
        }
        match self.index.get(&key) {
            Some(position) => *position,
            None => self.learn(cause, key),
        }
    }

    /// Hears a cause of too many signals anew in every row.
    fn listen(&mut self, cause: &Cause, states: &States, row: usize) -> u32 {
        let heard = Heard::new(cause, &|signal| states.evidence(signal, row));
        self.list.clear();
        self.list.push(heard);
        0
    }

    fn learn(&mut self, cause: &Cause, key: u128) -> u32 {
        if self.list.len() >= REMEMBERED {
            self.list.clear();
            self.index.clear();
        }
        let state = |signal: SignalIndex| {
            let at = self.signals.binary_search(&signal).ok()?;
            let bits = key >> (at * 2);
            (bits & 2 != 0).then_some(bits & 1 != 0)
        };
        let heard = Heard::new(cause, &state);
        let position = u32::try_from(self.list.len()).unwrap_or(NONE);
        self.list.push(heard);
        self.index.insert(key, position);
        position
    }
}

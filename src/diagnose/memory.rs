//! What causes were heard to say in rows before: a cause listens to a dozen signals, whose states
//! seldom differ from those of some earlier row.

use std::collections::HashMap;

use ahash::RandomState;

use crate::rules::{Cause, RuleSet, SignalIndex};

use super::alike::{PER_WORD, Packer};
use super::score::{self, Heard};
use super::states::States;

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
    /// The states of the signals of a cause in the row at hand.
    key: Vec<u64>,
}

#[derive(Debug)]
struct OfCause {
    /// The words among the packed states that hold states of its signals, and the bits of these.
    masks: Vec<(usize, u64)>,
    list: Vec<Heard>,
    /// Positions in the list by the states of its signals, as masked.
    index: HashMap<Box<[u64]>, u32, RandomState>,
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
            key: Vec::new(),
        }
    }

    /// Turns to a row of a table, whose states are packed.
    pub(super) fn turn_to(&mut self, rules: &RuleSet, states: &States, row: usize, packed: &[u64]) {
        for (index, cause) in self.causes.iter_mut().enumerate() {
            self.key.clear();
            let masked = cause.masks.iter().map(|(word, mask)| packed[*word] & mask);
            self.key.extend(masked);
            self.row[index] = match cause.index.get(self.key.as_slice()) {
                Some(position) => *position,
                None => cause.learn(&rules.causes[index], states, row, &self.key),
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
        let mut masks: Vec<(usize, u64)> = Vec::new();
        for place in signals.iter().filter_map(|signal| packer.place(*signal)) {
            let (word, mask) = (place / PER_WORD, 3 << (place % PER_WORD * 2));
            match masks.last_mut() {
                Some((last, bits)) if *last == word => *bits |= mask,
                _ => masks.push((word, mask)),
            }
        }
        Self {
            masks,
            list: Vec::new(),
            index: HashMap::default(),
        }
    }

    /// Hears the cause in a row where its signals are as they never were; gives the position of
    /// what it says.
    fn learn(&mut self, cause: &Cause, states: &States, row: usize, key: &[u64]) -> u32 {
        if self.list.len() >= REMEMBERED {
            self.list.clear();
            self.index.clear();
        }
        let heard = Heard::new(cause, &|signal| states.evidence(signal, row));
        let position = u32::try_from(self.list.len()).unwrap_or(NONE);
        self.list.push(heard);
        self.index.insert(key.into(), position);
        position
    }
}

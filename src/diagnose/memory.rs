//! What causes were heard to say in rows before: a cause listens to a dozen signals, whose states
//! seldom differ from those of some earlier row.

use std::collections::HashMap;

use ahash::RandomState;

use crate::rules::{Cause, RuleSet, SignalIndex};

use super::score::{self, Heard};
use super::states::States;

/// Rows in one word of a bitmap.
const BLOCK: usize = 64;

/// Signals whose states fit into a key: two bits each.
const IN_KEY: usize = 64;

/// A cause for which more keys are known than this is begun anew.
const REMEMBERED: usize = 1 << 14;

/// Keys that are looked for first, by their last bits.
const RECENT: usize = 1 << 8;

/// What every cause said, by the states of its signals.
#[derive(Debug)]
pub(super) struct Memory {
    causes: Vec<OfCause>,
    /// For every two causes the evidence that they share: left × causes + right.
    shared: Vec<Vec<(usize, usize)>>,
    /// The first row for which keys are made.
    block: Option<usize>,
    /// For the row at hand, by cause: position in its list.
    row: Vec<u32>,
}

#[derive(Debug)]
struct OfCause {
    /// Its signals, each once.
    signals: Vec<SignalIndex>,
    list: Vec<Heard>,
    index: HashMap<u128, u32, RandomState>,
    recent: Vec<(u128, u32)>,
    /// Keys of the rows of the block.
    keys: Vec<u128>,
}

/// No entry: positions never get that high.
const NONE: u32 = u32::MAX;

impl Memory {
    /// A memory for the causes of a rule set.
    pub(super) fn new(rules: &RuleSet) -> Self {
        let causes = &rules.causes;
        let pairs = causes.iter().flat_map(|left| {
            let right = causes.iter();
            right.map(move |right| score::shared(left, right))
        });
        Self {
            causes: causes.iter().map(OfCause::new).collect(),
            shared: pairs.collect(),
            block: None,
            row: vec![NONE; causes.len()],
        }
    }

    /// Forgets the keys of the table before.
    pub(super) fn begin(&mut self) {
        self.block = None;
    }

    /// Turns to a row of a table.
    pub(super) fn turn_to(&mut self, rules: &RuleSet, states: &States, row: usize) {
        let block = row / BLOCK;
        if self.block != Some(block) {
            self.block = Some(block);
            for cause in &mut self.causes {
                cause.make_keys(states, block);
            }
        }
        for (index, cause) in self.causes.iter_mut().enumerate() {
            let of = &rules.causes[index];
            self.row[index] = if cause.signals.len() <= IN_KEY {
                cause.find(of, row % BLOCK)
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
    fn new(cause: &Cause) -> Self {
        let evidence = cause.evidence.iter().map(|item| item.signal);
        let absolute = cause.excluded_by.iter().chain(&cause.confirmed_by).copied();
        let mut signals: Vec<SignalIndex> = evidence.chain(absolute).collect();
        signals.sort_unstable();
        signals.dedup();
        Self {
            signals,
            list: Vec::new(),
            index: HashMap::default(),
            recent: vec![(0, NONE); RECENT],
            keys: vec![0; BLOCK],
        }
    }

    /// Packs the states of the signals of 64 rows, two bits a signal: true, known.
    fn make_keys(&mut self, states: &States, block: usize) {
        let mut halves = [[0u64; BLOCK]; 2];
        for (at, signal) in self.signals.iter().take(IN_KEY).enumerate() {
            let (truth, known) = states.evidence_words(*signal, block);
            let half = &mut halves[at * 2 / BLOCK];
            half[at * 2 % BLOCK] = truth;
            half[at * 2 % BLOCK + 1] = known;
        }
        let wide = self.signals.len() * 2 > BLOCK;
        transpose(&mut halves[0]);
        if wide {
            transpose(&mut halves[1]);
        }
        for (row, key) in self.keys.iter_mut().enumerate() {
            *key = u128::from(halves[0][row]) | u128::from(halves[1][row]) << BLOCK;
        }
    }

    /// The position of what the cause says in a row of the block.
    fn find(&mut self, cause: &Cause, row: usize) -> u32 {
        let key = self.keys[row];
        let slot = slot_of(key);
        let (recent, position) = self.recent[slot];
        if recent == key && position != NONE {
            return position;
        }
        let position = match self.index.get(&key) {
            Some(position) => *position,
            None => self.learn(cause, key),
        };
        self.recent[slot] = (key, position);
        position
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
            self.recent.fill((0, NONE));
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

#[expect(clippy::cast_possible_truncation, reason = "a few bits of a hash")]
fn slot_of(key: u128) -> usize {
    let folded = (key as u64) ^ (key >> 64) as u64;
    // Fibonacci hashing: the high bits of a product depend on all bits of the key.
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize % RECENT
}

/// Transposes 64 × 64 bits, bit n of word m becoming bit m of word n (Warren, Hacker's Delight,
/// 7-3, with the lowest bit first).
fn transpose(words: &mut [u64; BLOCK]) {
    let mut width = BLOCK / 2;
    let mut mask = u64::MAX >> width;
    while width > 0 {
        let mut at = 0;
        while at < BLOCK {
            let swapped = ((words[at] >> width) ^ words[at + width]) & mask;
            words[at + width] ^= swapped;
            words[at] ^= swapped << width;
            at = (at + width + 1) & !width;
        }
        width /= 2;
        mask ^= mask << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_matrix_has_its_bits_mirrored() {
        let mut words = [0u64; BLOCK];
        for (at, word) in words.iter_mut().enumerate() {
            *word = (at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        let original = words;
        transpose(&mut words);
        for (row, word) in original.iter().enumerate() {
            for (column, mirrored) in words.iter().enumerate() {
                assert_eq!(word >> column & 1, mirrored >> row & 1, "{row} {column}");
            }
        }
    }
}

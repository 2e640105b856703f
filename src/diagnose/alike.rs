//! What tells the diagnoses of two rows apart, packed into a few words: rows with the same words are
//! diagnosed alike.

use std::sync::Arc;

use crate::rules::{RuleSet, SignalIndex};

use super::brief::Applies;
use super::states::States;

/// Rows in one word of a bitmap.
pub(super) const BLOCK: usize = 64;

/// States of two bits in one word.
pub(super) const PER_WORD: usize = 32;

/// Packs the states of 64 rows at a time: first of all evidence, two bits a signal (true, known),
/// then of what gates, warnings and fixes look at, then what the words of the row speak for.
#[derive(Debug)]
pub(super) struct Packer {
    /// Signals that causes listen to, in order.
    evidence: Vec<SignalIndex>,
    /// Signals that gates and warnings look at.
    told: Vec<SignalIndex>,
    /// The block that is packed.
    block: Option<usize>,
    /// By word, then by row of the block.
    words: Vec<[u64; BLOCK]>,
    /// The words of the row at hand.
    row: Vec<u64>,
}

impl Packer {
    pub(super) fn new(rules: &RuleSet) -> Self {
        let causes = rules.causes.iter();
        let mut evidence: Vec<SignalIndex> = causes
            .flat_map(|cause| {
                let items = cause.evidence.iter().map(|item| item.signal);
                items.chain(cause.excluded_by.iter().chain(&cause.confirmed_by).copied())
            })
            .chain(rules.gates.healthy)
            .collect();
        evidence.sort_unstable();
        evidence.dedup();
        let gates = rules.gates.block.iter().chain(&rules.gates.allow);
        let gates = gates.map(|gate| gate.signal);
        let warnings = rules.warnings.iter().map(|warning| warning.signal);
        let mut told: Vec<SignalIndex> = gates.chain(warnings).collect();
        told.sort_unstable();
        told.dedup();
        Self {
            evidence,
            told,
            block: None,
            words: Vec::new(),
            row: Vec::new(),
        }
    }

    /// The place of a signal among the states of evidence.
    pub(super) fn place(&self, signal: SignalIndex) -> Option<usize> {
        self.evidence.binary_search(&signal).ok()
    }

    /// Forgets the table before.
    pub(super) fn begin(&mut self) {
        self.block = None;
    }

    /// The words of a row of a table.
    pub(super) fn row(&mut self, states: &States, applies: &Applies, row: usize) -> &[u64] {
        let block = row / BLOCK;
        if self.block != Some(block) {
            self.block = Some(block);
            self.pack(states, applies, block);
        }
        self.row.clear();
        let of_row = self.words.iter().map(|word| word[row % BLOCK]);
        self.row.extend(of_row);
        // The same words speak for the same; entries keep what they compare alive.
        let wording = states.shared_wording(row).map(Arc::as_ptr);
        self.row.push(wording.map_or(0, |at| at as usize as u64));
        &self.row
    }

    fn pack(&mut self, states: &States, applies: &Applies, block: usize) {
        let evidence = self.evidence.iter();
        let evidence = evidence.map(|signal| states.evidence_words(*signal, block));
        let told = self.told.iter();
        let told = told.map(|signal| states.told_words(*signal, block));
        let planes = evidence.chain(told).chain(applies.words(block));
        let mut count = 0;
        for (at, (truth, known)) in planes.enumerate() {
            let (word, bit) = (at / PER_WORD, at % PER_WORD * 2);
            if bit == 0 {
                if self.words.len() == word {
                    self.words.push([0; BLOCK]);
                }
                self.words[word].fill(0);
                count = word + 1;
            }
            self.words[word][bit] = truth;
            self.words[word][bit + 1] = known;
        }
        self.words.truncate(count);
        self.words.iter_mut().for_each(transpose);
    }
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

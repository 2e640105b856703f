//! Words with the numbers that each stands for: one flat table, so that tens of thousands of words
//! are loaded at once and looked up without searching.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::Fnv;

use super::column;

/// The longest word, in characters.
pub(super) const LONGEST_WORD: usize = 63;

/// Words by their hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lexicon {
    /// FNV-1a of every word, ascending.
    #[serde(with = "column")]
    hashes: Vec<u32>,
    /// Every word, one after the other, in the order of the hashes.
    letters: String,
    /// Where each word ends in `letters`.
    #[serde(with = "column")]
    ends: Vec<u32>,
    /// What each word stands for where it must end there, and then what it stands for where letters
    /// may follow: where the two lists end in `numbers`.
    #[serde(with = "column")]
    lists: Vec<u32>,
    #[serde(with = "column")]
    numbers: Vec<u32>,
    /// First characters of words, ascending, with a bit for every length in characters.
    #[serde(with = "column")]
    firsts: Vec<u32>,
    #[serde(with = "column")]
    short: Vec<u32>,
    #[serde(with = "column")]
    long: Vec<u32>,
    /// For every beginning of a hash, where its words begin.
    #[serde(with = "column")]
    buckets: Vec<u32>,
}

/// Bits of a hash that choose its bucket: a few words in each.
const BUCKET_BITS: u32 = 13;

/// What is known of one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'l> {
    /// What it stands for where the word ends.
    pub closed: &'l [u32],
    /// What it stands for wherever it stands.
    pub open: &'l [u32],
}

/// Words on their way into a lexicon: the numbers of the closed and of the open word.
pub(super) type Words = BTreeMap<String, [Vec<u32>; 2]>;

impl Lexicon {
    /// Makes the table.
    pub(super) fn new(words: &Words) -> Self {
        let mut by_hash: Vec<(u32, &String, &[Vec<u32>; 2])> = words
            .iter()
            .map(|(word, lists)| (hash(word), word, lists))
            .collect();
        by_hash.sort();
        let mut table = Self::default();
        let mut lengths: BTreeMap<u32, u64> = BTreeMap::new();
        for (hash, word, lists) in by_hash {
            table.hashes.push(hash);
            table.letters.push_str(word);
            table.ends.push(number(table.letters.len()));
            for list in lists {
                table.numbers.extend(list);
                table.lists.push(number(table.numbers.len()));
            }
            if let Some(first) = word.chars().next() {
                let length = word.chars().count().min(LONGEST_WORD);
                *lengths.entry(u32::from(first)).or_default() |= 1 << length;
            }
        }
        for (first, mask) in lengths {
            table.firsts.push(first);
            let [a, b, c, d, e, f, g, h] = mask.to_le_bytes();
            table.short.push(u32::from_le_bytes([a, b, c, d]));
            table.long.push(u32::from_le_bytes([e, f, g, h]));
        }
        let begins = |bucket: u32| {
            let start = u64::from(bucket) << (32 - BUCKET_BITS);
            number(
                table
                    .hashes
                    .partition_point(|hash| u64::from(*hash) < start),
            )
        };
        table.buckets = (0..=1 << BUCKET_BITS).map(begins).collect();
        table
    }

    /// One more than the largest number that a word stands for.
    pub(super) fn numbers(&self) -> usize {
        self.numbers
            .iter()
            .max()
            .map_or(0, |most| *most as usize + 1)
    }

    /// Calls back for every word that begins at a byte of a text, shortest first, with where it
    /// ends and what is known of it.
    pub(super) fn at<'l>(
        &'l self,
        text: &str,
        start: usize,
        mut found: impl FnMut(usize, Entry<'l>),
    ) {
        let rest = &text[start..];
        let Some(first) = rest.chars().next() else {
            return;
        };
        let Ok(place) = self.firsts.binary_search(&u32::from(first)) else {
            return;
        };
        let mut lengths = u64::from(self.short[place]) | u64::from(self.long[place]) << 32;
        let mut hash = Fnv::default();
        for (at, c) in rest.char_indices() {
            lengths >>= 1;
            if lengths == 0 {
                break;
            }
            let end = at + c.len_utf8();
            hash.eat(&rest.as_bytes()[at..end]);
            if lengths & 1 == 1
                && let Some(entry) = self.entry(hash.value(), &rest[..end])
            {
                found(start + end, entry);
            }
        }
    }

    fn entry(&self, hash: u32, word: &str) -> Option<Entry<'_>> {
        let bucket = (hash >> (32 - BUCKET_BITS)) as usize;
        let (low, high) = (*self.buckets.get(bucket)?, *self.buckets.get(bucket + 1)?);
        let mut row = low as usize;
        while row < high as usize {
            if self.hashes[row] == hash && self.word(row) == Some(word) {
                let list = |at: usize| {
                    let start = at.checked_sub(1).map_or(0, |before| self.lists[before]);
                    self.numbers.get(start as usize..self.lists[at] as usize)
                };
                return Some(Entry {
                    closed: list(2 * row)?,
                    open: list(2 * row + 1)?,
                });
            }
            row += 1;
        }
        None
    }

    fn word(&self, row: usize) -> Option<&str> {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.letters.get(start as usize..self.ends[row] as usize)
    }
}

fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn hash(word: &str) -> u32 {
    let mut hash = Fnv::default();
    hash.eat(word.as_bytes());
    hash.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_where_it_begins() {
        let words: Words = [("没", 1), ("没到", 2), ("没到账", 3), ("no", 4)]
            .into_iter()
            .map(|(word, number)| (word.to_owned(), [vec![number], vec![]]))
            .collect();
        let lexicon = Lexicon::new(&words);
        let at = |text: &str, start: usize| {
            let mut found = Vec::new();
            lexicon.at(text, start, |end, entry| {
                found.push((end, entry.closed.to_vec()))
            });
            found
        };
        assert_eq!(
            at("还没到账", 3),
            [(6, vec![1]), (9, vec![2]), (12, vec![3])]
        );
        assert_eq!(at("还没到账", 0), []);
        assert_eq!(at("no", 0), [(2, vec![4])]);
        assert_eq!(at("", 0), []);
    }
}

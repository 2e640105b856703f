//! Counts by name in bounded memory: the largest of many names, or a fair sample of many texts.
//! Refuses to forget silently: what was left out is counted too.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::neighbours::hash_of;

/// What a name is counted by.
pub trait Weight: Default {
    /// Which of two counts is kept first where there are too many.
    fn order(&self, other: &Self) -> Ordering;

    /// Rows that it stands for.
    fn rows(&self) -> u64;
}

impl Weight for u64 {
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }

    fn rows(&self) -> u64 {
        *self
    }
}

/// Takes a hash as its own hash.
#[derive(Debug, Clone, Copy, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_of(&(self.0, bytes));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Counts by name: exact up to a number of names; beyond it the smaller half is forgotten, and how
/// much that was is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounded<V> {
    most: usize,
    /// By the hash of the name, by which neighbours tell accounts apart too.
    counts: HashMap<u64, (Arc<str>, V), BuildHasherDefault<Hashed>>,
    /// Names that were forgotten; one that came back counts again.
    forgotten: u64,
    /// The most rows that any forgotten name had.
    error: u64,
}

impl<V: Weight> Bounded<V> {
    /// A counter that keeps at most this many names.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            counts: HashMap::default(),
            forgotten: 0,
            error: 0,
        }
    }

    /// The count of a name, to be raised; allocates nothing for a known one.
    pub fn of(&mut self, name: &str) -> &mut V {
        let hash = hash_of(name);
        if self.counts.len() >= self.most && !self.counts.contains_key(&hash) {
            self.forget();
        }
        let new = || (Arc::from(name), V::default());
        &mut self.counts.entry(hash).or_insert_with(new).1
    }

    /// How many names there are, the forgotten ones not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether all counts are exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.forgotten == 0
    }

    /// By how many rows a count may be too low.
    #[must_use]
    pub fn error(&self) -> u64 {
        self.error
    }

    /// The largest counts, largest first; names of the same count in the order of their letters.
    #[must_use]
    pub fn largest(&self, most: usize) -> Vec<(&Arc<str>, &V)> {
        let counts = self.counts.values().map(|(name, count)| (name, count));
        let mut all: Vec<(&Arc<str>, &V)> = counts.collect();
        all.sort_unstable_by(|a, b| b.1.order(a.1).then_with(|| a.0.cmp(b.0)));
        all.truncate(most);
        all
    }

    /// Keeps the larger half.
    fn forget(&mut self) {
        let mut all: Vec<(u64, (Arc<str>, V))> = self.counts.drain().collect();
        all.sort_unstable_by(|(_, a), (_, b)| b.1.order(&a.1).then_with(|| a.0.cmp(&b.0)));
        let dropped = all.split_off(all.len().min(self.most / 2));
        self.forgotten += dropped.len() as u64;
        let largest = dropped.iter().map(|(_, (_, count))| count.rows()).max();
        self.error = self.error.saturating_add(largest.unwrap_or(0));
        self.counts.extend(all);
    }
}

/// Distinct texts with their counts: a fair sample that does not depend on their order, exact for
/// the texts in it (a bottom-k sketch: Cohen and Kaplan 2007).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    most: usize,
    texts: BTreeMap<(u64, Arc<str>), u64>,
    /// Rows that had a text.
    rows: u64,
    /// Whether texts were left out.
    cut: bool,
    /// The first text of all.
    none: Arc<str>,
}

impl Sample {
    /// A sample of at most this many texts.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            texts: BTreeMap::new(),
            rows: 0,
            cut: false,
            none: Arc::from(""),
        }
    }

    /// Adds a text.
    pub fn count(&mut self, text: &str) {
        self.rows += 1;
        let place = scattered(text);
        let none = self.none.clone();
        let mut there = self.texts.range_mut((place, none)..);
        let known = there
            .by_ref()
            .take_while(|((at, _), _)| *at == place)
            .find(|((_, known), _)| &**known == text);
        if let Some((_, known)) = known {
            *known += 1;
            return;
        }
        if self.texts.len() >= self.most {
            let last = self.texts.last_key_value();
            if last.is_some_and(|((last, _), _)| place > *last) {
                self.cut = true;
                return;
            }
        }
        self.texts.insert((place, Arc::from(text)), 1);
        if self.texts.len() > self.most {
            self.texts.pop_last();
            self.cut = true;
        }
    }

    /// The texts with their counts, in an order that says nothing.
    pub fn texts(&self) -> impl Iterator<Item = (&str, u64)> {
        let texts = self.texts.iter();
        texts.map(|((_, text), count)| (text.as_ref(), *count))
    }

    /// Rows that had a text.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether texts were left out.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }
}

/// A place for a text that has nothing to do with what it says; the same on every machine.
fn scattered(text: &str) -> u64 {
    /// 2^64 divided by the golden ratio, as in Fibonacci hashing (Knuth, vol. 3, 6.4).
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut place = text.len() as u64;
    for part in text.as_bytes().chunks(8) {
        let mut eight = [0; 8];
        eight[..part.len()].copy_from_slice(part);
        place = (place.rotate_left(5) ^ u64::from_le_bytes(eight)).wrapping_mul(FACTOR);
    }
    // The last bytes reach the low bits too.
    (place ^ (place >> 32)).wrapping_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> Arc<str> {
        Arc::from(format!("name {number}"))
    }

    #[test]
    fn counts_are_exact_up_to_the_bound() {
        let mut counts: Bounded<u64> = Bounded::new(10);
        for number in 0..30 {
            *counts.of(&name(number % 10)) += 1;
        }
        assert!(counts.is_exact());
        assert_eq!(counts.largest(1), [(&name(0), &3)]);
    }

    #[test]
    fn the_largest_stay_and_the_error_is_known() {
        let mut counts: Bounded<u64> = Bounded::new(10);
        for number in 0..100 {
            *counts.of(&name(number)) += 1;
            *counts.of(&name(0)) += 1;
        }
        assert!(!counts.is_exact() && counts.len() <= 10);
        assert_eq!(counts.largest(1), [(&name(0), &101)]);
        assert!(counts.error() >= 1);
    }

    #[test]
    fn a_sample_does_not_depend_on_order() {
        let all: Vec<Arc<str>> = (0..500).map(|number| name(number % 97)).collect();
        let of = |texts: &[Arc<str>]| {
            let mut sample = Sample::new(20);
            texts.iter().for_each(|text| sample.count(text));
            sample
        };
        let whole = of(&all);
        let backwards: Vec<Arc<str>> = all.iter().rev().cloned().collect();
        assert_eq!(of(&backwards), whole);
        assert!(whole.is_cut());
        for (text, count) in whole.texts() {
            let exact = all.iter().filter(|other| &***other == text).count() as u64;
            assert_eq!(count, exact, "{text}");
        }
    }
}

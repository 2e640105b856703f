//! Word-wise sets of rows: 64 rows a machine word, so that logic over many cases costs little.
//!
//! Bits past the last row are always zero; every operation keeps that.

use std::ops::Range;

/// Rows in one word.
const WORD: usize = u64::BITS as usize;

/// A set of row numbers, one bit a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bitmap {
    words: Vec<u64>,
    rows: usize,
}

impl Bitmap {
    /// No row of `rows`.
    #[must_use]
    pub fn none(rows: usize) -> Self {
        Self {
            words: vec![0; rows.div_ceil(WORD)],
            rows,
        }
    }

    /// Every row of `rows`.
    #[must_use]
    pub fn all(rows: usize) -> Self {
        let words = vec![u64::MAX; rows.div_ceil(WORD)];
        Self { words, rows }.trimmed()
    }

    /// Every row or none.
    #[must_use]
    pub fn filled(rows: usize, value: bool) -> Self {
        if value {
            Self::all(rows)
        } else {
            Self::none(rows)
        }
    }

    /// A set from its words, first rows first; missing words are empty, spare bits are dropped.
    #[must_use]
    pub fn from_words(rows: usize, words: impl IntoIterator<Item = u64>) -> Self {
        let wanted = rows.div_ceil(WORD);
        let mut words: Vec<u64> = words.into_iter().take(wanted).collect();
        words.resize(wanted, 0);
        Self { words, rows }.trimmed()
    }

    /// A set from whether each row is in it.
    #[must_use]
    pub fn of(rows: impl IntoIterator<Item = bool>) -> Self {
        let mut bitmap = Self::default();
        for (row, inside) in rows.into_iter().enumerate() {
            bitmap.set(row, inside);
        }
        bitmap
    }

    /// 64 rows from `word` × 64 on, the first lowest; rows that do not exist are not in the set.
    #[must_use]
    pub fn word(&self, word: usize) -> u64 {
        self.words.get(word).copied().unwrap_or(0)
    }

    /// How many rows there are, in the set or not.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether a row is in the set; rows that do not exist are not.
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.words
            .get(row / WORD)
            .is_some_and(|word| word >> (row % WORD) & 1 == 1)
    }

    /// Puts a row in or takes it out; the set grows where the row is new.
    #[inline]
    pub fn set(&mut self, row: usize, value: bool) {
        if row >= self.rows {
            self.grow(row + 1);
        }
        let bit = 1 << (row % WORD);
        if value {
            self.words[row / WORD] |= bit;
        } else {
            self.words[row / WORD] &= !bit;
        }
    }

    /// Makes room for `rows` rows; new ones are not in the set.
    pub fn grow(&mut self, rows: usize) {
        if rows > self.rows {
            self.rows = rows;
            let words = rows.div_ceil(WORD);
            if words > self.words.len() {
                self.words.resize(words, 0);
            }
        }
    }

    /// Forgets every row and keeps the memory.
    pub fn clear(&mut self) {
        self.words.clear();
        self.rows = 0;
    }

    /// How many rows are in the set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// Whether no row is in the set.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether every row is in the set.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.count() == self.rows
    }

    /// The rows in the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words
            .iter()
            .enumerate()
            .flat_map(|(index, word)| ones(*word).map(move |bit| index * WORD + bit))
    }

    /// The words, first rows first.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Rows in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// Rows in either set.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// Rows in this set but not in the other.
    #[must_use]
    pub fn and_not(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    /// Rows not in this set.
    #[must_use]
    pub fn not(&self) -> Self {
        let words = self.words.iter().map(|word| !word).collect();
        Self {
            words,
            rows: self.rows,
        }
        .trimmed()
    }

    /// Adds the rows of another set.
    pub fn or_with(&mut self, other: &Self) {
        self.grow(other.rows);
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// Keeps only rows that are in another set too.
    pub fn and_with(&mut self, other: &Self) {
        for (index, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(index).copied().unwrap_or(0);
        }
    }

    /// Takes out the rows of another set.
    pub fn and_not_with(&mut self, other: &Self) {
        for (word, less) in self.words.iter_mut().zip(&other.words) {
            *word &= !less;
        }
    }

    /// Combines two sets word by word; the shorter is filled up with empty words.
    fn zip(&self, other: &Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        let rows = self.rows.max(other.rows);
        if self.words.len() == other.words.len() {
            let pairs = self.words.iter().zip(&other.words);
            let words = pairs.map(|(a, b)| combine(*a, *b)).collect();
            return Self { words, rows };
        }
        let word = |set: &Self, index: usize| set.words.get(index).copied().unwrap_or(0);
        let indices: Range<usize> = 0..rows.div_ceil(WORD);
        let words = indices.map(|index| combine(word(self, index), word(other, index)));
        Self {
            words: words.collect(),
            rows,
        }
    }

    fn trimmed(mut self) -> Self {
        let spare = self.rows % WORD;
        if spare != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << spare) - 1;
        }
        self
    }
}

/// The positions of the ones in a word, lowest first.
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(rows: usize, members: &[usize]) -> Bitmap {
        let mut bitmap = Bitmap::none(rows);
        for row in members {
            bitmap.set(*row, true);
        }
        bitmap
    }

    #[test]
    fn rows_past_the_end_are_never_in_the_set() {
        for rows in [0, 1, 63, 64, 65, 128, 130] {
            assert_eq!(Bitmap::all(rows).count(), rows);
            assert_eq!(Bitmap::none(rows).not().count(), rows);
            assert!(Bitmap::all(rows).is_all());
            assert!(!Bitmap::all(rows).get(rows));
            assert_eq!(
                Bitmap::from_words(rows, [u64::MAX; 9]).iter().max(),
                rows.checked_sub(1)
            );
        }
    }

    #[test]
    fn setting_grows_and_clears() {
        let mut bitmap = Bitmap::default();
        bitmap.set(70, true);
        assert_eq!((bitmap.rows(), bitmap.iter().collect()), (71, vec![70]));
        bitmap.set(70, false);
        assert!(bitmap.is_none());
        bitmap.clear();
        assert_eq!(bitmap.rows(), 0);
    }

    #[test]
    fn sets_of_different_length_combine() {
        let (short, long) = (set(3, &[1]), set(100, &[1, 99]));
        assert_eq!(short.or(&long), long);
        assert_eq!(long.and(&short), set(100, &[1]));
        assert_eq!(long.and_not(&short), set(100, &[99]));
    }

    proptest! {
        #[test]
        fn logic_is_that_of_each_row(rows in prop::collection::vec(any::<(bool, bool)>(), 0..200)) {
            let a = Bitmap::from_words(rows.len(), pack(rows.iter().map(|row| row.0)));
            let b = Bitmap::from_words(rows.len(), pack(rows.iter().map(|row| row.1)));
            for (row, (in_a, in_b)) in rows.iter().enumerate() {
                prop_assert_eq!(a.get(row), *in_a);
                prop_assert_eq!(a.and(&b).get(row), in_a & in_b);
                prop_assert_eq!(a.or(&b).get(row), in_a | in_b);
                prop_assert_eq!(a.and_not(&b).get(row), in_a & !in_b);
                prop_assert_eq!(a.not().get(row), !in_a);
            }
            let mut both = a.clone();
            both.and_with(&b);
            prop_assert_eq!(both, a.and(&b));
            let mut either = a.clone();
            either.or_with(&b);
            prop_assert_eq!(either, a.or(&b));
            let mut rest = a.clone();
            rest.and_not_with(&b);
            prop_assert_eq!(rest, a.and_not(&b));
            prop_assert_eq!(a.iter().count(), a.count());
        }
    }

    fn pack(bits: impl Iterator<Item = bool>) -> Vec<u64> {
        let bits: Vec<bool> = bits.collect();
        bits.chunks(64)
            .map(|chunk| {
                let placed = chunk.iter().enumerate();
                placed.fold(0, |word, (at, bit)| word | u64::from(*bit) << at)
            })
            .collect()
    }
}

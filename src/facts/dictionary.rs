//! Values of low variety, kept once each: a column holds their codes.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use ahash::RandomState;

/// Distinct values in the order in which they were first seen; `V` is cheap to clone.
#[derive(Debug, Clone)]
pub struct Dictionary<V> {
    values: Vec<V>,
    codes: HashMap<V, u32, RandomState>,
}

impl<V> Default for Dictionary<V> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            codes: HashMap::default(),
        }
    }
}

impl<V: Clone + Hash + Eq> Dictionary<V> {
    /// The distinct values; a value's position is its code.
    #[must_use]
    pub fn values(&self) -> &[V] {
        &self.values
    }

    /// How many distinct values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The code of a value that is there.
    #[must_use]
    pub fn code<Q: Hash + Eq + ?Sized>(&self, value: &Q) -> Option<u32>
    where
        V: Borrow<Q>,
    {
        self.codes.get(value).copied()
    }

    /// The code of a value, which is added where it is new.
    fn intern<Q: Hash + Eq + ?Sized>(&mut self, value: &Q, share: impl FnOnce() -> V) -> u32
    where
        V: Borrow<Q>,
    {
        if let Some(code) = self.codes.get(value) {
            return *code;
        }
        // Four billion distinct values do not fit into memory, so the code never saturates.
        let code = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let shared = share();
        self.values.push(shared.clone());
        self.codes.insert(shared, code);
        code
    }
}

/// A column of codes with its dictionary.
#[derive(Debug, Clone)]
pub struct Codes<V> {
    codes: Vec<u32>,
    dictionary: Dictionary<V>,
    /// Shared texts that were put lately, with their codes. They are kept alive, so that no other
    /// text can come to stand where one of them does.
    recent: Vec<Option<(V, u32)>>,
}

/// How many texts that were put lately are remembered by where they stand.
const RECENT: usize = 64;

impl<V> Default for Codes<V> {
    fn default() -> Self {
        Self {
            codes: Vec::new(),
            dictionary: Dictionary::default(),
            recent: Vec::new(),
        }
    }
}

impl<V: Clone + Hash + Eq> Codes<V> {
    /// The code in each row.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The values behind the codes.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary<V> {
        &self.dictionary
    }

    /// The value in a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&V> {
        let code = *self.codes.get(row)?;
        self.dictionary.values.get(code as usize)
    }

    /// Puts a shared value into a row; `place` is where it stands in memory.
    #[inline]
    fn put_at(&mut self, row: usize, value: &V, place: usize, is_same: impl Fn(&V) -> bool) -> u32 {
        if self.recent.is_empty() {
            self.recent.resize(RECENT, None);
        }
        // Allocations are multiples of 16 bytes apart.
        let slot = place / 16 % RECENT;
        let code = match &self.recent[slot] {
            Some((known, code)) if is_same(known) => *code,
            _ => {
                let code = self.dictionary.intern(value, || value.clone());
                self.recent[slot] = Some((value.clone(), code));
                code
            }
        };
        self.put_code(row, code);
        code
    }

    /// Fills up to `rows` rows.
    pub(super) fn pad(&mut self, rows: usize) {
        self.codes.resize(rows, 0);
    }

    /// Forgets every row and value.
    pub(super) fn clear(&mut self) {
        self.codes.clear();
        self.recent.clear();
        self.dictionary.values.clear();
        self.dictionary.codes.clear();
    }

    fn put_code(&mut self, row: usize, code: u32) {
        if self.codes.len() < row {
            self.codes.resize(row, 0);
        }
        if self.codes.len() == row {
            self.codes.push(code);
        } else {
            self.codes[row] = code;
        }
    }
}

impl Codes<Arc<str>> {
    /// Puts a text into a row, and gives its code; one that was put lately is known by where it
    /// stands.
    pub(super) fn put_shared(&mut self, row: usize, value: &Arc<str>) -> u32 {
        let place = Arc::as_ptr(value).cast::<u8>() as usize;
        self.put_at(row, value, place, |known| Arc::ptr_eq(known, value))
    }

    /// Puts a text into a row, and gives its code; it is copied only where it is new.
    pub(super) fn put_borrowed(&mut self, row: usize, text: &str) -> u32 {
        let code = self.dictionary.intern(text, || Arc::from(text));
        self.put_code(row, code);
        code
    }
}

impl Codes<Arc<[Arc<str>]>> {
    /// Puts a list into a row, and gives its code; one that was put lately is known by where it
    /// stands.
    pub(super) fn put_shared(&mut self, row: usize, value: &Arc<[Arc<str>]>) -> u32 {
        let place = Arc::as_ptr(value).cast::<u8>() as usize;
        self.put_at(row, value, place, |known| Arc::ptr_eq(known, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_code() {
        let mut codes = Codes::<Arc<str>>::default();
        codes.put_borrowed(0, "a");
        codes.put_shared(2, &Arc::from("b"));
        codes.put_borrowed(3, "a");
        codes.pad(5);
        assert_eq!(codes.codes(), [0, 0, 1, 0, 0]);
        assert_eq!(codes.dictionary().len(), 2);
        assert_eq!(codes.dictionary().code("b"), Some(1));
        assert_eq!(codes.dictionary().code("c"), None);
        assert_eq!(codes.get(2).map(AsRef::as_ref), Some("b"));
        codes.clear();
        assert!(codes.dictionary().is_empty() && codes.get(0).is_none());
    }
}

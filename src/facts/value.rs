//! The types that a fact can have.

use serde::Deserialize;

/// Position of a fact in the catalogue; cheap to copy and to index with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey(pub(crate) u16);

impl FactKey {
    /// The position as an index into a table of columns.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The type of a fact, as `rules/facts.toml` declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactType {
    /// Yes or no.
    Bool,
    /// A 64-bit whole number.
    Int,
    /// A finite floating-point number (never money).
    Number,
    /// Money in fen (1/100 yuan), a 64-bit whole number.
    Money,
    /// An instant with its zone, kept to the millisecond.
    Time,
    /// Any text.
    Text,
    /// One of a closed list of words.
    Enum,
    /// A list of texts; only derived facts have it.
    List,
}

//! The types and values that a fact can have.

use std::fmt;
use std::sync::Arc;

use super::amount::Fen;
use super::moment::Moment;

/// Position of a fact in the catalogue; cheap to copy and to index with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey(pub(crate) u16);

impl FactKey {
    /// The fact at a position; for tables that are built without a catalogue.
    #[must_use]
    pub fn new(position: u16) -> Self {
        Self(position)
    }

    /// The position as an index into a table of columns.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The type of a fact, as `rules/facts.toml` declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl FactType {
    /// Every type with its name in `rules/facts.toml`.
    pub const NAMES: [(&'static str, Self); 8] = [
        ("bool", Self::Bool),
        ("int", Self::Int),
        ("number", Self::Number),
        ("money", Self::Money),
        ("time", Self::Time),
        ("text", Self::Text),
        ("enum", Self::Enum),
        ("list", Self::List),
    ];

    /// The name in `rules/facts.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("text", |(name, _)| name)
    }
}

/// A known value.
#[derive(Debug, Clone, PartialEq)]
pub enum FactValue {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Number(f64),
    /// Money.
    Money(Fen),
    /// An instant.
    Time(Moment),
    /// A text, or one of the words of an enum.
    Text(Arc<str>),
    /// A list of texts.
    List(Arc<[Arc<str>]>),
}

impl FactValue {
    /// The text of a text value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text value.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// A list value.
    #[must_use]
    pub fn list<'t>(items: impl IntoIterator<Item = &'t str>) -> Self {
        Self::List(items.into_iter().map(Arc::from).collect())
    }

    /// The value without what keeps it.
    #[must_use]
    pub fn borrowed(&self) -> ValueRef<'_> {
        match self {
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::Int(value) => ValueRef::Int(*value),
            Self::Number(value) => ValueRef::Number(*value),
            Self::Money(value) => ValueRef::Money(*value),
            Self::Time(value) => ValueRef::Time(*value),
            Self::Text(value) => ValueRef::Text(value),
            Self::List(value) => ValueRef::List(value),
        }
    }
}

impl fmt::Display for FactValue {
    /// The value as a case file would spell it; not masked, not escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrowed().fmt(f)
    }
}

/// A known value that is kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'v> {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Number(f64),
    /// Money.
    Money(Fen),
    /// An instant.
    Time(Moment),
    /// A text, or one of the words of an enum.
    Text(&'v str),
    /// A list of texts.
    List(&'v Arc<[Arc<str>]>),
}

impl<'v> ValueRef<'v> {
    /// The text of a text value.
    #[must_use]
    pub fn as_text(self) -> Option<&'v str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same value, kept by itself.
    #[must_use]
    pub fn owned(self) -> FactValue {
        match self {
            Self::Bool(value) => FactValue::Bool(value),
            Self::Int(value) => FactValue::Int(value),
            Self::Number(value) => FactValue::Number(value),
            Self::Money(value) => FactValue::Money(value),
            Self::Time(value) => FactValue::Time(value),
            Self::Text(value) => FactValue::text(value),
            Self::List(value) => FactValue::List(value.clone()),
        }
    }
}

impl fmt::Display for ValueRef<'_> {
    /// The value as a case file would spell it; not masked, not escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Money(value) => value.fmt(f),
            Self::Time(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
            Self::List(items) => f.write_str(&items.join(", ")),
        }
    }
}

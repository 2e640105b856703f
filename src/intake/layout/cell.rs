//! One cell → one fact. Values that columns repeat are read once.

use std::collections::HashMap;

use ahash::RandomState;

use crate::facts::{CaseFacts, FactType, FactValue, Fen, Moment, Source, ValueRef};
use crate::rules::MoneyUnit;

use super::value::{Target, read};

/// How the cells of a field become values.
#[derive(Debug)]
pub(super) enum How {
    /// A text is its own value.
    Text,
    /// Amounts and times seldom repeat.
    Fresh,
    /// Words and small numbers do.
    Remembered(Memory),
}

/// What a cell held, as far as more depends on it than its fact.
pub(super) enum Seen {
    /// No money: another cell of the same field may say more.
    Nothing,
    /// A time.
    Time(Moment),
    /// Anything else.
    Other,
}

impl How {
    /// How facts of a type are read.
    pub(super) fn new(kind: FactType) -> Self {
        match kind {
            FactType::Text => Self::Text,
            FactType::Money | FactType::Time => Self::Fresh,
            _ => Self::Remembered(Memory::default()),
        }
    }

    /// Reads a cell into a case; none where it holds no value.
    pub(super) fn put(
        &mut self,
        cell: &str,
        target: Target<'_>,
        unit: MoneyUnit,
        zone: i32,
        facts: &mut impl CaseFacts,
    ) -> Result<Option<Seen>, String> {
        let read;
        let value = match self {
            Self::Text => {
                facts.put(target.key, ValueRef::Text(cell), Source::Record);
                return Ok(Some(Seen::Other));
            }
            Self::Remembered(memory) if memory.remembers() => {
                let value = memory.value(cell, target, unit, zone)?;
                if let Some(value) = value {
                    facts.share(target.key, value, Source::Record);
                }
                return Ok(value.map(|_| Seen::Other));
            }
            _ => {
                read = fresh(cell, target, unit, zone)?;
                read.as_ref().map(FactValue::borrowed)
            }
        };
        let Some(value) = value else {
            return Ok(None);
        };
        facts.put(target.key, value, Source::Record);
        Ok(Some(match value {
            ValueRef::Money(Fen(0)) => Seen::Nothing,
            ValueRef::Time(moment) => Seen::Time(moment),
            _ => Seen::Other,
        }))
    }
}

/// A column with more distinct values than this is not remembered.
const REMEMBERED: usize = 4096;

/// Values by their text, for columns of few distinct ones.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: HashMap<Box<str>, FactValue, RandomState>,
    /// How often a text was not known.
    misses: usize,
}

impl Memory {
    /// Whether values of a column are remembered, as it has had few distinct ones so far.
    fn remembers(&self) -> bool {
        self.misses < REMEMBERED
    }

    /// The value of a cell, read where it was not met before.
    fn value(
        &mut self,
        cell: &str,
        target: Target<'_>,
        unit: MoneyUnit,
        zone: i32,
    ) -> Result<Option<&FactValue>, String> {
        // Two lookups where one would do: the borrow checker cannot see that the first ends here.
        if !self.known.contains_key(cell) {
            let Some(value) = fresh(cell, target, unit, zone)? else {
                return Ok(None);
            };
            self.misses += 1;
            if self.misses == REMEMBERED {
                self.known = HashMap::default();
            }
            self.known.insert(cell.into(), value);
        }
        Ok(self.known.get(cell))
    }
}

/// The value of a cell.
///
/// # Errors
/// What was expected and what was found.
fn fresh(
    cell: &str,
    target: Target<'_>,
    unit: MoneyUnit,
    zone: i32,
) -> Result<Option<FactValue>, String> {
    // The sign of an amount is that of the movement.
    let cell = if target.spec.kind == FactType::Money {
        cell.trim_start_matches(['-', '+'])
    } else {
        cell
    };
    read(cell, target.spec, unit, zone).map_err(|error| error.message)
}

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
    /// Positions of the values that short texts had lately.
    short: Vec<Option<(Short, u32)>>,
    /// Positions of all values.
    known: HashMap<Box<str>, u32, RandomState>,
    values: Vec<FactValue>,
}

/// A text of at most 16 bytes: its length, its first eight bytes and its last eight.
type Short = (usize, u64, u64);

/// Short texts that are looked up without hashing them.
const LATELY: usize = 64;

impl Memory {
    /// Whether values of a column are remembered, as it has had few distinct ones so far.
    fn remembers(&self) -> bool {
        self.values.len() < REMEMBERED
    }

    /// The value of a cell, read where it was not met before.
    fn value(
        &mut self,
        cell: &str,
        target: Target<'_>,
        unit: MoneyUnit,
        zone: i32,
    ) -> Result<Option<&FactValue>, String> {
        let Some(short) = short(cell) else {
            let at = self.find(cell, target, unit, zone)?;
            return Ok(at.map(|at| &self.values[at as usize]));
        };
        if self.short.is_empty() {
            self.short.resize(LATELY, None);
        }
        let place = scattered(short);
        let at = match self.short[place] {
            Some((known, at)) if known == short => at,
            _ => {
                let Some(at) = self.find(cell, target, unit, zone)? else {
                    return Ok(None);
                };
                self.short[place] = Some((short, at));
                at
            }
        };
        Ok(Some(&self.values[at as usize]))
    }

    /// The position of the value of a cell, read where it was not met before.
    fn find(
        &mut self,
        cell: &str,
        target: Target<'_>,
        unit: MoneyUnit,
        zone: i32,
    ) -> Result<Option<u32>, String> {
        if let Some(at) = self.known.get(cell) {
            return Ok(Some(*at));
        }
        let Some(value) = fresh(cell, target, unit, zone)? else {
            return Ok(None);
        };
        let at = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(value);
        self.known.insert(cell.into(), at);
        Ok(Some(at))
    }
}

/// What a short text is known by; none where it is long.
#[inline]
fn short(text: &str) -> Option<Short> {
    let bytes = text.as_bytes();
    let length = bytes.len();
    if length > 16 {
        return None;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return Some((
            length,
            u64::from_le_bytes(*first),
            u64::from_le_bytes(*last),
        ));
    }
    let mut all = 0;
    for byte in bytes {
        all = all << 8 | u64::from(*byte);
    }
    Some((length, all, 0))
}

/// A place among those that were met lately.
#[inline]
fn scattered((length, first, last): Short) -> usize {
    /// 2^64 divided by the golden ratio, as in Fibonacci hashing (Knuth, vol. 3, 6.4).
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (first ^ last.rotate_left(23) ^ length as u64).wrapping_mul(FACTOR);
    (mixed >> 32) as usize % LATELY
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

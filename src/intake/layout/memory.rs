//! Values that columns repeat, read once.

use std::collections::HashMap;

use ahash::RandomState;

use crate::facts::{FactType, FactValue};
use crate::rules::MoneyUnit;

use super::value::{Target, read};

/// A column with more distinct values than this is not remembered.
pub(super) const REMEMBERED: usize = 4096;

/// Values by their text, for columns of few distinct ones.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: HashMap<Box<str>, FactValue, RandomState>,
    /// How often a text was not known.
    misses: usize,
}

impl Memory {
    /// The value of a cell, remembered where the column has few distinct ones.
    pub(super) fn value(
        &mut self,
        cell: &str,
        target: Target<'_>,
        unit: MoneyUnit,
        zone: i32,
    ) -> Result<Option<FactValue>, String> {
        let remembers = !matches!(target.spec.kind, FactType::Money | FactType::Time)
            && self.misses < REMEMBERED;
        if remembers && let Some(value) = self.known.get(cell) {
            return Ok(Some(value.clone()));
        }
        let value = if target.spec.kind == FactType::Money {
            // The sign is that of the movement.
            read(cell.trim_start_matches(['-', '+']), target.spec, unit, zone)
        } else {
            read(cell, target.spec, unit, zone)
        };
        let value = value.map_err(|error| error.message)?;
        if remembers && let Some(value) = &value {
            self.misses += 1;
            self.known.insert(cell.into(), value.clone());
            if self.misses == REMEMBERED {
                self.known = HashMap::default();
            }
        }
        Ok(value)
    }
}

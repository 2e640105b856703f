//! Operations on many rows at once. Each gives, row by row, what [`Value`](super::value::Value)
//! says of two values; the loops over numbers and the detour over dictionaries are only faster ways
//! to the same.
//!
//! `live` are the rows in which all operands are known; results of other rows have no meaning.

mod calculate;
mod compare;

use crate::facts::{Bitmap, Codes};

use super::column::Lane;
use super::error::EvalErrorKind;

pub(super) use calculate::{calculate, negate, select, size};
pub(super) use compare::{compare, equal, is_in, matches, test};

/// Rows that failed, with one reason.
pub(super) type Failures = Option<(Bitmap, EvalErrorKind)>;

/// The rows in which two numbers fulfil a condition.
fn zip<T: Copy>(
    a: Lane<'_, T>,
    b: Lane<'_, T>,
    rows: usize,
    holds: impl Fn(T, T) -> bool + Copy,
) -> Bitmap {
    match (a, b) {
        (Lane::Same(a), Lane::Same(b)) => Bitmap::filled(rows, holds(a, b)),
        (Lane::Each(a), Lane::Same(b)) => pack(a, |a| holds(a, b)),
        (Lane::Same(a), Lane::Each(b)) => pack(b, |b| holds(a, b)),
        (Lane::Each(a), Lane::Each(b)) => {
            let words = a.chunks(64).zip(b.chunks(64)).map(|(a, b)| {
                let pairs = a.iter().zip(b).enumerate();
                pairs.fold(0, |word, (bit, (a, b))| {
                    word | u64::from(holds(*a, *b)) << bit
                })
            });
            Bitmap::from_words(rows, words)
        }
    }
}

impl<T: Copy + Default> Lane<'_, T> {
    fn at(&self, row: usize) -> T {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values.get(row).copied().unwrap_or_default(),
        }
    }
}

/// The rows whose number fulfils a condition.
fn pack<T: Copy>(values: &[T], holds: impl Fn(T) -> bool) -> Bitmap {
    let words = values.chunks(64).map(|chunk| {
        let bits = chunk.iter().enumerate();
        bits.fold(0, |word, (bit, value)| {
            word | u64::from(holds(*value)) << bit
        })
    });
    Bitmap::from_words(values.len(), words)
}

/// The rows whose value fulfils a condition that is asked once for each distinct value.
fn distinct<V: Clone + Eq + std::hash::Hash>(
    column: &Codes<V>,
    holds: impl FnMut(&V) -> bool,
) -> Bitmap {
    let answers: Vec<bool> = column.dictionary().values().iter().map(holds).collect();
    by_code(column.codes(), &answers)
}

fn by_code(codes: &[u32], answers: &[bool]) -> Bitmap {
    pack(codes, |code| {
        answers.get(code as usize).copied().unwrap_or(false)
    })
}

/// The rows among the live ones that fulfil a condition.
fn each(live: &Bitmap, holds: impl Fn(usize) -> bool) -> Bitmap {
    let mut found = Bitmap::none(live.rows());
    for row in live.iter().filter(|row| holds(*row)) {
        found.set(row, true);
    }
    found
}

fn fail(failures: &mut Failures, live: &Bitmap, row: usize, kind: EvalErrorKind) {
    let (rows, _) = failures.get_or_insert_with(|| (Bitmap::none(live.rows()), kind));
    rows.set(row, true);
}

//! Word-wise sets of rows.

/// A set of row numbers, one bit a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bitmap {
    words: Vec<u64>,
}

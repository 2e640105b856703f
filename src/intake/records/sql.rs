//! Tuples of `INSERT` statements in SQL dumps, with what `CREATE TABLE` says of their columns.

mod dump;
mod head;
mod scan;
mod skip;
mod statement;
mod tuple;
mod walk;

use super::super::source::Encoding;
use super::chunk::{Next, State};
use statement::{Found, step};

pub use dump::read_dump;
pub(super) use statement::Place;
pub use tuple::split_tuple;

/// One `INSERT` statement: its table, and its columns where it lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlSection {
    /// The table, without quotes and schema.
    pub table: String,
    /// The columns, in order; none where the statement leaves them to the table.
    pub columns: Option<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// Its type in lower case, as written: `timestamp`, `decimal(10,2)`.
    pub kind: String,
    /// Its comment.
    pub comment: String,
}

/// A table of a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlTable {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<SqlColumn>,
    /// How many tuples the dump holds.
    pub rows: u64,
}

/// What a dump says beside its tuples.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SqlDump {
    /// Its tables.
    pub tables: Vec<SqlTable>,
    /// The session zone that it sets, in seconds east of Greenwich.
    pub zone: Option<i32>,
}

/// The next tuple.
pub(super) fn next(bytes: &[u8], at: usize, last: bool, state: &mut State) -> Next {
    match step(bytes, at, last, state) {
        Found::Tuple { start, end, next } => Next::Record {
            start,
            end,
            next,
            reject: None,
        },
        Found::Damage {
            start,
            end,
            next,
            reject,
        } => Next::Record {
            start,
            end,
            next,
            reject: Some(reject),
        },
        Found::Statement(end) | Found::Skip(end) => Next::Skip(end),
        Found::More => Next::More,
    }
}

/// Names and comments as text. Where they are not UTF-8, the dump is most likely GB18030.
fn text(bytes: &[u8]) -> String {
    let decoded = Encoding::Utf8
        .decode(bytes)
        .or_else(|| Encoding::Gb18030.decode(bytes));
    decoded.map_or_else(
        || String::from_utf8_lossy(bytes).into_owned(),
        std::borrow::Cow::into_owned,
    )
}

#[cfg(test)]
mod tests;

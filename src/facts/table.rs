//! Cases in columns: one column a fact, so that a condition is worked out for many cases at once.
//! A single case is a table of one row.
//!
//! Rows are appended by a [`TableBuilder`], which touches only the facts that are known; text is
//! kept once for each distinct value. A finished [`Table`] does not change.

use std::sync::Arc;

use super::Fen;
use super::bitmap::Bitmap;
use super::catalog::Catalog;
use super::dictionary::{Codes, Dictionary};
use super::store::{Facts, Source};
use super::value::{FactKey, FactType, FactValue};

/// One fact of many cases. Where the fact is unknown, the cell holds a value without meaning.
#[derive(Debug, Clone)]
pub struct Column {
    known: Bitmap,
    cells: Cells,
}

/// The values of a column, one a row; empty where the fact is unknown in every row.
#[derive(Debug, Clone)]
pub enum Cells {
    /// Yes or no.
    Bool(Bitmap),
    /// Whole numbers, and money in fen.
    Int(Vec<i64>),
    /// Numbers.
    Number(Vec<f64>),
    /// Instants in milliseconds since 1970-01-01T00:00:00Z.
    Time(Vec<i64>),
    /// Texts, and the words of enums.
    Text(Codes<Arc<str>>),
    /// Lists of texts.
    List(Codes<Arc<[Arc<str>]>>),
}

impl Column {
    fn new(kind: FactType) -> Self {
        let cells = match kind {
            FactType::Bool => Cells::Bool(Bitmap::default()),
            FactType::Int | FactType::Money => Cells::Int(Vec::new()),
            FactType::Number => Cells::Number(Vec::new()),
            FactType::Time => Cells::Time(Vec::new()),
            FactType::Text | FactType::Enum => Cells::Text(Codes::default()),
            FactType::List => Cells::List(Codes::default()),
        };
        Self {
            known: Bitmap::default(),
            cells,
        }
    }

    /// The rows in which the fact is known.
    #[must_use]
    pub fn known(&self) -> &Bitmap {
        &self.known
    }

    /// The values.
    #[must_use]
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// The value in a row, where it is known.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<CellRef<'_>> {
        if !self.known.get(row) {
            return None;
        }
        Some(match &self.cells {
            Cells::Bool(values) => CellRef::Bool(values.get(row)),
            Cells::Int(values) => CellRef::Int(*values.get(row)?),
            Cells::Number(values) => CellRef::Number(*values.get(row)?),
            Cells::Time(values) => CellRef::Time(*values.get(row)?),
            Cells::Text(values) => CellRef::Text(values.get(row)?),
            Cells::List(values) => CellRef::List(values.get(row)?),
        })
    }

    /// Puts a value into a row, and gives its code where it is one of a dictionary; rows skipped
    /// before it stay unknown. A value of another type than the column's, or a number that is not
    /// finite, leaves the row unknown.
    #[inline]
    fn put(&mut self, row: usize, value: CellRef<'_>) -> u32 {
        let mut code = 0;
        match (&mut self.cells, value) {
            (Cells::Bool(values), CellRef::Bool(value)) => values.set(row, value),
            (Cells::Int(values), CellRef::Int(value)) => put(values, row, value),
            (Cells::Number(_), CellRef::Number(value)) if !value.is_finite() => return code,
            (Cells::Number(values), CellRef::Number(value)) => put(values, row, value),
            (Cells::Time(values), CellRef::Time(value)) => put(values, row, value),
            (Cells::Text(values), CellRef::Text(value)) => code = values.put_shared(row, value),
            (Cells::List(values), CellRef::List(value)) => code = values.put_shared(row, value),
            (_, value) => {
                debug_assert!(false, "{value:?} is not of the type of its column");
                return code;
            }
        }
        self.known.set(row, true);
        code
    }

    /// Makes a cell unknown. What is unknown is never true, also in the bits behind it.
    fn forget(&mut self, row: usize) {
        self.known.set(row, false);
        if let Cells::Bool(values) = &mut self.cells {
            values.set(row, false);
        }
    }

    /// Fills up a column that has any value to `rows` rows.
    fn pad(&mut self, rows: usize) {
        self.known.grow(rows);
        if self.known.is_none() {
            return;
        }
        match &mut self.cells {
            Cells::Bool(values) => values.grow(rows),
            Cells::Int(values) | Cells::Time(values) => values.resize(rows, 0),
            Cells::Number(values) => values.resize(rows, 0.0),
            Cells::Text(values) => values.pad(rows),
            Cells::List(values) => values.pad(rows),
        }
    }

    fn clear(&mut self) {
        self.known.clear();
        match &mut self.cells {
            Cells::Bool(values) => values.clear(),
            Cells::Int(values) | Cells::Time(values) => values.clear(),
            Cells::Number(values) => values.clear(),
            Cells::Text(values) => values.clear(),
            Cells::List(values) => values.clear(),
        }
    }
}

#[inline]
fn put<T: Copy + Default>(values: &mut Vec<T>, row: usize, value: T) {
    if values.len() < row {
        values.resize(row, T::default());
    }
    if values.len() == row {
        values.push(value);
    } else {
        values[row] = value;
    }
}

/// One known value of a column, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CellRef<'t> {
    /// Yes or no.
    Bool(bool),
    /// A whole number, or money in fen.
    Int(i64),
    /// A number.
    Number(f64),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// A text or a word of an enum.
    Text(&'t Arc<str>),
    /// A list of texts.
    List(&'t Arc<[Arc<str>]>),
}

impl CellRef<'_> {
    /// The value of a fact of this type; none of an instant, which has lost its zone.
    #[must_use]
    pub fn of_kind(self, kind: FactType) -> Option<FactValue> {
        Some(match self {
            Self::Bool(value) => FactValue::Bool(value),
            Self::Int(value) if kind == FactType::Money => FactValue::Money(Fen(value)),
            Self::Int(value) => FactValue::Int(value),
            Self::Number(value) => FactValue::Number(value),
            Self::Time(_) => return None,
            Self::Text(value) => FactValue::Text(value.clone()),
            Self::List(value) => FactValue::List(value.clone()),
        })
    }
}

impl<'t> From<&'t FactValue> for CellRef<'t> {
    fn from(value: &'t FactValue) -> Self {
        match value {
            FactValue::Bool(value) => Self::Bool(*value),
            FactValue::Int(value) => Self::Int(*value),
            FactValue::Number(value) => Self::Number(*value),
            FactValue::Money(value) => Self::Int(value.0),
            FactValue::Time(value) => Self::Time(value.millis()),
            FactValue::Text(value) => Self::Text(value),
            FactValue::List(value) => Self::List(value),
        }
    }
}

/// Many cases, one column a fact of the catalogue.
#[derive(Debug, Clone)]
pub struct Table {
    rows: usize,
    columns: Vec<Column>,
    /// Cells that were read from the free text of their case: row and fact.
    spoken: Vec<(usize, FactKey)>,
}

impl Table {
    /// A table of one case.
    #[must_use]
    pub fn of(catalog: &Catalog, facts: &Facts) -> Self {
        Self::of_all(catalog, std::slice::from_ref(facts))
    }

    /// A table of many cases, a row each.
    #[must_use]
    pub fn of_all(catalog: &Catalog, cases: &[Facts]) -> Self {
        let mut builder = TableBuilder::for_catalog(catalog);
        for facts in cases {
            builder.push(facts);
        }
        builder.finish()
    }

    /// How many cases there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The column of a fact; none where the table was built without it.
    #[must_use]
    pub fn column(&self, key: FactKey) -> Option<&Column> {
        self.columns.get(key.index())
    }

    /// The same without what was read from free text, and the facts that were; none where nothing
    /// was.
    #[must_use]
    pub fn unspoken(&self) -> Option<(Self, Vec<FactKey>)> {
        if self.spoken.is_empty() {
            return None;
        }
        let mut table = self.clone();
        let mut spoken: Vec<FactKey> = Vec::new();
        for (row, key) in table.spoken.drain(..) {
            if let Some(column) = table.columns.get_mut(key.index()) {
                column.forget(row);
            }
            if !spoken.contains(&key) {
                spoken.push(key);
            }
        }
        Some((table, spoken))
    }

    /// The distinct texts of a text column.
    #[must_use]
    pub fn texts(&self, key: FactKey) -> Option<&Dictionary<Arc<str>>> {
        match self.column(key)?.cells() {
            Cells::Text(values) => Some(values.dictionary()),
            _ => None,
        }
    }

    /// One row as a table of its own that holds only the named facts.
    #[must_use]
    pub fn row(&self, row: usize, keys: &[FactKey]) -> Self {
        let kinds = self.columns.iter().map(|column| column.cells.kind());
        let mut one = TableBuilder::new(kinds);
        one.begin();
        for key in keys {
            if let Some(value) = self.column(*key).and_then(|column| column.get(row)) {
                one.set(*key, value);
            }
        }
        one.finish()
    }
}

impl Cells {
    /// A type of fact that is kept in such cells.
    fn kind(&self) -> FactType {
        match self {
            Self::Bool(_) => FactType::Bool,
            Self::Int(_) => FactType::Int,
            Self::Number(_) => FactType::Number,
            Self::Time(_) => FactType::Time,
            Self::Text(_) => FactType::Text,
            Self::List(_) => FactType::List,
        }
    }
}

/// Appends cases to a table, one at a time.
#[derive(Debug, Clone)]
pub struct TableBuilder {
    table: Table,
}

impl TableBuilder {
    /// A table without rows; the n-th type is that of the fact at position n.
    #[must_use]
    pub fn new(kinds: impl IntoIterator<Item = FactType>) -> Self {
        Self {
            table: Table {
                rows: 0,
                columns: kinds.into_iter().map(Column::new).collect(),
                spoken: Vec::new(),
            },
        }
    }

    /// A table without rows for the facts of a catalogue.
    #[must_use]
    pub fn for_catalog(catalog: &Catalog) -> Self {
        Self::new(catalog.specs().map(|spec| spec.kind))
    }

    /// How many rows were begun.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.table.rows
    }

    /// Begins a row in which nothing is known yet.
    pub fn begin(&mut self) {
        self.table.rows += 1;
    }

    /// Takes back the row begun last, in which nothing is known yet.
    pub(super) fn take_back(&mut self) {
        self.table.rows = self.table.rows.saturating_sub(1);
    }

    /// Makes a fact known in the row begun last, and gives the code of a text or list; before the
    /// first row it does nothing.
    #[inline]
    pub fn set<'v>(&mut self, key: FactKey, value: impl Into<CellRef<'v>>) -> u32 {
        if let Some(row) = self.table.rows.checked_sub(1)
            && let Some(column) = self.table.columns.get_mut(key.index())
        {
            return column.put(row, value.into());
        }
        0
    }

    /// Makes a text fact known in the row begun last, without the caller having to share the text;
    /// gives its code.
    pub fn set_text(&mut self, key: FactKey, text: &str) -> u32 {
        if let Some(row) = self.table.rows.checked_sub(1)
            && let Some(column) = self.table.columns.get_mut(key.index())
            && let Cells::Text(values) = &mut column.cells
        {
            column.known.set(row, true);
            return values.put_borrowed(row, text);
        }
        0
    }

    /// Makes a fact unknown in the row begun last.
    pub fn forget(&mut self, key: FactKey) {
        if let Some(row) = self.table.rows.checked_sub(1)
            && let Some(column) = self.table.columns.get_mut(key.index())
        {
            column.forget(row);
        }
    }

    /// Notes that a fact was read from free text in the row begun last.
    pub(super) fn spoken(&mut self, key: FactKey) {
        self.table.spoken.push((self.table.rows - 1, key));
    }

    /// The text behind a code.
    pub(super) fn text(&self, key: FactKey, code: u32) -> &str {
        let texts = self.table.texts(key).map(Dictionary::values);
        texts.map_or("", |texts| &texts[code as usize])
    }

    /// The list behind a code.
    pub(super) fn list(&self, key: FactKey, code: u32) -> Option<&Arc<[Arc<str>]>> {
        match self.table.column(key)?.cells() {
            Cells::List(values) => values.dictionary().values().get(code as usize),
            _ => None,
        }
    }

    /// Appends a case.
    pub fn push(&mut self, facts: &Facts) {
        self.begin();
        let columns = u16::try_from(self.table.columns.len()).unwrap_or(u16::MAX);
        for key in (0..columns).map(FactKey) {
            if let Some(value) = facts.get(key) {
                self.set(key, value);
            }
            if facts.source(key) == Some(Source::Text) {
                self.spoken(key);
            }
        }
    }

    /// The table so far.
    pub fn so_far(&mut self) -> &Table {
        for column in &mut self.table.columns {
            column.pad(self.table.rows);
        }
        &self.table
    }

    /// Forgets all rows and keeps the memory.
    pub fn clear(&mut self) {
        self.table.rows = 0;
        self.table.spoken.clear();
        for column in &mut self.table.columns {
            column.clear();
        }
    }

    /// The finished table.
    #[must_use]
    pub fn finish(mut self) -> Table {
        self.so_far();
        self.table
    }
}

#[cfg(test)]
mod tests;

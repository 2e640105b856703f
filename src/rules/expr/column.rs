//! Values of many rows at once, as the operations of a condition take and give them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::facts::{Bitmap, Cells, Codes, Column, FactKey, Table};

use super::error::{EvalError, EvalErrorKind};
use super::lex::Span;
use super::time::{Nanos, Timestamp};
use super::value::Value;

/// The values of an expression in every row. Every row is known, failed, or else unknown.
#[derive(Debug, Clone)]
pub(super) struct Values<'t> {
    /// What is held where the row is not known has no meaning.
    pub(super) data: Data<'t>,
    pub(super) known: Cow<'t, Bitmap>,
    pub(super) failed: Option<Failed>,
}

/// The rows in which an evaluation failed, and why it did in one of them.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    pub(super) rows: Bitmap,
    pub(super) error: EvalError,
}

/// Values in columns.
#[derive(Debug, Clone)]
pub(super) enum Data<'t> {
    /// The same value in every row.
    Same(Value),
    Bool(Cow<'t, Bitmap>),
    Int(Cow<'t, [i64]>),
    Double(Cow<'t, [f64]>),
    /// Instants of facts, in milliseconds since 1970.
    Millis(&'t [i64]),
    /// Durations in nanoseconds.
    Nanos(Vec<i64>),
    /// Texts of facts.
    Texts(&'t Codes<Arc<str>>),
    /// Lists of facts.
    Lists(&'t Codes<Arc<[Arc<str>]>>),
    /// Everything else.
    Any(Vec<Value>),
}

impl<'t> Values<'t> {
    /// A value that does not depend on the row, or a failure in every row.
    pub(super) fn constant(value: &Result<Value, EvalError>, rows: usize) -> Self {
        match value {
            Ok(value) => Self {
                data: Data::Same(value.clone()),
                known: Cow::Owned(Bitmap::all(rows)),
                failed: None,
            },
            Err(error) => Self {
                data: Data::Same(Value::Bool(false)),
                known: Cow::Owned(Bitmap::none(rows)),
                failed: Some(Failed {
                    rows: Bitmap::all(rows),
                    error: error.clone(),
                }),
            },
        }
    }

    /// Yes or no in the known rows.
    pub(super) fn bools(mut truth: Bitmap, known: Cow<'t, Bitmap>) -> Self {
        truth.and_with(&known);
        Self {
            data: Data::Bool(Cow::Owned(truth)),
            known,
            failed: None,
        }
    }

    /// The values of a fact; a table without it knows nothing of it.
    pub(super) fn fact(key: FactKey, table: &'t Table) -> Self {
        let known = table.column(key).map(Column::known);
        let data = table
            .column(key)
            .and_then(|column| Data::cells(column.cells(), table.rows()));
        match (data, known) {
            (Some(data), Some(known)) => Self {
                data,
                known: Cow::Borrowed(known),
                failed: None,
            },
            _ => Self {
                data: Data::Same(Value::Bool(false)),
                known: Cow::Owned(Bitmap::none(table.rows())),
                failed: None,
            },
        }
    }

    /// Takes back what was known in some rows: there the evaluation failed.
    pub(super) fn fail(&mut self, mut rows: Bitmap, kind: EvalErrorKind, span: Span) {
        if rows.is_none() {
            return;
        }
        self.known.to_mut().and_not_with(&rows);
        let span = span.into();
        if let Some(before) = &self.failed {
            rows.or_with(&before.rows);
        }
        let error = EvalError { kind, span };
        self.failed = Some(Failed { rows, error });
    }

    /// The rows in which the value is neither known nor failed.
    pub(super) fn unknown(&self) -> Bitmap {
        let mut unknown = self.known.not();
        if let Some(failed) = &self.failed {
            unknown.and_not_with(&failed.rows);
        }
        unknown
    }

    /// The rows in which the value is known to be true.
    pub(super) fn truth(&self) -> Cow<'_, Bitmap> {
        match &self.data {
            Data::Bool(truth) => Cow::Borrowed(truth.as_ref()),
            Data::Same(Value::Bool(true)) => Cow::Borrowed(&self.known),
            _ => Cow::Owned(Bitmap::none(self.known.rows())),
        }
    }

    /// The value of a row, the reason why it failed, or none where it is unknown.
    pub(super) fn get(&self, row: usize) -> Result<Option<Value>, EvalError> {
        match &self.failed {
            Some(failed) if failed.rows.get(row) => Err(failed.error.clone()),
            _ if self.known.get(row) => Ok(self.data.get(row)),
            _ => Ok(None),
        }
    }
}

impl<'t> Data<'t> {
    /// The cells of a fact, where there are any.
    fn cells(cells: &'t Cells, rows: usize) -> Option<Self> {
        let (data, length) = match cells {
            Cells::Bool(values) => (Self::Bool(Cow::Borrowed(values)), values.rows()),
            Cells::Int(values) => (Self::Int(Cow::Borrowed(values)), values.len()),
            Cells::Number(values) => (Self::Double(Cow::Borrowed(values)), values.len()),
            Cells::Time(values) => (Self::Millis(values), values.len()),
            Cells::Text(values) => (Self::Texts(values), values.codes().len()),
            Cells::List(values) => (Self::Lists(values), values.codes().len()),
        };
        (length == rows).then_some(data)
    }

    /// The value of a row.
    pub(super) fn get(&self, row: usize) -> Option<Value> {
        Some(match self {
            Self::Same(value) => value.clone(),
            Self::Bool(values) => Value::Bool(values.get(row)),
            Self::Int(values) => Value::Int(*values.get(row)?),
            Self::Double(values) => Value::Double(*values.get(row)?),
            Self::Millis(values) => Value::Timestamp(Timestamp::from_millis(*values.get(row)?)),
            Self::Nanos(values) => Value::Duration(Nanos(*values.get(row)?)),
            Self::Texts(values) => Value::Text(Arc::clone(values.get(row)?)),
            Self::Lists(values) => list(values.get(row)?),
            Self::Any(values) => values.get(row)?.clone(),
        })
    }

    /// Whether the values are yes or no.
    pub(super) fn is_bool(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Same(Value::Bool(_)))
    }

    /// The text of a row, without a copy.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Same(Value::Text(text)) => Some(text),
            Self::Texts(values) => values.get(row).map(AsRef::as_ref),
            Self::Any(values) => match values.get(row)? {
                Value::Text(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A list of texts as a value.
fn list(items: &[Arc<str>]) -> Value {
    let items = items.iter().map(|item| Value::Text(Arc::clone(item)));
    Value::List(items.collect())
}

/// Plain numbers: the same in every row, or one a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lane<'a, T> {
    Same(T),
    Each(&'a [T]),
}

/// Two columns of whole numbers that are compared or calculated with in the same unit.
pub(super) fn int_lanes<'a>(
    a: &'a Data<'_>,
    b: &'a Data<'_>,
) -> Option<(Lane<'a, i64>, Lane<'a, i64>)> {
    for read in [ints, millis, nanos] {
        if let (Some(a), Some(b)) = (read(a), read(b)) {
            return Some((a, b));
        }
    }
    None
}

/// Whole numbers.
pub(super) fn ints<'a>(data: &'a Data<'_>) -> Option<Lane<'a, i64>> {
    match data {
        Data::Same(Value::Int(value)) => Some(Lane::Same(*value)),
        Data::Int(values) => Some(Lane::Each(values)),
        _ => None,
    }
}

/// Instants in whole milliseconds.
pub(super) fn millis<'a>(data: &'a Data<'_>) -> Option<Lane<'a, i64>> {
    match data {
        Data::Same(Value::Timestamp(at)) => at.to_millis().map(Lane::Same),
        Data::Millis(values) => Some(Lane::Each(values)),
        _ => None,
    }
}

/// Durations in nanoseconds.
fn nanos<'a>(data: &'a Data<'_>) -> Option<Lane<'a, i64>> {
    match data {
        Data::Same(Value::Duration(nanos)) => Some(Lane::Same(nanos.0)),
        Data::Nanos(values) => Some(Lane::Each(values)),
        _ => None,
    }
}

/// Numbers.
pub(super) fn doubles<'a>(data: &'a Data<'_>) -> Option<Lane<'a, f64>> {
    match data {
        Data::Same(Value::Double(value)) => Some(Lane::Same(*value)),
        Data::Double(values) => Some(Lane::Each(values)),
        _ => None,
    }
}

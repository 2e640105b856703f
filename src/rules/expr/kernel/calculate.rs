//! Operations that give numbers, texts, times and lists.

use std::borrow::Cow;
use std::hash::Hash;

use crate::facts::{Bitmap, Codes};

use super::super::column::{Data, Lane, doubles, ints, millis};
use super::super::error::EvalErrorKind;
use super::super::value::{Arithmetic, Value, Valued, length, text_size};
use super::{Failures, fail};

/// `a + b` and the like.
pub(in super::super) fn calculate<'t>(
    op: Arithmetic,
    a: &Data<'_>,
    b: &Data<'_>,
    live: &Bitmap,
) -> (Data<'t>, Failures) {
    if let (Data::Same(a), Data::Same(b)) = (a, b) {
        return same(a.calculate(op, b), live);
    }
    if let (Some(a), Some(b)) = (ints(a), ints(b)) {
        let (values, failures) = checked(a, b, live, |a, b| op.ints(a, b));
        return (Data::Int(Cow::Owned(values)), failures);
    }
    if let (Some(a), Some(b)) = (doubles(a), doubles(b)) {
        let values = (0..live.rows()).map(|row| op.doubles(a.at(row), b.at(row)));
        return (Data::Double(Cow::Owned(values.collect())), None);
    }
    if op == Arithmetic::Subtract
        && let (Some(a), Some(b)) = (millis(a), millis(b))
    {
        let (values, failures) = checked(a, b, live, |a, b| {
            let nanos = a
                .checked_sub(b)
                .and_then(|millis| millis.checked_mul(1_000_000));
            nanos.ok_or(EvalErrorKind::DurationRange)
        });
        return (Data::Nanos(values), failures);
    }
    each_value(live, |row| match (a.get(row), b.get(row)) {
        (Some(a), Some(b)) => a.calculate(op, &b),
        _ => Err(EvalErrorKind::Type),
    })
}

/// `-a`.
pub(in super::super) fn negate<'t>(data: &Data<'_>, live: &Bitmap) -> (Data<'t>, Failures) {
    match data {
        Data::Same(value) => same(value.negate(), live),
        Data::Double(values) => {
            let values = values.iter().map(|value| -value).collect();
            (Data::Double(Cow::Owned(values)), None)
        }
        data => each_value(live, |row| {
            data.get(row)
                .map_or(Err(EvalErrorKind::Type), |it| it.negate())
        }),
    }
}

/// The length of texts or lists.
pub(in super::super) fn size<'t>(data: &Data<'_>, live: &Bitmap) -> (Data<'t>, Failures) {
    match data {
        Data::Same(value) => same(value.size(), live),
        Data::Texts(texts) => (sizes(texts, |text| text_size(text)), None),
        Data::Lists(lists) => (sizes(lists, |list| length(list.len())), None),
        data => each_value(live, |row| {
            data.get(row)
                .map_or(Err(EvalErrorKind::Type), |it| it.size())
        }),
    }
}

fn sizes<'t, V: Clone + Eq + Hash>(column: &Codes<V>, size: impl Fn(&V) -> i64) -> Data<'t> {
    let sizes: Vec<i64> = column.dictionary().values().iter().map(size).collect();
    let codes = column.codes().iter();
    let each = codes.map(|code| sizes.get(*code as usize).copied().unwrap_or(0));
    Data::Int(Cow::Owned(each.collect()))
}

/// In the rows of `from_second` the second column, in the others the first.
pub(in super::super) fn select<'t>(
    first: &Data<'t>,
    second: &Data<'t>,
    from_second: &Bitmap,
) -> Data<'t> {
    if matches!((first, second), (Data::Same(a), Data::Same(b)) if a == b) {
        return first.clone();
    }
    if let (Some(a), Some(b)) = (ints(first), ints(second)) {
        return Data::Int(Cow::Owned(pick(a, b, from_second)));
    }
    if let (Some(a), Some(b)) = (doubles(first), doubles(second)) {
        return Data::Double(Cow::Owned(pick(a, b, from_second)));
    }
    let values = (0..from_second.rows()).map(|row| {
        let source = if from_second.get(row) { second } else { first };
        source.get(row).unwrap_or(Value::Bool(false))
    });
    Data::Any(values.collect())
}

fn pick<T: Copy + Default>(a: Lane<'_, T>, b: Lane<'_, T>, from_b: &Bitmap) -> Vec<T> {
    let rows = 0..from_b.rows();
    rows.map(|row| {
        if from_b.get(row) {
            b.at(row)
        } else {
            a.at(row)
        }
    })
    .collect()
}

/// The value of each live row.
fn each_value<'t>(live: &Bitmap, value: impl Fn(usize) -> Valued) -> (Data<'t>, Failures) {
    let mut values = vec![Value::Bool(false); live.rows()];
    let mut failures = None;
    for row in live.iter() {
        match value(row) {
            Ok(value) => values[row] = value,
            Err(kind) => fail(&mut failures, live, row, kind),
        }
    }
    (Data::Any(values), failures)
}

/// Whole numbers of each row, where failures count in live rows only.
fn checked(
    a: Lane<'_, i64>,
    b: Lane<'_, i64>,
    live: &Bitmap,
    calculate: impl Fn(i64, i64) -> Result<i64, EvalErrorKind>,
) -> (Vec<i64>, Failures) {
    let mut failures = None;
    let rows = 0..live.rows();
    let values = rows.map(|row| match calculate(a.at(row), b.at(row)) {
        Ok(value) => value,
        Err(kind) => {
            if live.get(row) {
                fail(&mut failures, live, row, kind);
            }
            0
        }
    });
    (values.collect(), failures)
}

/// The same result in every row.
fn same<'t>(value: Valued, live: &Bitmap) -> (Data<'t>, Failures) {
    match value {
        Ok(value) => (Data::Same(value), None),
        Err(kind) => (Data::Same(Value::Bool(false)), Some((live.clone(), kind))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::time::Nanos;
    use super::*;

    #[test]
    fn failures_of_rows_that_are_not_live_do_not_count() {
        let most = Data::Int(Cow::Owned(vec![i64::MAX, 1, i64::MAX]));
        let live = Bitmap::from_words(3, [0b110]);
        let one = Data::Same(Value::Int(1));
        let (values, failures) = calculate(Arithmetic::Add, &most, &one, &live);
        assert_eq!(values.get(1), Some(Value::Int(2)));
        let (rows, kind) = failures.expect("an overflow");
        assert_eq!(
            (rows.iter().collect(), kind),
            (vec![2], EvalErrorKind::IntOverflow)
        );
    }

    #[test]
    fn times_are_subtracted_to_the_nanosecond() {
        let (a, b) = ([5_i64, i64::MAX], [3_i64, 0]);
        let live = Bitmap::all(2);
        let (values, failures) = calculate(
            Arithmetic::Subtract,
            &Data::Millis(&a),
            &Data::Millis(&b),
            &live,
        );
        assert_eq!(values.get(0), Some(Value::Duration(Nanos(2_000_000))));
        assert_eq!(failures.map(|(rows, _)| rows.count()), Some(1));
    }
}

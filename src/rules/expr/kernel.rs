//! Operations on many rows at once. Each gives, row by row, what [`Value`] says of two values;
//! the loops over numbers and the detour over dictionaries are only faster ways to the same.
//!
//! `live` are the rows in which all operands are known; results of other rows have no meaning.

use std::borrow::Cow;
use std::sync::Arc;

use regex::Regex;

use crate::facts::{Bitmap, Codes};

use super::column::{Data, Lane, doubles, int_lanes, ints, millis};
use super::error::EvalErrorKind;
use super::value::{Arithmetic, Comparison, TextTest, Value, Valued, length, text_size};

/// Rows that failed, with one reason.
pub(super) type Failures = Option<(Bitmap, EvalErrorKind)>;

/// The rows in which two values are equal.
pub(super) fn equal(a: &Data<'_>, b: &Data<'_>, live: &Bitmap) -> Bitmap {
    compare(Comparison::Equal, a, b, live).0
}

/// The rows in which a comparison holds.
pub(super) fn compare(
    op: Comparison,
    a: &Data<'_>,
    b: &Data<'_>,
    live: &Bitmap,
) -> (Bitmap, Failures) {
    let rows = live.rows();
    let holds = match (a, b) {
        (Data::Same(text @ Value::Text(_)), Data::Texts(texts)) => {
            compare_texts(op.swapped(), texts, text)
        }
        (Data::Texts(texts), Data::Same(text @ Value::Text(_))) => compare_texts(op, texts, text),
        (Data::Bool(a), Data::Bool(b)) if op == Comparison::Equal => a.and(b).or(&a.or(b).not()),
        (Data::Bool(a), Data::Bool(b)) if op == Comparison::NotEqual => {
            a.and_not(b).or(&b.and_not(a))
        }
        (a, b) => {
            if let Some((a, b)) = int_lanes(a, b) {
                return (compare_lanes(op, a, b, rows), None);
            }
            if let (Some(a), Some(b)) = (doubles(a), doubles(b)) {
                return (compare_lanes(op, a, b, rows), unordered(op, a, b, live));
            }
            return compare_each(op, a, b, live);
        }
    };
    (holds, None)
}

/// The rows in which an order is asked for and there is none.
fn unordered(op: Comparison, a: Lane<'_, f64>, b: Lane<'_, f64>, live: &Bitmap) -> Failures {
    if matches!(op, Comparison::Equal | Comparison::NotEqual) {
        return None;
    }
    let nan = zip(a, b, live.rows(), |a: f64, b: f64| a.is_nan() || b.is_nan()).and(live);
    (!nan.is_none()).then_some((nan, EvalErrorKind::Unordered))
}

fn compare_each(op: Comparison, a: &Data<'_>, b: &Data<'_>, live: &Bitmap) -> (Bitmap, Failures) {
    let mut failures = None;
    let mut holds = Bitmap::none(live.rows());
    for row in live.iter() {
        let (Some(a), Some(b)) = (a.get(row), b.get(row)) else {
            continue;
        };
        match a.compare(op, &b) {
            Ok(answer) => holds.set(row, answer),
            Err(kind) => fail(&mut failures, live, row, kind),
        }
    }
    (holds, failures)
}

fn compare_lanes<T: Copy + PartialOrd>(
    op: Comparison,
    a: Lane<'_, T>,
    b: Lane<'_, T>,
    rows: usize,
) -> Bitmap {
    match op {
        Comparison::Equal => zip(a, b, rows, |a, b| a == b),
        Comparison::NotEqual => zip(a, b, rows, |a, b| a != b),
        Comparison::Less => zip(a, b, rows, |a, b| a < b),
        Comparison::LessEqual => zip(a, b, rows, |a, b| a <= b),
        Comparison::Greater => zip(a, b, rows, |a, b| a > b),
        Comparison::GreaterEqual => zip(a, b, rows, |a, b| a >= b),
    }
}

fn compare_texts(op: Comparison, texts: &Codes<Arc<str>>, with: &Value) -> Bitmap {
    let equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
    let Value::Text(text) = with else {
        return Bitmap::none(texts.codes().len());
    };
    if !equality {
        return distinct(texts, |found| {
            Value::Text(Arc::clone(found)).compare(op, with) == Ok(true)
        });
    }
    let equal = match texts.dictionary().code(text.as_ref()) {
        Some(code) => pack(texts.codes(), |found| found == code),
        None => Bitmap::none(texts.codes().len()),
    };
    if op == Comparison::Equal {
        equal
    } else {
        equal.not()
    }
}

/// `a + b` and the like.
pub(super) fn calculate<'t>(
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
pub(super) fn negate<'t>(data: &Data<'_>, live: &Bitmap) -> (Data<'t>, Failures) {
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
pub(super) fn size<'t>(data: &Data<'_>, live: &Bitmap) -> (Data<'t>, Failures) {
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

fn sizes<'t, V: Clone + Eq + std::hash::Hash>(
    column: &Codes<V>,
    size: impl Fn(&V) -> i64,
) -> Data<'t> {
    let sizes: Vec<i64> = column.dictionary().values().iter().map(size).collect();
    let codes = column.codes().iter();
    let each = codes.map(|code| sizes.get(*code as usize).copied().unwrap_or(0));
    Data::Int(Cow::Owned(each.collect()))
}

/// The rows in which a question about two texts is answered with yes.
pub(super) fn test(op: TextTest, text: &Data<'_>, part: &Data<'_>, live: &Bitmap) -> Bitmap {
    match (text, part) {
        (Data::Same(Value::Text(text)), Data::Same(Value::Text(part))) => {
            Bitmap::filled(live.rows(), op.holds(text, part))
        }
        (Data::Texts(texts), Data::Same(Value::Text(part))) => {
            distinct(texts, |text| op.holds(text, part))
        }
        _ => each(
            live,
            |row| matches!((text.text(row), part.text(row)), (Some(text), Some(part)) if op.holds(text, part)),
        ),
    }
}

/// The rows in which a part of the text matches a pattern.
pub(super) fn matches(pattern: &Regex, text: &Data<'_>, live: &Bitmap) -> Bitmap {
    match text {
        Data::Same(Value::Text(text)) => Bitmap::filled(live.rows(), pattern.is_match(text)),
        Data::Texts(texts) => distinct(texts, |text| pattern.is_match(text)),
        _ => each(live, |row| {
            text.text(row).is_some_and(|text| pattern.is_match(text))
        }),
    }
}

/// The rows in which a value is an item of a list.
pub(super) fn is_in(item: &Data<'_>, list: &Data<'_>, live: &Bitmap) -> Bitmap {
    match (item, list) {
        (Data::Same(item), Data::Same(list)) => Bitmap::filled(live.rows(), item.is_in(list)),
        (Data::Texts(texts), Data::Same(Value::List(items))) => text_in(texts, items),
        (Data::Same(Value::Text(text)), Data::Lists(lists)) => {
            distinct(lists, |list| list.contains(text))
        }
        (item, Data::Same(Value::List(items))) => {
            let mut found = Bitmap::none(live.rows());
            for wanted in items.iter() {
                let wanted = Data::Same(wanted.clone());
                found.or_with(&equal(item, &wanted, live));
            }
            found
        }
        _ => each(
            live,
            |row| matches!((item.get(row), list.get(row)), (Some(item), Some(list)) if item.is_in(&list)),
        ),
    }
}

fn text_in(texts: &Codes<Arc<str>>, items: &[Value]) -> Bitmap {
    let mut wanted = vec![false; texts.dictionary().len()];
    for item in items {
        if let Value::Text(item) = item
            && let Some(code) = texts.dictionary().code(item.as_ref())
        {
            wanted[code as usize] = true;
        }
    }
    by_code(texts.codes(), &wanted)
}

/// In the rows of `from_second` the second column, in the others the first.
pub(super) fn select<'t>(first: &Data<'t>, second: &Data<'t>, from_second: &Bitmap) -> Data<'t> {
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

impl<T: Copy + Default> Lane<'_, T> {
    fn at(&self, row: usize) -> T {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values.get(row).copied().unwrap_or_default(),
        }
    }
}

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

fn fail(failures: &mut Failures, live: &Bitmap, row: usize, kind: EvalErrorKind) {
    let (rows, _) = failures.get_or_insert_with(|| (Bitmap::none(live.rows()), kind));
    rows.set(row, true);
}

/// The same result in every row.
fn same<'t>(value: Valued, live: &Bitmap) -> (Data<'t>, Failures) {
    match value {
        Ok(value) => (Data::Same(value), None),
        Err(kind) => (Data::Same(Value::Bool(false)), Some((live.clone(), kind))),
    }
}

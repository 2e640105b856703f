//! Operations that give yes or no.

use std::sync::Arc;

use regex::Regex;

use crate::facts::{Bitmap, Codes};

use super::super::column::{Data, Lane, doubles, int_lanes};
use super::super::error::EvalErrorKind;
use super::super::value::{Comparison, TextTest, Value};
use super::{Failures, by_code, distinct, each, fail, pack, zip};

/// The rows in which two values are equal.
pub(in super::super) fn equal(a: &Data<'_>, b: &Data<'_>, live: &Bitmap) -> Bitmap {
    compare(Comparison::Equal, a, b, live).0
}

/// The rows in which a comparison holds.
pub(in super::super) fn compare(
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
        (Data::Bool(truth), Data::Same(Value::Bool(wanted)))
        | (Data::Same(Value::Bool(wanted)), Data::Bool(truth))
            if equality(op) =>
        {
            if *wanted == (op == Comparison::Equal) {
                truth.as_ref().clone()
            } else {
                truth.not()
            }
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

fn equality(op: Comparison) -> bool {
    matches!(op, Comparison::Equal | Comparison::NotEqual)
}

/// The rows in which an order is asked for and there is none.
fn unordered(op: Comparison, a: Lane<'_, f64>, b: Lane<'_, f64>, live: &Bitmap) -> Failures {
    if equality(op) {
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
    let Value::Text(text) = with else {
        return Bitmap::none(texts.codes().len());
    };
    if !equality(op) {
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

/// The rows in which a question about two texts is answered with yes.
pub(in super::super) fn test(
    op: TextTest,
    text: &Data<'_>,
    part: &Data<'_>,
    live: &Bitmap,
) -> Bitmap {
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
pub(in super::super) fn matches(pattern: &Regex, text: &Data<'_>, live: &Bitmap) -> Bitmap {
    match text {
        Data::Same(Value::Text(text)) => Bitmap::filled(live.rows(), pattern.is_match(text)),
        Data::Texts(texts) => distinct(texts, |text| pattern.is_match(text)),
        _ => each(live, |row| {
            text.text(row).is_some_and(|text| pattern.is_match(text))
        }),
    }
}

/// The rows in which a value is an item of a list.
pub(in super::super) fn is_in(item: &Data<'_>, list: &Data<'_>, live: &Bitmap) -> Bitmap {
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

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::super::time::Timestamp;
    use super::*;
    use crate::facts::{CellRef, Cells, FactKey, FactType, Table, TableBuilder};
    use proptest::prelude::*;

    const OPERATORS: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessEqual,
        Comparison::Greater,
        Comparison::GreaterEqual,
    ];

    /// One column of each type, and more rows than a word has bits.
    fn table(seeds: &[u8]) -> Table {
        let mut builder = TableBuilder::new([
            FactType::Int,
            FactType::Number,
            FactType::Time,
            FactType::Text,
            FactType::Bool,
        ]);
        for seed in seeds {
            builder.begin();
            let small = i64::from(seed % 5);
            builder.set(FactKey::new(0), CellRef::Int(small));
            builder.set(FactKey::new(1), CellRef::Number(f64::from(seed % 5)));
            builder.set(FactKey::new(2), CellRef::Time(small));
            builder.set_text(
                FactKey::new(3),
                ["", "a", "b", "ab", "充"][usize::from(seed % 5)],
            );
            builder.set(FactKey::new(4), CellRef::Bool(seed % 2 == 0));
        }
        builder.finish()
    }

    fn column(table: &Table, position: u16) -> Data<'_> {
        match table
            .column(FactKey::new(position))
            .expect("a column")
            .cells()
        {
            Cells::Bool(values) => Data::Bool(Cow::Borrowed(values)),
            Cells::Int(values) => Data::Int(Cow::Borrowed(values)),
            Cells::Number(values) => Data::Double(Cow::Borrowed(values)),
            Cells::Time(values) => Data::Millis(values),
            Cells::Text(values) => Data::Texts(values),
            Cells::List(values) => Data::Lists(values),
        }
    }

    /// The same values without a form of their own.
    fn plain<'t>(data: &Data<'_>, rows: usize) -> Data<'t> {
        Data::Any((0..rows).filter_map(|row| data.get(row)).collect())
    }

    /// Constants of the type of a column; `millis` lie between milliseconds, too.
    fn constants(position: u16) -> Vec<Value> {
        let at = |nanos| {
            let start = Timestamp::from_millis(2);
            start.plus(nanos).map(Value::Timestamp).expect("inside")
        };
        match position {
            0 => [0, 2, 9].map(Value::Int).to_vec(),
            1 => [0.0, 2.0, 2.5, f64::NAN].map(Value::Double).to_vec(),
            2 => vec![at(0), at(1), at(-1)],
            3 => ["", "b", "zz"]
                .map(|text| Value::Text(Arc::from(text)))
                .to_vec(),
            _ => [true, false].map(Value::Bool).to_vec(),
        }
    }

    proptest! {
        #[test]
        fn columns_give_what_values_give(
            a in prop::collection::vec(any::<u8>(), 70),
            b in prop::collection::vec(any::<u8>(), 70),
            position in 0_u16..5,
        ) {
            let (a, b) = (table(&a), table(&b));
            let (a, b) = (column(&a, position), column(&b, position));
            let live = Bitmap::all(70);
            let mut operands = vec![a.clone(), b];
            operands.extend(constants(position).into_iter().map(Data::Same));
            for other in &operands {
                let (slow_a, slow_other) = (plain(&a, 70), plain(other, 70));
                for op in OPERATORS {
                    let slow = compare(op, &slow_a, &slow_other, &live);
                    let fast = compare(op, &a, other, &live);
                    prop_assert_eq!(&fast.1, &slow.1);
                    let valid = fast.1.as_ref().map_or(live.clone(), |(rows, _)| rows.not());
                    prop_assert_eq!(fast.0.and(&valid), slow.0.and(&valid), "{:?}", op);
                    let (fast, _) = compare(op, other, &a, &live);
                    let (slow, _) = compare(op, &slow_other, &slow_a, &live);
                    prop_assert_eq!(fast.and(&valid), slow.and(&valid), "{:?}", op);
                }
                for op in [TextTest::StartsWith, TextTest::EndsWith, TextTest::Contains] {
                    let slow = test(op, &slow_a, &slow_other, &live);
                    prop_assert_eq!(test(op, &a, other, &live), slow);
                }
            }
            let list = Value::List(constants(position).into());
            let fast = is_in(&a, &Data::Same(list.clone()), &live);
            let slow = is_in(&plain(&a, 70), &plain(&Data::Same(list), 70), &live);
            prop_assert_eq!(fast, slow);
        }
    }
}

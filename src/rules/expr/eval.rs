//! The stack machine: runs a condition over all rows of a table. A single case is one row.

use std::borrow::Cow;
use std::ops::Range;

use crate::facts::{Bitmap, Column, FactKey, Table};

use super::code::{Guard, Instr, Op};
use super::column::{Data, Values};
use super::error::{EvalError, EvalErrorKind};
use super::kernel;
use super::lex::Span;
use super::logic::{and, completed, conditional, in_items, not, or, strict};
use super::value::Value;

/// Runs the operations of one expression; `watch` sees each result. Right operands of `&&` and
/// `||` are passed over where the left one decides in every row.
pub(super) fn run<'t>(
    code: &[Instr],
    range: Range<usize>,
    table: &'t Table,
    mut watch: impl FnMut(usize, &Values<'t>),
) -> Values<'t> {
    let mut stack: Vec<Values<'t>> = Vec::new();
    let mut at = range.start;
    while let Some(instr) = code.get(at).filter(|_| at < range.end) {
        let base = stack.len().saturating_sub(instr.op.arity());
        let mut result = apply(&instr.op, instr.span, &stack[base..], table);
        stack.truncate(base);
        if instr.negated {
            result = not(&result);
        }
        watch(at, &result);
        while let Some(guard) = code[at].guard
            && guard.target < range.end
            && decides(&result, guard)
        {
            at = guard.target;
            if code[at].negated {
                result = not(&result);
            }
            watch(at, &result);
        }
        stack.push(result);
        at += 1;
    }
    stack.pop().unwrap_or_else(|| missing_operand(table.rows()))
}

fn decides(left: &Values<'_>, guard: Guard) -> bool {
    if !left.known.is_all() {
        return false;
    }
    let truth = left.truth();
    if guard.decisive {
        truth.is_all()
    } else {
        truth.is_none()
    }
}

/// One operation over all rows.
pub(super) fn apply<'t>(
    op: &Op,
    span: Span,
    operands: &[Values<'t>],
    table: &'t Table,
) -> Values<'t> {
    let rows = table.rows();
    match (op, operands) {
        (Op::Constant(value), _) => Values::constant(value, rows),
        (Op::Fact(key), _) => Values::fact(*key, table),
        (Op::Has(key), _) => has(*key, table),
        (Op::List(_), items) => list(items, span, rows),
        (Op::Not, [only]) => not(only),
        (Op::And, [a, b]) => and(a, b),
        (Op::Or, [a, b]) => or(a, b),
        (Op::Conditional { certain }, [condition, yes, no]) => {
            conditional(condition, yes, no, *certain)
        }
        (Op::Negate, [only]) => {
            with_failures(&[only], span, rows, |live| kernel::negate(&only.data, live))
        }
        (Op::Size, [only]) => {
            with_failures(&[only], span, rows, |live| kernel::size(&only.data, live))
        }
        (Op::Calculate(op), [a, b]) => with_failures(&[a, b], span, rows, |live| {
            kernel::calculate(*op, &a.data, &b.data, live)
        }),
        (Op::Compare(op), [a, b]) => with_failures(&[a, b], span, rows, |live| {
            let (holds, failures) = kernel::compare(*op, &a.data, &b.data, live);
            (Data::Bool(Cow::Owned(holds)), failures)
        }),
        (Op::Test(op), [text, part]) => decided(&[text, part], rows, |live| {
            kernel::test(*op, &text.data, &part.data, live)
        }),
        (Op::Matches(pattern), [text]) => decided(&[text], rows, |live| {
            kernel::matches(pattern, &text.data, live)
        }),
        (Op::In { certain }, [item, list]) => in_list(item, list, *certain, rows),
        (Op::InItems(certain), operands) => {
            in_items(operands, certain).unwrap_or_else(|| missing_operand(rows))
        }
        _ => missing_operand(rows),
    }
}

/// Whether a fact is known, which is always known.
fn has<'t>(key: FactKey, table: &Table) -> Values<'t> {
    let rows = table.rows();
    let known = table.column(key).map(Column::known);
    let known = known.map_or_else(|| Bitmap::none(rows), Clone::clone);
    Values::bools(known, Cow::Owned(Bitmap::all(rows)))
}

/// `item in list`; nothing is in an empty list, not even what is unknown but `certain` not to fail.
fn in_list<'t>(item: &Values<'t>, list: &Values<'t>, certain: bool, rows: usize) -> Values<'t> {
    let empty = matches!(&list.data, Data::Same(Value::List(items)) if items.is_empty());
    if empty && certain && list.failed.is_none() && list.known.is_all() {
        return Values::bools(Bitmap::none(rows), Cow::Owned(Bitmap::all(rows)));
    }
    decided(&[item, list], rows, |live| {
        kernel::is_in(&item.data, &list.data, live)
    })
}

/// An operation that gives yes or no wherever all operands are known.
fn decided<'t>(
    operands: &[&Values<'t>],
    rows: usize,
    holds: impl FnOnce(&Bitmap) -> Bitmap,
) -> Values<'t> {
    let (known, failed) = strict(operands, rows);
    let mut result = Values::bools(holds(&known), known);
    result.failed = failed;
    result
}

/// An operation that may fail although all operands are known.
fn with_failures<'t>(
    operands: &[&Values<'t>],
    span: Span,
    rows: usize,
    calculate: impl FnOnce(&Bitmap) -> (Data<'t>, kernel::Failures),
) -> Values<'t> {
    let (known, failed) = strict(operands, rows);
    let (data, failures) = calculate(&known);
    completed(data, known, failed, failures, span)
}

fn list<'t>(items: &[Values<'t>], span: Span, rows: usize) -> Values<'t> {
    let operands: Vec<&Values<'t>> = items.iter().collect();
    let (known, failed) = strict(&operands, rows);
    let row = |row| -> Option<Value> {
        let values: Option<Vec<Value>> = items.iter().map(|item| item.data.get(row)).collect();
        values.map(|values| Value::List(values.into()))
    };
    let same = items.iter().all(|item| matches!(item.data, Data::Same(_)));
    let data = match row(0) {
        Some(value) if same => Data::Same(value),
        _ => {
            let mut values = vec![Value::Bool(false); rows];
            for live in known.iter() {
                values[live] = row(live).unwrap_or(Value::Bool(false));
            }
            Data::Any(values)
        }
    };
    completed(data, known, failed, None, span)
}

/// Compiled code always finds its operands; code that did not would know nothing.
fn missing_operand<'t>(rows: usize) -> Values<'t> {
    let error = EvalError {
        kind: EvalErrorKind::Type,
        span: 0..0,
    };
    Values::constant(&Err(error), rows)
}

//! Three-valued logic over many rows: true, false and unknown, and failures besides.
//!
//! What decides absorbs everything else: `false && x` is false whatever is wrong with `x`. Where
//! nothing decides, one unknown operand makes the result unknown, even if another one failed:
//! the failure may turn out not to matter.
//!
//! An answer given with facts missing must stay the same when they become known. So an operand
//! that could still fail is never passed over on the way to an answer, `&&` and `||` apart.

use std::borrow::Cow;

use crate::facts::Bitmap;

use super::column::{Data, Failed, Values};
use super::kernel::{Failures, equal, select};
use super::lex::Span;

/// What operands of an operation that needs them all leave open: the rows in which all are known,
/// and those in which the result fails because one of them did.
pub(super) fn strict<'t>(
    operands: &[&Values<'t>],
    rows: usize,
) -> (Cow<'t, Bitmap>, Option<Failed>) {
    let mut known = match operands.first() {
        Some(first) => first.known.clone(),
        None => Cow::Owned(Bitmap::all(rows)),
    };
    for operand in operands.iter().skip(1) {
        if !operand.known.is_all() {
            known.to_mut().and_with(&operand.known);
        }
    }
    (known, inherited(operands))
}

/// The failures of operands in rows where no operand is unknown.
fn inherited(operands: &[&Values<'_>]) -> Option<Failed> {
    let mut failures = operands
        .iter()
        .filter_map(|operand| operand.failed.as_ref());
    let mut failed = failures.next()?.clone();
    for more in failures {
        failed.rows.or_with(&more.rows);
    }
    for operand in operands {
        failed.rows.and_not_with(&operand.unknown());
    }
    (!failed.rows.is_none()).then_some(failed)
}

/// The result of an operation that needs all operands, with the failures of its own.
pub(super) fn completed<'t>(
    data: Data<'t>,
    known: Cow<'t, Bitmap>,
    inherited: Option<Failed>,
    failures: Failures,
    span: Span,
) -> Values<'t> {
    let mut values = Values {
        data,
        known,
        failed: inherited,
    };
    if let Some((mut rows, kind)) = failures {
        rows.and_with(&values.known);
        values.fail(rows, kind, span);
    }
    if let Data::Bool(truth) = &mut values.data {
        truth.to_mut().and_with(&values.known);
    }
    values
}

/// `!a`.
pub(super) fn not<'t>(operand: &Values<'t>) -> Values<'t> {
    let truth = operand.known.and_not(&operand.truth());
    Values {
        data: Data::Bool(Cow::Owned(truth)),
        known: operand.known.clone(),
        failed: operand.failed.clone(),
    }
}

/// `a && b`.
pub(super) fn and<'t>(a: &Values<'t>, b: &Values<'t>) -> Values<'t> {
    let (a_true, b_true) = (a.truth(), b.truth());
    let truth = a_true.and(&b_true);
    let a_false = a.known.and_not(&a_true);
    let b_false = b.known.and_not(&b_true);
    let known = truth.or(&a_false).or(&b_false);
    decided(a, b, truth, known)
}

/// `a || b`.
pub(super) fn or<'t>(a: &Values<'t>, b: &Values<'t>) -> Values<'t> {
    let truth = a.truth().or(&b.truth());
    let known = a.known.and(&b.known).or(&truth);
    decided(a, b, truth, known)
}

/// A result that one operand may have decided alone; failures remain where none did.
fn decided<'t>(a: &Values<'t>, b: &Values<'t>, truth: Bitmap, known: Bitmap) -> Values<'t> {
    let failed = inherited(&[a, b]).and_then(|mut failed| {
        failed.rows.and_not_with(&known);
        (!failed.rows.is_none()).then_some(failed)
    });
    Values {
        data: Data::Bool(Cow::Owned(truth)),
        known: Cow::Owned(known),
        failed,
    }
}

/// `condition ? yes : no`. Where the condition is unknown but `certain` not to fail, branches that
/// are known and equal are the result.
pub(super) fn conditional<'t>(
    condition: &Values<'t>,
    yes: &Values<'t>,
    no: &Values<'t>,
    certain: bool,
) -> Values<'t> {
    let take_yes = condition.truth();
    let take_no = condition.known.and_not(&take_yes);
    let mut known = take_yes.and(&yes.known).or(&take_no.and(&no.known));
    if certain {
        let mut open = condition.unknown();
        open.and_with(&yes.known);
        open.and_with(&no.known);
        if !open.is_none() {
            open.and_with(&equal(&yes.data, &no.data, &open));
            known.or_with(&open);
        }
    }
    let parts = [
        failures_in(condition, None),
        failures_in(yes, Some(&take_yes)),
        failures_in(no, Some(&take_no)),
    ];
    let failed = parts.into_iter().flatten().reduce(|mut all, more| {
        all.rows.or_with(&more.rows);
        all
    });
    let data = if yes.data.is_bool() && no.data.is_bool() {
        let mut truth = yes.truth().and_not(&take_no);
        truth.or_with(&no.truth().and(&take_no));
        truth.and_with(&known);
        Data::Bool(Cow::Owned(truth))
    } else {
        select(&yes.data, &no.data, &take_no)
    };
    Values {
        data,
        known: Cow::Owned(known),
        failed,
    }
}

fn failures_in(values: &Values<'_>, rows: Option<&Bitmap>) -> Option<Failed> {
    let mut failed = values.failed.clone()?;
    if let Some(rows) = rows {
        failed.rows.and_with(rows);
    }
    (!failed.rows.is_none()).then_some(failed)
}

/// `item in [a, b, …]`: true as soon as a known item equals, unless something unknown or failed
/// could still make the whole fail. `certain` says of each operand, the item first, whether it
/// never fails.
pub(super) fn in_items<'t>(operands: &[Values<'t>], certain: &[bool]) -> Option<Values<'t>> {
    let (item, listed) = operands.split_first()?;
    let rows = item.known.rows();
    let all: Vec<&Values<'t>> = operands.iter().collect();
    let (all_known, failed) = strict(&all, rows);
    let mut found = Bitmap::none(rows);
    for other in listed {
        let mut both = item.known.and(&other.known);
        both.and_with(&equal(&item.data, &other.data, &both));
        found.or_with(&both);
    }
    let mut sure = found.clone();
    for (operand, certain) in operands.iter().zip(certain) {
        if !certain {
            sure.and_with(&operand.known);
        }
    }
    let known = all_known.or(&sure);
    let mut result = Values::bools(found, Cow::Owned(known));
    result.failed = failed;
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::super::error::EvalErrorKind;
    use super::super::value::Value;
    use super::*;

    const ERROR: &str = "error";
    const UNKNOWN: &str = "unknown";
    const STATES: [&str; 4] = ["true", "false", UNKNOWN, ERROR];

    /// Four rows, one in each state, or four rows in one state.
    fn column(states: [&str; 4]) -> Values<'static> {
        let rows = |wanted: &[&str]| {
            let mut rows = Bitmap::none(4);
            for (row, state) in states.iter().enumerate() {
                rows.set(row, wanted.contains(state));
            }
            rows
        };
        let known = Cow::Owned(rows(&["true", "false"]));
        let mut values = Values::bools(rows(&["true"]), known);
        values.fail(rows(&[ERROR]), EvalErrorKind::IntOverflow, Span::default());
        values
    }

    fn states(values: &Values<'_>) -> [&'static str; 4] {
        [0, 1, 2, 3].map(|row| match values.get(row) {
            Ok(Some(Value::Bool(true))) => "true",
            Ok(Some(_)) => "false",
            Ok(None) => UNKNOWN,
            Err(_) => ERROR,
        })
    }

    #[test]
    fn operators_follow_their_truth_tables() {
        let every = column(STATES);
        assert_eq!(states(&not(&every)), ["false", "true", UNKNOWN, ERROR]);
        let table = [
            ("true", STATES, ["true"; 4]),
            ("false", ["false"; 4], STATES),
            (
                UNKNOWN,
                [UNKNOWN, "false", UNKNOWN, UNKNOWN],
                ["true", UNKNOWN, UNKNOWN, UNKNOWN],
            ),
            (
                ERROR,
                [ERROR, "false", UNKNOWN, ERROR],
                ["true", ERROR, UNKNOWN, ERROR],
            ),
        ];
        for (state, conjunction, disjunction) in table {
            let left = column([state; 4]);
            assert_eq!(states(&and(&left, &every)), conjunction, "{state} &&");
            assert_eq!(states(&and(&every, &left)), conjunction, "&& {state}");
            assert_eq!(states(&or(&left, &every)), disjunction, "{state} ||");
            assert_eq!(states(&or(&every, &left)), disjunction, "|| {state}");
        }
    }

    #[test]
    fn conditions_choose_their_branch() {
        let every = column(STATES);
        let yes = column(["true"; 4]);
        let chosen = |condition: &str, no: &Values<'static>, certain: bool| {
            states(&conditional(&column([condition; 4]), &yes, no, certain))
        };
        assert_eq!(chosen("true", &every, true), ["true"; 4]);
        assert_eq!(chosen("false", &every, true), STATES);
        assert_eq!(chosen(ERROR, &every, true), [ERROR; 4]);
        let open = ["true", UNKNOWN, UNKNOWN, UNKNOWN];
        assert_eq!(chosen(UNKNOWN, &every, true), open);
        assert_eq!(chosen(UNKNOWN, &every, false), [UNKNOWN; 4]);
    }

    #[test]
    fn one_unknown_operand_makes_a_strict_result_unknown() {
        let every = column(STATES);
        for (state, known, failed) in [
            ("true", vec![0, 1], vec![3]),
            (UNKNOWN, vec![], vec![]),
            (ERROR, vec![], vec![0, 1, 3]),
        ] {
            let (all, failures) = strict(&[&every, &column([state; 4])], 4);
            assert_eq!(all.iter().collect::<Vec<_>>(), known, "{state}");
            let rows = failures.map(|failures| failures.rows.iter().collect::<Vec<_>>());
            assert_eq!(rows.unwrap_or_default(), failed, "{state}");
        }
    }
}

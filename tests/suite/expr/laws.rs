//! What holds for every expression and every case.

use proptest::prelude::*;
use recharge_doctor::rules::expr::{Outcome, Program, Value, parse};

use super::support::{
    FACTS, Kind, Row, any_row, compile, expression, full_row, key_at, same, table,
};

fn any_expression() -> BoxedStrategy<String> {
    let kinds = vec![
        Kind::Bool,
        Kind::Bool,
        Kind::Bool,
        Kind::Int,
        Kind::Double,
        Kind::Text,
        Kind::Timestamp,
        Kind::Duration,
        Kind::Texts,
        Kind::Mixed,
    ];
    prop::sample::select(kinds)
        .prop_flat_map(|kind| expression(kind, 4))
        .boxed()
}

/// The case with its gaps filled from another one.
fn completed(row: &Row, from: &Row) -> Row {
    let cells = row.iter().zip(from);
    cells
        .map(|(own, other)| own.clone().or_else(|| other.clone()))
        .collect()
}

fn value(program: &Program, row: &Row) -> Option<Value> {
    let table = table(std::slice::from_ref(row));
    match program.eval_value(&table, 0) {
        Ok(Outcome::Known(value)) => Some(value),
        _ => None,
    }
}

/// Whether the source uses `has`, whose answer changes when a fact becomes known.
fn asks_what_is_known(source: &str) -> bool {
    source.contains("has(")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn an_answer_given_early_stays(
        source in any_expression(),
        row in any_row(0.5),
        others in prop::collection::vec(full_row(), 4),
    ) {
        prop_assume!(!asks_what_is_known(&source));
        let program = compile(&source);
        if let Some(early) = value(&program, &row) {
            for other in &others {
                let late = value(&program, &completed(&row, other));
                prop_assert!(
                    late.as_ref().is_some_and(|late| same(&early, late)),
                    "{source}: {early} became {late:?}"
                );
            }
        }
    }

    #[test]
    fn knowing_what_is_missing_settles_it(
        source in any_expression(),
        row in any_row(0.5),
        other in full_row(),
    ) {
        prop_assume!(!asks_what_is_known(&source));
        let program = compile(&source);
        let mut row = row;
        // Each round makes all missing facts known; the rounds end because there are so many facts.
        for _ in 0..=FACTS.len() {
            let table = table(std::slice::from_ref(&row));
            let missing = program.missing(&table, 0);
            let unknown = program.eval_value(&table, 0) == Ok(Outcome::Unknown);
            prop_assert_eq!(unknown, !missing.is_empty(), "{}", source);
            for key in missing {
                prop_assert!(row[key.index()].is_none());
                prop_assert!(program.facts().contains(&key));
                row[key.index()] = other[key.index()].clone();
            }
        }
        let table = table(std::slice::from_ref(&row));
        prop_assert!(program.eval_value(&table, 0) != Ok(Outcome::Unknown));
    }

    #[test]
    fn facts_that_are_not_read_change_nothing(
        source in any_expression(),
        row in any_row(0.5),
        other in any_row(0.5),
    ) {
        let program = compile(&source);
        let mut changed = other;
        for key in program.facts() {
            changed[key.index()] = row[key.index()].clone();
        }
        let (before, after) = (table(&[row]), table(&[changed]));
        let (before, after) = (program.eval_value(&before, 0), program.eval_value(&after, 0));
        prop_assert_eq!(format!("{before:?}"), format!("{after:?}"), "{}", source);
    }

    #[test]
    fn what_is_written_is_read_back(source in any_expression(), row in any_row(0.5)) {
        let tree = parse(&source).expect("a tree");
        let written = tree.to_string();
        prop_assert_eq!(parse(&written).expect("a tree"), tree, "{} {}", source, written);
        let table = table(&[row]);
        let before = compile(&source).eval_value(&table, 0);
        let after = compile(&written).eval_value(&table, 0);
        let shown = |outcome| format!("{outcome:?}");
        // Failures carry places, which differ.
        prop_assert_eq!(before.clone().map(shown).ok(), after.clone().map(shown).ok());
    }

    #[test]
    fn leaves_decide_conditions(
        source in expression(Kind::Bool, 4),
        rows in prop::collection::vec(any_row(0.7), 8),
    ) {
        let program = compile(&source);
        let table = table(&rows);
        let whole = program.eval_bool(&table);
        let leaves: Vec<_> = program
            .leaves()
            .iter()
            .map(|leaf| program.eval_leaf(leaf.id, &table))
            .collect();
        for a in 0..rows.len() {
            for b in 0..rows.len() {
                let same_leaves = leaves
                    .iter()
                    .all(|leaf| leaf.get(a).is_some() && leaf.get(a) == leaf.get(b));
                if same_leaves {
                    prop_assert_eq!(whole.get(a), whole.get(b), "{}", source);
                }
            }
        }
    }

    #[test]
    fn mutants_differ_in_one_place(source in expression(Kind::Bool, 3), row in any_row(0.8)) {
        let program = compile(&source);
        let table = table(&[row]);
        for mutant in program.mutants() {
            prop_assert!(source.get(mutant.span.clone()).is_some());
            prop_assert!(mutant.description.contains('`'));
            prop_assert_eq!(mutant.program.source(), program.source());
            let leaves = program.leaves().iter();
            let changed = leaves.filter(|leaf| {
                let before = program.eval_leaf(leaf.id, &table);
                before != mutant.program.eval_leaf(leaf.id, &table)
            });
            prop_assert!(changed.count() <= 1, "{} {}", source, mutant.description);
        }
    }

    #[test]
    fn only_the_columns_of_its_facts_are_needed(
        source in expression(Kind::Bool, 3),
        row in any_row(0.7),
    ) {
        let program = compile(&source);
        let all = table(&[row]);
        let some = all.row(0, program.facts());
        prop_assert_eq!(program.eval_bool(&all), program.eval_bool(&some));
    }
}

proptest! {
    // Each case compares up to 140 rows, and crosses the borders of words.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn many_rows_are_as_each_alone(
        source in expression(Kind::Bool, 4),
        rows in prop::collection::vec(any_row(0.8), 1..140),
    ) {
        let program = compile(&source);
        let all = table(&rows);
        let together = program.eval_bool(&all);
        for (at, row) in rows.iter().enumerate() {
            let alone = program.eval_bool(&table(std::slice::from_ref(row)));
            prop_assert_eq!(together.get(at), alone.get(0), "{} row {}", source, at);
            let value = match program.eval_value(&all, at) {
                Ok(Outcome::Known(Value::Bool(value))) => Some(value),
                _ => None,
            };
            prop_assert_eq!(together.get(at), value, "{} row {}", source, at);
            for leaf in program.leaves() {
                let many = program.eval_leaf(leaf.id, &all);
                let one = program.eval_leaf(leaf.id, &table(std::slice::from_ref(row)));
                prop_assert_eq!(many.get(at), one.get(0), "{} row {}", source, at);
            }
        }
        prop_assert!(together.truth.and_not(&together.known).is_none());
    }
}

#[test]
fn has_alone_may_change_its_answer() {
    let program = compile("has(b.p)");
    let none = table(&[vec![None; FACTS.len()]]);
    assert_eq!(program.eval_bool(&none).get(0), Some(false));
    assert_eq!(program.facts(), [key_at(0)]);
    assert!(program.missing(&none, 0).is_empty());
}

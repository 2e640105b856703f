//! What the rule tester and the explainer ask of a program.

use recharge_doctor::facts::FactValue;
use recharge_doctor::rules::expr::{Scope, compile as compile_in};

use super::support::{Catalogue, compile, name_of, row, table};

fn leaves(source: &str) -> Vec<String> {
    let program = compile(source);
    let texts = program.leaves().iter().map(|leaf| {
        assert_eq!(source.get(leaf.span.clone()), Some(leaf.text.as_str()));
        leaf.text.clone()
    });
    texts.collect()
}

#[test]
fn leaves_are_what_logic_joins() {
    let table: [(&str, &[&str]); 11] = [
        ("b.p", &["b.p"]),
        ("!b.p", &["b.p"]),
        (
            "b.p && (i.a > 1 || !(i.b == 2))",
            &["b.p", "i.a > 1", "i.b == 2"],
        ),
        ("b.p ? i.a > 1 : has(s.a)", &["b.p", "i.a > 1", "has(s.a)"]),
        ("(b.p ? 1 : 2) == 1", &["(b.p ? 1 : 2) == 1"]),
        ("(b.p && b.q) == true", &["(b.p && b.q) == true"]),
        ("true && b.p || 1 == 2", &["b.p"]),
        ("true", &[]),
        ("i.a + 1", &[]),
        (
            "i.a in [1] && s.a.contains('x')",
            &["i.a in [1]", "s.a.contains('x')"],
        ),
        ("b.p ? 1 : 2", &[]),
    ];
    for (source, wanted) in table {
        assert_eq!(leaves(source), wanted, "{source}");
    }
    let known: Vec<bool> = compile("has(s.a) && b.p && (has(b.q) == b.q)")
        .leaves()
        .iter()
        .map(|leaf| leaf.can_be_unknown)
        .collect();
    assert_eq!(known, [false, true, true]);
}

#[test]
fn leaves_are_evaluated_alone() {
    let program = compile("b.p && i.a > 1 && b.q");
    let table = table(&[
        row(&[("b.p", FactValue::Bool(false)), ("i.a", FactValue::Int(2))]),
        row(&[("b.p", FactValue::Bool(true)), ("i.a", FactValue::Int(1))]),
    ]);
    let leaf = |leaf: usize, row: usize| program.eval_leaf(leaf, &table).get(row);
    assert_eq!([leaf(0, 0), leaf(0, 1)], [Some(false), Some(true)]);
    assert_eq!([leaf(1, 0), leaf(1, 1)], [Some(true), Some(false)]);
    assert_eq!([leaf(2, 0), leaf(2, 1)], [None, None]);
    assert_eq!(leaf(3, 0), None);
}

#[test]
fn missing_facts_are_those_that_matter() {
    let yes = ("b.p", FactValue::Bool(true));
    let no = ("b.p", FactValue::Bool(false));
    type Given = Vec<(&'static str, FactValue)>;
    let table_of: [(&str, Given, &[&str]); 14] = [
        ("b.p && i.a > 1", vec![], &["b.p", "i.a"]),
        ("b.p && i.a > 1", vec![yes.clone()], &["i.a"]),
        ("b.p && i.a > 1", vec![no.clone()], &[]),
        ("i.a > 1 && b.p", vec![no.clone()], &[]),
        ("b.p || i.a > 1", vec![yes.clone()], &[]),
        ("b.p && i.a > 1 || i.b > 1", vec![no.clone()], &["i.b"]),
        ("b.p ? i.a : i.b", vec![yes.clone()], &["i.a"]),
        ("b.p ? i.a : i.b", vec![no.clone()], &["i.b"]),
        ("b.p ? i.a : i.b", vec![], &["b.p", "i.a", "i.b"]),
        ("b.p ? i.a : 1", vec![], &["b.p", "i.a"]),
        ("has(i.a) && i.a > 1", vec![], &[]),
        ("has(i.a) || i.b > i.a", vec![], &["i.a", "i.b"]),
        ("i.a in [1, i.b] || 1 in [i.b, 1]", vec![], &[]),
        ("9223372036854775807 + 1 > 0 && b.p", vec![], &["b.p"]),
    ];
    for (source, given, wanted) in table_of {
        let program = compile(source);
        let missing = program.missing(&table(&[row(&[]), row(&given)]), 1);
        let names: Vec<&str> = missing.into_iter().map(name_of).collect();
        assert_eq!(names, wanted, "{source} {given:?}");
    }
}

#[test]
fn mutants_cover_every_comparison() {
    let described = |source: &str| -> Vec<String> {
        let program = compile(source);
        let mutants = program.mutants();
        mutants
            .map(|mutant| match mutant.boundary {
                true => format!("{} (boundary)", mutant.description),
                false => mutant.description,
            })
            .collect()
    };
    let table: [(&str, &[&str]); 11] = [
        (
            "(b.p ? 1 : 2) == 1",
            &["`b.p` turned round", "`(b.p ? 1 : 2) == 1` with `!=`"],
        ),
        ("i.a == 1", &["`i.a == 1` with `!=`"]),
        (
            "i.a < 1",
            &["`i.a < 1` with `>=`", "`i.a < 1` with `<=` (boundary)"],
        ),
        (
            "i.a >= 1",
            &["`i.a >= 1` with `<`", "`i.a >= 1` with `>` (boundary)"],
        ),
        ("!b.p || b.q", &["`b.p` turned round", "`b.q` turned round"]),
        ("i.a in [1, i.b]", &["`i.a in [1, i.b]` turned round"]),
        ("i.a in [1, 2]", &["`i.a in [1, 2]` turned round"]),
        ("has(b.p)", &["`has(b.p)` turned round"]),
        ("s.a.contains('x')", &["`s.a.contains('x')` turned round"]),
        ("b.p == b.q", &["`b.p == b.q` with `!=`"]),
        (
            "1 == 2 || i.a + 1 > 2",
            &[
                "`i.a + 1 > 2` with `<=`",
                "`i.a + 1 > 2` with `>=` (boundary)",
            ],
        ),
    ];
    for (source, wanted) in table {
        assert_eq!(described(source), wanted, "{source}");
    }
}

#[test]
fn mutants_answer_the_opposite() {
    let given = row(&[
        ("b.p", FactValue::Bool(true)),
        ("i.a", FactValue::Int(1)),
        ("s.a", FactValue::text("ax")),
        ("e.channel", FactValue::text("alipay")),
        ("l.tags", FactValue::list(["a"])),
    ]);
    let table = table(&[given, row(&[])]);
    for source in [
        "b.p",
        "i.a == 1",
        "i.a <= 1",
        "i.a in [1, 2]",
        "i.a in [i.a]",
        "e.channel in ['alipay']",
        "'a' in l.tags",
        "s.a.matches('x$')",
        "s.a.startsWith('a')",
        "e.channel == 'alipay'",
        "e.channel < 'b' && true",
        "!(i.a > 1)",
        "b.p ? i.a == 1 : i.a == 2",
    ] {
        let program = compile(source);
        assert_eq!(program.eval_bool(&table).get(0), Some(true), "{source}");
        let mutant = program.mutants().next().expect(source);
        let found = mutant.program.eval_bool(&table);
        assert_eq!(found.get(0), Some(false), "{}", mutant.description);
        assert_eq!(found.get(1), None, "{}", mutant.description);
    }
}

#[test]
fn boundary_mutants_differ_at_the_boundary_alone() {
    let rows: Vec<_> = [0, 1, 2]
        .map(|value| row(&[("i.a", FactValue::Int(value))]))
        .to_vec();
    let table = table(&rows);
    let program = compile("i.a < 1");
    let boundary = program.mutants().find(|mutant| mutant.boundary);
    let boundary = boundary.expect("a boundary mutant").program;
    let answers = |program: &recharge_doctor::rules::expr::Program| -> Vec<Option<bool>> {
        let found = program.eval_bool(&table);
        (0..3).map(|row| found.get(row)).collect()
    };
    assert_eq!(answers(&program), [Some(true), Some(false), Some(false)]);
    assert_eq!(answers(&boundary), [Some(true), Some(true), Some(false)]);
}

#[test]
fn programs_tell_what_they_are() {
    let program = compile("i.b > i.a && has(s.a) && i.b < 9");
    let names: Vec<&str> = program.facts().iter().map(|key| name_of(*key)).collect();
    assert_eq!(names, ["i.b", "i.a", "s.a"]);
    assert_eq!(program.source(), "i.b > i.a && has(s.a) && i.b < 9");
    assert!(program.is_condition());
    for (source, kind) in [
        ("1", "int"),
        ("1.5", "double"),
        ("''", "string"),
        ("b.p", "bool"),
        ("t.at", "timestamp"),
        ("t.at - t.to", "duration"),
        ("[1, 'a']", "list(dyn)"),
        ("[[i.a]]", "list(list(int))"),
    ] {
        assert_eq!(compile(source).type_name(), kind, "{source}");
    }
    assert_eq!(compile("1").eval_bool(&table(&[row(&[])])).get(0), None);
}

#[test]
fn right_operands_are_passed_over_only_where_nothing_is_left_to_decide() {
    let (no, yes) = (FactValue::Bool(false), FactValue::Bool(true));
    let rows = [
        row(&[("b.p", no.clone())]),
        row(&[("b.q", no.clone())]),
        row(&[("b.q", yes.clone())]),
        row(&[("b.p", yes.clone())]),
    ];
    let answers = |source: &str, rows: &[_]| -> Vec<Option<bool>> {
        let found = compile(source).eval_bool(&table(rows));
        (0..rows.len()).map(|row| found.get(row)).collect()
    };
    let (no, yes) = (Some(false), Some(true));
    assert_eq!(answers("b.p && b.q", &rows[..3]), [no, no, None]);
    assert_eq!(answers("b.p || b.q", &rows[1..]), [None, yes, yes]);
    assert_eq!(answers("b.p && b.q && b.p", &rows[..1]), [no]);
    assert_eq!(answers("b.p || b.q || b.p", &rows[3..]), [yes]);
    assert_eq!(answers("(b.p && b.q) || has(b.p)", &rows[..1]), [yes]);
    assert_eq!(answers("(b.p || b.q) && !has(b.p)", &rows[3..]), [no]);
}

#[test]
fn this_is_a_text_constant() {
    let scope = Scope::new(&Catalogue).with_this("daily-limit");
    let program = compile_in("this in l.tags || s.a == this + '!'", &scope).expect("a program");
    let table = table(&[
        row(&[("l.tags", FactValue::list(["x", "daily-limit"]))]),
        row(&[
            ("l.tags", FactValue::list([])),
            ("s.a", FactValue::text("daily-limit!")),
        ]),
        row(&[
            ("l.tags", FactValue::list([])),
            ("s.a", FactValue::text("daily-limit")),
        ]),
    ]);
    let found = program.eval_bool(&table);
    assert_eq!(
        [0, 1, 2].map(|row| found.get(row)),
        [Some(true), Some(true), Some(false)]
    );
    let names: Vec<&str> = program.facts().iter().map(|key| name_of(*key)).collect();
    assert_eq!(names, ["l.tags", "s.a"]);
}

#[test]
fn failures_count_as_unknown_in_batches_and_tell_their_place() {
    let source = "b.p || i.a * 2 > 0";
    let program = compile(source);
    let table = table(&[
        row(&[
            ("b.p", FactValue::Bool(false)),
            ("i.a", FactValue::Int(i64::MAX)),
        ]),
        row(&[
            ("b.p", FactValue::Bool(true)),
            ("i.a", FactValue::Int(i64::MAX)),
        ]),
        row(&[("b.p", FactValue::Bool(false)), ("i.a", FactValue::Int(1))]),
    ]);
    let found = program.eval_bool(&table);
    assert_eq!(
        [0, 1, 2].map(|row| found.get(row)),
        [None, Some(true), Some(true)]
    );
    let error = program.eval_value(&table, 0).expect_err("an overflow");
    assert_eq!(&source[error.span], "i.a * 2");
    assert!(program.missing(&table, 0).is_empty());
}

//! Answers where facts are missing.

use recharge_doctor::facts::FactValue;

use super::support::{row, shown};

#[test]
fn unknown_facts_make_results_unknown() {
    let yes = ("b.p", FactValue::Bool(true));
    let no = ("b.p", FactValue::Bool(false));
    let one = ("i.a", FactValue::Int(1));
    let table = [
        ("b.p", vec![], "unknown"),
        ("!b.p", vec![], "unknown"),
        ("b.q && b.p", vec![no.clone()], "false"),
        ("b.p && b.q", vec![yes.clone()], "unknown"),
        ("b.q || b.p", vec![yes.clone()], "true"),
        ("b.p || b.q", vec![no.clone()], "unknown"),
        ("b.p == b.p", vec![], "unknown"),
        ("i.a == 1", vec![], "unknown"),
        ("i.a + i.b == 1", vec![one.clone()], "unknown"),
        ("has(i.a)", vec![], "false"),
        ("has(i.a)", vec![one.clone()], "true"),
        ("has(i.a) && i.a > 0", vec![], "false"),
        ("has(i.a) ? i.a : 0", vec![], "0"),
        ("i.a in []", vec![], "false"),
        ("i.a in [1]", vec![], "unknown"),
        ("1 in [i.a, 1]", vec![], "true"),
        ("1 in [i.a, 2]", vec![], "unknown"),
        ("i.a in [i.b, 1]", vec![one.clone()], "true"),
        ("i.a in [i.b, 2]", vec![one.clone()], "unknown"),
        ("[i.a] == [1]", vec![], "unknown"),
        ("size([i.a])", vec![], "unknown"),
        ("'a' in l.tags", vec![], "unknown"),
        ("b.p ? 1 : 1", vec![], "1"),
        ("b.p ? 1 : 2", vec![], "unknown"),
        ("b.p ? i.a : 1", vec![one.clone()], "1"),
        ("b.p ? i.a : 1", vec![], "unknown"),
        ("b.p ? i.a : i.b", vec![yes.clone(), one.clone()], "1"),
        ("b.p ? i.b : i.a", vec![yes.clone(), one.clone()], "unknown"),
        ("b.p ? true : b.q", vec![no], "unknown"),
        ("s.a.contains('')", vec![], "unknown"),
        (
            "s.a + s.b == 'ab'",
            vec![("s.a", FactValue::text("b"))],
            "unknown",
        ),
    ];
    for (source, given, value) in table {
        assert_eq!(shown(source, row(&given)), value, "{source} {given:?}");
    }
}

#[test]
fn what_could_still_fail_is_not_passed_over() {
    let table = [
        // Overflow is possible once `i.a` is known, so nothing can be promised.
        ("i.a + 9223372036854775807 > 0 ? 1 : 1", "unknown"),
        ("1 in [1, i.a + 1]", "unknown"),
        ("i.a + 1 in []", "unknown"),
        ("n.x * 2.0 > 1.0 ? 1 : 1", "unknown"),
        ("n.x > 1.0 ? 1 : 1", "1"),
        ("-n.x * 2.0 == 1.0 ? 1 : 1", "1"),
        // Unknown beats an error that may turn out not to matter …
        ("b.p && 9223372036854775807 + 1 > 0", "unknown"),
        ("9223372036854775807 + 1 > 0 || b.p", "unknown"),
        ("i.a == 9223372036854775807 + 1", "unknown"),
        ("b.p ? 9223372036854775807 + 1 : 1", "unknown"),
        // … and what decides is an answer whatever happens.
        ("false && i.a + 1 > 0", "false"),
    ];
    for (source, value) in table {
        assert_eq!(shown(source, row(&[])), value, "{source}");
    }
}

//! The language definition of CEL, section by section, for the subset.

use recharge_doctor::facts::FactValue;

use super::support::{constant, row, shown};

fn all(table: &[(&str, &str)]) {
    for (source, value) in table {
        assert_eq!(constant(source), *value, "{source}");
    }
}

fn all_true(sources: &[&str]) {
    for source in sources {
        assert_eq!(constant(source), "true", "{source}");
    }
}

const UNORDERED: &str = "error: not a number: NaN has no order";
const INT_OVERFLOW: &str = "error: integer overflow: the result does not fit into 64 bits";
const TIMESTAMP_RANGE: &str =
    "error: timestamp out of range: it must lie in the years 0001 to 9999";
const DURATION_RANGE: &str = "error: duration out of range: it must be shorter than 292 years";

#[test]
fn literals_stand_for_themselves() {
    all(&[
        ("true", "true"),
        ("0", "0"),
        ("-1", "-1"),
        ("0x55", "85"),
        ("-0x55", "-85"),
        ("007", "7"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("1.5", "1.5"),
        ("-.5e1", "-5.0"),
        ("1E2", "100.0"),
        ("''", "\"\""),
        ("\"充值\"", "\"充值\""),
        ("r'\\n'", "\"\\\\n\""),
        ("'''a\nb'''", "\"a\\nb\""),
        ("'\\U0001F431'", "\"🐱\""),
        ("'\\303\\277'", "\"Ã¿\""),
        ("[]", "[]"),
        ("[1, 'a', [true], 2.5]", "[1,\"a\",[true],2.5]"),
        (
            "timestamp('2009-02-13T23:31:30.10Z')",
            "\"2009-02-13T23:31:30.1Z\"",
        ),
        (
            "timestamp('2009-02-14T07:31:30+08:00')",
            "\"2009-02-13T23:31:30Z\"",
        ),
        ("duration('1h1ms')", "\"3600.001s\""),
    ]);
}

#[test]
fn equality_is_by_value_and_within_a_type() {
    all_true(&[
        "1 == 1",
        "!(-1 == 1)",
        "1.0 == 1.0e+0",
        "0.0 == -0.0",
        "'' == \"\"",
        "'abc' == r'abc'",
        "'abc' != 'ABC'",
        "'\\u00e9' != 'e\\u0301'",
        "true != false",
        "[] == []",
        "[1, 2] == [1, 2]",
        "[1, 2] != [2, 1]",
        "[1] != []",
        "[[1], []] == [[1], []]",
        "[1, 'a'] == [1, 'a']",
        "[1, 'a'] == [1.0, 'a']",
        "[1, 'a'] != [1, 2]",
        "timestamp('2026-01-01T00:00:00Z') == timestamp('2026-01-01T08:00:00+08:00')",
        "duration('60s') == duration('1m')",
        "1e308 * 10.0 == 1e308 * 10.0",
        "1e308 * 10.0 - 1e308 * 10.0 != 1e308 * 10.0 - 1e308 * 10.0",
        "[1e308 * 10.0 - 1e308 * 10.0] != [1e308 * 10.0 - 1e308 * 10.0]",
    ]);
}

#[test]
fn order_is_that_of_the_type() {
    all_true(&[
        "-1 < 0",
        "!(0 < 0)",
        "0 <= 0",
        "1 >= 1",
        "42 > -42",
        "1.0 < 1.0000001",
        "!(-0.0 < 0.0)",
        "false < true",
        "true >= true",
        "!(true < false)",
        "'a' < 'b'",
        "'Abc' < 'aBC'",
        "'abc' < 'abcd'",
        "'a' < 'á'",
        "'\\uffff' < '\\U00010000'",
        "!('' < '')",
        "timestamp('2026-01-01T00:00:00Z') < timestamp('2026-01-01T00:00:00.000000001Z')",
        "duration('-1s') < duration('0')",
        "1 < 2 == true",
    ]);
}

#[test]
fn membership_is_by_equality() {
    all_true(&[
        "1 in [3, 1]",
        "!(2 in [3, 1])",
        "!(1 in [])",
        "'a' in ['b', 'a']",
        "[1] in [[2], [1]]",
        "1 in [1.0, 'a']",
        "1.0 in ['a', 1]",
        "!(1.5 in ['a', 1])",
        "!(9007199254740993 in [9007199254740992.0, 'a'])",
        "'a' in [1, 'a']",
        "!('1' in [1, true])",
        "!(1e308 * 10.0 - 1e308 * 10.0 in [1e308 * 10.0 - 1e308 * 10.0])",
        "true in [1 in [1]]",
    ]);
}

#[test]
fn what_decides_absorbs_errors() {
    let error = "9223372036854775807 + 1 > 0";
    for (source, value) in [
        (format!("false && {error}"), "false"),
        (format!("{error} && false"), "false"),
        (format!("true || {error}"), "true"),
        (format!("{error} || true"), "true"),
        (format!("true && {error}"), INT_OVERFLOW),
        (format!("{error} && true"), INT_OVERFLOW),
        (format!("false || {error}"), INT_OVERFLOW),
        (format!("{error} || {error}"), INT_OVERFLOW),
        (format!("!({error})"), INT_OVERFLOW),
        (format!("true ? 1 : ({error} ? 2 : 3)"), "1"),
        (format!("false ? 1 : ({error} ? 2 : 3)"), INT_OVERFLOW),
        (format!("{error} ? 1 : 1"), INT_OVERFLOW),
        (format!("({error}) == ({error})"), INT_OVERFLOW),
        (format!("true in [true, {error}]"), INT_OVERFLOW),
        (format!("({error}) in []"), INT_OVERFLOW),
        (format!("size([{error}])"), INT_OVERFLOW),
    ] {
        assert_eq!(constant(&source), value, "{source}");
    }
}

#[test]
fn logic_over_known_values() {
    all(&[
        ("true && false || true", "true"),
        ("false || false", "false"),
        ("!!!false", "true"),
        ("true ? 'a' : 'b'", "\"a\""),
        ("false ? 1 : true ? 2 : 3", "2"),
        ("(true ? false : true) ? 1 : 2", "2"),
    ]);
}

#[test]
fn whole_numbers_do_not_wrap() {
    all(&[
        ("4 + -9", "-5"),
        ("42 - 99", "-57"),
        ("-3 * 7", "-21"),
        ("2 + 3 * 4 - 5", "9"),
        ("-(5)", "-5"),
        ("--5", "5"),
        ("9223372036854775807 + 1", INT_OVERFLOW),
        ("-9223372036854775808 - 1", INT_OVERFLOW),
        ("5000000000 * 5000000000", INT_OVERFLOW),
        ("-9223372036854775808 * -1", INT_OVERFLOW),
        ("-(-9223372036854775808)", INT_OVERFLOW),
        ("9223372036854775807 * 1 - 0", "9223372036854775807"),
    ]);
}

#[test]
fn other_numbers_follow_ieee() {
    all(&[
        ("4.25 + 15.25", "19.5"),
        ("42.875 - (-22.0)", "64.875"),
        ("40.75 * (-2.25)", "-91.6875"),
        ("-(0.0)", "-0.0"),
        ("-(-1.25)", "1.25"),
        ("2.0 * 8.988466e+307", "\"Infinity\""),
        ("2.0 * -8.988466e+307 * 10.0", "\"-Infinity\""),
        ("0.0 * (1e308 * 10.0)", "\"NaN\""),
        ("0.0 * (1e308 * 10.0) < 1.0", UNORDERED),
        ("1.0 >= 0.0 * (1e308 * 10.0)", UNORDERED),
        ("1.0 < 1e308 * 10.0", "true"),
        ("1e-324", "0.0"),
    ]);
}

#[test]
fn texts_are_sequences_of_code_points() {
    all(&[
        ("size('')", "0"),
        ("'πέντε'.size()", "5"),
        ("size('\\U0001F431')", "1"),
        ("'he' + 'llo' + ''", "\"hello\""),
    ]);
    all_true(&[
        "'foobar'.startsWith('foo')",
        "!'foobar'.startsWith('bar')",
        "''.startsWith('')",
        "!''.endsWith('foo')",
        "'forté'.endsWith('té')",
        "'abababc'.contains('ababc')",
        "'Straße'.contains('aß')",
        "!'hello'.contains('ol')",
        "'hubba'.matches('ubb')",
        "matches('hubba', 'ubb')",
        "''.matches('')",
        "!''.matches('foo|bar')",
        "'mañana'.matches('a+ñ+a+')",
        "!'xabc'.matches('^abc$')",
        "'充值失败'.matches('值.败')",
        "'a' in ['a'] ? true : false",
    ]);
}

#[test]
fn times_stay_in_their_range() {
    all(&[
        (
            "timestamp('2009-02-13T23:00:00Z') + duration('240s')",
            "\"2009-02-13T23:04:00Z\"",
        ),
        (
            "duration('120s') + timestamp('2009-02-13T23:01:00Z')",
            "\"2009-02-13T23:03:00Z\"",
        ),
        ("duration('600s') + duration('50s')", "\"650s\""),
        (
            "timestamp('0001-01-01T00:00:01.000000001Z') + duration('-999999999ns')",
            "\"0001-01-01T00:00:00.000000002Z\"",
        ),
        (
            "timestamp('2009-02-13T23:10:00Z') - duration('600s')",
            "\"2009-02-13T23:00:00Z\"",
        ),
        (
            "timestamp('2009-02-13T23:31:00Z') - timestamp('2009-02-13T23:29:00Z')",
            "\"120s\"",
        ),
        ("duration('900s') - duration('42s')", "\"858s\""),
        (
            "timestamp('0001-01-01T00:00:00Z') + duration('-1ns')",
            TIMESTAMP_RANGE,
        ),
        (
            "timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')",
            TIMESTAMP_RANGE,
        ),
        (
            "timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')",
            DURATION_RANGE,
        ),
        ("duration('9223372036s') + duration('1s')", DURATION_RANGE),
        ("duration('-9223372036s') - duration('1s')", DURATION_RANGE),
    ]);
}

#[test]
fn lists_are_joined_in_order() {
    all(&[
        ("[0, 1] + [2]", "[0,1,2]"),
        ("[] + [] + [1]", "[1]"),
        ("size([1, [2, 3]])", "2"),
        ("[[[[[[[[[[[[0]]]]]]]]]]]].size()", "1"),
        ("size([] + [])", "0"),
    ]);
}

#[test]
fn facts_have_the_types_of_the_catalogue() {
    let given = row(&[
        ("m.fen", FactValue::Money("500.00".parse().expect("money"))),
        (
            "t.at",
            FactValue::Time("2026-11-20T23:58:00.5+08:00".parse().expect("a time")),
        ),
        ("l.tags", FactValue::list(["a", "b"])),
        ("e.channel", FactValue::text("alipay")),
        ("n.x", FactValue::Number(0.5)),
        ("text", FactValue::text("充值失败")),
    ]);
    let table = [
        ("m.fen", "50000"),
        ("m.fen * 2 >= 100000", "true"),
        ("t.at", "\"2026-11-20T15:58:00.5Z\""),
        ("t.at + duration('500ms')", "\"2026-11-20T15:58:01Z\""),
        (
            "t.at - timestamp('2026-11-20T15:58:00Z') > duration('499ms')",
            "true",
        ),
        ("t.at > timestamp('2026-11-20T15:58:00.499999999Z')", "true"),
        ("t.at == timestamp('2026-11-20T15:58:00.5Z')", "true"),
        ("'b' in l.tags && size(l.tags) == 2", "true"),
        ("l.tags + ['c'] == ['a', 'b', 'c']", "true"),
        ("e.channel in ['wechat', 'alipay']", "true"),
        ("e.channel.startsWith('ali')", "true"),
        ("-n.x * 2.0", "-1.0"),
        (
            "text.contains('失败') && text.size() == 4 && has(text)",
            "true",
        ),
    ];
    for (source, value) in table {
        assert_eq!(shown(source, given.clone()), value, "{source}");
    }
}

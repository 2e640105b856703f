//! What is wrong with a condition is said at once and in full.

use super::support::mistakes;

#[test]
fn mistakes_in_types_are_all_reported() {
    let table: [(&str, &[&str]); 31] = [
        (
            "1 + 1.0",
            &["`+` does not take int and double | there is no conversion"],
        ),
        (
            "1 == 1.0",
            &["`==` does not take int and double | there is no conversion"],
        ),
        (
            "1 < 1.5",
            &["`<` does not take int and double | there is no conversion"],
        ),
        ("1 in [1.0]", &["`in` does not take int and list(double)"]),
        (
            "[1] == ['a']",
            &["`==` does not take list(int) and list(string)"],
        ),
        (
            "[1] + ['a']",
            &["`+` does not take list(int) and list(string)"],
        ),
        ("'a' - 'b'", &["`-` does not take string and string"]),
        ("true + true", &["`+` does not take bool and bool"]),
        ("[1] < [2]", &["`<` does not take list(int) and list(int)"]),
        ("1 && true", &["expected bool for `&&`, found int"]),
        (
            "'a' || 1",
            &[
                "expected bool for `||`, found string",
                "expected bool for `||`, found int",
            ],
        ),
        ("!1", &["expected bool for `!`, found int"]),
        ("-'a'", &["expected int or double for `-`, found string"]),
        (
            "-duration('1s')",
            &["expected int or double for `-`, found duration"],
        ),
        (
            "1 ? 2 : 3",
            &["expected bool for the condition of `? :`, found int"],
        ),
        ("true ? 1 : 'a'", &["`? :` does not take int and string"]),
        ("1 in 2", &["`in` does not take int and int"]),
        ("size(1)", &["expected string for `size()`, found int"]),
        ("1.size()", &["expected string for `size()`, found int"]),
        (
            "'a'.startsWith(1)",
            &["expected string for `startsWith()`, found int"],
        ),
        (
            "'a'.contains()",
            &["expected 1 argument for `contains()`, found 0"],
        ),
        (
            "size('a', 'b')",
            &["expected 1 argument for `size()`, found 2"],
        ),
        (
            "'a'.size('b')",
            &["expected 0 arguments for `size()`, found 1"],
        ),
        ("timestamp(1)", &["not supported: `timestamp()` of int"]),
        (
            "timestamp('x') + timestamp('y')",
            &[
                "expected a time of RFC 3339",
                "`+` does not take timestamp and timestamp",
                "expected a time of RFC 3339",
            ],
        ),
        (
            "duration('1d')",
            &["expected a duration of less than 292 years, found `1d` | write"],
        ),
        (
            "'a'.matches('(')",
            &["expected a regular expression, found: unclosed group"],
        ),
        (
            "s.a.matches(s.b)",
            &["not supported: a pattern that is not a constant"],
        ),
        (
            "timestamp(s.a)",
            &["not supported: `timestamp()` of what is not a constant"],
        ),
        (
            "duration(duration('1s')) == bool",
            &[
                "not supported: `duration()` of duration",
                "not supported: the type `bool` as a value",
            ],
        ),
        (
            "t.at - 1 > 2 || 1 == '' || i.c",
            &[
                "`-` does not take timestamp and int",
                "`==` does not take int and string",
                "unknown fact `i.c`",
            ],
        ),
    ];
    for (source, wanted) in table {
        let mut found = mistakes(source);
        // One place may have several mistakes, whose order has no meaning.
        found.sort();
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        assert_eq!(found.len(), wanted.len(), "{source}: {found:#?}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(found.starts_with(wanted), "{source}: {found}");
        }
    }
}

#[test]
fn names_are_those_of_the_catalogue() {
    let table = [
        ("b.pp", "unknown fact `b.pp` | did you mean `b.p`?"),
        (
            "e.chanel == 'alipay'",
            "unknown fact `e.chanel` | did you mean `e.channel`?",
        ),
        (
            "zzz.completely.different",
            "unknown fact `zzz.completely.different`",
        ),
        (
            "has(e.chanel)",
            "unknown fact `e.chanel` | did you mean `e.channel`?",
        ),
        (
            "b.p.q",
            "unknown fact `b.p.q` | `b.p` is a value and has no part `q`",
        ),
        (
            "this == 'a'",
            "unknown fact `this` | `this` has a meaning only where a signal is used by a cause",
        ),
        ("has(this)", "unknown fact `this`"),
        (
            "e.channel == 'alipai'",
            "`e.channel` is never `alipai` | did you mean `alipay`?",
        ),
        (
            "'wechat pay' != e.channel",
            "`e.channel` is never `wechat pay` | it is one of: alipay, wechat, bank-card",
        ),
        (
            "e.channel in ['alipay', 'bankcard']",
            "`e.channel` is never `bankcard` | did you mean `bank-card`?",
        ),
    ];
    for (source, message) in table {
        assert_eq!(mistakes(source), [message], "{source}");
    }
}

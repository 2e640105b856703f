//! Case files with one mistake each.

use crate::support::{diagnose_case, has};

/// A case, the place of the mistake, what the message says, and its help.
const WRONG_CASES: &[(&str, &str, &str, &str)] = &[
    (
        r#"{"order":{"amuont":"5"}}"#,
        "line 1, column 18",
        "expected a key of the fact catalogue, found `order.amuont`",
        "did you mean `order.amount`?",
    ),
    (
        "{\n  \"amount\": \"5\"\n}",
        "line 2, column 10",
        "found `amount`",
        "did you mean `order.amount`?",
    ),
    (
        r#"{"zzzz":1}"#,
        "line 1, column 7",
        "found `zzzz`",
        "`recharge-doctor facts` lists all keys",
    ),
    (
        r#"{"code":{"high":"single-limit"}}"#,
        "line 1, column",
        "found `code`",
        "did you mean `error.code`?",
    ),
    (
        r#"{"code.high":"single-limit"}"#,
        "line 1, column",
        "found `code.high`, which is worked out",
        "give error.code",
    ),
    (
        r#"{"order":{"amount":true}}"#,
        "line 1, column 23: order.amount",
        "expected an amount in yuan of at least 0 such as \"500.00\", found true",
        "json-schema",
    ),
    (
        r#"{"order":{"amount":["5"]}}"#,
        "order.amount",
        "found a list",
        "json-schema",
    ),
    (
        r#"{"order":{"amount":{"cny":5}}}"#,
        "order.amount",
        "found an object",
        "json-schema",
    ),
    (
        r#"{"payment":{"debit_count":1.5}}"#,
        "payment.debit_count",
        "expected a whole number of at least 0, found the number 1.5",
        "json-schema",
    ),
    (
        r#"{"payment":{"debit_count":-4}}"#,
        "payment.debit_count",
        "expected a whole number of at least 0, found -4",
        "`recharge-doctor facts`",
    ),
    (
        r#"{"payment":{"debited":"perhaps"}}"#,
        "payment.debited",
        "expected yes or no (true or false), found `perhaps`",
        "`recharge-doctor facts`",
    ),
    (
        r#"{"order":{"id":12345678901234567890123}}"#,
        "order.id",
        "expected a text, found the number",
        "json-schema",
    ),
    (
        r#"{"order":{"status":"payed"}}"#,
        "line 1, column 26: order.status",
        "expected one of created, paying, paid",
        "`recharge-doctor facts`",
    ),
    (
        r#"{"payment":{"channel":"alipai"}}"#,
        "payment.channel",
        "found `alipai`",
        "did you mean `alipay`?",
    ),
    (
        r#"{"order":{"amount":"abc"}}"#,
        "order.amount",
        "expected an amount in yuan such as 500.00, found `abc`",
        "give yuan, with at most two decimals",
    ),
    (
        r#"{"order":{"amount":5.001}}"#,
        "order.amount",
        "expected at most two decimals (1/100 yuan), found `5.001`",
        "give yuan, with at most two decimals",
    ),
    (
        r#"{"order":{"amount":1e300}}"#,
        "order.amount",
        "expected an amount below",
        "write large amounts as texts",
    ),
    (
        r#"{"order":{"created_at":"yesterday"}}"#,
        "order.created_at",
        "expected a time such as 2026-11-20T23:58:00+08:00, found `yesterday`",
        "give date, time and zone",
    ),
    (
        r#"{"order":{"created_at":"2026-02-30 10:00"}}"#,
        "order.created_at",
        "found `2026-02-30 10:00`",
        "give date, time and zone",
    ),
    (
        "{\"order\":{\"amount\":\"5\"},\n\"order.amount\":\"5\"}",
        "line 2, column 14",
        "expected each fact once, found `order.amount` twice",
        "leave only one of the two",
    ),
    (
        r#"{"order":{"amount":null},"order":{"amount":"5"}}"#,
        "line 1, column",
        "found `order.amount` twice",
        "leave only one of the two",
    ),
    (
        r#"{"case":"a","case":"b"}"#,
        "line 1, column 18",
        "expected `case` once, found it twice",
        "leave only one of the two",
    ),
    (
        r#"{"case":{"now":"2026-12-10 10:00"}}"#,
        "line 1, column 9",
        "expected the name of the case",
        "json-schema",
    ),
    (
        r#"{"order":{"amo"#,
        "line 1, column 14",
        "expected the rest of the JSON object, found the end of the file",
        "the file was cut off; export it again",
    ),
    (
        r#"{"text":"没付成"#,
        "line 1",
        "found the end of the file",
        "export it again",
    ),
    (
        "",
        "line 1, column 1",
        "expected a JSON object with facts, found nothing",
        "an empty case is {}",
    ),
    (
        " \n\t",
        "line 1, column 1",
        "found nothing",
        "an empty case is {}",
    ),
    (
        "[]",
        "line 1, column",
        "expected a JSON object with facts, found a list",
        "one file is one case: give a single object",
    ),
    (
        "null",
        "line 1, column",
        "expected a JSON object with facts, found null",
        "json-schema",
    ),
    ("\"x\"", "line 1, column", "found a text", "json-schema"),
    ("12", "line 1, column", "found a number", "json-schema"),
    (
        r#"{"account":"x"}"#,
        "line 1, column 14",
        "expected an object with the facts of `account`, found a text",
        "json-schema",
    ),
    (
        "{} {}",
        "line 1, column 4",
        "trailing characters",
        "json-schema",
    ),
    (
        "{'a':1}",
        "line 1, column 2",
        "expected the JSON of a case",
        "json-schema",
    ),
    (
        r#"{"error":{"code":"\ud800"}}"#,
        "line 1, column 25",
        "hex escape",
        "json-schema",
    ),
    (
        r#"{"error":{"code":"\udc00\ud800"}}"#,
        "line 1, column",
        "lone leading surrogate",
        "json-schema",
    ),
];

#[test]
fn every_mistake_in_a_case_names_its_place_and_what_to_do() {
    for (case, place, says, help) in WRONG_CASES {
        let complaint = diagnose_case(case).refused();
        has(
            &complaint,
            &["error: while reading standard input: ", place, says],
        );
        let helps = complaint.split("\n  help: ").nth(1);
        let helps = helps.unwrap_or_else(|| panic!("no help for {case}: {complaint}"));
        has(helps, &[help]);
        assert_eq!(
            complaint
                .matches("expected the JSON of a case: order")
                .count(),
            0
        );
    }
}

#[test]
fn the_mark_between_message_and_help_cannot_be_forged() {
    let complaint = diagnose_case(r#"{"a\u0001b":1}"#).refused();
    has(
        &complaint,
        &["found `a b`\n  help: `recharge-doctor facts`"],
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_named_with_their_place() {
    let complaint = diagnose_case(b"{\"text\":\n\"\xe5\x85\x85\xff\"}").refused();
    has(
        &complaint,
        &[
            "line 2, column 3: expected UTF-8 text, found the byte 0xff",
            "save the file as UTF-8",
        ],
    );
    let gbk = diagnose_case(b"{\"text\":\"\xb3\xe4\xd6\xb5\"}").refused();
    has(&gbk, &["found the byte 0xb3"]);
    let utf_16 = diagnose_case(b"\xff\xfe{\0}\0").refused();
    has(&utf_16, &["line 1, column 1", "found the byte 0xff"]);
}

#[test]
fn nothing_known_is_a_case_and_a_byte_order_mark_is_no_mistake() {
    for case in [
        "{}",
        "\u{feff}{}",
        " {} \n",
        r#"{"order":{}}"#,
        r#"{"order":null}"#,
    ] {
        assert_eq!(
            diagnose_case(case).json(1)["verdict"],
            "undetermined",
            "{case}"
        );
    }
}

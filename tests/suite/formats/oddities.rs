//! Unknown, doubtful, secret and odd files.

use std::path::PathBuf;

use recharge_doctor::intake::layout::Wanted;
use recharge_doctor::intake::open_exports;
use recharge_doctor::intake::source::{Input, Limits};
use recharge_doctor::rules::{Extra, Field, Formats, RuleFiles};

use super::{formats, only, opened, opened_as, rows, survey};
use crate::support::{built_in, repository};

/// A file with this text.
fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

#[test]
fn an_unknown_file_is_refused_with_what_it_has_and_lacks() {
    let (_folder, path) = written("x.csv", "日期,温度\n2024-01-02,5\n");
    let error = opened(&path).expect_err("no orders").to_string();
    for part in ["日期, 温度", "missing: an order or trade number, an amount"] {
        assert!(error.contains(part), "{error}");
    }
    let (_folder, path) = written("x.csv", "订单号,温度\nA1,5\n");
    let error = opened(&path).expect_err("one fact").to_string();
    assert!(error.contains("订单号, 温度"), "{error}");
    assert!(!error.contains("trade number"), "{error}");
}

#[test]
fn lost_names_are_said_and_can_be_given_by_number() {
    let text = "\u{feff}???,????,??,????\r\nDJ1,示例,10.00,已完成\r\n";
    let (_folder, path) = written("orders_20240102.csv", text);
    let error = opened(&path).expect_err("no names");
    assert!(
        error.to_string().contains("4 names of question marks"),
        "{error}"
    );
    assert!(error.help().is_some_and(|help| help.contains("--map 1=")));
    let catalog = &built_in().catalog;
    let field = |key: &str| Field::Fact(catalog.find(key).expect("a fact"));
    let mapped = [
        ("1", "order.id"),
        ("3", "order.amount"),
        ("4", "order.status"),
    ];
    let wanted = Wanted {
        mapped: mapped
            .map(|(name, key)| (name.to_owned(), field(key)))
            .into(),
        ..Wanted::default()
    };
    let exports = opened_as(&path, &wanted).expect("mapped");
    let rows = rows(&exports[0]);
    assert_eq!(rows[0].of("order.id"), Some("DJ1"));
    assert_eq!(rows[0].of("order.amount"), Some("10.00"));
    assert_eq!(rows[0].of("order.status"), Some("succeeded"));
}

#[test]
fn doubtful_zones_and_units_are_noticed() {
    let text = "订单号,金额,状态,创建时间\n\
        20240102110405001,1000,成功,2024-01-02 03:04:06\n\
        20240102120405002,500,成功,2024-01-02 04:04:05\n\
        20240102130405003,99990,失败,2024-01-02 05:04:07\n";
    let (_folder, path) = written("orders.csv", text);
    let export = only(&path);
    let found = survey(&export);
    assert_eq!(found.other_zone, Some(0));
    assert!(found.maybe_fen);
    let fixture = survey(&only(&repository("tests/formats/generic-prose.csv")));
    assert_eq!((fixture.other_zone, fixture.maybe_fen), (None, false));
}

#[test]
fn secrets_carry_no_facts_and_are_no_status_words() {
    let secret = Field::Extra(Extra::Secret);
    for format in formats().iter() {
        let of = |is_secret: bool| {
            let fields = format.fields.iter();
            let fields = fields.filter(move |it| (it.field == secret) == is_secret);
            fields.flat_map(|it| &it.columns)
        };
        for column in of(true) {
            assert!(
                !of(false).any(|known| known == column),
                "{}: {column}",
                format.id
            );
        }
    }
    let export = only(&repository("tests/formats/dujiaoka-mysqldump.sql"));
    let layout = &export.detected.layout;
    let mut secret: Vec<&str> = layout
        .secret_columns()
        .iter()
        .map(|column| layout.names[usize::from(*column)].as_str())
        .collect();
    secret.sort_unstable();
    secret.dedup();
    assert_eq!(secret, ["info", "search_pwd"]);
    let words = survey(&export).status_words;
    let is_number = |word: &String| word.parse::<i64>().is_ok();
    assert!(words.keys().all(is_number), "{words:?}");
}

#[test]
fn states_need_their_columns_and_words_fit_what_is_there() {
    let format = r#"
id = "own"
name = "own"
title = { zh = "自己的", en = "own" }
kind = "orders"
signature = ["no", "state"]

[columns]
"order.id" = ["no"]

[[status]]
when = { state = ["1"], gone = ["*"] }
is = "failed"

[[status]]
when = { state = ["1"], by = [""] }
is = "paid"

[[status]]
when = { state = ["1"], by = ["*"] }
is = "succeeded"

[[status]]
when = { state = ["*"] }
is = "closed"
"#;
    let mut files = RuleFiles::built_in();
    files.add_layer([("formats/own.toml".to_owned(), format.to_owned())]);
    let catalog = &built_in().catalog;
    let formats = Formats::load(&files, catalog).unwrap_or_else(|found| panic!("{found:?}"));
    let text = "no,state,by\nA,1,\nB,1,NULL\nC,1,/\nD,1,me\nE,2,\nF,,\n";
    let (_folder, path) = written("own.csv", text);
    let input = Input::File(path);
    let wanted = Wanted::default();
    let exports = open_exports(&input, Limits::default(), &formats, catalog, &wanted);
    let exports = exports.unwrap_or_else(|error| panic!("{error}"));
    let rows = rows(&exports[0]);
    let states: Vec<Option<&str>> = rows.iter().map(|row| row.of("order.status")).collect();
    let expected = ["paid", "paid", "paid", "succeeded", "closed", "closed"];
    assert_eq!(states, expected.map(Some));
}

#[test]
fn odd_but_usual_files_are_read() {
    for (name, text, ids) in [
        (
            "old-mac.csv",
            "订单号,金额,状态\rA1,1.00,成功\rA2,2.00,失败\r",
            "A1 A2",
        ),
        (
            "sep.csv",
            "sep=;\r\n订单号;金额;状态\r\nA1;1.50;成功\r\n",
            "A1",
        ),
        (
            "broken-heading.csv",
            "\"订单号\n\",\"金额\",\"状态\n\"\n\nA1,1.00,成功\n",
            "A1",
        ),
        (
            "hash.csv",
            "订单号,金额,状态\n#1001,1.00,成功\n#共1笔\n",
            "#1001",
        ),
        (
            "one.json",
            r#"{"order_no":"A1","amount":"1.00","status":"paid","items":[{"title":"x"}]}"#,
            "A1",
        ),
        (
            "short.csv",
            "订单号,金额,状态,备注\nA1,1.00,成功,\nA2,2.00,失败\nA3,3.00,失败,a,,\n",
            "A1 A2 A3",
        ),
        (
            "money.csv",
            "订单号,金额,状态\nA1,\"￥1,160.00\",成功\nA2,CNY 30,成功\nA3,100.00(已退款20.00),成功\n",
            "A1 A2 A3",
        ),
    ] {
        let (_folder, path) = written(name, text);
        let export = only(&path);
        let rows = rows(&export);
        let found: Vec<&str> = rows.iter().filter_map(|row| row.of("order.id")).collect();
        assert_eq!(found.join(" "), ids, "{name}");
        assert_eq!(survey(&export).rejects, 0, "{name}");
        assert!(
            rows.iter().all(|row| row.of("order.status").is_some()),
            "{name}"
        );
    }
}

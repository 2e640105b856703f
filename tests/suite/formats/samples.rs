//! Real samples against what SOURCES.md finds in them.

use std::path::PathBuf;

use recharge_doctor::facts::Fen;
use recharge_doctor::intake::{Control, Movement};

use super::{only, opened, rows, survey};
use crate::support::repository;

/// What SOURCES.md finds in the licensed samples: format, encoding, line of the header, rows,
/// words of the status column, rows and sums out, in and neither.
struct Sample {
    file: &'static str,
    format: &'static str,
    encoding: &'static str,
    header: u64,
    rows: u64,
    words: &'static [(&'static str, u64)],
    out: (u64, &'static str),
    into: (u64, &'static str),
    neutral: (u64, &'static str),
    control: Control,
}

const WECHAT_WORDS: &[(&str, u64)] = &[
    ("充值完成", 1),
    ("充值成功", 2),
    ("已到账", 1),
    ("已存入零钱", 1),
    ("已收钱", 1),
    ("已转账", 3),
    ("提现已到账", 3),
    ("支付成功", 13),
    ("朋友已收钱", 2),
];

const SAMPLES: [Sample; 7] = [
    Sample {
        file: "alipay-app-gbk.csv",
        format: "B1",
        encoding: "GB18030",
        header: 25,
        rows: 10,
        words: &[
            ("交易关闭", 2),
            ("交易成功", 5),
            ("等待确认收货", 1),
            ("退款成功", 2),
        ],
        out: (5, "211.64"),
        into: (1, "222228.50"),
        neutral: (4, "247.37"),
        control: Control::Disagrees,
    },
    Sample {
        file: "alipay-web-gbk.csv",
        format: "B2",
        encoding: "GB18030",
        header: 5,
        rows: 6,
        words: &[("交易关闭", 1), ("交易成功", 3), ("退款成功", 2)],
        out: (3, "3110.00"),
        into: (1, "0.01"),
        neutral: (2, "2808.42"),
        control: Control::Agrees,
    },
    Sample {
        file: "wechat-personal.csv",
        format: "B5",
        encoding: "UTF-8",
        header: 17,
        rows: 27,
        words: WECHAT_WORDS,
        out: (11, "2904.53"),
        into: (5, "28.49"),
        neutral: (11, "26100.89"),
        control: Control::Disagrees,
    },
    Sample {
        file: "wechat-personal.xlsx",
        format: "B5",
        encoding: "XLSX",
        header: 18,
        rows: 27,
        words: WECHAT_WORDS,
        out: (11, "2904.53"),
        into: (5, "28.49"),
        neutral: (11, "26100.89"),
        control: Control::Disagrees,
    },
    Sample {
        file: "wechat-merchant-trade-ALL.csv",
        format: "B6",
        encoding: "UTF-8",
        header: 1,
        rows: 45,
        words: &[("REFUND", 14), ("SUCCESS", 31)],
        out: (14, "0.14"),
        into: (31, "0.47"),
        neutral: (0, "0.00"),
        control: Control::Agrees,
    },
    Sample {
        file: "bank-icbc-debit.csv",
        format: "B9-icbc",
        encoding: "UTF-8",
        header: 7,
        rows: 11,
        words: &[],
        out: (6, "4241.08"),
        into: (5, "2841.74"),
        neutral: (0, "0.00"),
        control: Control::Disagrees,
    },
    Sample {
        file: "bank-ccb.xls",
        format: "B9-ccb",
        encoding: "BIFF8",
        header: 6,
        rows: 6,
        words: &[],
        out: (6, "703.26"),
        into: (0, "0.00"),
        neutral: (0, "0.00"),
        control: Control::None,
    },
];

#[test]
fn real_samples_are_read_as_expected() {
    for sample in SAMPLES {
        let export = only(&repository("tests/samples").join(sample.file));
        let found = survey(&export);
        let moved = |it: Movement| (it.rows, Fen(it.sum).to_string());
        let same = |(rows, sum): (u64, &str)| (rows, sum.to_owned());
        let words: Vec<(&str, u64)> = found
            .status_words
            .iter()
            .map(|(word, count)| (word.as_str(), *count))
            .collect();
        let file = sample.file;
        assert_eq!(export.detected.layout.format_id(), sample.format, "{file}");
        assert_eq!(export.encoding.name(), sample.encoding, "{file}");
        assert_eq!(export.detected.header_line, Some(sample.header), "{file}");
        assert_eq!((found.rows, found.rejects), (sample.rows, 0), "{file}");
        assert_eq!(words, sample.words, "{file}");
        assert_eq!(moved(found.out), same(sample.out), "{file}");
        assert_eq!(moved(found.into), same(sample.into), "{file}");
        assert_eq!(moved(found.neutral), same(sample.neutral), "{file}");
        assert_eq!(
            found.control(),
            sample.control,
            "{file}: {:?}",
            found.claims
        );
        assert!(found.unknown_words.is_empty(), "{file}");
    }
}

#[test]
fn a_merchant_bill_has_its_refunds_and_fees() {
    let export = only(&repository("tests/samples/wechat-merchant-trade-ALL.csv"));
    let rows = rows(&export);
    let sum = |key: &str| Fen(rows.iter().map(|row| row.fen(key)).sum()).to_string();
    assert_eq!(sum("order.amount"), "0.47");
    assert_eq!(sum("refunded"), "0.14");
    assert_eq!(sum("fee"), "0.08");
    assert_eq!(sum("moved"), "0.61");
    let ids = rows.iter().map(|row| row.of("order.provider_trade_no"));
    let distinct: std::collections::BTreeSet<_> = ids.collect();
    assert_eq!(distinct.len(), 43);
}

/// The folder of samples that may not be copied here, where it is there.
fn unlicensed() -> Option<PathBuf> {
    let given = std::env::var_os("RECHARGE_DOCTOR_SAMPLES").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| repository("../shared/data/samples"));
    folder.is_dir().then_some(folder)
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn the_unlicensed_sample_is_read_as_expected() {
    let Some(folder) = unlicensed() else {
        eprintln!("skipped: ../shared/data/samples is not beside this repository");
        return;
    };
    let path = folder.join("recharge-orders-phpmyadmin.sql");
    let exports = opened(&path).unwrap_or_else(|error| panic!("{error}"));
    let account = exports
        .iter()
        .find(|it| it.within.as_deref() == Some("sp_account"))
        .expect("the table of recharges");
    assert_eq!(account.detected.layout.format_id(), "P9");
    let found = survey(account);
    assert_eq!((found.rows, found.rejects), (6, 0));
    assert_eq!(found.status["succeeded"], 5);
    assert_eq!(found.status["paying"], 1);
    assert_eq!(Fen(found.into.sum).to_string(), "1201.00");
    assert_eq!(Fen(found.neutral.sum).to_string(), "444.00");
    let rows = rows(account);
    let largest = rows
        .iter()
        .find(|row| row.of("order.amount") == Some("1000.00"));
    let credited = largest.and_then(|row| row.of("credited"));
    assert_eq!(credited, Some("700.00"));
    let unpaid = rows
        .iter()
        .find(|row| row.of("order.amount") == Some("444.00"));
    assert_eq!(unpaid.and_then(|row| row.of("order.credited_at")), None);
}

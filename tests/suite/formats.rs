//! Every known format is read as it really is: fixtures and samples against what a correct reader
//! finds in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use recharge_doctor::facts::{Facts, Fen, Moment};
use recharge_doctor::intake::layout::{LayoutError, Row, Scope, Wanted};
use recharge_doctor::intake::records::Chunk;
use recharge_doctor::intake::source::{Input, Limits};
use recharge_doctor::intake::{
    ChunkText, Control, Export, ExportError, Movement, Outcome, Survey, open_exports,
};
use recharge_doctor::rules::{Extra, Field, Formats, RuleFiles};
use serde_json::{Map, Value};

use crate::support::{built_in, repository};

/// Built-in formats, loaded once.
fn formats() -> &'static Formats {
    static FORMATS: OnceLock<Formats> = OnceLock::new();
    FORMATS.get_or_init(|| {
        let loaded = Formats::load(&RuleFiles::built_in(), &built_in().catalog);
        loaded.unwrap_or_else(|found| panic!("{found:?}"))
    })
}

fn opened(path: &Path) -> Result<Vec<Export<'static>>, ExportError> {
    opened_as(path, &Wanted::default())
}

fn opened_as(path: &Path, wanted: &Wanted) -> Result<Vec<Export<'static>>, ExportError> {
    let input = Input::File(path.to_owned());
    let catalog = &built_in().catalog;
    open_exports(&input, Limits::default(), formats(), catalog, wanted)
}

/// What one row says.
#[derive(Debug, Default)]
struct Found {
    line: u64,
    facts: BTreeMap<String, String>,
    left_out: bool,
}

impl Found {
    fn of(&self, key: &str) -> Option<&str> {
        self.facts.get(key).map(String::as_str)
    }

    fn fen(&self, key: &str) -> i64 {
        let amount = self.of(key).and_then(|text| text.parse::<Fen>().ok());
        amount.map_or(0, |fen| fen.0)
    }
}

const EXTRAS: [&str; 10] = [
    "amount.in",
    "amount.out",
    "fee",
    "refunded",
    "credited",
    "second_id",
    "ip",
    "balance",
    "kind",
    "received",
];

/// Extra fields that are money.
const MONEY: [&str; 7] = [
    "amount.in",
    "amount.out",
    "fee",
    "refunded",
    "credited",
    "balance",
    "received",
];

/// Every row of an export.
fn rows(export: &Export<'_>) -> Vec<Found> {
    let catalog = &built_in().catalog;
    let mut reader = export.reader(catalog, Scope::Everything);
    let mut chunks = export.chunks().expect("readable");
    let mut row = Row::default();
    let blank = Facts::new(catalog).begun();
    let mut given = blank.clone();
    let mut found = Vec::new();
    while let Some(chunk) = chunks.next_chunk(Chunk::default()).expect("readable") {
        let text = ChunkText::new(&chunk, export.encoding);
        for record in &chunk.records {
            given.restore(&blank);
            if reader.read(&text, record, &mut row, &mut given) != Outcome::Row {
                continue;
            }
            let known = given.given().filter_map(|key| Some((key, given.get(key)?)));
            let mut facts: BTreeMap<String, String> = known
                .map(|(key, value)| (catalog.spec(key).key.clone(), value.to_string()))
                .collect();
            for name in EXTRAS {
                let field = Field::Extra(Extra::find(name).expect("an extra field"));
                let fen = reader.fen(&text, record, field);
                let value = match fen.filter(|_| MONEY.contains(&name)) {
                    Some(fen) => Some(Fen(fen).to_string()),
                    None => reader.cell(&text, record, field),
                };
                facts.extend(value.map(|value| (name.to_owned(), value)));
            }
            if let Some(fen) = row.amount {
                facts.insert("moved".to_owned(), Fen(fen).to_string());
            }
            found.push(Found {
                line: record.line,
                facts,
                left_out: row.left_out,
            });
        }
    }
    found
}

/// Differences between a file and what is expected of it.
struct Check {
    name: String,
    wrong: Vec<String>,
}

impl Check {
    fn same(&mut self, what: &str, expected: &Value, found: &Value) {
        if expected != found {
            self.wrong.push(format!(
                "{}: {what}: expected {expected}, found {found}",
                self.name
            ));
        }
    }

    fn file(&mut self, path: &Path, expected: &Map<String, Value>) {
        let exports = match opened(path) {
            Ok(exports) => exports,
            Err(error) => return self.refused(&error, expected),
        };
        if expected.contains_key("refused") {
            self.wrong.push(format!("{}: not refused", self.name));
            return;
        }
        let format = text_of(expected, "format");
        let found = exports
            .iter()
            .find(|it| it.detected.layout.format_id() == format);
        let Some(export) = found else {
            let ids = exports.iter().map(|it| it.detected.layout.format_id());
            let ids: Vec<&str> = ids.collect();
            self.same("format", &format.into(), &ids.into());
            return;
        };
        self.export(export, expected);
        for (id, expected) in object(expected.get("also")) {
            let also = exports
                .iter()
                .find(|it| it.detected.layout.format_id() == id);
            match also {
                Some(export) => self.export(export, expected.as_object().expect("an object")),
                None => self.wrong.push(format!("{}: {id} is missing", self.name)),
            }
        }
    }

    fn refused(&mut self, error: &ExportError, expected: &Map<String, Value>) {
        let format = formats().find(text_of(expected, "format"));
        let named = format.is_some_and(|it| error.to_string().contains(&it.title.zh));
        let refused = matches!(
            error,
            ExportError::Layout {
                reason: LayoutError::Refused { .. },
                ..
            }
        );
        if !expected.contains_key("refused") || !refused || !named {
            self.wrong.push(format!("{}: {error}", self.name));
        }
        if error.help().is_none_or(|help| help.is_empty()) {
            self.wrong
                .push(format!("{}: refused without advice", self.name));
        }
    }

    fn export(&mut self, export: &Export<'_>, expected: &Map<String, Value>) {
        let survey = Survey::of(export, &built_in().catalog).expect("readable");
        let rows = rows(export);
        if let Some(encoding) = expected.get("encoding") {
            self.same("encoding", encoding, &export.encoding.name().into());
        }
        if let Some(line) = expected.get("header_line") {
            self.same("header", line, &export.detected.header_line.into());
        }
        self.same("rows", &expected["rows"], &survey.rows.into());
        self.same("rejected", &0.into(), &survey.rejects.into());
        if survey.rejects > 0 {
            self.wrong.push(format!("  {:?}", survey.rejected));
        }
        let complaints = Value::from_iter(survey.complaints.keys().map(String::as_str));
        let none = Value::from(Vec::<Value>::new());
        let expected_complaints = expected.get("complaints").unwrap_or(&none);
        self.same("complaints", expected_complaints, &complaints);
        let counts = Value::from_iter(survey.status.clone());
        if let Some(status) = expected.get("status") {
            self.same("status", status, &counts);
        }
        for (what, sum) in object(expected.get("sums")) {
            self.same(
                what,
                sum,
                &Fen(sum_of(what, &rows, &survey)).to_string().into(),
            );
        }
        self.row("first", expected.get("first"), rows.first());
        self.row("last", expected.get("last"), rows.last());
        if let Some(words) = expected.get("unknown_words") {
            let found = Value::from_iter(survey.unknown_words.keys().map(String::as_str));
            self.same("unknown words", words, &found);
        }
        if let Some(name) = expected.get("name").and_then(Value::as_str)
            && !export.name.ends_with(name)
        {
            self.same("name", &name.into(), &export.name.as_str().into());
        }
        self.failures(expected, &rows);
        self.control(expected, &survey);
        if let Some(lines) = expected.get("records") {
            let found: Vec<u64> = rows.iter().map(|row| row.line).collect();
            self.same("records", lines, &found.into());
        }
        if let Some(count) = expected.get("uncredited") {
            let uncredited = |row: &&Found| row.of("payment.credited") == Some("false");
            let found = rows.iter().filter(uncredited).count();
            self.same("uncredited", count, &found.into());
        }
        if expected.contains_key("date_only") {
            let day = survey.from.as_ref().map(String::len);
            self.same("date only", &10.into(), &day.into());
        }
    }

    fn failures(&mut self, expected: &Map<String, Value>, rows: &[Found]) {
        let failures: Vec<&Found> = rows.iter().filter(|row| !row.left_out).collect();
        if let Some(count) = expected.get("failures") {
            self.same("failures", count, &failures.len().into());
        }
        let (first, second) = (failures.first().copied(), failures.get(1).copied());
        self.row("first_failure", expected.get("first_failure"), first);
        self.row("second_failure", expected.get("second_failure"), second);
        if let Some(status) = expected.get("second_failure_status") {
            let found = second.and_then(|row| row.of("order.status"));
            self.same("second_failure_status", status, &found.into());
        }
    }

    fn control(&mut self, expected: &Map<String, Value>, survey: &Survey) {
        let agrees = |control: &Value| control.get("agrees").and_then(Value::as_bool);
        let expected = match expected.get("control").map(agrees) {
            None => return,
            Some(Some(false)) => Control::Disagrees,
            Some(_) => Control::Agrees,
        };
        if survey.control() != expected {
            let found = survey.control();
            let claims = &survey.claims;
            self.wrong.push(format!(
                "{}: control: expected {expected:?}, found {found:?}: {claims:?}",
                self.name
            ));
        }
    }

    fn row(&mut self, which: &str, expected: Option<&Value>, row: Option<&Found>) {
        for (key, value) in object(expected) {
            let found = row.and_then(|row| row.of(key));
            let wanted = value.as_str().expect("a text");
            if !found.is_some_and(|found| equal(wanted, found)) {
                self.same(&format!("{which}.{key}"), value, &found.into());
            }
        }
    }
}

/// Whether a value is the one that is expected; times as instants.
fn equal(expected: &str, found: &str) -> bool {
    let instant = |text: &str| text.parse::<Moment>().ok().filter(|_| text.contains(':'));
    match (instant(expected), instant(found)) {
        (Some(a), Some(b)) => a.millis() == b.millis(),
        _ => expected == found,
    }
}

fn sum_of(what: &str, rows: &[Found], survey: &Survey) -> i64 {
    let with_status = |status: &'static str| {
        let rows = rows.iter();
        rows.filter(move |row| row.of("order.status") == Some(status))
    };
    match what {
        "amount.in" => survey.into.sum,
        "amount.out" => survey.out.sum,
        "order.amount|payments" => with_status("paid").map(|row| row.fen("order.amount")).sum(),
        "order.amount|refunds" => with_status("refunded")
            .map(|row| row.fen("order.amount"))
            .sum(),
        key => rows.iter().map(|row| row.fen(key)).sum(),
    }
}

fn text_of<'v>(expected: &'v Map<String, Value>, key: &str) -> &'v str {
    expected[key].as_str().expect("a text")
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[test]
fn every_fixture_is_read_as_expected() {
    let folder = repository("tests/formats");
    let listed = std::fs::read_dir(&folder).expect("the folder");
    let mut paths: Vec<PathBuf> = listed
        .map(|entry| entry.expect("an entry").path())
        .collect();
    // A fixture may be JSON itself: what is expected of NAME.EXT stands in NAME.EXT.json.
    paths.retain(|path| {
        path.extension().is_some_and(|it| it == "json") && path.with_extension("").is_file()
    });
    paths.sort();
    assert!(paths.len() > 70, "{}", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("readable");
        let expected: Value = serde_json::from_str(&text).expect("JSON");
        let file = path.with_extension("");
        let mut check = Check {
            name: file.file_name().expect("a name").display().to_string(),
            wrong: Vec::new(),
        };
        check.file(&file, expected.as_object().expect("an object"));
        wrong.extend(check.wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

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

/// The only export of a file that is read.
fn only(path: &Path) -> Export<'static> {
    let mut exports = opened(path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(exports.len(), 1, "{}", path.display());
    exports.remove(0)
}

fn survey(export: &Export<'_>) -> Survey {
    Survey::of(export, &built_in().catalog).expect("readable")
}

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

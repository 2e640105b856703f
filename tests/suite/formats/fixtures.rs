//! Every fixture is read as a correct reader would.

use std::path::{Path, PathBuf};

use recharge_doctor::facts::{Fen, Moment};
use recharge_doctor::intake::layout::LayoutError;
use recharge_doctor::intake::{Control, Export, ExportError, Survey};
use serde_json::{Map, Value};

use super::{Found, formats, opened, rows};
use crate::support::{built_in, repository};

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

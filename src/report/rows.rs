//! Rows of a batch: JSON lines, comma-separated text, workbooks.

use std::io::Write;
use std::ops::Range;

use crate::batch::{Diagnosed, RowWriter};
use crate::diagnose::{Alike, CaseVerdict};
use crate::facts::{Facts, mask_within};
use crate::rules::{Profile, RuleSet};
use crate::text::{Locale, is_invisible};

use super::view::{Audience, Filler, View, word};

/// What all rows of a run share when they are put into words.
#[derive(Debug, Clone, Copy)]
pub struct RowStyle<'s> {
    /// The rules.
    pub rules: &'s RuleSet,
    /// The profile of the platform.
    pub profile: &'s Profile,
    /// The language.
    pub locale: Locale,
    /// Whether private data is shown as it is.
    pub reveal: bool,
}

/// Writes each row as one line of JSON.
#[derive(Debug)]
pub struct JsonRows<'s> {
    style: RowStyle<'s>,
    /// `{"id":"…","probability":` of every cause.
    causes: Vec<String>,
    /// The file of the row before, and how it is written.
    file: (String, Vec<u8>),
    known: Known,
}

/// How diagnoses are written, from the verdict to the warnings, by their names.
#[derive(Debug, Default)]
struct Known {
    round: u32,
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Known {
    /// How a diagnosis is written.
    fn get(&mut self, name: Alike) -> Option<&[u8]> {
        if self.round != name.round {
            self.round = name.round;
            self.bytes.clear();
            self.places.clear();
        }
        let place = self.places.get(name.position)?.clone();
        (!place.is_empty()).then(|| &self.bytes[place])
    }

    fn add(&mut self, name: Alike, bytes: &[u8]) {
        if self.places.len() <= name.position {
            self.places.resize(name.position + 1, 0..0);
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.places[name.position] = start..self.bytes.len();
    }
}

impl<'s> JsonRows<'s> {
    /// A writer.
    #[must_use]
    pub fn new(style: RowStyle<'s>) -> Self {
        let causes = style.rules.causes.iter();
        Self {
            causes: causes
                .map(|cause| format!("{{\"id\":\"{}\",\"probability\":", cause.id()))
                .collect(),
            file: (String::new(), b"\"\"".to_vec()),
            known: Known::default(),
            style,
        }
    }
}

impl RowWriter for JsonRows<'_> {
    fn write(&mut self, row: &Diagnosed<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"schema\":1,\"row\":");
        number(row.number, out);
        out.extend_from_slice(b",\"file\":");
        if self.file.0 != row.file {
            row.file.clone_into(&mut self.file.0);
            self.file.1.clear();
            string(row.file, &mut self.file.1);
        }
        out.extend_from_slice(&self.file.1);
        out.extend_from_slice(b",\"case\":");
        string(row.case, out);
        match self.known.get(row.alike).filter(|_| row.full.is_none()) {
            Some(known) => out.extend_from_slice(known),
            None => {
                let start = out.len();
                self.diagnosis(row, out);
                if row.full.is_none() {
                    self.known.add(row.alike, &out[start..]);
                }
            }
        }
        let quiet = row.brief.warnings.is_empty() && row.complaints.is_empty();
        if !quiet {
            for (at, warning) in self.style.warnings(row).iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                string(warning, out);
            }
        }
        out.extend_from_slice(b"]}\n");
    }
}

impl JsonRows<'_> {
    /// The diagnosis, up to the first warning.
    fn diagnosis(&self, row: &Diagnosed<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\"verdict\":\"");
        out.extend_from_slice(row.brief.verdict.word().as_bytes());
        out.extend_from_slice(b"\",\"causes\":[");
        match row.full {
            Some(_) => self.detail(row, out),
            None => self.causes(row, out),
        }
        out.extend_from_slice(b"],\"pay_again\":{\"state\":\"");
        out.extend_from_slice(row.brief.pay_again.state.word().as_bytes());
        out.extend_from_slice(b"\"},\"fix\":");
        match row.brief.fix {
            Some(choice) => {
                let fix = &self.style.rules.causes[choice.cause].fixes[choice.fix];
                string(&fix.source.id, out);
            }
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"warnings\":[");
    }

    fn causes(&self, row: &Diagnosed<'_>, out: &mut Vec<u8>) {
        for (at, cause) in row.brief.causes.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(self.causes[cause.cause].as_bytes());
            share(cause.probability, out);
            out.extend_from_slice(b",\"verdict\":\"");
            out.extend_from_slice(cause.verdict.word().as_bytes());
            out.extend_from_slice(b"\"}");
        }
    }

    /// Causes with their evidence, as the report of a single case has them.
    fn detail(&self, row: &Diagnosed<'_>, out: &mut Vec<u8>) {
        let (Some(diagnosis), Some(facts)) = (row.full, row.facts) else {
            return;
        };
        if diagnosis.verdict == CaseVerdict::Healthy {
            return;
        }
        let view = View {
            case: row.case,
            facts,
            rules: self.style.rules,
            profile: self.style.profile,
            diagnosis,
            locale: self.style.locale,
            reveal: self.style.reveal,
            audience: Audience::Agent,
        };
        let causes = super::json::causes_json(&view);
        // One line a row: the list without its brackets and line end.
        let inner = causes.trim().trim_start_matches('[').trim_end_matches(']');
        out.extend_from_slice(inner.as_bytes());
    }
}

impl<'s> RowStyle<'s> {
    fn filler<'f>(&'f self, facts: &'f Facts) -> Filler<'f> {
        Filler {
            facts,
            rules: self.rules,
            locale: self.locale,
            reveal: self.reveal,
        }
    }

    /// What the reader should know besides, and what was odd about the cells.
    fn warnings(&self, row: &Diagnosed<'_>) -> Vec<String> {
        let mut warnings: Vec<String> = Vec::new();
        if let Some(facts) = row.facts {
            let filler = self.filler(facts);
            let texts = row.brief.warnings.iter();
            warnings.extend(texts.map(|it| filler.fill(&self.rules.warnings[it.0].text)));
        }
        warnings.extend(row.complaints.iter().map(|complaint| {
            if self.reveal {
                complaint.clone()
            } else {
                mask_within(complaint)
            }
        }));
        warnings
    }
}

/// Writes each row as one line of comma-separated text (RFC 4180) that a spreadsheet opens safely.
#[derive(Debug, Clone, Copy)]
pub struct CsvRows<'s> {
    style: RowStyle<'s>,
}

/// The columns of [`CsvRows`], by the keys of their words.
const CSV_COLUMNS: [&str; 12] = [
    "rows.row",
    "rows.file",
    "rows.case",
    "rows.verdict",
    "rows.cause",
    "rows.title",
    "rows.probability",
    "rows.others",
    "rows.pay_again",
    "rows.fix",
    "rows.advice",
    "rows.warnings",
];

impl<'s> CsvRows<'s> {
    /// A writer.
    #[must_use]
    pub fn new(style: RowStyle<'s>) -> Self {
        Self { style }
    }

    /// The line with the names of the columns. A byte order mark tells spreadsheets the encoding.
    #[must_use]
    pub fn header(style: &RowStyle<'_>) -> String {
        let names = CSV_COLUMNS.map(|key| word(style.rules, style.locale, key));
        format!("\u{feff}{}\n", names.join(","))
    }

    fn advice(&self, row: &Diagnosed<'_>) -> String {
        let (Some(choice), Some(facts)) = (row.brief.fix, row.facts) else {
            return String::new();
        };
        let fix = &self.style.rules.causes[choice.cause].fixes[choice.fix];
        self.style.filler(facts).fill(&fix.source.text)
    }
}

impl RowWriter for CsvRows<'_> {
    fn speaks_of_facts(&self) -> bool {
        true
    }

    fn write(&mut self, row: &Diagnosed<'_>, out: &mut Vec<u8>) {
        let rules = self.style.rules;
        let first = row.brief.causes.first();
        let id = |cause: usize| rules.causes[cause].id();
        let others: Vec<String> = row
            .brief
            .causes
            .iter()
            .skip(1)
            .map(|other| format!("{} {:.4}", id(other.cause), other.probability))
            .collect();
        let title = first.map_or("", |first| {
            rules.causes[first.cause]
                .source
                .title
                .get(self.style.locale)
        });
        let fix = row.brief.fix.map_or("", |choice| {
            rules.causes[choice.cause].fixes[choice.fix]
                .source
                .id
                .as_str()
        });
        number(row.number, out);
        let probability = first.map_or(String::new(), |first| format!("{:.4}", first.probability));
        for cell in [
            row.file,
            row.case,
            row.brief.verdict.word(),
            first.map_or("", |first| id(first.cause)),
            title,
            &probability,
            &others.join("; "),
            row.brief.pay_again.state.word(),
            fix,
            &self.advice(row),
            &self.style.warnings(row).join("; "),
        ] {
            out.push(b',');
            csv_cell(cell, out);
        }
        out.push(b'\n');
    }
}

/// A cell that a spreadsheet shows and never runs: what begins like a formula gets a leading `'`.
fn csv_cell(text: &str, out: &mut Vec<u8>) {
    let text = super::escape::harmless(text);
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    };
    if guarded.contains([',', '"', '\n', '\r']) {
        out.push(b'"');
        out.extend_from_slice(guarded.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(guarded.as_bytes());
    }
}

/// A whole number.
fn number(value: u64, out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = write!(out, "{value}");
}

/// A probability, rounded to four decimals, without zeros at its end.
fn share(value: f64, out: &mut Vec<u8>) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 10,000"
    )]
    let scaled = (value * 10_000.0).round() as u32;
    if scaled >= 10_000 {
        out.extend_from_slice(b"1.0");
        return;
    }
    let digits = [
        scaled / 1000,
        scaled / 100 % 10,
        scaled / 10 % 10,
        scaled % 10,
    ];
    let used = digits.iter().rposition(|digit| *digit > 0).unwrap_or(0) + 1;
    out.extend_from_slice(b"0.");
    for digit in &digits[..used] {
        out.push(b'0' + u8::try_from(*digit).unwrap_or(0));
    }
}

/// A JSON string that is harmless where it is shown.
fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let plain =
        |byte: &u8| byte.is_ascii() && *byte >= b' ' && !matches!(byte, b'"' | b'\\' | 0x7f);
    if text.as_bytes().iter().all(plain) {
        out.extend_from_slice(text.as_bytes());
    } else {
        for c in text.chars() {
            escaped(c, out);
        }
    }
    out.push(b'"');
}

fn escaped(c: char, out: &mut Vec<u8>) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        c if c.is_control() || is_invisible(c) => {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        c => {
            let mut bytes = [0; 4];
            out.extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_as_serde_writes_them() {
        for scaled in 0..=10_000u32 {
            let value = f64::from(scaled) / 10_000.0;
            let mut out = Vec::new();
            share(value, &mut out);
            let expected = serde_json::to_string(&value).expect("a number");
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn strings_are_harmless_json() {
        for text in [
            "plain",
            "充值\"失败\"\\",
            "a\u{202e}b\u{1b}[31m",
            "line\nend\u{7f}",
        ] {
            let mut out = Vec::new();
            string(text, &mut out);
            let back: String = serde_json::from_slice(&out).expect("JSON");
            assert_eq!(back, text);
            assert!(!out.contains(&0x1b));
            assert!(!String::from_utf8_lossy(&out).contains('\u{202e}'));
        }
    }
}

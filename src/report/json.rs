//! The JSON report, schema 1. Frozen: keys are added, never changed. It is a type of its own, so
//! that refactoring the inside cannot change what scripts read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::diagnose::{CaseVerdict, Finding, Ground, Weighed};
use crate::facts::{FactKey, FactValue};
use crate::rules::Word;
use crate::text::is_invisible;

use super::view::View;

/// The version of the schema.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'v> {
    schema: u32,
    rules: &'v str,
    case: &'v str,
    verdict: &'static str,
    causes: Vec<Cause<'v>>,
    fixes: Vec<Fix<'v>>,
    pay_again: PayAgain,
    ask: Vec<Ask<'v>>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Cause<'v> {
    id: &'v str,
    group: &'v str,
    title: &'v str,
    verdict: &'static str,
    probability: f64,
    evidence: Vec<Evidence<'v>>,
    missing: Vec<&'v str>,
}

#[derive(Serialize)]
struct Evidence<'v> {
    signal: &'v str,
    state: &'static str,
    bits: f64,
    text: String,
    facts: BTreeMap<&'v str, serde_json::Value>,
}

#[derive(Serialize)]
struct Fix<'v> {
    id: &'v str,
    cause: &'v str,
    who: &'static str,
    text: String,
    caution: bool,
}

#[derive(Serialize)]
struct PayAgain {
    state: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct Ask<'v> {
    fact: &'v str,
    question: &'v str,
    why: String,
}

/// The report as a JSON value.
///
/// # Panics
/// Never: the report has only string keys.
#[must_use]
pub fn to_json(view: &View<'_>) -> serde_json::Value {
    serde_json::to_value(report(view)).unwrap_or_default()
}

/// Writes the report as one line of JSON.
///
/// # Errors
/// What the writer reports.
pub fn write_json(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    write_json_value(&report(view), out)
}

/// Writes any JSON value as one line, as harmless to a terminal as a report.
///
/// # Errors
/// What the writer reports.
pub fn write_json_value(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Visible);
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Escapes characters that are invisible or reorder text, so that a report shown on a terminal
/// reads as it is written.
struct Visible;

impl serde_json::ser::Formatter for Visible {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in text
            .char_indices()
            .filter(|(_, c)| is_invisible(*c) || c.is_control())
        {
            out.write_all(&text.as_bytes()[plain..at])?;
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        out.write_all(&text.as_bytes()[plain..])
    }
}

/// The causes of a report as a JSON list.
pub(super) fn causes_json(view: &View<'_>) -> String {
    let causes: Vec<Cause<'_>> = view
        .diagnosis
        .reported()
        .map(|finding| cause(view, finding))
        .collect();
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = write_json_value(&causes, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

fn report<'v>(view: &View<'v>) -> Report<'v> {
    let diagnosis = view.diagnosis;
    let rules = view.rules;
    let causes = match diagnosis.verdict {
        CaseVerdict::Healthy => Vec::new(),
        _ => diagnosis
            .reported()
            .map(|finding| cause(view, finding))
            .collect(),
    };
    Report {
        schema: SCHEMA,
        rules: &rules.fingerprint,
        case: view.case,
        verdict: diagnosis.verdict.word(),
        causes,
        fixes: diagnosis
            .fixes
            .iter()
            .map(|choice| {
                let cause = &rules.causes[choice.cause];
                let fix = &cause.fixes[choice.fix].source;
                Fix {
                    id: &fix.id,
                    cause: cause.id(),
                    who: fix.who.word(),
                    text: view.fill(&fix.text),
                    caution: fix.caution,
                }
            })
            .collect(),
        pay_again: PayAgain {
            state: diagnosis.pay_again.state.word(),
            reason: view.pay_reason(),
        },
        ask: diagnosis
            .questions
            .iter()
            .map(|question| Ask {
                fact: &rules.catalog.spec(question.fact).key,
                question: view.question(question),
                why: view.why(question),
            })
            .collect(),
        warnings: diagnosis
            .warnings
            .iter()
            .map(|warning| view.fill(&rules.warnings[warning.0].text))
            .collect(),
    }
}

fn cause<'v>(view: &View<'v>, finding: &Finding) -> Cause<'v> {
    let cause = &view.rules.causes[finding.cause];
    let counted = finding.evidence.iter().filter(|item| item.counts);
    Cause {
        id: cause.id(),
        group: &cause.source.group,
        title: view.title(finding),
        verdict: finding.verdict.word(),
        probability: rounded(finding.probability, 4),
        evidence: counted.map(|item| evidence(view, item)).collect(),
        missing: finding
            .missing
            .iter()
            .map(|key| view.rules.catalog.spec(*key).key.as_str())
            .collect(),
    }
}

fn evidence<'v>(view: &View<'v>, item: &Weighed) -> Evidence<'v> {
    let facts = view.facts_of(item).into_iter().map(|key| {
        let name = view.rules.catalog.spec(key).key.as_str();
        (name, fact_json(view, key))
    });
    Evidence {
        signal: match item.ground {
            Ground::Signal(signal) => &view.rules.signal(signal).id,
            Ground::Wording(_) => "wording",
        },
        state: if item.state { "true" } else { "false" },
        bits: rounded(item.bits, 1),
        text: view.evidence(item),
        facts: facts.collect(),
    }
}

fn fact_json(view: &View<'_>, key: FactKey) -> serde_json::Value {
    match view.facts.get(key) {
        None => serde_json::Value::Null,
        Some(value) => value_json(value, |text| view.masked(key, text).into_owned()),
    }
}

/// A value as JSON; `shown` masks texts.
pub(super) fn value_json(
    value: &FactValue,
    shown: impl FnOnce(&str) -> String,
) -> serde_json::Value {
    match value {
        FactValue::Bool(value) => (*value).into(),
        FactValue::Int(value) => (*value).into(),
        FactValue::Number(value) => (*value).into(),
        other => shown(&other.to_string()).into(),
    }
}

fn rounded(number: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (number * scale).round() / scale
}

//! What a file is, in words and as JSON.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::facts::{CHINA_OFFSET_S, Fen};
use crate::intake::layout::any_instant;
use crate::intake::records::{LONGEST, Reject};
use crate::intake::{Claimed, Export, Movement, Note, Survey};
use crate::rules::RuleSet;
use crate::text::Locale;

use super::escape::harmless;
use super::json::write_json_value;
use super::view::word;

/// A survey with everything needed to put it into words.
#[derive(Debug, Clone, Copy)]
pub struct SurveyView<'v> {
    /// The file.
    pub export: &'v Export<'v>,
    /// What it holds.
    pub survey: &'v Survey,
    /// The rules, for their words and names.
    pub rules: &'v RuleSet,
    /// The language.
    pub locale: Locale,
}

#[derive(Serialize)]
struct Report<'v> {
    schema: u32,
    file: &'v str,
    within: Option<&'v str>,
    format: &'v str,
    title: Option<&'v str>,
    encoding: &'static str,
    header_line: Option<u64>,
    rows: u64,
    rejected: u64,
    columns: Columns,
    status_words: &'v BTreeMap<String, u64>,
    status: &'v BTreeMap<String, u64>,
    amounts: Amounts,
    period: Period<'v>,
    zone: String,
    unit: &'static str,
    control_total: &'static str,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Columns {
    mapped: BTreeMap<String, String>,
    unmapped: Vec<String>,
}

#[derive(Serialize)]
struct Amounts {
    out: Sum,
    r#in: Sum,
    neutral: Sum,
}

#[derive(Serialize)]
struct Sum {
    rows: u64,
    sum: String,
}

#[derive(Serialize)]
struct Period<'v> {
    from: Option<&'v str>,
    to: Option<&'v str>,
}

/// Writes the survey as one line of JSON.
///
/// # Errors
/// What the writer reports.
pub fn write_survey_json(view: &SurveyView<'_>, out: &mut impl Write) -> io::Result<()> {
    write_json_value(&report(view), out)
}

/// Writes the survey for a person.
///
/// # Errors
/// What the writer reports.
pub fn write_survey(view: &SurveyView<'_>, out: &mut impl Write) -> io::Result<()> {
    let report = report(view);
    let word = |key| word(view.rules, view.locale, key);
    let colon = word("colon");
    let name = match report.within {
        Some(within) => format!("{} ({within})", report.file),
        None => report.file.to_owned(),
    };
    writeln!(out, "{}", harmless(&name))?;
    let title = report.title.unwrap_or(word("inspect.generic"));
    writeln!(
        out,
        "  {}{colon}{title} ({})",
        word("inspect.format"),
        report.format
    )?;
    let header = report
        .header_line
        .map(|line| word("inspect.header").replace("{1}", &line.to_string()))
        .unwrap_or_default();
    writeln!(
        out,
        "  {}{colon}{}{header}",
        word("inspect.encoding"),
        report.encoding
    )?;
    writeln!(
        out,
        "  {}{colon}{}",
        word("inspect.rows"),
        word("inspect.rows_of")
            .replace("{1}", &report.rows.to_string())
            .replace("{2}", &report.rejected.to_string())
    )?;
    let mapped: Vec<String> = report
        .columns
        .mapped
        .iter()
        .map(|(column, field)| format!("{column} → {field}"))
        .collect();
    writeln!(
        out,
        "  {}{colon}{}",
        word("inspect.mapped"),
        harmless(&mapped.join(", "))
    )?;
    if !report.columns.unmapped.is_empty() {
        let unmapped = report.columns.unmapped.join(", ");
        writeln!(
            out,
            "  {}{colon}{}",
            word("inspect.unmapped"),
            harmless(&unmapped)
        )?;
    }
    counts(
        word("inspect.status_words"),
        colon,
        report.status_words,
        out,
    )?;
    counts(word("inspect.status"), colon, report.status, out)?;
    for (key, sum) in [
        ("inspect.out", &report.amounts.out),
        ("inspect.in", &report.amounts.r#in),
        ("inspect.neutral", &report.amounts.neutral),
    ] {
        if sum.rows > 0 {
            let text = word("inspect.sum")
                .replace("{1}", &sum.rows.to_string())
                .replace("{2}", &sum.sum);
            writeln!(out, "  {}{colon}{text}", word(key))?;
        }
    }
    if let (Some(from), Some(to)) = (report.period.from, report.period.to) {
        writeln!(out, "  {}{colon}{from} … {to}", word("inspect.period"))?;
    }
    writeln!(out, "  {}{colon}{}", word("inspect.zone"), report.zone)?;
    writeln!(out, "  {}{colon}{}", word("inspect.unit"), report.unit)?;
    for warning in &report.warnings {
        writeln!(out, "  ! {}", harmless(warning))?;
    }
    Ok(())
}

fn counts(
    label: &str,
    colon: &str,
    counts: &BTreeMap<String, u64>,
    out: &mut impl Write,
) -> io::Result<()> {
    if counts.is_empty() {
        return Ok(());
    }
    let mut list: Vec<(&String, &u64)> = counts.iter().collect();
    list.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let shown: Vec<String> = list
        .iter()
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    writeln!(out, "  {label}{colon}{}", harmless(&shown.join(", ")))
}

fn report<'v>(view: &SurveyView<'v>) -> Report<'v> {
    let layout = &view.export.detected.layout;
    let survey = view.survey;
    let catalog = &view.rules.catalog;
    let sum = |movement: Movement| Sum {
        rows: movement.rows,
        sum: Fen(movement.sum).to_string(),
    };
    Report {
        schema: 1,
        file: &view.export.name,
        within: view.export.within.as_deref(),
        format: layout.format_id(),
        title: layout.format.map(|format| format.title.get(view.locale)),
        encoding: view.export.encoding.name(),
        header_line: view.export.detected.header_line,
        rows: survey.rows,
        rejected: survey.rejects,
        columns: Columns {
            mapped: layout.mapped_columns(catalog).into_iter().collect(),
            unmapped: layout.unmapped_columns(catalog),
        },
        status_words: &survey.status_words,
        status: &survey.status,
        amounts: Amounts {
            out: sum(survey.out),
            r#in: sum(survey.into),
            neutral: sum(survey.neutral),
        },
        period: Period {
            from: survey.from.as_deref(),
            to: survey.to.as_deref(),
        },
        zone: zone(layout.zone),
        unit: layout.unit.word(),
        control_total: survey.control().word(),
        warnings: warnings(view),
    }
}

fn zone(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What is to be noted about a file, in words.
#[must_use]
pub fn note_text(note: &Note, rules: &RuleSet, locale: Locale) -> String {
    let word = |key| word(rules, locale, key);
    match note {
        Note::Cut(reason) => word("inspect.cut").replace("{1}", reason),
        Note::SameSheet(name) => word("inspect.same_sheet").replace("{1}", name),
        Note::OtherSheet(name) => word("inspect.other_sheet").replace("{1}", name),
        Note::OtherTable { name, rows } => word("inspect.other_table")
            .replace("{1}", name)
            .replace("{2}", &rows.to_string()),
    }
}

/// Why a record was rejected, in words.
pub(super) fn reject_text(reject: &Reject, rules: &RuleSet, locale: Locale) -> String {
    let text = |key, values: &[&str]| {
        let text = word(rules, locale, key).to_owned();
        (1..).zip(values).fold(text, |text, (number, value)| {
            text.replace(&format!("{{{number}}}"), value)
        })
    };
    match reject {
        Reject::TooLong => text("reject.too_long", &[&LONGEST.to_string()]),
        Reject::Encoding => text("reject.encoding", &[]),
        Reject::Control => text("reject.control", &[]),
        Reject::Quote => text("reject.quote", &[]),
        Reject::Cells { expected, found } => {
            let (expected, found) = (expected.to_string(), found.to_string());
            text("reject.cells", &[&expected, &found])
        }
        Reject::Json(detail) => text("reject.json", &[detail]),
        Reject::Sql(detail) => text("reject.sql", &[detail]),
        Reject::Line => text("reject.line", &[]),
        Reject::Cut => text("reject.cut", &[]),
    }
}

/// How many rejected rows are named one by one.
const NAMED: usize = 5;

fn warnings(view: &SurveyView<'_>) -> Vec<String> {
    let word = |key| word(view.rules, view.locale, key);
    let survey = view.survey;
    let mut warnings = Vec::new();
    let notes = view.export.notes.iter();
    warnings.extend(notes.map(|note| note_text(note, view.rules, view.locale)));
    if view.export.detected.layout.format.is_none() {
        warnings.push(word("inspect.guessed").to_owned());
    }
    claims(view, &mut warnings);
    for (from, to) in &survey.claimed_periods {
        let at = |text: &str| any_instant(text, CHINA_OFFSET_S).map(|moment| moment.millis());
        let order = |a: &Option<String>, b: Option<i64>| {
            a.as_deref().and_then(at).zip(b).map(|(a, b)| a.cmp(&b))
        };
        let outside = order(&survey.from, at(from)) == Some(Ordering::Less)
            || order(&survey.to, at(to)) == Some(Ordering::Greater);
        if outside {
            let text = word("inspect.outside").replace("{1}", from);
            warnings.push(text.replace("{2}", to));
        }
    }
    for (unknown, count) in &survey.unknown_words {
        let text = word("inspect.unknown_word").replace("{1}", unknown);
        warnings.push(text.replace("{2}", &count.to_string()));
    }
    for (complaint, (count, line)) in &survey.complaints {
        let text = word("inspect.complaint").replace("{1}", complaint);
        let text = text.replace("{2}", &count.to_string());
        warnings.push(text.replace("{3}", &line.to_string()));
    }
    for rejected in survey.rejected.iter().take(NAMED) {
        let text = word("inspect.rejected").replace("{1}", &rejected.line.to_string());
        warnings.push(text.replace(
            "{2}",
            &reject_text(&rejected.reason, view.rules, view.locale),
        ));
    }
    if survey.zone_assumed {
        let zone = zone(view.export.detected.layout.zone);
        warnings.push(word("inspect.assumed").replace("{1}", &zone));
    }
    if let Some(other) = survey.other_zone {
        warnings.push(word("inspect.other_zone").replace("{1}", &zone(other)));
    }
    if survey.maybe_fen {
        warnings.push(word("inspect.maybe_fen").to_owned());
    }
    warnings
}

/// What the file states of its rows and they do not bear out.
fn claims(view: &SurveyView<'_>, warnings: &mut Vec<String>) {
    let word = |key| word(view.rules, view.locale, key);
    let survey = view.survey;
    for claim in &survey.claims {
        let found = survey.found(claim.of);
        let rows = claim.rows.filter(|rows| *rows != found.rows);
        let sum = claim.sum.filter(|sum| *sum != found.sum);
        let about = match claim.of {
            Claimed::All => "inspect.all",
            Claimed::Out => "inspect.out",
            Claimed::In => "inspect.in",
            Claimed::Neutral => "inspect.neutral",
            Claimed::Payments => "inspect.payments",
            Claimed::Refunds => "inspect.refunds",
        };
        let mut warn = |key, stated: String, given: String| {
            let text = word(key).replace("{1}", &stated).replace("{2}", &given);
            warnings.push(text.replace("{3}", word(about)));
        };
        match (rows, claim.of) {
            (Some(rows), Claimed::All) => {
                // Rows that cannot be read are rows all the same, but were not read.
                warn("inspect.claimed", rows.to_string(), survey.rows.to_string());
            }
            (Some(rows), _) => {
                warn(
                    "inspect.claimed_of",
                    rows.to_string(),
                    found.rows.to_string(),
                );
            }
            (None, _) => {}
        }
        if let Some(sum) = sum {
            warn(
                "inspect.claimed_sum",
                Fen(sum).to_string(),
                Fen(found.sum).to_string(),
            );
        }
    }
}

//! Explanations: a cause, a code with every reading, and a case with why and why not.

use std::io::{self, Write};

use colored::Colorize;
use serde::Serialize;
use textwrap::Options;

use crate::diagnose::{CaseVerdict, Change, Finding, Weighed};
use crate::rules::{Cause, Evidence, Money, Reading, RuleSet, SignalIndex, Word};
use crate::text::{Locale, Text};

use super::escape::harmless;
use super::spoken::write_spoken;
use super::view::{View, word};

/// Rules in one language on paper of one width.
struct Page<'p, W> {
    rules: &'p RuleSet,
    locale: Locale,
    width: usize,
    out: &'p mut W,
}

impl<'p, W: Write> Page<'p, W> {
    fn word(&self, key: &'p str) -> &'p str {
        word(self.rules, self.locale, key)
    }

    fn keyed(&self, group: &str, key: &str) -> String {
        let full = format!("{group}.{key}");
        let text = self
            .rules
            .words
            .get(&full)
            .map(|text| text.get(self.locale));
        text.unwrap_or(key).to_owned()
    }

    fn say(&self, text: &'p Text) -> &'p str {
        text.get(self.locale)
    }

    fn paragraph(&mut self, first: &str, rest: &str, text: &str) -> io::Result<()> {
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest);
        for line in textwrap::wrap(text, options) {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn heading(&mut self, key: &'p str) -> io::Result<()> {
        let heading = self.word(key).bold();
        writeln!(self.out, "\n{heading}")
    }

    fn line(&mut self, key: &'p str, value: &str) -> io::Result<()> {
        let label = self.word(key).trim();
        let first = format!("  {label}{}", self.word("colon"));
        self.paragraph(&first, "    ", value)
    }
}

/// Writes what a cause file says.
///
/// # Errors
/// What the writer reports.
pub fn write_cause(
    rules: &RuleSet,
    cause: &Cause,
    locale: Locale,
    width: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut page = Page {
        rules,
        locale,
        width,
        out,
    };
    let source = &cause.source;
    writeln!(
        page.out,
        "{} ({})",
        page.say(&source.title).bold(),
        cause.id()
    )?;
    for (summary, reader) in source
        .summary
        .iter()
        .zip(["", "summary.agent", "summary.merchant"])
    {
        let by = if reader.is_empty() {
            String::new()
        } else {
            page.word(reader).to_owned()
        };
        page.paragraph("  ", "  ", &format!("{by}{}", page.say(summary)))?;
    }
    cause_data(&mut page, cause)?;
    page.heading("heading.evidence")?;
    for item in &cause.evidence {
        evidence_line(&mut page, item)?;
    }
    for (key, signals) in [
        ("excluded_by", &cause.excluded_by),
        ("confirmed_by", &cause.confirmed_by),
    ] {
        for signal in signals {
            let text = signal_text(page.rules, page.locale, *signal, true);
            page.line(key, &text)?;
        }
    }
    page.heading("heading.fixes")?;
    for (number, fix) in cause.fixes.iter().enumerate() {
        let who = page.keyed("who", fix.source.who.word());
        let text = format!("[{who}] {}", page.say(&fix.source.text));
        page.paragraph(&format!("  {}. ", number + 1), "     ", &text)?;
    }
    page.heading("heading.retry")?;
    let advice = page.keyed("retry", source.advice.word());
    let when = page.say(&source.retry);
    page.paragraph("  ", "  ", &format!("{advice}: {when}"))?;
    look_alikes(&mut page, cause)
}

fn cause_data<'p, W: Write>(page: &mut Page<'p, W>, cause: &'p Cause) -> io::Result<()> {
    let source = &cause.source;
    let origin = if source.from_article {
        "source.article"
    } else {
        "source.extended"
    };
    let mut from = page.word(origin).to_owned();
    if let Some(section) = &source.section {
        from = format!("{from} — {}", page.say(section));
    }
    writeln!(page.out)?;
    page.line("label.group", &page.keyed("group", &source.group))?;
    page.line("label.source", &from)?;
    page.line(
        "label.severity",
        &page.keyed("severity", source.severity.word()),
    )?;
    page.line("label.step", &page.keyed("step", source.step.word()))?;
    page.line("label.who", &page.keyed("who", source.who.word()))?;
    page.line("label.prior", &format!("{}/100", source.prior))
}

fn evidence_line<W: Write>(page: &mut Page<'_, W>, item: &Evidence) -> io::Result<()> {
    let signal = page.rules.signal(item.signal);
    let text = signal_text(page.rules, page.locale, item.signal, true);
    let counts = format!(
        "{} {}/100 · {} {}/100 · {:+.1} / {:+.1}",
        page.word("label.seen"),
        shown(item.seen * 100.0),
        page.word("label.base"),
        shown(signal.base * 100.0),
        item.bits_true,
        item.bits_false
    );
    page.paragraph("  - ", "    ", &text)?;
    page.paragraph("    ", "    ", &format!("{} · {counts}", signal.id))
}

/// A count of 100 without needless decimals.
fn shown(count: f64) -> String {
    let rounded = (count * 100.0).round() / 100.0;
    rounded.to_string()
}

/// A signal's text with its placeholders shown as labels of the facts.
fn signal_text(rules: &RuleSet, locale: Locale, index: SignalIndex, state: bool) -> String {
    let signal = rules.signal(index);
    let text = if state { &signal.yes } else { &signal.no };
    let mut shown = text.get(locale).to_owned();
    for (_, spec) in rules.catalog.entries() {
        let placeholder = format!("{{{}}}", spec.key);
        if shown.contains(&placeholder) {
            shown = shown.replace(&placeholder, &format!("‹{}›", spec.meaning.get(locale)));
        }
    }
    shown
}

fn look_alikes<'p, W: Write>(page: &mut Page<'p, W>, cause: &'p Cause) -> io::Result<()> {
    if cause.source.confused_with.is_empty() {
        return Ok(());
    }
    page.heading("heading.look_alikes")?;
    for other in &cause.source.confused_with {
        let title = page
            .rules
            .cause(&other.id.value)
            .map_or(other.id.value.as_str(), |cause| {
                cause.source.title.get(page.locale)
            });
        let text = format!(
            "{title} ({}): {}",
            other.id.value,
            other.tell.get(page.locale)
        );
        page.paragraph("  - ", "    ", &text)?;
    }
    Ok(())
}

/// One reading of a code, for JSON.
#[derive(Serialize)]
struct ReadingJson<'r> {
    gateway: &'r str,
    gateway_name: &'r str,
    code: &'r str,
    message: &'r str,
    meaning: &'r str,
    cause: Option<&'r str>,
    certainty: Option<&'static str>,
    money: &'static str,
    who: &'r str,
    source: &'r str,
    published: &'r str,
}

fn reading_json<'r>(rules: &'r RuleSet, reading: Reading, locale: Locale) -> ReadingJson<'r> {
    let (gateway, row) = rules.codes.row(reading);
    ReadingJson {
        gateway: &gateway.id,
        gateway_name: gateway.name.get(locale),
        code: &row.code,
        message: &row.message,
        meaning: row.meaning(locale),
        cause: row.cause.as_ref().map(|(id, _)| id.as_ref()),
        certainty: row.cause.as_ref().map(|(_, certainty)| certainty.word()),
        money: money_word(row.money),
        who: &row.who,
        source: &row.source,
        published: &gateway.published,
    }
}

fn money_word(money: Money) -> &'static str {
    match money {
        Money::Silent => "silent",
        other => other.word(),
    }
}

/// Writes every reading of a code as JSON: `{"schema":1,"code":…,"readings":[…]}`.
///
/// # Errors
/// What the writer reports.
pub fn write_code_json(
    rules: &RuleSet,
    code: &str,
    readings: &[Reading],
    locale: Locale,
    out: &mut impl Write,
) -> io::Result<()> {
    let readings: Vec<ReadingJson<'_>> = readings
        .iter()
        .map(|reading| reading_json(rules, *reading, locale))
        .collect();
    let value = serde_json::json!({ "schema": 1, "code": code, "readings": readings });
    writeln!(out, "{value}")
}

/// Writes every reading of a code, with its source and what to do.
///
/// # Errors
/// What the writer reports.
pub fn write_code(
    rules: &RuleSet,
    code: &str,
    readings: &[Reading],
    locale: Locale,
    width: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut page = Page {
        rules,
        locale,
        width,
        out,
    };
    let count = page
        .word("code.readings")
        .replace("{1}", &readings.len().to_string());
    writeln!(page.out, "{} · {count}", harmless(code).bold())?;
    for reading in readings {
        writeln!(page.out)?;
        write_reading(&mut page, *reading)?;
    }
    Ok(())
}

fn write_reading<W: Write>(page: &mut Page<'_, W>, reading: Reading) -> io::Result<()> {
    let rules = page.rules;
    let (gateway, row) = rules.codes.row(reading);
    writeln!(
        page.out,
        "{} ({})",
        page.say(&gateway.name).bold(),
        gateway.id
    )?;
    let message = if row.message.is_empty() {
        String::new()
    } else {
        format!(" “{}”", row.message)
    };
    let meaning = row.meaning(page.locale);
    page.paragraph("  ", "  ", &format!("{}{message}: {meaning}", row.code))?;
    let cause = row.cause.as_ref().and_then(|(id, certainty)| {
        let cause = rules.cause(id)?;
        let sure = page.keyed("certainty", certainty.word());
        Some((
            cause,
            format!("{} ({id}, {sure})", page.say(&cause.source.title)),
        ))
    });
    match &cause {
        Some((_, text)) => page.line("label.cause", text)?,
        None => page.line("label.cause", page.word("code.no_cause"))?,
    }
    let money = page.keyed("money", money_word(row.money));
    page.line("label.money", &money)?;
    page.line("label.who", &page.keyed("who", &row.who))?;
    if let Some((cause, _)) = cause {
        let risky = !matches!(row.money, Money::Declined);
        let first = cause
            .fixes
            .iter()
            .find(|fix| !(risky && fix.source.pays_again));
        if let Some(fix) = first {
            page.line("heading.fixes", fix.source.text.get(page.locale))?;
        }
    }
    page.line("label.published", &gateway.published)?;
    page.line("label.source", &row.source)
}

/// Writes how a case came to its diagnosis, why not another cause, and what would change it.
///
/// # Errors
/// What the writer reports.
pub fn write_case_explanation(
    view: &View<'_>,
    other: Option<&Finding>,
    changes: &[Change],
    width: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut page = Page {
        rules: view.rules,
        locale: view.locale,
        width,
        out,
    };
    let diagnosis = view.diagnosis;
    let first = diagnosis.findings.first();
    if diagnosis.verdict == CaseVerdict::Healthy {
        writeln!(page.out, "{}", page.word("case.healthy").bold())?;
    }
    if let Some(first) = first {
        page.heading("heading.why")?;
        arithmetic(&mut page, view, first)?;
    }
    if let Some(other) = other {
        page.heading("heading.why_not")?;
        arithmetic(&mut page, view, other)?;
        if let Some(first) = first.filter(|first| first.cause != other.cause) {
            let gap = page
                .word("gap")
                .replace("{1}", &format!("{:.1}", first.bits - other.bits));
            page.paragraph("  ", "  ", &gap)?;
        }
    }
    write_spoken(view, page.out)?;
    page.heading("heading.changes")?;
    if changes.is_empty() {
        let none = page.word("change.none").to_owned();
        page.paragraph("  ", "  ", &none)?;
    }
    for change in changes {
        let text = change_text(view, change);
        page.paragraph("  - ", "    ", &text)?;
    }
    Ok(())
}

/// Prior and every piece of evidence with its bits, adding up to the total.
fn arithmetic<W: Write>(
    page: &mut Page<'_, W>,
    view: &View<'_>,
    finding: &Finding,
) -> io::Result<()> {
    let cause = &view.rules.causes[finding.cause];
    writeln!(
        page.out,
        "  {} = {:+.1} bit",
        view.named(finding).bold(),
        finding.bits
    )?;
    let prior = format!("{} {}/100", page.word("label.prior"), cause.source.prior);
    page.paragraph(
        &format!("  {:>6.1}  ", cause.prior.log2()),
        "          ",
        &prior,
    )?;
    for item in finding.evidence.iter().filter(|item| item.counts) {
        let text = format!("{} [{}]", view.evidence(item), sources(view, item));
        page.paragraph(&format!("  {:>+6.1}  ", item.bits), "          ", &text)?;
    }
    if let Some(signal) = finding.decided_by {
        let text = signal_text(view.rules, view.locale, signal, true);
        let key = match finding.verdict {
            crate::diagnose::Verdict::Excluded => "excluded_by",
            _ => "confirmed_by",
        };
        page.line(key, &text)?;
    }
    if !finding.missing.is_empty() {
        let labels: Vec<&str> = finding.missing.iter().map(|key| view.label(*key)).collect();
        page.line("evidence.missing", &labels.join(view.word("list.comma")))?;
    }
    Ok(())
}

/// The facts that a piece of evidence was read from, as key=value.
fn sources(view: &View<'_>, item: &Weighed) -> String {
    let facts = view.facts_of(item);
    let pairs = facts.iter().filter_map(|key| {
        let value = view.facts.get(*key)?;
        let shown = harmless(&view.masked(*key, &value.to_string()));
        Some(format!("{}={shown}", view.rules.catalog.spec(*key).key))
    });
    pairs.collect::<Vec<_>>().join(" ")
}

fn change_text(view: &View<'_>, change: &Change) -> String {
    let edits: Vec<String> = change
        .edits
        .iter()
        .map(|edit| {
            let spec = view.rules.catalog.spec(edit.fact);
            let label = view.label(edit.fact);
            match &edit.value {
                Some(value) => {
                    let shown = view.show(edit.fact, value);
                    format!("{label} ({}) {} {shown}", spec.key, view.word("change.to"))
                }
                None => format!("{label} ({}) {}", spec.key, view.word("change.unknown")),
            }
        })
        .collect();
    let result = match (change.first, change.verdict) {
        (Some(first), _) => view.title_of(first),
        (None, CaseVerdict::Healthy) => view.word("case.healthy"),
        (None, _) => view.word("case.undetermined"),
    };
    format!(
        "{} {} {result}",
        edits.join(" + "),
        view.word("change.result")
    )
}

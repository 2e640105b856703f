//! The report as Markdown, to paste into a ticket.

use std::io::{self, Write};

use crate::diagnose::{CaseVerdict, Finding, Verdict};

use super::escape::markdown;
use super::view::View;

/// Writes the report.
///
/// # Errors
/// What the writer reports.
pub fn write_markdown(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    headline(view, out)?;
    fixes(view, out)?;
    questions(view, out)?;
    for finding in &view.diagnosis.findings {
        if finding.verdict <= Verdict::Likely && view.diagnosis.verdict != CaseVerdict::Healthy {
            evidence(view, finding, out)?;
        }
    }
    warnings(view, out)?;
    writeln!(
        out,
        "\n<sub>{} `{}`</sub>",
        view.word("heading.rules"),
        view.rules.fingerprint
    )
}

fn headline(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    let diagnosis = view.diagnosis;
    let name = markdown(view.case);
    match (diagnosis.verdict, diagnosis.first()) {
        (CaseVerdict::Healthy, _) => writeln!(out, "## {name}: {}", view.word("case.healthy"))?,
        (_, Some(first)) => writeln!(out, "## {name}: {}", view.named(first))?,
        _ => writeln!(out, "## {name}: {}", view.word("case.undetermined"))?,
    }
    writeln!(
        out,
        "\n**{}** — {}",
        view.pay_again(),
        markdown(&view.pay_reason())
    )?;
    if let Some(first) = diagnosis.first() {
        writeln!(out, "\n{}", view.summary(first))?;
    }
    Ok(())
}

fn fixes(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    if view.diagnosis.fixes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {}\n", view.word("heading.fixes"))?;
    for (number, choice) in view.diagnosis.fixes.iter().enumerate() {
        let fix = &view.rules.causes[choice.cause].fixes[choice.fix].source;
        let caution = if fix.caution {
            view.word("caution")
        } else {
            ""
        };
        let text = markdown(&view.fill(&fix.text));
        writeln!(
            out,
            "{}. **{}** {caution} {text}",
            number + 1,
            view.who(fix.who)
        )?;
    }
    if let Some(first) = view.diagnosis.first() {
        let retry = markdown(&view.retry(first));
        writeln!(
            out,
            "\n**{}**{}{retry}",
            view.word("heading.retry"),
            view.word("colon")
        )?;
    }
    Ok(())
}

fn questions(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    if view.diagnosis.questions.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {}\n", view.word("heading.ask"))?;
    for question in &view.diagnosis.questions {
        let key = &view.rules.catalog.spec(question.fact).key;
        writeln!(
            out,
            "- {} — {} (`{key}`)",
            view.question(question),
            view.why(question)
        )?;
    }
    Ok(())
}

fn evidence(view: &View<'_>, finding: &Finding, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n### {}: {}\n",
        view.word("heading.evidence"),
        view.title(finding)
    )?;
    for (speaks_for, key) in [(true, "evidence.for"), (false, "evidence.against")] {
        for item in view.counted(finding, speaks_for) {
            let text = markdown(&view.evidence(item));
            writeln!(
                out,
                "- {}{}{text} ({:+.1})",
                view.word(key).trim(),
                view.word("colon"),
                item.bits
            )?;
        }
    }
    let missing: Vec<&str> = finding.missing.iter().map(|key| view.label(*key)).collect();
    if !missing.is_empty() {
        let list = missing.join(view.word("list.comma"));
        writeln!(
            out,
            "- {}{}{list}",
            view.word("evidence.missing").trim(),
            view.word("colon")
        )?;
    }
    Ok(())
}

fn warnings(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    if view.diagnosis.warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {}\n", view.word("heading.warnings"))?;
    for warning in &view.diagnosis.warnings {
        let text = view.fill(&view.rules.warnings[warning.0].text);
        writeln!(out, "- {}", markdown(&text))?;
    }
    Ok(())
}

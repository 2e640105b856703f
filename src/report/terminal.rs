//! The report for a person at a terminal: first line cause, confidence and whether it is safe to
//! pay again; then what to do; then why.

use std::io::{self, Write};

use colored::{ColoredString, Colorize};
use textwrap::Options;
use unicode_width::UnicodeWidthStr;

use crate::diagnose::{CaseVerdict, Finding, PayState, Verdict};
use crate::facts::Asker;

use super::view::View;

/// Causes beyond the likely ones that are listed.
const ALSO: usize = 4;

/// Facts named as missing, at most.
const MISSING: usize = 6;

/// Writes the report, wrapped to `width` columns; wide characters count as two.
///
/// # Errors
/// What the writer reports.
pub fn write_terminal(view: &View<'_>, width: usize, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page { view, width, out };
    page.headline()?;
    page.summary()?;
    page.fixes()?;
    page.questions()?;
    page.evidence()?;
    page.also()?;
    page.warnings()?;
    page.footer()
}

struct Page<'p, 'v, W> {
    view: &'p View<'v>,
    width: usize,
    out: &'p mut W,
}

impl<W: Write> Page<'_, '_, W> {
    /// One paragraph with a hanging indent.
    fn paragraph(&mut self, first: &str, rest: &str, text: &str) -> io::Result<()> {
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .break_words(true);
        for line in textwrap::wrap(text, options) {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    fn heading(&mut self, key: &str) -> io::Result<()> {
        let heading = super::view::word(self.view.rules, self.view.locale, key).bold();
        writeln!(self.out, "\n{heading}")
    }

    fn headline(&mut self) -> io::Result<()> {
        let view = self.view;
        let diagnosis = view.diagnosis;
        let pay = painted(
            view.pay_again(),
            diagnosis.verdict,
            diagnosis.pay_again.state,
        );
        let cause = match (diagnosis.verdict, diagnosis.first()) {
            (CaseVerdict::Healthy, _) => view.word("case.healthy").green().bold(),
            (_, Some(first)) => view.named(first).bold(),
            _ => view.word("case.undetermined").yellow().bold(),
        };
        writeln!(self.out, "{cause} · {pay}")?;
        let others = diagnosis.findings.iter().skip(1);
        for finding in others.filter(|finding| finding.verdict <= Verdict::Likely) {
            if diagnosis.verdict == CaseVerdict::Identified {
                let text = format!("{}{}", view.word("second_cause"), view.named(finding));
                self.paragraph("  ", "  ", &text)?;
            }
        }
        Ok(())
    }

    fn summary(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.diagnosis.verdict == CaseVerdict::Healthy {
            return Ok(());
        }
        if let Some(first) = view.diagnosis.first() {
            self.paragraph("  ", "  ", view.summary(first))?;
        }
        let reason = view.pay_reason();
        self.paragraph("  ", "  ", &reason)
    }

    fn fixes(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.diagnosis.fixes.is_empty() {
            return Ok(());
        }
        let identified = view.diagnosis.verdict == CaseVerdict::Identified;
        self.heading(if identified {
            "heading.fixes"
        } else {
            "heading.first_steps"
        })?;
        for (number, choice) in view.diagnosis.fixes.iter().enumerate() {
            let fix = &view.rules.causes[choice.cause].fixes[choice.fix].source;
            let who = view.who(fix.who);
            let minutes = view
                .word("minutes")
                .replace("{1}", &fix.minutes.to_string());
            let caution = if fix.caution {
                view.word("caution")
            } else {
                ""
            };
            let text = format!("[{who} · {minutes}] {caution}{}", view.fill(&fix.text));
            self.paragraph(&format!("  {}. ", number + 1), "     ", &text)?;
        }
        if let Some(first) = view.diagnosis.first() {
            let label = view.word("heading.retry");
            let text = format!("{label}{}{}", view.word("colon"), view.retry(first));
            self.paragraph("  ", "     ", &text)?;
        }
        Ok(())
    }

    fn questions(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.diagnosis.questions.is_empty() {
            return Ok(());
        }
        self.heading("heading.ask")?;
        for (number, question) in view.diagnosis.questions.iter().enumerate() {
            let spec = view.rules.catalog.spec(question.fact);
            let by = match spec.ask {
                Asker::User => "",
                Asker::Agent => view.word("ask.by_agent"),
                Asker::System => view.word("ask.by_system"),
            };
            let text = format!("{by}{}", view.question(question));
            self.paragraph(&format!("  {}. ", number + 1), "     ", &text)?;
            let key = view.word("with_key").replace("{1}", &spec.key);
            let why = format!("{}{key}", view.why(question));
            self.paragraph("     ", "     ", &why)?;
        }
        Ok(())
    }

    fn evidence(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.diagnosis.verdict == CaseVerdict::Healthy {
            return Ok(());
        }
        let likely: Vec<&Finding> = view
            .diagnosis
            .findings
            .iter()
            .filter(|finding| finding.verdict <= Verdict::Likely)
            .collect();
        for finding in &likely {
            self.heading("heading.evidence")?;
            if likely.len() > 1 {
                writeln!(self.out, "  {}", view.named(finding).bold())?;
            }
            self.weighed(finding)?;
        }
        Ok(())
    }

    fn weighed(&mut self, finding: &Finding) -> io::Result<()> {
        let view = self.view;
        for (speaks_for, key) in [(true, "evidence.for"), (false, "evidence.against")] {
            for item in view.counted(finding, speaks_for) {
                let label = format!("  {}  ", view.word(key));
                let indent = " ".repeat(label.width());
                let text = format!("{} ({:+.1})", view.evidence(item), item.bits);
                self.paragraph(&label, &indent, &text)?;
            }
        }
        if finding.missing.is_empty() {
            return Ok(());
        }
        let labels: Vec<&str> = finding
            .missing
            .iter()
            .take(MISSING)
            .map(|key| view.label(*key))
            .collect();
        let label = format!("  {}  ", view.word("evidence.missing"));
        let indent = " ".repeat(label.width());
        let text = labels.join(view.word("list.comma"));
        self.paragraph(&label, &indent, &text)
    }

    fn also(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.diagnosis.verdict == CaseVerdict::Healthy {
            return Ok(());
        }
        let possible: Vec<&Finding> = view
            .diagnosis
            .reported()
            .filter(|finding| finding.verdict == Verdict::Possible)
            .take(ALSO)
            .collect();
        if possible.is_empty() {
            return Ok(());
        }
        let alone = view.diagnosis.verdict == CaseVerdict::Undetermined;
        self.heading(if alone {
            "heading.possible"
        } else {
            "heading.also"
        })?;
        for finding in possible {
            let percent = View::percent(finding.probability);
            writeln!(self.out, "  {percent:>3}  {}", view.title(finding))?;
        }
        Ok(())
    }

    fn warnings(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.diagnosis.warnings.is_empty() {
            return Ok(());
        }
        self.heading("heading.warnings")?;
        for warning in &view.diagnosis.warnings {
            let text = view.fill(&view.rules.warnings[warning.0].text);
            self.paragraph("  - ", "    ", &text)?;
        }
        Ok(())
    }

    fn footer(&mut self) -> io::Result<()> {
        let view = self.view;
        let rules: String = view.rules.fingerprint.chars().take(19).collect();
        let case = super::escape::harmless(view.case);
        if let Some(contact) = &view.profile.contact {
            let text = format!("{}: {}", view.word("heading.contact"), view.say(contact));
            writeln!(self.out)?;
            self.paragraph("", "  ", &text)?;
        }
        let line = format!("{} {rules} · {case}", view.word("heading.rules"));
        writeln!(self.out, "\n{}", line.dimmed())
    }
}

fn painted(text: &str, verdict: CaseVerdict, state: PayState) -> ColoredString {
    match (verdict, state) {
        (CaseVerdict::Healthy, _) | (_, PayState::Allowed) => text.green(),
        (_, PayState::Blocked) => text.red().bold(),
    }
}

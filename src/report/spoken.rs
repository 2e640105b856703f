//! The free text of a case with its words marked: which phrase was read in which clause, said or
//! denied, and which facts came of it.

use std::io::{self, Write};

use colored::Colorize;

use crate::derive::{PROSE, Stated, statements};
use crate::facts::{FactKey, FactValue};
use crate::reading::{Reading, Stance, Statement};
use crate::rules::MoodKind;
use crate::text::Locale;

use super::escape::{harmless, html};
use super::view::View;

/// A text of the case as it was read.
struct Spoken<'v> {
    key: FactKey,
    text: &'v str,
    reading: Reading,
    facts: Vec<Stated>,
}

/// The texts of a case, read anew.
fn spoken<'v>(view: &View<'v>) -> Vec<Spoken<'v>> {
    let keys = PROSE.iter().filter_map(|key| view.rules.catalog.find(key));
    keys.filter_map(|key| {
        let Some(FactValue::Text(text)) = view.facts.get(key) else {
            return None;
        };
        Some(Spoken {
            key,
            text,
            reading: Reading::new(text, view.rules.phrases()),
            // What follows from nothing being said has no words to show.
            facts: statements(text, view.facts, view.rules)
                .into_iter()
                .filter(|stated| !stated.bytes.is_empty())
                .collect(),
        })
    })
    .collect()
}

/// How a statement stands, in words.
fn stance<'v>(view: &View<'v>, stance: Stance) -> &'v str {
    view.word(match stance {
        Stance::Said => "stance.said",
        Stance::Denied => "stance.denied",
        Stance::Silent(MoodKind::Question) => "stance.question",
        Stance::Silent(MoodKind::Condition) => "stance.condition",
        Stance::Silent(MoodKind::Plan) => "stance.plan",
        Stance::Silent(MoodKind::Belief) => "stance.belief",
        Stance::Silent(_) => "stance.resolved",
    })
}

/// The words of a place in a text, masked and harmless.
fn words(view: &View<'_>, spoken: &Spoken<'_>, bytes: &std::ops::Range<usize>) -> String {
    harmless(&view.masked(spoken.key, spoken.text[bytes.clone()].trim()))
}

fn means<'v>(view: &View<'v>, statement: &Statement) -> &'v str {
    view.say(&view.rules.phrases().phrases[statement.phrase].means)
}

/// Writes every clause with what was read in it; nothing for a case without text.
///
/// # Errors
/// What the writer reports.
pub(super) fn write_spoken(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    for spoken in spoken(view) {
        writeln!(
            out,
            "\n{} ({})",
            view.word("heading.read").bold(),
            view.label(spoken.key)
        )?;
        for (index, clause) in spoken.reading.clauses.iter().enumerate() {
            let typed = spoken.reading.normal.original(&clause.bytes);
            writeln!(out, "  {}", words(view, &spoken, &typed))?;
            let statements = spoken
                .reading
                .statements
                .iter()
                .filter(|one| one.clause == index);
            for statement in statements {
                let typed = spoken.reading.normal.original(&statement.bytes);
                let quoted = view
                    .word("quoted")
                    .replace("{1}", &words(view, &spoken, &typed));
                writeln!(
                    out,
                    "    {quoted} → {} ({})",
                    means(view, statement),
                    stance(view, statement.stance)
                )?;
            }
        }
        for stated in &spoken.facts {
            let quoted = view
                .word("quoted")
                .replace("{1}", &words(view, &spoken, &stated.bytes));
            let value = view.show(stated.fact, &stated.value);
            writeln!(out, "  {} = {value}  {quoted}", view.label(stated.fact))?;
        }
    }
    Ok(())
}

/// Writes the texts of a case as one page, its words marked.
///
/// # Errors
/// What the writer reports.
pub fn write_spoken_html(view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    let language = match view.locale {
        Locale::Zh => "zh-Hans",
        Locale::En => "en",
    };
    let title = html(view.word("heading.read"));
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>"
    )?;
    if let Some(first) = view.diagnosis.first() {
        writeln!(
            out,
            "<p>{} · {}</p>",
            html(&view.named(first)),
            html(view.pay_again())
        )?;
    }
    for spoken in spoken(view) {
        writeln!(
            out,
            "<h2>{}</h2><p class=text>",
            html(view.label(spoken.key))
        )?;
        for (index, clause) in spoken.reading.clauses.iter().enumerate() {
            write_clause(view, &spoken, index, &clause.bytes, out)?;
        }
        writeln!(out, "</p><table>")?;
        for stated in &spoken.facts {
            writeln!(
                out,
                "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                html(view.label(stated.fact)),
                html(&view.show(stated.fact, &stated.value)),
                html(&words(view, &spoken, &stated.bytes))
            )?;
        }
        writeln!(out, "</table>")?;
    }
    writeln!(out, "</body></html>")
}

/// One clause: what stands between its statements as it is, its statements marked.
fn write_clause(
    view: &View<'_>,
    spoken: &Spoken<'_>,
    index: usize,
    clause: &std::ops::Range<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    let clause = spoken.reading.normal.original(clause);
    let mut at = clause.start;
    let mut own: Vec<&Statement> = spoken
        .reading
        .statements
        .iter()
        .filter(|one| one.clause == index)
        .collect();
    own.sort_by_key(|statement| statement.bytes.start);
    for statement in own {
        let typed = spoken.reading.normal.original(&statement.bytes);
        // Of statements that share words the first is marked.
        if typed.start < at {
            continue;
        }
        write!(out, "{}", html(&words(view, spoken, &(at..typed.start))))?;
        let class = match statement.stance {
            Stance::Said => "said",
            Stance::Denied => "denied",
            Stance::Silent(_) => "silent",
        };
        let note = format!(
            "{} ({})",
            means(view, statement),
            stance(view, statement.stance)
        );
        write!(
            out,
            "<mark class={class} title=\"{note}\">{}</mark><small>{note}</small>",
            html(&words(view, spoken, &typed)),
            note = html(&note)
        )?;
        at = typed.end;
    }
    writeln!(out, "{}", html(&words(view, spoken, &(at..clause.end))))
}

/// Light and dark; what is denied is struck through, what asserts nothing is pale.
const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.7 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}.text{overflow-wrap:anywhere}mark{border-radius:.2em;padding:0 .15em}.said{background:#ffe08a;color:#222}.denied{background:#cfe3ff;color:#222;text-decoration:line-through}.silent{background:#8883;color:inherit}small{opacity:.75;margin:0 .4em}table{border-collapse:collapse}td{padding:.2rem .6rem;border-bottom:1px solid #8884;overflow-wrap:anywhere}";

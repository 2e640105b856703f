//! `rules`: list, show, check and document rule files.

use std::io::Write;

use serde_json::{Value, json};

use crate::cli::args::{Common, Format, RulesCommand};
use crate::cli::exit::{Exit, Failure};
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::document::{Diagnostic, nearest};
use crate::report::write_json_value;
use crate::rules::{Actor, Advice, Cause, RuleFile, RuleSet, Severity, Step, Word};

use super::{eval, rules_new, test, unmatched};

pub(super) fn run(
    common: &Common,
    command: &RulesCommand,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    match command {
        RulesCommand::List { format } => list(common, *format, settings, out),
        RulesCommand::Show { id } => show(common, id, out),
        RulesCommand::Check { format } => check(common, *format, out),
        RulesCommand::Test { format, all } => test::run(common, *format, *all, settings, out),
        RulesCommand::Eval(args) => eval::run(common, args, settings, out),
        RulesCommand::Unmatched(args) => unmatched::run(common, args, out),
        RulesCommand::New {
            id,
            group,
            out: folder,
        } => rules_new::run(id, group, folder, out),
        RulesCommand::Schema => schema(out),
        RulesCommand::Doc => doc(common, out),
    }
}

fn list(
    common: &Common,
    format: Format,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules_with_examples(common)?;
    if format == Format::Json {
        let causes: Vec<Value> = rules.causes.iter().map(cause_json).collect();
        let value = json!({ "schema": 1, "rules": rules.fingerprint, "causes": causes });
        write_json_value(&value, out)?;
        return Ok(Exit::Clear);
    }
    for cause in &rules.causes {
        let title = cause.source.title.get(settings.locale);
        writeln!(out, "{:<26} {:<10} {title}", cause.id(), cause.source.group)?;
    }
    Ok(Exit::Clear)
}

fn cause_json(cause: &Cause) -> Value {
    json!({
        "id": cause.id(),
        "group": cause.source.group,
        "source": if cause.source.from_article { "article" } else { "extended" },
        "title": cause.source.title,
        "prior": cause.source.prior,
        "severity": cause.source.severity.word(),
        "who": cause.source.who.word(),
        "step": cause.source.step.word(),
        "evidence": cause.evidence.len(),
        "fixes": cause.fixes.len(),
        "examples": cause.source.examples.len(),
        "file": cause.file,
    })
}

fn show(common: &Common, id: &str, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let files = load::rule_files(common)?;
    let rules = load::rules_with_examples(common)?;
    let shown = rules
        .cause(id)
        .map(|cause| cause.file.as_str())
        .or_else(|| {
            rules
                .signals
                .iter()
                .find(|s| s.id == id)
                .map(|s| s.file.as_str())
        });
    let file = files
        .iter()
        .filter(|file| Some(file.shown.as_str()) == shown)
        .last();
    let Some(file) = file else {
        return Err(unknown(id, rules).into());
    };
    out.write_all(part(id, file, rules).as_bytes())?;
    Ok(Exit::Clear)
}

/// The whole file of a cause; of a signal file only the signal's own table.
fn part<'f>(id: &str, file: &'f RuleFile, rules: &RuleSet) -> &'f str {
    let text: &str = &file.text;
    if rules.cause(id).is_some() {
        return text;
    }
    let Some(at) = text.find(&format!("id = \"{id}\"")) else {
        return text;
    };
    let start = text[..at].rfind("[[signal]]").unwrap_or(0);
    let end = text[at..]
        .find("\n[[signal]]")
        .map_or(text.len(), |end| at + end);
    &text[start..end]
}

fn unknown(id: &str, rules: &RuleSet) -> Failure {
    let ids = rules
        .causes
        .iter()
        .map(Cause::id)
        .chain(rules.signals.iter().map(|signal| signal.id.as_str()));
    let help = nearest(id, ids).map(|near| format!("did you mean `{near}`?"));
    let message = format!("expected the id of a cause or signal, found `{id}`");
    Failure::new(message, help)
}

fn check(common: &Common, format: Format, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let files = load::rule_files(common)?;
    let mut checked = RuleSet::check(&files);
    checked.found.extend(load::lint_profile(common, &files)?);
    let found = &checked.found;
    match format {
        Format::Json => {
            let list: Vec<Value> = found.iter().map(diagnostic_json).collect();
            write_json_value(&json!({ "schema": 1, "mistakes": list }), out)?;
        }
        Format::Text => {
            for diagnostic in found {
                writeln!(
                    out,
                    "{}",
                    crate::report::harmless_lines(&diagnostic.to_string())
                )?;
            }
            if found.is_empty() {
                writeln!(
                    out,
                    "{} files, {} causes, {} signals, {} code tables: no mistakes",
                    files.iter().count(),
                    checked.causes,
                    checked.signals,
                    checked.tables
                )?;
            }
        }
    }
    Ok(if found.is_empty() {
        Exit::Clear
    } else {
        Exit::Impossible
    })
}

fn diagnostic_json(found: &Diagnostic) -> Value {
    json!({
        "code": found.code,
        "file": &*found.file,
        "line": found.line,
        "column": found.column,
        "message": found.message,
        "help": found.help,
    })
}

/// The words of an enum of cause files.
fn words<W: Word>() -> Value {
    let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
    json!({ "enum": words })
}

/// The JSON Schema of a cause file, for editors.
fn schema(out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let text = json!({
        "type": "object",
        "required": ["zh", "en"],
        "properties": { "zh": { "type": "string", "minLength": 1 }, "en": { "type": "string", "minLength": 1 } },
        "additionalProperties": false,
    });
    let list = |properties: Value, required: Value| {
        json!({
            "type": "array",
            "items": { "type": "object", "properties": properties, "required": required, "additionalProperties": false },
        })
    };
    let string = json!({ "type": "string" });
    let strings = json!({ "type": "array", "items": { "type": "string" } });
    let count = json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 100 });
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "recharge-doctor cause file",
        "type": "object",
        "required": ["id", "group", "source", "severity", "who", "step", "title", "prior", "summary", "retry"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" },
            "group": string,
            "source": { "enum": ["article", "extended"] },
            "section": text,
            "severity": words::<Severity>(),
            "who": words::<Actor>(),
            "step": words::<Step>(),
            "title": text,
            "prior": count,
            "excluded_by": strings,
            "confirmed_by": strings,
            "summary": { "type": "object", "properties": { "user": text, "agent": text, "merchant": text }, "required": ["user", "agent", "merchant"], "additionalProperties": false },
            "evidence": list(json!({ "signal": string, "seen": count, "same_as": string }), json!(["signal", "seen"])),
            "retry": { "type": "object", "properties": { "advice": words::<Advice>(), "when": text }, "required": ["advice", "when"], "additionalProperties": false },
            "fix": list(
                json!({ "id": string, "who": words::<Actor>(), "minutes": { "type": "integer", "minimum": 0 }, "text": text, "caution": { "type": "boolean" }, "pays_again": { "type": "boolean" }, "when": string }),
                json!(["id", "who", "minutes", "text"]),
            ),
            "confused_with": list(json!({ "id": string, "tell": text }), json!(["id", "tell"])),
            "example": list(
                json!({ "name": string, "expect": { "enum": ["likely", "other", "asks"] }, "wins": string, "asks": strings, "pay_again": { "enum": ["blocked", "allowed"] }, "gate": string, "warns": strings, "case": { "type": "object" } }),
                json!(["name", "expect", "case"]),
            ),
        },
    });
    writeln!(out, "{}", serde_json::to_string_pretty(&schema)?)?;
    Ok(Exit::Clear)
}

/// The cause table of the documentation.
fn doc(common: &Common, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let rules = load::rules_with_examples(common)?;
    writeln!(out, "| cause | 中文 | English | group | who acts |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for cause in &rules.causes {
        let source = &cause.source;
        writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            cause.id(),
            source.title.zh,
            source.title.en,
            source.group,
            source.who.word()
        )?;
    }
    Ok(Exit::Clear)
}

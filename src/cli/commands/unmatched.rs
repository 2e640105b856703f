//! `rules unmatched`: clauses of a ticket export that no phrase reads; with `--phrases`, what each
//! phrase reads and with which causes it goes.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::args::{Common, Format, Unmatched};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::learn::unmatched::unmatched;
use crate::learn::usage::{Usage, usage};
use crate::report::{harmless, write_json_value};

use super::evaluate::{labelled_rows, open};

pub(super) fn run(common: &Common, args: &Unmatched, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    if args.phrases {
        let rows = labelled_rows(std::slice::from_ref(&args.file))?;
        write_usage(&usage(&rows, rules.phrases()), args.format, out)?;
        return Ok(Exit::Clear);
    }
    let texts = texts(&args.file)?;
    let found = unmatched(texts.iter().map(String::as_str), rules.phrases());
    let groups = found.groups.iter().take(args.most);
    match args.format {
        Format::Json => {
            let groups: Vec<_> = groups
                .map(|group| json!({ "clause": group.clause, "count": group.count, "others": group.others }))
                .collect();
            let value = json!({
                "schema": 1, "texts": texts.len(), "clauses": found.clauses, "read": found.read,
                "groups": groups,
            });
            write_json_value(&value, out)?;
        }
        Format::Text => {
            writeln!(
                out,
                "{} texts, {} clauses: {} read by a phrase, {} not, in {} groups",
                texts.len(),
                found.clauses,
                found.read,
                found.clauses - found.read,
                found.groups.len()
            )?;
            for group in groups {
                writeln!(out, "{:>5}  {}", group.count, harmless(&group.clause))?;
                for other in &group.others {
                    writeln!(out, "         {}", harmless(other))?;
                }
            }
        }
    }
    Ok(Exit::Clear)
}

/// Causes that are named beside a phrase on a terminal.
const NAMED: usize = 6;

/// What each phrase reads, with some of the clauses.
fn write_usage(found: &[Usage], format: Format, out: &mut Vec<u8>) -> anyhow::Result<()> {
    if format == Format::Json {
        let phrases: Vec<_> = found
            .iter()
            .map(|one| {
                let causes: serde_json::Map<String, serde_json::Value> = one
                    .causes
                    .iter()
                    .map(|(cause, count)| (cause.clone(), json!(count)))
                    .collect();
                json!({
                    "phrase": one.phrase, "said": one.said, "denied": one.denied,
                    "causes": causes, "clauses": one.clauses,
                })
            })
            .collect();
        write_json_value(&json!({ "schema": 1, "phrases": phrases }), out)?;
        return Ok(());
    }
    for one in found {
        let causes: Vec<String> = one
            .causes
            .iter()
            .take(NAMED)
            .map(|(cause, count)| format!("{cause} {count}"))
            .collect();
        writeln!(
            out,
            "{:<28} said {:>4}  denied {:>4}  {}",
            one.phrase,
            one.said,
            one.denied,
            causes.join(", ")
        )?;
        for clause in one.clauses.iter().take(2) {
            writeln!(out, "      {}", harmless(clause))?;
        }
    }
    Ok(())
}

/// The texts of a file: of the key `text` of JSON lines, else every line.
fn texts(path: &Path) -> anyhow::Result<Vec<String>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut open(path)?, &mut bytes)
        .with_context(|| format!("while reading {}", path.display()))?;
    let all = String::from_utf8_lossy(&bytes);
    let text = |line: &str| {
        let value: Option<serde_json::Value> = serde_json::from_str(line).ok();
        match value.as_ref().and_then(|value| value.get("text")?.as_str()) {
            Some(text) => text.to_owned(),
            None => line.to_owned(),
        }
    };
    Ok(all
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(text)
        .collect())
}

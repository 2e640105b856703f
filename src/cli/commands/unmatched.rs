//! `rules unmatched`: clauses of a ticket export that no phrase reads; with `--phrases`, what each
//! phrase reads and with which causes it goes.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::args::{Common, Format, Unmatched};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::learn::labelled::Labelled;
use crate::learn::unmatched::unmatched;
use crate::reading::{NO_CAUSE, Reading, Stance};
use crate::report::{harmless, write_json_value};
use crate::rules::RuleSet;

use super::evaluate::{labelled_rows, open};

pub(super) fn run(common: &Common, args: &Unmatched, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let texts = texts(&args.file)?;
    if args.phrases {
        return phrases(
            rules,
            &labelled_rows(std::slice::from_ref(&args.file))?,
            out,
        );
    }
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

/// For every phrase how often it is said and denied, and the causes of the tickets that say it.
fn phrases(rules: &RuleSet, rows: &[Labelled], out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let mut said: BTreeMap<usize, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut denied: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows {
        let Some(text) = row.text() else { continue };
        let cause = row.causes.first().map_or(NO_CAUSE, String::as_str);
        for statement in Reading::new(text, rules.phrases()).statements {
            match statement.stance {
                Stance::Said => {
                    *said
                        .entry(statement.phrase)
                        .or_default()
                        .entry(cause)
                        .or_default() += 1
                }
                Stance::Denied => *denied.entry(statement.phrase).or_default() += 1,
                Stance::Silent(_) => {}
            }
        }
    }
    for (position, phrase) in rules.phrases().phrases.iter().enumerate() {
        let mut causes: Vec<(&str, usize)> = said
            .get(&position)
            .map(|causes| {
                causes
                    .iter()
                    .map(|(cause, count)| (*cause, *count))
                    .collect()
            })
            .unwrap_or_default();
        causes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let total: usize = causes.iter().map(|(_, count)| count).sum();
        let causes: Vec<String> = causes
            .iter()
            .take(6)
            .map(|(cause, count)| format!("{cause} {count}"))
            .collect();
        let denials = denied.get(&position).copied().unwrap_or(0);
        writeln!(
            out,
            "{:<28} said {total:>4}  denied {denials:>4}  {}",
            phrase.id,
            causes.join(", ")
        )?;
    }
    Ok(Exit::Clear)
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

//! `rules test`: the examples of the rules, and how much they prove.

use std::io::Write;

use serde_json::{Value, json};

use crate::cli::args::{Common, Format};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::trial::{self, Survivor, Trial};

/// Lines of detail that are printed without `--all`.
const DETAIL: usize = 10;

pub(super) fn run(
    common: &Common,
    format: Format,
    all: bool,
    _settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules_with_examples(common)?;
    let profile = load::profile(common, rules)?;
    let trial = trial::run(rules, &profile);
    match format {
        Format::Json => writeln!(out, "{}", as_json(&trial))?,
        Format::Text => text(&trial, if all { usize::MAX } else { DETAIL }, out)?,
    }
    Ok(if trial.failures.is_empty() {
        Exit::Clear
    } else {
        Exit::Look
    })
}

fn text(trial: &Trial, most: usize, out: &mut Vec<u8>) -> std::io::Result<()> {
    for failure in &trial.failures {
        writeln!(
            out,
            "FAILED {} — {}: {}",
            failure.cause, failure.name, failure.message
        )?;
    }
    let passed = trial.examples - trial.failures.len();
    writeln!(
        out,
        "examples   {passed} passed, {} failed",
        trial.failures.len()
    )?;
    let incomplete: Vec<String> = trial
        .coverage
        .incomplete()
        .map(|leaf| {
            let missing = [
                ("true", leaf.seen_true),
                ("false", leaf.seen_false),
                ("unknown", leaf.seen_unknown),
            ];
            let missing: Vec<&str> = missing
                .iter()
                .filter(|(_, seen)| !seen)
                .map(|(state, _)| *state)
                .collect();
            format!("{}: {} never {}", leaf.owner, leaf.leaf, missing.join(", "))
        })
        .collect();
    writeln!(
        out,
        "branches   {:.1} % of {} leaves × true, false, unknown",
        trial.coverage.share() * 100.0,
        trial.coverage.leaves.len()
    )?;
    detail(&incomplete, most, out)?;
    let mutation = &trial.mutation;
    writeln!(
        out,
        "mutation   {:.1} % of {} flipped comparisons break an example",
        mutation.score() * 100.0,
        mutation.flips
    )?;
    detail(&lines(&mutation.survivors), most, out)?;
    writeln!(
        out,
        "boundaries {} of {} moved comparisons break an example",
        mutation.boundaries - mutation.boundary_survivors.len(),
        mutation.boundaries
    )?;
    if most == usize::MAX {
        detail(&lines(&mutation.boundary_survivors), most, out)?;
    }
    Ok(())
}

fn lines(survivors: &[Survivor]) -> Vec<String> {
    let line = |survivor: &Survivor| format!("{}: {} survives", survivor.signal, survivor.change);
    survivors.iter().map(line).collect()
}

fn detail(lines: &[String], most: usize, out: &mut Vec<u8>) -> std::io::Result<()> {
    for line in lines.iter().take(most) {
        writeln!(out, "  {line}")?;
    }
    if lines.len() > most {
        writeln!(out, "  … {} more: --all lists them", lines.len() - most)?;
    }
    Ok(())
}

fn as_json(trial: &Trial) -> Value {
    let survivors = |list: &[Survivor]| -> Vec<Value> {
        list.iter()
            .map(|survivor| json!({ "signal": survivor.signal, "change": survivor.change }))
            .collect()
    };
    json!({
        "schema": 1,
        "examples": trial.examples,
        "failures": trial.failures.iter().map(|failure| json!({
            "cause": failure.cause, "name": failure.name, "message": failure.message,
        })).collect::<Vec<_>>(),
        "branch_coverage": trial.coverage.share(),
        "leaves": trial.coverage.leaves.len(),
        "incomplete": trial.coverage.incomplete().map(|leaf| json!({
            "owner": leaf.owner, "leaf": leaf.leaf,
            "true": leaf.seen_true, "false": leaf.seen_false, "unknown": leaf.seen_unknown,
        })).collect::<Vec<_>>(),
        "mutation_score": trial.mutation.score(),
        "flips": trial.mutation.flips,
        "survivors": survivors(&trial.mutation.survivors),
        "boundaries": trial.mutation.boundaries,
        "boundary_survivors": survivors(&trial.mutation.boundary_survivors),
    })
}

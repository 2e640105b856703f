//! `learn`: new counts from closed tickets, as a folder for `--rules`.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::args::{Common, Format, Learn};
use crate::cli::exit::{Exit, Failure};
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::learn::eval::{Evaluation, Share};
use crate::learn::learning::{Learning, learn};
use crate::report::write_json_value;
use crate::rules::RuleSet;

use super::evaluate::labelled_rows;

/// Fewer labelled tickets teach nothing that could be checked.
const FEWEST: usize = 20;

pub(super) fn run(
    common: &Common,
    args: &Learn,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let files = load::rule_files(common)?;
    let rules = load::rules_with_examples(common)?;
    let profile = load::profile(common, rules)?;
    let rows = labelled_rows(&args.files)?;
    let labelled = rows.iter().filter(|row| !row.causes.is_empty()).count();
    if labelled < FEWEST {
        let message = format!("expected at least {FEWEST} tickets with a cause, found {labelled}");
        return Err(Failure::new(message, Some("collect more closed tickets".into())).into());
    }
    let learning = learn(&rows, &files, rules, &profile, settings.now)
        .map_err(|message| Failure::new(message, None))?;
    let written = !learning.is_worse() || args.force;
    if written {
        write(&learning.files, &args.out)?;
    }
    match args.format {
        Format::Json => as_json(&learning, written, out)?,
        Format::Text => as_text(&learning, written, args, rules, settings, out)?,
    }
    Ok(if learning.is_worse() {
        Exit::Look
    } else {
        Exit::Clear
    })
}

/// Writes every changed file below a folder; nothing that is there is replaced unasked.
fn write(files: &[(String, String)], folder: &Path) -> anyhow::Result<()> {
    if let Some((path, _)) = files.iter().find(|(path, _)| folder.join(path).exists()) {
        let message = format!(
            "expected a new folder, but {} is there",
            folder.join(path).display()
        );
        return Err(Failure::new(message, Some("name another folder with --out".into())).into());
    }
    for (path, text) in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .with_context(|| format!("expected to create the folder {}", parent.display()))?;
        fs::write(&path, text).with_context(|| format!("while writing {}", path.display()))?;
    }
    Ok(())
}

fn sum(parts: &[Evaluation], of: impl Fn(&Evaluation) -> Share) -> Share {
    parts
        .iter()
        .map(of)
        .fold(Share::default(), |sum, share| Share {
            hits: sum.hits + share.hits,
            of: sum.of + share.of,
        })
}

fn as_json(learning: &Learning, written: bool, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let losses = learning.losses();
    let value = json!({
        "schema": 1,
        "written": written,
        "worse": learning.is_worse(),
        "files": learning.files.iter().map(|(path, _)| path).collect::<Vec<_>>(),
        "before": {
            "log_loss": losses.map(|losses| losses.before),
            "top1": learning.before.top1.value(),
            "wrong_not": learning.before.wrong_not.value(),
            "undecided": learning.before.undecided.value(),
        },
        "after": {
            "log_loss": losses.map(|losses| losses.after),
            "top1": sum(&learning.after, |part| part.top1).value(),
            "wrong_not": sum(&learning.after, |part| part.wrong_not).value(),
            "undecided": sum(&learning.after, |part| part.undecided).value(),
        },
        "prior": learning.counts.prior,
    });
    Ok(write_json_value(&value, out)?)
}

fn as_text(
    learning: &Learning,
    written: bool,
    args: &Learn,
    rules: &RuleSet,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<()> {
    let word = |key: &str| {
        rules
            .words
            .get(key)
            .map_or(key, |text| text.get(settings.locale))
            .to_owned()
    };
    writeln!(out, "{}", word("learn.compared"))?;
    if let Some(losses) = learning.losses() {
        writeln!(
            out,
            "  {:.4} → {:.4}  {}",
            losses.before,
            losses.after,
            word("eval.log_loss")
        )?;
    }
    for (key, of) in [
        (
            "eval.top1",
            (|part: &Evaluation| part.top1) as fn(&Evaluation) -> Share,
        ),
        ("eval.top3", |part| part.top3),
        ("eval.wrong_not", |part| part.wrong_not),
        ("eval.undecided", |part| part.undecided),
    ] {
        if let (Some(before), Some(after)) = (
            of(&learning.before).value(),
            sum(&learning.after, of).value(),
        ) {
            writeln!(out, "  {before:.4} → {after:.4}  {}", word(key))?;
        }
    }
    writeln!(out, "\n{}", word("learn.priors"))?;
    for cause in &rules.causes {
        let after = learning
            .counts
            .prior
            .get(cause.id())
            .copied()
            .unwrap_or(cause.source.prior);
        let title = cause.source.title.get(settings.locale);
        writeln!(out, "  {:>6.2} → {after:>6.2}  {title}", cause.source.prior)?;
    }
    let outcome = match (learning.is_worse(), written) {
        (true, false) => "learn.worse_not_written",
        (true, true) => "learn.worse_written",
        (false, _) => "learn.written",
    };
    let text = word(outcome)
        .replace("{1}", &learning.files.len().to_string())
        .replace("{2}", &args.out.display().to_string());
    writeln!(out, "\n{}", crate::report::harmless(&text))?;
    Ok(())
}

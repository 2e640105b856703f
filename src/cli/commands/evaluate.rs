//! `eval`: how good the diagnosis of labelled tickets is.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::args::{Common, EvalFormat, Evaluate};
use crate::cli::exit::{Exit, Failure};
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::learn::eval::evaluate;
use crate::learn::labelled::{self, Labelled};
use crate::report::{EvalView, eval_svg, write_eval, write_eval_html, write_eval_json};

pub(super) fn run(
    common: &Common,
    args: &Evaluate,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let profile = load::profile(common, rules)?;
    let rows = labelled_rows(&args.files)?;
    let evaluation = evaluate(&rows, rules, &profile, settings.now);
    let view = EvalView {
        evaluation: &evaluation,
        rules,
        locale: settings.locale,
        worst: args.worst,
        reveal: common.reveal,
    };
    match args.format {
        EvalFormat::Text => write_eval(&view, out)?,
        EvalFormat::Json => write_eval_json(&view, out)?,
        EvalFormat::Html => write_eval_html(&view, out)?,
        EvalFormat::Svg => writeln!(out, "{}", eval_svg(&view))?,
    }
    Ok(if evaluation.unreadable.is_empty() {
        Exit::Clear
    } else {
        Exit::Look
    })
}

/// The rows of all files; a wrong one is complained of with its place.
pub(super) fn labelled_rows(files: &[PathBuf]) -> anyhow::Result<Vec<Labelled>> {
    let mut rows = Vec::new();
    for file in files {
        let shown = file.display();
        let (read, wrong) =
            labelled::read(open(file)?).with_context(|| format!("while reading {shown}"))?;
        if !wrong.is_empty() {
            let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            let message = format!(
                "expected labelled tickets in {shown}, found {} wrong lines:\n{}",
                wrong.len(),
                lines.join("\n")
            );
            let help =
                "a row is {\"text\": …, \"causes\": [id …]} or {\"facts\": {…}, \"causes\": […]}";
            return Err(Failure::new(message, Some(help.to_owned())).into());
        }
        rows.extend(read);
    }
    Ok(rows)
}

/// A file, or standard input for `-`.
pub(super) fn open(path: &Path) -> anyhow::Result<Box<dyn io::BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let shown = path.display();
    let file = File::open(path)
        .with_context(|| format!("expected a readable file, but {shown} cannot be opened"))?;
    Ok(Box::new(BufReader::new(file)))
}

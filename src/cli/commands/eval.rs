//! `rules eval`: one expression over one case: `true`, `false`, `unknown`, or any value.

use std::io::Write;

use serde::Serialize;

use crate::cli::args::{Common, Eval, Format};
use crate::cli::exit::{Exit, Failure};
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::document::line_column;
use crate::facts::{FactSpec, Table, mask, mask_within};
use crate::report::{harmless, write_json_value};
use crate::rules::expr::{ExprError, Outcome, Value};

pub(super) fn run(
    common: &Common,
    args: &Eval,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let profile = load::profile(common, rules)?;
    let source = &args.expression;
    let program = rules
        .compile(source)
        .map_err(|errors| wrong(source, &errors))?;
    let case = load::case(&args.input, settings, rules, &profile)?;
    let table = Table::of(&rules.catalog, &case.facts);
    let mut outcome = program.eval_value(&table, 0).map_err(|error| {
        let help = "the expression is right, but not for these values".to_owned();
        Failure::new(
            format!("expected a value, found an error: {error}"),
            Some(help),
        )
    })?;
    if let Outcome::Known(value) = &mut outcome
        && !common.reveal
    {
        let reads = |is: fn(&FactSpec) -> bool| {
            let mut specs = program.facts().iter().map(|key| rules.catalog.spec(*key));
            specs.any(is)
        };
        if reads(|spec| spec.masked) {
            hide(value, mask);
        } else if reads(|spec| spec.prose) {
            hide(value, mask_within);
        }
    }
    let missing: Vec<&str> = match &outcome {
        Outcome::Known(_) => Vec::new(),
        Outcome::Unknown => program
            .missing(&table, 0)
            .into_iter()
            .map(|key| rules.catalog.spec(key).key.as_str())
            .collect(),
    };
    match (args.format, &outcome) {
        (Format::Json, outcome) => {
            let value = match outcome {
                Outcome::Known(value) => value.to_json(),
                Outcome::Unknown => serde_json::Value::Null,
            };
            write_json_value(&Answer { value, missing }, out)?;
        }
        (Format::Text, Outcome::Known(value)) => writeln!(out, "{}", harmless(&value.to_string()))?,
        (Format::Text, Outcome::Unknown) => {
            writeln!(out, "unknown (missing: {})", missing.join(", "))?;
        }
    }
    Ok(Exit::Clear)
}

/// The answer as JSON, in this order.
#[derive(Serialize)]
struct Answer<'r> {
    value: serde_json::Value,
    missing: Vec<&'r str>,
}

/// Masks the texts of a value that was worked out from private facts.
fn hide(value: &mut Value, mask: fn(&str) -> String) {
    match value {
        Value::Text(text) => *text = mask(text).into(),
        Value::List(items) => {
            let mut hidden = items.to_vec();
            hidden.iter_mut().for_each(|item| hide(item, mask));
            *items = hidden.into();
        }
        Value::Bool(_) | Value::Int(_) | Value::Double(_) => {}
        Value::Timestamp(_) | Value::Duration(_) => {}
    }
}

/// All mistakes of an expression, each with its place.
fn wrong(source: &str, errors: &[ExprError]) -> Failure {
    let lines: Vec<String> = errors
        .iter()
        .map(|error| {
            let (line, column) = line_column(source, error.span.start);
            let place = if source.contains('\n') {
                format!("line {line}, column {column}")
            } else {
                format!("column {column}")
            };
            format!("{place}: {}", error.message)
        })
        .collect();
    let help = errors.iter().find_map(|error| error.help.clone());
    Failure::new(lines.join("\n"), help)
}

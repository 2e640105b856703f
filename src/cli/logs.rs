//! Exported logs of a command: options become what intake is told.

use anyhow::Context as _;

use crate::intake::layout::Wanted;
use crate::intake::source::{Limits, find_inputs};
use crate::intake::{Export, open_exports};
use crate::rules::{Extra, Field, Formats, MoneyUnit, RuleSet, normal_column, parse_zone};

use super::args::{Common, LogInput, Unit};
use super::exit::Failure;
use super::load::rule_files;

/// The formats that the options name. They live until the program ends.
pub(super) fn formats(common: &Common, rules: &RuleSet) -> anyhow::Result<&'static Formats> {
    let formats = Formats::load(&rule_files(common)?, &rules.catalog).map_err(|found| {
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        let message = format!(
            "expected format files without mistakes, found:\n{}",
            lines.join("\n")
        );
        let help = "`recharge-doctor rules check` lists them too".to_owned();
        Failure::new(message, Some(help))
    })?;
    Ok(Box::leak(Box::new(formats)))
}

/// Opens all files that the options name.
pub(super) fn exports(
    input: &LogInput,
    formats: &'static Formats,
    rules: &RuleSet,
) -> anyhow::Result<Vec<Export<'static>>> {
    let wanted = wanted(input, formats, rules)?;
    let inputs = find_inputs(&input.files)?;
    let mut exports = Vec::new();
    for input in &inputs {
        let opened = open_exports(input, Limits::default(), formats, &rules.catalog, &wanted)
            .with_context(|| format!("while opening {}", input.name()))?;
        exports.extend(opened);
    }
    Ok(exports)
}

/// What the user said about the files.
pub(super) fn wanted(
    input: &LogInput,
    formats: &Formats,
    rules: &RuleSet,
) -> anyhow::Result<Wanted> {
    let mut wanted = Wanted {
        format: None,
        zone: None,
        unit: input.unit.map(|unit| match unit {
            Unit::Yuan => MoneyUnit::Yuan,
            Unit::Fen => MoneyUnit::Fen,
        }),
        ..Wanted::default()
    };
    if let Some(name) = &input.format_in {
        let Some(format) = formats.find(name) else {
            let known: Vec<&str> = formats.iter().map(|format| format.name.as_str()).collect();
            let message = format!("--format-in: expected the name of a format, found `{name}`");
            let near = crate::document::nearest(name, known.iter().copied());
            let help = near.map_or_else(
                || format!("known are {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Failure::new(message, Some(help)).into());
        };
        wanted.format = Some(format.id.clone());
    }
    if let Some(zone) = &input.zone {
        let Some(seconds) = parse_zone(zone) else {
            let message = format!("--zone: expected a zone such as +08:00, found `{zone}`");
            return Err(Failure::new(message, None).into());
        };
        wanted.zone = Some(seconds);
    }
    for item in &input.map {
        let (column, field) = mapping(item, rules)?;
        wanted.mapped.insert(column, field);
    }
    Ok(wanted)
}

fn mapping(item: &str, rules: &RuleSet) -> anyhow::Result<(String, Field)> {
    let Some((column, fact)) = item.rsplit_once('=') else {
        let message = format!("--map: expected COLUMN=FACT, found `{item}`");
        let help = "for example --map 备注=text".to_owned();
        return Err(Failure::new(message, Some(help)).into());
    };
    if let Some(extra) = Extra::find(fact.trim()) {
        return Ok((normal_column(column), Field::Extra(extra)));
    }
    let key = rules
        .catalog
        .input_key(fact.trim())
        .map_err(|error| Failure::new(format!("--map: {}", error.message), error.help))?;
    Ok((normal_column(column), Field::Fact(key)))
}

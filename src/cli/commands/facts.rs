//! `facts`: the fact catalogue, for people, for scripts, and as a JSON Schema of case files.

use std::io::Write;

use colored::Colorize;
use serde_json::{Map, Value, json};

use crate::cli::args::{Common, FactsArgs, FactsFormat};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::facts::{Catalog, FactSpec, FactType};
use crate::text::Locale;

pub(super) fn run(
    common: &Common,
    args: &FactsArgs,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    match args.format {
        FactsFormat::Text => text(&rules.catalog, settings.locale, out)?,
        FactsFormat::Json => writeln!(out, "{}", list(&rules.catalog))?,
        FactsFormat::JsonSchema => {
            writeln!(
                out,
                "{}",
                serde_json::to_string_pretty(&schema(&rules.catalog))?
            )?;
        }
    }
    Ok(Exit::Clear)
}

fn text(catalog: &Catalog, locale: Locale, out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut group = String::new();
    for spec in catalog.specs().filter(|spec| !spec.derived) {
        let (this, _) = spec.key.split_once('.').unwrap_or((&spec.key, ""));
        if this != group {
            group = this.to_owned();
            writeln!(out, "{}", group.bold())?;
        }
        let kind = match spec.kind {
            FactType::Enum => words(spec),
            other => other.name().to_owned(),
        };
        let masked = if spec.masked { " *" } else { "" };
        writeln!(
            out,
            "  {:<34} {} [{kind}]{masked}",
            spec.key,
            spec.meaning.get(locale)
        )?;
    }
    Ok(())
}

fn words(spec: &FactSpec) -> String {
    let words: Vec<&str> = spec
        .values
        .iter()
        .map(|value| value.value.as_str())
        .collect();
    words.join("|")
}

fn list(catalog: &Catalog) -> Value {
    let facts: Vec<Value> = catalog
        .specs()
        .map(|spec| {
            json!({
                "key": spec.key,
                "type": spec.kind.name(),
                "unit": spec.unit,
                "values": spec.values.iter().map(|value| &value.value).collect::<Vec<_>>(),
                "masked": spec.masked,
                "derived": spec.derived,
                "meaning": spec.meaning,
                "question": spec.question,
                "ask": spec.ask.name(),
                "cost": spec.cost,
                "aliases": spec.aliases,
            })
        })
        .collect();
    json!({ "schema": 1, "facts": facts })
}

/// A schema for both spellings: nested by group and dotted.
fn schema(catalog: &Catalog) -> Value {
    let mut groups: Map<String, Value> = Map::new();
    let mut properties: Map<String, Value> = Map::new();
    properties.insert(
        "case".into(),
        json!({ "type": ["string", "integer"], "description": "name of the case in reports" }),
    );
    for spec in catalog.specs().filter(|spec| !spec.derived) {
        let value = fact_schema(spec);
        if let Some((group, rest)) = spec.key.split_once('.') {
            let entry = groups.entry(group).or_insert_with(|| json!({}));
            entry[rest] = value.clone();
        }
        properties.insert(spec.key.clone(), value);
    }
    for (group, facts) in groups {
        let object = json!({ "type": ["object", "null"], "properties": facts, "additionalProperties": false });
        properties.insert(group, object);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "recharge-doctor case",
        "description": "What is known about one failed recharge. Null or absent means unknown.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn fact_schema(spec: &FactSpec) -> Value {
    let mut schema = match spec.kind {
        FactType::Bool => json!({ "type": ["boolean", "null"] }),
        FactType::Int => json!({ "type": ["integer", "null"] }),
        FactType::Number => json!({ "type": ["number", "null"] }),
        FactType::Money => json!({ "type": ["string", "number", "null"] }),
        FactType::Time => json!({ "type": ["string", "integer", "null"] }),
        FactType::Text | FactType::List => json!({ "type": ["string", "integer", "null"] }),
        FactType::Enum => {
            let mut words: Vec<Value> = spec
                .values
                .iter()
                .map(|value| value.value.clone().into())
                .collect();
            words.push(Value::Null);
            json!({ "enum": words })
        }
    };
    let unit = spec
        .unit
        .as_deref()
        .map(|unit| format!(" ({unit})"))
        .unwrap_or_default();
    schema["description"] = format!("{} / {}{unit}", spec.meaning.en, spec.meaning.zh).into();
    if let Some((low, high)) = spec.range {
        if low > f64::MIN {
            schema["minimum"] = low.into();
        }
        if high < f64::MAX {
            schema["maximum"] = high.into();
        }
    }
    schema
}

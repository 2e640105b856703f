//! Loads what commands work on: rules, profile and case.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::Context as _;

use crate::derive::{derive, listen};
use crate::document::{Context, Diagnostic};
use crate::facts::{Catalog, FactKey, FactValue, Source, ValueError};
use crate::intake::{Case, read_case};
use crate::rules::{Profile, RuleFiles, RuleSet, read_rule_file};

use super::args::{CaseInput, Common};
use super::exit::Failure;
use super::settings::Settings;

/// The rule files that the options name.
pub(super) fn rule_files(common: &Common) -> anyhow::Result<RuleFiles> {
    let mut files = if common.no_builtin_rules {
        RuleFiles::ground()
    } else {
        RuleFiles::built_in()
    };
    for folder in &common.rules {
        files.add_folder(folder)?;
    }
    Ok(files)
}

/// The compiled rules that the options name, for diagnoses. They live until the program ends, so
/// nothing is spent on taking them apart.
pub(super) fn rules(common: &Common) -> anyhow::Result<&'static RuleSet> {
    compiled(RuleSet::load_for_diagnosis(&rule_files(common)?))
}

/// The compiled rules with all their examples.
pub(super) fn rules_with_examples(common: &Common) -> anyhow::Result<&'static RuleSet> {
    compiled(RuleSet::load(&rule_files(common)?))
}

fn compiled(loaded: Result<RuleSet, Vec<Diagnostic>>) -> anyhow::Result<&'static RuleSet> {
    let rules = loaded.map_err(|found| mistakes(&found))?;
    Ok(Box::leak(Box::new(rules)))
}

/// Mistakes in rule files, as a failure.
pub(super) fn mistakes(found: &[Diagnostic]) -> Failure {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    let message = format!(
        "expected rule files without mistakes, found {}:\n{}",
        found.len(),
        lines.join("\n")
    );
    let help = "`recharge-doctor rules check` lists them too".to_owned();
    Failure::new(message, Some(help))
}

/// The built-in profile with what `--profile` adds.
pub(super) fn profile(common: &Common, rules: &RuleSet) -> anyhow::Result<Profile> {
    let mut profile = rules.profile.clone();
    let Some(path) = &common.profile else {
        return Ok(profile);
    };
    let text = read_rule_file(path).context("while reading the profile")?;
    let shown = path.display().to_string();
    let context = Context::new(&shown, &text);
    profile.extend(&context);
    let found = context.into_diagnostics();
    if found.is_empty() {
        return Ok(profile);
    }
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    let message = format!(
        "expected a profile without mistakes, found:\n{}",
        lines.join("\n")
    );
    let help = "rules/README.md lists the keys of a profile".to_owned();
    Err(Failure::new(message, Some(help)).into())
}

/// What is wrong with the file of `--profile`, and what in it is most likely not meant.
pub(super) fn lint_profile(common: &Common, files: &RuleFiles) -> anyhow::Result<Vec<Diagnostic>> {
    let Some(path) = &common.profile else {
        return Ok(Vec::new());
    };
    let text = read_rule_file(path).context("while reading the profile")?;
    let shown = path.display().to_string();
    let context = Context::new(&shown, &text);
    let mut profile = Profile::default();
    for file in files.iter().filter(|file| file.path == "profile.toml") {
        profile.extend(&Context::new(&file.shown, &file.text));
    }
    profile.extend(&context);
    profile.lint(&context);
    Ok(context.into_diagnostics())
}

/// The case of a command: file, then flags on top, then everything that follows from it.
pub(super) fn case(
    input: &CaseInput,
    settings: &Settings,
    rules: &RuleSet,
    profile: &Profile,
) -> anyhow::Result<Case> {
    let mut case = given(input, rules)?;
    complete(&mut case, settings, rules, profile);
    Ok(case)
}

/// Adds the time and everything that follows from what is known.
pub(super) fn complete(case: &mut Case, settings: &Settings, rules: &RuleSet, profile: &Profile) {
    let now = rules.key("case.now");
    case.facts
        .set(now, FactValue::Time(settings.now), Source::Record);
    listen(&mut case.facts, rules);
    derive(&mut case.facts, rules, profile);
}

/// What a command was given of a case: file, then flags on top.
pub(super) fn given(input: &CaseInput, rules: &RuleSet) -> anyhow::Result<Case> {
    let mut case = match &input.case {
        Some(path) => from_file(path, &rules.catalog)?,
        None => Case::new(&rules.catalog),
    };
    for (fact, value) in flags(input, &rules.catalog)? {
        match value {
            Some(value) => case.facts.set(fact, value, Source::Flag),
            None => case.facts.forget(fact, crate::facts::Unknown::NotGiven),
        }
    }
    Ok(case)
}

fn from_file(path: &Path, catalog: &Catalog) -> anyhow::Result<Case> {
    if path.as_os_str() == "-" {
        return read_case(io::stdin().lock(), catalog).context("while reading standard input");
    }
    let shown = path.display();
    let file = File::open(path)
        .with_context(|| format!("expected a readable case file, but {shown} cannot be opened"))?;
    if file.metadata().is_ok_and(|data| data.is_dir()) {
        let message = format!("expected a case file, found the folder {shown}");
        return Err(Failure::new(message, Some("give one JSON file".into())).into());
    }
    read_case(file, catalog).with_context(|| format!("while reading {shown}"))
}

/// A fact, and its value or none where an empty value makes it unknown again.
type Given = (FactKey, Option<FactValue>);

/// The facts of `--set` and the friendly flags; the same fact twice must say the same.
fn flags(input: &CaseInput, catalog: &Catalog) -> anyhow::Result<Vec<Given>> {
    let mut given: Vec<(String, Given)> = Vec::new();
    for item in &input.set {
        let Some((key, value)) = item.split_once('=') else {
            let message = format!("--set: expected KEY=VALUE, found `{item}`");
            let help = "for example --set order.amount=500.00".to_owned();
            return Err(Failure::new(message, Some(help)).into());
        };
        let flag = format!("--set {key}");
        add(&mut given, flag, key.trim(), value, catalog)?;
    }
    for (flag, key, value) in &input.flags.given {
        add(&mut given, format!("--{flag}"), key, value, catalog)?;
    }
    Ok(given.into_iter().map(|(_, given)| given).collect())
}

fn add(
    given: &mut Vec<(String, Given)>,
    flag: String,
    key: &str,
    value: &str,
    catalog: &Catalog,
) -> anyhow::Result<()> {
    let failure =
        |error: ValueError| Failure::new(format!("{flag}: {}", error.message), error.help);
    let fact = catalog.input_key(key).map_err(failure)?;
    let value = catalog.spec(fact).parse(value).map_err(failure)?;
    let same = given.iter().find(|(_, (other, _))| *other == fact);
    match same {
        Some((first, (_, other))) if *other != value => {
            let message = format!("expected one value for `{key}`, found two: {first} and {flag}");
            Err(Failure::new(message, Some("leave only one of the two".into())).into())
        }
        Some(_) => Ok(()),
        None => {
            given.push((flag, (fact, value)));
            Ok(())
        }
    }
}

//! Counts re-estimated from closed tickets: how common each cause is, how often it shows each
//! signal, and how often the signal is seen without it.
//!
//! What the rule files say counts as so many tickets of its own (a Beta prior; Gelman et al.,
//! Bayesian Data Analysis, ch. 2), so a cause with few tickets moves little.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, Table, Value};

use crate::derive::{derive, listen};
use crate::diagnose::States;
use crate::facts::{FactValue, Facts, Moment, Source};
use crate::intake::read_case;
use crate::rules::{Profile, RuleFiles, RuleSet};

use super::labelled::Labelled;

/// How many tickets a prior of a rule file is worth, over all causes together.
const PRIOR_TICKETS: f64 = 400.0;

/// How many tickets a count of evidence is worth.
const EVIDENCE_TICKETS: f64 = 40.0;

/// How many tickets the count of a signal without its causes is worth.
const BASE_TICKETS: f64 = 200.0;

/// Counts stay inside what rule files may say, in percent.
const LEAST: f64 = 0.05;
const MOST: f64 = 99.5;

/// New counts, all in percent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Cause → of 100 failed recharges, how many have it.
    pub prior: BTreeMap<String, f64>,
    /// Cause and signal → of 100 tickets with the cause, how many show the signal.
    pub seen: BTreeMap<(String, String), f64>,
    /// Signal → of 100 tickets without its causes, how many show it.
    pub base: BTreeMap<String, f64>,
}

/// Tickets as columns, with their first cause.
#[derive(Debug)]
pub struct Tickets {
    facts: Vec<Facts>,
    causes: Vec<Option<usize>>,
}

impl Tickets {
    /// Reads the rows that are cases; a row without a known cause only counts for signals.
    #[must_use]
    pub fn new(rows: &[&Labelled], rules: &RuleSet, profile: &Profile, now: Moment) -> Self {
        let mut tickets = Self {
            facts: Vec::new(),
            causes: Vec::new(),
        };
        for row in rows
            .iter()
            .filter(|row| !row.healthy && !row.causes.is_empty())
        {
            let json = row.case.to_string();
            let Ok(mut case) = read_case(json.as_bytes(), &rules.catalog) else {
                continue;
            };
            case.facts
                .set(rules.key("case.now"), FactValue::Time(now), Source::Record);
            listen(&mut case.facts, rules);
            derive(&mut case.facts, rules, profile);
            tickets.facts.push(case.facts);
            let cause = rules
                .causes
                .iter()
                .position(|cause| cause.id() == row.causes[0]);
            tickets.causes.push(cause);
        }
        tickets
    }
}

/// Works out new counts.
#[must_use]
pub fn estimate(tickets: &Tickets, rules: &RuleSet) -> Counts {
    let table = crate::facts::Table::of_all(&rules.catalog, &tickets.facts);
    let states = States::evaluate(rules, &table);
    let mut counts = Counts {
        prior: priors(tickets, rules),
        ..Counts::default()
    };
    let shown = |signal, of: &dyn Fn(Option<usize>) -> bool| {
        let rows = tickets
            .causes
            .iter()
            .enumerate()
            .filter(|(_, cause)| of(**cause));
        let known = rows.filter_map(|(row, _)| states.evidence(signal, row));
        known.fold((0_usize, 0_usize), |(seen, all), state| {
            (seen + usize::from(state), all + 1)
        })
    };
    let mut without: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (index, signal) in rules.signals.iter().enumerate() {
        let lists = |cause: Option<usize>| {
            let cause = cause.map(|cause| &rules.causes[cause]);
            cause.is_some_and(|cause| {
                let mut evidence = cause.evidence.iter();
                evidence.any(|item| rules.signal(item.signal).id == signal.id)
            })
        };
        // A signal that speaks of `this` cause is one question a cause: every other cause counts.
        let apart = |cause: Option<usize>| match &signal.this {
            Some(this) => cause.is_none_or(|cause| rules.causes[cause].id() != this),
            None => !lists(cause),
        };
        let (seen, all) = shown(crate::rules::SignalIndex(index), &apart);
        let entry = without.entry(signal.id.clone()).or_default();
        *entry = (entry.0 + seen, entry.1 + all);
    }
    for (id, (seen, all)) in without {
        let signal = rules.signals.iter().find(|signal| signal.id == id);
        let before = signal.map_or(1.0, |signal| signal.base * 100.0);
        counts
            .base
            .insert(id, posterior(before, BASE_TICKETS, seen, all));
    }
    for (position, cause) in rules.causes.iter().enumerate() {
        for (item, source) in cause.weighed() {
            let (seen, all) = shown(item.signal, &|of| of == Some(position));
            let count = posterior(source.seen, EVIDENCE_TICKETS, seen, all);
            counts
                .seen
                .insert((cause.id().to_owned(), source.signal.value.clone()), count);
        }
    }
    counts
}

/// The mean of a Beta posterior, in percent.
fn posterior(before: f64, worth: f64, seen: usize, all: usize) -> f64 {
    if all == 0 {
        return before;
    }
    let mean = (before / 100.0 * worth + seen as f64) / (worth + all as f64);
    (mean * 100.0).clamp(LEAST, MOST)
}

fn priors(tickets: &Tickets, rules: &RuleSet) -> BTreeMap<String, f64> {
    let all = tickets.causes.iter().flatten().count() as f64;
    let sum: f64 = rules.causes.iter().map(|cause| cause.source.prior).sum();
    let own = |position: usize| {
        tickets
            .causes
            .iter()
            .filter(|cause| **cause == Some(position))
            .count()
    };
    rules
        .causes
        .iter()
        .enumerate()
        .map(|(position, cause)| {
            let before = cause.source.prior;
            // Shares among the known causes; together they keep the mass that they had.
            let after =
                (before / sum * PRIOR_TICKETS + own(position) as f64) / (PRIOR_TICKETS + all) * sum;
            (cause.id().to_owned(), after.clamp(LEAST, MOST))
        })
        .collect()
}

/// The rule files in which a count changes, as relative path and new text.
///
/// # Errors
/// A file that is no TOML, which loading refuses before.
pub fn rewrite(
    files: &RuleFiles,
    rules: &RuleSet,
    counts: &Counts,
) -> Result<Vec<(String, String)>, toml_edit::TomlError> {
    let mut changed = Vec::new();
    let used = |path: &str| {
        rules.causes.iter().any(|cause| cause.file == path)
            || rules.signals.iter().any(|signal| signal.file == path)
    };
    for file in files.iter().filter(|file| used(&file.shown)) {
        let mut document: DocumentMut = file.text.parse()?;
        if file.path.starts_with("causes/") {
            rewrite_cause(&mut document, counts);
        } else {
            rewrite_signals(&mut document, counts);
        }
        let text = document.to_string();
        if text != file.text {
            changed.push((file.path.clone(), text));
        }
    }
    Ok(changed)
}

fn rewrite_cause(document: &mut DocumentMut, counts: &Counts) {
    let Some(id) = document.get("id").and_then(Item::as_str).map(str::to_owned) else {
        return;
    };
    if let Some(prior) = counts.prior.get(&id) {
        put(document.as_table_mut(), "prior", *prior);
    }
    for table in tables(document, "evidence") {
        let signal = table
            .get("signal")
            .and_then(Item::as_str)
            .map(str::to_owned);
        let count = signal.and_then(|signal| counts.seen.get(&(id.clone(), signal)));
        if let Some(count) = count {
            put(table, "seen", *count);
        }
    }
}

fn rewrite_signals(document: &mut DocumentMut, counts: &Counts) {
    for table in tables(document, "signal") {
        let id = table.get("id").and_then(Item::as_str).map(str::to_owned);
        if let Some(count) = id.and_then(|id| counts.base.get(&id)) {
            put(table, "base", *count);
        }
    }
}

fn tables<'d>(document: &'d mut DocumentMut, key: &str) -> impl Iterator<Item = &'d mut Table> {
    let list = document.get_mut(key).and_then(Item::as_array_of_tables_mut);
    list.into_iter().flat_map(|list| list.iter_mut())
}

/// Replaces a number, keeping what stands around it; a count that hardly moves stays as it was.
fn put(table: &mut Table, key: &str, count: f64) {
    let rounded = if count < 10.0 {
        (count * 100.0).round() / 100.0
    } else {
        (count * 10.0).round() / 10.0
    };
    let Some(value) = table.get_mut(key).and_then(Item::as_value_mut) else {
        return;
    };
    let now = value
        .as_float()
        .or_else(|| value.as_integer().map(|whole| whole as f64));
    if now.is_some_and(|now| (now - rounded).abs() < 0.005) {
        return;
    }
    let decor = value.decor().clone();
    *value = Value::from(rounded);
    *value.decor_mut() = decor;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_tickets_move_little_and_many_move_much() {
        assert!((posterior(50.0, 40.0, 0, 0) - 50.0).abs() < f64::EPSILON);
        assert!(posterior(50.0, 40.0, 2, 2) < 55.0);
        assert!(posterior(50.0, 40.0, 4_000, 4_000) > 99.0);
    }

    #[test]
    fn only_numbers_change_in_a_file() {
        let files = RuleFiles::built_in();
        let rules = RuleSet::load(&files).expect("built-in rules");
        let mut counts = Counts::default();
        counts.prior.insert("phishing".into(), 7.25);
        counts
            .seen
            .insert(("phishing".into(), "site_not_real".into()), 33.3);
        let changed = rewrite(&files, &rules, &counts).expect("TOML");
        assert_eq!(changed.len(), 1);
        let before = files
            .iter()
            .find(|file| file.path == changed[0].0)
            .expect("the file");
        let differing: Vec<(&str, &str)> = before
            .text
            .lines()
            .zip(changed[0].1.lines())
            .filter(|(a, b)| a != b)
            .collect();
        assert!(
            differing.contains(&(differing[0].0, "prior = 7.25")),
            "{differing:?}"
        );
        assert!(differing.len() <= 2);
    }
}

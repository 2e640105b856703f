//! Labelled cases and tickets: all of them together must be diagnosed well enough. What each number
//! means: `learn::eval`.

use std::fs::File;
use std::io::BufReader;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use recharge_doctor::facts::Moment;
use recharge_doctor::learn::eval::{Evaluation, evaluate};
use recharge_doctor::learn::labelled::{self, Labelled};

use crate::support::{built_in, repository};

/// Every `.jsonl` file of a folder, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(repository(folder))
        .expect("a folder of labelled rows")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    files
}

fn rows(folder: &str) -> Vec<Labelled> {
    let mut rows = Vec::new();
    for file in files(folder) {
        let input = BufReader::new(File::open(&file).expect("a readable file"));
        let (read, wrong) = labelled::read(input).expect("a readable file");
        assert!(wrong.is_empty(), "{}: {wrong:?}", file.display());
        rows.extend(read);
    }
    rows
}

/// Diagnoses all rows of a folder and holds the measures to their ranges.
fn hold(folder: &str, ranges: &[(&str, RangeInclusive<f64>)]) {
    let rules = built_in();
    let now: Moment = "2026-12-10T10:00:00+08:00".parse().expect("a time");
    let found = evaluate(&rows(folder), rules, &rules.profile, now);
    assert!(found.unreadable.is_empty(), "{:?}", found.unreadable);
    let mut wrong = Vec::new();
    for (name, range) in ranges {
        let value = measure(&found, name).unwrap_or_else(|| panic!("no row is about {name}"));
        if !range.contains(&value) {
            wrong.push(format!("{name} is {value:.4}, expected {range:?}"));
        }
    }
    let misses: Vec<String> = found
        .misses
        .iter()
        .map(|miss| format!("{miss:?}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{}\n\n{}",
        wrong.join("\n"),
        misses.join("\n")
    );
}

fn measure(found: &Evaluation, name: &str) -> Option<f64> {
    match name {
        "top1" => found.top1.value(),
        "top3" => found.top3.value(),
        "wrong_not" => found.wrong_not.value(),
        "undecided" => found.undecided.value(),
        "healthy" => found.healthy.value(),
        "asks" => found.asks.value(),
        "pay_again" => found.pay_again.value(),
        "pays_twice" => found.pays_twice.value(),
        "ece" => found.ece(),
        other => panic!("no measure is called {other}"),
    }
}

#[test]
fn the_labelled_cases_are_diagnosed_well_enough() {
    hold(
        "tests/cases",
        &[
            ("top1", 0.95..=1.0),
            ("top3", 0.98..=1.0),
            ("wrong_not", 0.0..=0.02),
            ("undecided", 0.9..=1.0),
            ("healthy", 1.0..=1.0),
            ("asks", 0.85..=1.0),
            ("pay_again", 0.97..=1.0),
            ("pays_twice", 0.0..=0.0),
            ("ece", 0.0..=0.08),
        ],
    );
}

#[test]
fn tickets_that_nothing_was_learned_from_are_diagnosed_well_enough() {
    hold(
        "tests/tickets/held-out",
        &[
            ("top1", 0.9..=1.0),
            ("top3", 0.97..=1.0),
            ("wrong_not", 0.0..=0.03),
            ("undecided", 0.85..=1.0),
            ("pay_again", 0.75..=1.0),
            ("pays_twice", 0.0..=0.01),
            ("ece", 0.0..=0.06),
        ],
    );
}

/// Texts that are about nothing else, most of which bait towards the wrong answer.
#[test]
fn what_is_told_of_money_seldom_lets_somebody_pay_twice() {
    hold(
        "tests/tickets/money/held-out",
        &[("pay_again", 0.68..=1.0), ("pays_twice", 0.0..=0.05)],
    );
}

#[test]
fn every_cause_has_labelled_cases_and_tickets() {
    for folder in ["tests/cases", "tests/tickets", "tests/tickets/held-out"] {
        let rows = rows(folder);
        let has = |id: &str| {
            rows.iter()
                .any(|row| row.causes.iter().any(|cause| cause == id))
        };
        let missing: Vec<&str> = built_in()
            .causes
            .iter()
            .map(|cause| cause.id())
            .filter(|id| !has(id))
            .collect();
        assert!(missing.is_empty(), "{folder}: {missing:?}");
    }
}

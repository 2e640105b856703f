//! How long one text takes to read once the phrases are compiled: a mean over tickets kept aside,
//! stage by stage, and one long text for the growth with its length.

use std::sync::OnceLock;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use recharge_doctor::derive::listen;
use recharge_doctor::facts::{FactValue, Facts, Source};
use recharge_doctor::learn::labelled;
use recharge_doctor::reading::Reading;
use recharge_doctor::rules::RuleSet;

fn main() {
    divan::main();
}

const TICKETS: &str = include_str!("../tests/tickets/held-out/crowd.jsonl");

fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| {
        let rules = RuleSet::built_in();
        // The index of words is built once many texts are read.
        for text in tickets() {
            black_box(Reading::new(&text, rules.phrases()));
        }
        rules
    })
}

fn tickets() -> Vec<String> {
    let (rows, _) = labelled::read(TICKETS.as_bytes()).expect("a file in memory");
    rows.iter()
        .filter_map(|row| row.text().map(str::to_owned))
        .collect()
}

/// Every ticket: normalised, cut into clauses, phrases found.
#[divan::bench]
fn read(bencher: Bencher) {
    let (rules, texts) = (rules(), tickets());
    bencher.counter(ItemsCount::new(texts.len())).bench(|| {
        for text in &texts {
            black_box(Reading::new(text, rules.phrases()));
        }
    });
}

/// The same, and what the learned model makes of it.
#[divan::bench]
fn opinion(bencher: Bencher) {
    let (rules, texts) = (rules(), tickets());
    bencher.counter(ItemsCount::new(texts.len())).bench(|| {
        for text in &texts {
            black_box(Reading::new(text, rules.phrases()).opinion(rules));
        }
    });
}

/// Everything that a text gives: statements, amounts, times, codes, numbers as facts.
#[divan::bench]
fn facts(bencher: Bencher) {
    let (rules, texts) = (rules(), tickets());
    let now = "2026-12-10T10:00:00+08:00".parse().expect("a time");
    let cases: Vec<Facts> = texts
        .iter()
        .map(|text| {
            let mut facts = Facts::new(&rules.catalog);
            facts.set(rules.key("case.now"), FactValue::Time(now), Source::Record);
            facts.set(rules.key("text"), FactValue::text(text), Source::Record);
            facts
        })
        .collect();
    bencher.counter(ItemsCount::new(cases.len())).bench(|| {
        for case in &cases {
            listen(black_box(&mut case.clone()), rules);
        }
    });
}

/// Texts of so many characters: the time per character must not grow.
#[divan::bench(args = [100, 1_000, 8_000, 1_000_000])]
fn long(bencher: Bencher, characters: usize) {
    let rules = rules();
    let mut text = tickets().concat().repeat(200);
    let end = text
        .char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| at);
    text.truncate(end);
    bencher
        .counter(divan::counter::CharsCount::new(characters))
        .bench(|| black_box(Reading::new(black_box(&text), rules.phrases())));
}

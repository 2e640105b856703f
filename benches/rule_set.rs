//! Evaluation of the whole built-in rule set over a table of cases.
//!
//! 100,000 rows made of the labelled cases, derived facts included; the rate is that of rows, each
//! with every signal of every cause, on one core.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use recharge_doctor::derive::derive;
use recharge_doctor::diagnose::States;
use recharge_doctor::facts::{Facts, Table, TableBuilder};
use recharge_doctor::intake::read_case;
use recharge_doctor::rules::RuleSet;

fn main() {
    divan::main();
}

const ROWS: usize = 100_000;

const CASES: [&str; 4] = [
    include_str!("../tests/cases/agents.jsonl"),
    include_str!("../tests/cases/integrators.jsonl"),
    include_str!("../tests/cases/contrasts.jsonl"),
    include_str!("../tests/cases/operations.jsonl"),
];

fn cases(rules: &RuleSet) -> Vec<Facts> {
    let lines = CASES.iter().flat_map(|file| file.lines());
    let facts = lines.map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).expect("a labelled case");
        let case = read_case(row["facts"].to_string().as_bytes(), &rules.catalog);
        let mut facts = case.expect("a good case").facts;
        derive(&mut facts, rules, &rules.profile);
        facts
    });
    facts.collect()
}

fn table(rules: &RuleSet) -> Table {
    let cases = cases(rules);
    let mut builder = TableBuilder::for_catalog(&rules.catalog);
    for facts in cases.iter().cycle().take(ROWS) {
        builder.push(facts);
    }
    builder.finish()
}

/// All signals over all rows.
#[divan::bench]
fn whole_rule_set(bencher: Bencher) {
    let rules = RuleSet::built_in();
    let table = table(&rules);
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench_local(|| States::evaluate(black_box(&rules), black_box(&table)));
}

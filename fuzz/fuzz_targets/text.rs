//! Any bytes as the free text of a case: read, with every place inside the text, or read as far as
//! it can be.
//!
//! `cargo +nightly fuzz run text`

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use recharge_doctor::derive::{derive, listen};
use recharge_doctor::facts::{FactValue, Facts, Source};
use recharge_doctor::reading::Reading;
use recharge_doctor::rules::RuleSet;

fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(RuleSet::built_in)
}

fuzz_target!(|data: &[u8]| {
    let rules = rules();
    let text = String::from_utf8_lossy(data);
    let reading = Reading::new(&text, rules.phrases());
    let clauses = reading.clauses.iter().map(|clause| &clause.bytes);
    for bytes in clauses.chain(reading.statements.iter().map(|statement| &statement.bytes)) {
        assert!(text.get(reading.normal.original(bytes)).is_some(), "{bytes:?}");
    }
    let mut facts = Facts::new(&rules.catalog);
    let now = "2026-12-10T10:00:00+08:00".parse().expect("a time");
    facts.set(rules.key("case.now"), FactValue::Time(now), Source::Record);
    facts.set(rules.key("text"), FactValue::text(&text), Source::Record);
    listen(&mut facts, rules);
    derive(&mut facts, rules, &rules.profile);
});

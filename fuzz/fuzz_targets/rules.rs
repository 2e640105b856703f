//! Any text as a rule file at a place where one belongs, on the ground of the built-in catalogue
//! and code tables: a rule set that can be linted and asked, or mistakes with places.
//!
//! The first byte chooses the place. `cargo +nightly fuzz run rules`

#![no_main]

use libfuzzer_sys::fuzz_target;
use recharge_doctor::derive::derive;
use recharge_doctor::diagnose::diagnose;
use recharge_doctor::facts::Facts;
use recharge_doctor::reading::Reading;
use recharge_doctor::rules::{RuleFiles, RuleSet};

/// A text for phrases to be looked for in.
const TEXT: &str = "昨晚用zfb充了98块7，钱扣了没到账，not charged twice？";

const PLACES: [&str; 9] = [
    "causes/payment/single-limit.toml",
    "signals/x.toml",
    "gates.toml",
    "facts.toml",
    "words.toml",
    "profile.toml",
    "codes/gateways.toml",
    "codes/iso8583.tsv",
    "phrases/x.toml",
];

fuzz_target!(|data: &[u8]| {
    let [place, rest @ ..] = data else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let place = PLACES[usize::from(*place) % PLACES.len()];
    let mut files = RuleFiles::ground();
    files.add_layer([(place.to_owned(), text.to_owned())]);
    for found in RuleSet::check(&files).found {
        assert!(found.line >= 1 && found.column >= 1, "{found}");
    }
    match RuleSet::load(&files) {
        Ok(rules) => {
            let reading = Reading::new(TEXT, rules.phrases());
            for statement in &reading.statements {
                let typed = reading.normal.original(&statement.bytes);
                assert!(TEXT.get(typed).is_some());
            }
            let mut facts = Facts::new(&rules.catalog);
            derive(&mut facts, &rules, &rules.profile);
            let diagnosis = diagnose(&facts, &rules, &rules.profile);
            let sum: f64 = diagnosis.findings.iter().map(|one| one.probability).sum();
            assert!(sum.is_finite());
        }
        Err(found) => {
            assert!(!found.is_empty());
            for one in found {
                assert!(one.line >= 1 && one.column >= 1 && one.code.starts_with('R'), "{one}");
            }
        }
    }
});

//! Every finding that the ladder can name has its sentence, and every sentence its finding.

use std::collections::BTreeSet;
use std::fs;

use recharge_doctor::rules::{Findings, RuleFiles};

use super::super::support::repository;

/// The ids that the source of the ladder spells: texts of the form `stage.word`.
fn named() -> BTreeSet<String> {
    let source = fs::read_to_string(repository("src/probe/ladder.rs")).expect("the ladder");
    let texts = source.split('"').skip(1).step_by(2);
    let ids = texts.filter(|text| {
        let parts = text.split_once('.');
        parts.is_some_and(|(stage, word)| {
            ["dns", "tcp", "tls", "http", "run"].contains(&stage)
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || "-0123456789".contains(c))
        })
    });
    ids.map(str::to_owned).collect()
}

#[test]
fn findings_and_their_texts_are_the_same() {
    let findings = Findings::load(&RuleFiles::built_in()).expect("findings without mistakes");
    let written: BTreeSet<String> = findings.ids().map(str::to_owned).collect();
    assert!(written.len() > 40, "{written:?}");
    assert_eq!(named(), written);
}

//! The examples of phrases: texts that must say a phrase, deny it, or do neither.

use crate::reading::{Reading, Stance};
use crate::rules::RuleSet;

use super::ExampleFailure;

/// What the three lists of examples expect, in their order.
const EXPECTED: [&str; 3] = ["said", "denied", "silent"];

/// How many examples the phrases have, and those that do not hold.
pub(super) fn run(rules: &RuleSet) -> (usize, Vec<ExampleFailure>) {
    let mut count = 0;
    let mut failures = Vec::new();
    for (position, phrase) in rules.phrases().phrases.iter().enumerate() {
        for (expected, texts) in EXPECTED.iter().zip(&phrase.examples) {
            for text in texts {
                count += 1;
                let found = stance(text, position, rules);
                if found != *expected {
                    failures.push(ExampleFailure {
                        cause: format!("phrase {}", phrase.id),
                        name: text.clone(),
                        message: format!("expected to be {expected}, found {found}"),
                    });
                }
            }
        }
    }
    (count, failures)
}

fn stance(text: &str, phrase: usize, rules: &RuleSet) -> &'static str {
    let reading = Reading::new(text, rules.phrases());
    let of = |stance| {
        let mut own = reading.statements.iter().filter(|s| s.phrase == phrase);
        own.any(|s| s.stance == stance)
    };
    if of(Stance::Said) {
        EXPECTED[0]
    } else if of(Stance::Denied) {
        EXPECTED[1]
    } else {
        EXPECTED[2]
    }
}

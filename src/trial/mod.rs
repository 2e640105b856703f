//! Rules on trial: runs the examples of cause files and phrases, and measures how much they prove by branch
//! coverage and by mutation.

mod coverage;
mod examples;
mod mutation;
mod phrases;

pub use coverage::{Coverage, LeafSeen};
pub use examples::{ExampleFailure, Examples};
pub use mutation::{Mutation, Survivor};

use crate::rules::{Profile, RuleSet};

/// The outcome of a trial.
#[derive(Debug)]
pub struct Trial {
    /// How many examples ran.
    pub examples: usize,
    /// Examples whose diagnosis or reading is not what they expect.
    pub failures: Vec<ExampleFailure>,
    /// Which leaves of conditions were seen true, false and unknown.
    pub coverage: Coverage,
    /// Which mutants of conditions broke an example.
    pub mutation: Mutation,
}

/// Runs all examples of a rule set. "Now" of an example is its `case.now` or a fixed day.
#[must_use]
pub fn run(rules: &RuleSet, profile: &Profile) -> Trial {
    let examples = Examples::new(rules, profile);
    let (spoken, wrong) = phrases::run(rules);
    let mut failures = examples.failures();
    failures.extend(wrong);
    let coverage = coverage::measure(rules, &examples);
    let mutation = mutation::measure(rules, &examples);
    Trial {
        examples: examples.len() + spoken,
        failures,
        coverage,
        mutation,
    }
}

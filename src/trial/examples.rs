//! The examples of all causes as one table of cases with expectations.

use crate::derive::{derive, listen};
use crate::diagnose::{CaseVerdict, Diagnosis, States, conclude, questions};
use crate::facts::{FactValue, Facts, Moment, Source, Table};
use crate::rules::{ExampleKind, ExampleSource, Profile, RuleSet};

/// The time at which examples are diagnosed.
const NOW: &str = "2026-12-10T10:00:00+08:00";

/// An expected question must be among this many.
const ASKED_FIRST: usize = 3;

/// An example that does not hold.
#[derive(Debug, Clone)]
pub struct ExampleFailure {
    /// The cause whose file has the example.
    pub cause: String,
    /// The example's name.
    pub name: String,
    /// What was expected and what was found.
    pub message: String,
}

/// All examples, ready to run.
#[derive(Debug)]
pub struct Examples<'r> {
    rules: &'r RuleSet,
    profile: &'r Profile,
    /// Cause position and example position.
    places: Vec<(usize, usize)>,
    cases: Vec<Facts>,
    table: Table,
    states: States,
}

impl<'r> Examples<'r> {
    /// Reads the cases of all examples; values that do not parse are left out, as
    /// `rules check` reports them.
    #[must_use]
    pub fn new(rules: &'r RuleSet, profile: &'r Profile) -> Self {
        let mut places = Vec::new();
        let mut cases = Vec::new();
        for (position, cause) in rules.causes.iter().enumerate() {
            for (number, example) in cause.source.examples.iter().enumerate() {
                places.push((position, number));
                cases.push(facts_of(rules, profile, example));
            }
        }
        let table = Table::of_all(&rules.catalog, &cases);
        let states = States::evaluate(rules, &table);
        Self {
            rules,
            profile,
            places,
            cases,
            table,
            states,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The cases as a table, a row each.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The states of all signals.
    #[must_use]
    pub fn states(&self) -> &States {
        &self.states
    }

    /// The examples that do not hold.
    #[must_use]
    pub fn failures(&self) -> Vec<ExampleFailure> {
        let failure = |row: usize| {
            let message = self.check(row, &self.states)?;
            let (cause, _) = self.places[row];
            Some(ExampleFailure {
                cause: self.rules.causes[cause].id().to_owned(),
                name: self.example(row).name.clone(),
                message,
            })
        };
        (0..self.len()).filter_map(failure).collect()
    }

    fn example(&self, row: usize) -> &ExampleSource {
        let (cause, number) = self.places[row];
        &self.rules.causes[cause].source.examples[number]
    }

    /// Whether an example is about a question: that needs the rules as they are, not mutated ones.
    #[must_use]
    pub fn asks(&self, row: usize) -> bool {
        self.example(row).expect == ExampleKind::Asks
    }

    /// What is wrong with one example where the signals have these states; none where it holds.
    #[must_use]
    pub fn check(&self, row: usize, states: &States) -> Option<String> {
        let example = self.example(row);
        let mut diagnosis = conclude(self.rules, states, &self.table, row);
        if example.expect == ExampleKind::Asks {
            diagnosis.questions = questions(
                &self.cases[row],
                self.rules,
                self.profile,
                &diagnosis,
                states,
                row,
            );
        }
        let (cause, _) = self.places[row];
        self.check_cause(example, cause, &diagnosis)
            .or_else(|| check_money(example, &diagnosis))
            .or_else(|| self.check_gate(example, &diagnosis))
            .or_else(|| self.check_warnings(example, &diagnosis))
    }

    fn check_gate(&self, example: &ExampleSource, diagnosis: &Diagnosis) -> Option<String> {
        let expected = example.gate.as_deref()?;
        let found = diagnosis.pay_again.gate_id(self.rules).unwrap_or("none");
        (expected != found)
            .then(|| format!("expected the gate {expected} to decide, found {found}"))
    }

    fn check_warnings(&self, example: &ExampleSource, diagnosis: &Diagnosis) -> Option<String> {
        let expected: Vec<&str> = example.warns.as_ref()?.iter().map(String::as_str).collect();
        let found: Vec<&str> = diagnosis
            .warnings
            .iter()
            .map(|warning| self.rules.warnings[warning.0].id.as_str())
            .collect();
        let message = || format!("expected the warnings {expected:?}, found {found:?}");
        (expected != found).then(message)
    }

    fn check_cause(
        &self,
        example: &ExampleSource,
        own: usize,
        diagnosis: &Diagnosis,
    ) -> Option<String> {
        let first = diagnosis.first().map(|finding| finding.cause);
        let found = match (first, diagnosis.verdict) {
            (Some(cause), _) => self.rules.causes[cause].id(),
            (None, CaseVerdict::Healthy) => "healthy",
            (None, _) => "undetermined",
        };
        match example.expect {
            ExampleKind::Likely if first == Some(own) => None,
            ExampleKind::Likely => Some(format!("expected this cause first, found {found}")),
            ExampleKind::Other => match &example.wins {
                Some(wins) if wins == found => None,
                Some(wins) => Some(format!("expected {wins}, found {found}")),
                None if first == Some(own) => {
                    Some("expected another outcome, found this cause first".into())
                }
                None => None,
            },
            ExampleKind::Asks => {
                let asked: Vec<&str> = diagnosis
                    .questions
                    .iter()
                    .take(ASKED_FIRST)
                    .map(|question| self.rules.catalog.spec(question.fact).key.as_str())
                    .collect();
                let hit = example.asks.iter().any(|key| asked.contains(&key.as_str()));
                (!hit).then(|| {
                    format!(
                        "expected a question for {}, found {}",
                        example.asks.join(" or "),
                        if asked.is_empty() {
                            "none".into()
                        } else {
                            asked.join(", ")
                        }
                    )
                })
            }
        }
    }
}

fn check_money(example: &ExampleSource, diagnosis: &Diagnosis) -> Option<String> {
    let expected = example.pay_again.as_deref()?;
    let found = diagnosis.pay_again.state.word();
    (expected != found).then(|| format!("expected paying again to be {expected}, found {found}"))
}

fn facts_of(rules: &RuleSet, profile: &Profile, example: &ExampleSource) -> Facts {
    let mut facts = Facts::new(&rules.catalog);
    if let Ok(now) = NOW.parse::<Moment>() {
        facts.set(rules.key("case.now"), FactValue::Time(now), Source::Record);
    }
    for (key, text) in &example.case {
        let Ok(fact) = rules.catalog.input_key(&key.value) else {
            continue;
        };
        if let Ok(Some(value)) = rules.catalog.spec(fact).parse(text) {
            facts.set(fact, value, Source::Record);
        }
    }
    listen(&mut facts, rules);
    derive(&mut facts, rules, profile);
    facts
}

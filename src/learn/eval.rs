//! How good diagnoses of labelled tickets are: hits, wrong reports, money gates, questions, and
//! whether the probabilities mean what they say.
//!
//! Expected calibration error: Naeini, Cooper and Hauskrecht 2015, ten bins of equal width, over
//! the probability of the first cause. Log loss: mean of -ln P(first right cause), in nats.

use std::collections::BTreeMap;

use crate::derive::{derive, listen};
use crate::diagnose::{CaseVerdict, Diagnosis, Finding, PayState, Verdict, diagnose};
use crate::facts::{FactValue, Moment, Source};
use crate::intake::{IntakeError, read_case};
use crate::rules::{Profile, RuleSet};

use super::labelled::Labelled;

/// Bins of the reliability diagram.
pub const BINS: usize = 10;

/// The first so many causes and questions count.
const FIRST: usize = 3;

/// No probability counts as smaller in the log loss: one wrong row must not drown all others.
const LEAST: f64 = 1e-4;

/// Hits out of tries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// How often it was so.
    pub hits: usize,
    /// How often it could have been.
    pub of: usize,
}

impl Share {
    fn count(&mut self, hit: bool) {
        self.of += 1;
        self.hits += usize::from(hit);
    }

    /// Between 0 and 1; none where there was no try.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }
}

/// One bin of the reliability diagram.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    /// How many rows are in it.
    pub rows: usize,
    /// The sum of what was said of them.
    pub said: f64,
    /// How many were right.
    pub right: usize,
}

/// A row whose right cause did not come first.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// The row.
    pub id: String,
    /// What was right, first first.
    pub wanted: Vec<String>,
    /// What came first, with its probability; none where nothing was reported.
    pub got: Option<(String, f64)>,
    /// The verdict of the case.
    pub verdict: &'static str,
    /// The probability that the right cause had.
    pub probability: f64,
    /// The text of the row, or its facts.
    pub shown: String,
}

/// What came out of all rows.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// How many rows there were.
    pub rows: usize,
    /// Rows that are no case: their names and why.
    pub unreadable: Vec<(String, String)>,
    /// A right cause comes first, in an identified case.
    pub top1: Share,
    /// The first right cause is among the first three.
    pub top3: Share,
    /// The second right cause is among the first three.
    pub second_in_top3: Share,
    /// A cause that must not be likely is.
    pub wrong_not: Share,
    /// What nobody can tell is left undetermined.
    pub undecided: Share,
    /// What succeeded is healthy.
    pub healthy: Share,
    /// A useful question is among the first three.
    pub asks: Share,
    /// Whether paying again is safe is right.
    pub pay_again: Share,
    /// Paying again is allowed although it is not safe, of the rows where it is not.
    pub pays_twice: Share,
    /// The reliability diagram.
    pub bins: [Bin; BINS],
    /// Sum of -ln P over labelled rows.
    log_loss: f64,
    /// Right cause → first cause (or the verdict where none is identified) → rows.
    pub confusion: BTreeMap<String, BTreeMap<String, usize>>,
    /// Rows that were missed, worst first.
    pub misses: Vec<Miss>,
}

impl Evaluation {
    /// Expected calibration error; none without a labelled row.
    #[must_use]
    pub fn ece(&self) -> Option<f64> {
        let rows: usize = self.bins.iter().map(|bin| bin.rows).sum();
        let gap = |bin: &Bin| (bin.said - bin.right as f64).abs();
        (rows > 0).then(|| self.bins.iter().map(gap).sum::<f64>() / rows as f64)
    }

    /// Mean log loss in nats; none without a labelled row.
    #[must_use]
    pub fn log_loss(&self) -> Option<f64> {
        (self.top1.of > 0).then(|| self.log_loss / self.top1.of as f64)
    }

    fn add(&mut self, row: &Labelled, rules: &RuleSet, diagnosis: &Diagnosis) {
        let id = |finding: &Finding| rules.causes[finding.cause].id().to_owned();
        let got: Vec<(String, f64)> = match diagnosis.verdict {
            CaseVerdict::Healthy => Vec::new(),
            _ => diagnosis
                .reported()
                .map(|one| (id(one), one.probability))
                .collect(),
        };
        let said = |cause: &String| {
            let mut likely = diagnosis
                .reported()
                .filter(|one| one.verdict <= Verdict::Likely);
            diagnosis.verdict != CaseVerdict::Healthy && likely.any(|one| id(one) == *cause)
        };
        for cause in &row.not {
            self.wrong_not.count(said(cause));
        }
        if let Some(state) = &row.pay_again {
            self.pay_again
                .count(diagnosis.pay_again.state.word() == state);
            if state == PayState::Blocked.word() {
                self.pays_twice
                    .count(diagnosis.pay_again.state != PayState::Blocked);
            }
        }
        if row.healthy {
            self.healthy
                .count(diagnosis.verdict == CaseVerdict::Healthy);
        } else if row.causes.is_empty() {
            self.undecided
                .count(diagnosis.verdict == CaseVerdict::Undetermined);
            if !row.asks_any_of.is_empty() {
                let mut asked = diagnosis.questions.iter().take(FIRST);
                let key = |fact| &rules.catalog.spec(fact).key;
                self.asks
                    .count(asked.any(|question| row.asks_any_of.contains(key(question.fact))));
            }
        } else {
            self.add_labelled(row, rules, diagnosis, &got);
        }
    }

    fn add_labelled(
        &mut self,
        row: &Labelled,
        rules: &RuleSet,
        diagnosis: &Diagnosis,
        got: &[(String, f64)],
    ) {
        let primary = &row.causes[0];
        let first = got.first();
        let right = first.is_some_and(|(cause, _)| row.causes.contains(cause));
        let hit = right && diagnosis.verdict == CaseVerdict::Identified;
        let early = |cause: &String| got.iter().take(FIRST).any(|(other, _)| other == cause);
        self.top1.count(hit);
        self.top3.count(early(primary));
        if let Some(second) = row.causes.get(1) {
            self.second_in_top3.count(early(second));
        }
        let mut findings = diagnosis.findings.iter();
        let own = findings.find(|finding| rules.causes[finding.cause].id() == primary);
        let probability = own.map_or(0.0, |finding| finding.probability);
        self.log_loss -= probability.max(LEAST).ln();
        if let Some((_, said)) = first {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a probability"
            )]
            let bin = &mut self.bins[((said * BINS as f64) as usize).min(BINS - 1)];
            bin.rows += 1;
            bin.said += said;
            bin.right += usize::from(right);
        }
        let found = match diagnosis.verdict {
            CaseVerdict::Identified => first.map_or("undetermined", |(cause, _)| cause),
            other => other.word(),
        };
        let cell = self.confusion.entry(primary.clone()).or_default();
        *cell.entry(found.to_owned()).or_default() += 1;
        if !hit {
            self.misses.push(Miss {
                id: row.id.clone(),
                wanted: row.causes.clone(),
                got: first.cloned(),
                verdict: diagnosis.verdict.word(),
                probability,
                shown: row
                    .text()
                    .map_or_else(|| row.case.to_string(), str::to_owned),
            });
        }
    }
}

/// Diagnoses every row and compares with its labels.
#[must_use]
pub fn evaluate(rows: &[Labelled], rules: &RuleSet, profile: &Profile, now: Moment) -> Evaluation {
    let mut evaluation = Evaluation {
        rows: rows.len(),
        ..Evaluation::default()
    };
    for row in rows {
        match diagnosis(row, rules, profile, now) {
            Ok(diagnosis) => evaluation.add(row, rules, &diagnosis),
            Err(error) => evaluation
                .unreadable
                .push((row.id.clone(), error.to_string())),
        }
    }
    evaluation.misses.sort_by(|a, b| {
        a.probability
            .total_cmp(&b.probability)
            .then_with(|| a.id.cmp(&b.id))
    });
    evaluation
}

/// Diagnoses one labelled row.
///
/// # Errors
/// A row whose facts are no case.
pub fn diagnosis(
    row: &Labelled,
    rules: &RuleSet,
    profile: &Profile,
    now: Moment,
) -> Result<Diagnosis, IntakeError> {
    let json = row.case.to_string();
    let mut case = read_case(json.as_bytes(), &rules.catalog)?;
    case.facts
        .set(rules.key("case.now"), FactValue::Time(now), Source::Record);
    listen(&mut case.facts, rules);
    derive(&mut case.facts, rules, profile);
    Ok(diagnose(&case.facts, rules, profile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_counts_what_it_says() {
        let rules = RuleSet::built_in();
        let now: Moment = "2026-12-10T10:00:00+08:00".parse().expect("a time");
        let lines = concat!(
            r#"{"id":"a","facts":{"payment":{"debited":true,"credited":false}},"causes":["debited-not-credited"],"not":["phishing"],"pay_again":"blocked"}"#,
            "\n",
            r#"{"id":"b","facts":{"payment":{"debited":true,"credited":false}},"causes":["phishing"],"not":["debited-not-credited"]}"#,
            "\n",
            r#"{"id":"c","facts":{},"causes":[],"asks_any_of":["error.code"]}"#,
            "\n",
            r#"{"id":"d","facts":{"no.such":1},"causes":[]}"#,
        );
        let (rows, wrong) = super::super::labelled::read(lines.as_bytes()).expect("readable");
        assert!(wrong.is_empty());
        let found = evaluate(&rows, &rules, &rules.profile, now);
        assert_eq!((found.rows, found.unreadable.len()), (4, 1));
        assert_eq!(found.top1, Share { hits: 1, of: 2 });
        assert_eq!(found.wrong_not, Share { hits: 1, of: 2 });
        assert_eq!(found.undecided, Share { hits: 1, of: 1 });
        assert_eq!(found.pay_again, Share { hits: 1, of: 1 });
        assert_eq!(found.confusion["phishing"]["debited-not-credited"], 1);
        assert_eq!(found.misses[0].id, "b");
        let ece = found.ece().expect("labelled rows");
        assert!(ece > 0.2 && ece < 0.6, "{ece}");
    }
}

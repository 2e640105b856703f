//! The labelled cases of four writers, as `tests/cases/*.jsonl` holds them: all of them together
//! must be diagnosed well enough. What each number means: `Score`.

use std::collections::BTreeMap;

use recharge_doctor::diagnose::{CaseVerdict, Diagnosis, Verdict};
use serde::Deserialize;

use crate::support::{built_in, consult, repository};

/// One labelled case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    facts: serde_json::Value,
    /// The causes at work, the primary one first; none where nobody can tell, or all is well.
    causes: Vec<String>,
    /// Causes that must not be said.
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    healthy: bool,
    pay_again: Option<String>,
    /// For undecidable cases: questions of which one must be among the first three.
    #[serde(default)]
    asks_any_of: Vec<String>,
    #[serde(default)]
    note: String,
}

/// Bins of the calibration error.
const BINS: usize = 10;

/// Counts of a run over all rows.
#[derive(Default)]
struct Score {
    /// A cause of the row comes first and the case is identified.
    top1: Share,
    /// The primary cause is among the first three reported.
    top3: Share,
    /// Forbidden causes that are reported as likely or confirmed.
    wrong_not: Share,
    /// Undecidable rows that are left undetermined.
    undecided: Share,
    /// Healthy rows that are found healthy.
    healthy: Share,
    /// Undecidable rows of which a good question is asked.
    asks: Share,
    /// Rows whose money gate is right.
    pay_again: Share,
    /// Rows, probabilities and hits of the first cause by its probability.
    bins: [(f64, f64, f64); BINS],
    failures: BTreeMap<String, Vec<String>>,
}

/// So many of so many.
#[derive(Default, Clone, Copy)]
struct Share {
    hits: u32,
    of: u32,
}

impl Share {
    /// Counts one and passes its outcome on.
    fn count(&mut self, hit: bool) -> bool {
        self.of += 1;
        self.hits += u32::from(hit);
        hit
    }

    fn value(self) -> f64 {
        assert!(self.of > 0, "no row is about this");
        f64::from(self.hits) / f64::from(self.of)
    }
}

impl Score {
    fn add(&mut self, row: &Row, diagnosis: &Diagnosis) {
        let rules = built_in();
        let id = |cause: usize| rules.causes[cause].id();
        let got: Vec<&str> = match diagnosis.verdict {
            CaseVerdict::Healthy => Vec::new(),
            _ => diagnosis
                .reported()
                .map(|finding| id(finding.cause))
                .collect(),
        };
        let said = |cause: &str| {
            got.contains(&cause)
                && diagnosis
                    .reported()
                    .any(|one| id(one.cause) == cause && one.verdict <= Verdict::Likely)
        };
        let fail = |failures: &mut BTreeMap<String, Vec<String>>, what: String| {
            let list = failures
                .entry(format!("{} ({})", row.id, row.note))
                .or_default();
            list.push(format!("{what}, got {} {got:?}", diagnosis.verdict.word()));
        };
        for cause in &row.not {
            if self.wrong_not.count(said(cause)) {
                fail(&mut self.failures, format!("{cause} must not be said"));
            }
        }
        if row.healthy {
            if !self
                .healthy
                .count(diagnosis.verdict == CaseVerdict::Healthy)
            {
                fail(&mut self.failures, "expected healthy".into());
            }
        } else if row.causes.is_empty() {
            if !self
                .undecided
                .count(diagnosis.verdict == CaseVerdict::Undetermined)
            {
                fail(&mut self.failures, "expected undetermined".into());
            }
            self.add_questions(row, diagnosis, fail);
        } else {
            self.add_ranking(row, diagnosis, &got, fail);
        }
        if let Some(expected) = &row.pay_again {
            let state = diagnosis.pay_again.state.word();
            if !self.pay_again.count(state == expected) {
                fail(
                    &mut self.failures,
                    format!("expected {expected}, found {state}"),
                );
            }
        }
    }

    fn add_questions(
        &mut self,
        row: &Row,
        diagnosis: &Diagnosis,
        fail: impl Fn(&mut BTreeMap<String, Vec<String>>, String),
    ) {
        if row.asks_any_of.is_empty() {
            return;
        }
        let first = diagnosis.questions.iter().take(3);
        let asked: Vec<&str> = first
            .map(|question| built_in().catalog.spec(question.fact).key.as_str())
            .collect();
        let hit = row
            .asks_any_of
            .iter()
            .any(|key| asked.contains(&key.as_str()));
        if !self.asks.count(hit) {
            let wanted = row.asks_any_of.join(" or ");
            fail(
                &mut self.failures,
                format!("expected a question for {wanted}, found {asked:?}"),
            );
        }
    }

    fn add_ranking(
        &mut self,
        row: &Row,
        diagnosis: &Diagnosis,
        got: &[&str],
        fail: impl Fn(&mut BTreeMap<String, Vec<String>>, String),
    ) {
        let named = got
            .first()
            .is_some_and(|first| row.causes.iter().any(|cause| cause == first));
        let first = named && diagnosis.verdict == CaseVerdict::Identified;
        if !self.top1.count(first) {
            fail(
                &mut self.failures,
                format!("expected {:?} first", row.causes),
            );
        }
        let primary = row.causes[0].as_str();
        if !self
            .top3
            .count(got.iter().take(3).any(|cause| *cause == primary))
        {
            fail(
                &mut self.failures,
                format!("expected {primary} among three"),
            );
        }
        if let Some(finding) = diagnosis.reported().next().filter(|_| !got.is_empty()) {
            // Reports give four digits, so that is what is tested.
            let probability = (finding.probability * 1e4).round() / 1e4;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a probability of 0 to 1 in ten bins"
            )]
            let bin = ((probability * 10.0) as usize).min(BINS - 1);
            let (rows, sum, hits) = &mut self.bins[bin];
            *rows += 1.0;
            *sum += probability;
            *hits += f64::from(u8::from(named));
        }
    }

    /// Expected calibration error: how far probabilities and hits are apart, over all bins.
    fn calibration_error(&self) -> f64 {
        let rows: f64 = self.bins.iter().map(|(rows, _, _)| rows).sum();
        let apart = self.bins.iter().map(|(_, sum, hits)| (sum - hits).abs());
        apart.sum::<f64>() / rows
    }
}

#[test]
fn the_labelled_cases_are_diagnosed_well_enough() {
    let folder = repository("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    let mut score = Score::default();
    let mut rows = 0;
    for file in files {
        let lines = std::fs::read_to_string(&file).expect("a readable file");
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let row: Row = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{}: {error}: {line}", file.display()));
            let facts = row.facts.to_string();
            let (_, diagnosis) =
                consult(facts.as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", row.id));
            score.add(&row, &diagnosis);
            rows += 1;
        }
    }
    assert!(rows >= 260, "{rows} rows: cases are missing");
    let failing = score.failures.iter();
    let failing: Vec<String> = failing
        .map(|(row, failures)| format!("{row}:\n  {}", failures.join("\n  ")))
        .collect();
    let mut wrong = Vec::new();
    for (name, value, range) in [
        ("top1", score.top1.value(), 0.95..=1.0),
        ("top3", score.top3.value(), 0.98..=1.0),
        ("wrong_not", score.wrong_not.value(), 0.0..=0.02),
        ("undecided", score.undecided.value(), 0.9..=1.0),
        ("healthy", score.healthy.value(), 1.0..=1.0),
        ("asks", score.asks.value(), 0.85..=1.0),
        ("pay_again", score.pay_again.value(), 0.97..=1.0),
        ("ece", score.calibration_error(), 0.0..=0.08),
    ] {
        if !range.contains(&value) {
            wrong.push(format!("{name} is {value:.4}, expected {range:?}"));
        }
    }
    let (wrong, failing) = (wrong.join("\n"), failing.join("\n"));
    assert!(wrong.is_empty(), "{wrong}\n\n{failing}");
}

#[test]
fn every_cause_has_a_labelled_case() {
    let mut missing: Vec<&str> = built_in().causes.iter().map(|cause| cause.id()).collect();
    for file in ["agents", "contrasts", "contrasts2", "integrators"] {
        let file = repository(&format!("tests/cases/{file}.jsonl"));
        for line in std::fs::read_to_string(file).expect("cases").lines() {
            let row: Row = serde_json::from_str(line).expect("a row");
            missing.retain(|id| !row.causes.iter().any(|cause| cause == id));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

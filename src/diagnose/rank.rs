//! The order of causes, their verdicts, and the fixes that follow.

use crate::facts::{FactKey, Table};
use crate::rules::{Cause, Fix, RuleSet};

use super::finding::{CaseVerdict, Finding, FixChoice, Ground, Verdict, Weighed};
use super::gate::{PayAgain, PayState};
use super::score::{LIKELY, POSSIBLE, Posterior};
use super::states::States;

/// An undetermined case shows the first harmless step of this many causes, if they are at least
/// this probable.
pub(super) const UNDETERMINED_FIXES: usize = 2;
pub(super) const WORTH_A_STEP: f64 = 0.12;

/// All causes, best first: by probability, then by bits, then by id.
pub(super) fn findings(
    rules: &RuleSet,
    posterior: &Posterior,
    states: &States,
    table: &Table,
    row: usize,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = (0..rules.causes.len())
        .map(|cause| finding(rules, posterior, states, table, row, cause))
        .collect();
    findings.sort_by(|a, b| {
        b.probability
            .total_cmp(&a.probability)
            .then(b.bits.total_cmp(&a.bits))
            .then(a.cause.cmp(&b.cause))
    });
    findings
}

fn finding(
    rules: &RuleSet,
    posterior: &Posterior,
    states: &States,
    table: &Table,
    row: usize,
    index: usize,
) -> Finding {
    let cause = &rules.causes[index];
    let weighed = &posterior.weighed[index];
    let probability = posterior.probability[index];
    let wording = states.wording(row).map(|wording| wording.bits[index]);
    let mut evidence: Vec<Weighed> = wording
        .map(|bits| Weighed {
            ground: Ground::Wording(index),
            state: bits > 0.0,
            bits,
            counts: true,
        })
        .into_iter()
        .collect();
    for (position, item) in cause.evidence.iter().enumerate() {
        let Some(state) = states.evidence(item.signal, row) else {
            continue;
        };
        evidence.push(Weighed {
            ground: Ground::Signal(item.signal),
            state,
            bits: if state {
                item.bits_true
            } else {
                item.bits_false
            },
            counts: weighed.heard.counted[position].is_some(),
        });
    }
    evidence.sort_by(|a, b| {
        b.counts
            .cmp(&a.counts)
            .then(b.bits.abs().total_cmp(&a.bits.abs()))
            .then(a.ground.cmp(&b.ground))
    });
    let verdict = verdict_of(probability, &weighed.heard);
    let missing = if verdict <= Verdict::Possible {
        missing(rules, cause, states, table, row)
    } else {
        Vec::new()
    };
    Finding {
        cause: index,
        verdict,
        probability,
        bits: weighed.bits,
        evidence,
        missing,
        decided_by: weighed.heard.excluded_by.or(weighed.heard.confirmed_by),
    }
}

/// The unknown facts on which evidence of a cause depends.
fn missing(
    rules: &RuleSet,
    cause: &Cause,
    states: &States,
    table: &Table,
    row: usize,
) -> Vec<FactKey> {
    let mut missing: Vec<FactKey> = Vec::new();
    for item in &cause.evidence {
        if states.get(item.signal, row).is_some() {
            continue;
        }
        for key in rules.signal(item.signal).program.missing(table, row) {
            if !missing.contains(&key) {
                missing.push(key);
            }
        }
    }
    missing
}

pub(super) fn verdict_of(probability: f64, heard: &super::score::Heard) -> Verdict {
    if heard.excluded_by.is_some() {
        return Verdict::Excluded;
    }
    if heard.confirmed_by.is_some() && probability >= LIKELY {
        return Verdict::Confirmed;
    }
    match probability {
        p if p >= LIKELY => Verdict::Likely,
        p if p >= POSSIBLE => Verdict::Possible,
        _ => Verdict::Unlikely,
    }
}

/// The verdict of the case.
pub(super) fn verdict(findings: &[Finding], healthy: bool) -> CaseVerdict {
    if healthy {
        return CaseVerdict::Healthy;
    }
    match findings.first() {
        Some(first) if first.verdict <= Verdict::Likely => CaseVerdict::Identified,
        _ => CaseVerdict::Undetermined,
    }
}

/// What to do: the fixes of every likely cause, best cause first, each fix once.
pub(super) fn fixes(
    rules: &RuleSet,
    findings: &[Finding],
    verdict: CaseVerdict,
    pay_again: &PayAgain,
    table: &Table,
    row: usize,
) -> Vec<FixChoice> {
    let fits = |fix: &Fix| {
        let possible = pay_again.state == PayState::Allowed || !fix.source.pays_again;
        let applies = fix
            .when
            .as_ref()
            .is_none_or(|when| when.eval_bool(table).get(row) != Some(false));
        possible && applies
    };
    let mut chosen: Vec<FixChoice> = Vec::new();
    let mut add = |cause: usize, most: usize| {
        let choices = rules.causes[cause].fixes.iter().enumerate();
        for (index, fix) in choices.filter(|(_, fix)| fits(fix)).take(most) {
            let known = |choice: &FixChoice| {
                rules.causes[choice.cause].fixes[choice.fix].source.id == fix.source.id
            };
            if !chosen.iter().any(known) {
                chosen.push(FixChoice { cause, fix: index });
            }
        }
    };
    match verdict {
        CaseVerdict::Healthy => return chosen,
        CaseVerdict::Identified => {
            let likely = findings.iter().filter(|f| f.verdict <= Verdict::Likely);
            likely.for_each(|finding| add(finding.cause, usize::MAX));
        }
        CaseVerdict::Undetermined => {
            let possible = findings.iter().filter(|f| f.probability >= WORTH_A_STEP);
            possible
                .take(UNDETERMINED_FIXES)
                .for_each(|finding| add(finding.cause, 1));
        }
    }
    let undetermined = verdict == CaseVerdict::Undetermined;
    if let Some((cause, fix)) = pay_again.first_fix(rules, undetermined) {
        let id = |choice: &FixChoice| &rules.causes[choice.cause].fixes[choice.fix].source.id;
        let first = FixChoice { cause, fix };
        // The case's own version of the fix keeps its cause; it only moves to the front.
        match chosen.iter().position(|choice| id(choice) == id(&first)) {
            Some(at) => chosen[..=at].rotate_right(1),
            None => chosen.insert(0, first),
        }
    }
    chosen
}

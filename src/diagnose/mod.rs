//! Facts × rules → a diagnosis. Pure: no clock, no socket, no file, no locale; "now" is a fact.

mod alike;
mod brief;
mod explain;
mod finding;
mod gate;
mod memory;
mod question;
mod rank;
mod score;
mod states;
mod wording;

pub use brief::{Alike, Applies, Brief, BriefCause, Briefer};
pub use explain::{Change, Edit, smallest_changes};
pub use finding::{CaseVerdict, Diagnosis, Finding, FixChoice, Ground, Verdict, Warning, Weighed};
pub use gate::{PayAgain, PayState};
pub use question::{Question, choose as questions};
pub use score::{LIKELY, OTHER_PRIOR, POSSIBLE};
pub use states::States;
pub use wording::{Wording, Wordings};

use crate::facts::{FactKey, Facts, Table};
use crate::rules::{Profile, RuleSet};

/// Diagnoses one case whose derived facts are known already.
#[must_use]
pub fn diagnose(facts: &Facts, rules: &RuleSet, profile: &Profile) -> Diagnosis {
    let table = Table::of(&rules.catalog, facts);
    let states = States::evaluate(rules, &table);
    let mut diagnosis = conclude(rules, &states, &table, 0);
    for finding in &mut diagnosis.findings {
        finding.missing = askable(&finding.missing, facts, rules);
    }
    if diagnosis.verdict != CaseVerdict::Healthy {
        diagnosis.questions = questions(facts, rules, profile, &diagnosis, &states, 0);
    }
    diagnosis
}

/// What somebody could give to make these facts known, each once.
fn askable(missing: &[FactKey], facts: &Facts, rules: &RuleSet) -> Vec<FactKey> {
    let mut wanted: Vec<FactKey> = Vec::new();
    for key in missing {
        for fact in facts.askable(*key, &rules.catalog) {
            if !wanted.contains(&fact) {
                wanted.push(fact);
            }
        }
    }
    wanted
}

/// Everything but the questions, for one row of a table.
#[must_use]
pub fn conclude(rules: &RuleSet, states: &States, table: &Table, row: usize) -> Diagnosis {
    let of = |signal| states.get(signal, row);
    let weighed = |signal| states.evidence(signal, row);
    // That it arrived, said of a ticket's own story, does not make the ticket healthy.
    let healthy = rules
        .gates
        .healthy
        .is_some_and(|signal| weighed(signal) == Some(true));
    let posterior = score::posterior(rules, &weighed, states.wording(row));
    let findings = rank::findings(rules, &posterior, states, table, row);
    let verdict = rank::verdict(&findings, healthy);
    let pay_again = gate::pay_again(rules, &of);
    let fixes = rank::fixes(rules, &findings, verdict, &pay_again, table, row);
    let warnings = rules
        .warnings
        .iter()
        .enumerate()
        .filter(|(_, warning)| of(warning.signal) == Some(true))
        .map(|(index, _)| Warning(index));
    Diagnosis {
        verdict,
        findings,
        other: posterior.other,
        fixes,
        pay_again,
        questions: Vec::new(),
        warnings: warnings.collect(),
    }
}

//! Why not another cause, and the smallest change of facts that would change the first cause.

use crate::derive::Derivation;
use crate::facts::{FactKey, FactType, FactValue, Facts, Fen, Source, Table, Unknown};
use crate::rules::{Profile, RuleSet};

use super::States;
use super::conclude;
use super::finding::CaseVerdict;

/// One fact set to another value, or no longer known.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The fact.
    pub fact: FactKey,
    /// Its other value; none where it would have to be unknown.
    pub value: Option<FactValue>,
}

/// A change of facts that changes the first cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The facts to change; one if one is enough.
    pub edits: Vec<Edit>,
    /// The first cause afterwards; none where the case becomes undetermined or healthy.
    pub first: Option<usize>,
    /// The verdict afterwards.
    pub verdict: CaseVerdict,
}

/// Single edits that are combined in pairs where no single one is enough; the strongest first.
const COMBINED: usize = 24;

/// At most this many changes are given.
const MOST: usize = 5;

/// The smallest changes after which another cause (or `wanted`, where given) comes first.
///
/// Tries every fact that the rules read: other words of an enum, yes for no, a value on the other
/// side of the numbers it is compared with, and known facts being unknown; then pairs of these.
#[must_use]
pub fn smallest_changes(
    facts: &Facts,
    rules: &RuleSet,
    profile: &Profile,
    wanted: Option<usize>,
) -> Vec<Change> {
    let search = Search::new(facts, rules, profile, wanted);
    let single: Vec<Vec<Edit>> = search.edits().into_iter().map(|edit| vec![edit]).collect();
    let outcomes = search.try_all(&single);
    let mut found = search.successes(&single, &outcomes);
    if found.is_empty() {
        let pairs = search.pairs(&single, &outcomes);
        let outcomes = search.try_all(&pairs);
        found = search.successes(&pairs, &outcomes);
    }
    found.truncate(MOST);
    found
}

struct Outcome {
    first: Option<usize>,
    verdict: CaseVerdict,
    /// Probability of the cause that should (or should no longer) come first.
    aim: f64,
}

struct Search<'s> {
    facts: &'s Facts,
    rules: &'s RuleSet,
    derivation: Derivation<'s>,
    wanted: Option<usize>,
    first: Option<usize>,
}

impl<'s> Search<'s> {
    fn new(
        facts: &'s Facts,
        rules: &'s RuleSet,
        profile: &'s Profile,
        wanted: Option<usize>,
    ) -> Self {
        let mut search = Self {
            facts,
            rules,
            derivation: Derivation::new(rules, profile),
            wanted,
            first: None,
        };
        search.first = search.try_all(&[Vec::new()])[0].first;
        // What already comes first needs no change to come first: ask what would change it.
        search.wanted = wanted.filter(|cause| search.first != Some(*cause));
        search
    }

    /// Every single edit worth trying.
    fn edits(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (fact, spec) in self.rules.catalog.entries() {
            if spec.derived || spec.prose || !self.is_read(fact) {
                continue;
            }
            let now = self.facts.get(fact);
            for value in self.values(fact) {
                if now != Some(&value) {
                    edits.push(Edit {
                        fact,
                        value: Some(value),
                    });
                }
            }
            if self.facts.is_given(fact) {
                edits.push(Edit { fact, value: None });
            }
        }
        edits
    }

    /// Whether any signal reads this fact, or a fact worked out from it.
    fn is_read(&self, fact: FactKey) -> bool {
        let key = &self.rules.catalog.spec(fact).key;
        self.rules.signals.iter().any(|signal| {
            signal
                .program
                .facts()
                .iter()
                .any(|read| *read == fact || self.rules.catalog.spec(*read).from.contains(key))
        })
    }

    /// Values on the other side of what the fact is compared with.
    fn values(&self, fact: FactKey) -> Vec<FactValue> {
        let spec = self.rules.catalog.spec(fact);
        match spec.kind {
            FactType::Bool => vec![FactValue::Bool(true), FactValue::Bool(false)],
            FactType::Enum if spec.values.len() <= 16 => spec
                .values
                .iter()
                .map(|value| FactValue::text(&value.value))
                .collect(),
            FactType::Money if self.facts.is_given(fact) => self.near_money(fact),
            FactType::Int => [0, 1, 2, 3, 5, 10].map(FactValue::Int).to_vec(),
            _ => Vec::new(),
        }
    }

    /// The other amounts of the case and what lies one fen beside them.
    fn near_money(&self, fact: FactKey) -> Vec<FactValue> {
        let mut amounts = Vec::new();
        for other in self.facts.given().filter(|other| *other != fact) {
            if let Some(FactValue::Money(Fen(fen))) = self.facts.get(other) {
                amounts.extend([*fen, fen.saturating_add(1), fen.saturating_sub(1)]);
            }
        }
        amounts.retain(|fen| *fen >= 0);
        amounts.sort_unstable();
        amounts.dedup();
        amounts
            .into_iter()
            .map(|fen| FactValue::Money(Fen(fen)))
            .collect()
    }

    fn try_all(&self, changes: &[Vec<Edit>]) -> Vec<Outcome> {
        let cases: Vec<Facts> = changes.iter().map(|edits| self.edited(edits)).collect();
        let table = Table::of_all(&self.rules.catalog, &cases);
        let states = States::evaluate(self.rules, &table);
        (0..cases.len())
            .map(|row| {
                let diagnosis = conclude(self.rules, &states, &table, row);
                let probability = |cause: usize| {
                    let finding = diagnosis.findings.iter().find(|found| found.cause == cause);
                    finding.map_or(0.0, |finding| finding.probability)
                };
                Outcome {
                    first: diagnosis.first().map(|finding| finding.cause),
                    verdict: diagnosis.verdict,
                    aim: match (self.wanted, self.first) {
                        (Some(wanted), _) => probability(wanted),
                        (None, Some(first)) => 1.0 - probability(first),
                        (None, None) => diagnosis
                            .findings
                            .first()
                            .map_or(0.0, |first| first.probability),
                    },
                }
            })
            .collect()
    }

    fn edited(&self, edits: &[Edit]) -> Facts {
        let mut facts = self.facts.clone();
        for edit in edits {
            match &edit.value {
                Some(value) => facts.set(edit.fact, value.clone(), Source::Record),
                None => facts.forget(edit.fact, Unknown::NotGiven),
            }
        }
        self.derivation.derive(&mut facts);
        facts
    }

    fn succeeds(&self, outcome: &Outcome) -> bool {
        match self.wanted {
            Some(wanted) => outcome.first == Some(wanted),
            None => outcome.first != self.first,
        }
    }

    /// The changes that work, those that leave least doubt first, one for each fact.
    fn successes(&self, changes: &[Vec<Edit>], outcomes: &[Outcome]) -> Vec<Change> {
        let mut working: Vec<(usize, &Outcome)> = outcomes
            .iter()
            .enumerate()
            .filter(|(_, outcome)| self.succeeds(outcome))
            .collect();
        working.sort_by(|a, b| b.1.aim.total_cmp(&a.1.aim).then(a.0.cmp(&b.0)));
        let mut found: Vec<Change> = Vec::new();
        for (index, outcome) in working {
            let facts = |edits: &[Edit]| edits.iter().map(|edit| edit.fact).collect::<Vec<_>>();
            if found
                .iter()
                .any(|known| facts(&known.edits) == facts(&changes[index]))
            {
                continue;
            }
            found.push(Change {
                edits: changes[index].clone(),
                first: outcome.first,
                verdict: outcome.verdict,
            });
        }
        found
    }

    /// Pairs of the single edits that came nearest.
    fn pairs(&self, single: &[Vec<Edit>], outcomes: &[Outcome]) -> Vec<Vec<Edit>> {
        let mut order: Vec<usize> = (0..single.len()).collect();
        order.sort_by(|a, b| outcomes[*b].aim.total_cmp(&outcomes[*a].aim).then(a.cmp(b)));
        order.truncate(COMBINED);
        let mut pairs = Vec::new();
        for (position, left) in order.iter().enumerate() {
            for right in &order[position + 1..] {
                let (left, right) = (&single[*left][0], &single[*right][0]);
                if left.fact != right.fact {
                    pairs.push(vec![left.clone(), right.clone()]);
                }
            }
        }
        pairs
    }
}

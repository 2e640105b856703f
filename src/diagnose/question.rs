//! The next best question: what unknown fact would change the first fix, or settle whether paying
//! again is safe, at the least cost of asking.

use std::collections::BTreeMap;

use crate::derive::Derivation;
use crate::facts::{Asker, FactKey, FactSpec, FactType, FactValue, Facts, Source, Table};
use crate::rules::{Cause, Profile, RuleSet, SignalIndex};

use super::finding::Diagnosis;
use super::gate;
use super::score::{self, POSSIBLE};
use super::states::States;
use super::wording::Wording;

/// At most this many questions.
const MOST: usize = 5;

/// Sure enough to stop asking about the cause.
const SURE: f64 = 0.95;

/// Questions whose answers change the expected advice by less are not asked.
const LEAST_GAIN: f64 = 0.004;

/// What settling whether paying again is safe is worth, against being right about the first fix.
const MONEY_WORTH: f64 = 0.3;

/// A condition that waits for one more fact is half as likely to be settled by this answer.
const NOT_ALONE: f64 = 0.5;

/// However many signals wait for a fact, an answer that makes none of them true keeps at least
/// this weight.
const LEAST_SILENCE: f64 = 0.05;

/// Enums with more words than this are treated like free text.
const MOST_WORDS: usize = 12;

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The fact to ask for.
    pub fact: FactKey,
    /// The causes that the answer would move most, at most two, best first.
    pub about: Vec<usize>,
    /// Whether an answer would settle that paying again is safe.
    pub money: bool,
    /// Expected gain for the first fix, divided by the cost of asking.
    pub score: f64,
}

/// Chooses the questions for one case, best first. `states` and `row` are
/// where the states of its signals stand.
#[must_use]
pub fn choose(
    facts: &Facts,
    rules: &RuleSet,
    profile: &Profile,
    diagnosis: &Diagnosis,
    states: &States,
    row: usize,
) -> Vec<Question> {
    let open_money = diagnosis.pay_again.is_open(rules);
    let first = diagnosis
        .findings
        .first()
        .map_or(0.0, |finding| finding.probability);
    if first >= SURE && !open_money {
        return Vec::new();
    }
    let asking = Asking {
        facts,
        rules,
        profile,
        diagnosis,
        states,
        row,
        open_money,
        first_fixes: first_fixes(rules),
        before: Outlook::of(
            rules,
            &|signal| states.evidence(signal, row),
            states.wording(row),
        ),
    };
    let candidates = asking.candidates();
    let mut by_value = asking.answers_by_value(candidates.keys().copied());
    let mut questions: Vec<Question> = candidates
        .iter()
        .filter_map(|(fact, waiting)| asking.question(*fact, waiting, by_value.remove(fact)))
        .collect();
    questions.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.fact.cmp(&b.fact)));
    questions.truncate(MOST);
    questions
}

/// A signal that waits for a fact, and how many facts it waits for in all.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    signal: SignalIndex,
    facts: usize,
}

/// What is expected of the causes, *other* last.
#[derive(Debug, Clone)]
struct Outlook {
    probability: Vec<f64>,
    bits: Vec<f64>,
}

impl Outlook {
    fn of(
        rules: &RuleSet,
        state: &impl Fn(SignalIndex) -> Option<bool>,
        wording: Option<&Wording>,
    ) -> Self {
        let posterior = score::posterior(rules, state, wording);
        let mut probability = posterior.probability;
        probability.push(posterior.other);
        let total: f64 = probability.iter().sum();
        probability.iter_mut().for_each(|p| *p /= total);
        let mut bits: Vec<f64> = posterior
            .weighed
            .iter()
            .map(|cause| {
                if cause.heard.excluded_by.is_some() {
                    f64::NEG_INFINITY
                } else {
                    cause.bits
                }
            })
            .collect();
        bits.push(posterior.other_bits);
        Self { probability, bits }
    }

    /// How well the first fix is known: the sum of its squared probabilities, 1 minus the expected
    /// quadratic (Brier) score. A proper score: knowing more is worth more.
    fn worth(&self, first_fixes: &[usize]) -> f64 {
        let mut by_fix = vec![0.0; first_fixes.len() + 1];
        for (fix, probability) in first_fixes.iter().zip(&self.probability) {
            by_fix[*fix] += probability;
        }
        let other = self.probability.last().copied().unwrap_or_default();
        by_fix.iter().map(|p| p * p).sum::<f64>() + other * other
    }
}

/// For every cause the position of the first cause that begins with the same fix.
fn first_fixes(rules: &RuleSet) -> Vec<usize> {
    let fixes: Vec<Option<&str>> = rules.causes.iter().map(first_fix).collect();
    let same = |fix: &Option<&str>| fixes.iter().position(|other| other == fix);
    fixes
        .iter()
        .map(|fix| same(fix).unwrap_or_default())
        .collect()
}

fn first_fix(cause: &Cause) -> Option<&str> {
    cause.fixes.first().map(|fix| fix.source.id.as_str())
}

/// One possible answer.
struct Answer {
    after: Outlook,
    /// How likely the answer is where no cause that speaks of it is at work.
    base: f64,
    /// Whether it settles whether paying again is safe.
    settles_money: bool,
}

struct Asking<'a> {
    facts: &'a Facts,
    rules: &'a RuleSet,
    profile: &'a Profile,
    diagnosis: &'a Diagnosis,
    states: &'a States,
    row: usize,
    /// Whether an answer could still change whether paying again is safe.
    open_money: bool,
    /// For every cause, which first fix it calls for.
    first_fixes: Vec<usize>,
    before: Outlook,
}

impl Asking<'_> {
    fn state(&self, signal: SignalIndex) -> Option<bool> {
        self.states.get(signal, self.row)
    }

    /// Unknown facts on which live causes or the money gates still depend, with the signals that
    /// wait for them.
    fn candidates(&self) -> BTreeMap<FactKey, Vec<Waiting>> {
        let table = Table::of(&self.rules.catalog, self.facts);
        let mut candidates: BTreeMap<FactKey, Vec<Waiting>> = BTreeMap::new();
        for signal in self.live_signals() {
            let missing = self.rules.signal(signal).program.missing(&table, 0);
            let mut wanted: Vec<FactKey> = Vec::new();
            for key in &missing {
                for fact in self.facts.askable(*key, &self.rules.catalog) {
                    if !wanted.contains(&fact) {
                        wanted.push(fact);
                    }
                }
            }
            let waiting = Waiting {
                signal,
                facts: missing.len(),
            };
            for fact in wanted {
                candidates.entry(fact).or_default().push(waiting);
            }
        }
        candidates
    }

    /// Unknown signals of causes that are still possible, and of the money gates.
    fn live_signals(&self) -> Vec<SignalIndex> {
        let mut signals: Vec<SignalIndex> = Vec::new();
        let live = self
            .diagnosis
            .findings
            .iter()
            .filter(|finding| finding.probability >= POSSIBLE / 4.0);
        for finding in live {
            let evidence = &self.rules.causes[finding.cause].evidence;
            signals.extend(evidence.iter().map(|item| item.signal));
        }
        if self.open_money {
            let gates = &self.rules.gates;
            signals.extend(
                gates
                    .block
                    .iter()
                    .chain(&gates.allow)
                    .map(|gate| gate.signal),
            );
        }
        signals.sort();
        signals.dedup();
        signals.retain(|signal| self.state(*signal).is_none());
        signals
    }

    fn question(
        &self,
        fact: FactKey,
        waiting: &[Waiting],
        by_value: Option<Vec<Answer>>,
    ) -> Option<Question> {
        let spec = self.rules.catalog.spec(fact);
        spec.question.as_ref()?;
        let least = waiting.iter().map(|waiting| waiting.facts).min()?;
        let answers = by_value.unwrap_or_else(|| self.answers_by_signal(waiting, least));
        let likely = self.likelihoods(&answers);
        let mut gain = 0.0;
        let mut flips = 0.0;
        for (answer, probability) in answers.iter().zip(&likely) {
            gain += probability * answer.after.worth(&self.first_fixes);
            flips += if answer.settles_money {
                *probability
            } else {
                0.0
            };
        }
        gain -= self.before.worth(&self.first_fixes);
        gain *= NOT_ALONE.powi(i32::try_from(least).unwrap_or(i32::MAX).saturating_sub(1));
        gain = gain.max(0.0) + MONEY_WORTH * flips;
        (gain >= LEAST_GAIN).then(|| Question {
            fact,
            about: self.moved(&answers),
            money: flips > 0.0,
            score: gain / effort(spec),
        })
    }

    /// For every fact with few values, the case once for each value; all in one table.
    fn answers_by_value(
        &self,
        facts: impl Iterator<Item = FactKey>,
    ) -> BTreeMap<FactKey, Vec<Answer>> {
        let mut asked: Vec<FactKey> = Vec::new();
        let mut cases: Vec<Facts> = Vec::new();
        let derivation = Derivation::new(self.rules, self.profile);
        for fact in facts {
            let values = possible_values(self.rules.catalog.spec(fact)).unwrap_or_default();
            for value in values {
                let mut case = self.facts.clone();
                case.set(fact, value, Source::Answer);
                derivation.derive(&mut case);
                asked.push(fact);
                cases.push(case);
            }
        }
        let table = Table::of_all(&self.rules.catalog, &cases);
        let states = States::evaluate(self.rules, &table);
        let mut answers: BTreeMap<FactKey, Vec<Answer>> = BTreeMap::new();
        for (row, fact) in asked.into_iter().enumerate() {
            let row = states.of_row(row);
            let state = |signal: SignalIndex| row[signal.0];
            answers.entry(fact).or_default().push(Answer {
                after: Outlook::of(self.rules, &state, self.states.wording(self.row)),
                base: self.base(&state),
                settles_money: self.settles_money(&state),
            });
        }
        answers
    }

    fn settles_money(&self, state: &impl Fn(SignalIndex) -> Option<bool>) -> bool {
        self.open_money && !gate::pay_again(self.rules, state).is_open(self.rules)
    }

    /// How usual an answer is where no cause speaks of it: as usual as the least usual signal that
    /// it makes known. The signals of one answer say the same thing, so they are not multiplied.
    fn base(&self, state: &impl Fn(SignalIndex) -> Option<bool>) -> f64 {
        let newly_known = self
            .rules
            .causes
            .iter()
            .flat_map(|cause| &cause.evidence)
            .filter(|item| self.state(item.signal).is_none());
        let usual = newly_known.filter_map(|item| {
            let often = self.rules.signal(item.signal).base;
            state(item.signal).map(|is_true| if is_true { often } else { 1.0 - often })
        });
        usual.fold(1.0, f64::min)
    }

    /// One answer for each waiting signal being the only true one, and one for none being true.
    fn answers_by_signal(&self, waiting: &[Waiting], least: usize) -> Vec<Answer> {
        let signals: Vec<SignalIndex> = waiting
            .iter()
            .filter(|waiting| waiting.facts == least)
            .map(|waiting| waiting.signal)
            .collect();
        let mut row = self.states.of_row(self.row);
        for signal in &signals {
            row[signal.0] = Some(false);
        }
        let outcomes = signals.iter().copied().map(Some).chain([None]);
        let mut left = 1.0;
        let mut answers = Vec::with_capacity(signals.len() + 1);
        for outcome in outcomes {
            if let Some(signal) = outcome {
                row[signal.0] = Some(true);
            }
            let state = |signal: SignalIndex| row[signal.0];
            let base = outcome.map_or(f64::max(left, LEAST_SILENCE), |signal| {
                self.rules.signal(signal).base
            });
            left -= base;
            answers.push(Answer {
                after: Outlook::of(self.rules, &state, self.states.wording(self.row)),
                base,
                settles_money: self.settles_money(&state),
            });
            if let Some(signal) = outcome {
                row[signal.0] = Some(false);
            }
        }
        answers
    }

    /// How likely each answer is: for every cause the rules' counts say how likely it gives the
    /// answer, and the causes count as much as they are likely.
    fn likelihoods(&self, answers: &[Answer]) -> Vec<f64> {
        let mut likely = vec![0.0; answers.len()];
        for (cause, probability) in self.before.probability.iter().enumerate() {
            let before = self.before.bits[cause];
            if !before.is_finite() || *probability <= 0.0 {
                continue;
            }
            let weights: Vec<f64> = answers
                .iter()
                .map(|answer| answer.base * (answer.after.bits[cause] - before).exp2())
                .collect();
            let total: f64 = weights.iter().sum();
            if total > 0.0 {
                for (sum, weight) in likely.iter_mut().zip(&weights) {
                    *sum += probability * weight / total;
                }
            }
        }
        let total: f64 = likely.iter().sum();
        if total > 0.0 {
            likely
                .iter_mut()
                .for_each(|probability| *probability /= total);
        }
        likely
    }

    /// The causes that the answers would move most.
    fn moved(&self, answers: &[Answer]) -> Vec<usize> {
        let mut moves: Vec<(f64, usize)> = (0..self.rules.causes.len())
            .map(|cause| {
                let highest = answers
                    .iter()
                    .map(|answer| answer.after.probability[cause])
                    .fold(0.0, f64::max);
                let lowest = answers
                    .iter()
                    .map(|answer| answer.after.probability[cause])
                    .fold(1.0, f64::min);
                let now = self.before.probability[cause];
                ((highest - lowest) * now.max(POSSIBLE), cause)
            })
            .filter(|(moved, _)| *moved > f64::EPSILON)
            .collect();
        moves.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        moves.iter().take(2).map(|(_, cause)| *cause).collect()
    }
}

/// The values that a fact can take, where they are few.
fn possible_values(spec: &FactSpec) -> Option<Vec<FactValue>> {
    match spec.kind {
        FactType::Bool => Some(vec![FactValue::Bool(true), FactValue::Bool(false)]),
        FactType::Enum if spec.values.len() <= MOST_WORDS => Some(
            spec.values
                .iter()
                .map(|value| FactValue::text(&value.value))
                .collect(),
        ),
        _ => None,
    }
}

/// Cost of asking: the system is asked before the agent, the agent before the user.
fn effort(spec: &FactSpec) -> f64 {
    let patience = match spec.ask {
        Asker::System => 0.8,
        Asker::Agent => 0.9,
        Asker::User => 1.0,
    };
    patience * (1.0 + f64::from(spec.cost)) / 2.0
}

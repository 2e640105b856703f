//! From signal states to probabilities.
//!
//! Naive Bayes in bits: `log2 P(cause) + Σ log2(seen/base)` for a true signal,
//! `log2((1-seen)/(1-base))` for a false one, nothing for an unknown one, where `base` is how often
//! the signal is seen without any cause that lists it, plus what the words of the case speak for. The hypotheses are each cause alone, *other*,
//! and pairs of causes that both have evidence of their own; a softmax over all of them gives each
//! cause the probability that it is at work, so two causes of one failure do not eat each other up.

use crate::rules::{Cause, RuleSet, SignalIndex};

use super::wording::Wording;

/// Of 100 failed recharges, how many have a cause that no rule knows.
pub const OTHER_PRIOR: f64 = 0.06;

/// A cause is likely from this probability on.
pub const LIKELY: f64 = 0.5;

/// A cause is possible, and reported, from this probability on.
pub const POSSIBLE: f64 = 0.02;

/// Two causes at once are this much rarer than chance, in bits: one ticket in ten names two.
const PAIR_BITS: f64 = -2.0;

/// A cause joins a pair if some true signal of its own speaks for it with at least this many bits.
const PAIR_EVIDENCE_BITS: f64 = 2.0;

/// At most this many causes are paired, the best first: three of them explain every real ticket.
const PAIRED: usize = 8;

/// What `confirmed_by` adds, in bits: more than all evidence together can outweigh.
const CONFIRMED_BITS: f64 = 60.0;

/// No probability is nearer to 1 than this; only confirmation is certain.
const CLAMP: f64 = 0.005;

/// A counted piece of evidence: position in the cause's list, and its bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Counted {
    pub(super) index: usize,
    pub(super) bits: f64,
}

/// One cause after weighing.
#[derive(Debug, Clone)]
pub(super) struct Weighed {
    /// Evidence that counts: of each group only the strongest.
    pub(super) counted: Vec<Counted>,
    /// What the words of the case add.
    pub(super) words: f64,
    /// log2 prior plus all counted bits and those of the words.
    pub(super) bits: f64,
    /// The signal that excludes it.
    pub(super) excluded_by: Option<SignalIndex>,
    /// The signal that confirms it.
    pub(super) confirmed_by: Option<SignalIndex>,
}

impl Weighed {
    /// The bits of the hypothesis that this cause is at work: evidence, and certainty where it is
    /// confirmed.
    fn hypothesis(&self) -> f64 {
        let certainty = self.confirmed_by.map_or(0.0, |_| CONFIRMED_BITS);
        self.bits + certainty
    }
}

/// Probabilities of all causes and of *other*.
#[derive(Debug, Clone)]
pub(super) struct Posterior {
    /// For each cause, the probability that it is at work.
    pub probability: Vec<f64>,
    /// The probability that no known cause is.
    pub other: f64,
    /// log2 of the prior of *other* plus what the words add.
    pub other_bits: f64,
    pub(super) weighed: Vec<Weighed>,
}

/// Weighs all causes against the states of their signals.
pub(super) fn posterior(
    rules: &RuleSet,
    state: &impl Fn(SignalIndex) -> Option<bool>,
    wording: Option<&Wording>,
) -> Posterior {
    let words = |index: usize| wording.map_or(0.0, |wording| wording.bits[index]);
    let weighed: Vec<Weighed> = rules
        .causes
        .iter()
        .enumerate()
        .map(|(index, cause)| weigh(cause, words(index), state))
        .collect();
    let live: Vec<usize> = (0..weighed.len())
        .filter(|index| weighed[*index].excluded_by.is_none())
        .collect();
    let pairs = pairs(rules, &weighed, &live, state);
    let other_bits = OTHER_PRIOR.log2() + wording.map_or(0.0, |wording| wording.other);
    let highest = live
        .iter()
        .map(|index| weighed[*index].hypothesis())
        .chain(pairs.iter().map(|(_, _, bits)| *bits))
        .fold(other_bits, f64::max);
    let odds = |bits: f64| (bits - highest).exp2();
    let mut mass = vec![0.0; weighed.len()];
    let mut total = odds(other_bits);
    let other = total;
    for index in live {
        let odds = odds(weighed[index].hypothesis());
        mass[index] += odds;
        total += odds;
    }
    for (left, right, bits) in pairs {
        let odds = odds(bits);
        mass[left] += odds;
        mass[right] += odds;
        total += odds;
    }
    let probability = mass
        .iter()
        .zip(&weighed)
        .map(|(mass, cause)| clamp(mass / total, cause));
    Posterior {
        probability: probability.collect(),
        other: other / total,
        other_bits,
        weighed,
    }
}

fn clamp(probability: f64, cause: &Weighed) -> f64 {
    if cause.excluded_by.is_some() {
        return 0.0;
    }
    if cause.confirmed_by.is_some() {
        return probability;
    }
    probability.clamp(0.0, 1.0 - CLAMP)
}

fn weigh(cause: &Cause, words: f64, state: &impl Fn(SignalIndex) -> Option<bool>) -> Weighed {
    let counted = counted(cause, state);
    let true_one = |list: &[SignalIndex]| {
        list.iter()
            .copied()
            .find(|signal| state(*signal) == Some(true))
    };
    let excluded_by = true_one(&cause.excluded_by);
    let confirmed_by = true_one(&cause.confirmed_by);
    let bits = cause.prior.log2() + words + counted.iter().map(|item| item.bits).sum::<f64>();
    Weighed {
        counted,
        words,
        bits,
        excluded_by,
        confirmed_by,
    }
}

/// The evidence that counts: known, and within a group only the strongest.
fn counted(cause: &Cause, state: &impl Fn(SignalIndex) -> Option<bool>) -> Vec<Counted> {
    let mut counted: Vec<Counted> = Vec::with_capacity(cause.evidence.len());
    for (index, evidence) in cause.evidence.iter().enumerate() {
        let bits = match state(evidence.signal) {
            Some(true) => evidence.bits_true,
            Some(false) => evidence.bits_false,
            None => continue,
        };
        let item = Counted { index, bits };
        let rival = evidence.group.and_then(|group| {
            counted
                .iter_mut()
                .find(|other| cause.evidence[other.index].group == Some(group))
        });
        match rival {
            Some(rival) if rival.bits.abs() < bits.abs() => *rival = item,
            Some(_) => {}
            None => counted.push(item),
        }
    }
    counted
}

/// Pairs of causes with their bits.
fn pairs(
    rules: &RuleSet,
    weighed: &[Weighed],
    live: &[usize],
    state: &impl Fn(SignalIndex) -> Option<bool>,
) -> Vec<(usize, usize, f64)> {
    let has_evidence = |index: &&usize| {
        let cause = &rules.causes[**index];
        weighed[**index].counted.iter().any(|item| {
            item.bits >= PAIR_EVIDENCE_BITS
                && state(cause.evidence[item.index].signal) == Some(true)
        })
    };
    let mut able: Vec<usize> = live.iter().filter(has_evidence).copied().collect();
    able.sort_by(|a, b| {
        weighed[*b]
            .hypothesis()
            .total_cmp(&weighed[*a].hypothesis())
            .then(a.cmp(b))
    });
    able.truncate(PAIRED);
    let mut pairs = Vec::new();
    for (position, left) in able.iter().enumerate() {
        for right in &able[position + 1..] {
            pairs.push((*left, *right, pair_bits(rules, weighed, *left, *right)));
        }
    }
    pairs
}

/// The bits of two causes at work together. What both explain counts once; what speaks against
/// either speaks against the pair.
fn pair_bits(rules: &RuleSet, weighed: &[Weighed], left: usize, right: usize) -> f64 {
    let mut bits = weighed[left].hypothesis() + weighed[right].hypothesis() + PAIR_BITS;
    // The model weighs the causes of a text against each other: what it gives to one it takes from
    // the other, so a pair explains the words as well as the better of the two.
    bits -= weighed[left].words.min(weighed[right].words);
    for mine in &weighed[left].counted {
        let signal = rules.causes[left].evidence[mine.index].signal;
        let theirs = weighed[right]
            .counted
            .iter()
            .find(|other| rules.causes[right].evidence[other.index].signal == signal);
        let Some(theirs) = theirs else {
            continue;
        };
        if mine.bits > 0.0 && theirs.bits > 0.0 {
            bits -= mine.bits.min(theirs.bits);
        } else if mine.bits < 0.0 && theirs.bits < 0.0 {
            bits -= mine.bits.max(theirs.bits);
        }
    }
    bits
}

//! From signal states to probabilities.
//!
//! Naive Bayes in bits: `log2 P(cause) + Σ log2(seen/base)` for a true signal,
//! `log2((1-seen)/(1-base))` for a false one, nothing for an unknown one, where `base` is how often
//! the signal is seen without any cause that lists it, plus what the words of the case speak for. The hypotheses are each cause alone, *other*,
//! and pairs of causes that both have evidence of their own; a softmax over all of them gives each
//! cause the probability that it is at work, so two causes of one failure do not eat each other up.

use std::sync::Arc;

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

/// What the signals of one cause say, whatever the words of the case.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    /// For every piece of evidence the bits that count; none where it is unknown, or the same thing
    /// seen twice.
    pub(super) counted: Box<[Option<f64>]>,
    /// log2 prior plus all counted bits.
    pub(super) bits: f64,
    /// The signal that excludes it.
    pub(super) excluded_by: Option<SignalIndex>,
    /// The signal that confirms it.
    pub(super) confirmed_by: Option<SignalIndex>,
    /// Whether some true signal of its own speaks for it strongly enough to be one of two causes.
    able: bool,
    /// 2 to the power of its bits: its odds where no words are weighed.
    odds: f64,
}

impl Heard {
    /// Weighs a cause against the states of its signals.
    pub(super) fn new(cause: &Cause, state: &impl Fn(SignalIndex) -> Option<bool>) -> Self {
        let counted = counted(cause, state);
        let true_one = |list: &[SignalIndex]| {
            list.iter()
                .copied()
                .find(|signal| state(*signal) == Some(true))
        };
        let excluded_by = true_one(&cause.excluded_by);
        let confirmed_by = true_one(&cause.confirmed_by);
        let bits = cause.prior.log2() + counted.iter().flatten().sum::<f64>();
        let able = counted.iter().zip(&cause.evidence).any(|(bits, item)| {
            bits.is_some_and(|bits| bits >= PAIR_EVIDENCE_BITS) && state(item.signal) == Some(true)
        });
        let mut heard = Self {
            counted,
            bits,
            excluded_by,
            confirmed_by,
            able,
            odds: 0.0,
        };
        heard.odds = odds(heard.hypothesis(0.0));
        heard
    }

    /// The bits of the hypothesis that this cause is at work: evidence, words, and certainty where
    /// it is confirmed.
    fn hypothesis(&self, words: f64) -> f64 {
        let certainty = self.confirmed_by.map_or(0.0, |_| CONFIRMED_BITS);
        self.bits + words + certainty
    }

    fn odds(&self, words: f64) -> f64 {
        if words == 0.0 {
            self.odds
        } else {
            odds(self.hypothesis(words))
        }
    }
}

/// Bits beyond this are taken for this: sums of their powers of two stay finite, whatever the rules.
const MOST_BITS: f64 = 1_000.0;

fn odds(bits: f64) -> f64 {
    bits.clamp(-MOST_BITS, MOST_BITS).exp2()
}

/// One cause after weighing.
#[derive(Debug, Clone)]
pub(super) struct Weighed {
    /// What its signals say.
    pub(super) heard: Arc<Heard>,
    /// log2 prior plus all counted bits and those of the words.
    pub(super) bits: f64,
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
    let heard: Vec<Arc<Heard>> = rules
        .causes
        .iter()
        .map(|cause| Arc::new(Heard::new(cause, state)))
        .collect();
    let mut probability = Vec::new();
    let mut overlap = |left: usize, right: usize| {
        let shared = shared(&rules.causes[left], &rules.causes[right]);
        overlap(&heard[left], &heard[right], &shared)
    };
    let spread = spread(
        &|cause| &heard[cause],
        heard.len(),
        wording,
        &mut overlap,
        &mut probability,
    );
    let words = |cause: usize| wording.map_or(0.0, |wording| wording.bits[cause]);
    let weighed = heard.iter().enumerate().map(|(cause, heard)| Weighed {
        heard: heard.clone(),
        bits: heard.bits + words(cause),
    });
    Posterior {
        other: spread.other,
        other_bits: spread.other_bits,
        weighed: weighed.collect(),
        probability,
    }
}

/// What is left for *other*.
pub(super) struct Spread {
    pub(super) other: f64,
    pub(super) other_bits: f64,
}

/// Spreads probability over the hypotheses: each live cause alone, *other*, and pairs of causes.
pub(super) fn spread<'h>(
    heard: &impl Fn(usize) -> &'h Heard,
    causes: usize,
    wording: Option<&Wording>,
    overlap: &mut dyn FnMut(usize, usize) -> f64,
    probability: &mut Vec<f64>,
) -> Spread {
    let words = |cause: usize| wording.map_or(0.0, |wording| wording.bits[cause]);
    let other_bits = OTHER_PRIOR.log2() + wording.map_or(0.0, |wording| wording.other);
    let other = odds(other_bits);
    let mut total = other;
    let mut able = Able::default();
    probability.clear();
    for cause in 0..causes {
        let heard = heard(cause);
        if heard.excluded_by.is_some() {
            probability.push(0.0);
            continue;
        }
        let odds = heard.odds(words(cause));
        probability.push(odds);
        total += odds;
        if heard.able {
            able.add(cause, heard.hypothesis(words(cause)));
        }
    }
    for (position, left) in able.list.iter().enumerate() {
        for right in &able.list[position + 1..] {
            // The model weighs the causes of a text against each other: what it gives to one it
            // takes from the other, so a pair explains the words as well as the better of the two.
            let twice = words(left.cause).min(words(right.cause));
            let bits =
                left.bits + right.bits + PAIR_BITS - twice - overlap(left.cause, right.cause);
            let odds = odds(bits);
            probability[left.cause] += odds;
            probability[right.cause] += odds;
            total += odds;
        }
    }
    for (cause, mass) in probability.iter_mut().enumerate() {
        *mass = clamp(*mass / total, heard(cause));
    }
    Spread {
        other: other / total,
        other_bits,
    }
}

/// The causes that may be one of two, best first, at most [`PAIRED`].
#[derive(Default)]
struct Able {
    list: Vec<AbleCause>,
}

struct AbleCause {
    cause: usize,
    bits: f64,
}

impl Able {
    /// Causes come in the order of their positions; of equal ones the earlier stays before.
    fn add(&mut self, cause: usize, bits: f64) {
        let better = |known: &AbleCause| known.bits.total_cmp(&bits).is_ge();
        let at = self.list.partition_point(better);
        if at < PAIRED {
            self.list.insert(at, AbleCause { cause, bits });
            self.list.truncate(PAIRED);
        }
    }
}

fn clamp(probability: f64, cause: &Heard) -> f64 {
    if cause.excluded_by.is_some() {
        return 0.0;
    }
    if cause.confirmed_by.is_some() {
        return probability;
    }
    probability.clamp(0.0, 1.0 - CLAMP)
}

/// The evidence that counts: known, and within a group only the strongest.
fn counted(cause: &Cause, state: &impl Fn(SignalIndex) -> Option<bool>) -> Box<[Option<f64>]> {
    let mut counted = vec![None; cause.evidence.len()];
    for (index, evidence) in cause.evidence.iter().enumerate() {
        let bits = match state(evidence.signal) {
            Some(true) => evidence.bits_true,
            Some(false) => evidence.bits_false,
            None => continue,
        };
        let rival = evidence.group.and_then(|group| {
            (0..index).find(|at| cause.evidence[*at].group == Some(group) && counted[*at].is_some())
        });
        match rival {
            Some(rival) if counted[rival].is_some_and(|other: f64| other.abs() < bits.abs()) => {
                counted[rival] = None;
                counted[index] = Some(bits);
            }
            Some(_) => {}
            None => counted[index] = Some(bits),
        }
    }
    counted.into()
}

/// Positions of evidence that two causes share.
pub(super) fn shared(left: &Cause, right: &Cause) -> Vec<(usize, usize)> {
    let mine = left.evidence.iter().enumerate();
    let pairs = mine.filter_map(|(at, item)| {
        let signal = |other: &crate::rules::Evidence| other.signal == item.signal;
        let theirs = right.evidence.iter().position(signal)?;
        Some((at, theirs))
    });
    pairs.collect()
}

/// The bits that a pair of causes would count twice: what both explain counts once; what speaks
/// against either speaks against the pair.
pub(super) fn overlap(left: &Heard, right: &Heard, shared: &[(usize, usize)]) -> f64 {
    let mut bits = 0.0;
    for (mine, theirs) in shared {
        if let (Some(mine), Some(theirs)) = (left.counted[*mine], right.counted[*theirs]) {
            if mine > 0.0 && theirs > 0.0 {
                bits += mine.min(theirs);
            } else if mine < 0.0 && theirs < 0.0 {
                bits += mine.max(theirs);
            }
        }
    }
    bits
}

//! The diagnosis of one row of a large table without its grounds: what a batch writes.

use crate::facts::Table;
use crate::rules::RuleSet;
use crate::rules::expr::TriBitmap;

use super::finding::{CaseVerdict, FixChoice, Verdict, Warning};
use super::gate::{self, PayAgain, PayState};
use super::memory::Memory;
use super::rank::{UNDETERMINED_FIXES, WORTH_A_STEP, verdict_of};
use super::score::{self, POSSIBLE};
use super::states::States;

/// One cause of a brief diagnosis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BriefCause {
    /// Position of the cause in the rule set.
    pub cause: usize,
    /// How sure it is.
    pub verdict: Verdict,
    /// Probability that it is at work, 0 to 1.
    pub probability: f64,
    bits: f64,
}

impl BriefCause {
    /// A cause that is not ranked any more.
    #[must_use]
    pub fn new(cause: usize, verdict: Verdict, probability: f64) -> Self {
        Self {
            cause,
            verdict,
            probability,
            bits: 0.0,
        }
    }
}

/// A diagnosis without its grounds; it agrees with the full one.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    /// The case as a whole.
    pub verdict: CaseVerdict,
    /// Causes that are at least possible, best first; none where it is healthy.
    pub causes: Vec<BriefCause>,
    /// Whether it is safe to pay again.
    pub pay_again: PayAgain,
    /// What to do first.
    pub fix: Option<FixChoice>,
    /// What the reader should know besides.
    pub warnings: Vec<Warning>,
}

/// The states of a table that brief diagnoses need beside those of the signals: whether fixes apply.
#[derive(Debug)]
pub struct Applies {
    /// By cause and fix; none where a fix always applies.
    when: Vec<Vec<Option<TriBitmap>>>,
}

impl Applies {
    /// Evaluates the conditions of all fixes over all rows.
    #[must_use]
    pub fn evaluate(rules: &RuleSet, table: &Table) -> Self {
        let of = |fix: &crate::rules::Fix| fix.when.as_ref().map(|when| when.eval_bool(table));
        let when = rules
            .causes
            .iter()
            .map(|cause| cause.fixes.iter().map(of).collect());
        Self {
            when: when.collect(),
        }
    }

    fn applies(&self, choice: FixChoice, row: usize) -> bool {
        self.when[choice.cause][choice.fix]
            .as_ref()
            .is_none_or(|states| states.get(row) != Some(false))
    }
}

/// Diagnoses the rows of many tables briefly, and remembers what causes said in rows before.
#[derive(Debug)]
pub struct Briefer<'r> {
    rules: &'r RuleSet,
    memory: Memory,
    probability: Vec<f64>,
}

impl<'r> Briefer<'r> {
    /// A briefer for cases under these rules.
    #[must_use]
    pub fn new(rules: &'r RuleSet) -> Self {
        Self {
            rules,
            memory: Memory::new(rules),
            probability: Vec::new(),
        }
    }

    /// Turns to another table.
    pub fn begin(&mut self) {
        self.memory.begin();
    }

    /// The brief diagnosis of one row of the table.
    pub fn brief(&mut self, states: &States, applies: &Applies, row: usize) -> Brief {
        let rules = self.rules;
        let of = |signal| states.get(signal, row);
        let pay_again = gate::pay_again(rules, &of);
        let warnings = rules
            .warnings
            .iter()
            .enumerate()
            .filter(|(_, warning)| of(warning.signal) == Some(true))
            .map(|(index, _)| Warning(index))
            .collect();
        let healthy = rules
            .gates
            .healthy
            .is_some_and(|signal| states.evidence(signal, row) == Some(true));
        if healthy {
            return Brief {
                verdict: CaseVerdict::Healthy,
                causes: Vec::new(),
                pay_again,
                fix: None,
                warnings,
            };
        }
        let causes = self.causes(states, row);
        let verdict = match causes.first() {
            Some(first) if first.verdict <= Verdict::Likely => CaseVerdict::Identified,
            _ => CaseVerdict::Undetermined,
        };
        let fix = first_fix(rules, &causes, verdict, pay_again, applies, row);
        Brief {
            verdict,
            causes,
            pay_again,
            fix,
            warnings,
        }
    }

    /// The causes that are at least possible, best first.
    fn causes(&mut self, states: &States, row: usize) -> Vec<BriefCause> {
        let rules = self.rules;
        let wording = states.wording(row);
        self.memory.turn_to(rules, states, row);
        let memory = &self.memory;
        score::spread(
            &|cause| memory.heard(cause),
            rules.causes.len(),
            wording,
            &mut |left, right| memory.overlap(left, right),
            &mut self.probability,
        );
        let words = |cause: usize| wording.map_or(0.0, |wording| wording.bits[cause]);
        let mut causes: Vec<BriefCause> = Vec::with_capacity(8);
        for (cause, probability) in self.probability.iter().enumerate() {
            if *probability >= POSSIBLE {
                let heard = memory.heard(cause);
                causes.push(BriefCause {
                    cause,
                    verdict: verdict_of(*probability, heard),
                    probability: *probability,
                    bits: heard.bits + words(cause),
                });
            }
        }
        causes.sort_by(|a, b| {
            b.probability
                .total_cmp(&a.probability)
                .then(b.bits.total_cmp(&a.bits))
                .then(a.cause.cmp(&b.cause))
        });
        causes
    }
}

/// The fix that a full diagnosis lists first.
fn first_fix(
    rules: &RuleSet,
    causes: &[BriefCause],
    verdict: CaseVerdict,
    pay_again: PayAgain,
    applies: &Applies,
    row: usize,
) -> Option<FixChoice> {
    let fits = |choice: &FixChoice| {
        let fix = &rules.causes[choice.cause].fixes[choice.fix];
        let possible = pay_again.state == PayState::Allowed || !fix.source.pays_again;
        possible && applies.applies(*choice, row)
    };
    let of_cause = |cause: usize| {
        let fixes = 0..rules.causes[cause].fixes.len();
        fixes.map(move |fix| FixChoice { cause, fix }).filter(fits)
    };
    let identified = verdict == CaseVerdict::Identified;
    let live: Vec<usize> = if identified {
        let likely = causes.iter().filter(|it| it.verdict <= Verdict::Likely);
        likely.map(|it| it.cause).collect()
    } else {
        let worth = causes.iter().filter(|it| it.probability >= WORTH_A_STEP);
        worth.take(UNDETERMINED_FIXES).map(|it| it.cause).collect()
    };
    let Some((cause, fix)) = pay_again.first_fix(rules, !identified) else {
        return live.into_iter().find_map(|cause| of_cause(cause).next());
    };
    let first = FixChoice { cause, fix };
    let id = |choice: &FixChoice| &rules.causes[choice.cause].fixes[choice.fix].source.id;
    // The case's own version of the fix keeps its cause.
    let most = if identified { usize::MAX } else { 1 };
    let own = live
        .into_iter()
        .flat_map(|cause| of_cause(cause).take(most))
        .find(|choice| id(choice) == id(&first));
    own.or(Some(first))
}

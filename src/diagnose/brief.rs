//! The diagnosis of one row of a large table without its grounds: what a batch writes.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;

use crate::facts::Table;
use crate::rules::RuleSet;
use crate::rules::expr::TriBitmap;

use super::alike::Packer;
use super::finding::{CaseVerdict, FixChoice, Verdict, Warning};
use super::gate::{self, PayAgain, PayState};
use super::memory::Memory;
use super::rank::{UNDETERMINED_FIXES, WORTH_A_STEP, verdict_of};
use super::score::{self, POSSIBLE};
use super::states::States;
use super::wording::Wording;

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

    /// The states of all conditions in 64 rows: true, known.
    pub(super) fn words(&self, word: usize) -> impl Iterator<Item = (u64, u64)> {
        let all = self.when.iter().flatten().flatten();
        all.map(move |states| (states.truth.word(word), states.known.word(word)))
    }

    fn applies(&self, choice: FixChoice, row: usize) -> bool {
        self.when[choice.cause][choice.fix]
            .as_ref()
            .is_none_or(|states| states.get(row) != Some(false))
    }
}

/// Names a diagnosis: rows that have the same are diagnosed alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alike {
    /// How often all diagnoses were forgotten.
    pub round: u32,
    /// Position among those since.
    pub position: usize,
}

/// Diagnoses the rows of many tables briefly, and remembers the diagnoses of rows before.
#[derive(Debug)]
pub struct Briefer<'r> {
    rules: &'r RuleSet,
    packer: Packer,
    memory: Memory,
    probability: Vec<f64>,
    /// Diagnoses by the packed states of their rows.
    known: HashMap<Box<[u64]>, usize, RandomState>,
    /// With the words that packed states compare by their address.
    briefs: Vec<(Brief, Option<Arc<Wording>>)>,
    round: u32,
}

/// More diagnoses than this are forgotten and begun anew.
const REMEMBERED: usize = 1 << 15;

impl<'r> Briefer<'r> {
    /// A briefer for cases under these rules.
    #[must_use]
    pub fn new(rules: &'r RuleSet) -> Self {
        let packer = Packer::new(rules);
        Self {
            rules,
            memory: Memory::new(rules, &packer),
            packer,
            probability: Vec::new(),
            known: HashMap::default(),
            briefs: Vec::new(),
            round: 0,
        }
    }

    /// Turns to another table.
    pub fn begin(&mut self) {
        self.packer.begin();
    }

    /// The brief diagnosis of one row of the table, and its name.
    pub fn brief(&mut self, states: &States, applies: &Applies, row: usize) -> (&Brief, Alike) {
        let packed = self.packer.row(states, applies, row);
        let position = match self.known.get(packed) {
            Some(position) => *position,
            None => {
                let packed = packed.into();
                self.learn(packed, states, applies, row)
            }
        };
        let alike = Alike {
            round: self.round,
            position,
        };
        (&self.briefs[position].0, alike)
    }

    /// The position of a diagnosis that was not known.
    fn learn(
        &mut self,
        packed: Box<[u64]>,
        states: &States,
        applies: &Applies,
        row: usize,
    ) -> usize {
        if self.briefs.len() >= REMEMBERED {
            self.known.clear();
            self.briefs.clear();
            self.round += 1;
        }
        self.memory.turn_to(self.rules, states, row, &packed);
        let brief = self.work_out(states, applies, row);
        let position = self.briefs.len();
        self.briefs
            .push((brief, states.shared_wording(row).cloned()));
        self.known.insert(packed, position);
        position
    }

    /// The diagnosis of the row that the memory was turned to.
    fn work_out(&mut self, states: &States, applies: &Applies, row: usize) -> Brief {
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

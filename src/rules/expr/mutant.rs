//! Conditions that are wrong in one place: the examples of a rule must tell them from the right
//! one, or else they do not test that place.

use std::ops::Range;

use super::code::{Instr, Op};
use super::program::Program;
use super::types::Type;
use super::value::Comparison;

/// A program with one deliberate mistake.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Where the mistake is, in bytes of the source.
    pub span: Range<usize>,
    /// What was changed, for example `` `a > 5` with `<=` ``.
    pub description: String,
    /// Whether it differs only where both sides are equal, which few examples hit.
    pub boundary: bool,
    /// The wrong program; its source is still the right one.
    pub program: Program,
}

impl Program {
    /// Every program that differs from this one in one comparison, membership test, method,
    /// `has` or yes-or-no fact. They are built one at a time: there may be thousands.
    pub fn mutants(&self) -> impl Iterator<Item = Mutant> + '_ {
        let truths = self.truths();
        let places = 0..self.code.len();
        places.flat_map(move |at| self.mutants_at(at, truths[at]))
    }

    fn mutants_at(&self, at: usize, is_truth: bool) -> Vec<Mutant> {
        let instr = &self.code[at];
        let text = instr.span.of(&self.source);
        match &instr.op {
            Op::Compare(comparison) => {
                let opposite = Some((comparison.opposite(), false));
                let shifted = comparison.shifted().map(|shifted| (shifted, true));
                let changes = opposite.into_iter().chain(shifted);
                changes
                    .map(|(to, boundary)| self.compared(at, to, boundary))
                    .collect()
            }
            Op::In { .. } | Op::InItems(_) | Op::Has(_) | Op::Test(_) | Op::Matches(_) => {
                vec![self.negated(at, text)]
            }
            Op::Fact(_) if is_truth => vec![self.negated(at, text)],
            _ => Vec::new(),
        }
    }

    fn compared(&self, at: usize, to: Comparison, boundary: bool) -> Mutant {
        let text = self.code[at].span.of(&self.source);
        self.mutant(
            at,
            format!("`{text}` with `{}`", to.symbol()),
            boundary,
            |instr| {
                instr.op = Op::Compare(to);
            },
        )
    }

    fn negated(&self, at: usize, text: &str) -> Mutant {
        self.mutant(at, format!("`{text}` turned round"), false, |instr| {
            instr.negated = !instr.negated;
        })
    }

    fn mutant(
        &self,
        at: usize,
        description: String,
        boundary: bool,
        change: impl FnOnce(&mut Instr),
    ) -> Mutant {
        Mutant {
            span: self.code[at].span.into(),
            description,
            boundary,
            program: self.with(at, change),
        }
    }

    /// For each operation whether its result is used as true or false, so that it may be turned
    /// round: operands of logic, conditions, and the whole.
    fn truths(&self) -> Vec<bool> {
        let mut truths = vec![false; self.code.len()];
        if let Some(last) = truths.last_mut() {
            *last = *self.kind() == Type::Bool;
        }
        for at in (0..self.code.len()).rev() {
            let parts: Vec<usize> = super::code::operands(&self.code, at).collect();
            match (&self.code[at].op, parts.as_slice()) {
                (Op::And | Op::Or | Op::Not, parts) => {
                    parts.iter().for_each(|part| truths[*part] = true);
                }
                (Op::Conditional { .. }, [no, yes, condition]) => {
                    truths[*condition] = true;
                    truths[*yes] = truths[at];
                    truths[*no] = truths[at];
                }
                _ => {}
            }
        }
        truths
    }
}

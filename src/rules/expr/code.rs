//! Compiled conditions: operations in the order in which a stack machine does them.

use regex::Regex;

use crate::facts::FactKey;

use super::error::EvalError;
use super::lex::Span;
use super::value::{Arithmetic, Comparison, TextTest, Value};

/// One operation with its place.
#[derive(Debug, Clone)]
pub(super) struct Instr {
    pub(super) op: Op,
    /// Where it was written.
    pub(super) span: Span,
    /// The first operation of its operands; what lies between belongs to it.
    pub(super) start: usize,
    /// Whether it never fails, whatever the facts are.
    pub(super) certain: bool,
    /// Whether the result is turned round; only mutants have it.
    pub(super) negated: bool,
    /// Where to go on if this, as a left operand, decides everything.
    pub(super) guard: Option<Guard>,
}

/// A way past a right operand that no longer matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guard {
    /// The left value that decides: false for `&&`, true for `||`.
    pub(super) decisive: bool,
    /// The `&&` or `||` whose result it then is.
    pub(super) target: usize,
}

/// What an operation does; operands are on the stack.
#[derive(Debug, Clone)]
pub(super) enum Op {
    /// A value that does not depend on facts, or the reason why there is none.
    Constant(Result<Value, EvalError>),
    /// The value of a fact.
    Fact(FactKey),
    /// Whether a fact is known.
    Has(FactKey),
    /// A list of so many operands.
    List(usize),
    Not,
    And,
    Or,
    /// `? :`; `certain` where the condition never fails.
    Conditional {
        certain: bool,
    },
    Negate,
    Compare(Comparison),
    Calculate(Arithmetic),
    /// `in` with any list; `certain` where the left side never fails.
    In {
        certain: bool,
    },
    /// `in` with a list that is written out; for each operand, the left side first, whether it
    /// never fails.
    InItems(Box<[bool]>),
    Size,
    Test(TextTest),
    Matches(Regex),
}

impl Op {
    /// How many operands it takes from the stack.
    pub(super) fn arity(&self) -> usize {
        match self {
            Self::Constant(_) | Self::Fact(_) | Self::Has(_) => 0,
            Self::Not | Self::Negate | Self::Size | Self::Matches(_) => 1,
            Self::And
            | Self::Or
            | Self::Compare(_)
            | Self::Calculate(_)
            | Self::In { .. }
            | Self::Test(_) => 2,
            Self::Conditional { .. } => 3,
            Self::List(items) => *items,
            Self::InItems(operands) => operands.len(),
        }
    }
}

/// The operations whose results an operation takes, last one first.
pub(super) fn operands(code: &[Instr], at: usize) -> impl Iterator<Item = usize> + '_ {
    let mut next = at;
    (0..code[at].op.arity()).map(move |_| {
        let operand = next - 1;
        next = code[operand].start;
        operand
    })
}

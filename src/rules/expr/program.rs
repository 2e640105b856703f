//! Compiled conditions and what can be asked of them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::facts::{Bitmap, FactKey, Table};

use super::ast::{Ast, BinaryOp, NodeId, NodeKind};
use super::check::{Checked, check};
use super::code::{Instr, Op, operands};
use super::column::Values;
use super::error::{EvalError, ExprError};
use super::eval::run;
use super::limits::MAX_ERRORS;
use super::lower::{Lowered, lower};
use super::parse::parse_all;
use super::scope::Scope;
use super::types::Type;
use super::value::Value;

/// A checked and compiled expression. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Program {
    pub(super) source: Arc<str>,
    pub(super) code: Arc<[Instr]>,
    kind: Type,
    facts: Arc<[FactKey]>,
    leaves: Arc<[Leaf]>,
}

/// A part of a condition that is true or false by itself: no `&&`, `||`, `!` or `? :` holds it
/// together, and it is no constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Position among the leaves of its program.
    pub id: usize,
    /// Where it is, in bytes of the source.
    pub span: Range<usize>,
    /// How it is written.
    pub text: String,
    /// Whether it can be unknown; `has` never is.
    pub can_be_unknown: bool,
    /// Its operations.
    code: Range<usize>,
}

/// Yes, no or unknown for every row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriBitmap {
    /// The rows in which the condition is true; each of them is known.
    pub truth: Bitmap,
    /// The rows in which the condition is true or false.
    pub known: Bitmap,
}

impl TriBitmap {
    /// Yes, no, or none where it is unknown.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<bool> {
        self.known.get(row).then(|| self.truth.get(row))
    }
}

/// What an expression gives for one case.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A value.
    Known(Value),
    /// Facts are missing that could change the value.
    Unknown,
}

/// Compiles an expression.
///
/// # Errors
/// The first syntax error alone, or every other mistake, in the order of the source.
pub fn compile(source: &str, scope: &Scope<'_>) -> Result<Program, Vec<ExprError>> {
    let (ast, mut errors) = parse_all(source).map_err(|error| vec![*error])?;
    let checked = check(&ast, scope);
    let lowered = lower(&ast, &checked, scope);
    errors.extend_from_slice(&checked.errors);
    errors.extend_from_slice(&lowered.errors);
    if !errors.is_empty() {
        errors.sort_by_key(|error| (error.span.start, error.span.end));
        errors.truncate(MAX_ERRORS + 1);
        return Err(errors);
    }
    Ok(Program {
        source: Arc::from(source),
        kind: checked.types.last().cloned().unwrap_or(Type::Wrong),
        facts: facts_of(&checked),
        leaves: leaves_of(source, &ast, &checked, &lowered),
        code: lowered.code.into(),
    })
}

/// Every fact that is named, in the order of the source.
fn facts_of(checked: &Checked) -> Arc<[FactKey]> {
    let mut facts = Vec::new();
    for fact in checked.facts.iter().flatten() {
        if !facts.contains(fact) {
            facts.push(*fact);
        }
    }
    facts.into()
}

fn leaves_of(source: &str, ast: &Ast, checked: &Checked, lowered: &Lowered) -> Arc<[Leaf]> {
    let mut logical = vec![false; ast.len()];
    let mut found = Vec::new();
    if let (Some(last), Some(Type::Bool)) = (logical.last_mut(), checked.types.last()) {
        *last = true;
    }
    for (index, node) in ast.nodes().iter().enumerate().rev() {
        // Only nodes that are not below a constant have a place; logic never leads below one.
        if !logical[index] {
            continue;
        }
        let instr = &lowered.code[lowered.places[index]];
        if matches!(instr.op, Op::Constant(_)) {
            continue;
        }
        match joined(&node.kind) {
            Some(parts) => parts.iter().for_each(|part| logical[part.index()] = true),
            None => found.push((index, instr.start..lowered.places[index] + 1)),
        }
    }
    let leaves = found
        .into_iter()
        .rev()
        .enumerate()
        .map(|(id, (index, code))| {
            let span = ast.nodes()[index].span;
            let facts = lowered.code[code.clone()].iter();
            Leaf {
                id,
                span: span.into(),
                text: span.of(source).to_owned(),
                can_be_unknown: facts.into_iter().any(|it| matches!(it.op, Op::Fact(_))),
                code,
            }
        });
    leaves.collect()
}

/// The operands of an operator of logic.
fn joined(kind: &NodeKind) -> Option<Vec<NodeId>> {
    match kind {
        NodeKind::Not(_)
        | NodeKind::Conditional(..)
        | NodeKind::Binary(BinaryOp::And | BinaryOp::Or, ..) => Some(kind.children()),
        _ => None,
    }
}

impl Program {
    /// How it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The type of its value.
    #[must_use]
    pub fn kind(&self) -> &Type {
        &self.kind
    }

    /// The name of the type of its value.
    #[must_use]
    pub fn type_name(&self) -> String {
        self.kind.to_string()
    }

    /// Whether it gives true or false.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        self.kind == Type::Bool
    }

    /// The facts it reads, in the order of the source.
    #[must_use]
    pub fn facts(&self) -> &[FactKey] {
        &self.facts
    }

    /// The parts of a condition whose truth decides it, in the order of the source.
    #[must_use]
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// Evaluates a condition for every row. An evaluation that fails counts as unknown, and so
    /// does everything of an expression that is no condition.
    #[must_use]
    pub fn eval_bool(&self, table: &Table) -> TriBitmap {
        self.tri(self.run(0..self.code.len(), table))
    }

    /// Evaluates one leaf of a condition for every row; a leaf that does not exist is unknown.
    #[must_use]
    pub fn eval_leaf(&self, leaf: usize, table: &Table) -> TriBitmap {
        let code = self.leaves.get(leaf).map_or(0..0, |leaf| leaf.code.clone());
        self.tri(self.run(code, table))
    }

    /// Evaluates an expression for one row.
    ///
    /// # Errors
    /// Where everything is known that is needed and there is no value all the same.
    pub fn eval_value(&self, table: &Table, row: usize) -> Result<Outcome, EvalError> {
        let one = self.one_row(table, row);
        let value = self.run(0..self.code.len(), &one).get(0)?;
        Ok(value.map_or(Outcome::Unknown, Outcome::Known))
    }

    /// The unknown facts that make a row's result unknown, in the order of the source. Facts in
    /// parts that are decided already do not count. A result that is not unknown misses nothing.
    #[must_use]
    pub fn missing(&self, table: &Table, row: usize) -> Vec<FactKey> {
        let one = self.one_row(table, row);
        let mut states = vec![State::Skipped; self.code.len()];
        run(&self.code, 0..self.code.len(), &one, |at, values| {
            states[at] = State::of(values);
        });
        let mut open = vec![false; self.code.len()];
        let mut missing = Vec::new();
        if let (Some(last), Some(State::Unknown)) = (open.last_mut(), states.last()) {
            *last = true;
        }
        for at in (0..self.code.len())
            .rev()
            .filter(|at| states[*at] == State::Unknown)
        {
            if !open[at] {
                continue;
            }
            if let Op::Fact(key) = self.code[at].op {
                missing.push(key);
            }
            for operand in self.relevant(at, &states) {
                open[operand] = true;
            }
        }
        let all = self.facts.iter().copied();
        all.filter(|key| missing.contains(key)).collect()
    }

    /// One row as a table: the table itself where it has no other row.
    fn one_row<'t>(&self, table: &'t Table, row: usize) -> Cow<'t, Table> {
        if table.rows() == 1 && row == 0 {
            Cow::Borrowed(table)
        } else {
            Cow::Owned(table.row(row, &self.facts))
        }
    }

    /// The operands that an unknown result may hang on.
    fn relevant(&self, at: usize, states: &[State]) -> Vec<usize> {
        let parts: Vec<usize> = operands(&self.code, at).collect();
        match (&self.code[at].op, parts.as_slice()) {
            (Op::Conditional { .. }, [no, yes, condition]) => match states[*condition] {
                State::True => vec![*yes],
                State::Known => vec![*no],
                _ => parts,
            },
            _ => parts,
        }
    }

    fn run<'t>(&self, code: Range<usize>, table: &'t Table) -> Values<'t> {
        run(&self.code, code, table, |_, _| {})
    }

    fn tri(&self, values: Values<'_>) -> TriBitmap {
        if !self.is_condition() {
            return TriBitmap {
                truth: Bitmap::none(values.known.rows()),
                known: Bitmap::none(values.known.rows()),
            };
        }
        TriBitmap {
            truth: values.truth().into_owned(),
            known: values.known.into_owned(),
        }
    }

    /// The same program with one operation changed.
    pub(super) fn with(&self, at: usize, change: impl FnOnce(&mut Instr)) -> Self {
        let mut code = self.code.to_vec();
        change(&mut code[at]);
        Self {
            code: code.into(),
            ..self.clone()
        }
    }
}

/// What became of one operation for one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Passed over: decided without it.
    Skipped,
    True,
    /// Known, and not `true`.
    Known,
    Failed,
    Unknown,
}

impl State {
    fn of(values: &Values<'_>) -> Self {
        match values.get(0) {
            Ok(Some(Value::Bool(true))) => Self::True,
            Ok(Some(_)) => Self::Known,
            Ok(None) => Self::Unknown,
            Err(_) => Self::Failed,
        }
    }
}

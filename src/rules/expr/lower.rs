//! Checked tree in, code out. What does not depend on facts is worked out here, by the evaluator
//! itself; constants that have to be times, durations or patterns are read.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use crate::facts::{Table, TableBuilder};

use super::ast::{Ast, BinaryOp, Function, Node, NodeId, NodeKind};
use super::check::Checked;
use super::code::{Guard, Instr, Op, operands};
use super::column::Values;
use super::error::{EvalError, EvalErrorKind, ExprError, ExprErrorKind};
use super::error::{too_large_pattern, too_long_constant};
use super::eval::apply;
use super::limits::{MAX_CONSTANT, MAX_PATTERN, MAX_PATTERN_DEPTH};
use super::parse::shortened;
use super::scope::Scope;
use super::time::{Nanos, Timestamp};
use super::types::Type;
use super::value::{Arithmetic, Comparison, TextTest, Value};

/// Code, and where in it each node of the tree ended up.
pub(super) struct Lowered {
    pub(super) code: Vec<Instr>,
    /// Has no meaning for nodes below one that became a constant.
    pub(super) places: Vec<usize>,
    pub(super) errors: Vec<ExprError>,
}

/// Turns a tree into code. Of a tree with mistakes only the further mistakes have a meaning.
pub(super) fn lower(ast: &Ast, checked: &Checked, scope: &Scope<'_>) -> Lowered {
    let mut nothing = TableBuilder::new([]);
    nothing.begin();
    let mut lowering = Lowering {
        ast,
        checked,
        scope,
        one_row: nothing.finish(),
        lowered: Lowered {
            code: Vec::with_capacity(ast.len()),
            places: Vec::with_capacity(ast.len()),
            errors: Vec::new(),
        },
    };
    for (index, node) in ast.nodes().iter().enumerate() {
        lowering.node(index, node);
        let place = lowering.lowered.code.len() - 1;
        lowering.lowered.places.push(place);
    }
    lowering.lowered
}

struct Lowering<'a> {
    ast: &'a Ast,
    checked: &'a Checked,
    scope: &'a Scope<'a>,
    /// The table over which constants are worked out.
    one_row: Table,
    lowered: Lowered,
}

impl Lowering<'_> {
    fn node(&mut self, index: usize, node: &Node) {
        let fact = self.checked.facts[index];
        let op = match &node.kind {
            NodeKind::Bool(value) => constant(Value::Bool(*value)),
            NodeKind::Int(value) => constant(Value::Int(*value)),
            NodeKind::Double(value) => constant(Value::Double(*value)),
            NodeKind::Text(value) => constant(Value::Text(Arc::clone(value))),
            NodeKind::Name(_) => match fact {
                Some(key) => Op::Fact(key),
                None => constant(Value::Text(Arc::from(self.scope.this().unwrap_or("")))),
            },
            NodeKind::Has(_) => fact.map_or(constant(Value::Bool(false)), Op::Has),
            NodeKind::List(items) => Op::List(items.len()),
            NodeKind::Not(_) => Op::Not,
            NodeKind::Negate(_) => Op::Negate,
            NodeKind::Binary(op, left, right) => self.binary(*op, *left, *right),
            NodeKind::Conditional(..) => Op::Conditional { certain: true },
            NodeKind::Call {
                function,
                arguments,
                ..
            } => match self.call(*function, arguments) {
                Some(op) => op,
                None => return self.replace(index, node, arguments.len()),
            },
            NodeKind::Refused => constant(Value::Bool(false)),
        };
        self.emit(op, index, node);
    }

    /// The operation of an operator; sets up the way past the right operand of `&&` and `||`.
    fn binary(&mut self, op: BinaryOp, left: NodeId, right: NodeId) -> Op {
        if let Some(comparison) = Comparison::from_operator(op) {
            return Op::Compare(comparison);
        }
        if let Some(arithmetic) = Arithmetic::from_operator(op) {
            return Op::Calculate(arithmetic);
        }
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let target = self.lowered.code.len();
                let left = self.lowered.places[left.index()];
                self.lowered.code[left].guard = Some(Guard {
                    decisive: op == BinaryOp::Or,
                    target,
                });
                if op == BinaryOp::Or { Op::Or } else { Op::And }
            }
            _ => self.membership(right),
        }
    }

    /// `in`; a list that is written out and depends on facts is taken apart.
    fn membership(&mut self, list: NodeId) -> Op {
        let code = &mut self.lowered.code;
        let place = self.lowered.places[list.index()];
        let written_out = matches!(self.ast.node(list).kind, NodeKind::List(_));
        if !written_out || !matches!(code[place].op, Op::List(_)) {
            let item = code[place].start.checked_sub(1);
            let certain = item.is_some_and(|item| code[item].certain);
            return Op::In { certain };
        }
        let item = code[place].start - 1;
        let mut certain: Vec<bool> = operands(code, place).map(|at| code[at].certain).collect();
        certain.push(code[item].certain);
        certain.reverse();
        code.pop();
        Op::InItems(certain.into())
    }

    /// The operation of a call; none where it is a constant that was put in place of its argument,
    /// or a mistake.
    fn call(&mut self, function: Function, arguments: &[NodeId]) -> Option<Op> {
        if arguments.len() != function.arity() {
            return None;
        }
        match function {
            Function::Size => Some(Op::Size),
            Function::StartsWith => Some(Op::Test(TextTest::StartsWith)),
            Function::EndsWith => Some(Op::Test(TextTest::EndsWith)),
            Function::Contains => Some(Op::Test(TextTest::Contains)),
            Function::Matches => {
                let pattern =
                    self.constant_text(arguments[1], "a pattern that is not a constant")?;
                let pattern = self.pattern(&pattern, arguments[1])?;
                // The pattern itself is no operand any more.
                self.lowered.code.pop();
                Some(Op::Matches(pattern))
            }
            Function::Timestamp | Function::Duration => {
                let what = format!("`{}()` of what is not a constant", function.name());
                let text = self.constant_text(arguments[0], &what)?;
                let value = self.time(function, &text, arguments[0])?;
                self.lowered.code.pop();
                Some(constant(value))
            }
        }
    }

    /// The constant text that an argument is, or a complaint.
    fn constant_text(&mut self, argument: NodeId, otherwise: &str) -> Option<Arc<str>> {
        if self.checked.types[argument.index()] != Type::Text {
            return None;
        }
        let place = self.lowered.places[argument.index()];
        match &self.lowered.code[place].op {
            Op::Constant(Ok(Value::Text(text))) => return Some(Arc::clone(text)),
            Op::Constant(Err(reason)) => {
                let span = reason.span.clone();
                let error = ExprError::new(ExprErrorKind::Constant, span, reason.to_string());
                self.lowered.errors.push(error);
            }
            _ => {
                let span = self.ast.node(argument).span;
                let error = ExprError::not_supported(span, otherwise);
                self.lowered.errors.push(error);
            }
        }
        None
    }

    fn pattern(&mut self, pattern: &str, argument: NodeId) -> Option<Regex> {
        let built = RegexBuilder::new(pattern)
            .size_limit(MAX_PATTERN)
            .dfa_size_limit(MAX_PATTERN)
            .nest_limit(MAX_PATTERN_DEPTH)
            .build();
        let message = match built {
            Ok(regex) => return Some(regex),
            Err(regex::Error::CompiledTooBig(_)) => too_large_pattern(),
            Err(error) => {
                // The last line says what is wrong; the lines before draw a picture of the place.
                let text = error.to_string();
                let line = text.lines().last().unwrap_or_default();
                let reason = line.strip_prefix("error: ").unwrap_or(line);
                format!("expected a regular expression, found: {reason}")
            }
        };
        let span = self.ast.node(argument).span;
        let error = ExprError::new(ExprErrorKind::Pattern, span, message);
        self.lowered.errors.push(error);
        None
    }

    fn time(&mut self, function: Function, text: &str, argument: NodeId) -> Option<Value> {
        let (value, wanted, help) = if function == Function::Timestamp {
            (
                Timestamp::parse(text).map(Value::Timestamp),
                "a time of RFC 3339 in the years 0001 to 9999",
                "write `timestamp(\"2026-11-20T23:58:00+08:00\")`",
            )
        } else {
            (
                Nanos::parse(text).map(Value::Duration),
                "a duration of less than 292 years",
                "write `duration(\"1h30m\")`; units are h, m, s, ms, us and ns",
            )
        };
        if value.is_none() {
            let message = format!("expected {wanted}, found `{}`", shortened(text));
            let span = self.ast.node(argument).span;
            let error = ExprError::new(ExprErrorKind::Constant, span, message);
            self.lowered.errors.push(error.help(help));
        }
        value
    }

    /// Puts a placeholder where a call with a mistake was.
    fn replace(&mut self, index: usize, node: &Node, arguments: usize) {
        for _ in 0..arguments {
            let start = self.lowered.code.last().map_or(0, |last| last.start);
            self.lowered.code.truncate(start);
        }
        self.emit(constant(Value::Bool(false)), index, node);
    }

    /// Appends an operation, or its result where all operands are constants.
    fn emit(&mut self, op: Op, index: usize, node: &Node) {
        let mut start = self.lowered.code.len();
        let mut certain = !self.can_fail(&op, index);
        let code = &mut self.lowered.code;
        let mut constants = true;
        let mut parts = Vec::with_capacity(op.arity());
        for _ in 0..op.arity() {
            let part = &code[start - 1];
            certain &= part.certain;
            parts.push(part.certain);
            constants &= matches!(part.op, Op::Constant(_));
            start = part.start;
        }
        let op = match op {
            Op::Conditional { .. } => Op::Conditional {
                certain: parts.last().copied().unwrap_or(false),
            },
            op => op,
        };
        code.push(Instr {
            op,
            span: node.span,
            start,
            certain,
            negated: false,
            guard: None,
        });
        if constants && start + 1 < self.lowered.code.len() || self.is_empty_list() {
            self.fold(start);
        }
    }

    /// Whether an operation can fail although its operands did not.
    fn can_fail(&self, op: &Op, index: usize) -> bool {
        match op {
            Op::Constant(value) => value.is_err(),
            Op::Calculate(_) | Op::Negate => self.checked.types[index] != Type::Double,
            Op::Compare(Comparison::Equal | Comparison::NotEqual) => false,
            // Numbers that were calculated may be NaN, which has no order; facts are finite.
            Op::Compare(_) => {
                let parts = self.ast.nodes()[index].kind.children();
                parts.into_iter().any(|part| {
                    let instr = &self.lowered.code[self.lowered.places[part.index()]];
                    let plain = matches!(instr.op, Op::Fact(_) | Op::Constant(_));
                    !plain && self.checked.types[part.index()] == Type::Double
                })
            }
            _ => false,
        }
    }

    fn is_empty_list(&self) -> bool {
        let last = self.lowered.code.last();
        last.is_some_and(|last| matches!(last.op, Op::List(0)))
    }

    /// Replaces the last operation and its constant operands by its result.
    fn fold(&mut self, start: usize) {
        let Some(last) = self.lowered.code.pop() else {
            return;
        };
        let values: Vec<Values<'_>> = self.lowered.code[start..]
            .iter()
            .map(|part| match &part.op {
                Op::Constant(value) => Values::constant(value, 1),
                _ => Values::constant(&Err(misplaced()), 1),
            })
            .collect();
        let result = apply(&last.op, last.span, &values, &self.one_row).get(0);
        let result = result.and_then(|value| value.ok_or_else(misplaced));
        drop(values);
        if let Ok(Value::Text(text)) = &result
            && text.len() > MAX_CONSTANT
        {
            let error = ExprError::new(ExprErrorKind::Constant, last.span, too_long_constant());
            self.lowered.errors.push(error);
        }
        self.lowered.code.truncate(start);
        self.lowered.code.push(Instr {
            certain: result.is_ok(),
            op: Op::Constant(result),
            start,
            ..last
        });
    }
}

fn constant(value: Value) -> Op {
    Op::Constant(Ok(value))
}

fn misplaced() -> EvalError {
    EvalError {
        kind: EvalErrorKind::Type,
        span: 0..0,
    }
}

//! Syntax tree in, the type of every node out, or every mistake in names and types at once.
//!
//! Types are those of CEL's checker: nothing is converted, and both sides of a comparison have one
//! type. What is wrong already is not complained about again.

use crate::document::nearest;
use crate::facts::FactKey;

use super::ast::{Ast, BinaryOp, Function, Node, NodeId, NodeKind};
use super::error::{ExprError, ExprErrorKind};
use super::limits::MAX_ERRORS;
use super::parse::shortened;
use super::scope::Scope;
use super::types::Type;

/// The names that denote types in CEL (language definition, "Values").
const TYPE_NAMES: [&str; 10] = [
    "bool",
    "bytes",
    "double",
    "int",
    "list",
    "map",
    "null_type",
    "string",
    "type",
    "uint",
];

/// What names and types a tree has, node by node.
pub(super) struct Checked {
    pub(super) types: Vec<Type>,
    /// The facts of the names.
    pub(super) facts: Vec<Option<FactKey>>,
    pub(super) errors: Vec<ExprError>,
}

/// Looks up every name and works out every type.
pub(super) fn check(ast: &Ast, scope: &Scope<'_>) -> Checked {
    let mut checker = Checker {
        ast,
        scope,
        checked: Checked {
            types: Vec::with_capacity(ast.len()),
            facts: Vec::with_capacity(ast.len()),
            errors: Vec::new(),
        },
    };
    for node in ast.nodes() {
        let fact = checker.fact(node);
        checker.checked.facts.push(fact);
        let kind = checker.node(node);
        checker.checked.types.push(kind);
    }
    checker.checked
}

/// Where CEL would be asked to convert.
const NO_CONVERSION: &str = "there is no conversion between whole numbers and others: write `1.0` for a `double`, `1` for an `int`; money is an `int` in fen";

/// Names longer than this are not compared with the known ones.
const LONGEST_NAME: usize = 64;

struct Checker<'a> {
    ast: &'a Ast,
    scope: &'a Scope<'a>,
    checked: Checked,
}

impl Checker<'_> {
    fn node(&mut self, node: &Node) -> Type {
        match &node.kind {
            NodeKind::Bool(_) | NodeKind::Has(_) => Type::Bool,
            NodeKind::Int(_) => Type::Int,
            NodeKind::Double(_) => Type::Double,
            NodeKind::Text(_) => Type::Text,
            NodeKind::Name(key) => self.name(key),
            NodeKind::List(items) => self.list(items),
            NodeKind::Not(only) => {
                self.wanted(*only, &Type::Bool, "`!`");
                Type::Bool
            }
            NodeKind::Negate(only) => self.negate(*only),
            NodeKind::Binary(op, left, right) => self.binary(node, *op, *left, *right),
            NodeKind::Conditional(condition, yes, no) => {
                self.wanted(*condition, &Type::Bool, "the condition of `? :`");
                self.branches(node, *yes, *no)
            }
            NodeKind::Call {
                function,
                method,
                arguments,
            } => self.call(node, *function, *method, arguments),
            NodeKind::Refused => Type::Wrong,
        }
    }

    fn report(&mut self, error: ExprError) {
        match self.checked.errors.len() {
            count if count < MAX_ERRORS => self.checked.errors.push(error),
            MAX_ERRORS => {
                let limit = ExprError::limit(ExprErrorKind::TooManyErrors, error.span);
                self.checked.errors.push(limit);
            }
            _ => {}
        }
    }

    /// The fact of a name or a `has`, which must exist.
    fn fact(&mut self, node: &Node) -> Option<FactKey> {
        let (NodeKind::Name(key) | NodeKind::Has(key)) = &node.kind else {
            return None;
        };
        let is_name = matches!(node.kind, NodeKind::Name(_));
        if key.as_ref() == THIS && is_name && self.scope.this().is_some() {
            return None;
        }
        if let Some(info) = self.scope.names().fact(key) {
            return Some(info.key);
        }
        if TYPE_NAMES.contains(&key.as_ref()) {
            let what = format!("the type `{key}` as a value");
            self.report(ExprError::not_supported(node.span, &what));
            return None;
        }
        let message = format!("unknown fact `{}`", shortened(key));
        let help = if key.as_ref() == THIS && is_name {
            Some("`this` has a meaning only where a signal is used by a cause".to_owned())
        } else if self.checked.errors.len() < MAX_ERRORS && key.len() <= LONGEST_NAME {
            self.hint(key)
        } else {
            None
        };
        let error = ExprError::new(ExprErrorKind::UnknownFact, node.span, message);
        self.report(error.maybe_help(help));
        None
    }

    /// What may have been meant by an unknown name.
    fn hint(&self, key: &str) -> Option<String> {
        let names = self.scope.names();
        if let Some((fact, part)) = key.rsplit_once('.')
            && names.fact(fact).is_some()
        {
            return Some(format!("`{fact}` is a value and has no part `{part}`"));
        }
        nearest(key, names.keys()).map(|near| format!("did you mean `{near}`?"))
    }

    fn name(&self, key: &str) -> Type {
        if self.checked.facts.last().copied().flatten().is_none() {
            let is_this = key == THIS && self.scope.this().is_some();
            return if is_this { Type::Text } else { Type::Wrong };
        }
        let info = self.scope.names().fact(key);
        info.map_or(Type::Wrong, |info| info.kind.into())
    }

    fn list(&self, items: &[NodeId]) -> Type {
        let joined = items.iter().fold(Type::Any, |joined, item| {
            joined.join(self.of(*item)).unwrap_or(Type::Dyn)
        });
        Type::list_of(joined)
    }

    fn of(&self, id: NodeId) -> &Type {
        &self.checked.types[id.index()]
    }

    /// Complains unless a part has the wanted type; gives whether it has.
    fn wanted(&mut self, id: NodeId, wanted: &Type, of: &str) -> bool {
        let found = self.of(id);
        if found == wanted || is_wrong(found) {
            return found == wanted;
        }
        let message = format!("expected {wanted} for {of}, found {found}");
        let span = self.ast.node(id).span;
        self.report(ExprError::new(ExprErrorKind::Type, span, message));
        false
    }

    fn negate(&mut self, only: NodeId) -> Type {
        match self.of(only) {
            kind @ (Type::Int | Type::Double) => kind.clone(),
            found if is_wrong(found) => Type::Wrong,
            found => {
                let message = format!("expected int or double for `-`, found {found}");
                let span = self.ast.node(only).span;
                self.report(ExprError::new(ExprErrorKind::Type, span, message));
                Type::Wrong
            }
        }
    }

    fn binary(&mut self, node: &Node, op: BinaryOp, left: NodeId, right: NodeId) -> Type {
        let symbol = format!("`{}`", op.symbol());
        match op {
            BinaryOp::And | BinaryOp::Or => {
                self.wanted(left, &Type::Bool, &symbol);
                self.wanted(right, &Type::Bool, &symbol);
                Type::Bool
            }
            BinaryOp::Equal | BinaryOp::NotEqual => {
                if self.of(left).join(self.of(right)).is_none() {
                    self.mismatch(node, &symbol, left, right);
                }
                self.words(left, right);
                self.words(right, left);
                Type::Bool
            }
            BinaryOp::In => {
                self.membership(node, left, right);
                Type::Bool
            }
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => {
                self.arithmetic(node, op, left, right)
            }
            _ => {
                let joined = self.of(left).join(self.of(right));
                if !joined.is_some_and(|joined| joined.is_ordered()) {
                    self.mismatch(node, &symbol, left, right);
                }
                Type::Bool
            }
        }
    }

    /// The complaint that an operator does not take these two types.
    fn mismatch(&mut self, node: &Node, operator: &str, left: NodeId, right: NodeId) {
        let (left, right) = (self.of(left), self.of(right));
        if is_wrong(left) || is_wrong(right) {
            return;
        }
        let message = format!("{operator} does not take {left} and {right}");
        let numbers = matches!(
            (left, right),
            (Type::Int, Type::Double) | (Type::Double, Type::Int)
        );
        let help = numbers.then(|| NO_CONVERSION.to_owned());
        let error = ExprError::new(ExprErrorKind::Type, node.span, message);
        self.report(error.maybe_help(help));
    }

    fn membership(&mut self, node: &Node, item: NodeId, list: NodeId) {
        let fits = match self.of(list) {
            Type::List(of) => self.of(item).join(of).is_some(),
            _ => false,
        };
        if !fits {
            self.mismatch(node, "`in`", item, list);
        }
        if let NodeKind::List(items) = &self.ast.node(list).kind {
            for listed in items {
                self.words(item, *listed);
            }
        }
    }

    fn arithmetic(&mut self, node: &Node, op: BinaryOp, left: NodeId, right: NodeId) -> Type {
        use BinaryOp::{Add, Subtract};
        let result = match (op, self.of(left), self.of(right)) {
            (_, left, right) if is_wrong(left) || is_wrong(right) => Some(Type::Wrong),
            (_, Type::Int, Type::Int) => Some(Type::Int),
            (_, Type::Double, Type::Double) => Some(Type::Double),
            (Add, Type::Text, Type::Text) => Some(Type::Text),
            (Add, left @ Type::List(_), right @ Type::List(_)) => left.join(right),
            (Add | Subtract, Type::Timestamp, Type::Duration)
            | (Add, Type::Duration, Type::Timestamp) => Some(Type::Timestamp),
            (Subtract, Type::Timestamp, Type::Timestamp)
            | (Add | Subtract, Type::Duration, Type::Duration) => Some(Type::Duration),
            _ => None,
        };
        result.unwrap_or_else(|| {
            self.mismatch(node, &format!("`{}`", op.symbol()), left, right);
            Type::Wrong
        })
    }

    fn branches(&mut self, node: &Node, yes: NodeId, no: NodeId) -> Type {
        if let Some(joined) = self.of(yes).join(self.of(no)) {
            return joined;
        }
        self.mismatch(node, "`? :`", yes, no);
        Type::Wrong
    }

    fn call(
        &mut self,
        node: &Node,
        function: Function,
        method: bool,
        arguments: &[NodeId],
    ) -> Type {
        let name = function.name();
        let result = match function {
            Function::Size => Type::Int,
            Function::Timestamp => Type::Timestamp,
            Function::Duration => Type::Duration,
            _ => Type::Bool,
        };
        if arguments.len() != function.arity() {
            // What stands before the dot is no argument to whoever wrote it.
            let written = |count: usize| count.saturating_sub(usize::from(method));
            let (wanted, found) = (written(function.arity()), written(arguments.len()));
            let plural = if wanted == 1 { "" } else { "s" };
            let message =
                format!("expected {wanted} argument{plural} for `{name}()`, found {found}");
            self.report(ExprError::new(ExprErrorKind::Arguments, node.span, message));
            return result;
        }
        for argument in arguments {
            if function == Function::Size && matches!(self.of(*argument), Type::List(_)) {
                continue;
            }
            if self.is_conversion(function, *argument) {
                let what = format!("`{name}()` of {}", self.of(*argument));
                let span = self.ast.node(*argument).span;
                self.report(ExprError::not_supported(span, &what));
                continue;
            }
            self.wanted(*argument, &Type::Text, &format!("`{name}()`"));
        }
        result
    }

    /// Whether CEL would convert this argument of a time function, which the subset leaves out.
    fn is_conversion(&self, function: Function, argument: NodeId) -> bool {
        let kinds = match function {
            Function::Timestamp => [Type::Timestamp, Type::Int],
            Function::Duration => [Type::Duration, Type::Int],
            _ => return false,
        };
        kinds.contains(self.of(argument))
    }

    /// Complains where an enum fact is compared with a text that is none of its words.
    fn words(&mut self, fact: NodeId, text: NodeId) {
        let (fact, text) = (self.ast.node(fact), self.ast.node(text));
        let (NodeKind::Name(key), NodeKind::Text(word)) = (&fact.kind, &text.kind) else {
            return;
        };
        let Some(info) = self.scope.names().fact(key) else {
            return;
        };
        if info.words.is_empty() || info.words.contains(&word.as_ref()) {
            return;
        }
        let message = format!("`{key}` is never `{}`", shortened(word));
        let near = (word.len() <= LONGEST_NAME && self.checked.errors.len() < MAX_ERRORS)
            .then(|| nearest(word, info.words.iter().copied()));
        let help = match near.flatten() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of: {}", info.words.join(", ")),
        };
        let error = ExprError::new(ExprErrorKind::EnumValue, text.span, message);
        self.report(error.help(help));
    }
}

/// The name of the constant that a scope may give.
pub(super) const THIS: &str = "this";

/// Whether a type is wrong, or made of something that is.
fn is_wrong(kind: &Type) -> bool {
    let mut kind = kind;
    while let Type::List(item) = kind {
        kind = item;
    }
    *kind == Type::Wrong
}

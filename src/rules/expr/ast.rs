//! The syntax tree: nodes in one list, children before their parents.
//!
//! The order makes every later pass a loop over the list, so that no source, however long its
//! chains of operators, can overflow the stack. The nodes below a node lie right before it.

use std::fmt;
use std::sync::Arc;

use super::lex::Span;
use super::literal::quoted;

/// Position of a node in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A function or method of the subset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Length of a text in code points, or of a list.
    Size,
    /// Whether a text begins with another.
    StartsWith,
    /// Whether a text ends with another.
    EndsWith,
    /// Whether a text contains another.
    Contains,
    /// Whether a part of a text matches a pattern.
    Matches,
    /// The instant that an RFC 3339 constant names.
    Timestamp,
    /// The duration that a constant such as `1h30m` names.
    Duration,
}

impl Function {
    const ALL: [(&'static str, Self); 7] = [
        ("size", Self::Size),
        ("startsWith", Self::StartsWith),
        ("endsWith", Self::EndsWith),
        ("contains", Self::Contains),
        ("matches", Self::Matches),
        ("timestamp", Self::Timestamp),
        ("duration", Self::Duration),
    ];

    /// The function of this name.
    pub(super) fn find(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, function)| *function)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, known)| *known == self);
        found.map_or("", |(name, _)| name)
    }

    /// Whether `f(x)` may be written.
    pub(super) fn is_global(self) -> bool {
        matches!(
            self,
            Self::Size | Self::Matches | Self::Timestamp | Self::Duration
        )
    }

    /// Whether `x.f()` may be written.
    pub(super) fn is_method(self) -> bool {
        !matches!(self, Self::Timestamp | Self::Duration)
    }

    /// How many arguments it takes; the one before the dot counts.
    pub(super) fn arity(self) -> usize {
        match self {
            Self::Size | Self::Timestamp | Self::Duration => 1,
            Self::StartsWith | Self::EndsWith | Self::Contains | Self::Matches => 2,
        }
    }
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
}

impl BinaryOp {
    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
        }
    }

    pub(super) fn binding(self) -> Binding {
        match self {
            Self::Or => Binding::Or,
            Self::And => Binding::And,
            Self::Add | Self::Subtract => Binding::Sum,
            Self::Multiply => Binding::Product,
            _ => Binding::Relation,
        }
    }
}

/// How tightly an expression holds together, loosest first. All binary operators group from the
/// left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binding {
    Conditional,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Unary,
    Member,
}

impl Binding {
    /// The next tighter one; what stands right of a binary operator binds at least so.
    pub(super) fn tighter(self) -> Self {
        match self {
            Self::Conditional => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Relation,
            Self::Relation => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Unary,
            Self::Unary | Self::Member => Self::Member,
        }
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number with its sign.
    Int(i64),
    /// A number with its sign.
    Double(f64),
    /// A text.
    Text(Arc<str>),
    /// A fact by its dotted key, or `this`.
    Name(Arc<str>),
    /// `has(fact)`.
    Has(Arc<str>),
    /// `[a, b]`.
    List(Vec<NodeId>),
    /// `!a`.
    Not(NodeId),
    /// `-a`, where `a` is not a literal number.
    Negate(NodeId),
    /// `a + b` and the like.
    Binary(BinaryOp, NodeId, NodeId),
    /// `a ? b : c`.
    Conditional(NodeId, NodeId, NodeId),
    /// `f(a)` or `a.f(b)`.
    Call {
        /// Which function.
        function: Function,
        /// Whether it is written as a method.
        method: bool,
        /// The arguments; for a method the first stands before the dot.
        arguments: Vec<NodeId>,
    },
    /// Something of CEL that the subset leaves out; reported already.
    Refused,
}

impl NodeKind {
    /// The children in the order in which they stand in the source.
    pub(super) fn children(&self) -> Vec<NodeId> {
        match self {
            Self::Not(only) | Self::Negate(only) => vec![*only],
            Self::Binary(_, left, right) => vec![*left, *right],
            Self::Conditional(condition, yes, no) => vec![*condition, *yes, *no],
            Self::List(items) => items.clone(),
            Self::Call { arguments, .. } => arguments.clone(),
            _ => Vec::new(),
        }
    }

    fn binding(&self) -> Binding {
        match self {
            Self::Conditional(..) => Binding::Conditional,
            Self::Binary(op, ..) => op.binding(),
            Self::Not(_) | Self::Negate(_) => Binding::Unary,
            _ => Binding::Member,
        }
    }
}

/// One node with its place in the source.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it is, without parentheses around it.
    pub span: Span,
}

/// An expression as it was written. [`Display`](fmt::Display) writes it with the fewest
/// parentheses; reading that gives the same tree.
#[derive(Debug, Clone, Default)]
pub struct Ast {
    nodes: Vec<Node>,
}

impl Ast {
    /// All nodes, children before their parents; the last is the whole expression.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub(super) fn push(&mut self, kind: NodeKind, span: Span) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { kind, span });
        id
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Drops every node from a position on; they must be whole subtrees without a parent.
    pub(super) fn truncate(&mut self, length: usize) {
        self.nodes.truncate(length);
    }
}

impl PartialEq for Ast {
    /// Whether two trees mean the same; places do not count.
    fn eq(&self, other: &Self) -> bool {
        let kinds = |ast: &Self| -> Vec<NodeKind> {
            ast.nodes.iter().map(|node| node.kind.clone()).collect()
        };
        kinds(self) == kinds(other)
    }
}

impl fmt::Display for Ast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written: Vec<String> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let text = Writer {
                ast: self,
                written: &mut written,
            }
            .node(&node.kind);
            written.push(text);
        }
        f.write_str(written.last().map_or("", String::as_str))
    }
}

/// Writes a node from the texts of its children, which it takes.
struct Writer<'a> {
    ast: &'a Ast,
    written: &'a mut Vec<String>,
}

impl Writer<'_> {
    fn node(&mut self, kind: &NodeKind) -> String {
        match kind {
            NodeKind::Bool(value) => value.to_string(),
            NodeKind::Int(value) => value.to_string(),
            NodeKind::Double(value) => format!("{value:?}"),
            NodeKind::Text(value) => quoted(value),
            NodeKind::Name(key) => key.to_string(),
            NodeKind::Has(key) => format!("has({key})"),
            NodeKind::List(items) => format!("[{}]", self.list(items)),
            NodeKind::Not(only) => self.prefix("!", *only),
            NodeKind::Negate(only) => self.prefix("-", *only),
            NodeKind::Binary(op, left, right) => {
                let mut text = self.take(*left, op.binding());
                text.push(' ');
                text.push_str(op.symbol());
                text.push(' ');
                text.push_str(&self.take(*right, op.binding().tighter()));
                text
            }
            NodeKind::Conditional(condition, yes, no) => {
                let mut text = self.take(*condition, Binding::Or);
                text.push_str(" ? ");
                text.push_str(&self.take(*yes, Binding::Or));
                text.push_str(" : ");
                text.push_str(&self.take(*no, Binding::Conditional));
                text
            }
            NodeKind::Call {
                function,
                method,
                arguments,
            } => self.call(*function, *method, arguments),
            NodeKind::Refused => String::from("…"),
        }
    }

    fn call(&mut self, function: Function, method: bool, arguments: &[NodeId]) -> String {
        match arguments.split_first() {
            Some((target, rest)) if method => {
                let mut text = self.take(*target, Binding::Member);
                text.push('.');
                text.push_str(function.name());
                text.push('(');
                text.push_str(&self.list(rest));
                text.push(')');
                text
            }
            _ => format!("{}({})", function.name(), self.list(arguments)),
        }
    }

    /// `!x`, `!!x`, `-x`, `--x`; a literal number after a minus would become a part of it.
    fn prefix(&mut self, sign: &str, only: NodeId) -> String {
        let kind = &self.ast.node(only).kind;
        let same = match kind {
            NodeKind::Not(_) => sign == "!",
            NodeKind::Negate(_) => sign == "-",
            NodeKind::Int(value) => sign == "!" || *value < 0,
            NodeKind::Double(value) => sign == "!" || value.is_sign_negative(),
            kind => kind.binding() == Binding::Member,
        };
        let text = std::mem::take(&mut self.written[only.index()]);
        if same {
            format!("{sign}{text}")
        } else {
            format!("{sign}({text})")
        }
    }

    fn list(&mut self, items: &[NodeId]) -> String {
        let mut text = String::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            text.push_str(&self.take(*item, Binding::Conditional));
        }
        text
    }

    /// The text of a child, in parentheses where it binds more loosely than asked for.
    fn take(&mut self, child: NodeId, at_least: Binding) -> String {
        let text = std::mem::take(&mut self.written[child.index()]);
        if self.ast.node(child).kind.binding() < at_least {
            format!("({text})")
        } else {
            text
        }
    }
}

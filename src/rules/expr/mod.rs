//! Conditions: a subset of CEL.
mod ast;
mod error;
mod lex;
mod limits;
mod literal;
mod member;
mod parse;
mod scope;

pub use ast::{Ast, BinaryOp, Function, Node, NodeId, NodeKind};
pub use error::{EvalError, EvalErrorKind, ExprError, ExprErrorKind};
pub use lex::Span;
pub use limits::*;
pub use parse::parse;
pub use scope::{FactInfo, Names, Scope};

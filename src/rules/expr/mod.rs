//! Conditions: a subset of [CEL](https://cel.dev), three-valued over facts that may be unknown, and
//! evaluated for many cases at once.
//!
//! ```text
//! source → lex → parse (tree) → check (types) → lower (code) → Program → eval over a Table
//! ```
//!
//! [`compile`] takes a source and the names it may use and gives a [`Program`], or every mistake
//! with its place. Whatever of CEL the subset leaves out is refused by name.
//!
//! Two laws hold. Where every fact is known, the answer is that of CEL. Where facts are missing and
//! the answer is true or false all the same, every way to fill them in gives the same answer.
//!
//! Differences to CEL, all on the strict side: a constant that is no time, duration or pattern is a
//! mistake of the source, not of the evaluation; `timestamp()`, `duration()` and patterns take
//! constants only; and `has()` takes a fact, also one without a dot, and asks whether it is known.

mod ast;
mod check;
mod code;
mod column;
mod error;
mod eval;
mod kernel;
mod lex;
mod limits;
mod literal;
mod logic;
mod lower;
mod member;
mod mutant;
mod parse;
mod program;
mod scope;
mod time;
mod types;
mod value;

pub use ast::{Ast, BinaryOp, Function, Node, NodeId, NodeKind};
pub use error::{EvalError, EvalErrorKind, ExprError, ExprErrorKind};
pub use lex::Span;
pub use limits::*;
pub use mutant::Mutant;
pub use parse::parse;
pub use program::{Leaf, Outcome, Program, TriBitmap, compile};
pub use scope::{FactInfo, Names, Scope};
pub use time::{Nanos, Timestamp};
pub use types::Type;
pub use value::Value;

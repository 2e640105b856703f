//! What can be wrong with a condition when it is read, and what can go wrong when it is evaluated.

use std::ops::Range;

use thiserror::Error;

use super::limits::{
    MAX_CONSTANT, MAX_DEPTH, MAX_ERRORS, MAX_NODES, MAX_PATTERN, MAX_SOURCE, MAX_VALUE,
};

/// What kind of mistake an [`ExprError`] is. Variants are stable; the text is a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ExprErrorKind {
    /// The source is longer than the limit.
    #[error("longer than {MAX_SOURCE} bytes")]
    TooLong,
    /// Parentheses, lists or operators are nested deeper than the limit.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// The expression has more parts than the limit.
    #[error("more than {MAX_NODES} parts")]
    TooLarge,
    /// Not an expression of CEL.
    #[error("syntax error")]
    Syntax,
    /// A number or a string that is no literal of CEL.
    #[error("malformed literal")]
    Literal,
    /// CEL, but outside the subset.
    #[error("not supported")]
    NotSupported,
    /// A name that is not a fact.
    #[error("unknown fact")]
    UnknownFact,
    /// A part of a type that does not fit.
    #[error("wrong type")]
    Type,
    /// A function with too few or too many arguments.
    #[error("wrong number of arguments")]
    Arguments,
    /// An enum fact compared with a word that it never has.
    #[error("unknown value of an enum fact")]
    EnumValue,
    /// A pattern that is no regular expression, or too large a one.
    #[error("malformed pattern")]
    Pattern,
    /// A constant that is no time or duration, or is too long.
    #[error("malformed constant")]
    Constant,
    /// More mistakes than the limit; the rest is left out.
    #[error("more than {MAX_ERRORS} mistakes")]
    TooManyErrors,
}

/// One mistake in a condition.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ExprError {
    /// What kind of mistake it is.
    pub kind: ExprErrorKind,
    /// Where it is, in bytes of the source.
    pub span: Range<usize>,
    /// What was expected and what was found.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ExprError {
    /// A mistake without advice.
    pub(super) fn new(
        kind: ExprErrorKind,
        span: impl Into<Range<usize>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            span: span.into(),
            message: message.into(),
            help: None,
        }
    }

    /// The same mistake with advice.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same mistake with advice, where there is any.
    pub(super) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// A limit that was passed.
    pub(super) fn limit(kind: ExprErrorKind, span: impl Into<Range<usize>>) -> Self {
        Self::new(kind, span, format!("the condition is {}", Limit(kind)))
    }

    /// Something of CEL that is left out of the subset.
    pub(super) fn not_supported(span: impl Into<Range<usize>>, what: &str) -> Self {
        let message = format!("not supported: {what}");
        Self::new(ExprErrorKind::NotSupported, span, message)
    }
}

/// A limit as the end of a sentence.
struct Limit(ExprErrorKind);

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            ExprErrorKind::TooLarge => write!(f, "made of {}", self.0),
            kind => write!(f, "{kind}"),
        }
    }
}

/// Why an evaluation has no value although everything it needs is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EvalErrorKind {
    /// A whole number left the range of 64 bits.
    #[error("integer overflow: the result does not fit into 64 bits")]
    IntOverflow,
    /// A time before year 1 or after year 9999.
    #[error("timestamp out of range: it must lie in the years 0001 to 9999")]
    TimestampRange,
    /// A duration of more than 64 bits of nanoseconds.
    #[error("duration out of range: it must be shorter than 292 years")]
    DurationRange,
    /// A number that is not a number is neither smaller nor larger than another.
    #[error("not a number: NaN has no order")]
    Unordered,
    /// A text or list that grew too long.
    #[error("value too large: `+` builds at most {MAX_VALUE} bytes or items")]
    TooLarge,
    /// Operands of types that the checker refuses; a compiled condition has none.
    #[error("operands of types that do not go together")]
    Type,
}

/// An evaluation error with its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct EvalError {
    /// What happened.
    pub kind: EvalErrorKind,
    /// Where, in bytes of the source.
    pub span: Range<usize>,
}

/// The title of [`ExprErrorKind::Pattern`] and [`ExprErrorKind::Constant`] limits.
pub(super) fn too_long_constant() -> String {
    format!("the text constant is longer than {MAX_CONSTANT} bytes")
}

/// What is said of a pattern that compiles to too much.
pub(super) fn too_large_pattern() -> String {
    format!("the pattern needs more than {MAX_PATTERN} bytes when compiled")
}

//! Values, and what operators do to them. This is the one place that says what an operation on
//! two values gives; the columns of [`super::kernel`] only do many of them at once.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde_json::json;

use super::ast::BinaryOp;
use super::error::EvalErrorKind;
use super::limits::MAX_VALUE;
use super::time::{Nanos, Timestamp};

/// A value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number, or money in fen.
    Int(i64),
    /// A number.
    Double(f64),
    /// A text.
    Text(Arc<str>),
    /// An instant.
    Timestamp(Timestamp),
    /// A length of time.
    Duration(Nanos),
    /// A list.
    List(Arc<[Value]>),
}

/// The result of an operation: a value, or why there is none.
pub(super) type Valued = Result<Value, EvalErrorKind>;

impl Value {
    /// The value as JSON, as CEL maps it: times as RFC 3339 in UTC, durations in seconds such as
    /// `"1.5s"`, and as texts also what JSON has no number for. Whole numbers stay numbers in all
    /// their 64 bits, which JSON allows and readers of 64-bit integers understand.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Bool(value) => json!(value),
            Self::Int(value) => json!(value),
            Self::Double(value) if value.is_nan() => json!("NaN"),
            Self::Double(value) if value.is_infinite() => {
                let name = if *value > 0.0 {
                    "Infinity"
                } else {
                    "-Infinity"
                };
                json!(name)
            }
            Self::Double(value) => json!(value),
            Self::Text(value) => json!(value.as_ref()),
            Self::Timestamp(value) => json!(value.to_string()),
            Self::Duration(value) => json!(value.to_string()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
        }
    }

    /// Equality as CEL has it at run time: values of different types are unequal, but numbers are
    /// compared by their place on the number line; NaN equals nothing.
    #[must_use]
    pub fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b))
            }
            (Self::Int(int), Self::Double(double)) | (Self::Double(double), Self::Int(int)) => {
                int_equals_double(*int, *double)
            }
            (a, b) => a.order(b) == Some(Ordering::Equal),
        }
    }

    /// The order of two values of one type; none for NaN, lists and values of different types.
    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(b),
            // The order of UTF-8 bytes is that of code points.
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Some(a.cmp(b)),
            (Self::Duration(a), Self::Duration(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// Whether a comparison holds. NaN is unequal to everything and has no order.
    pub(super) fn compare(&self, op: Comparison, other: &Self) -> Result<bool, EvalErrorKind> {
        match (op, self, other) {
            (Comparison::Equal, ..) => Ok(self.equals(other)),
            (Comparison::NotEqual, ..) => Ok(!self.equals(other)),
            (op, Self::Double(a), Self::Double(b)) => {
                let order = a.partial_cmp(b).ok_or(EvalErrorKind::Unordered)?;
                Ok(op.holds(order))
            }
            (op, ..) => {
                let order = self.order(other).ok_or(EvalErrorKind::Type)?;
                Ok(op.holds(order))
            }
        }
    }

    /// Whether a list has an item that equals this value.
    pub(super) fn is_in(&self, list: &Self) -> bool {
        matches!(list, Self::List(items) if items.iter().any(|item| item.equals(self)))
    }

    /// `+`, `-` or `*`.
    pub(super) fn calculate(&self, op: Arithmetic, other: &Self) -> Valued {
        use Arithmetic::{Add, Multiply, Subtract};
        match (op, self, other) {
            (_, Self::Int(a), Self::Int(b)) => op.ints(*a, *b).map(Self::Int),
            (_, Self::Double(a), Self::Double(b)) => Ok(Self::Double(op.doubles(*a, *b))),
            (Add, Self::Text(a), Self::Text(b)) => join_texts(a, b),
            (Add, Self::List(a), Self::List(b)) => join_lists(a, b),
            (Add, Self::Timestamp(at), Self::Duration(span))
            | (Add, Self::Duration(span), Self::Timestamp(at)) => {
                at.plus(span.0.into()).map(Self::Timestamp)
            }
            (Subtract, Self::Timestamp(at), Self::Duration(span)) => {
                at.plus(-i128::from(span.0)).map(Self::Timestamp)
            }
            (Subtract, Self::Timestamp(a), Self::Timestamp(b)) => a.since(*b).map(Self::Duration),
            (Add, Self::Duration(a), Self::Duration(b)) => {
                Nanos::from_nanos(i128::from(a.0) + i128::from(b.0)).map(Self::Duration)
            }
            (Subtract, Self::Duration(a), Self::Duration(b)) => {
                Nanos::from_nanos(i128::from(a.0) - i128::from(b.0)).map(Self::Duration)
            }
            (Add | Subtract | Multiply, _, _) => Err(EvalErrorKind::Type),
        }
    }

    /// `-x`.
    pub(super) fn negate(&self) -> Valued {
        match self {
            Self::Int(value) => value
                .checked_neg()
                .map(Self::Int)
                .ok_or(EvalErrorKind::IntOverflow),
            Self::Double(value) => Ok(Self::Double(-value)),
            _ => Err(EvalErrorKind::Type),
        }
    }

    /// The length of a text in code points, or of a list.
    pub(super) fn size(&self) -> Valued {
        match self {
            Self::Text(text) => Ok(Self::Int(text_size(text))),
            Self::List(items) => Ok(Self::Int(length(items.len()))),
            _ => Err(EvalErrorKind::Type),
        }
    }
}

/// The length of a text in code points.
pub(super) fn text_size(text: &str) -> i64 {
    length(text.chars().count())
}

/// A length as a whole number.
pub(super) fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn join_texts(a: &str, b: &str) -> Valued {
    if a.len() + b.len() > MAX_VALUE {
        return Err(EvalErrorKind::TooLarge);
    }
    Ok(Value::Text(Arc::from([a, b].concat())))
}

fn join_lists(a: &[Value], b: &[Value]) -> Valued {
    if a.len() + b.len() > MAX_VALUE {
        return Err(EvalErrorKind::TooLarge);
    }
    Ok(Value::List(a.iter().chain(b).cloned().collect()))
}

/// Whether a whole number and a number are the same point of the number line, without rounding.
fn int_equals_double(int: i64, double: f64) -> bool {
    // 2^63 is a double; every double from -2^63 up to it, without decimals, is a whole number of
    // 64 bits.
    const END: f64 = 9_223_372_036_854_775_808.0;
    double.trunc() == double && (-END..END).contains(&double) && double as i64 == int
}

impl fmt::Display for Value {
    /// The value as JSON in one line: `3`, `true`, `"text"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_json().fmt(f)
    }
}

/// A comparison of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    /// The comparison that an operator asks for.
    pub(super) fn from_operator(op: BinaryOp) -> Option<Self> {
        Some(match op {
            BinaryOp::Equal => Self::Equal,
            BinaryOp::NotEqual => Self::NotEqual,
            BinaryOp::Less => Self::Less,
            BinaryOp::LessEqual => Self::LessEqual,
            BinaryOp::Greater => Self::Greater,
            BinaryOp::GreaterEqual => Self::GreaterEqual,
            _ => return None,
        })
    }

    /// How it is written.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }

    /// Whether it holds between values in this order.
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }

    /// The comparison of the same two values the other way round.
    pub(super) fn swapped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            same => same,
        }
    }

    /// The comparison that holds where this one does not (NaN apart).
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterEqual,
            Self::GreaterEqual => Self::Less,
            Self::Greater => Self::LessEqual,
            Self::LessEqual => Self::Greater,
        }
    }

    /// The comparison that differs at the boundary alone.
    pub(super) fn shifted(self) -> Option<Self> {
        Some(match self {
            Self::Less => Self::LessEqual,
            Self::LessEqual => Self::Less,
            Self::Greater => Self::GreaterEqual,
            Self::GreaterEqual => Self::Greater,
            Self::Equal | Self::NotEqual => return None,
        })
    }
}

/// A calculation with two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
}

impl Arithmetic {
    /// The calculation that an operator asks for.
    pub(super) fn from_operator(op: BinaryOp) -> Option<Self> {
        Some(match op {
            BinaryOp::Add => Self::Add,
            BinaryOp::Subtract => Self::Subtract,
            BinaryOp::Multiply => Self::Multiply,
            _ => return None,
        })
    }

    pub(super) fn ints(self, a: i64, b: i64) -> Result<i64, EvalErrorKind> {
        let result = match self {
            Self::Add => a.checked_add(b),
            Self::Subtract => a.checked_sub(b),
            Self::Multiply => a.checked_mul(b),
        };
        result.ok_or(EvalErrorKind::IntOverflow)
    }

    pub(super) fn doubles(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
        }
    }
}

/// A question about two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

impl TextTest {
    pub(super) fn holds(self, text: &str, part: &str) -> bool {
        match self {
            Self::StartsWith => text.starts_with(part),
            Self::EndsWith => text.ends_with(part),
            Self::Contains => text.contains(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(Arc::from(text))
    }

    #[test]
    fn values_have_a_form_in_json() {
        let nested = Value::List(Arc::from([Value::Int(1), text("充\n")]));
        let table = [
            (Value::Bool(true), "true"),
            (Value::Int(3), "3"),
            (Value::Int(i64::MIN), "-9223372036854775808"),
            (Value::Double(3.0), "3.0"),
            (Value::Double(f64::NAN), "\"NaN\""),
            (Value::Double(f64::NEG_INFINITY), "\"-Infinity\""),
            (text("a\"b"), r#""a\"b""#),
            (
                Value::Timestamp(Timestamp::from_millis(1)),
                "\"1970-01-01T00:00:00.001Z\"",
            ),
            (Value::Duration(Nanos(-1_500_000_000)), "\"-1.5s\""),
            (nested, r#"[1,"充\n"]"#),
        ];
        for (value, json) in table {
            assert_eq!(value.to_string(), json);
        }
    }

    #[test]
    fn numbers_are_compared_without_rounding() {
        let big = (1_i64 << 53) + 1;
        let table = [
            (1, 1.0, true),
            (1, 1.5, false),
            (0, -0.0, true),
            (0, f64::NAN, false),
            (big, 9_007_199_254_740_992.0, false),
            (big - 1, 9_007_199_254_740_992.0, true),
            (i64::MAX, 9_223_372_036_854_775_808.0, false),
            (i64::MIN, -9_223_372_036_854_775_808.0, true),
            (0, f64::INFINITY, false),
        ];
        for (int, double, equal) in table {
            let (int, double) = (Value::Int(int), Value::Double(double));
            assert_eq!(int.equals(&double), equal, "{int} {double}");
            assert_eq!(double.equals(&int), equal, "{int} {double}");
        }
    }

    #[test]
    fn different_types_are_unequal_and_have_no_order() {
        assert!(!Value::Int(1).equals(&text("1")));
        let compare = |a: &Value, op, b: &Value| a.compare(op, b);
        let (one, nan) = (Value::Int(1), Value::Double(f64::NAN));
        assert_eq!(compare(&one, Comparison::NotEqual, &text("1")), Ok(true));
        let mixed = compare(&one, Comparison::Less, &text("1"));
        assert_eq!(mixed, Err(EvalErrorKind::Type));
        assert_eq!(compare(&nan, Comparison::NotEqual, &nan), Ok(true));
        let unordered = compare(&nan, Comparison::LessEqual, &nan);
        assert_eq!(unordered, Err(EvalErrorKind::Unordered));
        assert_eq!(Value::Bool(true).negate(), Err(EvalErrorKind::Type));
    }
}

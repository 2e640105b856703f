//! The types of expressions.

use std::fmt;
use std::sync::Arc;

use crate::facts::FactType;

/// The type of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A whole number, or money in fen.
    Int,
    /// A number.
    Double,
    /// A text.
    Text,
    /// An instant.
    Timestamp,
    /// A length of time.
    Duration,
    /// A list whose items have one type.
    List(Arc<Type>),
    /// Items of several types; only items of lists have it.
    Dyn,
    /// The items of an empty list, which fit every type.
    Any,
    /// What is wrong already; complaints about it would be about the same mistake.
    Wrong,
}

impl Type {
    /// A list of items of this type.
    pub(super) fn list_of(item: Self) -> Self {
        Self::List(Arc::new(item))
    }

    /// The type that both fit, as CEL's checker joins them: equal, or one of them wider. There is
    /// no conversion between numbers.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Wrong, _) | (_, Self::Wrong) => Some(Self::Wrong),
            (Self::Any, it) | (it, Self::Any) => Some(it.clone()),
            (Self::Dyn, _) | (_, Self::Dyn) => Some(Self::Dyn),
            (Self::List(a), Self::List(b)) => a.join(b).map(Self::list_of),
            (a, b) => (a == b).then(|| a.clone()),
        }
    }

    /// Whether `<` and its like compare two such values.
    pub(super) fn is_ordered(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Dyn | Self::Any)
    }
}

impl From<FactType> for Type {
    fn from(kind: FactType) -> Self {
        match kind {
            FactType::Bool => Self::Bool,
            FactType::Int | FactType::Money => Self::Int,
            FactType::Number => Self::Double,
            FactType::Time => Self::Timestamp,
            FactType::Text | FactType::Enum => Self::Text,
            FactType::List => Self::list_of(Self::Text),
        }
    }
}

impl fmt::Display for Type {
    /// The name that CEL uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut item = self;
        let mut depth = 0;
        while let Self::List(inner) = item {
            f.write_str("list(")?;
            depth += 1;
            item = inner;
        }
        f.write_str(match item {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Double => "double",
            Self::Text => "string",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
            Self::List(_) | Self::Dyn | Self::Any | Self::Wrong => "dyn",
        })?;
        (0..depth).try_for_each(|_| f.write_str(")"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_join_by_their_items() {
        let list = |item: Type| Type::list_of(item);
        let table = [
            (Type::Int, Type::Int, Some(Type::Int)),
            (Type::Int, Type::Double, None),
            (Type::Int, Type::Any, Some(Type::Int)),
            (Type::Int, Type::Dyn, Some(Type::Dyn)),
            (list(Type::Int), list(Type::Any), Some(list(Type::Int))),
            (list(Type::Int), list(Type::Dyn), Some(list(Type::Dyn))),
            (list(Type::Int), list(Type::Text), None),
            (list(Type::Int), Type::Int, None),
            (
                list(Type::Any),
                list(list(Type::Text)),
                Some(list(list(Type::Text))),
            ),
            (Type::Wrong, Type::Int, Some(Type::Wrong)),
        ];
        for (a, b, joined) in table {
            assert_eq!(a.join(&b), joined, "{a} {b}");
            assert_eq!(b.join(&a), joined, "{b} {a}");
        }
        assert_eq!(list(list(Type::Text)).to_string(), "list(list(string))");
    }
}

//! Cases in columns.

/// One fact of many cases.
#[derive(Debug, Clone)]
pub struct Column {}

/// Many cases, one column a fact.
#[derive(Debug, Clone)]
pub struct Table {}

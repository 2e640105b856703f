//! The condition language: a three-valued, columnar subset of CEL.

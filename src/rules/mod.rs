//! Rule files in, a checked and compiled rule set out, or every mistake at once.

pub mod expr;

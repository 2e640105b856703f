//! The commands and flags of the program, each at least once, through the program itself.

mod diagnose;
mod explain;
mod output;
mod rules;
mod shell;

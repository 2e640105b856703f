//! The commands and flags of the program, each at least once, through the program itself.

mod explain;
mod output;
mod shell;

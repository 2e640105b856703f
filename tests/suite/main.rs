//! The one integration test binary.

mod bad_input;
mod cli;
mod docs;
mod expr;
mod golden;
mod layering;
mod properties;
mod rule_files;
mod spoken;
mod support;

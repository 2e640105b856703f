//! The one integration test binary.

mod bad_input;
mod batch;
mod browser;
mod cli;
mod docs;
mod expr;
mod formats;
mod golden;
mod layering;
mod probe;
mod properties;
mod rule_files;
mod run_report;
mod site;
mod spoken;
mod support;

//! The one integration test binary.

mod cli;
mod docs;
mod expr;
mod layering;
mod support;

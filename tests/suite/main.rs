//! The one integration test binary.

mod expr;
mod layering;

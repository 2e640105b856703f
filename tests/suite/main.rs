//! The one integration test binary.

mod docs;
mod expr;
mod layering;

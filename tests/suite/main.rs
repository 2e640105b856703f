//! The one integration test binary.

mod expr;

//! Labelled tickets in; how good the diagnosis of them is, new counts and a new model of words out.

pub mod counts;
pub mod eval;
pub mod labelled;
pub mod learning;
pub mod train;
pub mod unmatched;
pub mod usage;

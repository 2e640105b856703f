//! A web address → whether it is the real site's, insecure, a look-alike or not known, with reasons.
//! Pure and offline: nothing is ever looked up or opened, and nobody is accused.

mod address;
mod brands;
mod check;
mod compare;
mod distance;
mod fold;
mod names;
mod oddity;
mod raw;
mod reason;
mod words;

pub use check::{Check, Checker};
pub use oddity::{Flaw, Oddity};
pub use reason::{Reason, ReasonKind, Strength, Verdict};

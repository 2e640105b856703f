//! Outside data → cases. Refuses to guess silently: what does not fit is an error with its place.

mod case;
mod json;

pub use case::Case;
pub use json::{IntakeError, LARGEST_CASE, read_case};

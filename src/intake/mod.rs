//! Outside data → cases. Refuses to guess silently: what does not fit is an error with its place.

mod case;
mod claims;
mod export;
mod hints;
mod json;
pub mod layout;
mod open;
pub mod picture;
mod reader;
pub mod records;
pub mod source;
mod survey;

pub use case::Case;
pub use claims::{Claim, Claimed};
pub use export::{Export, Note};
pub use json::{IntakeError, LARGEST_CASE, read_case};
pub use open::{ExportError, open_exports};
pub use reader::{ChunkText, Outcome, RecordReader};
pub use survey::{Control, Movement, Rejected, Survey};

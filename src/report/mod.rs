//! A diagnosis → bytes. Refuses raw control characters and unmasked private data.

mod escape;
mod explain;
mod json;
mod markdown;
mod terminal;
mod view;

pub use escape::{harmless, harmless_lines, markdown as escape_markdown};
pub use explain::{write_case_explanation, write_cause, write_code, write_code_json};
pub use json::{to_json, write_json, write_json_value};
pub use markdown::write_markdown;
pub use terminal::write_terminal;
pub use view::{Audience, REQUIRED_WORDS, View};

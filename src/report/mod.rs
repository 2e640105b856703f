//! A diagnosis → bytes. Refuses raw control characters and unmasked private data.

mod address;
mod escape;
mod eval;
mod explain;
mod json;
mod markdown;
mod page;
mod probe;
mod required;
mod rows;
mod run;
mod spoken;
mod summary;
mod survey;
mod terminal;
mod view;

pub use address::{AddressView, write_address, write_address_json};
pub use escape::{harmless, harmless_lines, html as escape_html, markdown as escape_markdown};
pub use eval::{EvalView, eval_svg, write_eval, write_eval_html, write_eval_json};
pub use explain::{write_case_explanation, write_cause, write_code, write_code_json};
pub use json::{to_json, write_json, write_json_value};
pub use markdown::write_markdown;
pub use page::write_page;
pub use probe::{ProbeView, probe_json, stage_word, write_ladders, write_probe, write_probe_json};
pub use required::REQUIRED_WORDS;
pub use rows::{CsvRows, JsonRows, RowStyle};
pub use run::{InputLine, RunView, no_orders_text, resumed_text};
pub use spoken::write_spoken_html;
pub use summary::write_summary;
pub use survey::{SurveyView, note_text, write_survey, write_survey_json};
pub use terminal::write_terminal;
pub(crate) use view::word;
pub use view::{Audience, View};

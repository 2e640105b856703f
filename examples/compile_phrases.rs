//! Compiles the built-in phrases: `cargo run --release --example compile_phrases` reads
//! `rules/phrases/*.toml` and writes `rules/phrases.compiled`. Run it after a change of phrases, and
//! then `train`; a test tells when it was forgotten.

use std::error::Error;
use std::path::Path;

use recharge_doctor::rules::{RuleFiles, RuleSet};

fn main() -> Result<(), Box<dyn Error>> {
    let files = RuleFiles::built_in();
    let rules = RuleSet::load(&files).map_err(|found| format!("{found:#?}"))?;
    let (catalog, phrases) = rules.into_phrases();
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/phrases.compiled");
    std::fs::write(to, phrases.to_bytes(&catalog)?)?;
    Ok(())
}

//! Trains the model of words: `cargo run --release --example train`. Reads `tests/tickets/*.jsonl`
//! (not what is kept aside in `tests/tickets/held-out`) and writes `rules/wording.model`. Run it
//! after a change of phrases or tickets; the same files give the same model.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use recharge_doctor::learn::labelled;
use recharge_doctor::learn::train::{Fitted, Lesson, Settings, calibrate};
use recharge_doctor::reading::{NO_CAUSE, Reading};
use recharge_doctor::rules::{PhraseSet, RuleFiles, RuleSet};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = RuleFiles::built_in();
    let rules = RuleSet::load_for_diagnosis(&files).map_err(|found| format!("{found:#?}"))?;
    let lessons = lessons(&root.join("tests/tickets"), rules.phrases())?;
    let settings = Settings::default();
    let model = Fitted::new(&lessons.iter().collect::<Vec<_>>(), settings);
    let temperature = calibrate(&lessons, settings);
    let bytes = model.to_bytes(temperature);
    writeln!(
        std::io::stdout(),
        "{} texts, temperature {temperature}, {} bytes",
        lessons.len(),
        bytes.len()
    )?;
    std::fs::write(root.join("rules/wording.model"), bytes)?;
    Ok(())
}

/// Every labelled text of a folder; each file is a writer.
fn lessons(folder: &Path, phrases: &PhraseSet) -> Result<Vec<Lesson>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    let mut lessons = Vec::new();
    for file in files {
        let input = std::io::BufReader::new(std::fs::File::open(&file)?);
        let (rows, wrong) = labelled::read(input)?;
        if let Some(error) = wrong.first() {
            return Err(format!("{}: {error}", file.display()).into());
        }
        for row in rows {
            let Some(text) = row.text() else { continue };
            let mut classes = row.causes.clone();
            if classes.is_empty() {
                classes.push(NO_CAUSE.to_owned());
            }
            lessons.push(Lesson {
                features: Reading::new(text, phrases).features(phrases),
                classes,
                writer: file.display().to_string(),
            });
        }
    }
    Ok(lessons)
}

//! Trains the models of words: `cargo run --release --example train`. Reads `tests/tickets/*.jsonl`
//! (not what is kept aside in `tests/tickets/held-out`), writes `rules/wording.model` from their
//! causes and, with `tests/tickets/money/*.jsonl`, `rules/money.model` from what they say of paying
//! again. Run it after a change of phrases or tickets; the same files give the same models.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use recharge_doctor::learn::labelled::{self, Labelled};
use recharge_doctor::learn::train::{Fitted, Lesson, Settings, calibrate};
use recharge_doctor::reading::{NO_CAUSE, Reading};
use recharge_doctor::rules::{PhraseSet, RuleFiles, RuleSet};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = RuleFiles::built_in();
    let rules = RuleSet::load(&files).map_err(|found| format!("{found:#?}"))?;
    let mut tickets = self::tickets(&root.join("tests/tickets"))?;
    train(
        &tickets,
        rules.phrases(),
        causes,
        &root.join("rules/wording.model"),
    )?;
    tickets.extend(self::tickets(&root.join("tests/tickets/money"))?);
    train(
        &tickets,
        rules.phrases(),
        money,
        &root.join("rules/money.model"),
    )
}

/// The classes of a ticket for the model of causes.
fn causes(row: &Labelled) -> Vec<String> {
    if row.causes.is_empty() {
        vec![NO_CAUSE.to_owned()]
    } else {
        row.causes.clone()
    }
}

/// The class of a ticket for the model of money, where it is known.
fn money(row: &Labelled) -> Vec<String> {
    row.pay_again.iter().cloned().collect()
}

/// Trains one model on the tickets that have a class, and writes it.
fn train(
    tickets: &[(String, Labelled)],
    phrases: &PhraseSet,
    classes: fn(&Labelled) -> Vec<String>,
    to: &Path,
) -> Result<(), Box<dyn Error>> {
    let lesson = |(writer, row): &(String, Labelled)| {
        Some(Lesson {
            features: Reading::new(row.text()?, phrases).features(phrases),
            classes: Some(classes(row)).filter(|classes| !classes.is_empty())?,
            writer: writer.clone(),
        })
    };
    let lessons: Vec<Lesson> = tickets.iter().filter_map(lesson).collect();
    let settings = Settings::default();
    let model = Fitted::new(&lessons.iter().collect::<Vec<_>>(), settings);
    let temperature = calibrate(&lessons, settings);
    let bytes = model.to_bytes(temperature);
    writeln!(
        std::io::stdout(),
        "{}: {} texts, temperature {temperature}, {} bytes",
        to.display(),
        lessons.len(),
        bytes.len()
    )?;
    std::fs::write(to, bytes)?;
    Ok(())
}

/// Every labelled ticket of a folder with its writer: each file is one.
fn tickets(folder: &Path) -> Result<Vec<(String, Labelled)>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    let mut tickets = Vec::new();
    for file in files {
        let input = std::io::BufReader::new(std::fs::File::open(&file)?);
        let (rows, wrong) = labelled::read(input)?;
        if let Some(error) = wrong.first() {
            return Err(format!("{}: {error}", file.display()).into());
        }
        let writer = file.display().to_string();
        tickets.extend(rows.into_iter().map(|row| (writer.clone(), row)));
    }
    Ok(tickets)
}

//! What can only be checked when every file has been read: files that nothing reads, and causes
//! that code tables name.

use crate::document::{Context, Diagnostic, code, nearest};

use super::codes::{CAUSE, COLUMNS};
use super::set::Cause;
use super::source::{RuleFile, RuleFiles};

/// The rule files of which a layer has one.
const SINGLE: [&str; 5] = [
    "facts.toml",
    "findings.toml",
    "gates.toml",
    "profile.toml",
    "words.toml",
];

/// Files that stand where no kind of rule file belongs: they would go unread without a word.
pub(super) fn unread(files: &RuleFiles) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !is_read(&file.path)) {
        let message = format!(
            "expected a rule file in its place, found `{}`, which nothing reads",
            file.path
        );
        let help = format!(
            "rule files are {}, causes/GROUP/ID.toml, formats/*.toml, phrases/*.toml, signals/*.toml, codes/gateways.toml and codes/*.tsv",
            SINGLE.join(", ")
        );
        let context = Context::new(&file.shown, &file.text);
        context.report(0, code::FILE, message, Some(help));
        found.extend(context.into_diagnostics());
    }
    found
}

/// Whether some reader takes the file at this path.
fn is_read(path: &str) -> bool {
    match path.split_once('/') {
        None => SINGLE.contains(&path),
        Some(("causes" | "formats" | "phrases" | "signals", name)) => name.ends_with(".toml"),
        Some(("codes", name)) => name == "gateways.toml" || name.ends_with(".tsv"),
        Some(_) => false,
    }
}

/// Causes that rows of code tables name and nobody declares. A rule set of one's own may leave out
/// causes that the built-in tables know.
pub(super) fn unknown_causes(files: &RuleFiles, causes: &[Cause]) -> Vec<Diagnostic> {
    let ids = || causes.iter().map(Cause::id);
    let own = |file: &&RuleFile| file.layer > 0 && file.path.ends_with(".tsv");
    let mut found = Vec::new();
    for file in files.under("codes/").filter(own) {
        let context = Context::new(&file.shown, &file.text);
        for (at, id) in causes_of_rows(&file.text) {
            if causes.is_empty() || ids().any(|known| known == id) {
                continue;
            }
            let message = format!("expected the id of a cause, found `{id}`");
            let help = nearest(id, ids()).map(|near| format!("did you mean `{near}`?"));
            context.report(at, code::UNKNOWN_ID, message, help);
        }
        found.extend(context.into_diagnostics());
    }
    found
}

/// The cause of every row that names one, with its place.
fn causes_of_rows(table: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let lines = table.split_inclusive('\n').enumerate();
    lines.filter_map(move |(number, line)| {
        let start = at;
        at += line.len();
        let cells: Vec<&str> = line.split('\t').collect();
        let whole = number > 0 && cells.len() == COLUMNS.len();
        let before: usize = cells.iter().take(CAUSE).map(|cell| cell.len() + 1).sum();
        let cause = cells.get(CAUSE).filter(|cell| whole && **cell != "-")?;
        Some((start + before, *cause))
    })
}

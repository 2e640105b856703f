//! Who may import whom: reads the `use crate::` lines and paths of every room.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every room with the rooms that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("document", &["text"]),
    ("facts", &["document", "text"]),
    ("rules", &["facts", "document", "text"]),
    ("reading", &["rules", "text"]),
    ("site", &["rules", "text"]),
    ("derive", &["site", "reading", "rules", "facts"]),
    ("diagnose", &["derive", "reading", "rules", "facts", "text"]),
    ("intake", &["rules", "facts", "document", "text"]),
    ("probe", &["facts", "text"]),
    (
        "batch",
        &[
            "intake", "diagnose", "derive", "reading", "rules", "facts", "text",
        ],
    ),
    (
        "trial",
        &["diagnose", "derive", "reading", "rules", "facts"],
    ),
    (
        "learn",
        &["diagnose", "derive", "intake", "reading", "rules", "facts"],
    ),
    (
        "report",
        &[
            "learn", "batch", "probe", "intake", "diagnose", "derive", "site", "reading", "rules",
            "facts", "text",
        ],
    ),
    (
        "cli",
        &[
            "learn", "trial", "report", "batch", "probe", "intake", "diagnose", "derive", "site",
            "reading", "rules", "facts", "document", "text",
        ],
    ),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a readable folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The room of a file: the first part of its path below `src`.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(source()).expect("a file below src");
    let first = below.components().next().expect("a first part");
    let name = first.as_os_str().to_string_lossy();
    name.trim_end_matches(".rs").to_owned()
}

/// Every `crate::ROOM` in a text.
fn imports(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    code.split("crate::")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn no_room_imports_a_later_one() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut all = Vec::new();
    files(&source(), &mut all);
    let mut wrong = Vec::new();
    for path in &all {
        let own = room(path);
        if own == "lib" || own == "main" {
            continue;
        }
        let may = allowed
            .get(own.as_str())
            .unwrap_or_else(|| panic!("the room `{own}` is not in MAY_IMPORT"));
        let text = fs::read_to_string(path).expect("a readable file");
        for import in imports(&text) {
            if import != own && !may.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn anyhow_stays_at_the_door_and_the_clock_in_settings() {
    let mut all = Vec::new();
    files(&source(), &mut all);
    for path in &all {
        let text = fs::read_to_string(path).expect("a readable file");
        let code: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let code = code.join("\n");
        if room(path) != "cli" {
            assert!(!code.contains("anyhow"), "{} uses anyhow", path.display());
        }
        if !path.ends_with("cli/settings.rs") {
            for clock in ["Local::now", "Utc::now", "SystemTime::now"] {
                assert!(!code.contains(clock), "{} reads the clock", path.display());
            }
        }
    }
}

#[test]
fn main_is_short_and_files_are_readable() {
    let main = fs::read_to_string(source().join("main.rs")).expect("main.rs");
    assert!(main.lines().count() <= 40);
    let mut all = Vec::new();
    files(&source(), &mut all);
    for path in &all {
        let lines = fs::read_to_string(path)
            .expect("a readable file")
            .lines()
            .count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

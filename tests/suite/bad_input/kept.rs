//! Bad inputs that were found once, by hand or by fuzzing, and are kept in `tests/malformed`: none
//! may panic, and each gets a diagnosis or a complaint with a place.

use std::fs;

use recharge_doctor::intake::IntakeError;
use recharge_doctor::rules::{RuleFiles, RuleSet};

use crate::support::{consult, repository};

/// The content of every file of a folder of `tests/malformed`, with its name.
fn kept(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = repository("tests/malformed").join(folder);
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a readable file");
            (path.display().to_string(), bytes)
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn kept_cases_are_diagnosed_or_refused_with_a_place() {
    for (name, bytes) in kept("case") {
        match consult(&bytes) {
            Ok(_) => assert!(name.contains("good"), "{name} was expected to be refused"),
            Err(
                IntakeError::Json { line, column, .. } | IntakeError::Encoding { line, column, .. },
            ) => {
                assert!(
                    line >= 1 && column >= 1 || line >= 2,
                    "{name}: line {line}, column {column}"
                );
                assert!(!name.contains("good"), "{name} was expected to be read");
            }
            Err(other) => panic!("{name}: {other}"),
        }
    }
}

/// The first line of a kept rule file is the path at which it is loaded.
#[test]
fn kept_rule_files_load_or_are_refused_with_a_place() {
    for (name, bytes) in kept("rules") {
        let text = String::from_utf8(bytes).expect("UTF-8 rule files");
        let (path, text) = text.split_once('\n').expect("a path in the first line");
        let mut files = RuleFiles::ground();
        files.add_layer([(path.to_owned(), text.to_owned())]);
        for one in RuleSet::check(&files).found {
            assert!(one.line >= 1 && one.column >= 1, "{name}: {one}");
        }
    }
}

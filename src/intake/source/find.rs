//! Which files are meant: paths, folders, patterns, standard input.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::SourceError;

/// Endings of files that a folder is searched for.
const ENDINGS: [&str; 11] = [
    "csv", "tsv", "txt", "json", "ndjson", "jsonl", "xlsx", "xls", "sql", "log", "zip",
];

/// Endings that stand after another one.
const PACKED: [&str; 2] = ["gz", "zst"];

/// How deep folders are followed.
const DEEPEST: usize = 8;

/// One input as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Input {
    /// How messages name it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "<stdin>".to_owned(),
        }
    }
}

/// The inputs that arguments name: `-` is standard input, a folder all log files below it in the
/// order of their names, a pattern with `*` all that fit.
///
/// # Errors
/// A folder or pattern without a file, a folder that cannot be listed, and the same file twice.
pub fn find_inputs(arguments: &[PathBuf]) -> Result<Vec<Input>, SourceError> {
    let mut inputs = Vec::new();
    for argument in arguments {
        if argument.as_os_str() == "-" {
            inputs.push(Input::Stdin);
        } else if argument.is_dir() {
            let before = inputs.len();
            list(argument, DEEPEST, &mut inputs)?;
            some_since(before, &inputs, argument)?;
        } else if !argument.exists() && is_pattern(argument) {
            let before = inputs.len();
            fitting(argument, &mut inputs);
            some_since(before, &inputs, argument)?;
        } else {
            inputs.push(Input::File(argument.clone()));
        }
    }
    refuse_twice(&inputs)?;
    Ok(inputs)
}

fn some_since(before: usize, inputs: &[Input], argument: &Path) -> Result<(), SourceError> {
    if inputs.len() > before {
        return Ok(());
    }
    Err(SourceError::None {
        name: argument.display().to_string(),
    })
}

fn list(folder: &Path, depth: usize, inputs: &mut Vec<Input>) -> Result<(), SourceError> {
    let failed = |source| SourceError::Read {
        name: folder.display().to_string(),
        source,
    };
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth > 0 {
                list(&path, depth - 1, inputs)?;
            }
        } else if is_log(&path) {
            inputs.push(Input::File(path));
        }
    }
    Ok(())
}

fn is_log(path: &Path) -> bool {
    let lower = path.to_string_lossy().to_lowercase();
    let bare = PACKED
        .iter()
        .find_map(|ending| lower.strip_suffix(&format!(".{ending}")))
        .unwrap_or(&lower);
    bare.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

/// Files that fit a pattern, for shells that leave patterns alone.
fn fitting(pattern: &Path, inputs: &mut Vec<Input>) {
    let found = glob::glob(&pattern.to_string_lossy());
    let paths = found.into_iter().flatten().filter_map(Result::ok);
    inputs.extend(paths.filter(|path| path.is_file()).map(Input::File));
}

fn refuse_twice(inputs: &[Input]) -> Result<(), SourceError> {
    let mut seen = HashSet::new();
    for input in inputs {
        let same = match input {
            Input::File(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
            Input::Stdin => PathBuf::from("-"),
        };
        if !seen.insert(same) {
            return Err(SourceError::Twice { name: input.name() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_patterns_name_their_files_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["b.csv", "a.csv.gz", "c.exe", "notes.md"] {
            std::fs::write(at(name), "x").expect("written");
        }
        let inputs = find_inputs(&[folder.path().to_owned()]).expect("inputs");
        let expected = [at("a.csv.gz"), at("b.csv")].map(Input::File);
        assert_eq!(inputs, expected);
        let inputs = find_inputs(&[at("*.csv")]).expect("inputs");
        assert_eq!(inputs, [Input::File(at("b.csv"))]);
        let none = find_inputs(&[at("*.xls")]);
        assert!(matches!(none, Err(SourceError::None { .. })));
        let twice = find_inputs(&[at("b.csv"), folder.path().join("./b.csv")]);
        assert!(matches!(twice, Err(SourceError::Twice { .. })));
    }
}

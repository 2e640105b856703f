//! `rules new`: a cause and its signal to fill in. They pass `rules check` and `rules test` as they
//! are, so that an author starts from something that works.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::exit::{Exit, Failure};

pub(super) fn run(id: &str, group: &str, folder: &Path, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    for (what, name) in [("id", id), ("group", group)] {
        if !is_kebab_case(name) {
            let message =
                format!("expected a kebab-case {what} such as `single-limit`, found `{name}`");
            return Err(Failure::new(message, None).into());
        }
    }
    let name = format!("{id}.toml");
    let filled = |template: &str| {
        let signal = id.replace('-', "_");
        let text = template.replace("{id}", id).replace("{group}", group);
        text.replace("{signal}", &signal)
    };
    for (within, template) in [
        (Path::new("causes").join(group), CAUSE),
        (Path::new("signals").to_owned(), SIGNAL),
    ] {
        let path = write_new(&folder.join(within), &name, &filled(template))?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(Exit::Clear)
}

/// Writes a file that must not be there yet; gives its path.
fn write_new(folder: &Path, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    fs::create_dir_all(folder)
        .with_context(|| format!("expected to create the folder {}", folder.display()))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("expected to create the new file {}", path.display()))?;
    file.write_all(text.as_bytes())
        .with_context(|| format!("while writing {}", path.display()))?;
    Ok(path)
}

fn is_kebab_case(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    name.split('-').all(part)
}

/// A cause file that is right in form; its counts and texts are for the author to replace.
const CAUSE: &str = include_str!("new_cause.toml");

/// The signal that the cause file names.
const SIGNAL: &str = include_str!("new_signal.toml");

//! `rules new`: a cause file to fill in. It loads as it is; `rules check` names the examples that
//! it still needs.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

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
    let folder = folder.join("causes").join(group);
    let path = folder.join(format!("{id}.toml"));
    fs::create_dir_all(&folder)
        .with_context(|| format!("expected to create the folder {}", folder.display()))?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("expected to create the new file {}", path.display()))?;
    file.write_all(
        TEMPLATE
            .replace("{id}", id)
            .replace("{group}", group)
            .as_bytes(),
    )
    .with_context(|| format!("while writing {}", path.display()))?;
    writeln!(out, "{}", path.display())?;
    Ok(Exit::Clear)
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
const TEMPLATE: &str = include_str!("new_cause.toml");

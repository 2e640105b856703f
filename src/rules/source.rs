//! Where rule files come from: the built-in list, then each `--rules` folder as a layer on top.
//! What a later layer declares replaces what an earlier one declares under the same id; the
//! fingerprint names the set that was used.

use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::text::hexadecimal;

use super::embedded::{BUILT_IN, BUILT_IN_FORMATS, BUILT_IN_MONEY, BUILT_IN_WORDING};
use super::model::{Model, ModelError, Models};

/// The rule files of one run, layer by layer.
#[derive(Debug, Clone, Default)]
pub struct RuleFiles {
    files: Vec<RuleFile>,
    models: Models,
    layers: usize,
}

/// One rule file.
#[derive(Debug, Clone)]
pub struct RuleFile {
    /// Path relative to its rules folder (`causes/payment/single-limit.toml`).
    pub path: String,
    /// 0 for built-in files, then one for each folder.
    pub layer: usize,
    /// How messages name it: the relative path of a built-in file, else the path on disk.
    pub shown: String,
    /// Its text.
    pub text: std::borrow::Cow<'static, str>,
}

/// A rules folder that cannot be read.
#[derive(Debug, Error)]
pub enum RuleSourceError {
    /// The folder is missing, is not a folder, or cannot be listed.
    #[error("expected a folder of rule files, but {path} cannot be listed")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file cannot be read.
    #[error("expected a readable file, but {path} cannot be read")]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A file is too large to be a rule file.
    #[error("expected a file of at most {limit} bytes, but {path} has more")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// The largest size in bytes.
        limit: u64,
    },
    /// A file is not UTF-8.
    #[error("expected UTF-8 text, but {path} has other bytes at offset {offset}")]
    Encoding {
        /// The file.
        path: PathBuf,
        /// Byte offset of the first wrong byte.
        offset: usize,
    },
    /// A model of words cannot be used.
    #[error("while reading {path}")]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ModelError,
    },
    /// The folder holds no file that a rules folder may hold.
    #[error(
        "expected rule files (facts.toml, findings.toml, gates.toml, profile.toml, signals/, causes/, codes/, formats/, phrases/) in {path}, found none"
    )]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

/// The largest rule file, in bytes: ten times the largest built-in one.
const LARGEST_FILE: u64 = 1 << 20;

/// How deep folders are followed: `causes/GROUP/ID.toml` needs two.
const DEEPEST: usize = 4;

impl RuleFiles {
    /// The files that are built into the program.
    #[must_use]
    pub fn built_in() -> Self {
        let files = BUILT_IN.iter().chain(BUILT_IN_FORMATS);
        let files = files.map(|(path, text)| RuleFile {
            path: (*path).to_owned(),
            layer: 0,
            shown: format!("rules/{path}"),
            text: std::borrow::Cow::Borrowed(*text),
        });
        let mut files: Vec<RuleFile> = files.collect();
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Self {
            files,
            // A test reads the built-in models.
            models: Models {
                wording: Model::read(BUILT_IN_WORDING.into()).ok(),
                money: Model::read(BUILT_IN_MONEY.into()).ok(),
            },
            layers: 1,
        }
    }

    /// What words speak for: each model from the last folder that has it, else the built-in one.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// The built-in files without causes, signals and gates: catalogue, code tables, profile.
    ///
    /// This is what `--no-builtin-rules` leaves: the ground that every rule stands on.
    #[must_use]
    pub fn ground() -> Self {
        let mut all = Self::built_in();
        all.files.retain(|file| {
            !file.path.starts_with("causes/")
                && !file.path.starts_with("signals/")
                && !file.path.starts_with("phrases/")
                && file.path != "gates.toml"
        });
        all.models = Models::default();
        all
    }

    /// Adds files as a new layer: pairs of relative path and text, for tests and tools.
    pub fn add_layer(&mut self, files: impl IntoIterator<Item = (String, String)>) {
        let layer = self.layers;
        self.layers += 1;
        self.files
            .extend(files.into_iter().map(|(path, text)| RuleFile {
                shown: path.clone(),
                path,
                layer,
                text: text.into(),
            }));
    }

    /// Adds the files of a folder as a new layer.
    ///
    /// # Errors
    /// The first file or folder that cannot be read.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), RuleSourceError> {
        let mut found = Vec::new();
        collect(folder, folder, DEEPEST, &mut found)?;
        let wording = read_model(&folder.join(WORDING))?;
        let money = read_model(&folder.join(MONEY))?;
        if found.is_empty() && wording.is_none() && money.is_none() {
            return Err(RuleSourceError::Empty {
                path: folder.to_owned(),
            });
        }
        self.models.wording = wording.or(self.models.wording.take());
        self.models.money = money.or(self.models.money.take());
        let layer = self.layers;
        self.layers += 1;
        for (relative, path) in found {
            self.files.push(RuleFile {
                path: relative,
                layer,
                shown: path.display().to_string(),
                text: read_rule_file(&path)?.into(),
            });
        }
        Ok(())
    }

    /// Every file, layer by layer, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = &RuleFile> {
        self.files.iter()
    }

    /// The files of one folder of the rules, for example `causes/`.
    pub fn under(&self, prefix: &str) -> impl Iterator<Item = &RuleFile> {
        self.files
            .iter()
            .filter(move |file| file.path.starts_with(prefix))
    }

    /// `sha256:` and 64 hexadecimal digits over all paths and texts (FIPS 180-4).
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            for part in [file.path.as_str(), &file.text] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part.as_bytes());
            }
        }
        for model in [&self.models.wording, &self.models.money]
            .into_iter()
            .flatten()
        {
            hash.update(model.digest());
        }
        format!("sha256:{}", hexadecimal(&hash.finalize()))
    }
}

/// The names of the models of words in a rules folder.
const WORDING: &str = "wording.model";
const MONEY: &str = "money.model";

/// The largest model, in bytes: twice what the built-in one may have.
const LARGEST_MODEL: u64 = 4 << 20;

/// Reads the model of a folder, if it has one.
fn read_model(path: &Path) -> Result<Option<Model>, RuleSourceError> {
    if !path.exists() {
        return Ok(None);
    }
    let cannot = |source| RuleSourceError::File {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_MODEL)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    let wrong = |source| RuleSourceError::Model {
        path: path.to_owned(),
        source,
    };
    let model = Model::read(bytes.into()).map_err(wrong)?;
    if model.is_whole() {
        Ok(Some(model))
    } else {
        Err(wrong(ModelError::Damaged))
    }
}

/// Whether a path looks like a rule file: the loader complains of those that stand elsewhere. What
/// else a folder holds, such as a README, and hidden files are passed over.
fn is_rule_file(relative: &str) -> bool {
    let hidden = relative.split('/').any(|part| part.starts_with('.'));
    !hidden && (relative.ends_with(".toml") || relative.ends_with(".tsv"))
}

fn collect(
    root: &Path,
    folder: &Path,
    depth: usize,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), RuleSourceError> {
    let cannot = |source| RuleSourceError::Folder {
        path: folder.to_owned(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.is_dir() {
            if depth > 0 {
                collect(root, &path, depth - 1, found)?;
            }
            continue;
        }
        let relative = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        if is_rule_file(&relative) {
            found.push((relative, path));
        }
    }
    found.sort();
    Ok(())
}

/// Reads a rule file or profile: UTF-8 text of bounded size.
///
/// # Errors
/// What cannot be read, is too large, or is not UTF-8.
pub fn read_rule_file(path: &Path) -> Result<String, RuleSourceError> {
    let cannot = |source| RuleSourceError::File {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    let size = bytes.len() as u64;
    if size > LARGEST_FILE {
        return Err(RuleSourceError::TooLarge {
            path: path.to_owned(),
            size,
            limit: LARGEST_FILE,
        });
    }
    String::from_utf8(bytes).map_err(|error| RuleSourceError::Encoding {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })
}

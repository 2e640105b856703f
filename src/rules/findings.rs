//! What a network probe can find, in words: `findings.toml`. Read only where a probe runs.

use std::collections::BTreeMap;

use crate::document::{Context, Diagnostic, TableReader};
use crate::text::Text;

use super::source::RuleFiles;

/// What stops or troubles a stage, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingText {
    /// Why it stops there, in one sentence.
    pub why: Text,
    /// What to do.
    pub fix: Text,
}

/// Findings by their id, `stage.word`.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    findings: BTreeMap<String, FindingText>,
}

impl Findings {
    /// Reads them from rule files; later files replace findings by id.
    ///
    /// # Errors
    /// Every mistake, with its place.
    pub fn load(files: &RuleFiles) -> Result<Self, Vec<Diagnostic>> {
        let mut all = Self::default();
        let mut found = Vec::new();
        for file in files.under("findings.toml") {
            let context = Context::new(&file.shown, &file.text);
            all.extend(&context);
            found.extend(context.into_diagnostics());
        }
        if found.is_empty() {
            Ok(all)
        } else {
            Err(found)
        }
    }

    fn extend(&mut self, context: &Context<'_>) {
        let root = context.parse();
        let mut reader = TableReader::root(context, &root, "the findings of a probe");
        for mut table in reader.tables("finding", "a finding") {
            let id = table.string("id");
            let why = table.text("why");
            let fix = table.text("fix");
            table.finish();
            if let Some(id) = id {
                self.findings
                    .insert(id.value.to_owned(), FindingText { why, fix });
            }
        }
        reader.finish();
    }

    /// The texts of a finding.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&FindingText> {
        self.findings.get(id)
    }

    /// The ids of all findings, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.findings.keys().map(String::as_str)
    }
}

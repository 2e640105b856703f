//! The words of reports, in both languages: headings, labels and sentences that are not rules.

use std::collections::BTreeMap;

use crate::document::{Context, TableReader};
use crate::text::Text;

/// Words by key.
#[derive(Debug, Clone, Default)]
pub struct Words {
    words: BTreeMap<String, Text>,
}

impl Words {
    /// Reads `words.toml`: `[word]` with one text a key.
    pub(super) fn extend(&mut self, context: &Context<'_>) {
        let root = context.parse();
        let mut reader = TableReader::root(context, &root, "the words of reports");
        for mut word in reader.tables("word", "a word") {
            let key = word.string("key");
            let text = word.languages(key.as_ref().map_or("word", |key| key.value));
            word.finish();
            if let Some(key) = key {
                self.words.insert(key.value.to_owned(), text);
            }
        }
        reader.finish();
    }

    /// The text of a key; none where `words.toml` lacks it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Text> {
        self.words.get(key)
    }
}

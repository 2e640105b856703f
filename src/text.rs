//! Texts for people: every one exists in Chinese and in English.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// A text in both languages of the product. Neither may be empty in a rule file; the loader checks that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// FNV-1a with 32 bits (Fowler, Noll, Vo; draft-eastlake-fnv): short, and the same on every machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fnv(u32);

impl Default for Fnv {
    fn default() -> Self {
        Self(0x811c_9dc5)
    }
}

impl Fnv {
    /// Takes more bytes in.
    pub(crate) fn eat(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }

    /// The hash of everything taken in.
    pub(crate) fn value(self) -> u32 {
        self.0
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Text {
    /// What stands in its `{…}`, in both languages.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        let parts = [&self.zh, &self.en].into_iter();
        let parts = parts.flat_map(|text| text.split('{').skip(1));
        parts.filter_map(|part| Some(part.split_once('}')?.0))
    }

    /// The text in one language.
    #[must_use]
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::Zh => &self.zh,
            Locale::En => &self.en,
        }
    }
}

/// The language of everything a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

/// Bidirectional controls (UAX 9), zero-width and other format characters, tags, and separators
/// that a terminal takes for a line end.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

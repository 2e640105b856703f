//! Typed reads of one table, each key once; what nobody asked for is a mistake.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::Text;

use super::context::Context;
use super::diagnostic::code;
use super::nearest;

/// A value with the byte offset at which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it begins.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
}

impl Located<&str> {
    /// The same with a text of its own.
    #[must_use]
    pub fn owned(self) -> Located<String> {
        Located {
            value: self.value.to_owned(),
            at: self.at,
            end: self.end,
        }
    }
}

/// Reads the keys of one table, each once; what nobody asked for is a mistake.
#[derive(Debug)]
pub struct TableReader<'a, 's> {
    context: &'a Context<'s>,
    table: &'a DeTable<'s>,
    at: usize,
    what: &'static str,
    asked: Vec<&'static str>,
}

impl<'a, 's> TableReader<'a, 's> {
    /// A reader for the root of a file; `what` names it in messages, for example "a cause".
    #[must_use]
    pub fn root(
        context: &'a Context<'s>,
        root: &'a Spanned<DeTable<'s>>,
        what: &'static str,
    ) -> Self {
        Self {
            context,
            table: root.get_ref(),
            at: 0,
            what,
            asked: Vec::new(),
        }
    }

    /// The byte offset at which the table begins.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The context of the file.
    #[must_use]
    pub fn context(&self) -> &'a Context<'s> {
        self.context
    }

    /// The raw value of a key, if it is there.
    pub fn raw(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'s>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    fn required(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'s>>> {
        let found = self.raw(key);
        if found.is_none() {
            let message = format!("expected the key `{key}` in {}, found none", self.what);
            self.context
                .report(self.at, code::MISSING_KEY, message, None);
        }
        found
    }

    fn wrong(&self, key: &str, expected: &str, value: &Spanned<DeValue<'s>>) {
        let message = format!(
            "expected {expected} for `{key}`, found {}",
            kind(value.get_ref())
        );
        self.context
            .report(value.span().start, code::WRONG_TYPE, message, None);
    }

    fn as_string(&self, key: &str, value: &'a Spanned<DeValue<'s>>) -> Option<Located<&'a str>> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(key, "a string", value);
            return None;
        };
        // Rule texts reach terminals and pages as they are, so they must be harmless themselves.
        if let Some(control) = text
            .chars()
            .find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        {
            let message = format!(
                "expected a text without control characters for `{key}`, found U+{:04X}",
                u32::from(control)
            );
            self.context
                .report(value.span().start, code::BAD_VALUE, message, None);
        }
        Some(Located {
            value: text,
            at: value.span().start,
            end: value.span().end,
        })
    }

    /// A string that must be there.
    pub fn string(&mut self, key: &'static str) -> Option<Located<&'a str>> {
        let value = self.required(key)?;
        self.as_string(key, value)
    }

    /// A string that may be there.
    pub fn opt_string(&mut self, key: &'static str) -> Option<Located<&'a str>> {
        let value = self.raw(key)?;
        self.as_string(key, value)
    }

    /// One of a closed list of words; the word's position in the list.
    pub fn word(&mut self, key: &'static str, words: &[&str]) -> Option<usize> {
        let found = self.string(key)?;
        let position = words.iter().position(|word| *word == found.value);
        if position.is_none() {
            let message = format!(
                "expected one of {} for `{key}`, found `{}`",
                words.join(", "),
                found.value
            );
            let help = nearest(found.value, words.iter().copied())
                .map(|near| format!("did you mean `{near}`?"));
            self.context
                .report(found.at, code::BAD_VALUE, message, help);
        }
        position
    }

    /// A yes or no; `default` where the key is absent.
    pub fn bool_or(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.raw(key) else {
            return default;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(key, "true or false", value);
            default
        })
    }

    /// A number within a range, whole or not; none where the key is absent.
    pub fn opt_number(&mut self, key: &'static str, range: Range<f64>) -> Option<f64> {
        let value = self.raw(key)?;
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => {
                self.wrong(key, "a number", value);
                return None;
            }
        };
        let number: Option<f64> = text.replace('_', "").parse().ok();
        let inside = number.filter(|n| range.contains(n) || *n == range.end);
        if inside.is_none() {
            let message = format!(
                "expected a number from {} to {} for `{key}`, found {text}",
                range.start, range.end
            );
            self.context
                .report(value.span().start, code::BAD_VALUE, message, None);
        }
        inside
    }

    /// A number that must be there.
    pub fn number(&mut self, key: &'static str, range: Range<f64>) -> Option<f64> {
        if !self.table.contains_key(key) {
            self.required(key);
            return None;
        }
        self.opt_number(key, range)
    }

    /// A whole number that must be there.
    pub fn whole(&mut self, key: &'static str, range: Range<f64>) -> Option<i64> {
        let at = self
            .table
            .get(key)
            .map_or(self.at, |value| value.span().start);
        let number = self.number(key, range)?;
        if number.fract() != 0.0 {
            let message = format!("expected a whole number for `{key}`, found {number}");
            self.context.report(at, code::BAD_VALUE, message, None);
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and inside a small range"
        )]
        Some(number as i64)
    }

    /// A list of strings; empty where the key is absent.
    pub fn strings(&mut self, key: &'static str) -> Vec<Located<&'a str>> {
        let Some(value) = self.raw(key) else {
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(key, "a list of strings", value);
            return Vec::new();
        };
        list.iter()
            .filter_map(|item| self.as_string(key, item))
            .collect()
    }

    /// A text in both languages that must be there.
    pub fn text(&mut self, key: &'static str) -> Text {
        match self.required(key) {
            Some(value) => self.as_text(key, value),
            None => Text::default(),
        }
    }

    /// A text in both languages that may be there.
    pub fn opt_text(&mut self, key: &'static str) -> Option<Text> {
        let value = self.raw(key)?;
        Some(self.as_text(key, value))
    }

    fn as_text(&self, key: &'static str, value: &'a Spanned<DeValue<'s>>) -> Text {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(
                key,
                "a text in both languages, { zh = \"…\", en = \"…\" }",
                value,
            );
            return Text::default();
        };
        let mut reader = self.inner(table, value.span().start, "a text");
        let text = reader.languages(key);
        reader.finish();
        text
    }

    /// The text whose languages are keys of this table; `key` names it in messages.
    pub fn languages(&mut self, key: &str) -> Text {
        Text {
            zh: self.language(key, "zh"),
            en: self.language(key, "en"),
        }
    }

    fn language(&mut self, key: &str, language: &'static str) -> String {
        let Some(found) = self.string(language) else {
            return String::new();
        };
        if found.value.trim().is_empty() {
            let message =
                format!("expected a text for `{key}` in `{language}`, found an empty one");
            self.context
                .report(found.at, code::EMPTY_TEXT, message, None);
        }
        found.value.to_owned()
    }

    /// A table that must be there.
    pub fn table(&mut self, key: &'static str, what: &'static str) -> Option<TableReader<'a, 's>> {
        let value = self.required(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(key, "a table", value);
            return None;
        };
        Some(self.inner(table, value.span().start, what))
    }

    /// A table that may be there.
    pub fn opt_table(
        &mut self,
        key: &'static str,
        what: &'static str,
    ) -> Option<TableReader<'a, 's>> {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            return None;
        }
        self.table(key, what)
    }

    /// A list of tables; empty where the key is absent.
    pub fn tables(&mut self, key: &'static str, what: &'static str) -> Vec<TableReader<'a, 's>> {
        let Some(value) = self.raw(key) else {
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(key, "a list of tables", value);
            return Vec::new();
        };
        let mut readers = Vec::with_capacity(list.len());
        for item in list {
            match item.get_ref().as_table() {
                Some(table) => readers.push(self.inner(table, item.span().start, what)),
                None => self.wrong(key, "a table", item),
            }
        }
        readers
    }

    /// Every key of the table with its value, for tables whose keys are data.
    pub fn entries(&mut self) -> Vec<(Located<&'a str>, &'a Spanned<DeValue<'s>>)> {
        self.asked.clear();
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                let name = Located {
                    value: key.get_ref().as_ref(),
                    at: key.span().start,
                    end: key.span().end,
                };
                (name, value)
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.at);
        entries
    }

    fn inner(&self, table: &'a DeTable<'s>, at: usize, what: &'static str) -> TableReader<'a, 's> {
        TableReader {
            context: self.context,
            table,
            at,
            what,
            asked: Vec::new(),
        }
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let message = format!("expected no key `{name}` in {}", self.what);
            let help = match nearest(name, self.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys are {}", self.asked.join(", ")),
            };
            self.context
                .report(key.span().start, code::UNKNOWN_KEY, message, Some(help));
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

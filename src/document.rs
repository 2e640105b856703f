//! TOML documents with places: text comes in, typed reads go out, and every mistake becomes a
//! [`Diagnostic`] with file, line and column. Reading never stops at the first mistake.
//!
//! Serde is not used for rule files because it stops at the first error and loses the places.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::Text;

/// One mistake in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Path of the file as the loader names it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Stable code, `R` and three digits; never reused.
    pub code: &'static str,
    /// What was expected and what was found.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {} {}",
            self.file, self.line, self.column, self.code, self.message
        )?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// The stable codes of diagnostics, by what they are about. Numbers are never reused.
pub mod code {
    /// Not TOML.
    pub const SYNTAX: &str = "R001";
    /// A key that this kind of file does not have.
    pub const UNKNOWN_KEY: &str = "R002";
    /// A key that must be there is not.
    pub const MISSING_KEY: &str = "R003";
    /// A value of another type than expected.
    pub const WRONG_TYPE: &str = "R004";
    /// A value outside its range or list.
    pub const BAD_VALUE: &str = "R005";
    /// A text for people that is empty in one language.
    pub const EMPTY_TEXT: &str = "R006";
    /// A file that is not where this kind of file belongs, or cannot be read.
    pub const FILE: &str = "R007";
    /// The same id or key twice.
    pub const DUPLICATE: &str = "R010";
    /// An id that nothing has.
    pub const UNKNOWN_ID: &str = "R011";
    /// An id that does not equal the name of its file.
    pub const ID_NOT_FILE: &str = "R012";
    /// A condition that is wrong.
    pub const CONDITION: &str = "R020";
    /// A condition that does not give true or false.
    pub const NOT_A_CONDITION: &str = "R021";
    /// An example that cannot be read as a case.
    pub const EXAMPLE: &str = "R030";
    /// A cause lacks one of the three kinds of examples.
    pub const EXAMPLES_MISSING: &str = "R031";
    /// Evidence that says nothing: seen as often with the cause as without it.
    pub const NO_WEIGHT: &str = "R032";
    /// A row of a code table that cannot be read.
    pub const CODE_ROW: &str = "R040";
}

/// What every reader of one file shares: its name, its text, and the mistakes found so far.
#[derive(Debug)]
pub struct Context<'s> {
    file: Arc<str>,
    source: &'s str,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'s> Context<'s> {
    /// A context for one file.
    #[must_use]
    pub fn new(file: &str, source: &'s str) -> Self {
        Self {
            file: Arc::from(file),
            source,
            found: RefCell::new(Vec::new()),
        }
    }

    /// The file's name.
    #[must_use]
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Adds a mistake at a byte offset.
    pub fn report(&self, at: usize, code: &'static str, message: String, help: Option<String>) {
        let (line, column) = line_column(self.source, at);
        self.found.borrow_mut().push(Diagnostic {
            file: self.file.clone(),
            line,
            column,
            code,
            message,
            help,
        });
    }

    /// The text between two byte offsets.
    #[must_use]
    pub fn slice(&self, span: Range<usize>) -> &'s str {
        self.source.get(span).unwrap_or_default()
    }

    /// Takes the mistakes, in the order of their places.
    #[must_use]
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        found.sort();
        found
    }

    /// Parses the file; syntax errors are reported and the rest is read as far as possible.
    #[must_use]
    pub fn parse(&self) -> Spanned<DeTable<'s>> {
        let (root, errors) = DeTable::parse_recoverable(self.source);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            self.report(
                at,
                code::SYNTAX,
                format!(
                    "expected TOML, found a syntax error: {}",
                    one_line(error.message())
                ),
                None,
            );
        }
        root
    }
}

/// Line and column (in characters), both from 1, of a byte offset.
#[must_use]
pub fn line_column(source: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let before = &source[..at];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

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
        let text = Text {
            zh: reader.language(key, "zh"),
            en: reader.language(key, "en"),
        };
        reader.finish();
        text
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

/// The name nearest to a mistyped one, where one is near enough to be worth suggesting.
///
/// Damerau-Levenshtein distance of at most a third of the length, and at most three.
pub fn nearest<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    names
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostics(source: &str, read: impl FnOnce(&mut TableReader<'_, '_>)) -> Vec<String> {
        let context = Context::new("x.toml", source);
        let root = context.parse();
        let mut reader = TableReader::root(&context, &root, "a test");
        read(&mut reader);
        reader.finish();
        context
            .into_diagnostics()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn reports_every_mistake_with_its_place() {
        let source = "idd = 'a'\nseen = 'x'\ntitle = { zh = '', en = 'b' }\n";
        let found = diagnostics(source, |reader| {
            reader.string("id");
            reader.number("seen", 0.0..100.0);
            reader.text("title");
        });
        assert_eq!(found.len(), 4, "{found:#?}");
        assert!(found[0].starts_with("x.toml:1:1: R002"));
        assert!(found[0].contains("did you mean `id`?"));
        assert!(found[1].starts_with("x.toml:1:1: R003"));
        assert!(found[2].starts_with("x.toml:2:8: R004"));
        assert!(found[3].starts_with("x.toml:3:16: R006"));
    }

    #[test]
    fn syntax_errors_do_not_hide_the_rest() {
        let found = diagnostics("a = \nseen = 300\n", |reader| {
            reader.raw("a");
            reader.number("seen", 0.0..100.0);
        });
        assert!(found.iter().any(|line| line.contains("R001")));
        assert!(found.iter().any(|line| line.contains("R005")));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_column("充值\n金额 x", 14), (2, 4));
        assert_eq!(line_column("ab", 99), (1, 3));
    }
}

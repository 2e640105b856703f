//! One file while it is read: its name, its text, and the mistakes found so far.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use super::diagnostic::{Diagnostic, code};

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

    /// Byte offset of the first occurrence of a text; the beginning of the file where there is none.
    #[must_use]
    pub fn find(&self, text: &str) -> usize {
        self.source.find(text).unwrap_or(0)
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

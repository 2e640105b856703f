//! What a mistake in a rule file says, and the stable codes of mistakes.

use std::fmt;
use std::sync::Arc;

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
    /// A pattern of a phrase that is not well formed.
    pub const PATTERN: &str = "R050";
    /// Official names that one typing error turns into each other.
    pub const CLOSE_NAMES: &str = "R060";
    /// A row of a code table that cannot be read.
    pub const CODE_ROW: &str = "R040";
}

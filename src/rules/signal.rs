//! Signals: named yes / no / unknown conditions that all causes share.

use crate::document::{Context, Located, TableReader};
use crate::text::Text;

/// A condition as a file spells it, with the place needed to report what is wrong with it.
#[derive(Debug, Clone)]
pub struct ConditionSource {
    /// The expression.
    pub text: String,
    /// Byte offset of the expression in its file.
    pub at: usize,
    /// Whether `at` is the exact place of the first character (no escapes in between).
    pub exact: bool,
}

impl ConditionSource {
    /// Takes the expression of a TOML string, looking for its first character in the file.
    #[must_use]
    pub fn new(found: &Located<&str>, context: &Context<'_>) -> Self {
        let raw = context.slice(found.at..found.end);
        let inside = raw.find(found.value);
        Self {
            text: found.value.to_owned(),
            at: found.at + inside.unwrap_or(0),
            exact: inside.is_some(),
        }
    }

    /// Whether the condition names the identifier `this`.
    pub(super) fn speaks_of_this(&self) -> bool {
        self.text
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "this")
    }

    /// Stands in for a condition that is missing from the table at this byte offset.
    fn missing(at: usize) -> Self {
        Self {
            text: "true".to_owned(),
            at,
            exact: false,
        }
    }

    /// Byte offset in the file of a byte offset in the expression.
    #[must_use]
    pub fn place(&self, offset: usize) -> usize {
        if self.exact {
            self.at + offset
        } else {
            self.at
        }
    }
}

/// The declaration of a signal.
#[derive(Debug, Clone)]
pub struct SignalSource {
    /// Its id, `snake_case`.
    pub id: String,
    /// Where it is declared.
    pub at: usize,
    /// The condition; `this` in it stands for the id of the cause that uses the signal.
    pub when: ConditionSource,
    /// Of 100 failed recharges with another cause, how many show it; 0 to 100, ends excluded.
    pub base: f64,
    /// What it means that the condition is true; `{fact.key}` is replaced by the value.
    pub yes: Text,
    /// What it means that the condition is false.
    pub no: Text,
}

/// Reads the signals of one file.
pub(super) fn read_signals(context: &Context<'_>) -> Vec<SignalSource> {
    let root = context.parse();
    let mut reader = TableReader::root(context, &root, "a signal file");
    let signals = reader
        .tables("signal", "a signal")
        .into_iter()
        .filter_map(|table| read_signal(table, context));
    let signals = signals.collect();
    reader.finish();
    signals
}

/// Counts of 0 and 100 would be certainty; only `excluded_by` and `confirmed_by` are absolute.
pub(super) const COUNT: std::ops::Range<f64> = 0.01..99.9;

fn read_signal(mut table: TableReader<'_, '_>, context: &Context<'_>) -> Option<SignalSource> {
    let at = table.at();
    let id = table.string("id");
    let when = table.string("when");
    let when = when.map(|found| ConditionSource::new(&found, context));
    let base = table.number("base", COUNT);
    let yes = table.text("yes");
    let no = table.text("no");
    table.finish();
    Some(SignalSource {
        id: id?.value.to_owned(),
        at,
        // What is missing is reported; the signal is declared all the same, so that its id is known.
        when: when.unwrap_or_else(|| ConditionSource::missing(at)),
        base: base.unwrap_or(1.0),
        yes,
        no,
    })
}

//! What one record says.

use crate::facts::{FactKey, FactValue, Moment};

/// A cell that could not be used; its fact stays unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The column.
    pub column: String,
    /// What was expected and found.
    pub message: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What is odd about a whole record has no column.
        if self.column.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.column, self.message)
    }
}

/// What is read of records.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'k> {
    /// Facts, and what a survey of the file asks besides.
    Everything,
    /// Facts.
    Facts,
    /// These facts.
    Only(&'k [FactKey]),
}

/// Which way money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// It left the owner of the file.
    Out,
    /// It came to the owner of the file.
    In,
    /// Neither, or both.
    Neutral,
}

/// What one record says beside its facts.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The words of the status columns, as the file has them.
    pub status_word: String,
    /// The canonical state that they mean.
    pub status: Option<FactValue>,
    /// Which way money went.
    pub flow: Option<Flow>,
    /// The amount of the record, in fen.
    pub amount: Option<i64>,
    /// When it was, as far as the record tells; for periods.
    pub time: Option<Moment>,
    /// The day where there is no clock: `2024-01-02`.
    pub day: Option<String>,
    /// Cells that could not be used.
    pub complaints: Vec<Complaint>,
    /// Whether it is a line of a log that tells of no failure: it has no state and no error.
    pub left_out: bool,
    /// Whether its status word means nothing known.
    pub unlisted: bool,
}

impl Row {
    /// Forgets the record before.
    pub fn clear(&mut self) {
        self.status_word.clear();
        self.status = None;
        self.flow = None;
        self.amount = None;
        self.time = None;
        self.day = None;
        self.complaints.clear();
        self.left_out = false;
        self.unlisted = false;
    }
}

//! How a run ends, and the help that goes with an error.

use std::process::ExitCode;

use thiserror::Error;

use crate::intake::IntakeError;

/// The exit codes of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done and clear.
    Clear,
    /// 1: something to look at: an undetermined case, findings, failed examples.
    Look,
    /// 2: could not do it: usage, input, rules.
    Impossible,
}

impl Exit {
    /// The code that the operating system gets.
    #[must_use]
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Clear => 0,
            Self::Look => 1,
            Self::Impossible => 2,
        })
    }
}

/// Something the user asked for that cannot be done, with what to do instead.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct Failure {
    /// What was expected and what was found.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Failure {
    /// A failure with help.
    #[must_use]
    pub fn new(message: String, help: Option<String>) -> Self {
        Self { message, help }
    }
}

/// What to do about an error, from the places that know.
pub(super) fn help_of(error: &anyhow::Error) -> Vec<String> {
    let helps = error.chain().filter_map(|cause| {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return failure.help.clone();
        }
        let intake = cause.downcast_ref::<IntakeError>()?;
        intake.help().map(str::to_owned)
    });
    helps.collect()
}

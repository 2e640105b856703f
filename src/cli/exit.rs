//! How a run ends, and the help that goes with an error.

use std::io;
use std::process::ExitCode;

use thiserror::Error;

use crate::intake::picture::PictureError;
use crate::intake::source::SourceError;
use crate::intake::{ExportError, IntakeError};
use crate::rules::RuleSourceError;

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
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return help_of_io(error.kind()).map(str::to_owned);
        }
        if let Some(error) = cause.downcast_ref::<RuleSourceError>() {
            return help_of_rules(error).map(str::to_owned);
        }
        if let Some(error) = cause.downcast_ref::<ExportError>() {
            return error.help();
        }
        if let Some(error) = cause.downcast_ref::<SourceError>() {
            return error.help().map(str::to_owned);
        }
        if let Some(error) = cause.downcast_ref::<PictureError>() {
            return error.help().map(str::to_owned);
        }
        let intake = cause.downcast_ref::<IntakeError>()?;
        intake.help().map(str::to_owned)
    });
    helps.collect()
}

/// What to do about a rule file or profile that cannot be used as it is.
fn help_of_rules(error: &RuleSourceError) -> Option<&'static str> {
    Some(match error {
        RuleSourceError::Encoding { .. } => "save the file as UTF-8",
        RuleSourceError::TooLarge { .. } => "split the file, or check that it is the right one",
        RuleSourceError::Empty { .. } => "`recharge-doctor rules new` makes a first file",
        // The operating system's reason stands behind it and has its own help.
        RuleSourceError::Model { .. } => "make the model anew, or remove the file",
        RuleSourceError::Folder { .. } | RuleSourceError::File { .. } => return None,
    })
}

/// What to do about a file that the operating system refuses.
fn help_of_io(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "check the path; it counts from the current folder",
        io::ErrorKind::IsADirectory => "give one file, not a folder",
        io::ErrorKind::NotADirectory => "give a folder, not a file",
        io::ErrorKind::PermissionDenied => "check the permissions of the file and its folder",
        io::ErrorKind::InvalidData => "save the file as UTF-8",
        io::ErrorKind::AlreadyExists => "choose another name, or remove what is there",
        _ => return None,
    })
}

//! Rule files in, a checked and compiled rule set out, or every mistake at once. Refuses anything
//! that could fail later, at evaluation.

mod cause;
mod codes;
mod domains;
mod embedded;
pub mod expr;
mod findings;
mod formats;
mod gates;
mod lint;
mod loader;
pub mod model;
mod phrases;
mod place;
mod profile;
mod set;
mod signal;
mod source;
mod words;

pub use cause::{
    Actor, Advice, CauseSource, ConfusedWith, EvidenceSource, ExampleKind, ExampleSource,
    FixSource, Severity, Step, Word,
};
pub use codes::{
    Certainty, CodeRow, CodeTables, Gateway, Money, Reading, Stage, normal_code, normal_message,
};
pub use domains::BrandNames;
pub use findings::{FindingText, Findings};
pub use formats::{
    Direction, Extra, Field, FieldSource, Format, FormatKind, Formats, MoneyUnit, Shape,
    StatusRule, normal_column, parse_zone,
};
pub use model::{Model, Models};
pub use phrases::{
    Assertion, Beginning, Hit, Mood, MoodKind, Owner, PartId, Pattern, Phrase, PhraseSet,
    ValueWords,
};
pub use profile::{ClientPart, Limit, MinimumVersion, ProbeProfile, Profile, Window};
pub use set::{Cause, Checked, Evidence, Fix, Gate, Gates, RuleSet, Signal, SignalIndex};
pub use signal::{ConditionSource, SignalSource};
pub use source::{RuleFile, RuleFiles, RuleSourceError, read_rule_file};
pub use words::Words;

//! Free text in, what it says out: clauses, statements and the opinion of the learned model, each
//! with its place in the original. Pure; knows nothing of facts that were given.

mod clause;
mod identifier;
mod normal;
mod number;
mod phrase;
mod telling;
mod time;
mod token;
mod value;

use std::ops::Range;

use chrono::NaiveDateTime;

pub use clause::Clause;
pub use identifier::{Identifier, IdentifierKind};
pub use normal::{Normal, Respell, is_han};
pub use phrase::{Stance, Statement};
pub use telling::Telling;
pub use time::TimeRead;
pub use token::{Gram, grams, statement_hash};

pub use value::{Role, Value};

pub use crate::rules::model::{IDF_STEPS, MAGIC, Model, ModelError, NO_CAUSE, Opinion, RESERVE};
use crate::rules::{PhraseSet, RuleSet, ValueWords};

/// A text as it was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The normalised text with its places.
    pub normal: Normal,
    /// Its clauses, in order.
    pub clauses: Vec<Clause>,
    /// What it says, denies or only speaks of, in the order of the clauses.
    pub statements: Vec<Statement>,
}

impl Respell for PhraseSet {
    fn replacements(&self, text: &str) -> Vec<(Range<usize>, &str)> {
        self.respellings(text)
    }
}

impl Reading {
    /// Reads a text.
    #[must_use]
    pub fn new(original: &str, phrases: &PhraseSet) -> Self {
        let normal = Normal::new(original, phrases);
        let found = phrases.find(normal.text());
        let clauses = clause::clauses(normal.text(), phrases, &found);
        let statements = phrase::statements(normal.text(), &clauses, phrases, &found);
        Self {
            normal,
            clauses,
            statements,
        }
    }

    /// The amounts and counts of the text.
    #[must_use]
    pub fn values(&self, words: &ValueWords) -> Vec<Value> {
        value::values(self.normal.text(), &self.clauses, words)
    }

    /// The times of the text, as seen from `now` on a Chinese clock.
    #[must_use]
    pub fn times(&self, now: NaiveDateTime, words: &ValueWords) -> Vec<TimeRead> {
        time::times(self.normal.text(), &self.clauses, now, words)
    }

    /// Codes, addresses, order and telephone numbers in a text as it was typed.
    #[must_use]
    pub fn identifiers(original: &str, rules: &RuleSet) -> Vec<Identifier> {
        identifier::identifiers(original, &rules.codes, &rules.phrases().values)
    }

    /// What the learned model sees: runs of words, and statements that are said or denied.
    #[must_use]
    pub fn features(&self, phrases: &PhraseSet) -> Vec<u32> {
        let mut features: Vec<u32> = grams(self.normal.text())
            .iter()
            .map(|gram| gram.hash)
            .collect();
        for statement in &self.statements {
            let denied = match statement.stance {
                Stance::Said => false,
                Stance::Denied => true,
                Stance::Silent(_) => continue,
            };
            let hash = statement_hash(&phrases.phrases[statement.phrase].id, denied);
            if !features.contains(&hash) {
                features.push(hash);
            }
        }
        features
    }

    /// What the learned model of a rule set makes of the text; none without a model, or where it
    /// knows not a word.
    #[must_use]
    pub fn opinion(&self, rules: &RuleSet) -> Option<Opinion> {
        let opinion = rules
            .model
            .as_ref()?
            .opinion(&self.features(rules.phrases()));
        (opinion.known > 0).then_some(opinion)
    }
}

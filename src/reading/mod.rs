//! Free text in, what it says out: clauses, statements and the opinion of the learned model, each
//! with its place in the original. Pure; knows nothing of facts that were given.

mod clause;
mod found;
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

pub use crate::rules::model::{
    ALLOWED, IDF_STEPS, MAGIC, Model, ModelError, NO_CAUSE, Opinion, RESERVE,
};
use crate::rules::{MoodKind, PhraseSet, RuleSet, ValueWords};

use found::Found;

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
        let text = normal.text();
        let hits = phrases.find(text);
        let mut found = Found::new(phrases, text);
        let mut statements = Vec::new();
        let mut clauses = Vec::new();
        let mut resolved = false;
        for bytes in clause::split(text, phrases, &hits, &mut found) {
            found.fill(&hits, &bytes);
            statements.extend(phrase::statements(text, clauses.len(), phrases, &found));
            let silent = clause::silencing(phrases, &found);
            resolved |= silent.is_none() && clause::is_in_mood(MoodKind::Resolved, phrases, &found);
            clauses.push(Clause { bytes, silent });
        }
        if resolved {
            for clause in &mut clauses {
                clause.silent = clause.silent.or(Some(MoodKind::Resolved));
            }
        }
        for statement in &mut statements {
            if let Some(mood) = clauses[statement.clause].silent {
                statement.stance = Stance::Silent(mood);
            }
        }
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
        let mut features = token::hashes(self.normal.text());
        for statement in &self.statements {
            let denied = match statement.stance {
                Stance::Said => false,
                Stance::Denied => true,
                Stance::Silent(_) => continue,
            };
            features.push(statement_hash(
                &phrases.phrases[statement.phrase].id,
                denied,
            ));
        }
        features.sort_unstable();
        features.dedup();
        features
    }

    /// What the learned model of a rule set makes of the text; none without a model, or where it
    /// knows not a word.
    #[must_use]
    pub fn opinion(&self, rules: &RuleSet) -> Option<Opinion> {
        let opinion = rules
            .models
            .wording
            .as_ref()?
            .opinion(&self.features(rules.phrases()));
        (opinion.known > 0).then_some(opinion)
    }

    /// How likely it is that nothing was taken from the payer, going by the words; none without a
    /// model of money.
    #[must_use]
    pub fn nothing_taken(&self, rules: &RuleSet) -> Option<f64> {
        let model = rules.models.money.as_ref()?;
        let allowed = model.classes().iter().position(|class| class == ALLOWED)?;
        let opinion = model.opinion(&self.features(rules.phrases()));
        opinion.probability.get(allowed).copied()
    }
}

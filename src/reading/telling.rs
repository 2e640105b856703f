//! Which words of a text moved the learned model: what an opinion is explained with.

use std::ops::Range;

use crate::rules::RuleSet;

use super::{Reading, Stance, grams, statement_hash};

/// Words that spoke for a class.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling {
    /// Their bytes in the normalised text.
    pub bytes: Range<usize>,
    /// How much they added, in bits above what they added to the average class.
    pub bits: f64,
}

/// A single character tells a reader nothing.
const SHORTEST: usize = 2;

/// Whether words are worth quoting: enough of them, and no sign at either end.
fn is_telling(words: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    words.chars().count() >= SHORTEST
        && inside(words.chars().next())
        && inside(words.chars().next_back())
}

impl Reading {
    /// The words that spoke most for a class of the model, strongest first, none overlapping.
    #[must_use]
    pub fn telling(&self, rules: &RuleSet, class: &str, most: usize) -> Vec<Telling> {
        let Some(model) = &rules.models.wording else {
            return Vec::new();
        };
        let Some(class) = model.classes().iter().position(|known| known == class) else {
            return Vec::new();
        };
        let features = self.features(rules.phrases());
        let contributions = model.contributions(&features, class);
        let bits = |hash: u32| contributions.get(&hash).copied();
        let text = self.normal.text();
        let words = grams(text)
            .into_iter()
            .map(|gram| (gram.bytes, bits(gram.hash)));
        let statements = self.statements.iter().filter_map(|statement| {
            let denied = match statement.stance {
                Stance::Said => false,
                Stance::Denied => true,
                Stance::Silent(_) => return None,
            };
            let id = &rules.phrases().phrases[statement.phrase].id;
            Some((statement.bytes.clone(), bits(statement_hash(id, denied))))
        });
        let mut found: Vec<Telling> = words
            .chain(statements)
            .filter_map(|(bytes, bits)| {
                Some(Telling {
                    bytes,
                    bits: bits.filter(|bits| *bits > 0.0)?,
                })
            })
            .filter(|telling| is_telling(&text[telling.bytes.clone()]))
            .collect();
        found.sort_by(|a, b| {
            b.bits
                .total_cmp(&a.bits)
                .then(a.bytes.start.cmp(&b.bytes.start))
        });
        let mut chosen: Vec<Telling> = Vec::new();
        for telling in found {
            let apart = |other: &Telling| {
                telling.bytes.end <= other.bytes.start || other.bytes.end <= telling.bytes.start
            };
            if chosen.len() < most && chosen.iter().all(apart) {
                chosen.push(telling);
            }
        }
        chosen
    }
}

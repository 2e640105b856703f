//! What people and screens say: `rules/phrases/*.toml`. Phrases say which fact they assert, moods
//! which clauses assert nothing, respellings how slang and typos are read. Everything is compiled
//! into one automaton over all words, which is built when the first text is read.

mod pattern;
mod source;
mod values;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::facts::{FactKey, FactValue};
use crate::text::Text;

pub use pattern::{PartId, Pattern};
pub(super) use source::read_phrases;
pub use values::ValueWords;

/// A word that parts are made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Literal {
    /// As it stands in a normalised text.
    pub text: String,
    /// Whether letters may follow (`declin*`).
    pub open: bool,
}

/// What a phrase asserts of one fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// The fact.
    pub fact: FactKey,
    /// Its value where the phrase is said.
    pub said: Option<FactValue>,
    /// Its value where the phrase is denied.
    pub denied: Option<FactValue>,
}

/// One thing that can be said.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// Its id, `snake_case`.
    pub id: String,
    /// What it means that it is said.
    pub means: Text,
    /// What it asserts; nothing where it only helps to understand.
    pub asserts: Vec<Assertion>,
    /// How it is said.
    pub patterns: Vec<Pattern>,
    /// A clause with one of these does not say it.
    pub unless: Vec<Pattern>,
    /// Whether a denying word before it turns it round; not where the phrase is itself a denial.
    pub deniable: bool,
    /// Texts that say it, deny it, and do neither.
    pub examples: [Vec<String>; 3],
    /// File that declares it.
    pub file: String,
}

/// What a mood makes of the clauses that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoodKind {
    /// A clause that asks: asserts nothing.
    Question,
    /// A clause about what may happen: asserts nothing.
    Condition,
    /// A clause about what is intended: asserts nothing.
    Plan,
    /// The whole text is about something that is over: asserts nothing.
    Resolved,
    /// Denies what follows in its clause.
    Denial,
    /// Denies what stands before it in its clause.
    DenialAfter,
    /// A clause begins here, with or without a comma.
    Break,
}

/// A mood with the patterns that show it.
#[derive(Debug, Clone)]
pub struct Mood {
    /// What it does.
    pub kind: MoodKind,
    /// How it shows.
    pub patterns: Vec<Pattern>,
    /// A clause with one of these is in another mood after all.
    pub unless: Vec<Pattern>,
}

/// Everything that `rules/phrases` says, compiled.
#[derive(Debug, Default)]
pub struct PhraseSet {
    /// The phrases, in the order of the files.
    pub phrases: Vec<Phrase>,
    /// The moods.
    pub moods: Vec<Mood>,
    /// Words around numbers.
    pub values: ValueWords,
    literals: Vec<Literal>,
    /// For every literal, the parts that it belongs to.
    parts_of: Vec<Vec<PartId>>,
    parts: usize,
    respell: Vec<(String, String)>,
    automaton: OnceLock<AhoCorasick>,
    speller: OnceLock<AhoCorasick>,
}

/// Where the words of one part stand in a text: byte ranges, in order.
#[derive(Debug, Default)]
pub struct PartsFound {
    by_part: HashMap<PartId, Vec<Range<usize>>>,
}

impl PartsFound {
    /// The places of a part.
    #[must_use]
    pub fn of(&self, part: PartId) -> &[Range<usize>] {
        self.by_part.get(&part).map_or(&[], Vec::as_slice)
    }
}

impl PhraseSet {
    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.literals.is_empty()
    }

    /// The phrase with an id.
    #[must_use]
    pub fn phrase(&self, id: &str) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| phrase.id == id)
    }

    /// Where every part stands in a normalised text.
    #[must_use]
    pub fn find(&self, text: &str) -> PartsFound {
        let mut found = PartsFound::default();
        if self.literals.is_empty() {
            return found;
        }
        let automaton = self.automaton.get_or_init(|| {
            build(
                self.literals.iter().map(|literal| literal.text.as_str()),
                MatchKind::Standard,
            )
        });
        for hit in automaton.find_overlapping_iter(text) {
            let literal = &self.literals[hit.pattern().as_usize()];
            if !stands_alone(text, hit.start()..hit.end(), literal.open) {
                continue;
            }
            for part in &self.parts_of[hit.pattern().as_usize()] {
                found
                    .by_part
                    .entry(*part)
                    .or_default()
                    .push(hit.start()..hit.end());
            }
        }
        for places in found.by_part.values_mut() {
            places.sort_by_key(|place| (place.start, place.end));
        }
        found
    }

    /// Every word of a text that is read as another one, with what is read.
    #[must_use]
    pub fn respellings(&self, text: &str) -> Vec<(Range<usize>, &str)> {
        if self.respell.is_empty() {
            return Vec::new();
        }
        let speller = self.speller.get_or_init(|| {
            build(
                self.respell.iter().map(|(old, _)| old.as_str()),
                MatchKind::LeftmostLongest,
            )
        });
        speller
            .find_iter(text)
            .filter(|hit| stands_alone(text, hit.start()..hit.end(), false))
            .map(|hit| {
                (
                    hit.start()..hit.end(),
                    self.respell[hit.pattern().as_usize()].1.as_str(),
                )
            })
            .collect()
    }
}

/// An automaton over words. Built-in words are checked by a test, and those of others are so few
/// that no limit of the automaton is near.
fn build<'w>(words: impl Iterator<Item = &'w str>, kind: MatchKind) -> AhoCorasick {
    // Built anew by every run that reads a text, so building must be cheap.
    let built = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::NoncontiguousNFA))
        .match_kind(kind)
        .build(words);
    built.unwrap_or_else(|_| AhoCorasick::new([""; 0]).expect("an automaton without words"))
}

/// Whether a Latin word or a number does not go on before or behind the bytes.
fn stands_alone(text: &str, bytes: Range<usize>, open: bool) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric();
    let found = &text[bytes.clone()];
    let goes_on = |inner: Option<char>, outer: Option<char>| {
        let same = |a: char, b: char| a.is_ascii_digit() == b.is_ascii_digit();
        matches!((inner, outer), (Some(a), Some(b)) if word(a) && word(b) && same(a, b))
    };
    let before = goes_on(
        found.chars().next(),
        text[..bytes.start].chars().next_back(),
    );
    let behind = goes_on(found.chars().next_back(), text[bytes.end..].chars().next());
    !before && (open || !behind)
}

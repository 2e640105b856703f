//! What people and screens say: `rules/phrases/*.toml`. Phrases say which fact they assert, moods
//! which clauses assert nothing, respellings how slang and typos are read.
//!
//! Compiling half a megabyte of phrases takes longer than a diagnosis. So the built-in ones are kept
//! compiled beside the rules (`rules/phrases.compiled`, made by `examples/compile_phrases.rs`).

mod column;
mod compiled;
mod lexicon;
mod pattern;
mod source;
mod values;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::facts::{FactKey, FactValue};
use crate::text::Text;

use lexicon::Lexicon;

pub use pattern::{PartId, Pattern};
pub(super) use source::read_phrases;
pub use values::ValueWords;

/// What a phrase asserts of one fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// The fact.
    pub fact: FactKey,
    /// Its value where the phrase is said.
    pub said: Option<FactValue>,
    /// Its value where the phrase is denied.
    pub denied: Option<FactValue>,
    /// Whether it yields where another phrase asserts something else of the fact: a card inside a
    /// wallet is that wallet.
    pub weak: bool,
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
    /// Whether saying it says that the payment was refused before any money moved.
    pub declines: bool,
    /// Whether speaking of it leaves open what became of the money, so that nothing that is told of
    /// the money beside it is believed.
    pub doubts: bool,
    /// Whether a denying word before it turns it round; not where the phrase is itself a denial.
    pub deniable: bool,
    /// Texts that say it, deny it, and do neither.
    pub examples: [Vec<String>; 3],
    /// File that declares it.
    pub file: String,
}

/// What a mood makes of the clauses that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoodKind {
    /// A clause that asks: asserts nothing.
    Question,
    /// A clause about what may happen: asserts nothing.
    Condition,
    /// A clause about what is intended: asserts nothing.
    Plan,
    /// A clause about what was believed or heard: asserts nothing.
    Belief,
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// The parts that each word belongs to.
    words: Lexicon,
    /// For every part, the patterns that begin with it.
    beginnings: Vec<Vec<Beginning>>,
    /// How many parts there are.
    parts: usize,
    respellings: Respellings,
}

/// Words that are read as others.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Respellings {
    old: Lexicon,
    new: Vec<String>,
}

/// Whose a pattern is: the position of a mood or of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A mood.
    Mood(usize),
    /// A phrase.
    Phrase(usize),
}

/// A pattern, where its first part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Beginning {
    /// Whose it is.
    pub owner: Owner,
    /// Its position among the owner's patterns.
    pub pattern: usize,
    /// The part that must follow, if any: most patterns fail for want of it.
    pub next: Option<PartId>,
}

/// A word of a part, where it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The part.
    pub part: PartId,
    /// Where the word begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl PhraseSet {
    /// Puts compiled parts together.
    fn assembled(
        phrases: Vec<Phrase>,
        moods: Vec<Mood>,
        values: ValueWords,
        words: Lexicon,
        respellings: Respellings,
    ) -> Self {
        let mut beginnings: Vec<Vec<Beginning>> = Vec::new();
        let mut add = |owner: Owner, patterns: &[Pattern]| {
            for (pattern, steps) in patterns.iter().enumerate() {
                let Some(first) = steps.steps.first() else {
                    continue;
                };
                if beginnings.len() <= first.part.0 {
                    beginnings.resize_with(first.part.0 + 1, Vec::new);
                }
                let next = steps.steps.get(1).map(|step| step.part);
                beginnings[first.part.0].push(Beginning {
                    owner,
                    pattern,
                    next,
                });
            }
        };
        for (at, mood) in moods.iter().enumerate() {
            add(Owner::Mood(at), &mood.patterns);
        }
        for (at, phrase) in phrases.iter().enumerate() {
            add(Owner::Phrase(at), &phrase.patterns);
        }
        Self {
            phrases,
            moods,
            values,
            beginnings,
            parts: words.numbers(),
            words,
            respellings,
        }
    }

    /// How many parts there are: the number of every [`Hit::part`] is below it.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// The phrase with an id.
    #[must_use]
    pub fn phrase(&self, id: &str) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| phrase.id == id)
    }

    /// The patterns that begin with a part.
    #[must_use]
    pub fn beginning_with(&self, part: PartId) -> &[Beginning] {
        self.beginnings.get(part.0).map_or(&[], Vec::as_slice)
    }

    /// The patterns of an owner.
    #[must_use]
    pub fn patterns_of(&self, owner: Owner) -> &[Pattern] {
        match owner {
            Owner::Mood(at) => &self.moods[at].patterns,
            Owner::Phrase(at) => &self.phrases[at].patterns,
        }
    }

    /// Every word of every part in a normalised text, in the order in which they begin, shorter
    /// ones first.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (start, _) in text.char_indices() {
            if !is_edge(text, start) {
                continue;
            }
            self.words.at(text, start, |end, entry| {
                let closed = if is_edge(text, end) {
                    entry.closed
                } else {
                    &[]
                };
                let parts = closed.iter().chain(entry.open);
                hits.extend(parts.map(|part| Hit {
                    part: PartId(*part as usize),
                    start,
                    end,
                }));
            });
        }
        hits
    }

    /// Every word of a text that is read as another one, with what is read: the first and longest.
    #[must_use]
    pub fn respellings<'s>(&'s self, text: &str) -> Vec<(Range<usize>, &'s str)> {
        let mut found = Vec::new();
        let mut behind = 0;
        for (start, _) in text.char_indices() {
            if start < behind || !is_edge(text, start) {
                continue;
            }
            let mut longest = None;
            self.respellings.old.at(text, start, |end, entry| {
                if let Some(new) = entry.closed.last().filter(|_| is_edge(text, end)) {
                    longest = Some((end, *new as usize));
                }
            });
            if let Some((end, new)) = longest {
                found.push((start..end, self.respellings.new[new].as_str()));
                behind = end;
            }
        }
        found
    }
}

/// Whether no Latin word or number goes on from before a byte to behind it.
fn is_edge(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let word = |byte: &&u8| byte.is_ascii_alphanumeric();
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).filter(word);
    let behind = bytes.get(at).filter(word);
    match (before, behind) {
        (Some(a), Some(b)) => a.is_ascii_digit() != b.is_ascii_digit(),
        _ => true,
    }
}

//! What people and screens say: `rules/phrases/*.toml`. Phrases say which fact they assert, moods
//! which clauses assert nothing, respellings how slang and typos are read.
//!
//! A diagnosis reads one text or two, and an index of thirty thousand words would cost it twenty
//! times what looking each up in the text costs. So the first texts are looked through word by word,
//! and the index is built for those who read many.

mod pattern;
mod source;
mod values;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ahash::AHashMap;

use crate::facts::{FactKey, FactValue};
use crate::text::Text;

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
    /// Whether speaking of it leaves open what became of the money, so that no refusal that is told
    /// beside it is believed.
    pub doubts: bool,
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
    /// The words of every part, as they are written.
    parts: Vec<String>,
    /// For every part, the parts that it is in: a term is in all that name it.
    within: Vec<Vec<PartId>>,
    texts_read: AtomicUsize,
    index: OnceLock<Lexicon<Entry>>,
    respell: Lexicon<String>,
}

/// The parts that a word belongs to.
#[derive(Debug, Default)]
struct Entry {
    /// Where the word must end.
    closed: Vec<PartId>,
    /// Where letters may follow (`declin*`).
    open: Vec<PartId>,
}

/// Words with what is known of them.
#[derive(Debug)]
struct Lexicon<T> {
    entries: AHashMap<String, T>,
    /// For every first character the length of the longest word, in characters.
    longest: AHashMap<char, usize>,
}

impl<T> Default for Lexicon<T> {
    fn default() -> Self {
        Self {
            entries: AHashMap::new(),
            longest: AHashMap::new(),
        }
    }
}

impl<T: Default> Lexicon<T> {
    /// What is known of a word; room for it where it is new.
    fn entry(&mut self, word: &str) -> &mut T {
        if !self.entries.contains_key(word) {
            if let Some(first) = word.chars().next() {
                let longest = self.longest.entry(first).or_default();
                *longest = (*longest).max(word.chars().count());
            }
            self.entries.insert(word.to_owned(), T::default());
        }
        self.entries.entry(word.to_owned()).or_default()
    }

    /// Every word that begins at a byte of a text, shortest first: where it ends, and its entry.
    fn at<'l, 't>(
        &'l self,
        text: &'t str,
        start: usize,
    ) -> impl DoubleEndedIterator<Item = (usize, &'l T)> + use<'l, 't, T> {
        let rest = &text[start..];
        let first = rest.chars().next();
        let longest = first
            .and_then(|first| self.longest.get(&first))
            .copied()
            .unwrap_or(0);
        let ends: Vec<usize> = rest
            .char_indices()
            .take(longest)
            .map(|(at, c)| start + at + c.len_utf8())
            .collect();
        ends.into_iter()
            .filter_map(move |end| Some((end, self.entries.get(&text[start..end])?)))
    }
}

/// Where the words of one part stand in a text: byte ranges, in order.
#[derive(Debug, Default)]
pub struct PartsFound {
    by_part: AHashMap<PartId, Vec<Range<usize>>>,
}

impl PartsFound {
    /// The places of a part.
    #[must_use]
    pub fn of(&self, part: PartId) -> &[Range<usize>] {
        self.by_part.get(&part).map_or(&[], Vec::as_slice)
    }
}

impl PhraseSet {
    /// The phrase with an id.
    #[must_use]
    pub fn phrase(&self, id: &str) -> Option<&Phrase> {
        self.phrases.iter().find(|phrase| phrase.id == id)
    }

    /// Where every part stands in a normalised text.
    #[must_use]
    pub fn find(&self, text: &str) -> PartsFound {
        let mut found = PartsFound::default();
        let mut add = |part: PartId, place: Range<usize>| {
            for part in [part]
                .into_iter()
                .chain(self.within[part.0].iter().copied())
            {
                found.by_part.entry(part).or_default().push(place.clone());
            }
        };
        if self.texts_read.fetch_add(1, Ordering::Relaxed) < FEW_TEXTS {
            self.look_through(text, &mut add);
        } else {
            self.look_up(text, &mut add);
        }
        for places in found.by_part.values_mut() {
            places.sort_by_key(|place| (place.start, place.end));
            places.dedup();
        }
        found
    }

    /// Looks for every word in a text.
    fn look_through(&self, text: &str, add: &mut impl FnMut(PartId, Range<usize>)) {
        let begins = Beginnings::of(text);
        for (index, part) in self.parts.iter().enumerate() {
            for word in part.split('|').filter(|word| begins.may_have(word)) {
                let Some(word) = Word::read(word) else {
                    continue;
                };
                for (start, found) in text.match_indices(&*word.text) {
                    let end = start + found.len();
                    if is_edge(text, start) && (word.open || is_edge(text, end)) {
                        add(PartId(index), start..end);
                    }
                }
            }
        }
    }

    /// Looks up every run of characters of a text.
    fn look_up(&self, text: &str, add: &mut impl FnMut(PartId, Range<usize>)) {
        let index = self.index.get_or_init(|| self.indexed());
        for (start, _) in text
            .char_indices()
            .filter(|(start, _)| is_edge(text, *start))
        {
            for (end, entry) in index.at(text, start) {
                let closed = entry.closed.iter().filter(|_| is_edge(text, end));
                for part in entry.open.iter().chain(closed) {
                    add(*part, start..end);
                }
            }
        }
    }

    fn indexed(&self) -> Lexicon<Entry> {
        let mut index = Lexicon::<Entry>::default();
        for (position, part) in self.parts.iter().enumerate() {
            for word in part.split('|').filter_map(Word::read) {
                let entry = index.entry(&word.text);
                let list = if word.open {
                    &mut entry.open
                } else {
                    &mut entry.closed
                };
                list.push(PartId(position));
            }
        }
        index
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
            let mut words = self.respell.at(text, start).rev();
            if let Some((end, new)) = words.find(|(end, _)| is_edge(text, *end)) {
                found.push((start..end, new.as_str()));
                behind = end;
            }
        }
        found
    }
}

/// So many texts are read without an index.
const FEW_TEXTS: usize = 24;

/// A word of a part as it is looked for.
struct Word<'w> {
    text: Cow<'w, str>,
    /// Whether letters may follow (`declin*`).
    open: bool,
}

impl<'w> Word<'w> {
    /// Reads a word as it is written; none where it stands for a term, which is a part of its own.
    fn read(written: &'w str) -> Option<Self> {
        if pattern::term(written).is_some() {
            return None;
        }
        let stem = written.strip_suffix('*').filter(|stem| !stem.is_empty());
        let text = stem.unwrap_or(written);
        let text = if text.contains('_') {
            Cow::Owned(text.replace('_', " "))
        } else {
            Cow::Borrowed(text)
        };
        Some(Self {
            text,
            open: stem.is_some(),
        })
    }
}

/// The characters of a text and its pairs of characters, so that nearly every word is passed over
/// at a glance (a Bloom filter with one hash).
struct Beginnings([u64; 128]);

impl Beginnings {
    fn of(text: &str) -> Self {
        let mut set = Self([0; 128]);
        let mut before = None;
        for c in text.chars() {
            set.add(c, None);
            if let Some(before) = before {
                set.add(before, Some(c));
            }
            before = Some(c);
        }
        set
    }

    fn add(&mut self, first: char, second: Option<char>) {
        let (word, bit) = Self::place(first, second);
        self.0[word] |= bit;
    }

    fn place(first: char, second: Option<char>) -> (usize, u64) {
        let second = second.map_or(0, u32::from);
        let hash =
            (u32::from(first).wrapping_mul(0x9E37_79B1) ^ second.wrapping_mul(0x85EB_CA6B)) >> 19;
        ((hash / 64) as usize, 1 << (hash % 64))
    }

    /// False only where the word is not in the text.
    fn may_have(&self, word: &str) -> bool {
        let mut chars = word.chars();
        let Some(first) = chars.next() else {
            return false;
        };
        // The signs of patterns are not in the text as they stand.
        let second = chars.next().filter(|c| !matches!(c, '_' | '*'));
        let (word, bit) = Self::place(first, second);
        self.0[word] & bit != 0
    }
}

/// Whether no Latin word or number goes on from before a byte to behind it.
fn is_edge(text: &str, at: usize) -> bool {
    let word = |c: &char| c.is_ascii_alphanumeric();
    let before = text[..at].chars().next_back().filter(word);
    let behind = text[at..].chars().next().filter(word);
    match (before, behind) {
        (Some(a), Some(b)) => a.is_ascii_digit() != b.is_ascii_digit(),
        _ => true,
    }
}

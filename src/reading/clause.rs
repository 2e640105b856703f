//! Clauses of a text, with the mood of each: what is asked, planned or over asserts nothing.

use std::ops::Range;

use crate::rules::{Hit, MoodKind, Owner, PhraseSet};

use super::found::Found;
use super::normal::is_han;

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its bytes in the normalised text, with the sign that ends it.
    pub bytes: Range<usize>,
    /// Why nothing in it is asserted; none where what it says counts.
    pub silent: Option<MoodKind>,
}

/// The mood that keeps a clause from asserting anything.
pub(super) fn silencing(phrases: &PhraseSet, found: &Found<'_>) -> Option<MoodKind> {
    let moods = [
        MoodKind::Question,
        MoodKind::Condition,
        MoodKind::Plan,
        MoodKind::Belief,
    ];
    moods
        .into_iter()
        .find(|kind| is_in_mood(*kind, phrases, found))
}

/// Whether a clause is in a mood.
pub(super) fn is_in_mood(kind: MoodKind, phrases: &PhraseSet, found: &Found<'_>) -> bool {
    phrases.moods.iter().enumerate().any(|(at, mood)| {
        mood.kind == kind && !found.places(Owner::Mood(at)).is_empty() && !found.any(&mood.unless)
    })
}

/// Splits a text into clauses: at signs, and where a word begins a new one.
pub(super) fn split(
    text: &str,
    phrases: &PhraseSet,
    hits: &[Hit],
    found: &mut Found<'_>,
) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| ends_clause(text, *at, *c))
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    found.take(hits, &(0..text.len()));
    let breaks = phrases.moods.iter();
    for mood in breaks.filter(|mood| mood.kind == MoodKind::Break) {
        let places = found.places_of_any(&mood.patterns);
        ends.extend(places.map(|place| place.bytes.start));
    }
    ends.push(text.len());
    ends.sort_unstable();
    ends.dedup();
    let mut start = 0;
    let mut clauses = Vec::with_capacity(ends.len());
    for end in ends {
        if !text[start..end].trim().is_empty() {
            clauses.push(start..end);
            start = end;
        }
    }
    clauses
}

/// Whether a clause ends with this character.
fn ends_clause(text: &str, at: usize, c: char) -> bool {
    let before = || text[..at].chars().next_back();
    let behind = || text[at + c.len_utf8()..].chars().next();
    match c {
        '\n' | '。' | ';' | '!' | '?' | '…' => true,
        ',' => {
            !(before().is_some_and(|c| c.is_ascii_digit())
                && behind().is_some_and(|c| c.is_ascii_digit()))
        }
        '.' => behind().is_none_or(char::is_whitespace),
        ' ' => before().is_some_and(is_han) && behind().is_some_and(is_han),
        _ => false,
    }
}

//! Clauses of a text, with the mood of each: what is asked, planned or over asserts nothing.

use std::ops::Range;

use crate::rules::{MoodKind, PartsFound, PhraseSet};

use super::normal::is_han;
use super::phrase::matches;

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its bytes in the normalised text, with the sign that ends it.
    pub bytes: Range<usize>,
    /// Why nothing in it is asserted; none where what it says counts.
    pub silent: Option<MoodKind>,
}

/// Splits a text into clauses and finds their moods.
pub(super) fn clauses(text: &str, phrases: &PhraseSet, found: &PartsFound) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = split(text, phrases, found)
        .into_iter()
        .map(|bytes| Clause {
            bytes,
            silent: None,
        })
        .collect();
    let silencing = [
        MoodKind::Question,
        MoodKind::Condition,
        MoodKind::Plan,
        MoodKind::Belief,
    ];
    for clause in &mut clauses {
        clause.silent = silencing
            .into_iter()
            .find(|kind| in_mood(*kind, text, &clause.bytes, phrases, found));
    }
    let resolved = clauses.iter().any(|clause| {
        clause.silent.is_none() && in_mood(MoodKind::Resolved, text, &clause.bytes, phrases, found)
    });
    if resolved {
        for clause in &mut clauses {
            clause.silent = clause.silent.or(Some(MoodKind::Resolved));
        }
    }
    clauses
}

fn in_mood(
    kind: MoodKind,
    text: &str,
    clause: &Range<usize>,
    phrases: &PhraseSet,
    found: &PartsFound,
) -> bool {
    let within = |patterns| !matches(patterns, text, clause, found).is_empty();
    phrases
        .moods
        .iter()
        .any(|mood| mood.kind == kind && within(&mood.patterns) && !within(&mood.unless))
}

fn split(text: &str, phrases: &PhraseSet, found: &PartsFound) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| ends_clause(text, *at, *c))
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    let whole = 0..text.len();
    for mood in phrases
        .moods
        .iter()
        .filter(|mood| mood.kind == MoodKind::Break)
    {
        ends.extend(
            matches(&mood.patterns, text, &whole, found)
                .iter()
                .map(|place| place.bytes.start),
        );
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

//! Phrases in a text: where their patterns stand, and whether they are said, denied or neither.

use std::ops::Range;

use crate::rules::{MoodKind, Owner, PhraseSet};

use super::found::{Found, Place};

/// What a text does with a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// It says it.
    Said,
    /// It denies it.
    Denied,
    /// It speaks of it without asserting it: in a question, a plan, a story that is over.
    Silent(MoodKind),
}

/// One phrase in one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Position of the phrase in the phrase set.
    pub phrase: usize,
    /// Position of the clause in the reading.
    pub clause: usize,
    /// The bytes of the normalised text that say it.
    pub bytes: Range<usize>,
    /// Said, denied or neither.
    pub stance: Stance,
}

/// How many characters may stand between a denying word and what it denies.
const DENIAL_REACH: usize = 4;

/// The same across a list: 不是余额不足、超限、冻结.
const LIST_REACH: usize = 24;

/// Signs and words between the items of a list.
const LIST: [&str; 7] = ["、", "/", "和", "或", "跟", " or ", " and "];

/// The statements of one clause, as if it were in no mood.
pub(super) fn statements(
    text: &str,
    clause: usize,
    phrases: &PhraseSet,
    found: &Found<'_>,
) -> Vec<Statement> {
    let of = |kind: MoodKind| {
        let moods = phrases.moods.iter().enumerate();
        let own = moods.filter(move |(_, mood)| mood.kind == kind);
        own.flat_map(|(at, _)| found.places(Owner::Mood(at)))
            .collect::<Vec<_>>()
    };
    let denials = longest(of(MoodKind::Denial));
    let behind = of(MoodKind::DenialAfter);
    let mut statements = Vec::new();
    for owner in found.owners() {
        let Owner::Phrase(position) = owner else {
            continue;
        };
        let phrase = &phrases.phrases[position];
        let places = found.places(owner);
        // Where 没信号 is a word of its own, the 没 in it denies nothing.
        let plain = places.iter().find(|place| !place.skips(&denials));
        let Some(place) = plain.or(places.first()) else {
            continue;
        };
        if found.any(&phrase.unless) {
            continue;
        }
        let denied = phrase.deniable && is_denied(text, place, &denials, &behind);
        statements.push(Statement {
            phrase: position,
            clause,
            bytes: place.bytes.clone(),
            stance: if denied { Stance::Denied } else { Stance::Said },
        });
    }
    statements
}

/// Leaves out places that lie within others: of 没有 and 没 only the first denies.
fn longest(places: Vec<Place>) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = places.into_iter().map(|place| place.bytes).collect();
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    places.dedup();
    let mut kept: Vec<Range<usize>> = Vec::new();
    for place in places {
        if kept.last().is_none_or(|last| place.start >= last.end) {
            kept.push(place);
        }
    }
    kept
}

/// Whether denying words stand before, within or behind, an odd number of them: 不是没扣 says that
/// it was. In a list each item has its own: 没有掉单也没有充错 denies both.
fn is_denied(text: &str, place: &Place, denials: &[Range<usize>], behind: &[Place]) -> bool {
    let bytes = &place.bytes;
    let mut before = denials
        .iter()
        .rev()
        .filter(|denial| denial.end <= bytes.start);
    let mut count = 0;
    if let Some(first) = before
        .next()
        .filter(|denial| reaches(&text[denial.end..bytes.start]))
    {
        count += 1;
        let touches =
            |between: &str| between.chars().count() <= DOUBLE_REACH && !is_listed(between);
        if before
            .next()
            .is_some_and(|second| touches(&text[second.end..first.start]))
        {
            count += 1;
        }
    }
    count += usize::from(place.skips(denials));
    let after = behind.iter().any(|denial| {
        let start = denial.bytes.start;
        start >= bytes.end && reaches(&text[bytes.end..start])
    });
    (count + usize::from(after)) % 2 == 1
}

/// How many characters may stand between two denying words that cancel each other.
const DOUBLE_REACH: usize = 2;

/// Whether a list goes on between two words.
fn is_listed(between: &str) -> bool {
    LIST.iter().any(|sign| between.contains(sign))
}

/// Whether what stands between lets a denial through.
fn reaches(between: &str) -> bool {
    // Latin letters are short: five of them are a word, as two Chinese characters are.
    let length: usize = between
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 3 })
        .sum();
    length <= DENIAL_REACH * 3 || (is_listed(between) && length <= LIST_REACH * 3)
}

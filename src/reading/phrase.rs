//! Phrases in a text: where their patterns stand, and whether they are said, denied or neither.

use std::ops::Range;

use crate::rules::{MoodKind, PartsFound, Pattern, PhraseSet};

use super::clause::Clause;

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

/// All statements of a text, clause by clause.
pub(super) fn statements(
    text: &str,
    clauses: &[Clause],
    phrases: &PhraseSet,
    found: &PartsFound,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (index, clause) in clauses.iter().enumerate() {
        let within = |patterns: &[Pattern]| matches(patterns, text, &clause.bytes, found);
        let of = |kind: MoodKind| {
            let moods = phrases.moods.iter().filter(move |mood| mood.kind == kind);
            moods
                .flat_map(|mood| within(&mood.patterns))
                .collect::<Vec<_>>()
        };
        let denials = longest(of(MoodKind::Denial));
        let behind = of(MoodKind::DenialAfter);
        for (position, phrase) in phrases.phrases.iter().enumerate() {
            let places = within(&phrase.patterns);
            // Where 没信号 is a word of its own, the 没 in it denies nothing.
            let plain = places.iter().find(|place| !place.skips(&denials));
            let Some(place) = plain.or(places.first()) else {
                continue;
            };
            if !within(&phrase.unless).is_empty() {
                continue;
            }
            let denied = phrase.deniable && is_denied(text, place, &denials, &behind);
            let stance = match clause.silent {
                Some(mood) => Stance::Silent(mood),
                None if denied => Stance::Denied,
                None => Stance::Said,
            };
            statements.push(Statement {
                phrase: position,
                clause: index,
                bytes: place.bytes.clone(),
                stance,
            });
        }
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

/// Where a pattern stands: all of it, and what lies between its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub bytes: Range<usize>,
    gaps: Vec<Range<usize>>,
}

impl Place {
    /// Whether a denying word stands between its parts.
    fn skips(&self, denials: &[Range<usize>]) -> bool {
        let within = |gap: &Range<usize>| {
            let mut inside = denials.iter();
            inside.any(|denial| denial.start >= gap.start && denial.end <= gap.end)
        };
        self.gaps.iter().any(within)
    }
}

/// Where any of the patterns stands within a clause; the first and longest place first.
pub(super) fn matches(
    patterns: &[Pattern],
    text: &str,
    clause: &Range<usize>,
    found: &PartsFound,
) -> Vec<Place> {
    let mut places: Vec<Place> = patterns
        .iter()
        .flat_map(|pattern| places(pattern, text, clause, found))
        .collect();
    places.sort_by_key(|place| (place.bytes.start, std::cmp::Reverse(place.bytes.end)));
    places
}

fn places(pattern: &Pattern, text: &str, clause: &Range<usize>, found: &PartsFound) -> Vec<Place> {
    let inside = |part: &&Range<usize>| part.start >= clause.start && part.end <= clause.end;
    let Some((first, rest)) = pattern.steps.split_first() else {
        return Vec::new();
    };
    let begun = found.of(first.part).iter().filter(inside);
    let mut reached: Vec<Place> = begun
        .map(|part| Place {
            bytes: part.clone(),
            gaps: Vec::new(),
        })
        .collect();
    for step in rest {
        let mut next: Vec<Place> = Vec::new();
        for part in found.of(step.part).iter().filter(inside) {
            let before = reached
                .iter()
                .filter(|before| before.bytes.end <= part.start);
            let near =
                before.filter(|before| within_gap(&text[before.bytes.end..part.start], step.gap));
            // The nearest beginning makes the shortest statement.
            if let Some(before) = near.max_by_key(|before| before.bytes.start) {
                let mut gaps = before.gaps.clone();
                if before.bytes.end < part.start {
                    gaps.push(before.bytes.end..part.start);
                }
                next.push(Place {
                    bytes: before.bytes.start..part.end,
                    gaps,
                });
            }
        }
        reached = next;
    }
    reached
}

/// Whether a gap has at most so many characters; spaces do not count.
fn within_gap(between: &str, gap: usize) -> bool {
    between
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(gap + 1)
        .count()
        <= gap
}

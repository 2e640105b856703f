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
            let Some(bytes) = places.into_iter().next() else {
                continue;
            };
            if !within(&phrase.unless).is_empty() {
                continue;
            }
            let denied = phrase.deniable && is_denied(text, &bytes, &denials, &behind);
            let stance = match clause.silent {
                Some(mood) => Stance::Silent(mood),
                None if denied => Stance::Denied,
                None => Stance::Said,
            };
            statements.push(Statement {
                phrase: position,
                clause: index,
                bytes,
                stance,
            });
        }
    }
    statements
}

/// Leaves out places that lie within others: of 没有 and 没 only the first denies.
fn longest(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
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

/// Whether denying words stand before or behind, an odd number of them: 不是没扣 says that it was.
fn is_denied(
    text: &str,
    bytes: &Range<usize>,
    denials: &[Range<usize>],
    behind: &[Range<usize>],
) -> bool {
    let mut start = bytes.start;
    let mut count = 0;
    for denial in denials
        .iter()
        .rev()
        .filter(|denial| denial.end <= bytes.start)
    {
        if denial.end > start || !reaches(&text[denial.end..start]) {
            break;
        }
        count += 1;
        start = denial.start;
    }
    let after = behind
        .iter()
        .any(|denial| denial.start >= bytes.end && reaches(&text[bytes.end..denial.start]));
    (count + usize::from(after)) % 2 == 1
}

/// Whether what stands between lets a denial through.
fn reaches(between: &str) -> bool {
    // Latin letters are short: five of them are a word, as two Chinese characters are.
    let length: usize = between
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 3 })
        .sum();
    let listed = LIST.iter().any(|sign| between.contains(sign));
    length <= DENIAL_REACH * 3 || (listed && length <= LIST_REACH * 3)
}

/// Where any of the patterns stands within a clause; the first and longest place first.
pub(super) fn matches(
    patterns: &[Pattern],
    text: &str,
    clause: &Range<usize>,
    found: &PartsFound,
) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = patterns
        .iter()
        .flat_map(|pattern| places(pattern, text, clause, found))
        .collect();
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    places
}

fn places(
    pattern: &Pattern,
    text: &str,
    clause: &Range<usize>,
    found: &PartsFound,
) -> Vec<Range<usize>> {
    let inside = |place: &&Range<usize>| place.start >= clause.start && place.end <= clause.end;
    let Some((first, rest)) = pattern.steps.split_first() else {
        return Vec::new();
    };
    let mut reached: Vec<Range<usize>> = found
        .of(first.part)
        .iter()
        .filter(inside)
        .cloned()
        .collect();
    for step in rest {
        if reached.is_empty() {
            break;
        }
        let mut next: Vec<Range<usize>> = Vec::new();
        for place in found.of(step.part).iter().filter(inside) {
            let before = reached.iter().filter(|before| before.end <= place.start);
            let near = before.filter(|before| within_gap(&text[before.end..place.start], step.gap));
            // The nearest beginning makes the shortest statement.
            if let Some(start) = near.map(|before| before.start).max() {
                next.push(start..place.end);
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

//! The words of the phrases that stand in one clause, and the patterns that they can make up.

use std::ops::Range;

use crate::rules::{Beginning, Hit, Owner, PartId, Pattern, PhraseSet};

/// No further place.
const NONE: u32 = u32::MAX;

/// The places of every part in a clause. Made once and filled for one clause after the other.
pub(super) struct Found<'r> {
    phrases: &'r PhraseSet,
    text: &'r str,
    /// For every part the first and the last of its places.
    ends: Vec<(u32, u32)>,
    /// Places, each with the next one of the same part.
    places: Vec<(Range<usize>, u32)>,
    /// Parts that stand in the clause.
    parts: Vec<PartId>,
    /// Patterns of which every part stands in the clause, by owner.
    possible: Vec<Beginning>,
}

impl<'r> Found<'r> {
    pub(super) fn new(phrases: &'r PhraseSet, text: &'r str) -> Self {
        Self {
            phrases,
            text,
            ends: vec![(NONE, NONE); phrases.parts()],
            places: Vec::new(),
            parts: Vec::new(),
            possible: Vec::new(),
        }
    }

    /// Takes the words of another clause: those of `hits`, which come in order, that lie in it; and
    /// the patterns that they can make up.
    pub(super) fn fill(&mut self, hits: &[Hit], clause: &Range<usize>) {
        self.take(hits, clause);
        let mut possible = std::mem::take(&mut self.possible);
        possible.clear();
        for part in &self.parts {
            let begun = self.phrases.beginning_with(*part).iter();
            let whole = begun.filter(|begun| {
                let pattern = || &self.phrases.patterns_of(begun.owner)[begun.pattern];
                begun.next.is_none_or(|next| self.has(next)) && self.has_all(pattern())
            });
            possible.extend(whole);
        }
        possible.sort_unstable();
        self.possible = possible;
    }

    /// Takes the words alone: enough where only a few patterns are looked for.
    pub(super) fn take(&mut self, hits: &[Hit], clause: &Range<usize>) {
        for part in self.parts.drain(..) {
            self.ends[part.0] = (NONE, NONE);
        }
        self.places.clear();
        let first = hits.partition_point(|hit| hit.start < clause.start);
        let inside = hits[first..]
            .iter()
            .take_while(|hit| hit.start < clause.end)
            .filter(|hit| hit.end <= clause.end);
        for hit in inside {
            self.add(hit);
        }
        self.possible.clear();
    }

    fn add(&mut self, hit: &Hit) {
        let at = u32::try_from(self.places.len()).unwrap_or(NONE);
        let (first, last) = &mut self.ends[hit.part.0];
        if *first == NONE {
            *first = at;
            self.parts.push(hit.part);
        } else {
            self.places[*last as usize].1 = at;
        }
        *last = at;
        self.places.push((hit.start..hit.end, NONE));
    }

    fn has(&self, part: PartId) -> bool {
        self.ends.get(part.0).is_some_and(|ends| ends.0 != NONE)
    }

    fn has_all(&self, pattern: &Pattern) -> bool {
        pattern.steps.iter().all(|step| self.has(step.part))
    }

    /// The places of a part, in order.
    fn of(&self, part: PartId) -> impl Iterator<Item = &Range<usize>> {
        let mut next = self.ends.get(part.0).map_or(NONE, |ends| ends.0);
        std::iter::from_fn(move || {
            let (place, behind) = self.places.get(next as usize)?;
            next = *behind;
            Some(place)
        })
    }

    /// Owners of patterns of which every part is there, each once, in order.
    pub(super) fn owners(&self) -> impl Iterator<Item = Owner> {
        let groups = self.possible.chunk_by(|a, b| a.owner == b.owner);
        groups.map(|group| group[0].owner)
    }

    /// Where any pattern of an owner stands; the first and longest place first.
    pub(super) fn places(&self, owner: Owner) -> Vec<Place> {
        let start = self.possible.partition_point(|begun| begun.owner < owner);
        let own = self.possible[start..]
            .iter()
            .take_while(|begun| begun.owner == owner);
        let patterns = self.phrases.patterns_of(owner);
        let mut places: Vec<Place> = own
            .flat_map(|begun| self.places_of(&patterns[begun.pattern]))
            .collect();
        places.sort_by_key(|place| (place.bytes.start, std::cmp::Reverse(place.bytes.end)));
        places
    }

    /// Where any of the patterns stands.
    pub(super) fn places_of_any(&self, patterns: &[Pattern]) -> impl Iterator<Item = Place> {
        let possible = patterns.iter().filter(|pattern| self.has_all(pattern));
        possible.flat_map(|pattern| self.places_of(pattern))
    }

    /// Whether any of the patterns stands there.
    pub(super) fn any(&self, patterns: &[Pattern]) -> bool {
        self.places_of_any(patterns).next().is_some()
    }

    fn places_of(&self, pattern: &Pattern) -> Vec<Place> {
        let Some((first, rest)) = pattern.steps.split_first() else {
            return Vec::new();
        };
        let begun = self.of(first.part);
        let mut reached: Vec<Place> = begun
            .map(|part| Place {
                bytes: part.clone(),
                gaps: Vec::new(),
            })
            .collect();
        for step in rest {
            let mut next: Vec<Place> = Vec::new();
            for part in self.of(step.part) {
                let near = reached.iter().filter(|before| {
                    before.bytes.end <= part.start
                        && within_gap(&self.text[before.bytes.end..part.start], step.gap)
                });
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
            if reached.is_empty() {
                break;
            }
        }
        reached
    }
}

/// Where a pattern stands: all of it, and what lies between its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub bytes: Range<usize>,
    gaps: Vec<Range<usize>>,
}

impl Place {
    /// Whether a denying word stands between its parts.
    pub(super) fn skips(&self, denials: &[Range<usize>]) -> bool {
        let within = |gap: &Range<usize>| {
            let mut inside = denials.iter();
            inside.any(|denial| denial.start >= gap.start && denial.end <= gap.end)
        };
        self.gaps.iter().any(within)
    }
}

/// Whether a gap has at most so many characters; spaces do not count.
fn within_gap(between: &str, gap: usize) -> bool {
    // A character has at most four bytes, and at most one space stands between two.
    if between.len() > gap * 5 + 1 {
        return false;
    }
    let letters = between.chars().filter(|c| !c.is_whitespace());
    letters.count() <= gap
}

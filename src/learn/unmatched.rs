//! What phrases read and what they do not: clauses of tickets that no phrase knows, grouped, so
//! that a support lead knows what to add.

use std::collections::{BTreeMap, HashMap};

use crate::reading::Reading;
use crate::rules::PhraseSet;

/// Clauses that resemble each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The commonest clause, as it was typed.
    pub clause: String,
    /// How many clauses are in the group.
    pub count: usize,
    /// Some of the others, the commonest first.
    pub others: Vec<String>,
}

/// How many clauses were read, and the groups of those that were not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unmatched {
    /// All clauses.
    pub clauses: usize,
    /// Clauses in which some phrase stands.
    pub read: usize,
    /// The rest, largest group first.
    pub groups: Vec<Group>,
}

/// Shorter clauses say nothing by themselves, in characters.
const SHORTEST: usize = 2;

/// Clauses are alike from this share of common pairs of characters on (Dice 1945).
const ALIKE: f64 = 0.5;

/// Other clauses shown beside the commonest.
const SHOWN: usize = 4;

/// Finds the clauses of texts that no phrase reads.
#[must_use]
pub fn unmatched<'t>(texts: impl Iterator<Item = &'t str>, phrases: &PhraseSet) -> Unmatched {
    unmatched_counted(texts.map(|text| (text, 1)), phrases)
}

/// The same for texts that occur several times.
#[must_use]
pub fn unmatched_counted<'t>(
    texts: impl Iterator<Item = (&'t str, usize)>,
    phrases: &PhraseSet,
) -> Unmatched {
    let mut result = Unmatched::default();
    // The first spelling of each clause, and how often it occurs.
    let mut unread: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for (text, times) in texts {
        let reading = Reading::new(text, phrases);
        for (index, clause) in reading.clauses.iter().enumerate() {
            let plain = plain(&reading.normal.text()[clause.bytes.clone()]);
            if plain.chars().count() < SHORTEST {
                continue;
            }
            result.clauses += times;
            if reading
                .statements
                .iter()
                .any(|statement| statement.clause == index)
            {
                result.read += times;
                continue;
            }
            let typed = || {
                text[reading.normal.original(&clause.bytes)]
                    .trim()
                    .to_owned()
            };
            unread.entry(plain).or_insert_with(|| (typed(), 0)).1 += times;
        }
    }
    result.groups = groups(unread);
    result
}

/// Letters and characters only; every number is alike.
fn plain(clause: &str) -> String {
    let mut plain = String::new();
    for c in clause.chars().filter(|c| c.is_alphanumeric()) {
        let c = if c.is_ascii_digit() { '#' } else { c };
        if c != '#' || !plain.ends_with('#') {
            plain.push(c);
        }
    }
    plain
}

/// Puts every clause to the first group whose commonest clause it resembles.
fn groups(unread: BTreeMap<String, (String, usize)>) -> Vec<Group> {
    let mut clauses: Vec<(String, String, usize)> = unread
        .into_iter()
        .map(|(plain, (typed, count))| (plain, typed, count))
        .collect();
    clauses.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    let mut groups: Vec<Group> = Vec::new();
    let mut pairs_of: Vec<Vec<(char, char)>> = Vec::new();
    let mut with_pair: HashMap<(char, char), Vec<usize>> = HashMap::new();
    for (plain, typed, count) in clauses {
        let pairs = pairs(&plain);
        match nearest_group(&pairs, &pairs_of, &with_pair) {
            Some(group) => {
                groups[group].count += count;
                if groups[group].others.len() < SHOWN {
                    groups[group].others.push(typed);
                }
            }
            None => {
                for pair in &pairs {
                    with_pair.entry(*pair).or_default().push(groups.len());
                }
                pairs_of.push(pairs);
                groups.push(Group {
                    clause: typed,
                    count,
                    others: Vec::new(),
                });
            }
        }
    }
    groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.clause.cmp(&b.clause)));
    groups
}

fn nearest_group(
    pairs: &[(char, char)],
    pairs_of: &[Vec<(char, char)>],
    with_pair: &HashMap<(char, char), Vec<usize>>,
) -> Option<usize> {
    let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
    for group in pairs
        .iter()
        .filter_map(|pair| with_pair.get(pair))
        .flatten()
    {
        *shared.entry(*group).or_default() += 1;
    }
    let alike = |(group, shared): (usize, usize)| {
        let total = pairs.len() + pairs_of[group].len();
        (2.0 * shared as f64 / total as f64, group)
    };
    let best = shared
        .into_iter()
        .map(alike)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    best.filter(|(share, _)| *share >= ALIKE)
        .map(|(_, group)| group)
}

fn pairs(plain: &str) -> Vec<(char, char)> {
    let mut pairs: Vec<(char, char)> = plain.chars().zip(plain.chars().skip(1)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_that_resemble_each_other_stand_together() {
        let texts = [
            "余额变成了负数",
            "余额变成负数了",
            "余额变成负数了,急",
            "彩虹很美丽",
        ];
        let found = unmatched(texts.into_iter(), &PhraseSet::default());
        assert_eq!((found.clauses, found.read), (4, 0));
        assert_eq!(found.groups[0].count, 3);
        assert_eq!(found.groups[1].clause, "彩虹很美丽");
    }
}

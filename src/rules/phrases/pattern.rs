//! Patterns of phrases: parts that stand in this order within one clause.
//!
//! `钱|款 ..3 扣|划走` is two parts with up to three characters between them; without `..N` parts
//! touch. `<term>` stands for the words of a term, `_` for a space, and a Latin word ends where its
//! letters end unless a `*` follows.

use serde::{Deserialize, Serialize};

use super::lexicon::LONGEST_WORD;

/// How many characters `..` alone allows between two parts.
const GAP: usize = 6;

/// The widest gap, in characters: what is further apart is seldom one statement.
const WIDEST_GAP: usize = 30;

/// A place in the list of word sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PartId(pub usize);

/// One part with what may stand before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The words of which one must stand here.
    pub part: PartId,
    /// How many characters may stand between the part before and this one.
    pub gap: usize,
}

/// Parts in their order; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// The parts.
    pub steps: Vec<Step>,
}

/// A part as it is written: words with `|` between them; and the gap before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawStep<'p> {
    pub part: &'p str,
    pub gap: usize,
}

/// Splits a pattern into its parts.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(pattern: &str) -> Result<Vec<RawStep<'_>>, String> {
    let mut steps: Vec<RawStep<'_>> = Vec::new();
    let mut gap = None;
    for piece in pattern.split_whitespace() {
        if let Some(width) = piece.strip_prefix("..") {
            if steps.is_empty() || gap.is_some() {
                return Err(format!("expected a part before `{piece}`"));
            }
            let width = if width.is_empty() {
                Ok(GAP)
            } else {
                width.parse()
            };
            let width = width.ok().filter(|width| *width <= WIDEST_GAP);
            gap = Some(width.ok_or_else(|| {
                format!(
                    "expected a gap of 0 to {WIDEST_GAP} characters such as `..3`, found `{piece}`"
                )
            })?);
            continue;
        }
        if piece.split('|').any(str::is_empty) {
            return Err(format!(
                "expected a word on both sides of every `|`, found `{piece}`"
            ));
        }
        if let Some(long) = piece
            .split('|')
            .find(|word| word.chars().count() > LONGEST_WORD)
        {
            return Err(format!(
                "expected words of at most {LONGEST_WORD} characters, found `{long}`"
            ));
        }
        steps.push(RawStep {
            part: piece,
            gap: gap.take().unwrap_or(0),
        });
    }
    if gap.is_some() {
        return Err("expected a part after the last gap".to_owned());
    }
    if steps.is_empty() {
        return Err("expected a part, found an empty pattern".to_owned());
    }
    Ok(steps)
}

/// The term that a word names, if it names one.
pub(super) fn term(word: &str) -> Option<&str> {
    let term = word.strip_prefix('<')?.strip_suffix('>')?;
    (!term.contains('|')).then_some(term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_gaps() {
        let steps = parse("钱|<money> ..3 扣 了 .. not_yet").expect("a pattern");
        let gaps: Vec<usize> = steps.iter().map(|step| step.gap).collect();
        assert_eq!(gaps, [0, 3, 0, GAP]);
        assert_eq!(steps[0].part, "钱|<money>");
        assert_eq!(term("<money>"), Some("money"));
        assert_eq!(term("money"), None);
        assert_eq!(term("<money>|<time>"), None);
    }

    #[test]
    fn what_cannot_match_is_refused() {
        for wrong in [
            "",
            "  ",
            "..3 a",
            "a ..",
            "a ..x b",
            "a ..99 b",
            "a| b",
            "|",
            "a .. .. b",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}

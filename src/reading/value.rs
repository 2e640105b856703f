//! Amounts and counts in text, with what they are amounts and counts of.

use std::ops::Range;

use crate::rules::ValueWords;

use super::Clause;
use super::number::{Number, numbers};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// What was to be paid.
    Amount,
    /// What the payer has.
    Balance,
    /// A limit for one payment.
    SingleLimit,
    /// A limit for a day.
    DailyLimit,
    /// How often it was submitted.
    Submissions,
    /// How often money was taken.
    Debits,
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub role: Role,
    /// Money in fen; a count as it is.
    pub value: i64,
    /// Its bytes in the normalised text.
    pub bytes: Range<usize>,
}

/// How many bytes before a value are looked at: some twelve Chinese characters.
const BEFORE: usize = 36;

/// All values of a text.
pub(super) fn values(text: &str, clauses: &[Clause], words: &ValueWords) -> Vec<Value> {
    let mut values = Vec::new();
    for clause in clauses {
        let bytes = clause.bytes.clone();
        for number in numbers(&text[bytes.clone()]) {
            let number = Number {
                bytes: bytes.start + number.bytes.start..bytes.start + number.bytes.end,
                ..number
            };
            if number.hundredths > 0 {
                values.extend(value(text, &bytes, &number, words));
            }
        }
        values.extend(twice(text, &bytes, words));
    }
    values
}

fn value(text: &str, clause: &Range<usize>, number: &Number, words: &ValueWords) -> Option<Value> {
    let before = &text[clause.start..number.bytes.start];
    let behind = &text[number.bytes.end..clause.end];
    if let Some(role) = count_role(before, behind, words) {
        let value = number.whole().filter(|count| (1..=50).contains(count))?;
        return Some(Value {
            role,
            value,
            bytes: number.bytes.clone(),
        });
    }
    let (fen, end) = money(before, behind, number, words)?;
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(BEFORE))..];
    let last = |list: &[String]| {
        list.iter()
            .filter_map(|word| near.rfind(word.as_str()))
            .max()
    };
    let (having, limiting, paying) = (
        last(&words.having),
        last(&words.limiting),
        last(&words.paying),
    );
    let role = if limiting > having && limiting >= paying {
        let whole = &text[clause.clone()];
        if contains_any(whole, &words.daily) {
            Role::DailyLimit
        } else {
            Role::SingleLimit
        }
    } else if having.is_some() && having >= paying {
        Role::Balance
    } else {
        Role::Amount
    };
    Some(Value {
        role,
        value: fen,
        bytes: number.bytes.start..number.bytes.end + end,
    })
}

/// The amount in fen and how many bytes of unit follow; none where the number is no money.
fn money(before: &str, behind: &str, number: &Number, words: &ValueWords) -> Option<(i64, usize)> {
    let trimmed = behind.trim_start();
    let gap = behind.len() - trimmed.len();
    let unit = words
        .units
        .iter()
        .filter(|unit| begins_with(trimmed, unit))
        .max_by_key(|unit| unit.len());
    if let Some(unit) = unit {
        let rest = &trimmed[unit.len()..];
        // 98块7 and 98块七 are 98.70.
        let tenths = rest
            .chars()
            .next()
            .filter(|_| matches!(unit.as_str(), "块" | "元"))
            .and_then(|c| {
                let alone = !rest
                    .chars()
                    .nth(1)
                    .is_some_and(|next| next.is_ascii_digit() || "次个笔天点".contains(next));
                let digit = c.to_digit(10).or_else(|| {
                    "零一二三四五六七八九"
                        .chars()
                        .position(|d| d == c)
                        .and_then(|d| u32::try_from(d).ok())
                });
                digit
                    .filter(|_| alone)
                    .map(|digit| (i64::from(digit) * 10, c.len_utf8()))
            });
        let (more, length) = tenths.unwrap_or((0, 0));
        return Some((number.hundredths + more, gap + unit.len() + length));
    }
    let tight = before.trim_end();
    if words
        .signs
        .iter()
        .any(|sign| tight.ends_with(sign.as_str()))
    {
        return Some((number.hundredths, 0));
    }
    let paying = words
        .paying
        .iter()
        .any(|word| tight.ends_with(word.as_str()));
    let counted = behind.trim_start().chars().next().is_some_and(|c| {
        "次下遍回个天号位笔单点分秒月年张级版折g%:：/-".contains(c) || c.is_ascii_alphanumeric()
    });
    let sized = number.hundredths >= 500
        && number
            .digits
            .as_ref()
            .is_none_or(|digits| digits.len() <= 7);
    (paying && !counted && sized).then_some((number.hundredths, 0))
}

fn count_role(before: &str, behind: &str, words: &ValueWords) -> Option<Role> {
    let behind = behind.trim_start();
    if !words.times.iter().any(|word| begins_with(behind, word))
        || contains_any(before, &words.other_counts)
    {
        return None;
    }
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(15))..];
    let last = |list: &[String]| {
        list.iter()
            .filter_map(|word| near.rfind(word.as_str()))
            .max()
    };
    let (debiting, submitting) = (last(&words.debiting), last(&words.submitting));
    if debiting.is_some() && debiting >= submitting {
        return Some(Role::Debits);
    }
    let of_submitting = behind.starts_with('笔') || behind.starts_with('单');
    (submitting.is_some() && !of_submitting).then_some(Role::Submissions)
}

/// "twice" is a count without a number.
fn twice(text: &str, clause: &Range<usize>, words: &ValueWords) -> Option<Value> {
    let within = &text[clause.clone()];
    let at = within.find("twice")?;
    let before = &within[..at];
    let role = if contains_any(before, &words.debiting) {
        Role::Debits
    } else if contains_any(before, &words.submitting) {
        Role::Submissions
    } else {
        return None;
    };
    let start = clause.start + at;
    Some(Value {
        role,
        value: 2,
        bytes: start..start + "twice".len(),
    })
}

fn contains_any(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

/// Whether a text begins with a word; a Latin word must end there.
fn begins_with(text: &str, word: &str) -> bool {
    let Some(rest) = text.strip_prefix(word) else {
        return false;
    };
    let latin = word.ends_with(|c: char| c.is_ascii_alphabetic());
    !(latin && rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn read(text: &str) -> Vec<(Role, i64)> {
        let clause = Clause {
            bytes: 0..text.len(),
            silent: None,
        };
        values(text, &[clause], &RuleSet::built_in().phrases().values)
            .iter()
            .map(|value| (value.role, value.value))
            .collect()
    }

    #[test]
    fn amounts_have_roles() {
        assert_eq!(read("充值98块7没到"), [(Role::Amount, 9_870)]);
        assert_eq!(read("付了1,160.00元"), [(Role::Amount, 116_000)]);
        assert_eq!(read("充50"), [(Role::Amount, 5_000)]);
        assert_eq!(read("¥648被拒"), [(Role::Amount, 64_800)]);
        assert_eq!(read("充了一百没到"), [(Role::Amount, 10_000)]);
        assert_eq!(read("零钱里只有8块了"), [(Role::Balance, 800)]);
        assert_eq!(read("单笔最多1000元"), [(Role::SingleLimit, 100_000)]);
        assert_eq!(
            read("这张卡一天限额一万元"),
            [(Role::DailyLimit, 1_000_000)]
        );
        assert_eq!(read("paid $5.99 for coins"), [(Role::Amount, 599)]);
        assert_eq!(read("17:42 5g 68%"), []);
    }

    #[test]
    fn counts_have_roles() {
        assert_eq!(read("手抖点了三下"), [(Role::Submissions, 3)]);
        assert_eq!(read("扣了两笔"), [(Role::Debits, 2)]);
        assert_eq!(read("i clicked pay 5 times"), [(Role::Submissions, 5)]);
        assert_eq!(read("charged me twice"), [(Role::Debits, 2)]);
        assert_eq!(read("验证码发了三次"), []);
    }
}

//! What a file states of its rows in the lines around them: how many there are, and their sums.

use crate::facts::Fen;

use super::layout::{any_instant, clean};

/// Which rows a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// All rows; their sum is that of the orders.
    All,
    /// Rows whose money left the owner of the file.
    Out,
    /// Rows whose money came to the owner of the file.
    In,
    /// Rows whose money did neither, or both.
    Neutral,
    /// Payments that a merchant received.
    Payments,
    /// What a merchant paid back.
    Refunds,
}

/// One statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Which rows it is about.
    pub of: Claimed,
    /// How many there are.
    pub rows: Option<u64>,
    /// Their unsigned sum, in fen.
    pub sum: Option<i64>,
}

/// How statements begin that count rows and add them up: `收入：1笔 5.00元`, `#退款合计：1笔，…共-50.00元`.
const LABELS: [(&str, Claimed); 8] = [
    ("交易合计", Claimed::Payments),
    ("退款合计", Claimed::Refunds),
    ("支出合计", Claimed::Out),
    ("收入合计", Claimed::In),
    ("支出", Claimed::Out),
    ("收入", Claimed::In),
    ("不计收支", Claimed::Neutral),
    ("中性交易", Claimed::Neutral),
];

/// How rows of totals begin that stand in the columns of the rows.
const TOTALS: [&str; 3] = ["合计", "总计", "人民币合计"];

/// How headers of totals begin, whose numbers stand on the line after them.
const HEADERS: [&str; 2] = ["总交易单数", "资金流水总笔数"];

/// Columns of such totals: which rows, whether a count, and whether a later one is not needed where
/// it was read.
const NAMED: [(&str, Claimed, bool); 11] = [
    ("总交易单数", Claimed::All, true),
    ("资金流水总笔数", Claimed::All, true),
    ("订单总金额", Claimed::All, false),
    ("总交易额", Claimed::All, false),
    ("应结订单总金额", Claimed::All, false),
    ("申请退款总金额", Claimed::Refunds, false),
    ("退款总金额", Claimed::Refunds, false),
    ("收入笔数", Claimed::In, true),
    ("收入金额", Claimed::In, false),
    ("支出笔数", Claimed::Out, true),
    ("支出金额", Claimed::Out, false),
];

/// The statement of one line.
pub(super) fn claim(line: &str) -> Option<Claim> {
    if !line.contains("退款")
        && let Some(rows) = claimed_count(line)
    {
        return Some(Claim {
            of: Claimed::All,
            rows: Some(rows),
            sum: None,
        });
    }
    let bare = line.trim_start_matches(['#', '"', ' ', '\t', '\u{feff}']);
    let (rest, of) = LABELS
        .iter()
        .find_map(|(label, of)| Some((bare.strip_prefix(label)?, *of)))?;
    let rest = rest.trim_start().strip_prefix(['：', ':'])?;
    let (count, rest) = rest.split_once('笔')?;
    Some(Claim {
        of,
        rows: Some(count.trim().parse().ok()?),
        sum: yuan(rest),
    })
}

/// N of 共N笔.
fn claimed_count(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once('共')?;
    let rest = rest.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest[digits..].trim_start();
    after
        .starts_with('笔')
        .then(|| rest[..digits].parse().ok())?
}

/// The first amount before a 元, without its sign.
fn yuan(text: &str) -> Option<i64> {
    let (before, _) = text.split_once('元')?;
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+');
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_part(*c))
        .last()?
        .0;
    before[start..]
        .parse::<Fen>()
        .ok()
        .map(|fen| fen.0.saturating_abs())
}

/// The names of totals that stand on the line after this one.
pub(super) fn total_names(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start_matches('\u{feff}');
    let is_header = HEADERS.iter().any(|word| clean(line).starts_with(word));
    let names = line.split(',').map(|name| clean(name).to_owned());
    is_header.then(|| names.collect())
}

/// The statements of a line of totals below their names.
pub(super) fn named_totals(names: &[String], line: &str) -> Vec<Claim> {
    let cells: Vec<&str> = line.split(',').map(clean).collect();
    let fen_at = |name: &str| {
        let at = names.iter().position(|known| known == name)?;
        Some(cells.get(at)?.parse::<Fen>().ok()?.0)
    };
    let mut claims: Vec<Claim> = Vec::new();
    for (name, of, counts) in NAMED {
        let Some(fen) = fen_at(name) else {
            continue;
        };
        let at = match claims.iter().position(|claim| claim.of == of) {
            Some(at) => at,
            None => {
                claims.push(Claim {
                    of,
                    rows: None,
                    sum: None,
                });
                claims.len() - 1
            }
        };
        let claim = &mut claims[at];
        if counts {
            // Counts are written with decimals: `45.0`.
            claim.rows = claim.rows.or(u64::try_from(fen / 100).ok());
        } else {
            claim.sum = claim.sum.or(Some(fen.saturating_abs()));
        }
    }
    claims
}

/// Whether a line holds totals in the columns of the rows.
pub(super) fn is_total_row(line: &str) -> bool {
    let line = line.trim_start_matches(['"', ' ', '\t', '\u{feff}']);
    TOTALS.iter().any(|word| line.starts_with(word))
}

/// The times in brackets of a line: `起始时间：[…] 终止时间：[…]`.
pub(super) fn bracketed_times(line: &str) -> Vec<String> {
    let pieces = line.split('[').skip(1);
    pieces
        .filter_map(|piece| piece.split_once(']'))
        .filter_map(|(inner, _)| any_instant(inner.trim(), crate::facts::CHINA_OFFSET_S))
        .map(|moment| moment.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(of: Claimed, rows: Option<u64>, sum: Option<i64>) -> Claim {
        Claim { of, rows, sum }
    }

    #[test]
    fn statements_are_read_in_their_spellings() {
        for (line, expected) in [
            ("共6笔记录,,,,", Some(claimed(Claimed::All, Some(6), None))),
            (
                "支出：2笔 110.00元",
                Some(claimed(Claimed::Out, Some(2), Some(11_000))),
            ),
            (
                "中性交易：1笔 1,100.10元,,,",
                Some(claimed(Claimed::Neutral, Some(1), Some(110_010))),
            ),
            (
                "#交易合计：3笔，商家实收共169.00元，商家优惠共0.00元",
                Some(claimed(Claimed::Payments, Some(3), Some(16_900))),
            ),
            (
                "#退款合计：1笔，商家实收退款共-50.00元",
                Some(claimed(Claimed::Refunds, Some(1), Some(5_000))),
            ),
            ("已收入:1笔,0.01元", None),
            ("导出类型：[全部]", None),
        ] {
            assert_eq!(claim(line), expected, "{line}");
        }
    }

    #[test]
    fn totals_below_their_names_are_read() {
        let names = total_names("总交易单数,应结订单总金额,退款总金额,订单总金额").expect("names");
        let claims = named_totals(&names, "`45.0,`0.40,`0.14,`0.47");
        assert_eq!(
            claims,
            [
                claimed(Claimed::All, Some(45), Some(47)),
                claimed(Claimed::Refunds, None, Some(14)),
            ]
        );
        assert!(total_names("`2024-01-02,`1").is_none());
    }
}

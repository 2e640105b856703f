//! What has a name of its own in text: gateway codes, addresses, order numbers, telephone numbers.
//! Read from the text as it was typed, because capitals tell a code from a word.

use std::ops::Range;

use crate::rules::{CodeTables, ValueWords};

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierKind {
    /// A code of a gateway.
    Code,
    /// An HTTP status.
    HttpStatus,
    /// An address of a page.
    Url,
    /// A number of an order.
    Order,
    /// A mobile number.
    Phone,
}

/// An identifier in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// As it stands in the text.
    pub text: String,
    /// Its bytes in the original.
    pub bytes: Range<usize>,
}

/// The statuses of pages that mean trouble (RFC 9110).
const HTTP: [&str; 8] = ["429", "500", "502", "503", "504", "403", "404", "522"];

/// Endings of names that are addresses even without a scheme.
const DOMAINS: [&str; 16] = [
    "com", "cn", "net", "org", "vip", "top", "xyz", "cc", "io", "shop", "club", "info", "app",
    "site", "online", "me",
];

/// Codes and addresses stand at the beginning of a pasted page, in bytes.
const LONGEST: usize = 1 << 15;

/// All identifiers of a text, in order.
pub(super) fn identifiers(text: &str, tables: &CodeTables, words: &ValueWords) -> Vec<Identifier> {
    let tokens = tokens(&text[..text.floor_char_boundary(LONGEST)]);
    let read = |bytes: &Range<usize>| {
        let token = &text[bytes.clone()];
        let behind = text[bytes.end..].trim_start();
        if words
            .units
            .iter()
            .any(|unit| behind.starts_with(unit.as_str()))
        {
            // An amount, whatever else it looks like.
            return None;
        }
        let kind = kind(token, &before(text, bytes.start), tables, words)?;
        Some(Identifier {
            kind,
            text: token.to_owned(),
            bytes: bytes.clone(),
        })
    };
    tokens.iter().filter_map(read).collect()
}

/// Runs of Latin letters, digits and the signs inside codes and addresses.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut start = None;
    let inside = |c: char| c.is_ascii_alphanumeric() || "_.-:/=?&%#@+".contains(c);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (inside(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let token = &text[from..at];
                let trimmed = token.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                if !trimmed.is_empty() {
                    let lead = token.find(trimmed).unwrap_or(0);
                    // A minus belongs to a code such as -1.
                    let minus = usize::from(
                        lead > 0
                            && token[..lead].ends_with('-')
                            && trimmed.bytes().all(|b| b.is_ascii_digit()),
                    );
                    tokens.push(from + lead - minus..from + lead + trimmed.len());
                }
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

/// How many characters before a token are looked at.
const NEAR: usize = 8;

fn before(text: &str, at: usize) -> String {
    let near: Vec<char> = text[..at].chars().rev().take(NEAR).collect();
    let near: String = near
        .into_iter()
        .rev()
        .flat_map(char::to_lowercase)
        .collect();
    hanconv::t2s(&near)
}

fn kind(
    token: &str,
    before: &str,
    tables: &CodeTables,
    words: &ValueWords,
) -> Option<IdentifierKind> {
    let cue = |cues: &[String]| {
        let tight = before.trim_end_matches([':', '：', ' ', '=', '"', '\'', '“', '#', '是', '为']);
        cues.iter().any(|cue| tight.ends_with(cue.as_str()))
    };
    let digits = token.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_url(token) {
        return Some(IdentifierKind::Url);
    }
    if digits && token.len() == 11 && token.starts_with('1') && token.as_bytes()[1] >= b'3' {
        return Some(IdentifierKind::Phone);
    }
    let long = token.len() >= 6 && token.bytes().filter(u8::is_ascii_digit).count() >= 4;
    if cue(&words.order_cues)
        && long
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    {
        return Some(IdentifierKind::Order);
    }
    if HTTP.contains(&token) && !before.ends_with(['充', '付', '¥', '￥', '$']) {
        return Some(IdentifierKind::HttpStatus);
    }
    let telling = if digits {
        cue(&words.code_cues)
    } else {
        looks_like_code(token)
    };
    // The patterns of gateways are compiled when the first token is held against them.
    let listed =
        || !tables.code(token).is_empty() || tables.gateways().any(|gateway| gateway.claims(token));
    (telling && listed()).then_some(IdentifierKind::Code)
}

/// Whether a token is spelt like a code and unlike a word: with digits or signs inside, or all in
/// capitals.
fn looks_like_code(token: &str) -> bool {
    let letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    let signs = token
        .bytes()
        .any(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'='));
    let capitals = token.bytes().all(|b| !b.is_ascii_lowercase());
    let dashed = token.contains('-') && token.len() >= 12;
    letters >= 1 && token.len() >= 3 && (signs || dashed || (capitals && letters >= 8))
}

fn is_url(token: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return lower.len() > 10;
    }
    let host = lower.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let Some((name, ending)) = host.rsplit_once('.') else {
        return false;
    };
    DOMAINS.contains(&ending)
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
        && !lower.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn identifiers_are_told_from_words_and_numbers() {
        let rules = RuleSet::built_in();
        let read = |text: &str| -> Vec<(IdentifierKind, String)> {
            let found = identifiers(text, &rules.codes, &rules.phrases().values);
            found
                .into_iter()
                .map(|found| (found.kind, found.text))
                .collect()
        };
        let one = |kind, text: &str| vec![(kind, text.to_owned())];
        use IdentifierKind::{Code, HttpStatus, Order, Phone, Url};
        assert_eq!(read("付款报ALI40247系统繁忙"), one(Code, "ALI40247"));
        assert_eq!(read("银联应答码61"), one(Code, "61"));
        assert_eq!(read("账户可用余额不足[51]"), one(Code, "51"));
        assert_eq!(
            read("ACQ.TRADE_HAS_CLOSE 交易已关闭"),
            one(Code, "ACQ.TRADE_HAS_CLOSE")
        );
        assert_eq!(read("点支付就502"), one(HttpStatus, "502"));
        assert_eq!(
            read("订单号20240703110542，帮忙查下"),
            one(Order, "20240703110542")
        );
        assert_eq!(read("充到13812345678了"), one(Phone, "13812345678"));
        assert_eq!(
            read("网址是www.91ka-vip.com吗"),
            one(Url, "www.91ka-vip.com")
        );
        assert_eq!(
            read("my payment failed, CLOSED the page, 51 yuan, 5G 68%"),
            vec![]
        );
    }
}

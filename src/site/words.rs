//! Words that are added to any name and tell nothing of whose it is.

use std::collections::HashSet;

use ahash::RandomState;

/// A text longer than this is not taken apart into words: no name that anybody reads is longer.
const LONGEST_TEXT: usize = 48;

/// Digits that people add to a name because they bring luck, stand for a wish or a hotline.
const LUCKY: [&str; 28] = [
    "168", "188", "666", "888", "999", "777", "518", "520", "521", "1314", "123", "1234", "365",
    "360", "668", "688", "886", "6666", "8888", "9999", "66", "88", "99", "24", "24h", "51", "91",
    "10086",
];

/// Words by which people are asked for secrets: beside a brand's name they are a second reason.
const LURES: [&str; 24] = [
    "login",
    "signin",
    "logon",
    "verify",
    "verification",
    "secure",
    "security",
    "safe",
    "safety",
    "account",
    "accounts",
    "update",
    "confirm",
    "auth",
    "unlock",
    "kefu",
    "anquan",
    "renzheng",
    "yanzheng",
    "jiedong",
    "denglu",
    "tuikuan",
    "refund",
    "id",
];

/// The generic words of a profile.
#[derive(Debug)]
pub(super) struct Words {
    words: HashSet<Box<str>, RandomState>,
    longest: usize,
}

impl Words {
    pub(super) fn new(words: &[String]) -> Self {
        Self {
            words: words.iter().map(|word| word.as_str().into()).collect(),
            longest: words.iter().map(String::len).max().unwrap_or(0),
        }
    }

    /// Whether a text consists of such words and of numbers, one after the other. Nothing does.
    pub(super) fn make(&self, text: &str) -> bool {
        if text.len() > LONGEST_TEXT {
            return false;
        }
        // Bit n: the text can be taken apart up to byte n.
        let mut reached: u64 = 1;
        for (start, first) in text.char_indices() {
            if reached >> start & 1 == 0 {
                continue;
            }
            if first.is_ascii_digit() {
                reached |= 1 << (start + 1);
            }
            for end in start + 1..=text.len().min(start + self.longest) {
                if text
                    .get(start..end)
                    .is_some_and(|word| self.words.contains(word))
                {
                    reached |= 1 << end;
                }
            }
        }
        reached >> text.len() & 1 == 1
    }

    /// Whether a text is one such word, or a number.
    pub(super) fn has(&self, text: &str) -> bool {
        self.words.contains(text) || is_number(text)
    }

    /// A name without the longest such word, or number, at its end and at its beginning.
    pub(super) fn stripped<'n>(&self, name: &'n str) -> &'n str {
        let ends = (1..name.len()).filter(|at| name.is_char_boundary(*at));
        let mut tails = ends.clone().filter(|at| name.len() - at <= self.longest);
        let end = tails
            .find(|at| self.has(&name[*at..]))
            .unwrap_or(name.len());
        let name = &name[..end];
        let mut heads = ends.rev().filter(|at| *at <= self.longest && *at < end);
        let start = heads.find(|at| self.has(&name[..*at])).unwrap_or(0);
        &name[start..]
    }
}

/// Whether a text is a number that people like in names: one of luck, or a year of this century.
pub(super) fn is_lucky(text: &str) -> bool {
    let year = text.len() == 4 && text.starts_with("20") && is_number(text);
    year || LUCKY.contains(&text)
}

/// Whether a word asks for secrets.
pub(super) fn is_lure(word: &str) -> bool {
    LURES.contains(&word)
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::new(&["pay", "login", "vip", "kefu", "客服"].map(str::to_owned))
    }

    #[test]
    fn texts_are_taken_apart_into_words() {
        let words = words();
        for text in ["", "pay", "paylogin", "vip888", "客服", "loginpayvip"] {
            assert!(words.make(text), "{text}");
        }
        for text in ["pa", "payx", "xpay", "客", &"pay".repeat(100)] {
            assert!(!words.make(text), "{text}");
        }
    }

    #[test]
    fn names_are_stripped_once_at_each_end() {
        let words = words();
        assert_eq!(words.stripped("loginalipyavip"), "alipya");
        assert_eq!(words.stripped("alipya88"), "alipya");
        assert_eq!(words.stripped("taobao"), "taobao");
        assert_eq!(words.stripped("pay"), "pay");
    }
}

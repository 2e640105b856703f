//! The words of a text as the learned model sees them: tokens, and runs of up to three of them.

use std::ops::Range;

use ahash::AHashSet;

use crate::text::Fnv;

use super::normal::is_han;

/// A run of tokens: the number under which the model knows it, and its bytes in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gram {
    /// FNV-1a of the run's words.
    pub hash: u32,
    /// Bytes of the normalised text.
    pub bytes: Range<usize>,
}

/// The longest run, in tokens. Four and five were tried on texts kept aside and brought nothing.
const LONGEST_RUN: usize = 3;

/// Words of Latin letters also count by their beginnings of this many letters, so that "decline"
/// helps to read "declined".
const BEGINNINGS: [usize; 2] = [4, 5];

/// What stands for every number: which number it is says little about why a recharge failed.
const NUMBER: &str = "#";

/// The tokens of a text: Chinese characters, words, numbers, single signs.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let more = |next: char| {
            if c.is_ascii_digit() {
                next.is_ascii_digit() || next == '.'
            } else {
                next.is_alphanumeric() && !is_han(next) || matches!(next, '_' | '-')
            }
        };
        if c.is_alphanumeric() && !is_han(c) {
            while let Some((at, next)) = rest.next_if(|(_, next)| more(*next)) {
                end = at + next.len_utf8();
            }
        }
        tokens.push(start..end);
    }
    tokens
}

/// Every run of tokens of a text, and every beginning of a word, each once.
#[must_use]
pub fn grams(text: &str) -> Vec<Gram> {
    let mut grams = Vec::new();
    runs(text, |hash, bytes| grams.push(Gram { hash, bytes }));
    let mut seen = AHashSet::with_capacity(grams.len());
    grams.retain(|gram| seen.insert(gram.hash));
    grams
}

/// The numbers of all of them, some more than once.
pub(super) fn hashes(text: &str) -> Vec<u32> {
    let mut hashes = Vec::with_capacity(text.len());
    runs(text, |hash, _| hashes.push(hash));
    hashes
}

fn runs(text: &str, mut found: impl FnMut(u32, Range<usize>)) {
    let tokens = tokens(text);
    let word = |token: &Range<usize>| {
        let word = &text[token.clone()];
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            NUMBER
        } else {
            word
        }
    };
    for first in 0..tokens.len() {
        let mut hash = Fnv::default();
        for (count, token) in tokens[first..].iter().take(LONGEST_RUN).enumerate() {
            if count > 0 {
                hash.eat(b"\x01");
            }
            hash.eat(word(token).as_bytes());
            found(hash.value(), tokens[first].start..token.end);
        }
        let token = &tokens[first];
        let latin = text[token.clone()].bytes().all(|b| b.is_ascii_lowercase());
        for length in BEGINNINGS
            .into_iter()
            .filter(|length| latin && token.len() > BEGINNINGS[0] && token.len() >= *length)
        {
            let mut hash = Fnv::default();
            hash.eat(b"<");
            hash.eat(&text.as_bytes()[token.start..token.start + length]);
            found(hash.value(), token.clone());
        }
    }
}

/// The number under which the model knows something that is said or denied.
#[must_use]
pub fn statement_hash(id: &str, denied: bool) -> u32 {
    let mut hash = Fnv::default();
    hash.eat(if denied { b"\x02-" } else { b"\x02+" });
    hash.eat(id.as_bytes());
    hash.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_characters_words_and_numbers() {
        let text = "充值50.5元 payment_failed,err-1";
        let words: Vec<&str> = tokens(text).into_iter().map(|t| &text[t]).collect();
        assert_eq!(
            words,
            ["充", "值", "50.5", "元", "payment_failed", ",", "err-1"]
        );
    }

    #[test]
    fn every_run_is_there_once() {
        let texts = |text: &str| -> Vec<String> {
            let grams = grams(text);
            grams
                .iter()
                .map(|g| text[g.bytes.clone()].to_owned())
                .collect()
        };
        assert_eq!(texts("没到没"), ["没", "没到", "没到没", "到", "到没"]);
        assert_eq!(texts("declined"), ["declined", "declined", "declined"]);
        assert_eq!(grams("100")[0].hash, grams("7")[0].hash);
    }
}

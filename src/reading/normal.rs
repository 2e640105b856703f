//! Text as it was typed → text as it is read: one case, one width, Simplified, without decoration,
//! each character with the place in the original that it came from. Refuses nothing; what could
//! only harm or distract is left out.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A pasted page says what it has to say at its beginning or its end. Longer texts are read there,
/// in characters.
const HEAD: usize = 6_000;
const TAIL: usize = 2_000;

/// A text in the form in which it is read, with the place of every character in the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normal {
    text: String,
    /// For every character of `text`: where it begins in it, and the bytes of the original.
    places: Vec<Place>,
    /// Whether the middle of the original was passed over.
    pub shortened: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    at: usize,
    original: Range<usize>,
}

/// One character on its way, with the bytes of the original that it stands for.
type Read = (char, Range<usize>);

impl Normal {
    /// Reads a text. `respell` gives what to write in place of a word, for slang, regional words
    /// and typos.
    #[must_use]
    pub fn new(original: &str, respell: &impl Respell) -> Self {
        let (kept, shortened) = ends(original);
        let plain = unspaced(simplified(plain(kept)));
        let mut normal = Self::of(respelled(plain, respell));
        normal.shortened = shortened;
        normal
    }

    fn of(read: Vec<Read>) -> Self {
        let mut normal = Self::default();
        for (c, original) in read {
            let at = normal.text.len();
            normal.text.push(c);
            normal.places.push(Place { at, original });
        }
        normal
    }

    /// The text as it is read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the original that bytes of the text came from.
    #[must_use]
    pub fn original(&self, bytes: &Range<usize>) -> Range<usize> {
        let first = self.places.partition_point(|place| place.at < bytes.start);
        let last = self.places.partition_point(|place| place.at < bytes.end);
        let within = &self.places[first..last];
        match (within.first(), within.last()) {
            (Some(first), Some(last)) => first.original.start..last.original.end,
            _ => 0..0,
        }
    }
}

/// What to write in place of words.
pub trait Respell {
    /// Every replacement in a text: which bytes, and what stands there instead; in order, none
    /// overlapping.
    fn replacements(&self, text: &str) -> Vec<(Range<usize>, &str)>;
}

/// The characters to read, and whether the middle was left out.
fn ends(original: &str) -> (impl Iterator<Item = (usize, char)>, bool) {
    // Counting stops where it is clear: ten megabytes cost no more than a page.
    let long = original.len() > HEAD + TAIL && original.chars().nth(HEAD + TAIL).is_some();
    let head = original
        .char_indices()
        .take(if long { HEAD } else { usize::MAX });
    let tail = if long {
        let start = original.char_indices().rev().nth(TAIL - 1);
        start.map_or(original.len(), |(at, _)| at)
    } else {
        original.len()
    };
    let rest = original[tail..]
        .char_indices()
        .map(move |(at, c)| (tail + at, c));
    (head.chain(rest), long)
}

/// Half-width, lower-case, composed characters; without marks, controls and invisible characters;
/// pictures as spaces.
fn plain(characters: impl Iterator<Item = (usize, char)>) -> Vec<Read> {
    let mut read: Vec<Read> = Vec::new();
    for (at, c) in characters {
        let original = at..at + c.len_utf8();
        if c == '\n' || c == '\r' {
            push_space(&mut read, '\n', original);
            continue;
        }
        if crate::text::is_invisible(c) || is_combining_mark(c) {
            continue;
        }
        if c.is_whitespace() || c.is_control() || is_picture(c) {
            push_space(&mut read, ' ', original);
            continue;
        }
        for part in c.nfkc().flat_map(char::to_lowercase) {
            if part.is_whitespace() {
                push_space(&mut read, ' ', original.clone());
            } else if !is_combining_mark(part) {
                read.push((part, original.clone()));
            }
        }
    }
    read
}

/// Adds a space unless one stands there; a line break takes its place.
fn push_space(read: &mut Vec<Read>, space: char, original: Range<usize>) {
    match read.last_mut() {
        Some((last, _)) if matches!(last, ' ' | '\n') => {
            if space == '\n' {
                *last = '\n';
            }
        }
        _ => read.push((space, original)),
    }
}

/// Whether a character is a picture or a decoration: it is read as a pause.
fn is_picture(c: char) -> bool {
    matches!(u32::from(c),
        0x2190..=0x21FF | 0x2300..=0x23FF | 0x2500..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF
        | 0x1F000..=0x1FAFF | 0xE000..=0xF8FF)
}

/// Whether a character is a Chinese character.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF)
}

/// Simplified characters for Traditional ones, by the tables of OpenCC.
fn simplified(mut read: Vec<Read>) -> Vec<Read> {
    if !read.iter().any(|(c, _)| is_han(*c)) {
        return read;
    }
    let text: String = read.iter().map(|(c, _)| *c).collect();
    let converted = hanconv::t2s(&text);
    // Character by character; where a word changed its length, places would be lost.
    if converted.chars().count() == read.len() {
        for ((c, _), new) in read.iter_mut().zip(converted.chars()) {
            *c = new;
        }
    }
    read
}

/// Chinese words typed with a space after every character are written together: 余 额 不 足.
fn unspaced(read: Vec<Read>) -> Vec<Read> {
    let han = |at: Option<usize>| {
        at.and_then(|at| read.get(at))
            .is_some_and(|(c, _)| is_han(*c))
    };
    let alone = |at: usize| is_han(read[at].0) && !han(at.checked_sub(1)) && !han(Some(at + 1));
    let keep: Vec<bool> = (0..read.len())
        .map(|at| {
            let between = read[at].0 == ' ' && at > 0 && at + 1 < read.len();
            !(between && alone(at - 1) && alone(at + 1))
        })
        .collect();
    let mut keep = keep.iter();
    let mut read = read;
    read.retain(|_| keep.next().copied().unwrap_or(true));
    read
}

/// Writes the usual word for slang, regional words and typos. The new word stands for all of the
/// old one.
fn respelled(read: Vec<Read>, respell: &impl Respell) -> Vec<Read> {
    let text: String = read.iter().map(|(c, _)| *c).collect();
    let replacements = respell.replacements(&text);
    if replacements.is_empty() {
        return read;
    }
    let mut written = Vec::with_capacity(read.len());
    let mut at = 0;
    let mut rest = read.into_iter();
    let mut take = |until: usize| {
        let mut taken: Vec<Read> = Vec::new();
        while at < until {
            let Some(next) = rest.next() else { break };
            at += next.0.len_utf8();
            taken.push(next);
        }
        taken
    };
    let mut joined = false;
    for (bytes, word) in replacements {
        let between = take(bytes.start);
        let space = usize::from(joined && between.first().is_some_and(|(c, _)| *c == ' '));
        written.extend(between.into_iter().skip(space));
        joined = false;
        let old = take(bytes.end);
        if let (Some(first), Some(last)) = (old.first(), old.last()) {
            let original = first.1.start..last.1.end;
            // A Latin word stands between spaces; the Chinese one in its place does not.
            let latin = first.0.is_ascii() && word.chars().next().is_some_and(is_han);
            if latin && written.last().is_some_and(|(c, _)| *c == ' ') {
                written.pop();
            }
            written.extend(word.chars().map(|c| (c, original.clone())));
            joined = latin;
        }
    }
    let rest = take(usize::MAX);
    let space = usize::from(joined && rest.first().is_some_and(|(c, _)| *c == ' '));
    written.extend(rest.into_iter().skip(space));
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Words(&'static [(&'static str, &'static str)]);

    impl Respell for Words {
        fn replacements(&self, text: &str) -> Vec<(Range<usize>, &str)> {
            let mut found: Vec<_> = self
                .0
                .iter()
                .flat_map(|(old, new)| {
                    let places = text.match_indices(old);
                    places.map(|(at, old)| (at..at + old.len(), *new))
                })
                .collect();
            found.sort_by_key(|(bytes, _)| bytes.start);
            found
        }
    }

    fn read(text: &str) -> String {
        Normal::new(text, &Words(&[])).text().to_owned()
    }

    #[test]
    fn decoration_does_not_matter() {
        assert_eq!(read("ＺＦＢ　￥５０．００"), "zfb ¥50.00");
        assert_eq!(read("儲值後點數沒進帳戶"), "储值后点数没进帐户");
        assert_eq!(read("余 额 不 足，充了 没到"), "余额不足,充了 没到");
        assert_eq!(read("扣\u{200b}款\u{202e}了😭😭没到"), "扣款了 没到");
        assert_eq!(read("Z\u{335}\u{327}a\u{301}lgo"), "zalgo");
        assert_eq!(read("a\r\n\r\nb"), "a\nb");
    }

    #[test]
    fn places_lead_back_to_the_original() {
        let original = "用ＺＦＢ付的，😭錢扣了";
        let normal = Normal::new(original, &Words(&[("zfb", "支付宝")]));
        assert_eq!(normal.text(), "用支付宝付的, 钱扣了");
        let at = normal.text().find("支付宝").expect("the new word");
        assert_eq!(&original[normal.original(&(at..at + 9))], "ＺＦＢ");
        let at = normal.text().find("钱扣").expect("the simplified word");
        assert_eq!(&original[normal.original(&(at..at + 6))], "錢扣");
    }

    #[test]
    fn a_long_text_is_read_at_both_ends() {
        let long = format!("余额不足{}超时", "长".repeat(3_000_000));
        let normal = Normal::new(&long, &Words(&[]));
        assert!(normal.shortened);
        assert!(normal.text().starts_with("余额不足") && normal.text().ends_with("超时"));
        assert_eq!(normal.text().chars().count(), HEAD + TAIL);
        let end = normal.text().len();
        assert_eq!(&long[normal.original(&(end - 6..end))], "超时");
    }
}

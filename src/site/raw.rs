//! The string before it is read as an address: what stands around it, and what browsers drop.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::oddity::Oddity;

/// Punctuation of the sentence around an address.
const AROUND: &[char] = &[
    '<', '>', '"', '\'', '“', '”', '‘', '’', '《', '》', '「', '」', '『', '』', '（', '）', '【',
    '】', '(', ')', '，', '；', '！', '、', ',', ';', '`',
];

/// Whether a text is what EMVCo's payment QR codes hold: format 01 first, a checksum (63, four
/// characters) last.
pub(super) fn is_payment_code(text: &str) -> bool {
    let sum = text.len().checked_sub(8).and_then(|at| text.get(at..));
    text.starts_with("000201") && sum.is_some_and(|sum| sum.starts_with("6304"))
}

/// Without what the URL Standard strips, and without the sentence's punctuation around it.
pub(super) fn trimmed(raw: &str) -> &str {
    let blank = |c: char| c <= ' ' || c.is_whitespace();
    let text = raw.trim_matches(blank).trim_matches(AROUND);
    // A full stop in Chinese after an address ends the sentence, not the name.
    text.trim_end_matches('。').trim_matches(blank)
}

/// The address in a sentence, where the sentence plainly begins with other words.
pub(super) fn addressed(text: &str) -> &str {
    let start = [text.find("http://"), text.find("https://")];
    let Some(at) = start.into_iter().flatten().min().filter(|at| *at > 0) else {
        return text;
    };
    let before = &text[..at];
    let words = before.chars().any(|c| c.is_whitespace() || !c.is_ascii());
    if !words || before.contains(['/', '@', ':', '.', '\\', '。', '．', '｡']) {
        return text;
    }
    let found = &text[at..];
    let end = found.find(char::is_whitespace).unwrap_or(found.len());
    found[..end].trim_end_matches(AROUND)
}

/// Without the tabs and line ends that browsers drop.
pub(super) fn without_blanks<'t>(text: &'t str, oddities: &mut Vec<Oddity>) -> Cow<'t, str> {
    if memchr::memchr3(b'\t', b'\n', b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    oddities.push(Oddity::Blank);
    Cow::Owned(text.replace(['\t', '\n', '\r'], ""))
}

/// A text with its percent codes read; what is no UTF-8 then is shown as such.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// A text cut to a number of bytes, at a character.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

//! What a name looks like: accents and other alphabets off, then ASCII characters of one shape made
//! equal. Never changes what is shown, only what is compared.

use std::collections::HashMap;
use std::sync::LazyLock;

use ahash::RandomState;
use unicode_normalization::UnicodeNormalization;

/// Latin letters that do not decompose, and letters of other alphabets whose UTS 39 prototype is
/// not the ASCII letter that a reader takes them for.
const LETTERS: &[(&str, &str)] = &[
    ("ɑᴀαаə", "a"),
    ("ƀɓƅʙβвЬь", "b"),
    ("ƈᴄϲс", "c"),
    ("đɖɗԁðᴅ", "d"),
    ("ɇеєεᴇ", "e"),
    ("ƒꜰ", "f"),
    ("ɡǥɢɠԍ", "g"),
    ("ħɦⱨһнʜ", "h"),
    ("ıɩɪɨіι", "i"),
    ("ʝɉȷјᴊ", "j"),
    ("ĸⱪᴋƙкκ", "k"),
    ("łɫƚӏʟл", "l"),
    ("ᴍɱмʍ", "m"),
    ("ꞑŋɲɳɴпηո", "n"),
    ("øɵᴏоοσօ", "o"),
    ("ƿƥрρþᴘ", "p"),
    ("ʠԛ", "q"),
    ("ʀɍɾɽɼгяᴦ", "r"),
    ("ꜱʂѕ", "s"),
    ("ƫƭŧтτᴛ", "t"),
    ("ᴜʉυμцս", "u"),
    ("ᶌᴠⱴⱱѵν", "v"),
    ("ᴡⱳԝωшա", "w"),
    ("хχ", "x"),
    ("ʏɏƴỿуγ", "y"),
    ("ƶⱬᴢʐ", "z"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("ß", "ss"),
    ("ƻ", "2"),
    ("ʒзӡ", "3"),
    ("ƽ", "5"),
    // Kana, strokes and signs that pass for punctuation or a letter.
    ("‐ー一", "-"),
    ("·・‧ꞏ•∙⋅․", "."),
    ("∕⁄⧸╱⟋丿ノ〳", "/"),
    ("丨", "l"),
    ("口〇", "o"),
    ("工", "i"),
    ("丅", "t"),
];

/// The same, by the letter.
static BY_LETTER: LazyLock<HashMap<char, &'static str, RandomState>> = LazyLock::new(|| {
    let pairs = LETTERS.iter();
    let pairs = pairs.flat_map(|(letters, plain)| letters.chars().map(|c| (c, *plain)));
    pairs.collect()
});

/// A name as ASCII, as far as its characters look like ASCII.
pub(super) fn latin(name: &str, out: &mut String) {
    for c in name.nfkd() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else if !unicode_normalization::char::is_combining_mark(c) {
            other(c, true, out);
        }
    }
}

/// One character that is not ASCII: by the table, else by its UTS 39 prototype.
fn other(c: char, first: bool, out: &mut String) {
    if let Some(plain) = BY_LETTER.get(&c) {
        out.push_str(plain);
        return;
    }
    if !first {
        out.push(c);
        return;
    }
    let mut buffer = [0; 4];
    for prototype in unicode_security::skeleton(c.encode_utf8(&mut buffer)) {
        if prototype.is_ascii() {
            out.push(prototype.to_ascii_lowercase());
        } else if !unicode_normalization::char::is_combining_mark(prototype) {
            other(prototype, false, out);
        }
    }
}

/// Makes equal what looks equal in ASCII. Several characters that pass for one come first.
pub(super) fn shape(name: &[u8], out: &mut Vec<u8>) {
    let mut rest = name;
    while let [first, tail @ ..] = rest {
        let pair = match (first, tail.first()) {
            (b'r' | b'n', Some(b'n')) => Some(b'm'),
            (b'v', Some(b'v')) => Some(b'w'),
            (b'c', Some(b'l' | b'1')) => Some(b'd'),
            _ => None,
        };
        out.push(pair.unwrap_or(shape_of(*first)));
        rest = if pair.is_some() { &tail[1..] } else { tail };
    }
}

/// The one that stands for all characters of a shape.
pub(super) fn shape_of(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'i' | b'|' => b'l',
        b'2' => b'z',
        b'3' => b'e',
        b'4' => b'a',
        b'5' => b's',
        b'6' | b'8' => b'b',
        b'7' => b't',
        b'9' | b'q' => b'g',
        b'v' => b'u',
        other => other,
    }
}

/// A name with every vowel made the same: what stays when vowels are exchanged.
pub(super) fn without_vowels(name: &[u8]) -> Vec<u8> {
    let vowel = |byte: &u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u');
    name.iter()
        .map(|byte| if vowel(byte) { b'*' } else { *byte })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin_of(name: &str) -> String {
        let mut out = String::new();
        latin(name, &mut out);
        out
    }

    fn shape_of_name(name: &str) -> String {
        let mut out = Vec::new();
        shape(name.as_bytes(), &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn accents_strokes_and_other_alphabets_come_off() {
        for (name, plain) in [
            ("álîpày", "alipay"),
            ("аlірау", "alipay"),
            ("ɑłɪᴘɑʏ", "alipay"),
            ("алірау", "alipay"),
            ("wеіхіп", "weixin"),
            ("ｔｅｎｐａｙ", "tenpay"),
            ("支付宝", "支付宝"),
            ("Kameng", "kameng"),
        ] {
            assert_eq!(latin_of(name), plain, "{name}");
        }
    }

    #[test]
    fn ascii_is_never_taken_for_what_uts_39_says() {
        assert_eq!(latin_of("m10"), "m10");
    }

    #[test]
    fn equal_shapes_are_equal() {
        for (a, b) in [
            ("alipay", "a1ipay"),
            ("kameng", "karneng"),
            ("weixin", "vveixin"),
            ("jd", "jcl"),
            ("95516", "9SS16"),
        ] {
            let b = b.to_ascii_lowercase();
            assert_eq!(shape_of_name(a), shape_of_name(&b), "{a} {b}");
        }
        assert_ne!(shape_of_name("alipay"), shape_of_name("olipay"));
    }
}

//! In which encoding a text is: by its byte order mark, else UTF-8 where it is valid, else GB18030
//! (never GBK: bills hold characters outside it).

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::GB18030;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, also plain ASCII.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// GB18030, with GBK and GB2312 inside.
    Gb18030,
    /// UTF-16, unpacked to UTF-8 before it is read.
    Utf16Le,
    /// UTF-16, unpacked to UTF-8 before it is read.
    Utf16Be,
    /// A workbook of old, whose sheets were put into UTF-8.
    Xls,
    /// A workbook, whose sheets were put into UTF-8.
    Xlsx,
}

impl Encoding {
    /// The name in output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 | Self::Utf8Bom => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Xls => "BIFF8",
            Self::Xlsx => "XLSX",
        }
    }

    /// The text of bytes; none where they are not of this encoding.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self {
            Self::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
            _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        }
    }
}

/// Damaged UTF-8 stays UTF-8: the damaged rows are rejected rather than all rows misread. It is
/// taken for UTF-8 where at most one in this many characters outside ASCII is wrong.
const WHOLE_FOR_ONE_WRONG: u64 = 20;

/// How many bytes without a character outside ASCII are looked at before the rest is taken for
/// ASCII too; a later one decides for itself, row by row.
const BLOCK: usize = 1 << 16;

/// How many bytes are judged once a character outside ASCII was found.
const JUDGED: u64 = 4 << 20;

/// Tells UTF-8 from GB18030 by the characters outside ASCII.
///
/// # Errors
/// What the reader reports.
pub(super) fn utf8_or_gb18030(mut reader: impl Read) -> io::Result<Encoding> {
    let mut buffer = vec![0; BLOCK];
    let (mut whole, mut wrong, mut judged) = (0u64, 0u64, 0u64);
    let mut kept = 0;
    loop {
        let read = reader.read(&mut buffer[kept..])?;
        let end = kept + read;
        let bytes = &buffer[..end];
        let last = read == 0;
        if kept == 0 && bytes.is_ascii() {
            if last {
                break;
            }
            continue;
        }
        let rest = count(bytes, last, &mut whole, &mut wrong);
        judged += read as u64;
        if last || judged > JUDGED {
            break;
        }
        buffer.copy_within(end - rest..end, 0);
        kept = rest;
    }
    let is_utf8 = wrong == 0 || whole >= wrong.saturating_mul(WHOLE_FOR_ONE_WRONG);
    Ok(if is_utf8 {
        Encoding::Utf8
    } else {
        Encoding::Gb18030
    })
}

/// Counts whole and wrong characters outside ASCII; gives how many bytes at the end are the
/// beginning of a character that the next block ends.
fn count(bytes: &[u8], last: bool, whole: &mut u64, wrong: &mut u64) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        let (valid, bad, open) = match std::str::from_utf8(&bytes[at..]) {
            Ok(text) => (text, 0, 0),
            Err(error) => {
                let valid = std::str::from_utf8(&bytes[at..at + error.valid_up_to()]);
                let rest = bytes.len() - at - error.valid_up_to();
                match error.error_len() {
                    Some(length) => (valid.unwrap_or_default(), length, 0),
                    None if last => (valid.unwrap_or_default(), rest, 0),
                    None => (valid.unwrap_or_default(), 0, rest),
                }
            }
        };
        *whole += valid.chars().filter(|c| !c.is_ascii()).count() as u64;
        at += valid.len();
        if open > 0 {
            return open;
        }
        if bad > 0 {
            *wrong += 1;
            at += bad;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> Encoding {
        utf8_or_gb18030(bytes).expect("readable")
    }

    #[test]
    fn valid_utf8_is_utf8_and_the_rest_gb18030() {
        assert_eq!(told(b"order,amount\n1,2\n"), Encoding::Utf8);
        assert_eq!(told("订单号,金额\n".as_bytes()), Encoding::Utf8);
        let (gbk, ..) = GB18030.encode("订单号,金额\n充值失败");
        assert_eq!(told(&gbk), Encoding::Gb18030);
        let late = [vec![b'a'; 200_000], gbk.into_owned()].concat();
        assert_eq!(told(&late), Encoding::Gb18030);
    }

    #[test]
    fn one_damaged_byte_does_not_make_it_another_encoding() {
        let mut bytes = "订单号,金额,状态,充值失败,余额不足,请重试再说一遍好吗\n"
            .repeat(10)
            .into_bytes();
        bytes[30] = 0xFF;
        assert_eq!(told(&bytes), Encoding::Utf8);
    }

    #[test]
    fn characters_across_blocks_are_whole() {
        let text = "充".repeat(60_000);
        assert_eq!(told(text.as_bytes()), Encoding::Utf8);
    }
}

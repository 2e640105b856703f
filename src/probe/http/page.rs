//! What the head and the start of the body of an answer say: a title, when to come back, the time.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::super::clock::http_date;

/// Characters of a title that are kept.
const TITLE: usize = 120;

/// Longer waits than this are no answer to "when", in seconds: a month.
const LONGEST_WAIT: i64 = 31 * 24 * 3600;

/// The bytes at the start of a page among which its encoding is declared (HTML, 13.2.3.2).
const DECLARED_WITHIN: usize = 1024;

/// The title of a page: without line ends, entities resolved, shortened; none where it has none.
///
/// `content_type` is the value of that header, `body` the start of the page.
#[must_use]
pub fn title(content_type: Option<&str>, body: &[u8]) -> Option<String> {
    let text = decoded(content_type, body);
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let begin = open + lower[open..].find('>')? + 1;
    let length = lower[begin..]
        .find("</title")
        .unwrap_or(lower.len() - begin);
    let words = resolved(&text[begin..begin + length]);
    let words: Vec<&str> = words.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(TITLE).collect();
    (!title.is_empty()).then_some(title)
}

fn decoded<'b>(content_type: Option<&str>, body: &'b [u8]) -> Cow<'b, str> {
    let start = &body[..body.len().min(DECLARED_WITHIN)];
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let declared = content_type.and_then(charset).or_else(|| charset(&start));
    let encoding = declared.unwrap_or_else(|| match std::str::from_utf8(body) {
        Ok(_) => UTF_8,
        // The end may be cut within a character.
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => GB18030,
    });
    encoding.decode(body).0
}

/// The encoding behind the first `charset=`.
fn charset(text: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let (_, name) = lower.split_once("charset=")?;
    let name = name.trim_start_matches(['"', '\'', ' ']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
    Encoding::for_label(&name.as_bytes()[..end.unwrap_or(name.len())])
}

/// The entities that titles have; others stay as they are.
fn resolved(text: &str) -> String {
    let named = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&middot;", "·"),
        ("&mdash;", "—"),
        ("&amp;", "&"),
    ];
    named
        .iter()
        .fold(text.to_owned(), |text, (name, is)| text.replace(name, is))
}

/// When to come back, in seconds: the header `Retry-After` (RFC 9110, 10.2.3), which holds seconds
/// or a date; a date counts from `now`, in seconds since 1970. None where it is neither or past.
#[must_use]
pub fn retry_after(value: &str, now: i64) -> Option<i64> {
    let value = value.trim();
    let wait = match value.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => http_date(value)?.checked_sub(now)?,
    };
    (0..=LONGEST_WAIT).contains(&wait).then_some(wait)
}

/// Whether a title speaks of maintenance.
#[must_use]
pub fn is_maintenance(title: &str, words: &[String]) -> bool {
    // 会员升级中心 is a place, not a state.
    let title = title.to_lowercase().replace("中心", "\u{0}");
    words.iter().any(|word| title.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_read_in_their_encoding() {
        let utf = "<html><TITLE data-x='1'>\n 系统维护 &amp; 升级 </title>";
        assert_eq!(
            title(None, utf.as_bytes()).as_deref(),
            Some("系统维护 & 升级")
        );
        let (gbk, ..) = GB18030.encode("<title>停机维护中</title>");
        assert_eq!(title(None, &gbk).as_deref(), Some("停机维护中"));
        let header = Some("text/html; charset=GBK");
        assert_eq!(title(header, &gbk).as_deref(), Some("停机维护中"));
        assert_eq!(title(None, b"<title></title>"), None);
        assert_eq!(title(None, b"<title"), None);
        assert_eq!(
            title(None, b"<title>never closed").as_deref(),
            Some("never closed")
        );
    }

    #[test]
    fn a_centre_is_no_maintenance() {
        let words = ["升级中".to_owned(), "under maintenance".to_owned()];
        assert!(is_maintenance("系统升级中，请稍候", &words));
        assert!(is_maintenance("Under Maintenance", &words));
        assert!(!is_maintenance("会员升级中心", &words));
    }

    #[test]
    fn waits_are_seconds_or_dates() {
        assert_eq!(retry_after("120", 0), Some(120));
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_717),
            Some(60)
        );
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_778),
            None
        );
        assert_eq!(retry_after("soon", 0), None);
        assert_eq!(retry_after("-1", 0), None);
        assert_eq!(retry_after("99999999999999999999", 0), None);
    }
}

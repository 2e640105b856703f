//! Private data made safe to show: enough is kept to recognise one's own, not enough to use.

/// What stands for the hidden part.
const HIDDEN: &str = "****";

/// The masked form of a private text: `13812345678` → `138****5678`, `li@qq.com` → `l****@qq.com`,
/// a name keeps its first character.
#[must_use]
pub fn mask(text: &str) -> String {
    if let Some((user, host)) = text
        .rsplit_once('@')
        .filter(|(user, host)| is_mail(user, host))
    {
        return format!("{}{HIDDEN}@{host}", first(user, 1));
    }
    let length = text.chars().count();
    match length {
        0 => String::new(),
        1 => HIDDEN.to_owned(),
        2..=4 => format!("{}{HIDDEN}", first(text, 1)),
        5..=7 => format!("{}{HIDDEN}{}", first(text, 1), last(text, 2)),
        8..=10 => format!("{}{HIDDEN}{}", first(text, 2), last(text, 2)),
        _ => format!("{}{HIDDEN}{}", first(text, 3), last(text, 4)),
    }
}

/// Whether two parts around an `@` are those of a mail address: nothing private hides in the host.
fn is_mail(user: &str, host: &str) -> bool {
    let labels = host.split('.').count();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let digits = host.chars().filter(char::is_ascii_digit).count();
    !user.is_empty() && labels >= 2 && host.chars().all(plain) && digits < LONG_NUMBER
}

/// A run of this many digits is a phone, card or account number.
const LONG_NUMBER: usize = 7;

/// A free text with every mail address and long number in it masked.
#[must_use]
pub fn mask_within(text: &str) -> String {
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(joins) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !joins(c)).unwrap_or(from.len()));
        masked.push_str(before);
        masked.push_str(&if is_private(word) {
            mask(word)
        } else {
            word.to_owned()
        });
        rest = after;
    }
    masked + rest
}

/// Whether a word looks like a phone number, a card number or a mail address.
fn is_private(word: &str) -> bool {
    let plain = word.trim_start_matches('+');
    let number = plain.chars().all(|c| c.is_ascii_digit() || c == '-');
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let mail = word
        .rsplit_once('@')
        .is_some_and(|(user, host)| is_mail(user, host));
    mail || (number && digits >= 11)
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

fn last(text: &str, count: usize) -> String {
    let skip = text.chars().count().saturating_sub(count);
    text.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_just_enough() {
        assert_eq!(mask("13812345678"), "138****5678");
        assert_eq!(mask("lihua@qq.com"), "l****@qq.com");
        assert_eq!(mask("张三"), "张****");
        assert_eq!(mask("u12345"), "u****45");
        assert_eq!(mask("6222020200112233445"), "622****3445");
        assert_eq!(mask(""), "");
    }

    #[test]
    fn an_at_sign_does_not_open_what_follows() {
        assert_eq!(mask("@13812345678"), "@13****5678");
        assert_eq!(mask("x@13812345678.9"), "x@1****78.9");
    }

    #[test]
    fn free_text_keeps_all_but_numbers_and_mail() {
        assert_eq!(
            mask_within("余额不足 13812345678 张三 li@qq.com 订单98.70"),
            "余额不足 138****5678 张三 l****@qq.com 订单98.70"
        );
        assert_eq!(
            mask_within("ACQ.BUYER_BALANCE_NOT_ENOUGH"),
            "ACQ.BUYER_BALANCE_NOT_ENOUGH"
        );
    }

    #[test]
    fn never_shows_more_than_seven_characters_of_the_local_part() {
        for length in 1..40 {
            let text = "x".repeat(length);
            let shown = mask(&text).chars().filter(|c| *c == 'x').count();
            assert!(shown <= 7 && shown < length, "{length}");
        }
    }
}

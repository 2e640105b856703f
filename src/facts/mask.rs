//! Private data made safe to show: enough is kept to recognise one's own, not enough to use.

/// What stands for the hidden part.
const HIDDEN: &str = "****";

/// The masked form of a private text: `13812345678` → `138****5678`, `li@qq.com` → `l****@qq.com`,
/// a name keeps its first character.
#[must_use]
pub fn mask(text: &str) -> String {
    if let Some((user, host)) = text.rsplit_once('@') {
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
    fn never_shows_more_than_seven_characters_of_the_local_part() {
        for length in 1..40 {
            let text = "x".repeat(length);
            let shown = mask(&text).chars().filter(|c| *c == 'x').count();
            assert!(shown <= 7 && shown < length, "{length}");
        }
    }
}

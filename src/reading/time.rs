//! Times in text: 昨晚八点, 11-20 23:58, 两个小时前, on the clock of the diagnosis.

use std::ops::Range;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};

use crate::rules::ValueWords;

use super::Clause;
use super::number::{Number, numbers};

/// A time in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeRead {
    /// When, on a Chinese clock.
    pub at: NaiveDateTime,
    /// Its bytes in the normalised text.
    pub bytes: Range<usize>,
    /// Whether it is how long something has lasted, not when it was.
    pub elapsed: bool,
}

/// All times of a text; none that would lie in the future.
pub(super) fn times(
    text: &str,
    clauses: &[Clause],
    now: NaiveDateTime,
    words: &ValueWords,
) -> Vec<TimeRead> {
    let mut times = Vec::new();
    for clause in clauses {
        let within = &text[clause.bytes.clone()];
        let mut behind = 0;
        let found = numbers(within);
        for (index, number) in found.iter().enumerate() {
            if number.bytes.start < behind {
                continue;
            }
            let read = span(within, number, now, words)
                .or_else(|| clock(within, &found, index, now, words));
            if let Some((at, bytes, elapsed)) = read.filter(|(at, ..)| *at <= now) {
                behind = bytes.end;
                let start = clause.bytes.start;
                times.push(TimeRead {
                    at,
                    bytes: start + bytes.start..start + bytes.end,
                    elapsed,
                });
            }
        }
    }
    times
}

type Found = (NaiveDateTime, Range<usize>, bool);

/// Two hours ago, or for two hours.
fn span(text: &str, number: &Number, now: NaiveDateTime, words: &ValueWords) -> Option<Found> {
    let behind = text[number.bytes.end..].trim_start();
    let start = text.len() - behind.len();
    let (word, minutes) = words
        .spans
        .iter()
        .find(|(word, _)| behind.starts_with(word.as_str()))?;
    let whole = number.whole().filter(|count| (1..=400).contains(count))?;
    // 一个半小时 is one and a half: the half is said once.
    let half = if word.starts_with("个半") {
        minutes - 60
    } else {
        0
    };
    let minutes = whole * (minutes - half) + half;
    let end = start + word.len();
    let rest = text[end..].trim_start();
    let any = |list: &[String]| list.iter().any(|word| rest.starts_with(word.as_str()));
    let ago = any(&words.ago);
    let lasting = any(&words.lasting) || rest.is_empty();
    let at = now - Duration::minutes(minutes);
    (ago || lasting).then_some((at, number.bytes.start..end, !ago))
}

/// A time of day, with its day where one is named.
fn clock(
    text: &str,
    numbers: &[Number],
    index: usize,
    now: NaiveDateTime,
    words: &ValueWords,
) -> Option<Found> {
    let first = &numbers[index];
    if let Some((date, next, end)) = date(text, numbers, index, now) {
        let day_word = &text[end..];
        let time = numbers.get(next).and_then(|number| {
            (number.bytes.start - end <= 15).then(|| time_of_day(text, numbers, next, words))?
        });
        return match time {
            Some((time, last)) => Some((date.and_time(time), first.bytes.start..last, false)),
            None if day_word.starts_with(['日', '号']) || end > first.bytes.end => None,
            None => None,
        };
    }
    let (time, end) = time_of_day(text, numbers, index, words)?;
    let before = &text[..first.bytes.start];
    let day = words
        .days
        .iter()
        .filter_map(|(word, back)| Some((before.rfind(word.as_str())?, *back)))
        .max();
    let today = now.date();
    let at = match day {
        Some((_, back)) => (today - Duration::days(back)).and_time(time),
        None if today.and_time(time) > now => (today - Duration::days(1)).and_time(time),
        None => today.and_time(time),
    };
    Some((
        at,
        day.map_or(first.bytes.start, |(start, _)| start)..end,
        false,
    ))
}

/// 2026-11-20, 11-20, 11月20日: the date, the next number, and where the date ends.
fn date(
    text: &str,
    numbers: &[Number],
    index: usize,
    now: NaiveDateTime,
) -> Option<(NaiveDate, usize, usize)> {
    let small = |index: usize| {
        let number = numbers.get(index)?;
        u32::try_from(number.whole()?).ok()
    };
    let sign = |index: usize| {
        let between =
            text.get(numbers.get(index)?.bytes.end..numbers.get(index + 1)?.bytes.start)?;
        matches!(between.trim(), "-" | "/" | "." | "年" | "月").then_some(between.trim())
    };
    let digits = |index: usize| {
        numbers
            .get(index)
            .and_then(|n| n.digits.as_ref())
            .map(String::len)
    };
    let sign = sign(index)?;
    let (year, month) = if digits(index) == Some(4) {
        (i32::try_from(small(index)?).ok()?, index + 1)
    } else {
        (now.year(), index)
    };
    if sign == "." && digits(index) != Some(4) {
        return None;
    }
    let (month_number, day_number) = (small(month)?, small(month + 1)?);
    let end = numbers[month + 1].bytes.end;
    let behind = text[end..]
        .chars()
        .next()
        .filter(|c| matches!(c, '日' | '号'));
    let date = NaiveDate::from_ymd_opt(year, month_number, day_number)?;
    let date = if date > now.date() && month == index {
        NaiveDate::from_ymd_opt(year - 1, month_number, day_number)?
    } else {
        date
    };
    Some((date, month + 2, end + behind.map_or(0, char::len_utf8)))
}

/// 23:58, 八点半, 晚上8点20, 11 pm: the time, and where it ends.
fn time_of_day(
    text: &str,
    numbers: &[Number],
    index: usize,
    words: &ValueWords,
) -> Option<(NaiveTime, usize)> {
    let number = &numbers[index];
    let hour = u32::try_from(number.whole()?)
        .ok()
        .filter(|hour| *hour <= 24)?;
    let behind = &text[number.bytes.end..];
    let near = &text[..number.bytes.start];
    let near = &near[near.char_indices().rev().nth(3).map_or(0, |(at, _)| at)..];
    let mut late = words.late.iter().any(|word| near.contains(word.as_str()));
    let (minute, end) = if let Some(rest) = behind.strip_prefix(':') {
        let minute = numbers
            .get(index + 1)
            .filter(|next| next.bytes.start == text.len() - rest.len())?;
        (u32::try_from(minute.whole()?).ok()?, minute.bytes.end)
    } else if let Some(rest) = behind.strip_prefix("点").or(behind.strip_prefix("时")) {
        let start = text.len() - rest.len();
        let minute = numbers
            .get(index + 1)
            .filter(|next| next.bytes.start == start);
        let word = rest.chars().next();
        if "击卡券数了".contains(word.unwrap_or(' ')) && word != Some('了') {
            return None;
        }
        match minute
            .and_then(|minute| Some((u32::try_from(minute.whole()?).ok()?, minute.bytes.end)))
        {
            Some((minute, end)) => (minute, end),
            None if rest.starts_with('半') => (30, start + "半".len()),
            None => (0, start),
        }
    } else {
        let rest = behind.trim_start();
        let start = text.len() - rest.len();
        late |= rest.starts_with("pm");
        if !(rest.starts_with("pm") || rest.starts_with("am")) {
            return None;
        }
        (0, start + 2)
    };
    let hour = if late && (1..12).contains(&hour) {
        hour + 12
    } else {
        hour % 24
    };
    Some((NaiveTime::from_hms_opt(hour, minute, 0)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn read(text: &str) -> Vec<String> {
        let now = NaiveDate::from_ymd_opt(2026, 12, 10)
            .and_then(|day| day.and_hms_opt(10, 0, 0))
            .expect("a time");
        let clause = Clause {
            bytes: 0..text.len(),
            silent: None,
        };
        let times = times(text, &[clause], now, &RuleSet::built_in().phrases().values);
        times
            .iter()
            .map(|time| time.at.format("%m-%d %H:%M").to_string())
            .collect()
    }

    #[test]
    fn times_are_relative_to_now() {
        for (text, expected) in [
            ("昨晚八点充的", "12-09 20:00"),
            ("11-20 23:58付款", "11-20 23:58"),
            ("2026-11-20 23:58:07 提交", "11-20 23:58"),
            ("11月20号晚上9点半", "11-20 21:30"),
            ("今天早上7点20付的", "12-10 07:20"),
            ("两个小时前付的", "12-10 08:00"),
            ("都过了40分钟了", "12-10 09:20"),
            ("23:58交的", "12-09 23:58"),
            ("paid 2 hours ago", "12-10 08:00"),
            ("yesterday at 11 pm", "12-09 23:00"),
        ] {
            assert_eq!(read(text), [expected], "{text}");
        }
        for text in ["点了3点卡", "充50元", "三点", "17.5", "5g 68%"] {
            assert!(read(text).len() <= 1, "{text}");
        }
        assert_eq!(read("充50元"), Vec::<String>::new());
    }
}

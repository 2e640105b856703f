//! What the summary and the page of a run share: numbers, money, times and names in words.

use std::borrow::Cow;

use chrono::DateTime;

use crate::batch::{Outage, Tally};
use crate::facts::{CHINA_OFFSET_S, Moment, mask, mask_within};
use crate::intake::records::Reject;
use crate::learn::unmatched::{Unmatched, unmatched_counted};
use crate::rules::RuleSet;
use crate::text::Locale;

use super::survey::reject_text;
use super::view::word;

/// A run with everything needed to put it into words.
#[derive(Debug, Clone, Copy)]
pub struct RunView<'v> {
    /// What its rows add up to.
    pub tally: &'v Tally,
    /// Spans in which a channel failed far more than usual.
    pub outages: &'v [Outage],
    /// What was read, in the order in which rows name it.
    pub inputs: &'v [InputLine],
    /// The rules that made the diagnoses.
    pub rules: &'v RuleSet,
    /// The language.
    pub locale: Locale,
    /// Whether private data is shown as it is.
    pub reveal: bool,
    /// The time of the run.
    pub now: &'v Moment,
}

/// One input of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InputLine {
    /// The file.
    pub name: String,
    /// The name of its format, as people type it; none where it is not known.
    pub format: Option<String>,
    /// The name of its format, as people read it.
    pub title: Option<String>,
    /// Rows that were diagnosed.
    pub rows: u64,
    /// Records that could not be read.
    pub rejected: u64,
}

/// Whether a run that was to go on with an interrupted one does so: `rows` are written already.
#[must_use]
pub fn resumed_text(rows: u64, rules: &RuleSet, locale: Locale) -> String {
    let key = if rows > 0 { "run.resumed" } else { "run.anew" };
    word(rules, locale, key).replace("{1}", &grouped(rows))
}

/// That a file is a bill, of which a run cannot say whether recharges arrived.
#[must_use]
pub fn no_orders_text(rules: &RuleSet, locale: Locale) -> &str {
    word(rules, locale, "run.no_orders")
}

impl<'v> RunView<'v> {
    /// A word of `words.toml`.
    pub(super) fn word(&self, key: &'static str) -> &'v str {
        word(self.rules, self.locale, key)
    }

    /// A text of `words.toml` with `{1}`, `{2}` and so on replaced, each in one pass.
    pub(super) fn fill(&self, key: &'static str, values: &[&str]) -> String {
        let mut filled = String::new();
        let mut rest = self.word(key);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (number, tail) = after.split_once('}').unwrap_or((after, ""));
            let at = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            filled.push_str(
                at.and_then(|at| values.get(at))
                    .copied()
                    .unwrap_or_default(),
            );
            rest = tail;
        }
        filled + rest
    }

    /// An amount in fen as yuan, with its unit.
    pub(super) fn money(&self, fen: i128) -> String {
        self.fill("run.money", &[&yuan(fen)])
    }

    /// The title of a cause; that it is open, where there is none.
    pub(super) fn cause(&self, cause: Option<usize>) -> &'v str {
        let cause = cause.and_then(|cause| self.rules.causes.get(cause));
        cause.map_or(self.word("run.cause_open"), |cause| {
            cause.source.title.get(self.locale)
        })
    }

    /// A channel as people call it.
    pub(super) fn channel<'n>(&self, name: Option<&'n str>) -> &'n str
    where
        'v: 'n,
    {
        let Some(name) = name else {
            return self.word("run.channel_unknown");
        };
        let spec = self.rules.catalog.find("payment.channel");
        let spec = spec.map(|key| self.rules.catalog.spec(key));
        let values = spec.map_or(&[][..], |spec| &spec.values);
        let known = values.iter().find(|known| known.value == name);
        known.map_or(name, |known| known.label.get(self.locale))
    }

    /// The name of an input.
    pub(super) fn input(&self, position: u32) -> &'v str {
        let at = usize::try_from(position).unwrap_or(usize::MAX);
        self.inputs.get(at).map_or("?", |input| &input.name)
    }

    /// Why a record was rejected.
    pub(super) fn reject(&self, reject: &Reject) -> String {
        reject_text(reject, self.rules, self.locale)
    }

    /// A private text as it may be shown.
    pub(super) fn private<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.reveal {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(mask(text))
        }
    }

    /// A text in which private numbers may stand, as it may be shown.
    pub(super) fn within<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.reveal {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(mask_within(text))
        }
    }

    /// The first sentence of every report: totals that add up.
    pub(super) fn headline(&self) -> String {
        let tally = self.tally;
        let counts = [
            tally.rows,
            tally.healthy,
            tally.identified().rows,
            tally.undetermined.rows,
        ]
        .map(grouped);
        self.fill("run.headline", &counts.each_ref().map(String::as_str))
    }

    /// The sentences that follow it: money at stake, and what the totals leave out.
    pub(super) fn stakes(&self) -> Vec<String> {
        let tally = self.tally;
        let failed = tally.failed();
        let mut said = Vec::new();
        if failed.rows == 0 {
            said.push(self.word("run.no_failures").to_owned());
        } else {
            let (rows, blocked) = (grouped(failed.rows), grouped(failed.blocked));
            said.push(self.fill("run.stake", &[&rows, &self.money(failed.money), &blocked]));
        }
        if tally.without_amount > 0 {
            let rows = grouped(tally.without_amount);
            said.push(self.fill("run.without_amount", &[&rows]));
        }
        let all = grouped(tally.rows + tally.rejected);
        said.push(if tally.rejected == 0 {
            self.fill("run.none_rejected", &[&all])
        } else {
            let (read, rejected) = (grouped(tally.rows), grouped(tally.rejected));
            self.fill("run.rejected_apart", &[&rejected, &read, &all])
        });
        said
    }

    /// Clauses of the sampled texts that no phrase reads.
    pub(super) fn unread(&self) -> Unmatched {
        let texts = self.tally.texts.texts();
        let texts = texts.map(|(text, rows)| (text, usize::try_from(rows).unwrap_or(usize::MAX)));
        unmatched_counted(texts, self.rules.phrases())
    }
}

/// A count with its digits in groups of three.
pub(super) fn grouped(count: u64) -> String {
    group(&count.to_string())
}

fn group(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Fen as yuan, in groups of three: `1,160.00`.
pub(super) fn yuan(fen: i128) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", group(&(fen / 100).to_string()), fen % 100)
}

/// A share of a whole; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "a share of rows")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

/// A share as a percentage with one decimal; 0 and 100 are said only where they are exact.
pub(super) fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.001 {
        return "<0.1%".to_owned();
    }
    if share < 1.0 && share > 0.999 {
        return ">99.9%".to_owned();
    }
    format!("{:.1}%", share * 100.0)
}

/// A time on a Chinese clock, to the minute.
pub(super) fn clock(millis: i64) -> String {
    on_clock(millis, "%Y-%m-%d %H:%M")
}

/// A day from 1970 on, as a date.
pub(super) fn date(day: i64) -> String {
    let start = day.saturating_mul(86_400) - i64::from(CHINA_OFFSET_S);
    on_clock(start.saturating_mul(1000), "%Y-%m-%d")
}

/// A Chinese hour from 1970 on, as a time.
pub(super) fn hour(hour: i64) -> String {
    let start = hour.saturating_mul(3600) - i64::from(CHINA_OFFSET_S);
    clock(start.saturating_mul(1000))
}

fn on_clock(millis: i64, layout: &str) -> String {
    let china = millis.saturating_add(i64::from(CHINA_OFFSET_S) * 1000);
    let at = DateTime::from_timestamp_millis(china);
    at.map_or_else(String::new, |at| at.format(layout).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(yuan(-116_005), "-1,160.05");
        assert_eq!(yuan(5), "0.05");
    }

    #[test]
    fn certainty_is_never_rounded_up() {
        assert_eq!(percent(0.999_96), ">99.9%");
        assert_eq!(percent(0.000_01), "<0.1%");
        assert_eq!(percent(1.0), "100.0%");
        assert_eq!(percent(share(1, 3)), "33.3%");
    }

    #[test]
    fn times_are_chinese() {
        assert_eq!(clock(1_795_190_280_000), "2026-11-20 23:58");
        assert_eq!(hour(1_795_190_280 / 3600 + 8), "2026-11-20 23:00");
        assert_eq!(date(20_777), "2026-11-20");
    }
}

//! Words around numbers that say what the numbers are: the `[values]` of phrase files.

use serde::{Deserialize, Serialize};

use crate::document::{Context, TableReader, code};

/// The words, each list as it stands in the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ValueWords {
    /// Behind a number: it is money.
    pub units: Vec<String>,
    /// In front of a number: it is money.
    pub signs: Vec<String>,
    /// In front of a bare number: it is what was to be paid.
    pub paying: Vec<String>,
    /// Near an amount: it is what the payer has.
    pub having: Vec<String>,
    /// Near an amount: it is a limit.
    pub limiting: Vec<String>,
    /// In the clause of a limit: it is one of a day.
    pub daily: Vec<String>,
    /// In front of a count: it counts submissions.
    pub submitting: Vec<String>,
    /// In front of a count: it counts debits.
    pub debiting: Vec<String>,
    /// Behind a number: it is a count.
    pub times: Vec<String>,
    /// In the clause of a count: it counts something else.
    pub other_counts: Vec<String>,
    /// In front of a number: it is a code.
    pub code_cues: Vec<String>,
    /// In front of a number: it is an order's.
    pub order_cues: Vec<String>,
    /// Words for days, with how many days they lie back.
    pub days: Vec<(String, i64)>,
    /// In front of an hour: it is in the second half of the day.
    pub late: Vec<String>,
    /// Spans of time, with their minutes.
    pub spans: Vec<(String, i64)>,
    /// Behind a span: it lies that far back.
    pub ago: Vec<String>,
    /// Behind a span: it has lasted that long.
    pub lasting: Vec<String>,
}

impl ValueWords {
    /// Adds what a file says; a list that it has replaces the one before.
    pub(super) fn extend(&mut self, mut table: TableReader<'_, '_>, context: &Context<'_>) {
        for (key, list) in [
            ("units", &mut self.units),
            ("signs", &mut self.signs),
            ("paying", &mut self.paying),
            ("having", &mut self.having),
            ("limiting", &mut self.limiting),
            ("daily", &mut self.daily),
            ("submitting", &mut self.submitting),
            ("debiting", &mut self.debiting),
            ("times", &mut self.times),
            ("other_counts", &mut self.other_counts),
            ("code_cues", &mut self.code_cues),
            ("order_cues", &mut self.order_cues),
            ("late", &mut self.late),
            ("ago", &mut self.ago),
            ("lasting", &mut self.lasting),
        ] {
            let words = table.strings(key);
            if !words.is_empty() {
                *list = words.iter().map(|word| word.value.to_owned()).collect();
            }
        }
        for (key, list) in [("days", &mut self.days), ("spans", &mut self.spans)] {
            let words = table.strings(key);
            if words.is_empty() {
                continue;
            }
            list.clear();
            for word in words {
                let parts = word.value.rsplit_once(' ');
                match parts.and_then(|(name, count)| Some((name, count.parse().ok()?))) {
                    Some((name, count)) => list.push((name.to_owned(), count)),
                    None => {
                        let message =
                            format!("expected a word and a whole number, found `{}`", word.value);
                        context.report(word.at, code::BAD_VALUE, message, None);
                    }
                }
            }
        }
        table.finish();
    }
}

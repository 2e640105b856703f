//! What the rows of a run add up to. Memory is bounded whatever the rows say.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnose::{Brief, CaseVerdict, PayState};
use crate::facts::CHINA_OFFSET_S;
use crate::intake::records::Reject;

use super::bounded::{Bounded, Sample, Weight};

/// What of a row is counted beside its diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counted<'t> {
    /// Position of its file among the inputs of the run.
    pub input: u32,
    /// Its number in the file, from 1.
    pub number: u64,
    /// The name of the case: its order number.
    pub case: Option<Cow<'t, str>>,
    /// Its amount in fen; none where unknown.
    pub amount: Option<i64>,
    /// When it happened, in milliseconds since 1970.
    pub time: Option<i64>,
    /// The payment channel.
    pub channel: Option<Cow<'t, str>>,
    /// Whose recharge it is.
    pub account: Option<Cow<'t, str>>,
    /// Whether money was taken.
    pub taken: bool,
    /// Its error code, where no table lists it.
    pub unlisted: Option<Cow<'t, str>>,
    /// What was written about it in free text.
    pub text: Option<Cow<'t, str>>,
}

impl Counted<'_> {
    /// The same, kept by itself.
    #[must_use]
    pub fn kept(&self) -> Counted<'static> {
        let own = |text: &Option<Cow<'_, str>>| {
            let text = text.as_deref()?;
            Some(Cow::Owned(text.to_owned()))
        };
        Counted {
            input: self.input,
            number: self.number,
            case: own(&self.case),
            amount: self.amount,
            time: self.time,
            channel: own(&self.channel),
            account: own(&self.account),
            taken: self.taken,
            unlisted: own(&self.unlisted),
            text: own(&self.text),
        }
    }
}

/// What a row came to, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judged {
    /// Whether it did not fail.
    pub healthy: bool,
    /// Its first cause; none where that is open.
    pub cause: Option<usize>,
    /// Whether paying again is blocked.
    pub blocked: bool,
}

impl From<&Brief> for Judged {
    fn from(brief: &Brief) -> Self {
        let identified = brief.verdict == CaseVerdict::Identified;
        let first = brief.causes.first().filter(|_| identified);
        Self {
            healthy: brief.verdict == CaseVerdict::Healthy,
            cause: first.map(|first| first.cause),
            blocked: brief.pay_again.state == PayState::Blocked,
        }
    }
}

/// Rows, and those of them that did not come out healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cell {
    /// All rows.
    pub rows: u64,
    /// Those that failed.
    pub failed: u64,
}

impl Cell {
    fn count(&mut self, failed: bool) {
        self.rows += 1;
        self.failed += u64::from(failed);
    }

    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.failed += other.failed;
    }
}

/// Failed rows with their money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Loss {
    /// How many.
    pub rows: u64,
    /// Their money in fen. Sums of many amounts are exact.
    pub money: i128,
    /// For how many paying again is blocked.
    pub blocked: u64,
}

impl Loss {
    /// Adds other rows.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.money += other.money;
        self.blocked += other.blocked;
    }

    fn count(&mut self, amount: i64, blocked: bool) {
        self.rows += 1;
        self.money += i128::from(amount);
        self.blocked += u64::from(blocked);
    }
}

impl Weight for Loss {
    fn order(&self, other: &Self) -> Ordering {
        let key = |loss: &Self| (loss.rows, loss.money, loss.blocked);
        key(self).cmp(&key(other))
    }

    fn rows(&self) -> u64 {
        self.rows
    }
}

/// Hours of a day, and one more for rows whose time is unknown.
pub const HOURS: usize = 24;

/// The rows of one channel by hour of the Chinese day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelHours {
    /// The channel; none where it is unknown, or one of too many.
    pub name: Option<Arc<str>>,
    /// By hour; the last one is "unknown".
    pub hours: [Cell; HOURS + 1],
}

impl ChannelHours {
    /// All hours together.
    #[must_use]
    pub fn sum(&self) -> Cell {
        let mut sum = Cell::default();
        self.hours.iter().for_each(|cell| sum.add(*cell));
        sum
    }
}

/// A failed row that is worth a look of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// What is known of the row.
    pub row: Counted<'static>,
    /// Its first cause; none where that is open.
    pub cause: Option<usize>,
    /// Whether paying again is blocked.
    pub blocked: bool,
}

impl Ticket {
    /// What puts it before others: money taken for nothing first, then how much is at stake.
    fn urgency(row: &Counted<'_>, blocked: bool) -> (u8, i64) {
        let class = u8::from(blocked) + u8::from(blocked && row.taken);
        (class, row.amount.unwrap_or(0))
    }

    /// The order of tickets, most urgent first; never equal for two rows of a run.
    fn order(&self, other: &Self) -> Ordering {
        let urgency = |ticket: &Self| Self::urgency(&ticket.row, ticket.blocked);
        urgency(other)
            .cmp(&urgency(self))
            .then_with(|| self.place().cmp(&other.place()))
    }

    fn place(&self) -> (u32, u64) {
        (self.row.input, self.row.number)
    }
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rejected {
    /// Position of its file among the inputs of the run.
    pub input: u32,
    /// Its first line.
    pub line: u64,
    /// Why.
    pub reason: Reject,
}

/// Accounts that are counted one by one.
const ACCOUNTS: usize = 200_000;
/// Codes that are counted one by one.
const CODES: usize = 10_000;
/// Texts that are kept.
const TEXTS: usize = 2_000;
/// Channels that are told apart.
const CHANNELS: usize = 64;
/// Tickets that are named.
const TICKETS: usize = 20;
/// Rejected records that are named.
const REJECTED: usize = 50;
/// A run of fewer days is shown by the hour.
const BY_HOUR_DAYS: i64 = 3;
/// Times outside 1990 to 2199 are typing mistakes, as for [`crate::facts::Moment`].
const DAYS: std::ops::RangeInclusive<i64> = 7_305..=84_005;

/// Counts and sums of a run, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Rows that were diagnosed.
    pub rows: u64,
    /// Of these, healthy ones.
    pub healthy: u64,
    /// With an open cause.
    pub undetermined: Loss,
    /// With an identified one, by the position of the first cause.
    pub causes: Vec<Loss>,
    /// Failed rows whose amount is unknown: they count as nothing in sums of money.
    pub without_amount: u64,
    /// By channel and hour, in the order in which channels occur.
    pub channels: Vec<ChannelHours>,
    /// By Chinese day, from 1970.
    pub days: BTreeMap<i64, Cell>,
    /// By Chinese hour, from 1970; none where the run spans three days or more.
    pub hours: Option<BTreeMap<i64, Cell>>,
    /// Rows whose time is unknown.
    pub timeless: Cell,
    /// Failed rows by account.
    pub accounts: Bounded<Loss>,
    /// Rows to look at first, most urgent first.
    pub tickets: Vec<Ticket>,
    /// Error codes that no table lists.
    pub codes: Bounded<u64>,
    /// Free texts of failed rows.
    pub texts: Sample,
    /// Records that could not be read.
    pub rejected: u64,
    /// The first of them.
    pub rejects: Vec<Rejected>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            rows: 0,
            healthy: 0,
            undetermined: Loss::default(),
            causes: Vec::new(),
            without_amount: 0,
            channels: Vec::new(),
            days: BTreeMap::new(),
            hours: Some(BTreeMap::new()),
            timeless: Cell::default(),
            accounts: Bounded::new(ACCOUNTS),
            tickets: Vec::new(),
            codes: Bounded::new(CODES),
            texts: Sample::new(TEXTS),
            rejected: 0,
            rejects: Vec::new(),
        }
    }
}

impl Tally {
    /// Adds a row.
    pub fn count(&mut self, row: &Counted<'_>, judged: Judged) {
        self.rows += 1;
        self.place(row, !judged.healthy);
        if !judged.healthy {
            self.count_failed(row, judged);
        } else {
            self.healthy += 1;
        }
    }

    /// Adds a record that could not be read.
    pub fn reject(&mut self, input: u32, line: u64, reason: Reject) {
        self.rejected += 1;
        let rejected = Rejected {
            input,
            line,
            reason,
        };
        keep(&mut self.rejects, rejected, REJECTED, Ord::cmp);
    }

    /// All failed rows with their money: the sum over causes and the undetermined ones.
    #[must_use]
    pub fn failed(&self) -> Loss {
        let mut sum = self.identified();
        sum.add(&self.undetermined);
        sum
    }

    /// All failed rows with an identified cause.
    #[must_use]
    pub fn identified(&self) -> Loss {
        let mut sum = Loss::default();
        self.causes.iter().for_each(|loss| sum.add(loss));
        sum
    }

    /// The causes that occur, most rows first.
    #[must_use]
    pub fn ranked(&self) -> Vec<(usize, Loss)> {
        let causes = self.causes.iter().copied().enumerate();
        let mut ranked: Vec<(usize, Loss)> = causes.filter(|(_, loss)| loss.rows > 0).collect();
        ranked.sort_by(|a, b| b.1.order(&a.1).then(a.0.cmp(&b.0)));
        ranked
    }

    fn cause(&mut self, cause: usize) -> &mut Loss {
        if self.causes.len() <= cause {
            self.causes.resize(cause + 1, Loss::default());
        }
        &mut self.causes[cause]
    }

    fn count_failed(&mut self, row: &Counted<'_>, judged: Judged) {
        let Judged { cause, blocked, .. } = judged;
        let amount = row.amount.unwrap_or(0);
        self.without_amount += u64::from(row.amount.is_none());
        match cause {
            Some(cause) => self.cause(cause).count(amount, blocked),
            None => self.undetermined.count(amount, blocked),
        }
        if let Some(account) = &row.account {
            self.accounts.of(account).count(amount, blocked);
        }
        if let Some(code) = &row.unlisted {
            *self.codes.of(code) += 1;
        }
        if let Some(text) = &row.text {
            self.texts.count(text);
        }
        self.ticket(row, cause, blocked);
    }

    /// Keeps a row where it is more urgent than the last that is kept.
    fn ticket(&mut self, row: &Counted<'_>, cause: Option<usize>, blocked: bool) {
        if self.tickets.len() == TICKETS {
            let last = &self.tickets[TICKETS - 1];
            let order = Ticket::urgency(row, blocked)
                .cmp(&Ticket::urgency(&last.row, last.blocked))
                .reverse()
                .then_with(|| (row.input, row.number).cmp(&last.place()));
            if order != Ordering::Less {
                return;
            }
        }
        let ticket = Ticket {
            row: row.kept(),
            cause,
            blocked,
        };
        keep(&mut self.tickets, ticket, TICKETS, Ticket::order);
    }

    /// Counts a row where and when it happened.
    fn place(&mut self, row: &Counted<'_>, failed: bool) {
        let hour = row.time.map(china_hour);
        let hour = hour.filter(|hour| DAYS.contains(&hour.div_euclid(24)));
        let of_day = hour.and_then(|hour| usize::try_from(hour.rem_euclid(24)).ok());
        self.channel(row.channel.as_deref()).hours[of_day.unwrap_or(HOURS)].count(failed);
        let Some(hour) = hour else {
            self.timeless.count(failed);
            return;
        };
        let days = self.days.len();
        self.days
            .entry(hour.div_euclid(24))
            .or_default()
            .count(failed);
        if self.days.len() > days {
            self.forget_hours();
        }
        if let Some(hours) = &mut self.hours {
            hours.entry(hour).or_default().count(failed);
        }
    }

    /// Gives the hours up where the run has become too long for them.
    fn forget_hours(&mut self) {
        let first = self.days.first_key_value();
        let last = self.days.last_key_value();
        if let (Some((first, _)), Some((last, _))) = (first, last)
            && last - first >= BY_HOUR_DAYS
        {
            self.hours = None;
        }
    }

    fn channel(&mut self, name: Option<&str>) -> &mut ChannelHours {
        let position = |name: Option<&str>, list: &[ChannelHours]| {
            list.iter().position(|known| known.name.as_deref() == name)
        };
        let mut name = name;
        let mut at = position(name, &self.channels);
        if at.is_none() && name.is_some() && self.channels.len() >= CHANNELS {
            name = None;
            at = position(None, &self.channels);
        }
        let at = at.unwrap_or_else(|| {
            self.channels.push(ChannelHours {
                name: name.map(Arc::from),
                hours: Default::default(),
            });
            self.channels.len() - 1
        });
        &mut self.channels[at]
    }
}

/// Chinese hours from 1970 on.
fn china_hour(millis: i64) -> i64 {
    (millis.div_euclid(1000) + i64::from(CHINA_OFFSET_S)).div_euclid(3600)
}

/// Puts an item into a sorted list that has a greatest length.
fn keep<T>(list: &mut Vec<T>, item: T, most: usize, order: impl Fn(&T, &T) -> Ordering) {
    let at = list.partition_point(|other| order(other, &item) == Ordering::Less);
    if at < most {
        list.insert(at, item);
        list.truncate(most);
    }
}

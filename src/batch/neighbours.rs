//! Windows over the rows around a row, as facts: resubmissions, failures of an account, day totals,
//! failure rates. Rows may stand in any order: they are ordered by time first.

mod windows;

#[cfg(test)]
mod tests;

use std::hash::Hash;

use ahash::RandomState;

use windows::{day_totals, failures, outages, rates, same_orders, usual};

/// A rate of fewer rows says nothing.
const RATE_ROWS: u32 = 20;

/// Times are kept in seconds since 2000-01-01T00:00:00Z; none is the largest.
const EPOCH_S: i64 = 946_684_800;
const NO_TIME: u32 = u32::MAX;

/// What of a row matters to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbour {
    /// Milliseconds since 1970; none where unknown.
    pub time: Option<i64>,
    /// Hash of the account; none where unknown.
    pub account: Option<u64>,
    /// Hash of amount and product.
    pub order: u64,
    /// In fen; none where unknown.
    pub amount: Option<i64>,
    /// Position of the channel among all there are; none where unknown.
    pub channel: Option<u8>,
    /// Whether the row is a failure, where that is known.
    pub failed: Option<bool>,
    /// Whether money was taken.
    pub taken: bool,
}

/// The channel is unknown, or one of too many.
const NO_CHANNEL: u8 = u8::MAX;
const FAILED: u8 = 1;
const KNOWN: u8 = 2;
const TAKEN: u8 = 4;

/// Hashes texts alike in all threads of a run, and in every run.
#[must_use]
pub fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    RandomState::with_seeds(0x7265, 0x6368, 0x6172, 0x6765).hash_one(value)
}

/// The rows of a run in the order in which they stand, one column a property: some thirty bytes a
/// row.
#[derive(Debug, Default)]
pub struct Rows {
    time: Vec<u32>,
    account: Vec<u64>,
    order: Vec<u32>,
    amount: Vec<u32>,
    channel: Vec<u8>,
    flags: Vec<u8>,
}

/// No account is known.
const NO_ACCOUNT: u64 = 0;

/// No amount is known.
const NO_AMOUNT: u32 = u32::MAX;

impl Rows {
    /// Appends a row.
    pub fn push(&mut self, row: Neighbour) {
        let seconds = row.time.map(|millis| millis.div_euclid(1000) - EPOCH_S);
        let time = seconds.and_then(|seconds| u32::try_from(seconds).ok());
        self.time.push(time.unwrap_or(NO_TIME));
        self.account
            .push(row.account.map_or(NO_ACCOUNT, |hash| hash | 1));
        #[expect(clippy::cast_possible_truncation, reason = "a hash within an account")]
        self.order.push(row.order as u32);
        let amount = row.amount.and_then(|fen| u32::try_from(fen).ok());
        self.amount.push(amount.unwrap_or(NO_AMOUNT));
        self.channel.push(row.channel.unwrap_or(NO_CHANNEL));
        let failed = match row.failed {
            Some(true) => KNOWN | FAILED,
            Some(false) => KNOWN,
            None => 0,
        };
        self.flags.push(failed | if row.taken { TAKEN } else { 0 });
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// The rows that have a time, in the order of their times; rows of the same second keep theirs.
    fn by_time(&self) -> Order {
        let sorted = self.time.windows(2).all(|pair| pair[0] <= pair[1]);
        if sorted {
            let timed = self.time.partition_point(|time| *time != NO_TIME);
            return Order::AsTheyStand(timed);
        }
        let count = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count)
            .filter(|row| self.time[*row as usize] != NO_TIME)
            .collect();
        order.sort_by_key(|row| (self.time[*row as usize], *row));
        Order::Sorted(order)
    }
}

enum Order {
    AsTheyStand(usize),
    Sorted(Vec<u32>),
}

impl Order {
    fn len(&self) -> usize {
        match self {
            Self::AsTheyStand(count) => *count,
            Self::Sorted(order) => order.len(),
        }
    }

    fn row(&self, at: usize) -> usize {
        match self {
            Self::AsTheyStand(_) => at,
            Self::Sorted(order) => order[at] as usize,
        }
    }
}

/// What the neighbours of a row say; none where they say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct History {
    /// Submissions of the same account, amount and product within ten minutes, this one included.
    pub same_order: Option<i64>,
    /// Failures of the account in the day up to this row, this one included.
    pub failures: Option<i64>,
    /// What the account paid on this channel earlier on the same Chinese day, in fen.
    pub day_total: Option<i64>,
    /// Share of failures on this channel in the quarter of an hour around this row.
    pub rate: Option<f64>,
    /// Share of failures on this channel in all of the run.
    pub usual: Option<f64>,
}

/// A span in which a channel failed far more than usual.
#[derive(Debug, Clone, PartialEq)]
pub struct Outage {
    /// The channel.
    pub channel: String,
    /// First and last row of it, in milliseconds since 1970.
    pub from: i64,
    /// The last one.
    pub to: i64,
    /// How many rows lie inside.
    pub rows: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Share of failures on the channel in all of the run.
    pub usual: f64,
}

/// What the neighbours of every row say.
#[derive(Debug, Default)]
pub struct Histories {
    same_order: Vec<u16>,
    failures: Vec<u16>,
    day_total: Vec<u32>,
    rate: Vec<(u16, u16)>,
    channel: Vec<u8>,
    usual: Vec<Option<f64>>,
    /// Spans in which a channel failed far more than usual.
    pub outages: Vec<Outage>,
}

impl Histories {
    /// Works out the windows of all rows; are the names of the channels by their position.
    #[must_use]
    pub fn of(rows: Rows, channels: &[&str]) -> Self {
        let order = rows.by_time();
        let mut found = Self {
            usual: usual(&rows),
            ..Self::default()
        };
        std::thread::scope(|scope| {
            let (rows, order) = (&rows, &order);
            let accounts = scope.spawn(move || (failures(rows, order), day_totals(rows, order)));
            found.same_order = same_orders(rows, order);
            found.rate = rates(rows, order);
            if let Ok((failures, totals)) = accounts.join() {
                found.failures = failures;
                found.day_total = totals;
            }
        });
        found.outages = outages(&rows, &order, &found, channels);
        found.channel = rows.channel;
        found
    }

    /// What the neighbours of a row say.
    #[must_use]
    pub fn of_row(&self, row: usize) -> History {
        let count = |list: &[u16]| {
            let count = list.get(row).copied().unwrap_or(0);
            (count > 0).then(|| i64::from(count))
        };
        let channel = self.channel.get(row).copied().unwrap_or(NO_CHANNEL);
        let usual = self.usual.get(usize::from(channel)).copied().flatten();
        let rate = usual.and_then(|_| {
            let (failed, rows) = self.rate.get(row).copied()?;
            (u32::from(rows) >= RATE_ROWS).then(|| f64::from(failed) / f64::from(rows))
        });
        let total = self.day_total.get(row).copied().unwrap_or(NO_AMOUNT);
        History {
            same_order: count(&self.same_order),
            // Zero failures are known too, where the account is.
            failures: self
                .failures
                .get(row)
                .filter(|count| **count != u16::MAX)
                .map(|count| i64::from(*count)),
            // Where a file lists failures alone, nothing paid in it says nothing.
            day_total: (total != NO_AMOUNT && (total > 0 || usual.is_some()))
                .then(|| i64::from(total)),
            rate,
            usual,
        }
    }
}

//! The windows themselves, each in one pass over the rows in the order of their times.

use std::collections::HashMap;
use std::hash::Hash;

use ahash::RandomState;

use crate::facts::CHINA_OFFSET_S;

use super::{
    EPOCH_S, FAILED, Histories, KNOWN, NO_ACCOUNT, NO_AMOUNT, NO_CHANNEL, Order, Outage, RATE_ROWS,
    Rows, TAKEN,
};

/// Submissions of one order count as one window this far apart, in seconds.
const RESUBMISSION_S: i64 = 10 * 60;

/// Failures of an account count for this long, in seconds.
const DAY_S: i64 = 24 * 60 * 60;

/// The failure rate of a channel is taken over this long before and after a row, in seconds.
const HALF_RATE_S: i64 = 15 * 60 / 2;

/// The usual failure rate of a channel says nothing where fewer than one row in this many
/// succeeded: such a file lists failures alone.
const SUCCESSES: u64 = 20;

/// A channel is out where it fails at least this often and half of what usually succeeds fails...
const OUTAGE_RATE: f64 = 0.6;
/// ...and where that is this many standard deviations from what chance would give.
const OUTAGE_DEVIATIONS: f64 = 4.0;

/// The usual failure rate of every channel; none where too little is known of it.
pub(super) fn usual(rows: &Rows) -> Vec<Option<f64>> {
    let mut counts = vec![(0u64, 0u64); usize::from(NO_CHANNEL)];
    for (channel, flags) in rows.channel.iter().zip(&rows.flags) {
        if *channel != NO_CHANNEL && flags & KNOWN != 0 {
            let (failed, all) = &mut counts[usize::from(*channel)];
            *failed += u64::from(flags & FAILED);
            *all += 1;
        }
    }
    let rate = |(failed, all): (u64, u64)| {
        let succeeded = all - failed;
        let tells = all >= u64::from(RATE_ROWS) && succeeded * SUCCESSES >= all;
        #[expect(clippy::cast_precision_loss, reason = "a share of rows")]
        tells.then(|| failed as f64 / all as f64)
    };
    counts.into_iter().map(rate).collect()
}

fn seconds(rows: &Rows, row: usize) -> i64 {
    i64::from(rows.time[row])
}

/// Submissions of the same account, amount and product within ten minutes before and after.
pub(super) fn same_orders(rows: &Rows, order: &Order) -> Vec<u16> {
    let mut found = vec![0u16; rows.len()];
    let mut inside: HashMap<(u64, u32), u16, RandomState> = HashMap::default();
    let key = |row: usize| {
        let account = rows.account[row];
        (account != NO_ACCOUNT).then_some((account, rows.order[row]))
    };
    let (mut left, mut right) = (0, 0);
    for at in 0..order.len() {
        let row = order.row(at);
        let now = seconds(rows, row);
        while right < order.len() && seconds(rows, order.row(right)) <= now + RESUBMISSION_S {
            if let Some(key) = key(order.row(right)) {
                let count = inside.entry(key).or_insert(0);
                *count = count.saturating_add(1);
            }
            right += 1;
        }
        while seconds(rows, order.row(left)) < now - RESUBMISSION_S {
            leave(&mut inside, key(order.row(left)));
            left += 1;
        }
        if let Some(key) = key(row) {
            found[row] = inside.get(&key).copied().unwrap_or(0);
        }
    }
    found
}

fn leave<K: Hash + Eq>(inside: &mut HashMap<K, u16, RandomState>, key: Option<K>) {
    let Some(key) = key else {
        return;
    };
    if let Some(count) = inside.get_mut(&key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            inside.remove(&key);
        }
    }
}

/// Failures of an account in the day up to a row.
pub(super) fn failures(rows: &Rows, order: &Order) -> Vec<u16> {
    let mut found = vec![u16::MAX; rows.len()];
    let mut inside: HashMap<u64, u16, RandomState> = HashMap::default();
    let failed = |row: usize| {
        let counts = rows.account[row] != NO_ACCOUNT && rows.flags[row] & FAILED != 0;
        counts.then(|| rows.account[row])
    };
    let mut left = 0;
    for at in 0..order.len() {
        let row = order.row(at);
        let now = seconds(rows, row);
        if let Some(account) = failed(row) {
            let count = inside.entry(account).or_insert(0);
            *count = count.saturating_add(1).min(u16::MAX - 1);
        }
        while seconds(rows, order.row(left)) <= now - DAY_S {
            leave(&mut inside, failed(order.row(left)));
            left += 1;
        }
        if rows.account[row] != NO_ACCOUNT {
            found[row] = inside.get(&rows.account[row]).copied().unwrap_or(0);
        }
    }
    found
}

/// What an account paid on a channel earlier on the same Chinese day.
pub(super) fn day_totals(rows: &Rows, order: &Order) -> Vec<u32> {
    let mut found = vec![NO_AMOUNT; rows.len()];
    let mut today: HashMap<(u64, u8), u32, RandomState> = HashMap::default();
    let mut day = i64::MIN;
    for at in 0..order.len() {
        let row = order.row(at);
        let (account, channel) = (rows.account[row], rows.channel[row]);
        let own = (seconds(rows, row) + EPOCH_S + i64::from(CHINA_OFFSET_S)).div_euclid(DAY_S);
        if own != day {
            day = own;
            today.clear();
        }
        if account == NO_ACCOUNT || channel == NO_CHANNEL {
            continue;
        }
        let takes = rows.flags[row] & TAKEN != 0 && rows.amount[row] != NO_AMOUNT;
        match today.get_mut(&(account, channel)) {
            Some(total) => {
                found[row] = *total;
                if takes {
                    *total = total.saturating_add(rows.amount[row]).min(NO_AMOUNT - 1);
                }
            }
            None => {
                found[row] = 0;
                if takes {
                    today.insert((account, channel), rows.amount[row]);
                }
            }
        }
    }
    found
}

/// Failed and all rows of the channel around every row.
pub(super) fn rates(rows: &Rows, order: &Order) -> Vec<(u16, u16)> {
    let mut found = vec![(0u16, 0u16); rows.len()];
    let mut counts = vec![(0u32, 0u32); usize::from(u8::MAX) + 1];
    let (mut left, mut right) = (0, 0);
    let counted = |row: usize| rows.channel[row] != NO_CHANNEL && rows.flags[row] & KNOWN != 0;
    for at in 0..order.len() {
        let row = order.row(at);
        let now = seconds(rows, row);
        while right < order.len() && seconds(rows, order.row(right)) <= now + HALF_RATE_S {
            let row = order.row(right);
            if counted(row) {
                let (failed, all) = &mut counts[usize::from(rows.channel[row])];
                *failed += u32::from(rows.flags[row] & FAILED);
                *all += 1;
            }
            right += 1;
        }
        while seconds(rows, order.row(left)) < now - HALF_RATE_S {
            let row = order.row(left);
            if counted(row) {
                let (failed, all) = &mut counts[usize::from(rows.channel[row])];
                *failed -= u32::from(rows.flags[row] & FAILED);
                *all -= 1;
            }
            left += 1;
        }
        if rows.channel[row] != NO_CHANNEL {
            found[row] = scaled(counts[usize::from(rows.channel[row])]);
        }
    }
    found
}

/// Two counts, halved until they fit: only their ratio matters.
fn scaled((mut failed, mut all): (u32, u32)) -> (u16, u16) {
    while all > u32::from(u16::MAX) {
        failed /= 2;
        all /= 2;
    }
    let fit = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
    (fit(failed), fit(all))
}

/// Whether failures among rows of a channel are far more than usual.
fn is_out(failed: u16, all: u16, usual: f64) -> bool {
    let all = f64::from(all);
    let rate = f64::from(failed) / all;
    let spread = (usual * (1.0 - usual) / all).sqrt();
    rate >= OUTAGE_RATE
        && 2.0 * (1.0 - rate) <= 1.0 - usual
        && rate - usual >= OUTAGE_DEVIATIONS * spread
}

/// Runs of rows of one channel whose surroundings fail far more than usual.
pub(super) fn outages(
    rows: &Rows,
    order: &Order,
    found: &Histories,
    channels: &[&str],
) -> Vec<Outage> {
    let mut open: HashMap<u8, Outage> = HashMap::new();
    let mut closed = Vec::new();
    for at in 0..order.len() {
        let row = order.row(at);
        let channel = rows.channel[row];
        let Some(usual) = found.usual.get(usize::from(channel)).copied().flatten() else {
            continue;
        };
        let (failed, all) = found.rate[row];
        if u32::from(all) < RATE_ROWS || !is_out(failed, all, usual) {
            closed.extend(open.remove(&channel));
            continue;
        }
        let now = (seconds(rows, row) + EPOCH_S) * 1000;
        let outage = open.entry(channel).or_insert_with(|| Outage {
            channel: channels
                .get(usize::from(channel))
                .map_or_else(String::new, ToString::to_string),
            from: now,
            to: now,
            rows: 0,
            failed: 0,
            usual,
        });
        outage.to = now;
        outage.rows += 1;
        outage.failed += u64::from(rows.flags[row] & FAILED);
    }
    closed.extend(open.into_values());
    closed.retain(|outage| outage.rows >= u64::from(RATE_ROWS));
    closed.sort_by(|a, b| a.from.cmp(&b.from).then(a.channel.cmp(&b.channel)));
    closed
}

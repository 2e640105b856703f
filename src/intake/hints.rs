//! What makes a reader doubt the zone or the unit of a file.

use chrono::{FixedOffset, NaiveDateTime, TimeZone};

use crate::facts::{CHINA_OFFSET_S, Moment};

/// Rows that are compared; more tell nothing new.
const COMPARED: usize = 10_000;

/// Fewer rows tell nothing.
const FEWEST: usize = 3;

/// A number whose time is further from the row's than this has no time in it.
const FURTHEST_S: i64 = 26 * 3600;

/// Between making an order number and writing its row lie a few seconds.
const SLACK_S: i64 = 60;

/// Gathers what rows hint at.
#[derive(Debug, Clone, Default)]
pub(super) struct Hints {
    /// Seconds from the time in the order number to the time of the row.
    shifts: Vec<i64>,
    /// Rows with an order number and a time.
    timed: usize,
    /// Rows with an amount.
    amounts: usize,
    /// Amounts that are written as whole numbers that end in 0.
    round: usize,
}

impl Hints {
    /// Compares the time in an order number with the time at which its row says it was created.
    pub(super) fn time(&mut self, order: &str, created: &Moment) {
        if self.timed >= COMPARED {
            return;
        }
        self.timed += 1;
        let shifts = [("%Y%m%d%H%M%S", 14), ("%y%m%d%H%M%S", 12)]
            .iter()
            .filter_map(|(layout, length)| number_time(order, layout, *length))
            .map(|seconds| created.millis().div_euclid(1000) - seconds);
        let mut near = shifts.filter(|shift| shift.abs() <= FURTHEST_S);
        self.shifts.extend(near.next());
    }

    /// Looks at how an amount is written.
    pub(super) fn amount(&mut self, cell: &str) {
        self.amounts += 1;
        let round = cell.ends_with('0') && cell.bytes().all(|byte| byte.is_ascii_digit());
        self.round += usize::from(round && cell.len() > 1);
    }

    /// Whether all amounts may be in fen.
    pub(super) fn maybe_fen(&self) -> bool {
        self.amounts >= FEWEST && self.round == self.amounts
    }

    /// The zone in which times really are, where order numbers say that it is exactly eight hours
    /// from the one in which they were read.
    pub(super) fn zone(&self, read_in: i32) -> Option<i32> {
        if self.shifts.len() < FEWEST || self.shifts.len() * 2 < self.timed {
            return None;
        }
        let mut shifts = self.shifts.clone();
        let middle = shifts.len() / 2;
        let median = *shifts.select_nth_unstable(middle).1;
        let eight = i64::from(CHINA_OFFSET_S);
        if (median.abs() - eight).abs() > SLACK_S {
            return None;
        }
        let moved = if median < 0 {
            read_in - CHINA_OFFSET_S
        } else {
            read_in + CHINA_OFFSET_S
        };
        (-12 * 3600..=14 * 3600).contains(&moved).then_some(moved)
    }
}

/// The instant that an order number begins with, after letters; it is Chinese time. In seconds.
fn number_time(order: &str, layout: &str, length: usize) -> Option<i64> {
    let digits = order.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let time = digits.get(..length)?;
    if !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let local = NaiveDateTime::parse_from_str(time, layout).ok()?;
    let zone = FixedOffset::east_opt(CHINA_OFFSET_S)?;
    Some(zone.from_local_datetime(&local).single()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(rows: &[(&str, &str)]) -> Option<i32> {
        let mut hints = Hints::default();
        for (order, created) in rows {
            hints.time(order, &created.parse().expect("a time"));
        }
        hints.zone(CHINA_OFFSET_S)
    }

    #[test]
    fn times_in_order_numbers_betray_utc() {
        let utc = [
            ("20240102110405001", "2024-01-02 03:04:06"),
            ("20240102120405002", "2024-01-02 04:04:05"),
            ("DJ20240102130405003", "2024-01-02 05:04:09"),
        ];
        assert_eq!(zone(&utc), Some(0));
        assert_eq!(zone(&utc[..2]), None);
        let china = utc.map(|(order, _)| (order, "2024-01-02 11:04:06"));
        assert_eq!(zone(&china), None);
    }

    #[test]
    fn round_amounts_may_be_fen() {
        let told = |cells: &[&str]| {
            let mut hints = Hints::default();
            cells.iter().for_each(|cell| hints.amount(cell));
            hints.maybe_fen()
        };
        assert!(told(&["1000", "990", "500"]));
        assert!(!told(&["1000", "990", "5.00"]));
        assert!(!told(&["1000", "990", "55"]));
        assert!(!told(&["1000", "990"]));
    }
}

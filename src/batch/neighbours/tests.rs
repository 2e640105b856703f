//! Unit tests.

use super::*;

const T0: i64 = 1_790_000_000_000;

fn row(minutes: i64, account: &str, failed: bool) -> Neighbour {
    Neighbour {
        time: Some(T0 + minutes * 60_000),
        account: Some(hash_of(account)),
        order: 7,
        amount: Some(10_000),
        channel: Some(0),
        failed: Some(failed),
        taken: !failed,
    }
}

fn histories(list: &[Neighbour]) -> Histories {
    let mut rows = Rows::default();
    list.iter().for_each(|row| rows.push(*row));
    Histories::of(rows, &["alipay"])
}

#[test]
fn resubmissions_lie_within_ten_minutes() {
    let found = histories(&[
        row(0, "a", true),
        row(10, "a", true),
        row(10, "b", true),
        row(21, "a", true),
    ]);
    let counts: Vec<_> = (0..4).map(|at| found.of_row(at).same_order).collect();
    assert_eq!(counts, [Some(2), Some(2), Some(1), Some(1)]);
}

#[test]
fn failures_count_for_a_day() {
    let day = 24 * 60;
    let found = histories(&[
        row(0, "a", true),
        row(60, "a", false),
        row(day - 1, "a", true),
        row(day, "a", true),
    ]);
    let counts: Vec<_> = (0..4).map(|at| found.of_row(at).failures).collect();
    assert_eq!(counts, [Some(1), Some(1), Some(2), Some(2)]);
}

#[test]
fn what_was_paid_today_is_what_was_taken_before() {
    let mut list = vec![row(0, "a", false), row(1, "a", true), row(2, "a", false)];
    let totals = |list: &[Neighbour]| -> Vec<_> {
        let found = histories(list);
        (0..3).map(|at| found.of_row(at).day_total).collect()
    };
    // Too few rows to know that successes are listed too: nothing before is not nothing paid.
    assert_eq!(totals(&list), [None, Some(10_000), Some(10_000)]);
    list.extend((3..40).map(|at| row(at, "b", false)));
    assert_eq!(totals(&list), [Some(0), Some(10_000), Some(10_000)]);
}

#[test]
fn the_order_of_the_file_does_not_matter() {
    let list: Vec<Neighbour> = (0..200)
        .map(|at| {
            row(
                (at * 37) % 400,
                ["a", "b", "c"][usize::try_from(at % 3).unwrap_or(0)],
                at % 4 != 0,
            )
        })
        .collect();
    let mut sorted: Vec<(usize, Neighbour)> = list.iter().copied().enumerate().collect();
    sorted.sort_by_key(|(at, row)| (row.time, *at));
    let ordered: Vec<Neighbour> = sorted.iter().map(|(_, row)| *row).collect();
    let (mixed, ordered) = (histories(&list), histories(&ordered));
    for (at, (original, _)) in sorted.iter().enumerate() {
        assert_eq!(mixed.of_row(*original), ordered.of_row(at));
    }
}

#[test]
fn an_outage_stands_out_from_what_is_usual() {
    let mut list: Vec<Neighbour> = (0..600).map(|at| row(at / 3, "x", at % 5 == 0)).collect();
    for (at, row) in list.iter_mut().enumerate() {
        row.account = Some(hash_of(&at));
        if (300..360).contains(&at) {
            row.failed = Some(true);
        }
    }
    let found = histories(&list);
    assert_eq!(found.outages.len(), 1);
    assert!(found.outages[0].rows >= 20);
    assert!(found.of_row(330).rate.is_some_and(|rate| rate > 0.9));
    assert!(found.of_row(100).rate.is_some_and(|rate| rate < 0.4));
}

#[test]
fn a_list_of_failures_alone_tells_no_rate() {
    let list: Vec<Neighbour> = (0..60).map(|at| row(at, "x", true)).collect();
    assert_eq!(histories(&list).of_row(30).rate, None);
}

#[test]
fn rows_without_time_or_account_say_nothing() {
    let unknown = Neighbour::default();
    let found = histories(&[unknown, row(0, "a", true)]);
    assert_eq!(found.of_row(0), History::default());
    assert_eq!(found.of_row(1).failures, Some(1));
}

//! The tally of a run and what is written of it, on rows that are made by hand.

use std::borrow::Cow;

use recharge_doctor::batch::{Counted, Outage, Tally};
use recharge_doctor::diagnose::{Brief, BriefCause, CaseVerdict, PayAgain, PayState, Verdict};
use recharge_doctor::facts::Moment;
use recharge_doctor::intake::records::Reject;
use recharge_doctor::report::{InputLine, RunView, write_page, write_summary};
use recharge_doctor::text::Locale;

use super::support::{NOW, built_in, has};

/// An account that would be a picture if it were not escaped.
pub(crate) const EVIL_ACCOUNT: &str = "<img src=x onerror=alert(1)>";
/// A code that would end an attribute and start a script.
pub(crate) const EVIL_CODE: &str = "\"><script>alert(1)</script>";

/// 2026-12-01T00:00:00+08:00.
const START: i64 = 1_796_054_400_000;

/// A row with its diagnosis.
pub(crate) type Made = (Counted<'static>, Brief);

/// Rows of ten days: two in three healthy, the rest of many causes.
pub(crate) fn rows(count: u64) -> Vec<Made> {
    (0..count).map(|at| row(at, 10 * 24 * 60)).collect()
}

fn row(at: u64, minutes: u64) -> Made {
    let mixed = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let pick = |of: u64| mixed % of;
    let shared = |text: String| Some(Cow::Owned(text));
    let healthy = !at.is_multiple_of(3);
    let open = at.is_multiple_of(21);
    let blocked = at.is_multiple_of(2);
    let time = START + i64::try_from((mixed >> 8) % minutes).expect("small") * 60_000;
    let code = match at % 60 {
        0 => shared(EVIL_CODE.to_owned()),
        3 => shared("ACQ.TRADE_HAS_SUCESS".to_owned()),
        9 => shared(format!("E{}", pick(5))),
        _ => None,
    };
    let account = if at.is_multiple_of(45) {
        EVIL_ACCOUNT.to_owned()
    } else {
        format!("138{:08}", pick(400))
    };
    let channels = ["alipay", "wechat", "bank-card", "usdt"];
    let counted = Counted {
        input: u32::from(at.is_multiple_of(5)),
        number: at + 1,
        case: shared(format!("R2026{at:06}")),
        amount: (!at.is_multiple_of(50)).then(|| i64::try_from(pick(90_000)).expect("small")),
        time: (!at.is_multiple_of(40)).then_some(time),
        channel: (!at.is_multiple_of(34)).then(|| Cow::Borrowed(channels[(mixed % 4) as usize])),
        account: Some(Cow::Owned(account)),
        taken: at.is_multiple_of(4),
        unlisted: code,
        text: at
            .is_multiple_of(12)
            .then_some(Cow::Borrowed("彩虹很美丽，打 13812345678 找我")),
    };
    let causes = built_in().causes.len() as u64;
    let cause = usize::try_from(pick(pick(causes) + 1)).expect("small");
    let verdict = match (healthy, open) {
        (true, _) => CaseVerdict::Healthy,
        (_, true) => CaseVerdict::Undetermined,
        _ => CaseVerdict::Identified,
    };
    let state = if blocked {
        PayState::Blocked
    } else {
        PayState::Allowed
    };
    let brief = Brief {
        verdict,
        causes: vec![BriefCause::new(cause, Verdict::Likely, 0.8)],
        pay_again: PayAgain { state, gate: None },
        fix: None,
        warnings: Vec::new(),
    };
    (counted, brief)
}

/// What rows add up to.
pub(crate) fn tally(rows: &[Made]) -> Tally {
    let mut tally = Tally::default();
    for (row, brief) in rows {
        tally.count(row, brief.into());
    }
    tally
}

/// A tally of many rows, with rejected ones.
pub(crate) fn full_tally() -> Tally {
    let mut tally = tally(&rows(3000));
    for line in 1..=60 {
        let reason = if line == 1 {
            Reject::Json("found `<b>`".to_owned())
        } else {
            let found = usize::try_from(line).expect("a small number");
            Reject::Cells { expected: 5, found }
        };
        tally.reject(1, line * 7, reason);
    }
    tally
}

/// Gives a view of a tally to a writer of reports and returns what it wrote.
pub(crate) fn written(
    tally: &Tally,
    locale: Locale,
    reveal: bool,
    write: impl FnOnce(&RunView<'_>, &mut Vec<u8>) -> std::io::Result<()>,
) -> String {
    colored::control::set_override(false);
    let outages = [Outage {
        channel: "wechat".to_owned(),
        from: START + 36_000_000,
        to: START + 39_600_000,
        rows: 400,
        failed: 345,
        usual: 0.12,
    }];
    let input = |name: &str, format: Option<&str>| InputLine {
        name: name.to_owned(),
        format: format.map(str::to_owned),
        title: format.map(|_| "支付宝账单".to_owned()),
        rows: 1500,
        rejected: 3,
    };
    let inputs = [
        input("december.csv", Some("alipay-bill")),
        input("<b>other</b>.xlsx", None),
    ];
    let now: Moment = NOW.parse().expect("a time");
    let view = RunView {
        tally,
        outages: &outages,
        inputs: &inputs,
        rules: built_in(),
        locale,
        reveal,
        now: &now,
    };
    let mut out = Vec::new();
    write(&view, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8 output")
}

/// The page of a tally.
pub(crate) fn page(tally: &Tally, locale: Locale, reveal: bool) -> String {
    written(tally, locale, reveal, write_page)
}

fn summary(tally: &Tally, locale: Locale, width: usize) -> String {
    written(tally, locale, false, |view, out| {
        write_summary(view, width, out)
    })
}

#[test]
fn totals_close() {
    let tally = full_tally();
    let (identified, failed) = (tally.identified(), tally.failed());
    assert_eq!(
        tally.rows,
        tally.healthy + identified.rows + tally.undetermined.rows
    );
    assert_eq!(failed.rows, tally.rows - tally.healthy);
    assert_eq!(failed.money, identified.money + tally.undetermined.money);
    let by_channel: u64 = tally.channels.iter().map(|one| one.sum().rows).sum();
    assert_eq!(by_channel, tally.rows);
    let by_day: u64 = tally.days.values().map(|day| day.rows).sum();
    assert_eq!(by_day + tally.timeless.rows, tally.rows);
    let by_account: u64 = tally
        .accounts
        .largest(usize::MAX)
        .iter()
        .map(|(_, loss)| loss.rows)
        .sum();
    assert_eq!(by_account, failed.rows);
    assert_eq!((tally.rejected, tally.rejects.len()), (60, 50));
}

#[test]
fn money_taken_while_paying_again_is_blocked_comes_first() {
    let tickets = full_tally().tickets;
    assert_eq!(tickets.len(), 20);
    for pair in tickets.windows(2) {
        let urgency = |at: usize| {
            let row = &pair[at].row;
            (pair[at].blocked, pair[at].blocked && row.taken, row.amount)
        };
        assert!(urgency(0) >= urgency(1));
    }
}

#[test]
fn hours_are_kept_for_short_runs_only() {
    let short: Vec<Made> = (0..200).map(|at| row(at, 30 * 60)).collect();
    let hours = tally(&short).hours.expect("hours");
    assert!(hours.len() > 20 && hours.len() <= 31);
    assert_eq!(tally(&rows(200)).hours, None);
}

#[test]
fn the_summary_fits_and_closes_in_both_languages() {
    let tally = full_tally();
    for (locale, width) in [(Locale::Zh, 100), (Locale::En, 80), (Locale::Zh, 40)] {
        let text = summary(&tally, locale, width);
        for line in text.lines() {
            let wide = unicode_width::UnicodeWidthStr::width(line);
            assert!(wide <= width, "{wide} > {width}: {line}");
        }
        assert!(!text.contains("13812345678"), "{text}");
    }
    has(
        &summary(&tally, Locale::En, 100),
        &[
            "3,000 rows: 2,000 credited",
            "nearest: ACQ.TRADE_HAS_SUCCESS",
        ],
    );
}

#[test]
fn an_empty_run_has_a_page_and_a_summary() {
    let empty = Tally::default();
    for locale in [Locale::Zh, Locale::En] {
        assert!(!summary(&empty, locale, 80).contains("NaN"));
        let text = page(&empty, locale, false);
        assert!(!text.contains("NaN") && !text.contains("inf%"), "{text}");
    }
}

#[test]
fn private_data_is_masked_unless_it_is_to_be_revealed() {
    let tally = full_tally();
    let masked = page(&tally, Locale::Zh, false);
    let shown = |text: &str| text.contains(">13800000") || text.contains("13812345678");
    assert!(!shown(&masked));
    assert!(shown(&page(&tally, Locale::Zh, true)));
}

#[test]
fn no_raw_markup_of_data_reaches_the_page() {
    let text = page(&full_tally(), Locale::En, true);
    for raw in ["<img", "<script>alert", "<b>", "onerror=alert(1)>"] {
        assert!(!text.contains(raw), "{raw}");
    }
    has(&text, &["&lt;img src=x", "&quot;&gt;&lt;script&gt;"]);
    assert!(!text.contains("run."), "a word is missing");
    assert_eq!(text, page(&full_tally(), Locale::En, true));
}

//! What the clock says: how long money has been out, whether payment came after expiry, how far
//! midnight is.

use crate::facts::{CaseFacts, FactValue, Moment};

use super::Pass;

/// Milliseconds of a minute and of a second.
const MINUTE_MS: i64 = 60_000;
const SECOND_MS: i64 = 1_000;

/// Minutes of a day.
const DAY_MIN: i64 = 24 * 60;

pub(super) fn derive(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    if let Some(moment) = moment_of_failure(pass) {
        let (day, second) = moment.day_in_china();
        let minute = second * SECOND_MS / MINUTE_MS;
        pass.set_derived(keys.when_hour, FactValue::Int(minute / 60));
        pass.set_derived(
            keys.when_minutes_to_midnight,
            FactValue::Int(DAY_MIN - minute),
        );
        if let Some(now) = pass.time(keys.case_now) {
            let new_day = now.day_in_china().0 > day;
            pass.set_derived(keys.when_new_day, FactValue::Bool(new_day));
        }
    }
    after_expiry(pass);
    uncredited(pass);
    zone_assumed(pass);
}

/// Whether any given time named no zone.
fn zone_assumed(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    let given = [
        keys.order_created_at,
        keys.order_submitted_at,
        keys.order_paid_at,
        keys.order_credited_at,
        keys.order_failed_at,
        keys.order_expires_at,
    ];
    let is_assumed = |key| pass.time(key).is_some_and(|time| time.zone_assumed());
    let assumed = given.into_iter().any(is_assumed);
    pass.set_derived(keys.case_zone_assumed, FactValue::Bool(assumed));
}

/// When the recharge was tried: submitted, else paid, else seen to fail, else ordered.
pub(super) fn moment_of_failure(pass: &Pass<'_, impl CaseFacts>) -> Option<Moment> {
    let keys = pass.keys;
    [
        keys.order_submitted_at,
        keys.order_paid_at,
        keys.order_failed_at,
        keys.order_created_at,
    ]
    .iter()
    .find_map(|key| pass.time(*key))
}

fn after_expiry(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    let paid = pass
        .time(keys.order_submitted_at)
        .or(pass.time(keys.order_paid_at));
    let (Some(paid), Some(expires)) = (paid, pass.time(keys.order_expires_at)) else {
        return;
    };
    let seconds = (paid.millis() - expires.millis()) / SECOND_MS;
    pass.set_derived(keys.when_after_expiry_s, FactValue::Int(seconds));
}

/// Minutes between the payment and the crediting, or now where nothing was credited.
fn uncredited(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    let debited = pass.bool(keys.payment_debited) == Some(true);
    let paid = pass
        .time(keys.order_paid_at)
        .or_else(|| pass.time(keys.order_submitted_at).filter(|_| debited));
    let credited = pass.bool(keys.payment_credited) == Some(true);
    let until = match pass.time(keys.order_credited_at) {
        Some(moment) => Some(moment),
        None if credited => None,
        None => pass.time(keys.case_now),
    };
    let (Some(paid), Some(until)) = (paid, until) else {
        return;
    };
    let minutes = (until.millis() - paid.millis()).max(0) / MINUTE_MS;
    pass.set_derived(keys.when_uncredited_min, FactValue::Int(minutes));
}

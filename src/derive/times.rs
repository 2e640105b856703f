//! What the clock says: how long money has been out, whether payment came after expiry, how far
//! midnight is.

use chrono::Timelike;

use crate::facts::{FactValue, Moment};

use super::Pass;

/// Milliseconds of a minute and of a second.
const MINUTE_MS: i64 = 60_000;
const SECOND_MS: i64 = 1_000;

/// Minutes of a day.
const DAY_MIN: i64 = 24 * 60;

pub(super) fn derive(pass: &mut Pass<'_>) {
    if let Some(moment) = moment_of_failure(pass) {
        let local = moment.in_china();
        let minute = i64::from(local.hour() * 60 + local.minute());
        pass.set_derived("when.hour", FactValue::Int(i64::from(local.hour())));
        pass.set_derived("when.minutes_to_midnight", FactValue::Int(DAY_MIN - minute));
        if let Some(now) = pass.time("case.now") {
            let new_day = now.in_china().date() > local.date();
            pass.set_derived("when.new_day", FactValue::Bool(new_day));
        }
    }
    after_expiry(pass);
    uncredited(pass);
    zone_assumed(pass);
}

/// Whether any given time named no zone.
fn zone_assumed(pass: &mut Pass<'_>) {
    let is_assumed = |key| match pass.facts.get(key) {
        Some(FactValue::Time(moment)) => key != pass.key("case.now") && moment.zone_assumed(),
        _ => false,
    };
    let assumed = pass.facts.given().any(is_assumed);
    pass.set_derived("case.zone_assumed", FactValue::Bool(assumed));
}

/// When the recharge was tried: submitted, else paid, else seen to fail, else ordered.
pub(super) fn moment_of_failure(pass: &Pass<'_>) -> Option<Moment> {
    [
        "order.submitted_at",
        "order.paid_at",
        "order.failed_at",
        "order.created_at",
    ]
    .iter()
    .find_map(|key| pass.time(key))
}

fn after_expiry(pass: &mut Pass<'_>) {
    let paid = pass
        .time("order.submitted_at")
        .or(pass.time("order.paid_at"));
    let (Some(paid), Some(expires)) = (paid, pass.time("order.expires_at")) else {
        return;
    };
    let seconds = (paid.millis() - expires.millis()) / SECOND_MS;
    pass.set_derived("when.after_expiry_s", FactValue::Int(seconds));
}

/// Minutes between the payment and the crediting, or now where nothing was credited.
fn uncredited(pass: &mut Pass<'_>) {
    let debited = pass.bool("payment.debited") == Some(true);
    let paid = pass
        .time("order.paid_at")
        .or_else(|| pass.time("order.submitted_at").filter(|_| debited));
    let credited = pass.bool("payment.credited") == Some(true);
    let until = match pass.time("order.credited_at") {
        Some(moment) => Some(moment),
        None if credited => None,
        None => pass.time("case.now"),
    };
    let (Some(paid), Some(until)) = (paid, until) else {
        return;
    };
    let minutes = (until.millis() - paid.millis()).max(0) / MINUTE_MS;
    pass.set_derived("when.uncredited_min", FactValue::Int(minutes));
}

//! What the code tables say about a code, a sub-code and a message.

use crate::facts::{CaseFacts, FactKey, FactValue, ValueRef};
use crate::rules::{Certainty, CodeTables, Gateway, Money, Reading, Stage, Word};

use super::{Part, Pass};

/// What narrows the readings of a code.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look<'l> {
    /// The table that the code is known to come from.
    pub gateway: Option<&'l str>,
    /// How it was paid.
    pub channel: Option<&'l str>,
    /// Whether the payer has paid already, so that shops and suppliers speak; none where unknown.
    pub paid: Option<bool>,
}

/// The readings of a code or message that remain, and whether they speak with one voice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What remains; of one table where the gateway is given or the code's shape tells.
    pub readings: Vec<Reading>,
    /// Whether the table is known: given, told by the shape, or the only one.
    pub settled: bool,
}

/// Narrows the readings of a code or message: by the given gateway, else by the shape of the code,
/// the channel and the stage.
#[must_use]
pub fn look_up(tables: &CodeTables, readings: &[Reading], code: &str, look: Look<'_>) -> Found {
    let of = |reading: &Reading| tables.row(*reading).0;
    if let Some(given) = look.gateway {
        return by_gateway(tables, readings, given);
    }
    let claimed = keep(readings, |reading| of(reading).claims(code));
    let contradicted = look.channel.is_some_and(|channel| {
        let fits = |reading: &Reading| fits_channel(of(reading), channel);
        readings.iter().any(fits) && !claimed.iter().any(fits)
    });
    if !claimed.is_empty() && !contradicted {
        return Found {
            readings: claimed,
            settled: true,
        };
    }
    let mut rest = readings.to_vec();
    if let Some(channel) = look.channel {
        let fitting = keep(&rest, |reading| fits_channel(of(reading), channel));
        if !fitting.is_empty() {
            rest = fitting;
        }
    }
    if let Some(paid) = look.paid {
        let staged = keep(&rest, |reading| {
            (of(reading).stage == Stage::Payment) != paid
        });
        if !staged.is_empty() {
            rest = staged;
        }
    }
    let settled = rest.len() == 1 || agree(tables, &rest);
    Found {
        readings: rest,
        settled,
    }
}

/// Rows of the given table, or else of its family: agents know "Alipay", not which list.
fn by_gateway(tables: &CodeTables, readings: &[Reading], given: &str) -> Found {
    let gateway = |reading: &Reading| tables.row(*reading).0;
    let mut kept = keep(readings, |reading| gateway(reading).id == given);
    if kept.is_empty() {
        let family = tables
            .gateways()
            .find(|gateway| gateway.id == given)
            .map(|gateway| gateway.family.clone());
        kept = keep(readings, |reading| {
            Some(&gateway(reading).family) == family.as_ref()
        });
    }
    let settled = !kept.is_empty();
    Found {
        readings: kept,
        settled,
    }
}

fn keep(readings: &[Reading], test: impl Fn(&Reading) -> bool) -> Vec<Reading> {
    readings
        .iter()
        .copied()
        .filter(|reading| test(reading))
        .collect()
}

fn fits_channel(gateway: &Gateway, channel: &str) -> bool {
    gateway.channels.iter().any(|fits| fits == channel)
}

/// Whether all readings name the same cause.
fn agree(tables: &CodeTables, readings: &[Reading]) -> bool {
    let cause = |reading: &Reading| tables.row(*reading).1.cause.as_ref().map(|(id, _)| id);
    let mut causes = readings.iter().map(cause);
    let Some(first) = causes.next() else {
        return false;
    };
    causes.all(|other| other == first)
}

/// What readings say together.
#[derive(Debug, Default)]
struct Said {
    by_certainty: [Vec<String>; 3],
    money: Option<Money>,
    catch_all: bool,
    ambiguous: bool,
}

pub(super) fn derive(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    let on = [
        keys.error_code,
        keys.error_sub_code,
        keys.error_message,
        keys.error_gateway,
        keys.payment_channel,
    ];
    let mark = match is_paid(pass) {
        None => "-",
        Some(false) => "unpaid",
        Some(true) => "paid",
    };
    pass.remembered(Part::Codes, &on, mark, look);
}

/// Looks code, sub-code and message up.
fn look(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    let tables = &pass.rules.codes;
    let gateway = pass.text(keys.error_gateway).map(str::to_owned);
    let channel = pass.text(keys.payment_channel).map(str::to_owned);
    let look = Look {
        gateway: gateway.as_deref(),
        channel: channel.as_deref(),
        paid: is_paid(pass),
    };
    let find = |code: Option<&str>| {
        code.map(|code| look_up(tables, tables.code(code), code, look))
            .filter(|found| !found.readings.is_empty())
    };
    let code = pass.text(keys.error_code).map(str::to_owned);
    let sub_code = pass.text(keys.error_sub_code).map(str::to_owned);
    // A sub-code belongs to the family of its code, rarely to the table that was named.
    let detail = find(sub_code.as_deref()).or_else(|| {
        let any = Look {
            gateway: None,
            ..look
        };
        let sub = sub_code.as_deref()?;
        Some(look_up(tables, tables.code(sub), sub, any)).filter(|found| !found.readings.is_empty())
    });
    let general = find(code.as_deref());
    let general_money = general
        .as_ref()
        .and_then(|found| listen(tables, found).money);
    let code_given = code.is_some() || sub_code.is_some();
    let detail_speaks = detail.as_ref().is_some_and(|found| speaks(tables, found));
    let chosen = if detail_speaks {
        detail
    } else {
        general.or(detail)
    };
    let message = pass.text(keys.error_message).map(str::to_owned);
    let exact = message
        .as_deref()
        .is_some_and(|message| tables.is_listed_message(message));
    let of_message = message.as_deref().map(|message| {
        let readings = tables.message(message);
        let with_code = code_rows(tables, readings, code.as_deref());
        // What people see on a screen comes from the payment, unless it is known to be made.
        let paid = look.paid.or(Some(false));
        look_up(tables, &with_code, message, Look { paid, ..look })
    });
    let mut said = chosen.as_ref().map(|found| listen(tables, found));
    // The detail names the cause, but the outcome is as open as the code it details says.
    if let (Some(said), Some(general)) = (&mut said, &general_money) {
        said.money = Some(said.money.map_or(*general, |money| worse(money, *general)));
    }
    let mut heard = of_message
        .filter(|found| !found.readings.is_empty())
        .map(|found| listen(tables, &found));
    // What follows the known beginning of a message may say anything, also that money was taken.
    if let Some(heard) = heard.as_mut().filter(|_| !exact) {
        heard.money = heard.money.map(|money| match money {
            Money::Declined | Money::Unpaid | Money::Refunded => Money::Silent,
            other => other,
        });
    }
    write_code(pass, said, code_given);
    write_message(pass, heard);
}

/// Messages of one code share its rows: where the code is known, only rows with that code count,
/// if there are any.
fn code_rows(tables: &CodeTables, readings: &[Reading], code: Option<&str>) -> Vec<Reading> {
    let Some(code) = code else {
        return readings.to_vec();
    };
    let same = keep(readings, |reading| {
        let row = &tables.row(*reading).1.code;
        crate::rules::normal_code(row) == crate::rules::normal_code(code)
    });
    if same.is_empty() {
        readings.to_vec()
    } else {
        same
    }
}

/// Whether the payer has paid, as far as the facts tell.
fn is_paid(pass: &Pass<'_, impl CaseFacts>) -> Option<bool> {
    let keys = pass.keys;
    let debited = pass.bool(keys.payment_debited);
    let state = pass.text(keys.payment_state);
    if debited == Some(true)
        || state == Some("taken")
        || pass.time(keys.order_paid_at).is_some()
        || matches!(pass.text(keys.order_status), Some("paid" | "delivering"))
        || matches!(
            pass.value(keys.payment_debit_count),
            Some(ValueRef::Int(1..))
        )
    {
        return Some(true);
    }
    let refused = debited == Some(false) || matches!(state, Some("none" | "failed"));
    refused.then_some(false)
}

fn speaks(tables: &CodeTables, found: &Found) -> bool {
    found.readings.iter().any(|reading| {
        let row = tables.row(*reading).1;
        row.cause.is_some() || row.money != Money::Silent
    })
}

fn listen(tables: &CodeTables, found: &Found) -> Said {
    let mut said = Said {
        ambiguous: !found.settled,
        ..Said::default()
    };
    let mut declined = true;
    for reading in &found.readings {
        let row = tables.row(*reading).1;
        said.money = Some(
            said.money
                .map_or(row.money, |money| worse(money, row.money)),
        );
        declined &= row.money == Money::Declined;
        if let Some((id, certainty)) = &row.cause {
            // Readings that disagree are hints, not statements.
            let certainty = if found.settled {
                *certainty
            } else {
                Certainty::Low
            };
            let list = &mut said.by_certainty[certainty as usize];
            if !list.iter().any(|known| known == id) {
                list.push(id.to_string());
            }
        }
    }
    // Only where every reading is a refusal is the code one.
    if said.money == Some(Money::Declined) && !declined {
        said.money = Some(Money::Silent);
    }
    // One table may have several rows for a code, with different certainty.
    let [low, medium, high] = &mut said.by_certainty;
    medium.retain(|id| !high.contains(id));
    low.retain(|id| !high.contains(id) && !medium.contains(id));
    let names_none = said.by_certainty.iter().all(Vec::is_empty);
    said.catch_all = names_none && matches!(said.money, Some(Money::Silent | Money::Declined));
    said
}

/// The more careful of two statements about money.
fn worse(left: Money, right: Money) -> Money {
    const ORDER: [Money; 8] = [
        Money::Unknown,
        Money::Taken,
        Money::AfterPayment,
        Money::Credited,
        Money::Unpaid,
        Money::Refunded,
        Money::Declined,
        // A reading that says nothing takes nothing away from one that does.
        Money::Silent,
    ];
    let rank = |money| ORDER.iter().position(|known| *known == money);
    if rank(left) <= rank(right) {
        left
    } else {
        right
    }
}

fn write_code(pass: &mut Pass<'_, impl CaseFacts>, said: Option<Said>, given: bool) {
    let keys = pass.keys;
    let lists = [keys.code_low, keys.code_medium, keys.code_high];
    if given {
        pass.set_derived(keys.code_unlisted, FactValue::Bool(said.is_none()));
    }
    let Some(said) = said else {
        let wanted: &[FactKey] = if given {
            &[keys.error_gateway, keys.error_message, keys.error_sub_code]
        } else {
            &[keys.error_code]
        };
        for key in lists.iter().chain(&[keys.code_money]) {
            pass.wants(*key, wanted);
        }
        return;
    };
    pass.set_derived(keys.code_catch_all, FactValue::Bool(said.catch_all));
    pass.set_derived(keys.code_ambiguous, FactValue::Bool(said.ambiguous));
    if let Some(money) = said.money {
        pass.set_derived(keys.code_money, FactValue::text(money_word(money)));
    }
    if said.by_certainty.iter().all(Vec::is_empty) {
        for key in lists {
            pass.wants(key, &[keys.error_sub_code, keys.error_message]);
        }
        return;
    }
    for (key, causes) in lists.iter().zip(&said.by_certainty) {
        if said.ambiguous && causes.is_empty() {
            pass.wants(*key, &[keys.error_gateway, keys.error_message]);
        } else {
            set_causes(pass, *key, causes);
        }
    }
}

fn write_message(pass: &mut Pass<'_, impl CaseFacts>, heard: Option<Said>) {
    let keys = pass.keys;
    let lists = [keys.message_low, keys.message_medium, keys.message_high];
    let Some(heard) = heard else {
        for key in lists.iter().chain(&[keys.message_money]) {
            pass.wants(*key, &[keys.error_message]);
        }
        return;
    };
    if let Some(money) = heard.money {
        pass.set_derived(keys.message_money, FactValue::text(money_word(money)));
    }
    if heard.by_certainty.iter().all(Vec::is_empty) {
        return;
    }
    for (key, causes) in lists.iter().zip(&heard.by_certainty) {
        set_causes(pass, *key, causes);
    }
}

fn set_causes(pass: &mut Pass<'_, impl CaseFacts>, key: FactKey, causes: &[String]) {
    let causes: Vec<&str> = causes.iter().map(String::as_str).collect();
    pass.set_list(key, &causes);
}

/// The word of a money state in facts: `silent` for the table's `-`.
fn money_word(money: Money) -> &'static str {
    match money {
        Money::Silent => "silent",
        other => other.word(),
    }
}

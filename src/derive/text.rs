//! What the free text of a case says, as facts: statements, amounts, counts, times, codes,
//! addresses and numbers. What was given wins; where the text says something else, that is noted.

use std::rc::Rc;

use chrono::{FixedOffset, TimeZone};

use crate::facts::{
    CHINA_OFFSET_S, CaseFacts, FactKey, FactValue, Facts, Fen, Moment, Source, ValueRef,
};
use crate::reading::{Identifier, IdentifierKind, Reading, Role, Stance, Statement};
use crate::rules::RuleSet;

use super::NOTHING;

/// The facts that hold free text, in the order in which they are listened to.
pub const PROSE: [&str; 2] = ["text", "error.message"];

/// A fact that a text states, with the bytes of the text that state it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The fact.
    pub fact: FactKey,
    /// Its value.
    pub value: FactValue,
    /// Bytes of the text as it was typed.
    pub bytes: std::ops::Range<usize>,
}

/// Adds what the free text of a case says to its facts. Done once, before anything is derived:
/// answers that come later win over it.
pub fn listen(facts: &mut Facts, rules: &RuleSet) {
    let keys = HearKeys::of(rules);
    hear(facts, rules, keys, |text, now| {
        // What the code tables know word by word is theirs to read.
        if rules.codes.is_listed_message(text) {
            return Rc::default();
        }
        settle(told(text, now, rules), text, rules).into()
    });
}

/// The facts that hold free text, and the one that says where it contradicts the record.
#[derive(Debug, Clone, Copy)]
pub(super) struct HearKeys {
    prose: [Option<FactKey>; PROSE.len()],
    contradicts: Option<FactKey>,
    now: Option<FactKey>,
}

impl HearKeys {
    pub(super) fn of(rules: &RuleSet) -> Self {
        Self {
            prose: PROSE.map(|key| rules.catalog.find(key)),
            contradicts: rules.catalog.find("text.contradicts"),
            now: rules.catalog.find("case.now"),
        }
    }
}

/// Sets what the texts of a case state; `stated` gives that of one text.
pub(super) fn hear(
    facts: &mut impl CaseFacts,
    rules: &RuleSet,
    keys: HearKeys,
    mut stated: impl FnMut(&str, Option<Moment>) -> Rc<[Stated]>,
) {
    let now = now_of(facts, keys.now);
    let mut heard: Vec<(FactKey, FactValue)> = Vec::new();
    let mut spoken = false;
    for key in keys.prose.into_iter().flatten() {
        let Some(ValueRef::Text(text)) = facts.value(key) else {
            continue;
        };
        spoken = true;
        for stated in stated(text, now).iter() {
            if !heard.iter().any(|(fact, _)| *fact == stated.fact) {
                heard.push((stated.fact, stated.value.clone()));
            }
        }
    }
    heard.sort_by_key(|(fact, _)| *fact);
    let mut contradicted = Vec::new();
    for (fact, value) in heard {
        if !facts.is_given(fact) {
            facts.share(fact, &value, Source::Text);
        } else if facts.value(fact) != Some(value.borrowed()) && is_settled(rules, fact) {
            contradicted.push(rules.catalog.spec(fact).key.as_str());
        }
    }
    if let Some(key) = keys.contradicts.filter(|_| spoken) {
        if contradicted.is_empty() {
            facts.share(key, &NOTHING, Source::Text);
        } else {
            facts.share(key, &FactValue::list(contradicted), Source::Text);
        }
    }
}

/// The instant at which a case is looked at.
fn now_of(facts: &impl CaseFacts, key: Option<FactKey>) -> Option<Moment> {
    match facts.value(key?) {
        Some(ValueRef::Time(now)) => Some(now),
        _ => None,
    }
}

/// Whether two values of a fact cannot both be meant. A ticket may well name another time, amount
/// or code than the record does.
fn is_settled(rules: &RuleSet, fact: FactKey) -> bool {
    use crate::facts::FactType;
    matches!(
        rules.catalog.spec(fact).kind,
        FactType::Bool | FactType::Enum
    )
}

/// Everything that one text states, each fact once and only where the text agrees with itself.
#[must_use]
pub fn statements(text: &str, facts: &Facts, rules: &RuleSet) -> Vec<Stated> {
    let now = now_of(facts, rules.catalog.find("case.now"));
    settle(told(text, now, rules), text, rules)
}

/// What a text tells but for its codes, addresses and numbers, which are its own whatever its shape.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) stated: Vec<Stated>,
    /// The bytes of what leaves in doubt what became of the money.
    doubt: Option<std::ops::Range<usize>>,
}

pub(super) fn told(text: &str, now: Option<Moment>, rules: &RuleSet) -> Told {
    let reading = Reading::new(text, rules.phrases());
    let mut stated = strong(said(&reading, rules));
    // The model of money is asked only where something told would need it.
    let safe = (refuses(&reading, rules).is_some()
        || stated.iter().any(|one| opens_gate(one, rules)))
        && is_money_safe(&reading, rules);
    stated.extend(refusal(&reading, safe, rules));
    if !safe {
        stated.retain(|one| !opens_gate(one, rules));
    }
    let debited = rules.catalog.find("payment.debited");
    let paid = stated
        .iter()
        .any(|one| Some(one.fact) == debited && one.value == FactValue::Bool(true));
    stated.extend(values(&reading, rules));
    stated.extend(times(&reading, now, paid, rules));
    let doubt = doubt(&reading, rules).map(|doubt| reading.normal.original(&doubt.bytes));
    Told { stated, doubt }
}

/// Adds codes, addresses and numbers, and drops what contradicts itself.
pub(super) fn settle(told: Told, text: &str, rules: &RuleSet) -> Vec<Stated> {
    let mut stated = told.stated;
    stated.extend(identifiers(text, rules));
    stated.extend(doubted_code(told.doubt, &stated, rules));
    let contradicts_itself = |fact: FactKey| {
        let mut values = stated
            .iter()
            .filter(|one| one.fact == fact)
            .map(|one| &one.value);
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    let mut kept: Vec<Stated> = Vec::new();
    for one in &stated {
        let known = kept.iter().any(|other| other.fact == one.fact);
        if !known && !contradicts_itself(one.fact) {
            kept.push(one.clone());
        }
    }
    kept
}

/// What is told of the payer's money is relied on only if the words as a whole agree at least so
/// far that nothing was taken.
const AGREED: f64 = 0.85;

/// Whether the words leave no doubt that nothing was taken: nothing that is told leaves it open, and
/// the model of money agrees. Without a model nothing told is relied on.
fn is_money_safe(reading: &Reading, rules: &RuleSet) -> bool {
    let agreed = |sure| sure >= AGREED;
    doubt(reading, rules).is_none() && reading.nothing_taken(rules).is_some_and(agreed)
}

/// What is said, asked or believed and leaves open what became of the money.
fn doubt<'r>(reading: &'r Reading, rules: &RuleSet) -> Option<&'r Statement> {
    let phrases = &rules.phrases().phrases;
    let doubts = |of: &&Statement| of.stance != Stance::Denied && phrases[of.phrase].doubts;
    reading.statements.iter().find(doubts)
}

/// A code that is told beside words of doubt may be the supplier's, or of another attempt: its
/// refusal does not settle what became of the payer's money.
fn doubted_code(
    doubt: Option<std::ops::Range<usize>>,
    stated: &[Stated],
    rules: &RuleSet,
) -> Option<Stated> {
    let states = |key: &str| {
        let fact = rules.catalog.find(key);
        stated.iter().any(|one| Some(one.fact) == fact)
    };
    let bytes = doubt?;
    if !states("error.code") || states("payment.state") {
        return None;
    }
    Some(Stated {
        fact: rules.catalog.find("payment.state")?,
        value: FactValue::text("unknown"),
        bytes,
    })
}

/// Whether a statement alone would let somebody pay again.
fn opens_gate(stated: &Stated, rules: &RuleSet) -> bool {
    let is = |key: &str| rules.catalog.find(key) == Some(stated.fact);
    (is("payment.debited") && stated.value == FactValue::Bool(false))
        || (is("payment.state") && stated.value == FactValue::text("refunded"))
}

/// Whether a phrase says that the payment was refused before any money moved.
fn refusal(reading: &Reading, safe: bool, rules: &RuleSet) -> Option<Stated> {
    let first = refuses(reading, rules).filter(|_| safe);
    Some(Stated {
        fact: rules.catalog.find("text.declines")?,
        value: FactValue::Bool(first.is_some()),
        bytes: first.map_or(0..0, |first| reading.normal.original(&first.bytes)),
    })
}

/// The first statement that the payment was refused.
fn refuses<'r>(reading: &'r Reading, rules: &RuleSet) -> Option<&'r Statement> {
    let phrases = &rules.phrases().phrases;
    let refuses = |of: &&Statement| of.stance == Stance::Said && phrases[of.phrase].declines;
    reading.statements.iter().find(refuses)
}

/// What is asserted weakly counts only where nothing else is asserted of the fact.
fn strong(said: Vec<(Stated, bool)>) -> Vec<Stated> {
    let settled = |fact| said.iter().any(|(other, weak)| !weak && other.fact == fact);
    let kept = said
        .iter()
        .filter(|(one, weak)| !weak || !settled(one.fact));
    kept.map(|(one, _)| one.clone()).collect()
}

/// What phrases assert, and whether weakly.
fn said(reading: &Reading, rules: &RuleSet) -> Vec<(Stated, bool)> {
    let mut stated = Vec::new();
    for statement in &reading.statements {
        let bytes = reading.normal.original(&statement.bytes);
        for assertion in &rules.phrases().phrases[statement.phrase].asserts {
            let value = match statement.stance {
                Stance::Said => &assertion.said,
                Stance::Denied => &assertion.denied,
                Stance::Silent(_) => &None,
            };
            let one = value.clone().map(|value| Stated {
                fact: assertion.fact,
                value,
                bytes: bytes.clone(),
            });
            stated.extend(one.map(|one| (one, assertion.weak)));
        }
    }
    stated
}

/// Amounts and counts.
fn values(reading: &Reading, rules: &RuleSet) -> Vec<Stated> {
    let stated = reading
        .values(&rules.phrases().values)
        .into_iter()
        .filter_map(|found| {
            let (key, value) = match found.role {
                Role::Amount => ("order.amount", FactValue::Money(Fen(found.value))),
                Role::Balance => ("payment.balance", FactValue::Money(Fen(found.value))),
                Role::SingleLimit => ("limit.single", FactValue::Money(Fen(found.value))),
                Role::DailyLimit => ("limit.daily", FactValue::Money(Fen(found.value))),
                Role::Submissions => ("order.submit_count", FactValue::Int(found.value)),
                Role::Debits => ("payment.debit_count", FactValue::Int(found.value)),
            };
            Some(Stated {
                fact: rules.catalog.find(key)?,
                value,
                bytes: reading.normal.original(&found.bytes),
            })
        });
    stated.collect()
}

/// When it was submitted; for how long it has been paid.
fn times(reading: &Reading, now: Option<Moment>, paid: bool, rules: &RuleSet) -> Vec<Stated> {
    let Some(now) = now else {
        return Vec::new();
    };
    let found = reading
        .times(now.in_china(), &rules.phrases().values)
        .into_iter();
    let stated = found.filter_map(|time| {
        let key = match (time.elapsed, paid) {
            (true, false) => return None,
            (true, true) => "order.paid_at",
            (false, _) => "order.submitted_at",
        };
        let zone = FixedOffset::east_opt(CHINA_OFFSET_S)?;
        let at = zone.from_local_datetime(&time.at).single()?;
        Some(Stated {
            fact: rules.catalog.find(key)?,
            value: FactValue::Time(Moment::new(at)),
            bytes: reading.normal.original(&time.bytes),
        })
    });
    stated.collect()
}

/// Codes, addresses and numbers. A second code is the detail of the first.
fn identifiers(text: &str, rules: &RuleSet) -> Vec<Stated> {
    let mut stated: Vec<Stated> = Vec::new();
    let mut add = |key: &str, found: &Identifier| {
        let Some(fact) = rules.catalog.find(key) else {
            return;
        };
        let value = rules.catalog.spec(fact).parse(&found.text);
        if let Ok(Some(value)) = value {
            stated.push(Stated {
                fact,
                value,
                bytes: found.bytes.clone(),
            });
        }
    };
    let found = Reading::identifiers(text, rules);
    let codes: Vec<&Identifier> = found
        .iter()
        .filter(|one| one.kind == IdentifierKind::Code)
        .collect();
    let mut distinct: Vec<&Identifier> = Vec::new();
    for code in codes {
        if !distinct.iter().any(|known| known.text == code.text) {
            distinct.push(code);
        }
    }
    match distinct.as_slice() {
        [only] => add("error.code", only),
        [code, detail] => {
            add("error.code", code);
            add("error.sub_code", detail);
        }
        _ => {}
    }
    for one in &found {
        match one.kind {
            IdentifierKind::Code => {}
            IdentifierKind::HttpStatus => add("network.http_status", one),
            IdentifierKind::Url => add("site.url", one),
            IdentifierKind::Order => add("order.id", one),
            IdentifierKind::Phone => add("order.target", one),
        }
    }
    stated
}

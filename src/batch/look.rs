//! What a run looks at in a case, beside its diagnosis.

use crate::facts::{CaseFacts, Draft, FactKey, Fen, Kept, ValueRef};
use crate::rules::RuleSet;

/// The facts that tell whose recharge it is, first that is known.
const ACCOUNT: [&str; 4] = [
    "account.id",
    "account.username",
    "account.phone",
    "order.target",
];

/// The facts that tell when it was, first that is known.
const WHEN: [&str; 5] = [
    "order.submitted_at",
    "order.created_at",
    "order.paid_at",
    "order.failed_at",
    "order.credited_at",
];

/// The facts that a run looks at.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub order: FactKey,
    pub amount: FactKey,
    pub channel: FactKey,
    pub product: FactKey,
    pub status: FactKey,
    pub debited: FactKey,
    pub state: FactKey,
    pub code: FactKey,
    pub code_unlisted: FactKey,
    pub text: FactKey,
    pub message: FactKey,
    pub message_listed: FactKey,
    accounts: [FactKey; ACCOUNT.len()],
    when: [FactKey; WHEN.len()],
}

impl Keys {
    pub(super) fn of(rules: &RuleSet) -> Self {
        Self {
            order: rules.key("order.id"),
            amount: rules.key("order.amount"),
            channel: rules.key("payment.channel"),
            product: rules.key("order.product"),
            status: rules.key("order.status"),
            debited: rules.key("payment.debited"),
            state: rules.key("payment.state"),
            code: rules.key("error.code"),
            code_unlisted: rules.key("code.unlisted"),
            text: rules.key("text"),
            message: rules.key("error.message"),
            message_listed: rules.key("message.high"),
            accounts: ACCOUNT.map(|key| rules.key(key)),
            when: WHEN.map(|key| rules.key(key)),
        }
    }

    /// The facts that neighbours tell each other.
    pub(super) fn of_neighbours(&self) -> Vec<FactKey> {
        let single = [
            self.amount,
            self.channel,
            self.product,
            self.status,
            self.debited,
            self.state,
            self.code,
            self.message,
        ];
        let several = self.accounts.iter().chain(&self.when).copied();
        single.into_iter().chain(several).collect()
    }

    /// The fact that tells whose recharge it is.
    pub(super) fn account(&self, facts: &impl CaseFacts) -> Option<FactKey> {
        let known = |key: &FactKey| facts.value(*key).is_some();
        self.accounts.into_iter().find(known)
    }

    /// The amount, in fen.
    pub(super) fn fen(&self, facts: &impl CaseFacts) -> Option<i64> {
        match facts.value(self.amount) {
            Some(ValueRef::Money(Fen(fen))) => Some(fen),
            _ => None,
        }
    }

    /// When it was, in milliseconds since 1970.
    pub(super) fn when(&self, facts: &impl CaseFacts) -> Option<i64> {
        self.when.iter().find_map(|key| match facts.value(*key) {
            Some(ValueRef::Time(moment)) => Some(moment.millis()),
            _ => None,
        })
    }

    /// Whether money was taken, as far as is known.
    pub(super) fn taken(&self, facts: &impl CaseFacts) -> bool {
        let status = text(facts, self.status);
        matches!(status, Some("paid" | "delivering" | "succeeded"))
            || text(facts, self.state) == Some("taken")
            || is_true(facts, self.debited)
    }

    /// Whether it failed, where that is known.
    pub(super) fn failed(&self, facts: &impl CaseFacts) -> Option<bool> {
        let complains = text(facts, self.code).is_some() || text(facts, self.message).is_some();
        match text(facts, self.status) {
            Some("failed") => Some(true),
            Some("succeeded" | "refunded" | "paid" | "delivering") => Some(false),
            None | Some("unknown") if complains => Some(true),
            _ => None,
        }
    }

    /// Its error code, where no table lists it.
    pub(super) fn unlisted(&self, draft: &mut Draft) -> Option<Kept> {
        let unlisted = is_true(draft, self.code_unlisted);
        unlisted.then(|| draft.keep(self.code)).flatten()
    }

    /// What was written about it in free text, where no table lists its message.
    pub(super) fn written(&self, draft: &mut Draft) -> Option<Kept> {
        if draft.value(self.message_listed).is_some() {
            return None;
        }
        draft.keep(self.text).or_else(|| draft.keep(self.message))
    }
}

/// The text of a fact.
pub(super) fn text(facts: &impl CaseFacts, key: FactKey) -> Option<&str> {
    facts.value(key).and_then(ValueRef::as_text)
}

fn is_true(facts: &impl CaseFacts, key: FactKey) -> bool {
    facts.value(key) == Some(ValueRef::Bool(true))
}

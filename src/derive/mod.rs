//! Facts from facts, in one pass and without IO: what the code tables, the clock and the profile
//! say about what is known. Never overwrites a fact that was given.

mod codes;
mod profile;
mod records;
mod text;
mod times;

pub use codes::{Look, look_up};
pub use text::{PROSE, Stated, listen, statements};

use crate::facts::{FactKey, FactValue, Facts, Source};
use crate::rules::{Profile, RuleSet};

/// Adds every derived fact to a case. Running it again after facts changed gives the same as
/// running it once on the changed facts.
pub fn derive(facts: &mut Facts, rules: &RuleSet, profile: &Profile) {
    forget_derived(facts, rules);
    let mut pass = Pass { facts, rules };
    times::derive(&mut pass);
    profile::derive(&mut pass, profile);
    records::derive(&mut pass);
    codes::derive(&mut pass);
}

fn forget_derived(facts: &mut Facts, rules: &RuleSet) {
    for (key, _) in rules.catalog.entries() {
        if matches!(facts.source(key), Some(Source::Derived | Source::Profile)) {
            facts.forget(key, crate::facts::Unknown::NotGiven);
        }
    }
}

/// One pass over one case.
struct Pass<'p> {
    facts: &'p mut Facts,
    rules: &'p RuleSet,
}

impl Pass<'_> {
    fn key(&self, key: &str) -> FactKey {
        self.rules.key(key)
    }

    fn value(&self, key: &str) -> Option<&FactValue> {
        self.facts.get(self.key(key))
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.value(key) {
            Some(FactValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn time(&self, key: &str) -> Option<crate::facts::Moment> {
        match self.value(key) {
            Some(FactValue::Time(moment)) => Some(*moment),
            _ => None,
        }
    }

    fn bool(&self, key: &str) -> Option<bool> {
        match self.value(key) {
            Some(FactValue::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// Makes a derived fact known, unless it was given.
    fn set(&mut self, key: &str, value: FactValue, source: Source) {
        let key = self.key(key);
        if !self.facts.is_given(key) {
            self.facts.set(key, value, source);
        }
    }

    fn set_derived(&mut self, key: &str, value: FactValue) {
        self.set(key, value, Source::Derived);
    }

    /// Says which facts would make a derived fact known.
    fn wants(&mut self, key: &str, wanted: &[&str]) {
        let key = self.key(key);
        let wanted = wanted.iter().map(|key| self.key(key)).collect();
        if self.facts.get(key).is_none() {
            self.facts.forget(key, crate::facts::Unknown::Wants(wanted));
        }
    }
}

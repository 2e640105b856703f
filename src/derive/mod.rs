//! Facts from facts, in one pass and without IO: what the code tables, the clock and the profile
//! say about what is known. Never overwrites a fact that was given.

mod codes;
mod keys;
mod listener;
mod profile;
mod records;
mod text;
mod times;

pub use codes::{Look, look_up};
pub use listener::Listener;
pub(crate) use listener::shape_of;
pub use text::{PROSE, Stated, listen, statements};

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use ahash::RandomState;

use crate::facts::{CaseFacts, FactKey, FactValue, Facts, Moment, Source, ValueRef};
use crate::rules::{Profile, RuleSet};
use crate::site::Checker;

use keys::Keys;

/// Adds every derived fact to a case. Running it again after facts changed gives the same as
/// running it once on the changed facts.
pub fn derive(facts: &mut Facts, rules: &RuleSet, profile: &Profile) {
    Derivation::new(rules, profile).derive(facts);
}

/// How facts follow from facts under some rules and a profile: what is looked up and made for that
/// once, for as many cases as there are.
#[derive(Debug)]
pub struct Derivation<'r> {
    rules: &'r RuleSet,
    profile: &'r Profile,
    keys: Keys,
    /// The check of addresses, made when the first one comes.
    sites: OnceCell<Checker>,
}

impl<'r> Derivation<'r> {
    /// A derivation under these rules and this profile.
    #[must_use]
    pub fn new(rules: &'r RuleSet, profile: &'r Profile) -> Self {
        Self {
            rules,
            profile,
            keys: Keys::of(rules),
            sites: OnceCell::new(),
        }
    }

    /// Adds every derived fact to a case, as [`derive()`] does.
    pub fn derive(&self, facts: &mut Facts) {
        forget_derived(facts, self.rules);
        self.run(facts, None);
    }

    fn run(&self, facts: &mut impl CaseFacts, memory: Option<&mut Memory>) {
        let mut pass = Pass {
            facts,
            rules: self.rules,
            keys: &self.keys,
            sites: &self.sites,
            memory,
        };
        times::derive(&mut pass);
        profile::derive(&mut pass, self.profile);
        records::derive(&mut pass);
        codes::derive(&mut pass);
    }
}

fn forget_derived(facts: &mut Facts, rules: &RuleSet) {
    for (key, _) in rules.catalog.entries() {
        if matches!(facts.source(key), Some(Source::Derived | Source::Profile)) {
            facts.forget(key, crate::facts::Unknown::NotGiven);
        }
    }
}

/// Derives the facts of many cases and remembers what the same codes, messages, addresses and
/// clients gave before. It does not say what else would have to be known: nobody is asked.
#[derive(Debug)]
pub struct Deriver<'r> {
    derivation: Derivation<'r>,
    memory: Memory,
}

impl<'r> Deriver<'r> {
    /// A deriver for cases under these rules and this profile.
    #[must_use]
    pub fn new(rules: &'r RuleSet, profile: &'r Profile) -> Self {
        Self {
            derivation: Derivation::new(rules, profile),
            memory: Memory::default(),
        }
    }

    /// Adds every derived fact to a case that has none yet.
    pub fn derive(&mut self, facts: &mut impl CaseFacts) {
        self.derivation.run(facts, Some(&mut self.memory));
    }
}

/// A part of derivation whose result depends on few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Codes,
    Client,
    Site,
    Limits,
}

/// A part whose inputs have more distinct values than this is forgotten and begun anew.
const REMEMBERED: usize = 1 << 14;

/// What the parts gave for the words that they depend on.
#[derive(Debug, Default)]
struct Memory {
    given: [HashMap<Box<str>, Box<[Made]>, RandomState>; 4],
    /// Where a part is worked out for the first time: what it makes.
    recorded: Option<Vec<Made>>,
    words: String,
}

type Made = (FactKey, FactValue, Source);

/// The empty list, which most lists are.
static NOTHING: LazyLock<FactValue> = LazyLock::new(|| FactValue::list([]));

/// One pass over one case.
struct Pass<'p, F> {
    facts: &'p mut F,
    rules: &'p RuleSet,
    keys: &'p Keys,
    /// The check of addresses, made when the first one comes.
    sites: &'p OnceCell<Checker>,
    memory: Option<&'p mut Memory>,
}

impl<F: CaseFacts> Pass<'_, F> {
    fn value(&self, key: FactKey) -> Option<ValueRef<'_>> {
        self.facts.value(key)
    }

    #[inline]
    fn text(&self, key: FactKey) -> Option<&str> {
        self.value(key).and_then(ValueRef::as_text)
    }

    fn time(&self, key: FactKey) -> Option<Moment> {
        match self.value(key) {
            Some(ValueRef::Time(moment)) => Some(moment),
            _ => None,
        }
    }

    fn bool(&self, key: FactKey) -> Option<bool> {
        match self.value(key) {
            Some(ValueRef::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// Makes a derived fact known, unless it was given.
    fn set(&mut self, key: FactKey, value: FactValue, source: Source) {
        if !self.facts.is_given(key) {
            self.facts.share(key, &value, source);
        }
        let recorded = self.memory.as_mut().and_then(|it| it.recorded.as_mut());
        if let Some(recorded) = recorded {
            recorded.push((key, value, source));
        }
    }

    fn set_derived(&mut self, key: FactKey, value: FactValue) {
        self.set(key, value, Source::Derived);
    }

    /// Makes a derived list known; the empty one is shared.
    fn set_list(&mut self, key: FactKey, items: &[&str]) {
        if items.is_empty() {
            self.set_derived(key, NOTHING.clone());
        } else {
            self.set_derived(key, FactValue::list(items.iter().copied()));
        }
    }

    /// Whether somebody can be asked for what is not known.
    fn asks(&self) -> bool {
        self.memory.is_none()
    }

    /// Says which facts would make a derived fact known.
    fn wants(&mut self, key: FactKey, wanted: &[FactKey]) {
        if self.asks() && self.facts.value(key).is_none() {
            let wanted = crate::facts::Unknown::Wants(wanted.to_vec());
            self.facts.forget(key, wanted);
        }
    }

    /// Works out a part that depends on these texts alone, or takes what they gave before.
    fn remembered(&mut self, part: Part, on: &[FactKey], mark: &str, work: impl FnOnce(&mut Self)) {
        let Some(memory) = self.memory.take() else {
            work(self);
            return;
        };
        let mut words = std::mem::take(&mut memory.words);
        words.clear();
        words.push_str(mark);
        for key in on {
            words.push('\u{1f}');
            if let Some(text) = self.text(*key) {
                words.push_str(text);
            }
        }
        let known = &mut memory.given[part as usize];
        if let Some(made) = known.get(words.as_str()) {
            for (key, value, source) in made {
                if !self.facts.is_given(*key) {
                    self.facts.share(*key, value, *source);
                }
            }
            memory.words = words;
            self.memory = Some(memory);
            return;
        }
        memory.recorded = Some(Vec::new());
        self.memory = Some(memory);
        work(self);
        if let Some(memory) = &mut self.memory {
            let made = memory.recorded.take().unwrap_or_default();
            let known = &mut memory.given[part as usize];
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(words.as_str().into(), made.into());
            memory.words = words;
        }
    }
}

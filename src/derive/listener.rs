//! Listening to the texts of many cases: the same text, or one of the same shape, is read once.

use std::collections::HashMap;
use std::rc::Rc;

use ahash::RandomState;

use crate::facts::{CaseFacts, FactValue, Moment};
use crate::rules::RuleSet;

use super::text::{HearKeys, Stated, Told, hear, settle, told};

/// Listens to the texts of many cases and remembers what texts of the same shape said, as long as
/// they are looked at at the same instant.
#[derive(Debug)]
pub struct Listener<'r> {
    rules: &'r RuleSet,
    keys: HearKeys,
    /// What shapes of texts told.
    shapes: HashMap<Box<str>, Told, RandomState>,
    /// What texts stated in the end.
    texts: HashMap<Box<str>, Rc<[Stated]>, RandomState>,
    shape: String,
    /// The instant that they were read at.
    now: Option<Moment>,
}

/// More shapes than this are forgotten and begun anew.
const REMEMBERED: usize = 1 << 13;

impl<'r> Listener<'r> {
    /// A listener for cases under these rules.
    #[must_use]
    pub fn new(rules: &'r RuleSet) -> Self {
        Self {
            rules,
            keys: HearKeys::of(rules),
            shapes: HashMap::default(),
            texts: HashMap::default(),
            shape: String::new(),
            now: None,
        }
    }

    /// Adds what the free text of a case says to its facts, as [`listen`](super::listen) does.
    pub fn listen(&mut self, facts: &mut impl CaseFacts) {
        let rules = self.rules;
        let keys = self.keys;
        hear(facts, rules, keys, |text, now| self.stated(text, now));
    }

    fn stated(&mut self, text: &str, now: Option<Moment>) -> Rc<[Stated]> {
        // "Yesterday" is another day on another day.
        if self.now != now {
            self.now = now;
            self.shapes.clear();
            self.texts.clear();
        }
        if let Some(stated) = self.texts.get(text) {
            return stated.clone();
        }
        let stated: Rc<[Stated]> = if self.rules.codes.is_listed_message(text) {
            Rc::default()
        } else {
            settle(self.told(text, now), text, self.rules).into()
        };
        if self.texts.len() >= REMEMBERED {
            self.texts.clear();
        }
        self.texts.insert(text.into(), stated.clone());
        stated
    }

    fn told(&mut self, text: &str, now: Option<Moment>) -> Told {
        let Self {
            rules,
            shapes,
            shape,
            ..
        } = self;
        shape_of(text, shape);
        if let Some(told) = shapes.get(shape.as_str()) {
            return told.clone();
        }
        let found = told(shape, now, rules);
        if found.depends_on_digits(shape) {
            return told(text, now, rules);
        }
        if shapes.len() >= REMEMBERED {
            shapes.clear();
        }
        shapes.insert(shape.as_str().into(), found.clone());
        found
    }
}

/// A run of this many digits is a number of something; which one does not change what is said.
const LONG_RUN: usize = 6;

/// How many digits of a long run stay: phrases look at the first.
const KEPT_DIGITS: usize = 2;

/// A text with all but the first digits of long runs of digits replaced by zeros. Digits beside
/// Latin letters are words of their own and stay.
pub(crate) fn shape_of(text: &str, shape: &mut String) {
    shape.clear();
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = bytes[at..]
            .iter()
            .take_while(|it| it.is_ascii_digit())
            .count();
        let beside = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(|byte| byte.is_ascii_alphabetic() || b"_.,-:/%".contains(byte))
        };
        if run >= LONG_RUN && !beside(at.checked_sub(1)) && !beside(Some(at + run)) {
            shape.push_str(&text[from..at + KEPT_DIGITS]);
            shape.extend(std::iter::repeat_n('0', run - KEPT_DIGITS));
            from = at + run;
        }
        at += run;
    }
    shape.push_str(&text[from..]);
}

impl Told {
    /// Whether anything was read from digits that a shape leaves out.
    fn depends_on_digits(&self, shape: &str) -> bool {
        let is_cut = |one: &Stated| {
            let before = shape[..one.bytes.start].bytes().rev();
            let after = shape[one.bytes.end..].bytes();
            let inside = shape[one.bytes.clone()].bytes();
            let run = before.take_while(u8::is_ascii_digit).count()
                + after.take_while(u8::is_ascii_digit).count();
            let mut longest = 0;
            let mut length = 0;
            for byte in inside {
                length = if byte.is_ascii_digit() { length + 1 } else { 0 };
                longest = longest.max(length);
            }
            !matches!(one.value, FactValue::Bool(_) | FactValue::Text(_))
                && run + longest >= LONG_RUN
        };
        self.stated.iter().any(is_cut)
    }
}

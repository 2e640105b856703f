//! The names a condition may use.

use crate::facts::{Catalog, FactKey, FactType};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactInfo<'s> {
    /// The fact.
    pub key: FactKey,
    /// Its type.
    pub kind: FactType,
    /// The words of an enum fact; empty for every other type.
    pub words: Vec<&'s str>,
}

/// Where facts are looked up.
pub trait Names {
    /// The fact with this dotted key.
    fn fact(&self, key: &str) -> Option<FactInfo<'_>>;

    /// Every key, for hints.
    fn keys(&self) -> Box<dyn Iterator<Item = &str> + '_>;
}

impl Names for Catalog {
    fn fact(&self, key: &str) -> Option<FactInfo<'_>> {
        let key = self.find(key)?;
        let spec = self.spec(key);
        let words = spec.values.iter().map(|value| value.value.as_str());
        Some(FactInfo {
            key,
            kind: spec.kind,
            words: words.collect(),
        })
    }

    fn keys(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(self.specs().map(|spec| spec.key.as_str()))
    }
}

/// Everything a condition may refer to: facts, and `this`.
#[derive(Clone, Copy)]
pub struct Scope<'s> {
    names: &'s dyn Names,
    this: Option<&'s str>,
}

impl<'s> Scope<'s> {
    /// A scope in which `this` has no meaning.
    #[must_use]
    pub fn new(names: &'s dyn Names) -> Self {
        Self { names, this: None }
    }

    /// The same scope where `this` is a text constant.
    #[must_use]
    pub fn with_this(mut self, this: &'s str) -> Self {
        self.this = Some(this);
        self
    }

    pub(super) fn names(&self) -> &'s dyn Names {
        self.names
    }

    pub(super) fn this(&self) -> Option<&'s str> {
        self.this
    }
}

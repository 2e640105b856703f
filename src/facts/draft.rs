//! Cases that are gathered straight into the columns of a table, row by row: what a batch works on
//! instead of [`Facts`](super::Facts).

use super::catalog::Catalog;
use super::store::{CaseFacts, Source, Unknown};
use super::table::{CellRef, Table, TableBuilder};
use super::value::{FactKey, FactType, FactValue, ValueRef};
use super::{Fen, Moment};

/// Many cases on their way into a table. The facts of the last one can be read and added to.
///
/// Only the facts that conditions read have columns; the texts of all others are kept aside.
#[derive(Debug)]
pub struct Draft {
    builder: TableBuilder,
    slots: Vec<Slot>,
    /// Number of the case at hand; cells of other numbers are of earlier cases.
    case: u32,
    /// Texts that have no column.
    texts: String,
    /// What absence means.
    defaults: Vec<(FactKey, bool)>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    case: u32,
    source: Source,
    held: Held,
    in_column: bool,
}

/// A value, or where it is.
#[derive(Debug, Clone, Copy)]
enum Held {
    Bool(bool),
    Int(i64),
    Number(f64),
    Money(Fen),
    Time(Moment),
    /// Code in the column.
    Text(u32),
    Aside(Kept),
    /// Code in the column.
    List(u32),
}

/// Where a text stands among those that a draft keeps until it is cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    start: u32,
    end: u32,
}

impl Kept {
    /// The text, of what [`Draft::clear`] gave.
    #[must_use]
    pub fn of(self, texts: &str) -> &str {
        &texts[self.start as usize..self.end as usize]
    }
}

impl Draft {
    /// A draft without cases. `read` says of every fact whether conditions read it.
    #[must_use]
    pub fn new(catalog: &Catalog, read: impl Fn(FactKey) -> bool) -> Self {
        let entries = catalog.entries();
        let slots = entries.map(|(key, spec)| Slot {
            case: 0,
            source: Source::Default,
            held: Held::Bool(false),
            // Lists are few and worked out for conditions.
            in_column: spec.kind == FactType::List || read(key),
        });
        let defaults = catalog.entries();
        let defaults = defaults.filter_map(|(key, spec)| Some((key, spec.when_missing?)));
        Self {
            slots: slots.collect(),
            defaults: defaults.collect(),
            builder: TableBuilder::for_catalog(catalog),
            case: 0,
            texts: String::new(),
        }
    }

    /// Begins a case.
    pub fn begin(&mut self) {
        self.builder.begin();
        self.case += 1;
    }

    /// Takes back the case begun last, of which nothing was said.
    pub fn take_back(&mut self) {
        self.builder.take_back();
    }

    /// Adds what the catalogue says of absence to the case at hand.
    pub fn assume(&mut self) {
        for at in 0..self.defaults.len() {
            let (key, value) = self.defaults[at];
            if self.held(key).is_none() {
                self.put(key, ValueRef::Bool(value), Source::Default);
            }
        }
    }

    /// How many cases were begun.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.builder.rows()
    }

    /// Keeps the text of a fact of the case at hand.
    pub fn keep(&mut self, key: FactKey) -> Option<Kept> {
        match self.held(key)? {
            Held::Aside(kept) => Some(kept),
            Held::Text(code) => Some(aside(&mut self.texts, self.builder.text(key, code))),
            _ => None,
        }
    }

    /// The cases so far in columns, and the texts that were kept.
    pub fn so_far(&mut self) -> (&Table, &str) {
        (self.builder.so_far(), &self.texts)
    }

    /// Forgets all cases; gives the texts that were kept.
    pub fn clear(&mut self) -> String {
        self.builder.clear();
        for slot in &mut self.slots {
            slot.case = 0;
        }
        self.case = 0;
        let room = String::with_capacity(self.texts.len());
        std::mem::replace(&mut self.texts, room)
    }

    #[inline]
    fn held(&self, key: FactKey) -> Option<Held> {
        let slot = self.slots[key.index()];
        (slot.case == self.case).then_some(slot.held)
    }

    #[inline]
    fn hold(&mut self, key: FactKey, held: Held, source: Source) {
        let slot = &mut self.slots[key.index()];
        slot.case = self.case;
        slot.source = source;
        slot.held = held;
        if source == Source::Text {
            self.builder.spoken(key);
        }
    }

    #[inline]
    fn number(&mut self, key: FactKey, held: Held, cell: CellRef<'_>, source: Source) {
        if self.slots[key.index()].in_column {
            self.builder.set(key, cell);
        }
        self.hold(key, held, source);
    }
}

/// Puts a text behind the others.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the texts of a few megabytes of records"
)]
fn aside(texts: &mut String, text: &str) -> Kept {
    let start = texts.len() as u32;
    texts.push_str(text);
    let end = texts.len() as u32;
    Kept { start, end }
}

impl CaseFacts for Draft {
    #[inline]
    fn value(&self, key: FactKey) -> Option<ValueRef<'_>> {
        Some(match self.held(key)? {
            Held::Bool(value) => ValueRef::Bool(value),
            Held::Int(value) => ValueRef::Int(value),
            Held::Number(value) => ValueRef::Number(value),
            Held::Money(value) => ValueRef::Money(value),
            Held::Time(value) => ValueRef::Time(value),
            Held::Text(code) => ValueRef::Text(self.builder.text(key, code)),
            Held::Aside(kept) => ValueRef::Text(kept.of(&self.texts)),
            Held::List(code) => ValueRef::List(self.builder.list(key, code)?),
        })
    }

    #[inline]
    fn is_given(&self, key: FactKey) -> bool {
        let slot = &self.slots[key.index()];
        let worked_out = matches!(
            slot.source,
            Source::Default | Source::Derived | Source::Profile
        );
        slot.case == self.case && !worked_out
    }

    #[inline]
    fn put(&mut self, key: FactKey, value: ValueRef<'_>, source: Source) {
        match value {
            ValueRef::Bool(value) => {
                self.number(key, Held::Bool(value), CellRef::Bool(value), source);
            }
            ValueRef::Int(value) => self.number(key, Held::Int(value), CellRef::Int(value), source),
            ValueRef::Number(value) => {
                self.number(key, Held::Number(value), CellRef::Number(value), source);
            }
            ValueRef::Money(value) => {
                self.number(key, Held::Money(value), CellRef::Int(value.0), source);
            }
            ValueRef::Time(value) => {
                let cell = CellRef::Time(value.millis());
                self.number(key, Held::Time(value), cell, source);
            }
            ValueRef::Text(text) => {
                let held = if self.slots[key.index()].in_column {
                    Held::Text(self.builder.set_text(key, text))
                } else {
                    Held::Aside(aside(&mut self.texts, text))
                };
                self.hold(key, held, source);
            }
            ValueRef::List(list) => {
                let held = Held::List(self.builder.set(key, CellRef::List(list)));
                self.hold(key, held, source);
            }
        }
    }

    #[inline]
    fn share(&mut self, key: FactKey, value: &FactValue, source: Source) {
        match value {
            FactValue::Text(text) if self.slots[key.index()].in_column => {
                let held = Held::Text(self.builder.set(key, CellRef::Text(text)));
                self.hold(key, held, source);
            }
            value => self.put(key, value.borrowed(), source),
        }
    }

    fn forget(&mut self, key: FactKey, _why: Unknown) {
        self.slots[key.index()].case = 0;
        self.builder.forget(key);
    }
}

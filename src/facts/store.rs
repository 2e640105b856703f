//! The facts of one case: known with a source, or unknown with a reason. Unknown is never false.

use super::catalog::Catalog;
use super::value::{FactKey, FactValue, ValueRef};

/// Where a known value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The record of the case: a file, a row.
    Record,
    /// The command line.
    Flag,
    /// An answer of a person in the interview.
    Answer,
    /// Read from the free text of the case.
    Text,
    /// Seen by a network probe.
    Probe,
    /// The profile of the platform.
    Profile,
    /// Worked out from other facts.
    Derived,
    /// The catalogue states what absence means.
    Default,
}

/// Why a value is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Unknown {
    /// Nobody said anything about it.
    #[default]
    NotGiven,
    /// It was asked and the answer was "don't know".
    DontKnow,
    /// It cannot be worked out until one of these facts is known.
    Wants(Vec<FactKey>),
}

/// One fact of one case.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// The value and where it came from.
    Known(FactValue, Source),
    /// Not known, and why.
    Unknown(Unknown),
}

/// The facts of one case while they are gathered: what was given, and what is worked out from it.
pub trait CaseFacts {
    /// The known value of a fact.
    fn value(&self, key: FactKey) -> Option<ValueRef<'_>>;

    /// Whether a fact is known from outside, so not by default and not worked out.
    fn is_given(&self, key: FactKey) -> bool;

    /// Makes a fact known.
    fn put(&mut self, key: FactKey, value: ValueRef<'_>, source: Source);

    /// Makes a fact known by a value that many cases share.
    fn share(&mut self, key: FactKey, value: &FactValue, source: Source);

    /// Makes a fact unknown.
    fn forget(&mut self, key: FactKey, why: Unknown);
}

impl CaseFacts for Facts {
    fn value(&self, key: FactKey) -> Option<ValueRef<'_>> {
        self.get(key).map(FactValue::borrowed)
    }

    fn is_given(&self, key: FactKey) -> bool {
        Self::is_given(self, key)
    }

    fn put(&mut self, key: FactKey, value: ValueRef<'_>, source: Source) {
        self.set(key, value.owned(), source);
    }

    fn share(&mut self, key: FactKey, value: &FactValue, source: Source) {
        self.set(key, value.clone(), source);
    }

    fn forget(&mut self, key: FactKey, why: Unknown) {
        Self::forget(self, key, why);
    }
}

/// The facts of one case, one cell for each fact of the catalogue.
#[derive(Debug, Clone)]
pub struct Facts {
    cells: Vec<Cell>,
    /// The facts that were set or forgotten since the case was begun.
    changed: Vec<FactKey>,
}

impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.cells == other.cells
    }
}

impl Facts {
    /// A case of which nothing is known but what the catalogue says of absence.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        let cells = catalog.specs().map(|spec| match spec.when_missing {
            Some(value) => Cell::Known(FactValue::Bool(value), Source::Default),
            None => Cell::Unknown(Unknown::NotGiven),
        });
        Self {
            cells: cells.collect(),
            changed: Vec::new(),
        }
    }

    /// The cell of a fact.
    #[must_use]
    pub fn cell(&self, key: FactKey) -> &Cell {
        &self.cells[key.index()]
    }

    /// The known value of a fact.
    #[must_use]
    pub fn get(&self, key: FactKey) -> Option<&FactValue> {
        match self.cell(key) {
            Cell::Known(value, _) => Some(value),
            Cell::Unknown(_) => None,
        }
    }

    /// Where a known fact came from; none where it is unknown.
    #[must_use]
    pub fn source(&self, key: FactKey) -> Option<Source> {
        match self.cell(key) {
            Cell::Known(_, source) => Some(*source),
            Cell::Unknown(_) => None,
        }
    }

    /// Whether a fact is known from outside, so not by default and not worked out.
    #[must_use]
    pub fn is_given(&self, key: FactKey) -> bool {
        !matches!(
            self.source(key),
            None | Some(Source::Default | Source::Derived | Source::Profile)
        )
    }

    /// Makes a fact known.
    pub fn set(&mut self, key: FactKey, value: FactValue, source: Source) {
        self.changed.push(key);
        self.cells[key.index()] = Cell::Known(value, source);
    }

    /// Makes a fact unknown.
    pub fn forget(&mut self, key: FactKey, why: Unknown) {
        self.changed.push(key);
        self.cells[key.index()] = Cell::Unknown(why);
    }

    /// The facts that were set or forgotten since the case was begun, some more than once.
    #[must_use]
    pub fn changed(&self) -> &[FactKey] {
        &self.changed
    }

    /// Makes this case again what `blank` is, of which it began as a copy.
    pub fn restore(&mut self, blank: &Self) {
        for key in self.changed.drain(..) {
            self.cells[key.index()].clone_from(&blank.cells[key.index()]);
        }
    }

    /// Begins a case from what is known now: nothing has changed yet.
    #[must_use]
    pub fn begun(mut self) -> Self {
        self.changed.clear();
        self
    }

    /// The facts that somebody could give to make an unknown fact known: the fact itself, or what a
    /// derived one is worked out from. Nothing where it is known, was asked already, or needs more
    /// than one answer.
    #[must_use]
    pub fn askable(&self, key: FactKey, catalog: &Catalog) -> Vec<FactKey> {
        let spec = catalog.spec(key);
        let wanted = match self.cell(key) {
            Cell::Known(..) | Cell::Unknown(Unknown::DontKnow) => Vec::new(),
            Cell::Unknown(Unknown::Wants(facts)) => facts.clone(),
            Cell::Unknown(Unknown::NotGiven) if spec.derived => spec
                .from
                .iter()
                .filter_map(|from| catalog.find(from))
                .collect(),
            Cell::Unknown(Unknown::NotGiven) => vec![key],
        };
        let open = |fact: &FactKey| matches!(self.cell(*fact), Cell::Unknown(Unknown::NotGiven));
        wanted.into_iter().filter(open).collect()
    }

    /// Every fact that is known from outside, in catalogue order.
    pub fn given(&self) -> impl Iterator<Item = FactKey> + '_ {
        (0..self.cells.len())
            .map(|index| FactKey(u16::try_from(index).unwrap_or(u16::MAX)))
            .filter(|key| self.is_given(*key))
    }
}

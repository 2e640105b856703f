//! What the columns of a file mean: its format, where each field stands, in which unit and zone.

mod cell;
mod convert;
mod detect;
mod error;
mod header;
mod plan;
mod row;
mod value;

use std::collections::HashMap;

use crate::facts::{Catalog, FactKey};
use crate::rules::{Direction, Extra, Field, Format, FormatKind, MoneyUnit, normal_column};

pub use convert::Converter;
pub use detect::{Detected, Wanted, detect, looks_like_sql};
pub use error::LayoutError;
pub use row::{Complaint, Flow, Row, Scope};
pub use value::{any_instant, clean};

/// Where one field stands: of several places the first that is not empty counts; a place of several
/// columns joins their cells by a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The field.
    pub field: Field,
    /// Places, best first.
    pub places: Vec<Vec<u16>>,
    /// Whether only the names of its columns say so, of which the format does not speak.
    pub guessed: bool,
}

/// How the rows of a file are read.
#[derive(Debug, Clone)]
pub struct Layout<'f> {
    /// The format; none where columns are mapped by the aliases of the catalogue.
    pub format: Option<&'f Format>,
    /// Column names as the file has them, without what surrounds them.
    pub names: Vec<String>,
    /// Where the fields stand.
    pub placed: Vec<Placed>,
    /// In what amounts are written.
    pub unit: MoneyUnit,
    /// Seconds east of Greenwich of times without a zone.
    pub zone: i32,
    /// Columns in another zone than the rest (`TIMESTAMP` columns of SQL dumps).
    pub zones: HashMap<u16, i32>,
    /// Fields that the user gave for columns, by normalised name.
    mapped: HashMap<String, Field>,
    aliases: Aliases,
}

impl<'f> Layout<'f> {
    /// A layout for these columns.
    #[must_use]
    pub fn new(
        format: Option<&'f Format>,
        names: Vec<String>,
        wanted: &Wanted,
        catalog: &Catalog,
    ) -> Self {
        let china = crate::facts::CHINA_OFFSET_S;
        let mut layout = Self {
            format,
            names,
            placed: Vec::new(),
            unit: wanted
                .unit
                .unwrap_or(format.map_or(MoneyUnit::Yuan, |format| format.unit)),
            zone: wanted
                .zone
                .unwrap_or(format.map_or(china, |format| format.zone)),
            zones: HashMap::new(),
            mapped: wanted.mapped.clone(),
            aliases: aliases(catalog),
        };
        layout.place();
        layout
    }

    /// The id of the format in output.
    #[must_use]
    pub fn format_id(&self) -> &str {
        self.format.map_or("generic", |format| &format.id)
    }

    /// What the rows are.
    #[must_use]
    pub fn kind(&self) -> FormatKind {
        self.format.map_or(FormatKind::Orders, |format| format.kind)
    }

    /// The column of a name, which is added where it is new: JSON objects need not have the same
    /// keys.
    pub fn column(&mut self, name: &str) -> u16 {
        let at = match self.names.iter().position(|known| known == name) {
            Some(at) => at,
            None => {
                self.names.push(name.to_owned());
                self.place();
                self.names.len() - 1
            }
        };
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// The columns with a normalised name.
    fn columns_named(&self, name: &str) -> Vec<u16> {
        let named = self.names.iter().enumerate();
        named
            .filter(|(_, known)| normal_column(known) == name)
            .filter_map(|(at, _)| u16::try_from(at).ok())
            .collect()
    }

    /// Finds the places of all fields anew.
    fn place(&mut self) {
        self.placed.clear();
        let mut taken: Vec<String> = Vec::new();
        let mapped: Vec<(String, Field)> = self
            .mapped
            .iter()
            .map(|(name, field)| (name.clone(), *field))
            .collect();
        for (name, field) in mapped {
            let places = self.columns_named(&name);
            self.add(field, places.into_iter().map(|at| vec![at]).collect());
            taken.push(name);
        }
        if let Some(format) = self.format {
            for source in &format.fields {
                self.place_source(&source.columns, source.field, &mut taken);
            }
            let words = format.status.iter().flat_map(|rule| &rule.when);
            taken.extend(words.map(|(name, _)| name.clone()));
        }
        // What no format speaks of is mapped by the catalogue, also in extended exports.
        let mut by_alias: Vec<(usize, String, FactKey)> = self
            .names
            .iter()
            .map(|name| normal_column(name))
            .filter(|name| !taken.contains(name))
            .filter_map(|name| {
                let (fact, rank) = *self.aliases.get(&name)?;
                Some((rank, name, fact))
            })
            .collect();
        // Of several names of one fact the one that comes first in the catalogue says most.
        by_alias.sort_by_key(|(rank, ..)| *rank);
        let mut guessed = Vec::new();
        for (_, name, fact) in by_alias {
            let field = Field::Fact(fact);
            // A format knows better than a name where a field stands.
            let is_placed = self.placed.iter().any(|known| known.field == field);
            if self.format.is_some() && is_placed && !guessed.contains(&field) {
                continue;
            }
            let places = self.columns_named(&name);
            self.add(field, places.into_iter().map(|at| vec![at]).collect());
            guessed.push(field);
        }
        for placed in &mut self.placed {
            placed.guessed = self.format.is_some() && guessed.contains(&placed.field);
        }
    }

    fn place_source(&mut self, columns: &[String], field: Field, taken: &mut Vec<String>) {
        if self.mapped.values().any(|known| *known == field) {
            return;
        }
        let mut places = Vec::new();
        for name in columns {
            let alone = self.columns_named(name);
            if !alone.is_empty() {
                taken.push(name.clone());
                places.extend(alone.into_iter().map(|at| vec![at]));
                continue;
            }
            let parts = || name.split('+').map(str::trim);
            let joined: Option<Vec<u16>> = parts()
                .map(|part| self.columns_named(part).first().copied())
                .collect();
            if let Some(joined) = joined.filter(|joined| joined.len() > 1) {
                taken.extend(parts().map(str::to_owned));
                places.push(joined);
            }
        }
        self.add(field, places);
    }

    fn add(&mut self, field: Field, places: Vec<Vec<u16>>) {
        if places.is_empty() {
            return;
        }
        match self.placed.iter_mut().find(|known| known.field == field) {
            Some(known) => {
                for place in places {
                    if !known.places.contains(&place) {
                        known.places.push(place);
                    }
                }
            }
            None => self.placed.push(Placed {
                field,
                places,
                guessed: false,
            }),
        }
    }

    /// Which columns carry which field, for people: name and field.
    #[must_use]
    pub fn mapped_columns(&self, catalog: &Catalog) -> Vec<(String, String)> {
        let mut mapped = Vec::new();
        for placed in &self.placed {
            for column in placed.places.iter().flatten() {
                let name = self.names[usize::from(*column)].clone();
                mapped.push((name, field_name(placed.field, catalog)));
            }
        }
        if let Some(format) = self.format {
            let status = format.status.iter().flat_map(|rule| &rule.when);
            let direction = format.direction.iter().flat_map(|it| &it.column);
            let named = status
                .map(|(name, _)| (name, "order.status"))
                .chain(direction.map(|name| (name, "direction")));
            for (name, field) in named {
                for column in self.columns_named(name) {
                    let shown = &self.names[usize::from(column)];
                    if !mapped.iter().any(|(known, _)| known == shown) {
                        mapped.push((shown.clone(), field.to_owned()));
                    }
                }
            }
        }
        mapped
    }

    /// Columns that carry nothing that is read.
    #[must_use]
    pub fn unmapped_columns(&self, catalog: &Catalog) -> Vec<String> {
        let mapped = self.mapped_columns(catalog);
        let free = self.names.iter().filter(|name| !name.is_empty());
        free.filter(|name| !mapped.iter().any(|(known, _)| known == *name))
            .cloned()
            .collect()
    }

    /// Columns that hold what nothing may show.
    #[must_use]
    pub fn secret_columns(&self) -> Vec<u16> {
        let secret = Field::Extra(Extra::Secret);
        let placed = self.placed.iter().filter(|placed| placed.field == secret);
        let mut columns: Vec<u16> = placed.flat_map(|it| it.places.concat()).collect();
        let named = self.format.iter().flat_map(|format| &format.fields);
        let names = named.filter(|source| source.field == secret);
        for name in names.flat_map(|source| &source.columns) {
            columns.extend(self.columns_named(name));
        }
        columns
    }

    /// Whether the words of the states are kinds of business: what they do not name has no state.
    pub(super) fn states_are_kinds(&self) -> bool {
        let Some(format) = self.format else {
            return false;
        };
        let kinds = format.fields.iter();
        let mut kinds = kinds
            .filter(|source| source.field == Field::Extra(Extra::Kind))
            .flat_map(|source| &source.columns);
        let words = || format.status.iter().flat_map(|rule| &rule.when);
        matches!(format.kind, FormatKind::Log | FormatKind::Ledger)
            || kinds.any(|kind| words().any(|(name, _)| name == kind))
    }

    /// Whether the sign of amounts tells the direction: a bill with neither words nor states.
    pub(super) fn signs_tell(&self) -> bool {
        self.format.is_some_and(|format| {
            format.kind == FormatKind::Bill
                && format.status.is_empty()
                && format.direction.is_none()
        })
    }

    /// The words that make a line of a log count, by column; a column that is not there has none.
    pub(super) fn only(&self) -> Vec<(Option<u16>, &'f [String])> {
        let only = self.format.iter().flat_map(|format| &format.only);
        only.map(|(name, words)| {
            let column = self.columns_named(name).first().copied();
            (column, words.as_slice())
        })
        .collect()
    }

    /// The columns whose words tell the direction.
    #[must_use]
    pub fn direction(&self) -> Option<(&'f Direction, u16)> {
        let direction = self.format?.direction.as_ref()?;
        let mut columns = direction.column.iter();
        let column = columns.find_map(|name| self.columns_named(name).first().copied())?;
        Some((direction, column))
    }
}

/// The name of a field in output.
#[must_use]
pub fn field_name(field: Field, catalog: &Catalog) -> String {
    match field {
        Field::Fact(key) => catalog.spec(key).key.clone(),
        Field::Extra(extra) => Extra::name(extra).to_owned(),
    }
}

/// The facts of headings, with the place of the heading among those of its fact.
type Aliases = HashMap<String, (FactKey, usize)>;

/// Every heading that carries a fact: its key, its key with `_`, its aliases.
fn aliases(catalog: &Catalog) -> Aliases {
    let mut known = HashMap::new();
    for (key, spec) in catalog.entries().filter(|(_, spec)| !spec.derived) {
        let spellings = [spec.key.clone(), spec.key.replace('.', "_")];
        for (rank, name) in spellings.iter().chain(&spec.aliases).enumerate() {
            known.entry(normal_column(name)).or_insert((key, rank));
        }
    }
    known
}

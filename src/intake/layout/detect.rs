//! Which layout a file has: told by its names, found anywhere in its first lines.

use std::collections::{HashMap, HashSet};

use crate::facts::Catalog;
use crate::intake::records::{Cells, Delimited, Framing, LogLine, split_json};
use crate::rules::{Field, Format, FormatKind, Formats, MoneyUnit, Shape, normal_column};

use super::error::LayoutError;
use super::header::{Header, SEARCHED, headers};
use super::{Aliases, Layout, aliases};

/// What the user said about a file.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The format, whatever the names say.
    pub format: Option<String>,
    /// Fields of columns, by normalised name.
    pub mapped: HashMap<String, Field>,
    /// The zone of times without one.
    pub zone: Option<i32>,
    /// The unit of amounts.
    pub unit: Option<MoneyUnit>,
}

/// How a text is read.
#[derive(Debug, Clone)]
pub struct Detected<'f> {
    /// How it is cut into records.
    pub framing: Framing,
    /// What its columns mean.
    pub layout: Layout<'f>,
    /// The line of the header, from 1; none where names stand in every record.
    pub header_line: Option<u64>,
    /// The text before the header.
    pub preamble: String,
}

/// Delimiters that are tried.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// A line of a log names fewer facts than this in cells of their own.
const MANY_FACTS: usize = 5;

/// A generic header names at least this many facts.
pub(super) const FEWEST_FACTS: usize = 2;

/// Finds the layout of a text by its beginning, which ends at the end of a line.
///
/// # Errors
/// Where no layout fits, or a format that is refused.
pub fn detect<'f>(
    head: &str,
    formats: &'f Formats,
    catalog: &Catalog,
    wanted: &Wanted,
) -> Result<Detected<'f>, LayoutError> {
    let context = Search {
        head,
        formats,
        catalog,
        wanted,
        aliases: aliases(catalog),
    };
    if let Some(framing) = json_framing(head) {
        return context.json(framing);
    }
    // A line that names this many facts heads a table; shapes of logs need not be tried.
    if !context.is_table()
        && let Some(found) = context.log()
    {
        return Ok(found);
    }
    context.delimited()
}

/// Whether a text is an SQL dump.
#[must_use]
pub fn looks_like_sql(head: &str) -> bool {
    let mut lines = head.lines().map(str::trim_start);
    lines.any(|line| {
        let begins = |word: &str| {
            line.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        [
            "insert into ",
            "create table ",
            "drop table if exists ",
            "replace into ",
        ]
        .iter()
        .any(|word| begins(word))
            || [
                "-- mysql dump",
                "-- phpmyadmin sql dump",
                "-- navicat",
                "/*\n navicat",
            ]
            .iter()
            .any(|word| begins(word))
    })
}

/// JSON objects a line, or in an array.
fn json_framing(head: &str) -> Option<Framing> {
    let text = head.trim_start();
    let mut chars = text.chars();
    match chars.next()? {
        '[' => {
            let inner = chars.as_str().trim_start();
            inner.starts_with('{').then_some(Framing::JsonArray)
        }
        '{' => {
            let first = text.lines().next().unwrap_or_default();
            let whole = serde_json::from_str::<serde::de::IgnoredAny>(first).is_ok();
            let rows = !whole && text.contains('[');
            Some(if rows {
                Framing::JsonArray
            } else {
                Framing::Lines
            })
        }
        _ => None,
    }
}

struct Search<'f, 's> {
    head: &'s str,
    formats: &'f Formats,
    catalog: &'s Catalog,
    wanted: &'s Wanted,
    aliases: Aliases,
}

impl<'f> Search<'f, '_> {
    /// The formats that may fit: all, or the one that was asked for.
    fn candidates(&self) -> Vec<&'f Format> {
        match &self.wanted.format {
            Some(name) => self.formats.find(name).into_iter().collect(),
            None => self.formats.iter().collect(),
        }
    }

    fn layout(&self, format: Option<&'f Format>, names: Vec<String>) -> Layout<'f> {
        Layout::new(format, names, self.wanted, self.catalog)
    }

    fn json(&self, framing: Framing) -> Result<Detected<'f>, LayoutError> {
        let mut names = self.json_names(&framing);
        let mut framing = framing;
        // A single line may be a row, or an answer with rows in it.
        if framing == Framing::Lines && self.head.trim().lines().count() == 1 {
            let inner = self.json_names(&Framing::JsonArray);
            if self.worth(&inner) > self.worth(&names) {
                (framing, names) = (Framing::JsonArray, inner);
            }
        }
        let format = self.by_signature(&names)?;
        let layout = self.layout(format, names);
        if layout.placed.is_empty() {
            return Err(self.unknown(&layout.names));
        }
        Ok(Detected {
            framing,
            layout,
            header_line: None,
            preamble: String::new(),
        })
    }

    /// How much names say: as a known format, and by themselves.
    fn worth(&self, names: &[String]) -> (usize, usize) {
        let format = self.best_format(names).map_or(0, |(size, _)| size);
        (format, self.facts_named(names))
    }

    /// The names in the first objects of a JSON text.
    fn json_names(&self, framing: &Framing) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let mut cells = Cells::default();
        for object in first_objects(self.head, framing) {
            cells.clear();
            let mut column = |name: &str| {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
                Some(0)
            };
            // What is no JSON is rejected when the rows are read.
            let _ = split_json(object, &mut column, &mut cells);
        }
        names
    }

    /// Whether some line names many facts, as no line of a log does.
    fn is_table(&self) -> bool {
        DELIMITERS.into_iter().any(|delimiter| {
            let mut headers = headers(self.head, Delimited { delimiter }).into_iter();
            headers.any(|header| self.facts_named(&header.names) >= MANY_FACTS)
        })
    }

    /// A log whose lines have the shape of a format.
    fn log(&self) -> Option<Detected<'f>> {
        let lines: Vec<&str> = self
            .head
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(SEARCHED)
            .collect();
        let logs = self.candidates().into_iter();
        let mut best: Option<(usize, &Format, &regex::Regex)> = None;
        for format in logs {
            let Some(shape) = format.line.as_ref().and_then(Shape::regex) else {
                continue;
            };
            let fitting = lines
                .iter()
                .filter(|line| shape.is_match(&crate::intake::records::plain_line(line)))
                .count();
            let fits = fitting > 0
                && (fitting * 4 >= lines.len()
                    || lines.first().is_some_and(|it| shape.is_match(it)));
            let longer = |(most, _, known): (usize, _, &regex::Regex)| {
                // Of two that fit alike, the one that says more of a line.
                (fitting, shape.as_str().len()) > (most, known.as_str().len())
            };
            if fits && best.is_none_or(longer) {
                best = Some((fitting, format, shape));
            }
        }
        let (_, format, shape) = best?;
        let groups = |regex: &regex::Regex| -> Vec<String> {
            regex.capture_names().flatten().map(str::to_owned).collect()
        };
        let mut names = groups(shape);
        for extract in format.extract.iter().filter_map(Shape::regex) {
            for name in groups(extract) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Some(Detected {
            framing: Framing::Log(LogLine {
                shape: shape.clone(),
            }),
            layout: self.layout(Some(format), names),
            header_line: None,
            preamble: String::new(),
        })
    }

    fn delimited(&self) -> Result<Detected<'f>, LayoutError> {
        let mut nearest: (usize, Vec<String>) = (0, Vec::new());
        let mut lost = 0;
        let mut generic: Option<(usize, Header)> = None;
        let mut best: Option<(usize, &'f Format, Header)> = None;
        for delimiter in DELIMITERS {
            for header in headers(self.head, Delimited { delimiter }) {
                if header.lost {
                    lost = lost.max(header.names.len());
                }
                let facts = self.facts_named(&header.names);
                if (facts, header.names.len()) > (nearest.0, nearest.1.len()) {
                    nearest = (facts, header.names.clone());
                }
                if let Some((size, format)) = self.best_format(&header.names)
                    && best.as_ref().is_none_or(|(most, ..)| size > *most)
                {
                    best = Some((size, format, header.clone()));
                }
                if facts >= FEWEST_FACTS && generic.as_ref().is_none_or(|(most, _)| facts > *most) {
                    generic = Some((facts, header));
                }
            }
        }
        let (format, header) = match (best, generic) {
            (Some((_, format, header)), _) => (Some(format), header),
            (None, Some((_, header))) if self.wanted.format.is_none() => (None, header),
            _ if lost > 0 => return Err(LayoutError::Damaged { columns: lost }),
            _ => return Err(self.unknown(&nearest.1)),
        };
        if let Some(refused) = format.filter(|format| format.kind == FormatKind::Refused) {
            return Err(refuse(refused));
        }
        let preamble = self.head[..header.start].to_owned();
        Ok(Detected {
            framing: Framing::Delimited(header.how),
            layout: self.layout(format, header.names),
            header_line: Some(header.line),
            preamble,
        })
    }

    /// The format whose signature fits best, and how large it is.
    fn best_format(&self, names: &[String]) -> Option<(usize, &'f Format)> {
        let set: HashSet<String> = names.iter().map(|name| normal_column(name)).collect();
        let mut best: Option<(usize, &Format)> = None;
        for format in self.candidates() {
            let fits = !format.signature.is_empty()
                && format.signature.iter().all(|name| set.contains(name))
                && !format.without.iter().any(|name| set.contains(name));
            // Of two that fit, the one that knows more of the columns.
            let known = format.fields.iter().flat_map(|field| &field.columns);
            let size = format.signature.len() * 100 + known.filter(|it| set.contains(*it)).count();
            if fits && best.is_none_or(|(most, _)| size > most) {
                best = Some((size, format));
            }
        }
        best
    }

    fn by_signature(&self, names: &[String]) -> Result<Option<&'f Format>, LayoutError> {
        match self.best_format(names) {
            Some((_, format)) if format.kind == FormatKind::Refused => Err(refuse(format)),
            Some((_, format)) => Ok(Some(format)),
            None if self.wanted.format.is_some() => Err(self.unknown(names)),
            None => Ok(None),
        }
    }

    /// How many facts of the catalogue names carry.
    fn facts_named(&self, names: &[String]) -> usize {
        let mut facts = HashSet::new();
        for name in names.iter().map(|name| normal_column(name)) {
            if let Some(field) = self.wanted.mapped.get(&name) {
                facts.insert(*field);
            } else if let Some((fact, _)) = self.aliases.get(&name) {
                facts.insert(Field::Fact(*fact));
            }
        }
        facts.len()
    }

    fn unknown(&self, widest: &[String]) -> LayoutError {
        if let Some(format) = self
            .wanted
            .format
            .as_ref()
            .and_then(|it| self.formats.find(it))
        {
            let names: Vec<String> = widest.iter().map(|name| normal_column(name)).collect();
            let missing = format.signature.iter().filter(|name| !names.contains(name));
            return LayoutError::Missing {
                format: format.id.clone(),
                missing: missing.cloned().collect::<Vec<_>>().join(", "),
            };
        }
        let shown: Vec<&str> = widest.iter().map(String::as_str).take(20).collect();
        let found: String = shown.join(", ").chars().take(300).collect();
        LayoutError::unknown(&found, |keys| {
            let names = widest.iter().map(|name| normal_column(name));
            let mut carried = names.filter_map(|name| self.aliases.get(&name));
            carried.any(|(fact, _)| keys.contains(&self.catalog.spec(*fact).key.as_str()))
        })
    }
}

fn refuse(format: &Format) -> LayoutError {
    let both = |text: &crate::text::Text| format!("{} ({})", text.zh, text.en);
    LayoutError::Refused {
        title: both(&format.title),
        advice: format.advice.as_ref().map(both),
    }
}

/// The first objects of a JSON text.
fn first_objects<'h>(head: &'h str, framing: &Framing) -> Vec<&'h str> {
    const LOOKED_AT: usize = 1000;
    crate::intake::records::first_records(head.as_bytes(), framing, LOOKED_AT)
        .into_iter()
        .filter_map(|range| head.get(range))
        .collect()
}

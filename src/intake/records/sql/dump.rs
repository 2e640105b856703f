//! What a dump says beside its tuples: tables, the meaning of their columns, and the session zone.

use std::io::{self, Read};

use super::super::LONGEST;
use super::super::chunk::State;
use super::head::name;
use super::scan::{Scan, Stop, Window, is_any, skip_space, string_end, word};
use super::statement::{Found, step};
use super::tuple::unescape;
use super::walk::tuple;
use super::{SqlColumn, SqlDump, SqlTable, text};

/// How many bytes are read at once.
const PIECE: usize = 512 << 10;

/// Reads a whole dump for what it says beside its tuples. Damaged tuples are not counted.
///
/// # Errors
/// What the reader reports.
pub fn read_dump(mut reader: impl Read) -> io::Result<SqlDump> {
    let mut seen = Seen::default();
    let mut bytes = Vec::new();
    let mut overlong = false;
    loop {
        let read = reader.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
        let last = read < PIECE;
        let mut at = 0;
        if overlong {
            at = memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |feed| feed + 1);
            overlong = at == bytes.len();
        }
        at = seen.steps(&bytes, at, last);
        // As for records, what is longer than any goes on up to the end of a line.
        if bytes.len() - at > 2 * LONGEST {
            at = bytes.len();
            overlong = true;
        }
        if last {
            return Ok(seen.dump);
        }
        bytes.drain(..at);
    }
}

/// What was read so far.
#[derive(Default)]
struct Seen {
    state: State,
    dump: SqlDump,
    /// The table of each section.
    tables: Vec<usize>,
}

impl Seen {
    /// Goes through what is there; gives how far it came.
    fn steps(&mut self, bytes: &[u8], mut at: usize, last: bool) -> usize {
        while at < bytes.len() {
            match step(bytes, at, last, &mut self.state) {
                Found::Tuple { next, .. } => {
                    self.count();
                    at = next;
                }
                Found::Statement(end) => {
                    self.statement(&bytes[at..end]);
                    at = end;
                }
                Found::Damage { next, .. } | Found::Skip(next) => at = next,
                Found::More => break,
            }
        }
        at
    }

    fn count(&mut self) {
        for index in self.tables.len()..self.state.sections.len() {
            let section = &self.state.sections[index];
            let (name, columns) = (section.table.clone(), section.columns.clone());
            let table = self.table(name);
            let columns = columns.unwrap_or_default().into_iter();
            let known = &mut self.dump.tables[table].columns;
            if known.is_empty() {
                known.extend(columns.map(|name| SqlColumn {
                    name,
                    kind: String::new(),
                    comment: String::new(),
                }));
            }
            self.tables.push(table);
        }
        if let Some(table) = self.tables.get(self.state.section) {
            self.dump.tables[*table].rows += 1;
        }
    }

    /// The position of a table of this name.
    fn table(&mut self, name: String) -> usize {
        let tables = &mut self.dump.tables;
        if let Some(index) = tables.iter().position(|table| table.name == name) {
            return index;
        }
        tables.push(SqlTable {
            name,
            columns: Vec::new(),
            rows: 0,
        });
        tables.len() - 1
    }

    fn statement(&mut self, bytes: &[u8]) {
        // A statement that cannot be read says nothing: its tuples are still read by position.
        let window = Window::new(bytes, true);
        let Ok(at) = skip_space(window, 0) else {
            return;
        };
        let Ok((first, end)) = word(window, at) else {
            return;
        };
        if is_any(first, &["CREATE"]) {
            if let Ok(Some((name, columns))) = create_table(window, end) {
                let table = self.table(name);
                self.dump.tables[table].columns = columns;
            }
        } else if is_any(first, &["COMMENT"]) {
            let _ = self.comment_on(window, end);
        } else if self.state.sections.is_empty() {
            self.dump.zone = set_zone(&text(&bytes[end..])).or(self.dump.zone);
        }
    }

    /// `COMMENT ON COLUMN public.orders.sn IS '…'`, as PostgreSQL writes it.
    fn comment_on(&mut self, window: Window<'_>, after: usize) -> Scan<()> {
        let mut at = skip_space(window, after)?;
        for expected in ["ON", "COLUMN"] {
            let (found, end) = word(window, at)?;
            if !is_any(found, &[expected]) {
                return Ok(());
            }
            at = skip_space(window, end)?;
        }
        let mut path = Vec::new();
        loop {
            let (found, end) = name(window, at)?;
            path.push(found);
            at = end;
            if window.byte(at)? != b'.' {
                break;
            }
            at += 1;
        }
        let (_, end) = word(window, skip_space(window, at)?)?;
        let comment = string_at(window, skip_space(window, end)?)?;
        if let [.., table, column] = path.as_slice() {
            let tables = self.dump.tables.iter_mut();
            let columns = tables
                .filter(|one| one.name == *table)
                .flat_map(|one| &mut one.columns);
            for one in columns.filter(|one| one.name == *column) {
                one.comment.clone_from(&comment);
            }
        }
        Ok(())
    }
}

/// The string at `at`, unescaped.
fn string_at(window: Window<'_>, at: usize) -> Scan<String> {
    let quote = window.byte(at)?;
    if quote != b'\'' && quote != b'"' {
        return Err(Stop::Bad("found no string"));
    }
    let end = string_end(window, at)?;
    let mut comment = String::new();
    unescape(
        &text(&window.bytes[at + 1..end - 1]),
        char::from(quote),
        &mut comment,
    );
    Ok(comment)
}

/// The table that a statement creates, after `CREATE`; none where it creates something else.
fn create_table(window: Window<'_>, after: usize) -> Scan<Option<(String, Vec<SqlColumn>)>> {
    let mut at = skip_space(window, after)?;
    loop {
        let (found, end) = word(window, at)?;
        at = skip_space(window, end)?;
        if is_any(found, &["TABLE"]) {
            break;
        }
        if !is_any(found, &["TEMPORARY", "TEMP", "GLOBAL", "LOCAL", "UNLOGGED"]) {
            return Ok(None);
        }
    }
    loop {
        let (found, end) = word(window, at)?;
        if !is_any(found, &["IF", "NOT", "EXISTS"]) {
            break;
        }
        at = skip_space(window, end)?;
    }
    let (mut table, mut at) = name(window, at)?;
    while window.byte(at)? == b'.' {
        (table, at) = name(window, at + 1)?;
    }
    at = skip_space(window, at)?;
    if window.byte(at)? != b'(' {
        return Ok(None);
    }
    Ok(Some((table, columns(window, at + 1))))
}

/// The columns of a table whose parenthesis is open; what cannot be read ends them.
fn columns(window: Window<'_>, mut at: usize) -> Vec<SqlColumn> {
    let mut columns = Vec::new();
    while let Ok((end, ended)) = definition(window, at) {
        columns.extend(column(window, at, end));
        if ended {
            break;
        }
        at = end + 1;
    }
    columns
}

/// Where a definition ends, and whether it is the last.
fn definition(window: Window<'_>, start: usize) -> Scan<(usize, bool)> {
    let mut depth = 0usize;
    let mut at = start;
    loop {
        at = skip_space(window, at)?;
        match window.byte(at)? {
            b'\'' | b'"' | b'`' => {
                at = string_end(window, at)?;
                continue;
            }
            b'(' => depth += 1,
            b')' if depth == 0 => return Ok((at, true)),
            b')' => depth -= 1,
            b',' if depth == 0 => return Ok((at, false)),
            _ => {}
        }
        at += 1;
    }
}

/// What begins a definition that is no column.
const NO_COLUMN: &[&str] = &[
    "KEY",
    "PRIMARY",
    "UNIQUE",
    "CONSTRAINT",
    "INDEX",
    "FULLTEXT",
    "SPATIAL",
    "FOREIGN",
    "CHECK",
    "EXCLUDE",
    "PERIOD",
    "LIKE",
];

/// What ends the type of a column.
const AFTER_KIND: &[&str] = &[
    "NOT",
    "NULL",
    "DEFAULT",
    "COMMENT",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "PRIMARY",
    "UNIQUE",
    "KEY",
    "COLLATE",
    "CHARACTER",
    "CHARSET",
    "GENERATED",
    "AS",
    "ON",
    "REFERENCES",
    "CHECK",
    "CONSTRAINT",
    "IDENTITY",
    "VIRTUAL",
    "STORED",
    "INVISIBLE",
];

/// The column that a definition defines.
fn column(window: Window<'_>, start: usize, end: usize) -> Option<SqlColumn> {
    let window = Window::new(&window.bytes[..end], true);
    let start = skip_space(window, start).ok()?;
    if is_any(word(window, start).ok()?.0, NO_COLUMN) {
        return None;
    }
    let (name, after) = name(window, start).ok()?;
    let mut at = skip_space(window, after).ok()?;
    let kind_start = at;
    let mut kind_end = None;
    let mut comment = String::new();
    while at < end {
        let (token, next) = token(window, at).ok()?;
        // `character varying(32)` begins with a word that may also follow a type.
        if at > kind_start && is_any(token, AFTER_KIND) {
            kind_end = kind_end.or(Some(at));
        }
        at = skip_space(window, next).ok()?;
        if is_any(token, &["COMMENT"]) {
            let equals = usize::from(window.bytes.get(at) == Some(&b'='));
            if let Ok(found) = string_at(window, at + equals) {
                comment = found;
            }
        }
    }
    let kind = &window.bytes[kind_start..kind_end.unwrap_or(end)];
    Some(SqlColumn {
        name,
        kind: text(kind).trim().to_lowercase(),
        comment,
    })
}

/// A word, string, group in parentheses or single byte, and where it ends.
fn token<'b>(window: Window<'b>, at: usize) -> Scan<(&'b [u8], usize)> {
    let end = match window.byte(at)? {
        b'\'' | b'"' | b'`' => string_end(window, at)?,
        b'(' => tuple(window, at, |_, _| {}).map_or(at + 1, |found| found.end),
        _ => match word(window, at)? {
            ([], _) => at + 1,
            (_, end) => end,
        },
    };
    Ok((&window.bytes[at..end], end))
}

/// The zone that `SET …` sets, in seconds; none where it is not numeric.
fn set_zone(statement: &str) -> Option<i32> {
    let lower = statement.to_ascii_lowercase();
    let mut zone = None;
    for name in ["time_zone", "timezone", "time zone"] {
        for (at, _) in lower.match_indices(name) {
            let before = lower[..at].chars().next_back();
            // Not `@OLD_TIME_ZONE`.
            if before.is_some_and(|char| char == '_' || char.is_alphanumeric()) {
                continue;
            }
            let value = lower[at + name.len()..].trim_start();
            let value = value.strip_prefix("to ").unwrap_or(value);
            let value = value.trim_start_matches([' ', ':', '=']);
            zone = offset(value.trim_start_matches(['\'', '"'])).or(zone);
        }
    }
    zone
}

/// `+08:00`, in seconds.
fn offset(value: &str) -> Option<i32> {
    if value.starts_with("utc") || value.starts_with("gmt'") {
        return Some(0);
    }
    let sign = match value.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = value[1..].split_once(':')?;
    let minutes: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let hours: i32 = hours.parse().ok()?;
    let minutes: i32 = minutes.parse().ok()?;
    // The widest that MySQL takes.
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

//! Lines that may name the columns.

use crate::intake::records::{Cells, Delimited, Framing, first_records, split_delimited};

use super::detect::FEWEST_FACTS;

/// How many lines are searched for a header.
pub(super) const SEARCHED: usize = 60;

/// A line that may be the header.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) names: Vec<String>,
    pub(super) line: u64,
    pub(super) start: usize,
    pub(super) how: Delimited,
    /// Whether most names are question marks alone; these have their numbers instead.
    pub(super) lost: bool,
}

/// Every record among the first ones, as a header.
pub(super) fn headers(head: &str, how: Delimited) -> Vec<Header> {
    let mut found = Vec::new();
    let mut cells = Cells::default();
    let mut line = 1;
    let mut counted = 0;
    let framing = Framing::Delimited(how);
    for record in first_records(head.as_bytes(), &framing, SEARCHED) {
        let start = record.start;
        line += line_ends(&head[counted..start]);
        counted = start;
        let text = &head[record];
        cells.clear();
        if text.as_bytes().contains(&how.delimiter)
            && split_delimited(text, how, &mut cells).is_ok()
        {
            let names = cells.iter(text).map(|(_, cell)| column_name(cell));
            let mut names: Vec<String> = names.collect();
            let lost = number_lost(&mut names);
            found.push(Header {
                names,
                line,
                start,
                how,
                lost,
            });
        }
    }
    found
}

/// How many lines end in a text.
fn line_ends(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
    let ends = ends.filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    ends.count() as u64
}

/// Gives names that are question marks alone their numbers, where most are.
fn number_lost(names: &mut [String]) -> bool {
    let is_lost = |name: &String| !name.is_empty() && name.bytes().all(|byte| byte == b'?');
    let lost = names.iter().filter(|name| is_lost(name)).count();
    if lost < FEWEST_FACTS || lost * 2 < names.len() {
        return false;
    }
    for (at, name) in names.iter_mut().enumerate() {
        if is_lost(name) {
            *name = (at + 1).to_string();
        }
    }
    true
}

/// A column name without what surrounds it in files.
fn column_name(cell: &str) -> String {
    cell.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\u{feff}' | '\u{3000}')
    })
    .to_owned()
}

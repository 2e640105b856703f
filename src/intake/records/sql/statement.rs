//! What dumps hold between tuples: which statements there are, where they end, and what an `INSERT`
//! says before its first tuple.

use memchr::memmem;

use super::super::chunk::State;
use super::super::{LONGEST, Reject};
use super::head::{Head, head};
use super::scan::{
    OTHERS, Scan, Stop, Window, begins_statement, comment_end, hint, is_any, line_end, next_line,
    skip_blanks, word,
};
use super::skip::{Lex, refuse_hidden, skip};
use super::walk::tuple;

/// What the reading of a dump remembers between tuples, beside the sections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Place {
    mode: Mode,
    /// How many values the tuples of this section have, as far as is known; else 0.
    values: usize,
    /// Whether the list of tuples has ended and no other statement has begun. Where a tuple follows,
    /// its semicolon was damage.
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    /// Between statements, or in the list of an `INSERT`.
    #[default]
    Between,
    /// Inside a statement that does not count.
    Statement(Lex),
    /// Inside a comment.
    Comment(Lex),
    /// Inside the body of a trigger or routine: between `DELIMITER ;;` and `DELIMITER ;`.
    Body,
}

/// What comes next in a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// A tuple, and where the next begins.
    Tuple {
        start: usize,
        end: usize,
        next: usize,
    },
    /// What should be a tuple or statement and is none, and where the next begins.
    Damage {
        start: usize,
        end: usize,
        next: usize,
        reject: Reject,
    },
    /// A whole statement that may say something of tables, up to here.
    Statement(usize),
    /// Nothing that counts.
    Skip(usize),
    /// More bytes are needed.
    More,
}

/// What comes next. Never [`Found::More`] where the file ends with these bytes.
pub(super) fn step(bytes: &[u8], at: usize, last: bool, state: &mut State) -> Found {
    let window = Window::new(bytes, last);
    match state.sql.mode {
        Mode::Between => {}
        Mode::Statement(lex) => return go_on(window, at, lex, false, &mut state.sql),
        Mode::Comment(lex) => return go_on(window, at, lex, true, &mut state.sql),
        Mode::Body => return body(window, at, &mut state.sql),
    }
    let start = skip_blanks(window, at);
    if start == bytes.len() {
        return if start > at {
            Found::Skip(start)
        } else {
            Found::More
        };
    }
    let found = if state.inside {
        in_list(window, start, state)
    } else {
        between(window, start, state)
    };
    match found {
        Ok(found) => found,
        Err(Stop::More) if start > at => Found::Skip(start),
        Err(Stop::More) => Found::More,
        Err(stop) => {
            let found = damage(window, start, stop, state);
            if let Found::Damage { start, next, .. } = found {
                state.sql.ended &= state.inside || !may_be_insert(&bytes[start..next]);
            }
            found
        }
    }
}

/// Whether damaged text between statements may have been the head of an `INSERT`, so that what
/// follows belongs to another table than what came before.
fn may_be_insert(text: &[u8]) -> bool {
    let holds = |word: &[u8]| {
        text.windows(word.len())
            .any(|piece| piece.eq_ignore_ascii_case(word))
    };
    text.first().is_some_and(u8::is_ascii_alphabetic) || holds(b"INTO") || holds(b"VALUES")
}

/// Passes over more of a statement or comment.
fn go_on(
    window: Window<'_>,
    at: usize,
    mut lex: Lex,
    only_comment: bool,
    place: &mut Place,
) -> Found {
    let (end, ended) = skip(window, at, &mut lex, only_comment);
    place.mode = match (ended, only_comment) {
        (true, _) => Mode::Between,
        (false, true) => Mode::Comment(lex),
        (false, false) => Mode::Statement(lex),
    };
    if end == at && !ended {
        return Found::More;
    }
    if only_comment && lex == Lex::Comment && end == window.bytes.len() && ended {
        return Found::Damage {
            start: at,
            end,
            next: end,
            reject: Reject::Sql(OPEN_COMMENT.to_owned()),
        };
    }
    Found::Skip(end)
}

/// In the list of tuples.
fn in_list(window: Window<'_>, start: usize, state: &mut State) -> Scan<Found> {
    match window.byte(start)? {
        b',' => return Ok(Found::Skip(start + 1)),
        b';' => {
            state.inside = false;
            state.sql.ended = true;
            return Ok(Found::Skip(start + 1));
        }
        b'(' => {
            let (end, values) = whole_tuple(window, start)?;
            state.sql.values = values;
            return Ok(Found::Tuple {
                start,
                end,
                next: after_comma(window, end),
            });
        }
        _ => {}
    }
    refuse_hidden(window, start)?;
    if let Some(found) = comment(window, start, &mut state.sql)? {
        return Ok(found);
    }
    let (word, end) = word(window, start)?;
    let word_is = |words| is_any(word, words);
    if word_is(&["ON"]) && conflict(window, end)? || word_is(&["AS", "RETURNING"]) {
        state.inside = false;
        state.sql.mode = Mode::Statement(Lex::Plain);
        return Ok(Found::Skip(start));
    }
    // The semicolon was lost.
    if begins_statement(window, start)? || word_is(&["COMMIT", "GO", "ALTER", "UNLOCK"]) {
        state.inside = false;
        return between(window, start, state);
    }
    Err(Stop::Bad("found something else between tuples"))
}

/// Whether `ON` is that of `ON DUPLICATE KEY UPDATE` or `ON CONFLICT`.
fn conflict(window: Window<'_>, after: usize) -> Scan<bool> {
    let next = skip_blanks(window, after);
    Ok(is_any(word(window, next)?.0, &["DUPLICATE", "CONFLICT"]))
}

/// The tuple at `start`, and what must follow it: a lone `)` may stand anywhere in damaged text.
fn whole_tuple(window: Window<'_>, start: usize) -> Scan<(usize, usize)> {
    let window = window.at_most(start, LONGEST + 1);
    let found = tuple(window, start, |_, _| {})?;
    let next = skip_blanks(window, found.end);
    match window.peek(next)? {
        None | Some(b',' | b';' | b'(' | b'/' | b'-' | b'#' | b'*') => {}
        Some(byte) if byte.is_ascii_alphabetic() => {}
        Some(_) => return Err(Stop::Bad("found text after its last parenthesis")),
    }
    Ok((found.end, found.values))
}

fn after_comma(window: Window<'_>, end: usize) -> usize {
    let next = skip_blanks(window, end);
    match window.bytes.get(next) {
        Some(b',') => next + 1,
        _ => end,
    }
}

/// Between statements.
fn between(window: Window<'_>, start: usize, state: &mut State) -> Scan<Found> {
    if window.byte(start)? == b';' {
        return Ok(Found::Skip(start + 1));
    }
    if let Some(found) = comment(window, start, &mut state.sql)? {
        return Ok(found);
    }
    if window.byte(start)? == b'(' && state.sql.ended {
        let (_, values) = whole_tuple(window, start)?;
        if state.sql.values != 0 && state.sql.values != values {
            return Err(Stop::Bad("found it between statements"));
        }
        state.inside = true;
        return in_list(window, start, state);
    }
    if let Some(end) = client_command(window, start)? {
        return Ok(Found::Skip(end));
    }
    let (word, end) = word(window, start)?;
    let found = statement(window, start, word, end, state)?;
    state.sql.ended = false;
    Ok(found)
}

/// A statement that begins with a word that ends at `end`.
fn statement(
    window: Window<'_>,
    start: usize,
    word: &[u8],
    end: usize,
    state: &mut State,
) -> Scan<Found> {
    if is_any(word, &["INSERT", "REPLACE"]) {
        return insert(window, end, state);
    }
    if is_any(word, &["CREATE", "SET", "COMMENT"]) {
        return Ok(whole_statement(window, start, &mut state.sql));
    }
    if is_any(word, &["DELIMITER"]) {
        let end = line_end(window, end)?;
        if !restores_delimiter(&window.bytes[start..end]) {
            state.sql.mode = Mode::Body;
        }
        return Ok(Found::Skip(end));
    }
    if is_any(word, &["GO"]) {
        return Ok(Found::Skip(end));
    }
    if is_any(word, OTHERS) {
        state.sql.mode = Mode::Statement(Lex::Plain);
        return Ok(Found::Skip(end));
    }
    Err(Stop::Bad("found something else between statements"))
}

/// A comment, `/*!40101`, or `*/`.
fn comment(window: Window<'_>, start: usize, place: &mut Place) -> Scan<Option<Found>> {
    let byte = window.byte(start)?;
    if byte == b'/' && window.peek(start + 1)? == Some(b'*') && hint(window, start)?.is_none() {
        return block_comment(window, start, place).map(Some);
    }
    if byte == b'#' || byte == b'-' && window.peek(start + 1)? == Some(b'-') {
        place.mode = Mode::Comment(Lex::Line);
        return Ok(Some(Found::Skip(start + 1)));
    }
    Ok(comment_end(window, start)?.map(Found::Skip))
}

/// What is said where the file ends inside a comment.
const OPEN_COMMENT: &str = "found a comment that is not closed";

/// Up to where a comment is looked for its end before it is passed over in pieces.
const NEAR: usize = 64 << 10;

/// A comment that is closed before another opens may hold whole statements. One that is not has lost
/// its end, and ends where a line begins a statement.
fn block_comment(window: Window<'_>, start: usize, place: &mut Place) -> Scan<Found> {
    let near = window.at_most(start, NEAR);
    let inner = &near.bytes[start + 2..];
    let close = memmem::find(inner, b"*/");
    let open = memmem::find(&inner[..close.unwrap_or(inner.len())], b"/*");
    match (close, open) {
        (Some(close), None) => return Ok(Found::Skip(start + 2 + close + 2)),
        (None, None) if near.stop == Stop::More => return Err(Stop::More),
        // Rows up to the end of the file would be passed over without a word.
        (None, _) if near.stop == Stop::End => return Err(Stop::Bad(OPEN_COMMENT)),
        _ => {}
    }
    place.mode = Mode::Comment(Lex::Comment);
    Ok(Found::Skip(start + 2))
}

/// A line for the program that loads the dump, as `\connect shop`.
fn client_command(window: Window<'_>, start: usize) -> Scan<Option<usize>> {
    if window.byte(start)? != b'\\' {
        return Ok(None);
    }
    let (name, end) = word(window, start + 1)?;
    let known = is_any(
        name,
        &[
            ".",
            "connect",
            "c",
            "restrict",
            "unrestrict",
            "encoding",
            "set",
        ],
    );
    Ok(if known {
        Some(line_end(window, end)?)
    } else {
        None
    })
}

/// A statement that is looked into, unless it is longer than any record.
fn whole_statement(window: Window<'_>, start: usize, place: &mut Place) -> Found {
    let mut lex = Lex::Plain;
    match skip(window, start, &mut lex, false) {
        (end, true) => Found::Statement(end),
        (end, false) if end - start > LONGEST => {
            place.mode = Mode::Statement(lex);
            Found::Skip(end)
        }
        _ => Found::More,
    }
}

/// Whether `DELIMITER …` goes back to a semicolon.
fn restores_delimiter(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(b" ;")
}

/// Passes over lines of a body. `CREATE TABLE` at the beginning of a line ends it: where the end was
/// lost, the tables that follow must not be.
fn body(window: Window<'_>, at: usize, place: &mut Place) -> Found {
    let mut line = at;
    loop {
        let Ok(end) = line_end(window, line) else {
            return if line > at {
                Found::Skip(line)
            } else {
                Found::More
            };
        };
        let text = window.bytes[line..end].trim_ascii_start();
        let begins = |with: &str| {
            text.get(..with.len())
                .is_some_and(|head| is_any(head, &[with]))
        };
        if begins("DELIMITER") && restores_delimiter(text) {
            place.mode = Mode::Between;
            return Found::Skip(end);
        }
        if begins("CREATE TABLE") || begins("LOCK TABLES") {
            place.mode = Mode::Between;
            return Found::Skip(line);
        }
        if end == window.bytes.len() {
            return Found::Skip(end);
        }
        line = end + 1;
    }
}

/// The head of an `INSERT`, after that word.
fn insert(window: Window<'_>, after: usize, state: &mut State) -> Scan<Found> {
    match head(window.at_most(after, LONGEST), after)? {
        Head::Values { section, end } => {
            state.inside = true;
            let known = state.sections.iter().position(|known| *known == section);
            if known.is_none_or(|at| at != state.section) {
                state.sql.values = section.columns.as_ref().map_or(0, Vec::len);
            }
            state.section = known.unwrap_or(state.sections.len());
            if known.is_none() {
                state.sections.push(section);
            }
            Ok(Found::Skip(end))
        }
        Head::Other(end) => {
            state.sql.mode = Mode::Statement(Lex::Plain);
            Ok(Found::Skip(end))
        }
    }
}

/// How many places are tried for the next tuple, and how long that tuple may be there: so many that
/// one is found, so few that damaged files take no longer than whole ones.
const TRIES: usize = 16;
const TRIAL: usize = 64 << 10;

/// What cannot be read, up to the next tuple or statement.
fn damage(window: Window<'_>, start: usize, stop: Stop, state: &State) -> Found {
    let line = match next_line(window, start) {
        Ok(line) => line,
        Err(_) => window.bytes.len(),
    };
    let waits = line == window.bytes.len() && window.stop != Stop::End;
    let next = match next_on_line(window, start, line, state) {
        Ok(Some(next)) => next,
        Ok(None) if waits => return Found::More,
        Err(_) => return Found::More,
        Ok(None) => line,
    };
    let text = window.bytes[start..next].trim_ascii_end();
    let text = text.strip_suffix(b",").unwrap_or(text);
    let reject = match stop {
        Stop::End if next == window.bytes.len() => Reject::Cut,
        Stop::Long if next - start > LONGEST => Reject::TooLong,
        Stop::Bad(found) => Reject::Sql(found.to_owned()),
        Stop::End | Stop::Long | Stop::More => Reject::Sql("found no end of it".to_owned()),
    };
    Found::Damage {
        start,
        end: start + text.len().max(1),
        next,
        reject,
    }
}

/// The next tuple before `line`: mysqldump writes thousands on one. What follows a comma counts only
/// where it is a whole tuple with as many values as the others, as far as there were any.
fn next_on_line(
    window: Window<'_>,
    start: usize,
    line: usize,
    state: &State,
) -> Scan<Option<usize>> {
    if !state.inside && !state.sql.ended {
        return Ok(None);
    }
    let expected = state.sql.values;
    let commas = memmem::find_iter(&window.bytes[start + 1..line], b",(");
    for comma in commas.take(TRIES) {
        let open = start + 1 + comma + 1;
        match whole_tuple(window.at_most(open, TRIAL), open) {
            Ok((_, values)) if values == expected || expected == 0 => return Ok(Some(open)),
            Err(Stop::More) => return Err(Stop::More),
            _ => {}
        }
    }
    Ok(None)
}

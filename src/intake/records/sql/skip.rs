//! Passing over statements and comments that do not count, in pieces.

use memchr::{memchr, memchr2, memchr3, memmem};

use super::scan::{Scan, Stop, Window, begins_statement, escapes, hint, line_end};

/// What a skip is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Lex {
    /// A statement.
    #[default]
    Plain,
    /// Quotes of this kind.
    Quote(u8),
    /// A comment up to the end of the line.
    Line,
    /// A comment up to `*/`.
    Comment,
}

/// Passes over a statement up to its end, or, `only_comment`, over the comment that it is inside of.
/// Gives how far it came and whether that is the end. It comes to an end before a line that begins a
/// statement, whatever is open: a lost quote must not swallow the tables that follow.
pub(super) fn skip(
    window: Window<'_>,
    start: usize,
    lex: &mut Lex,
    only_comment: bool,
) -> (usize, bool) {
    let mut at = start;
    while at < window.bytes.len() {
        let step = match *lex {
            Lex::Plain => skip_plain(window, at, lex),
            Lex::Quote(quote) => skip_quoted(window, at, quote, lex),
            Lex::Line => skip_line(window, at, lex),
            Lex::Comment => skip_comment(window, at, lex),
        };
        match step {
            Step::To(next) if only_comment && *lex == Lex::Plain => return (next, true),
            Step::To(next) => at = next,
            Step::Ended(end) => return (end, true),
            Step::Wait(at) if window.stop != Stop::End => return (at, false),
            Step::Wait(_) => at = window.bytes.len(),
        }
    }
    (at, window.stop == Stop::End)
}

enum Step {
    To(usize),
    Ended(usize),
    /// What comes here is to be looked at again with more bytes.
    Wait(usize),
}

fn skip_plain(window: Window<'_>, at: usize, lex: &mut Lex) -> Step {
    let special = |byte: &u8| {
        matches!(
            byte,
            b';' | b'\'' | b'"' | b'`' | b'\n' | b'-' | b'/' | b'#'
        )
    };
    let Some(found) = window.rest(at).iter().position(special) else {
        return Step::To(window.bytes.len());
    };
    let found = at + found;
    match window.bytes[found] {
        b';' => Step::Ended(found + 1),
        b'\n' => feed(window, found),
        b'#' => {
            *lex = Lex::Line;
            Step::To(found + 1)
        }
        quote @ (b'\'' | b'"' | b'`') => {
            *lex = Lex::Quote(quote);
            Step::To(found + 1)
        }
        byte => match (byte, window.peek(found + 1)) {
            (_, Err(_)) => Step::Wait(found),
            (b'-', Ok(Some(b'-'))) => {
                *lex = Lex::Line;
                Step::To(found + 2)
            }
            (b'/', Ok(Some(b'*'))) => match hint(window, found) {
                Ok(Some(inside)) => Step::To(inside),
                Ok(None) => {
                    *lex = Lex::Comment;
                    Step::To(found + 2)
                }
                Err(_) => Step::Wait(found),
            },
            _ => Step::To(found + 1),
        },
    }
}

fn skip_quoted(window: Window<'_>, at: usize, quote: u8, lex: &mut Lex) -> Step {
    let Some(found) = memchr3(quote, b'\\', b'\n', window.rest(at)) else {
        return Step::To(window.bytes.len());
    };
    let end = at + found;
    match window.bytes[end] {
        b'\n' => feed(window, end),
        b'\\' if quote != b'`' && escapes(&window.bytes[at..end]) => match window.peek(end + 1) {
            Err(_) => Step::Wait(end),
            Ok(_) => Step::To((end + 2).min(window.bytes.len())),
        },
        b'\\' => Step::To(end + 1),
        // A doubled quote closes and opens.
        _ => {
            *lex = Lex::Plain;
            Step::To(end + 1)
        }
    }
}

fn skip_line(window: Window<'_>, at: usize, lex: &mut Lex) -> Step {
    let Some(found) = memchr(b'\n', window.rest(at)) else {
        return Step::To(window.bytes.len());
    };
    *lex = Lex::Plain;
    Step::To(at + found)
}

fn skip_comment(window: Window<'_>, at: usize, lex: &mut Lex) -> Step {
    let Some(found) = memchr2(b'*', b'\n', window.rest(at)) else {
        return Step::To(window.bytes.len());
    };
    let found = at + found;
    if window.bytes[found] == b'\n' {
        return feed(window, found);
    }
    match window.peek(found + 1) {
        Err(_) => Step::Wait(found),
        Ok(Some(b'/')) => {
            *lex = Lex::Plain;
            Step::To(found + 2)
        }
        Ok(_) => Step::To(found + 1),
    }
}

/// After a line feed.
fn feed(window: Window<'_>, at: usize) -> Step {
    match begins_statement(window, at + 1) {
        Ok(true) => Step::Ended(at + 1),
        Ok(false) => Step::To(at + 1),
        Err(_) => Step::Wait(at),
    }
}

/// Refuses a comment to the end of the line that holds tuples: their opening parenthesis was damaged
/// into its sign.
pub(super) fn refuse_hidden(window: Window<'_>, start: usize) -> Scan<()> {
    let dashes = window.byte(start)? == b'-' && window.peek(start + 1)? == Some(b'-');
    if window.byte(start)? != b'#' && !dashes {
        return Ok(());
    }
    let end = line_end(window, start)?;
    let line = &window.bytes[start..end];
    let holds = |piece: &[u8]| memmem::find(line, piece).is_some();
    if holds(b"),") || holds(b");") {
        return Err(Stop::Bad("found a comment that holds tuples"));
    }
    Ok(())
}

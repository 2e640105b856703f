//! The values of a tuple.

use super::scan::{
    Scan, Stop, Window, blank, comment_end, is_any, skip_blanks, string_end, word, wordy,
};

/// Where a tuple ends, after its `)`, and how many values it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tuple {
    pub end: usize,
    pub values: usize,
}

/// How deep parentheses may lie in each other. Dumps need two or three; where `)` was lost, the
/// tuples that follow pile up.
const DEEPEST: u32 = 32;

/// How long a comment inside a tuple may be. Nobody writes one; `/*` outside a string is damage.
const COMMENT: usize = 1024;

/// What stands before, in a tuple.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The opening parenthesis.
    Open,
    /// A comma.
    Comma,
    /// An operator.
    Operator,
    /// A string.
    Text,
    /// A word or number, from here to there.
    Word(usize, usize),
    /// A closing parenthesis.
    Group,
}

struct Walk<'b, F> {
    window: Window<'b>,
    at: usize,
    depth: u32,
    /// For each depth, whether its parenthesis has no function before it.
    bare: u64,
    before: Before,
    /// Where the value begins, and where its last token ends.
    value: (usize, usize),
    values: usize,
    each: F,
}

/// Walks through the tuple that begins at `start`; `each` gets where each of its values begins and
/// ends. Strict, since a lost quote or parenthesis turns the rest of a file inside out: the sooner
/// that shows, the less is lost.
pub(super) fn tuple(
    window: Window<'_>,
    start: usize,
    each: impl FnMut(usize, usize),
) -> Scan<Tuple> {
    let mut walk = Walk {
        window,
        at: start + 1,
        depth: 1,
        bare: 0b10,
        before: Before::Open,
        value: (start + 1, start + 1),
        values: 0,
        each,
    };
    while walk.depth > 0 {
        walk.step()?;
    }
    Ok(Tuple {
        end: walk.at,
        values: walk.values,
    })
}

impl<F: FnMut(usize, usize)> Walk<'_, F> {
    fn step(&mut self) -> Scan<()> {
        let at = self.at;
        match self.window.byte(at)? {
            byte if blank(byte) => {
                self.at = skip_blanks(self.window, at);
                Ok(())
            }
            b'\'' | b'"' | b'`' => self.string(),
            b'(' | b'[' => self.open(),
            b')' | b']' => self.close(),
            b',' => self.comma(),
            byte if wordy(byte) => self.word(),
            b'#' | b'-' | b'/' | b'*' => {
                let comment = comment_end(self.window.at_most(at, COMMENT), at);
                match comment {
                    Ok(Some(end)) => self.at = end,
                    Ok(None) => self.token(at + 1, Before::Operator),
                    Err(Stop::Long) => return Err(Stop::Bad("found a comment that is not closed")),
                    Err(stop) => return Err(stop),
                }
                Ok(())
            }
            b'+' | b'|' | b'<' | b'>' | b'=' | b'!' | b'&' | b'%' | b'^' | b'~' | b':' => {
                self.token(at + 1, Before::Operator);
                Ok(())
            }
            b';' => Err(Stop::Bad("found the end of the statement inside it")),
            _ => Err(Stop::Bad("found text outside quotes")),
        }
    }

    /// Passes over a token.
    fn token(&mut self, end: usize, kind: Before) {
        if self.depth == 1 && matches!(self.before, Before::Open | Before::Comma) {
            self.value.0 = self.at;
        }
        self.value.1 = end;
        self.at = end;
        self.before = kind;
    }

    fn string(&mut self) -> Scan<()> {
        let fits = match self.before {
            Before::Open | Before::Comma | Before::Operator => true,
            Before::Text | Before::Group => false,
            Before::Word(start, end) => introduces(&self.window.bytes[start..end], end < self.at),
        };
        if !fits {
            return Err(Stop::Bad("found a quote where none can open"));
        }
        let end = string_end(self.window, self.at)?;
        self.token(end, Before::Text);
        match self.window.peek(end)? {
            Some(byte) if wordy(byte) || !byte.is_ascii() => {
                Err(Stop::Bad("found text after a closing quote"))
            }
            _ => Ok(()),
        }
    }

    fn word(&mut self) -> Scan<()> {
        let start = self.at;
        let (word, end) = word(self.window, start)?;
        if !word.is_ascii() {
            return Err(Stop::Bad("found text outside quotes"));
        }
        let joined = is_any(word, &["COLLATE", "AT"]) || self.depth > 1;
        if self.before == Before::Text && !joined {
            return Err(Stop::Bad("found text after a closing quote"));
        }
        self.token(end, Before::Word(start, end));
        Ok(())
    }

    fn open(&mut self) -> Scan<()> {
        let bare = match self.before {
            Before::Open | Before::Comma | Before::Operator => true,
            Before::Word(start, end) if calls(&self.window.bytes[start..end]) => false,
            _ => return Err(Stop::Bad("found a parenthesis where none can open")),
        };
        self.token(self.at + 1, Before::Open);
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop::Bad("found too many parentheses that are not closed"));
        }
        let bit = 1 << self.depth;
        self.bare = if bare {
            self.bare | bit
        } else {
            self.bare & !bit
        };
        Ok(())
    }

    fn close(&mut self) -> Scan<()> {
        if matches!(self.before, Before::Comma | Before::Operator) {
            return Err(Stop::Bad("found no value after a comma"));
        }
        if self.depth == 1 {
            if self.before != Before::Open {
                self.end_value();
            }
            self.at += 1;
        } else {
            self.token(self.at + 1, Before::Group);
        }
        self.depth -= 1;
        Ok(())
    }

    fn comma(&mut self) -> Scan<()> {
        if matches!(self.before, Before::Open | Before::Comma | Before::Operator) {
            return Err(Stop::Bad("found no value before a comma"));
        }
        if self.depth == 1 {
            self.end_value();
        } else if self.bare & (1 << self.depth) != 0 {
            // No value is a list: the parenthesis of a tuple before this one was lost.
            return Err(Stop::Bad("found a tuple inside it"));
        }
        self.at += 1;
        self.before = Before::Comma;
        Ok(())
    }

    fn end_value(&mut self) {
        self.values += 1;
        (self.each)(self.value.0, self.value.1);
    }
}

/// Whether a word may stand before a string: `_binary`, `X`, `N`, `DATE`.
fn introduces(word: &[u8], apart: bool) -> bool {
    if word.first() == Some(&b'_') {
        return true;
    }
    if apart {
        let words = [
            "DATE",
            "TIME",
            "TIMESTAMP",
            "INTERVAL",
            "ZONE",
            "COLLATE",
            "IN",
        ];
        return is_any(word, &words);
    }
    is_any(word, &["X", "B", "N", "E"])
}

/// Whether a word may be the name of a function.
fn calls(word: &[u8]) -> bool {
    !word.first().is_some_and(u8::is_ascii_digit) && !is_any(word, &["NULL", "TRUE", "FALSE"])
}

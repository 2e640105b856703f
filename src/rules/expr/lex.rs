//! Source text in, tokens out. Whether a literal has a value is left to [`super::literal`].

use std::ops::Range;

use super::error::{ExprError, ExprErrorKind};

/// A stretch of the source, in bytes. The source is never longer than a `u32` can count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets.
    pub(super) fn new(start: usize, end: usize) -> Self {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            start: narrow(start),
            end: narrow(end),
        }
    }

    /// From the start of this span to the end of another.
    pub(super) fn to(self, other: Self) -> Self {
        Self {
            start: self.start,
            end: other.end,
        }
    }

    /// The spanned part of the source.
    #[must_use]
    pub fn of(self, source: &str) -> &str {
        source.get(Range::from(self)).unwrap_or_default()
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start as usize..span.end as usize
    }
}

/// The smallest part of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Ident,
    True,
    False,
    Null,
    In,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Dot,
    Comma,
    Question,
    Colon,
    Bang,
    Minus,
    Plus,
    Star,
    Slash,
    Percent,
    AndAnd,
    OrOr,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// Past the last token.
    End,
    /// Here the lexer gave up; [`Tokens::error`] says why.
    Bad,
}

/// All tokens of a source; the last one is `End` or `Bad`.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<(Token, Span)>,
    pub(super) error: Option<ExprError>,
}

/// Cuts a source into tokens, up to the first thing that is none.
pub(super) fn tokens(source: &str) -> Tokens {
    let mut lexer = Lexer { source, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let start = lexer.skip_blank();
        let token = lexer.token();
        let (token, error) = match token {
            Ok(token) => (token, None),
            Err(error) => (Token::Bad, Some(error)),
        };
        tokens.push((token, Span::new(start, lexer.at)));
        if matches!(token, Token::End | Token::Bad) {
            return Tokens { tokens, error };
        }
    }
}

/// Operators and brackets; longer ones first.
const SYMBOLS: [(&str, Token); 24] = [
    ("&&", Token::AndAnd),
    ("||", Token::OrOr),
    ("==", Token::Equal),
    ("!=", Token::NotEqual),
    ("<=", Token::LessEqual),
    (">=", Token::GreaterEqual),
    ("<", Token::Less),
    (">", Token::Greater),
    ("!", Token::Bang),
    ("(", Token::LeftParen),
    (")", Token::RightParen),
    ("[", Token::LeftBracket),
    ("]", Token::RightBracket),
    ("{", Token::LeftBrace),
    ("}", Token::RightBrace),
    (".", Token::Dot),
    (",", Token::Comma),
    ("?", Token::Question),
    (":", Token::Colon),
    ("-", Token::Minus),
    ("+", Token::Plus),
    ("*", Token::Star),
    ("/", Token::Slash),
    ("%", Token::Percent),
];

struct Lexer<'s> {
    source: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Goes past whitespace and comments; gives the place after them.
    fn skip_blank(&mut self) -> usize {
        loop {
            let rest = self.rest();
            let blank = count(rest, |b| matches!(b, b'\t' | b'\n' | 0x0c | b'\r' | b' '));
            self.at += blank;
            if !self.rest().starts_with("//") {
                return self.at;
            }
            self.at += count(self.rest(), |b| !matches!(b, b'\r' | b'\n'));
        }
    }

    fn token(&mut self) -> Result<Token, ExprError> {
        let rest = self.rest();
        let Some(first) = rest.bytes().next() else {
            return Ok(Token::End);
        };
        if let Some(prefix) = text_prefix(rest) {
            return self.text(prefix);
        }
        if first.is_ascii_alphabetic() || first == b'_' {
            return Ok(self.word());
        }
        let point_first = first == b'.' && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        if first.is_ascii_digit() || point_first {
            return Ok(self.number());
        }
        let symbol = SYMBOLS.iter().find(|(text, _)| rest.starts_with(text));
        let Some((text, token)) = symbol else {
            return Err(self.stray());
        };
        self.at += text.len();
        Ok(*token)
    }

    fn word(&mut self) -> Token {
        let length = count(self.rest(), |b| b.is_ascii_alphanumeric() || b == b'_');
        let word = &self.rest()[..length];
        self.at += length;
        match word {
            "true" => Token::True,
            "false" => Token::False,
            "null" => Token::Null,
            "in" => Token::In,
            _ => Token::Ident,
        }
    }

    fn number(&mut self) -> Token {
        let rest = self.rest();
        let digits = |from: usize| count(&rest[from..], |b| b.is_ascii_digit());
        let hex = match rest.strip_prefix("0x") {
            Some(after) => count(after, |b| b.is_ascii_hexdigit()),
            None => 0,
        };
        let mut token = Token::Int;
        let mut length = if hex > 0 { 2 + hex } else { digits(0) };
        if hex == 0 && rest[length..].starts_with('.') && digits(length + 1) > 0 {
            length += 1 + digits(length + 1);
            token = Token::Double;
        }
        let exponent = exponent(&rest[length..]);
        if hex == 0 && exponent > 0 {
            length += exponent;
            token = Token::Double;
        }
        if token == Token::Int && rest[length..].starts_with(['u', 'U']) {
            length += 1;
            token = Token::Uint;
        }
        self.at += length;
        token
    }

    fn text(&mut self, prefix: Prefix) -> Result<Token, ExprError> {
        let start = self.at;
        let body = &self.rest()[prefix.length..];
        let Some(length) = closed(body, prefix.raw) else {
            self.at = self.source.len();
            let span = start..start + prefix.length + 1;
            let error = ExprError::new(ExprErrorKind::Literal, span, "the text is not closed");
            return Err(error.help("a text ends with the quote that began it, on the same line; one in three quotes may span lines"));
        };
        self.at += prefix.length + length;
        Ok(if prefix.bytes {
            Token::Bytes
        } else {
            Token::Text
        })
    }

    /// A character that begins no token.
    fn stray(&mut self) -> ExprError {
        let start = self.at;
        let found = self.rest().chars().next().unwrap_or_default();
        self.at += found.len_utf8();
        let span = start..self.at;
        if found == '`' {
            return ExprError::not_supported(span, "a name in backquotes");
        }
        let message = format!(
            "expected a part of an expression, found `{}`",
            found.escape_debug()
        );
        let help = advice(found);
        ExprError::new(ExprErrorKind::Syntax, span, message).maybe_help(help)
    }
}

/// What to write instead of a character that people type by mistake.
fn advice(found: char) -> Option<String> {
    let instead = match found {
        '&' => "&&",
        '|' => "||",
        '=' => "==",
        '“' | '”' | '「' | '」' | '＂' => "\"",
        '‘' | '’' | '＇' => "'",
        '\u{3000}' | '\u{a0}' => " ",
        '\u{ff01}'..='\u{ff5e}' => {
            let half = u32::from(found)
                .checked_sub(0xfee0)
                .and_then(char::from_u32);
            return half.map(|half| format!("write the half-width `{half}`"));
        }
        '。' => ".",
        '、' => ",",
        _ => return None,
    };
    Some(format!("write `{instead}`"))
}

/// How many bytes at the start of a text fulfil a condition.
fn count(text: &str, wanted: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| wanted(*byte)).count()
}

/// The length of an exponent at the start of a text, 0 where there is none.
fn exponent(text: &str) -> usize {
    if !text.starts_with(['e', 'E']) {
        return 0;
    }
    let sign = usize::from(text[1..].starts_with(['+', '-']));
    match count(&text[1 + sign..], |b| b.is_ascii_digit()) {
        0 => 0,
        digits => 1 + sign + digits,
    }
}

/// The letters before the opening quote.
pub(super) struct Prefix {
    pub(super) length: usize,
    pub(super) raw: bool,
    bytes: bool,
}

/// The prefix of a text literal, where the source begins with one.
pub(super) fn text_prefix(source: &str) -> Option<Prefix> {
    let bytes = source.starts_with(['b', 'B']);
    let after = &source[usize::from(bytes)..];
    let raw = after.starts_with(['r', 'R']);
    let length = usize::from(bytes) + usize::from(raw);
    source[length..]
        .starts_with(['"', '\''])
        .then_some(Prefix { length, raw, bytes })
}

/// The length of the quoted text at the start of `body`, quotes included, where it is closed.
fn closed(body: &str, raw: bool) -> Option<usize> {
    let quote = quote(body);
    let triple = quote.len() == 3;
    let mut at = quote.len();
    loop {
        let rest = body.get(at..)?;
        if rest.starts_with(quote) {
            return Some(at + quote.len());
        }
        let next = rest.chars().next()?;
        if !triple && matches!(next, '\r' | '\n') {
            return None;
        }
        at += next.len_utf8();
        if next == '\\' && !raw {
            at += body.get(at..)?.chars().next()?.len_utf8();
        }
    }
}

/// The quote that a literal begins with: one or three characters.
pub(super) fn quote(body: &str) -> &str {
    let triple = body.starts_with("\"\"\"") || body.starts_with("'''");
    body.get(..if triple { 3 } else { 1 }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of a source as their texts, with the kind of the first.
    fn cut(source: &str) -> (Token, Vec<&str>) {
        let found = tokens(source);
        let first = found.tokens[0].0;
        let texts = found.tokens.iter().map(|(_, span)| span.of(source));
        (first, texts.collect())
    }

    #[test]
    fn numbers_end_where_cel_ends_them() {
        let table: [(&str, Token, &[&str]); 16] = [
            ("007", Token::Int, &["007", ""]),
            ("0x1F", Token::Int, &["0x1F", ""]),
            ("0X1F", Token::Int, &["0", "X1F", ""]),
            ("0x", Token::Int, &["0", "x", ""]),
            ("1u", Token::Uint, &["1u", ""]),
            ("0xFFu", Token::Uint, &["0xFFu", ""]),
            ("1.5", Token::Double, &["1.5", ""]),
            (".5", Token::Double, &[".5", ""]),
            ("1.", Token::Int, &["1", ".", ""]),
            ("1.a", Token::Int, &["1", ".", "a", ""]),
            ("1e3", Token::Double, &["1e3", ""]),
            ("1E-3", Token::Double, &["1E-3", ""]),
            (".5e+10", Token::Double, &[".5e+10", ""]),
            ("1e", Token::Int, &["1", "e", ""]),
            ("1e+", Token::Int, &["1", "e", "+", ""]),
            ("1in", Token::Int, &["1", "in", ""]),
        ];
        for (source, token, texts) in table {
            assert_eq!(cut(source), (token, texts.to_vec()), "{source}");
        }
    }

    #[test]
    fn texts_end_at_their_own_quote() {
        let table: [(&str, Token, &[&str]); 14] = [
            ("'a' 'b'", Token::Text, &["'a'", "'b'", ""]),
            (r"'a\'b'", Token::Text, &[r"'a\'b'", ""]),
            (r"r'a\' ", Token::Text, &[r"r'a\'", ""]),
            (r#""a'b""#, Token::Text, &[r#""a'b""#, ""]),
            ("'''a'b''c'''", Token::Text, &["'''a'b''c'''", ""]),
            ("'''a\nb'''", Token::Text, &["'''a\nb'''", ""]),
            ("'''''''", Token::Text, &["''''''", "'"]),
            ("''", Token::Text, &["''", ""]),
            ("''''''", Token::Text, &["''''''", ""]),
            ("R\"\"\"\\\"\"\"", Token::Text, &["R\"\"\"\\\"\"\"", ""]),
            ("b'a'", Token::Bytes, &["b'a'", ""]),
            ("Br'a'", Token::Bytes, &["Br'a'", ""]),
            ("rb'a'", Token::Ident, &["rb", "'a'", ""]),
            ("'充值'", Token::Text, &["'充值'", ""]),
        ];
        for (source, token, texts) in table {
            assert_eq!(cut(source), (token, texts.to_vec()), "{source}");
        }
    }

    #[test]
    fn open_texts_and_stray_characters_stop_the_lexer() {
        let table = [
            ("'a", "the text is not closed"),
            ("'a\n'", "the text is not closed"),
            (r"'a\'", "the text is not closed"),
            ("'\\", "the text is not closed"),
            ("r'''a''", "the text is not closed"),
            ("a & b", "found `&`"),
            ("a = b", "found `=`"),
            ("（a", "found `（`"),
            ("a\u{0}", "found `\\0`"),
            ("`a`", "not supported: a name in backquotes"),
        ];
        for (source, message) in table {
            let error = tokens(source).error.expect(source);
            assert!(error.message.contains(message), "{source}: {error}");
            assert!(source.get(error.span.clone()).is_some(), "{source}");
        }
        let help = tokens("a ＝＝ b").error.and_then(|error| error.help);
        assert_eq!(help.as_deref(), Some("write the half-width `=`"));
    }

    #[test]
    fn blanks_and_comments_are_nothing() {
        let source = "\t// why\r\n a\u{c} // end";
        assert_eq!(cut(source), (Token::Ident, vec!["a", ""]));
        assert_eq!(cut(""), (Token::End, vec![""]));
        assert_eq!(cut("//"), (Token::End, vec![""]));
    }
}

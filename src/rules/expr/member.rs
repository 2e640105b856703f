//! The parts of an expression that hold together most tightly: literals, names, calls, lists, and
//! what may follow them. Most of what the subset refuses is recognised here.

use std::sync::Arc;

use super::ast::{Function, NodeId, NodeKind};
use super::error::{ExprError, ExprErrorKind};
use super::lex::{Span, Token};
use super::literal;
use super::parse::{Operand, Parsed, Parser, shortened};

/// Words that CEL keeps for the languages around it.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Methods of CEL that are macros.
const MACROS: [&str; 6] = ["all", "exists", "exists_one", "existsOne", "map", "filter"];

/// Functions of CEL that turn one type into another or tell a type.
const CONVERSIONS: [&str; 8] = [
    "int", "uint", "double", "string", "bytes", "bool", "type", "dyn",
];

impl Parser<'_> {
    /// A primary expression with everything that follows it by `.`, `[` or `{`.
    pub(super) fn member(&mut self) -> Parsed<Operand> {
        let mut target = self.primary()?;
        loop {
            target = match self.peek() {
                Token::Dot => self.after_dot(target)?,
                Token::LeftBracket => self.index(target)?,
                Token::LeftBrace => self.message(target)?,
                _ => return Ok(target),
            };
        }
    }

    /// A method call, or the selection of a field, which only names of facts have.
    fn after_dot(&mut self, target: Operand) -> Parsed<Operand> {
        self.advance();
        if let Some(mark) = self.take(Token::Question) {
            let name = self.expect(Token::Ident, "a name after `.?`")?;
            let error = ExprError::not_supported(mark, "the optional field selection `.?`");
            return self.refuse(error, target.span.to(name), target.first);
        }
        let place = self.expect(Token::Ident, "a name after `.`")?;
        if self.peek() == Token::LeftParen {
            return self.method(target, place);
        }
        let error = ExprError::not_supported(place, "a field of a value")
            .help("only facts have dotted names, such as `order.amount`");
        self.refuse(error, target.span.to(place), target.first)
    }

    fn message(&mut self, target: Operand) -> Parsed<Operand> {
        let span = target.span.to(self.braced()?);
        let error = ExprError::not_supported(span, "a message `{ }`");
        self.refuse(error, span, target.first)
    }

    fn index(&mut self, target: Operand) -> Parsed<Operand> {
        let open = self.advance();
        self.take(Token::Question);
        self.expression()?;
        let close = self.expect(Token::RightBracket, "`]`")?;
        let error = ExprError::not_supported(open.to(close), "an index `[ ]`");
        self.refuse(error, target.span.to(close), target.first)
    }

    /// `{ a: b, … }` of a map or a message, which leaves no node; gives the place of its end.
    fn braced(&mut self) -> Parsed<Span> {
        let length = self.ast.len();
        self.advance();
        while self.peek() != Token::RightBrace {
            self.take(Token::Question);
            self.expression()?;
            self.expect(Token::Colon, "`:` after a key")?;
            self.expression()?;
            self.ast.truncate(length);
            if self.take(Token::Comma).is_none() {
                break;
            }
        }
        self.expect(Token::RightBrace, "`}`")
    }

    /// This is on the stack once for each level of nesting, so every case has its own function.
    fn primary(&mut self) -> Parsed<Operand> {
        match self.peek() {
            Token::Int | Token::Double | Token::Uint => self.number(None),
            Token::Minus if self.number_follows() => self.signed_number(),
            Token::Text => self.text(),
            Token::True => self.leaf(NodeKind::Bool(true)),
            Token::False => self.leaf(NodeKind::Bool(false)),
            Token::Bytes => self.refused_leaf("a bytes literal"),
            Token::Null => self.refused_leaf("`null`"),
            Token::Ident => self.name_or_call(),
            Token::LeftParen => self.group(),
            Token::LeftBracket => self.list(),
            Token::LeftBrace => self.map(),
            Token::Dot => self.rooted_name(),
            _ => Err(self.unexpected("an expression")),
        }
    }

    fn number_follows(&self) -> bool {
        matches!(self.peek_at(1), Token::Int | Token::Double | Token::Uint)
    }

    fn signed_number(&mut self) -> Parsed<Operand> {
        let sign = self.advance();
        self.number(Some(sign))
    }

    fn map(&mut self) -> Parsed<Operand> {
        let (start, first) = (self.place(), self.ast.len());
        let span = start.to(self.braced()?);
        let error = ExprError::not_supported(span, "a map `{ }`");
        self.refuse(error, span, first)
    }

    fn rooted_name(&mut self) -> Parsed<Operand> {
        let dot = self.advance();
        let error = ExprError::not_supported(dot, "a name with a leading dot");
        self.refused.push(error);
        self.name_or_call()
    }

    /// The next token as a node of its own.
    fn leaf(&mut self, kind: NodeKind) -> Parsed<Operand> {
        let (place, first) = (self.advance(), self.ast.len());
        self.add(kind, place, first)
    }

    fn refused_leaf(&mut self, what: &str) -> Parsed<Operand> {
        let (place, first) = (self.advance(), self.ast.len());
        self.refuse(ExprError::not_supported(place, what), place, first)
    }

    fn number(&mut self, sign: Option<Span>) -> Parsed<Operand> {
        let (token, first) = (self.peek(), self.ast.len());
        let place = self.advance();
        let digits = place.of(self.source);
        let negative = sign.is_some();
        let span = sign.unwrap_or(place).to(place);
        let (kind, what) = match token {
            Token::Uint => {
                let error =
                    ExprError::not_supported(span, "an unsigned number").help("leave out the `u`");
                return self.refuse(error, span, first);
            }
            Token::Int => {
                let value = literal::int(digits, negative);
                (value.map(NodeKind::Int), "a whole number of 64 bits")
            }
            _ => {
                let value = literal::double(digits, negative);
                (value.map(NodeKind::Double), "a number of 64 bits")
            }
        };
        let Some(kind) = kind else {
            let found = shortened(span.of(self.source));
            let message = format!("expected {what}, found `{found}`");
            let error = ExprError::new(ExprErrorKind::Literal, span, message);
            return Err(Box::new(error));
        };
        self.add(kind, span, first)
    }

    fn text(&mut self) -> Parsed<Operand> {
        let place = self.place();
        match literal::text(place.of(self.source)) {
            Ok(text) => self.leaf(NodeKind::Text(Arc::from(text))),
            Err(malformed) => {
                let start = place.start as usize;
                let span = start + malformed.at.start..start + malformed.at.end;
                let error = ExprError::new(ExprErrorKind::Literal, span, malformed.message);
                Err(Box::new(error.help("a raw text `r\"…\"` has no escapes")))
            }
        }
    }

    fn group(&mut self) -> Parsed<Operand> {
        let open = self.advance();
        let mut inner = self.expression()?;
        let close = self.expect(Token::RightParen, "`)`")?;
        inner.span = open.to(close);
        Ok(inner)
    }

    fn list(&mut self) -> Parsed<Operand> {
        let first = self.ast.len();
        let open = self.advance();
        let mut items = Vec::new();
        while self.peek() != Token::RightBracket {
            if let Some(mark) = self.take(Token::Question) {
                let error = ExprError::not_supported(mark, "an optional item `[?a]`");
                self.refused.push(error);
            }
            items.push(self.expression()?.id);
            if self.take(Token::Comma).is_none() {
                break;
            }
        }
        let close = self.expect(Token::RightBracket, "`]`")?;
        self.add(NodeKind::List(items), open.to(close), first)
    }

    fn name_or_call(&mut self) -> Parsed<Operand> {
        let first = self.ast.len();
        let start = self.expect(Token::Ident, "a name")?;
        let word = start.of(self.source);
        if self.peek() == Token::LeftParen {
            return self.call(start);
        }
        if RESERVED.contains(&word) {
            let what = format!("the reserved word `{word}` as a name");
            return self.refuse(ExprError::not_supported(start, &what), start, first);
        }
        let mut key = word.to_owned();
        let mut end = start;
        while self.peek() == Token::Dot
            && self.peek_at(1) == Token::Ident
            && self.peek_at(2) != Token::LeftParen
        {
            self.advance();
            end = self.advance();
            key.push('.');
            key.push_str(end.of(self.source));
        }
        self.add(NodeKind::Name(Arc::from(key)), start.to(end), first)
    }

    fn call(&mut self, name: Span) -> Parsed<Operand> {
        let first = self.ast.len();
        let (arguments, close) = self.arguments()?;
        let span = name.to(close);
        let word = name.of(self.source);
        if word == "has" {
            return self.has(&arguments, span, first);
        }
        match Function::find(word) {
            Some(function) if function.is_global() => {
                let kind = NodeKind::Call {
                    function,
                    method: false,
                    arguments,
                };
                self.add(kind, span, first)
            }
            known => {
                let what = if CONVERSIONS.contains(&word) {
                    format!("the conversion `{word}()`")
                } else {
                    format!("the function `{}()`", shortened(word))
                };
                let help = known.map(|_| format!("write it as a method: `x.{word}(y)`"));
                let error = ExprError::not_supported(name, &what).maybe_help(help);
                self.refuse(error, span, first)
            }
        }
    }

    fn has(&mut self, arguments: &[NodeId], span: Span, first: usize) -> Parsed<Operand> {
        if let [only] = arguments
            && let NodeKind::Name(key) = &self.ast.node(*only).kind
        {
            let kind = NodeKind::Has(Arc::clone(key));
            self.ast.truncate(first);
            return self.add(kind, span, first);
        }
        let error = ExprError::new(
            ExprErrorKind::Arguments,
            span,
            "expected the name of a fact in `has()`, found something else",
        );
        self.refuse(error.help("write `has(order.amount)`"), span, first)
    }

    fn method(&mut self, target: Operand, name: Span) -> Parsed<Operand> {
        let (rest, close) = self.arguments()?;
        let span = target.span.to(close);
        let word = name.of(self.source);
        match Function::find(word) {
            Some(function) if function.is_method() => {
                let mut arguments = vec![target.id];
                arguments.extend(rest);
                let kind = NodeKind::Call {
                    function,
                    method: true,
                    arguments,
                };
                self.add(kind, span, target.first)
            }
            known => {
                let what = if MACROS.contains(&word) {
                    format!("the macro `{word}()`")
                } else {
                    format!("the method `{}()`", shortened(word))
                };
                let help = known.map(|_| format!("write it as a function: `{word}(\"…\")`"));
                let error = ExprError::not_supported(name, &what).maybe_help(help);
                self.refuse(error, span, target.first)
            }
        }
    }

    /// `(a, b)` of a call.
    fn arguments(&mut self) -> Parsed<(Vec<NodeId>, Span)> {
        self.advance();
        let mut arguments = Vec::new();
        if let Some(close) = self.take(Token::RightParen) {
            return Ok((arguments, close));
        }
        loop {
            arguments.push(self.expression()?.id);
            if self.take(Token::Comma).is_none() {
                break;
            }
        }
        let close = self.expect(Token::RightParen, "`)`")?;
        Ok((arguments, close))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;

    /// Every complaint about a source.
    fn refusals(source: &str) -> Vec<String> {
        let errors = parse(source).expect_err(source);
        errors.into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn cel_outside_the_subset_is_refused_by_name() {
        let table = [
            ("a / 2", "division `/`"),
            ("a % 2", "modulo `%`"),
            ("a[0]", "an index `[ ]`"),
            ("a[?0]", "an index `[ ]`"),
            ("[1][0]", "an index `[ ]`"),
            ("{'a': 1, 'b': c}", "a map `{ }`"),
            ("{}", "a map `{ }`"),
            ("{?'a': b,}", "a map `{ }`"),
            ("a.B{c: 1}", "a message `{ }`"),
            ("1u", "an unsigned number"),
            ("-0xFFu", "an unsigned number"),
            ("b'a'", "a bytes literal"),
            ("null", "`null`"),
            ("int(a)", "the conversion `int()`"),
            ("uint(a)", "the conversion `uint()`"),
            ("double(a)", "the conversion `double()`"),
            ("string(a)", "the conversion `string()`"),
            ("bytes(a)", "the conversion `bytes()`"),
            ("bool(a)", "the conversion `bool()`"),
            ("type(a)", "the conversion `type()`"),
            ("dyn(a)", "the conversion `dyn()`"),
            ("a.all(x, x > 0)", "the macro `all()`"),
            ("a.exists(x, x > 0)", "the macro `exists()`"),
            ("a.exists_one(x, x > 0)", "the macro `exists_one()`"),
            ("a.map(x, x + 1)", "the macro `map()`"),
            ("a.filter(x, x > 0)", "the macro `filter()`"),
            ("a.getFullYear()", "the method `getFullYear()`"),
            ("a.getHours('UTC')", "the method `getHours()`"),
            ("a.timestamp()", "the method `timestamp()`"),
            ("startsWith(a, 'b')", "the function `startsWith()`"),
            ("foo()", "the function `foo()`"),
            ("a.?b", "the optional field selection `.?`"),
            ("[?a]", "an optional item `[?a]`"),
            ("for", "the reserved word `for` as a name"),
            (".a.b", "a name with a leading dot"),
            ("'a'.b", "a field of a value"),
            ("`a`", "a name in backquotes"),
        ];
        for (source, what) in table {
            let message = format!("not supported: {what}");
            assert_eq!(refusals(source), [message], "{source}");
        }
    }

    #[test]
    fn refusals_do_not_hide_each_other() {
        let found = refusals("a / 2 > b % 3 && {1: 2}[1].map(x, x / 2) == int(null)");
        assert_eq!(found.len(), 8, "{found:#?}");
    }

    #[test]
    fn has_takes_a_fact() {
        for source in ["has(1)", "has()", "has(a.b, c)", "has(a.b + 1)", "has('a')"] {
            let found = refusals(source);
            assert!(found[0].contains("expected the name of a fact"), "{source}");
        }
        assert!(parse("has(a.b)").is_ok());
    }
}

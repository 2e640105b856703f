//! Tokens in, syntax tree out, by operator precedence. Stops at the first syntax error.
//!
//! CEL outside the subset is read too, so that it can be refused by name; each refusal leaves a
//! [`NodeKind::Refused`] behind and reading goes on.

use super::ast::{Ast, BinaryOp, Binding, NodeId, NodeKind};
use super::error::{ExprError, ExprErrorKind};
use super::lex::{Span, Token, Tokens, tokens};
use super::limits::{MAX_DEPTH, MAX_NODES, MAX_SOURCE};

/// Errors are rare and large, results frequent and small.
pub(super) type Parsed<T> = Result<T, Box<ExprError>>;

/// Reads an expression.
///
/// # Errors
/// The first syntax error alone, or else everything in it that the subset leaves out.
pub fn parse(source: &str) -> Result<Ast, Vec<ExprError>> {
    let (ast, refused) = parse_all(source).map_err(|error| vec![*error])?;
    if refused.is_empty() {
        Ok(ast)
    } else {
        Err(refused)
    }
}

/// Reads an expression; gives the tree, and what was refused in it.
pub(super) fn parse_all(source: &str) -> Parsed<(Ast, Vec<ExprError>)> {
    if source.len() > MAX_SOURCE {
        let span = 0..source.len();
        return Err(Box::new(ExprError::limit(ExprErrorKind::TooLong, span)));
    }
    let mut parser = Parser {
        source,
        tokens: tokens(source),
        at: 0,
        ast: Ast::default(),
        depth: 0,
        refused: Vec::new(),
    };
    parser.expression()?;
    match parser.peek() {
        Token::End => Ok((parser.ast, parser.refused)),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

/// A part of the tree that was just read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operand {
    pub(super) id: NodeId,
    /// Its place, with any parentheses around it.
    pub(super) span: Span,
    /// How many nodes there were before it.
    pub(super) first: usize,
}

pub(super) struct Parser<'s> {
    pub(super) source: &'s str,
    tokens: Tokens,
    at: usize,
    pub(super) ast: Ast,
    depth: usize,
    pub(super) refused: Vec<ExprError>,
}

impl Parser<'_> {
    /// `Expr`: a condition with its branches, or what binds tighter.
    pub(super) fn expression(&mut self) -> Parsed<Operand> {
        self.enter()?;
        let mut result = self.binary(Binding::Or)?;
        if self.take(Token::Question).is_some() {
            result = self.branches(result)?;
        }
        self.leave();
        Ok(result)
    }

    fn branches(&mut self, condition: Operand) -> Parsed<Operand> {
        let yes = self.binary(Binding::Or)?;
        self.expect(Token::Colon, "`:` and the other branch of `? :`")?;
        let no = self.expression()?;
        let kind = NodeKind::Conditional(condition.id, yes.id, no.id);
        self.add(kind, condition.span.to(no.span), condition.first)
    }

    /// Operands joined by operators that bind at least as tightly as `least`.
    fn binary(&mut self, least: Binding) -> Parsed<Operand> {
        let mut left = self.unary()?;
        while let Some((binding, operator)) = infix(self.peek()) {
            if binding < least {
                break;
            }
            let sign = self.advance();
            let right = self.binary(binding.tighter())?;
            left = self.joined(left, operator, sign, right)?;
        }
        Ok(left)
    }

    fn joined(
        &mut self,
        left: Operand,
        operator: Option<BinaryOp>,
        sign: Span,
        right: Operand,
    ) -> Parsed<Operand> {
        let span = left.span.to(right.span);
        match operator {
            Some(op) => self.add(NodeKind::Binary(op, left.id, right.id), span, left.first),
            None => self.division(sign, span, left.first),
        }
    }

    fn division(&mut self, sign: Span, span: Span, first: usize) -> Parsed<Operand> {
        let symbol = sign.of(self.source);
        let what = if symbol == "/" { "division" } else { "modulo" };
        let error = ExprError::not_supported(sign, &format!("{what} `{symbol}`"));
        self.refuse(error, span, first)
    }

    /// A member, or one with signs before it.
    fn unary(&mut self) -> Parsed<Operand> {
        if self.is_sign() {
            self.signed()
        } else {
            self.member()
        }
    }

    /// `!` or `-` any number of times before a member. CEL does not mix the two.
    fn signed(&mut self) -> Parsed<Operand> {
        let first = self.ast.len();
        let sign = self.peek();
        let mut places = Vec::new();
        while self.peek() == sign && self.is_sign() {
            self.enter()?;
            places.push(self.advance());
        }
        let mut operand = self.member()?;
        while let Some(place) = places.pop() {
            let kind = match sign {
                Token::Bang => NodeKind::Not(operand.id),
                _ => NodeKind::Negate(operand.id),
            };
            operand = self.add(kind, place.to(operand.span), first)?;
            self.leave();
        }
        Ok(operand)
    }

    /// Whether an operator of one operand comes next; a minus right before a number is a part of
    /// the number, so that the smallest whole number can be written.
    fn is_sign(&self) -> bool {
        match self.peek() {
            Token::Bang => true,
            Token::Minus => !matches!(self.peek_at(1), Token::Int | Token::Double | Token::Uint),
            _ => false,
        }
    }
}

/// The operator that a token is, and how tightly it binds; no operator where it is refused.
fn infix(token: Token) -> Option<(Binding, Option<BinaryOp>)> {
    let operator = match token {
        Token::OrOr => BinaryOp::Or,
        Token::AndAnd => BinaryOp::And,
        Token::Equal => BinaryOp::Equal,
        Token::NotEqual => BinaryOp::NotEqual,
        Token::Less => BinaryOp::Less,
        Token::LessEqual => BinaryOp::LessEqual,
        Token::Greater => BinaryOp::Greater,
        Token::GreaterEqual => BinaryOp::GreaterEqual,
        Token::In => BinaryOp::In,
        Token::Plus => BinaryOp::Add,
        Token::Minus => BinaryOp::Subtract,
        Token::Star => BinaryOp::Multiply,
        Token::Slash | Token::Percent => return Some((Binding::Product, None)),
        _ => return None,
    };
    Some((operator.binding(), Some(operator)))
}

/// Moving through the tokens.
impl Parser<'_> {
    pub(super) fn peek(&self) -> Token {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Token {
        let token = self.tokens.tokens.get(self.at + ahead);
        token.map_or(Token::End, |(token, _)| *token)
    }

    /// The place of the next token.
    pub(super) fn place(&self) -> Span {
        let token = self.tokens.tokens.get(self.at);
        token.map_or_else(Span::default, |(_, span)| *span)
    }

    /// Goes past the next token; gives its place.
    pub(super) fn advance(&mut self) -> Span {
        let place = self.place();
        self.at += 1;
        place
    }

    /// Goes past the next token if it is this one.
    pub(super) fn take(&mut self, token: Token) -> Option<Span> {
        (self.peek() == token).then(|| self.advance())
    }

    pub(super) fn expect(&mut self, token: Token, what: &str) -> Parsed<Span> {
        self.take(token).ok_or_else(|| self.unexpected(what))
    }

    /// The complaint about the next token.
    pub(super) fn unexpected(&self, wanted: &str) -> Box<ExprError> {
        if self.peek() == Token::Bad
            && let Some(error) = &self.tokens.error
        {
            return Box::new(error.clone());
        }
        let place = self.place();
        let text = place.of(self.source);
        let found = match self.peek() {
            Token::End => String::from("the end"),
            _ => format!("`{}`", shortened(text)),
        };
        let message = format!("expected {wanted}, found {found}");
        let error = ExprError::new(ExprErrorKind::Syntax, place, message);
        let help = match text.to_ascii_lowercase().as_str() {
            "and" => Some("write `&&`"),
            "or" => Some("write `||`"),
            "not" => Some("write `!`"),
            _ => None,
        };
        Box::new(error.maybe_help(help.map(str::to_owned)))
    }
}

/// Building the tree within the limits.
impl Parser<'_> {
    pub(super) fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let error = ExprError::limit(ExprErrorKind::TooDeep, self.place());
            return Err(Box::new(error));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn add(&mut self, kind: NodeKind, span: Span, first: usize) -> Parsed<Operand> {
        if self.ast.len() >= MAX_NODES {
            let error = ExprError::limit(ExprErrorKind::TooLarge, span);
            return Err(Box::new(error));
        }
        let id = self.ast.push(kind, span);
        Ok(Operand { id, span, first })
    }

    /// Replaces everything since `first` by a node that stands for something refused.
    pub(super) fn refuse(&mut self, error: ExprError, span: Span, first: usize) -> Parsed<Operand> {
        self.refused.push(error);
        self.ast.truncate(first);
        self.add(NodeKind::Refused, span, first)
    }
}

/// The beginning of a text that may be long, for a message.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        return text.escape_debug().to_string();
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{}…", start.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree written with all its parentheses.
    fn grouped(source: &str) -> String {
        let ast = parse(source).unwrap_or_else(|errors| panic!("{source}: {errors:?}"));
        let mut texts: Vec<String> = Vec::new();
        for node in ast.nodes() {
            let text = match &node.kind {
                NodeKind::Binary(op, left, right) => {
                    let (left, right) = (&texts[left.index()], &texts[right.index()]);
                    format!("({left} {} {right})", op.symbol())
                }
                NodeKind::Conditional(a, b, c) => {
                    let [a, b, c] = [a, b, c].map(|id| &texts[id.index()]);
                    format!("({a} ? {b} : {c})")
                }
                NodeKind::Not(only) => format!("(!{})", texts[only.index()]),
                NodeKind::Negate(only) => format!("(-{})", texts[only.index()]),
                _ => node.span.of(source).to_owned(),
            };
            texts.push(text);
        }
        texts.pop().unwrap_or_default()
    }

    #[test]
    fn operators_group_as_in_cel() {
        let table = [
            (
                "a || b && c == d + e * f",
                "(a || (b && (c == (d + (e * f)))))",
            ),
            (
                "a * b + c < d && e || f",
                "(((((a * b) + c) < d) && e) || f)",
            ),
            ("a - b - c", "((a - b) - c)"),
            ("a < b == c in d", "(((a < b) == c) in d)"),
            ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
            ("a ? b || c : d", "(a ? (b || c) : d)"),
            ("!!a && b", "((!(!a)) && b)"),
            ("--a - -b", "((-(-a)) - (-b))"),
            ("- 5 - -5", "(- 5 - -5)"),
            ("a -5", "(a - 5)"),
            ("-(5)", "(-5)"),
            ("!a.b", "(!a.b)"),
        ];
        for (source, tree) in table {
            assert_eq!(grouped(source), tree, "{source}");
        }
    }

    #[test]
    fn trees_are_written_with_the_fewest_parentheses() {
        let table = [
            ("((a)) || ((b && c))", "a || b && c"),
            ("(a || b) && c", "(a || b) && c"),
            ("a - (b - c)", "a - (b - c)"),
            ("(a - b) - c", "a - b - c"),
            (
                "(a ? b : c) ? (d ? e : f) : (g ? h : i)",
                "(a ? b : c) ? (d ? e : f) : g ? h : i",
            ),
            ("!(a) == !(!(b))", "!a == !!b"),
            ("-(5) + -(a) + --5", "-(5) + -a + --5"),
            ("!(-a) == true", "!(-a) == true"),
            ("('a' + b).size( )", "(\"a\" + b).size()"),
            ("size ( [ 1 , [ ] , ] )", "size([1, []])"),
            ("has( a . b )", "has(a.b)"),
            ("matches(a, r'\\d')", "matches(a, \"\\\\d\")"),
            ("0x10 + 1e3", "16 + 1000.0"),
            ("(-5).size() + -5.size()", "-5.size() + -5.size()"),
        ];
        for (source, text) in table {
            let ast = parse(source).unwrap_or_else(|errors| panic!("{source}: {errors:?}"));
            assert_eq!(ast.to_string(), text, "{source}");
            assert_eq!(parse(text), Ok(ast), "{source}");
        }
    }

    #[test]
    fn the_first_syntax_error_is_reported_alone() {
        let table = [
            ("", 0, "expected an expression, found the end"),
            ("a b c", 2, "expected an operator or the end, found `b`"),
            ("a and b", 2, "expected an operator or the end, found `and`"),
            ("(a", 2, "expected `)`, found the end"),
            (
                "a ? b",
                5,
                "expected `:` and the other branch of `? :`, found the end",
            ),
            (
                "a ? b ? c : d : e",
                6,
                "expected `:` and the other branch of `? :`, found `?`",
            ),
            ("!-a", 1, "expected an expression, found `-`"),
            ("a.", 2, "expected a name after `.`, found the end"),
            ("[1, 2", 5, "expected `]`, found the end"),
            ("size(a,)", 7, "expected an expression, found `)`"),
            ("a b 'open", 2, "expected an operator or the end, found `b`"),
            ("a + 'open", 4, "the text is not closed"),
            ("'\\q'", 1, "expected an escape of CEL, found `\\q`"),
            (
                "9223372036854775808",
                0,
                "expected a whole number of 64 bits, found `9223372036854775808`",
            ),
            ("1e999", 0, "expected a number of 64 bits, found `1e999`"),
        ];
        for (source, start, message) in table {
            let errors = parse(source).expect_err(source);
            let found = errors
                .first()
                .map(|error| (error.span.start, error.message.as_str()));
            assert_eq!(found, Some((start, message)), "{source}");
            assert_eq!(errors.len(), 1, "{source}");
        }
    }
}

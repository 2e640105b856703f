//! A small catalogue, cases over it, and random expressions that use it.

use std::sync::Arc;

use proptest::prelude::*;
use recharge_doctor::facts::{FactKey, FactType, FactValue, Table, TableBuilder};
use recharge_doctor::rules::expr::{
    FactInfo, Names, Outcome, Program, Scope, Value, compile as compile_in,
};

/// What kind of expression is wanted, or a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Int,
    Double,
    Text,
    Timestamp,
    Duration,
    Texts,
    Ints,
    Mixed,
}

impl Kind {
    /// Every kind, those that have an order first.
    const ALL: [Self; 9] = [
        Self::Bool,
        Self::Int,
        Self::Double,
        Self::Text,
        Self::Timestamp,
        Self::Duration,
        Self::Texts,
        Self::Ints,
        Self::Mixed,
    ];
}

/// Every fact of the test catalogue; the position is the key.
pub(crate) const FACTS: [(&str, FactType); 15] = [
    ("b.p", FactType::Bool),
    ("b.q", FactType::Bool),
    ("i.a", FactType::Int),
    ("i.b", FactType::Int),
    ("m.fen", FactType::Money),
    ("n.x", FactType::Number),
    ("n.y", FactType::Number),
    ("t.at", FactType::Time),
    ("t.to", FactType::Time),
    ("s.a", FactType::Text),
    ("s.b", FactType::Text),
    ("e.channel", FactType::Enum),
    ("l.tags", FactType::List),
    ("text", FactType::Text),
    ("e.word", FactType::Enum),
];

/// The words of `e.channel`.
const CHANNELS: [&str; 3] = ["alipay", "wechat", "bank-card"];

/// The words of `e.word`: every text that random expressions compare it with.
const WORDS: [&str; 5] = ["", "a", "ab", "充", "A"];

pub(crate) struct Catalogue;

impl Names for Catalogue {
    fn fact(&self, key: &str) -> Option<FactInfo<'_>> {
        let position = FACTS.iter().position(|(name, _)| *name == key)?;
        let kind = FACTS[position].1;
        let words = match key {
            "e.channel" => CHANNELS.to_vec(),
            "e.word" => WORDS.to_vec(),
            _ => Vec::new(),
        };
        Some(FactInfo {
            key: key_at(position),
            kind,
            words,
        })
    }

    fn keys(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(FACTS.iter().map(|(name, _)| *name))
    }
}

pub(crate) fn key_at(position: usize) -> FactKey {
    FactKey::new(u16::try_from(position).expect("few facts"))
}

/// The name of a fact.
pub(crate) fn name_of(key: FactKey) -> &'static str {
    FACTS[key.index()].0
}

pub(crate) fn compile(source: &str) -> Program {
    compile_in(source, &Scope::new(&Catalogue))
        .unwrap_or_else(|errors| panic!("{source}\n{errors:#?}"))
}

/// What is wrong with a source: each message, with its help after a bar.
pub(crate) fn mistakes(source: &str) -> Vec<String> {
    match compile_in(source, &Scope::new(&Catalogue)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors
            .into_iter()
            .map(|error| match error.help {
                Some(help) => format!("{} | {help}", error.message),
                None => error.message,
            })
            .collect(),
    }
}

/// The facts of one case; none where unknown.
pub(crate) type Row = Vec<Option<FactValue>>;

pub(crate) fn table(rows: &[Row]) -> Table {
    let mut builder = TableBuilder::new(FACTS.map(|(_, kind)| kind));
    for row in rows {
        builder.begin();
        for (position, value) in row.iter().enumerate() {
            if let Some(value) = value {
                builder.set(key_at(position), value);
            }
        }
    }
    builder.finish()
}

/// A case in which nothing is known but what is given.
pub(crate) fn row(given: &[(&str, FactValue)]) -> Row {
    let mut row = vec![None; FACTS.len()];
    for (name, value) in given {
        let position = FACTS.iter().position(|(known, _)| known == name);
        row[position.expect("a fact of the test catalogue")] = Some(value.clone());
    }
    row
}

/// What an expression gives for one case: the value as JSON, `unknown`, or `error: …`.
pub(crate) fn shown(source: &str, row: Row) -> String {
    match compile(source).eval_value(&table(&[row]), 0) {
        Ok(Outcome::Known(value)) => value.to_string(),
        Ok(Outcome::Unknown) => String::from("unknown"),
        Err(error) => format!("error: {error}"),
    }
}

/// What an expression gives without any fact.
pub(crate) fn constant(source: &str) -> String {
    shown(source, row(&[]))
}

/// Whether two values are the same, NaN included.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Double(a), Value::Double(b)) => a == b || a.is_nan() && b.is_nan(),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (a, b) => a == b,
    }
}

/// A value that a fact can have.
pub(crate) fn fact_value(kind: FactType) -> BoxedStrategy<FactValue> {
    match kind {
        FactType::Bool => any::<bool>().prop_map(FactValue::Bool).boxed(),
        FactType::Int => int().prop_map(FactValue::Int).boxed(),
        FactType::Money => int()
            .prop_map(|fen| FactValue::Money(recharge_doctor::facts::Fen(fen)))
            .boxed(),
        FactType::Number => prop::sample::select(vec![0.0, -0.0, 1.0, 1.5, -2.5, 1e308])
            .prop_map(FactValue::Number)
            .boxed(),
        FactType::Time => prop::sample::select(vec![
            "2026-11-20T23:58:00Z",
            "2026-11-20T23:58:00.001Z",
            "2026-11-21T07:58:00+08:00",
            "1999-01-01T00:00:00Z",
        ])
        .prop_map(|at| FactValue::Time(at.parse().expect("a time")))
        .boxed(),
        FactType::Text => word().prop_map(|word| FactValue::text(&word)).boxed(),
        FactType::Enum => prop::sample::select(WORDS.to_vec())
            .prop_map(FactValue::text)
            .boxed(),
        FactType::List => prop::collection::vec(word(), 0..3)
            .prop_map(|items| {
                FactValue::List(items.iter().map(|it| Arc::from(it.as_str())).collect())
            })
            .boxed(),
    }
}

/// A case of which everything is known.
pub(crate) fn full_row() -> BoxedStrategy<Row> {
    let cells: Vec<BoxedStrategy<Option<FactValue>>> = FACTS
        .iter()
        .map(|(_, kind)| fact_value(*kind).prop_map(Some).boxed())
        .collect();
    cells.boxed()
}

/// A case of which each fact is known with this probability.
pub(crate) fn any_row(known: f64) -> BoxedStrategy<Row> {
    let cells: Vec<BoxedStrategy<Option<FactValue>>> = FACTS
        .iter()
        .map(|(_, kind)| prop::option::weighted(known, fact_value(*kind)).boxed())
        .collect();
    cells.boxed()
}

fn int() -> BoxedStrategy<i64> {
    prop_oneof![
        4 => -3_i64..4,
        1 => prop::sample::select(vec![i64::MAX, i64::MIN, 1 << 53]),
    ]
    .boxed()
}

/// Few and short words, so that they are often equal or parts of each other.
fn word() -> BoxedStrategy<String> {
    prop::sample::select(vec!["", "a", "b", "ab", "ba", "充值", "充", "A", "alipay"])
        .prop_map(str::to_owned)
        .boxed()
}

/// The source of a random expression without mistakes, with so many levels at most. Every part
/// stands in parentheses.
pub(crate) fn expression(kind: Kind, depth: u32) -> BoxedStrategy<String> {
    let mut parts = Parts(Kind::ALL.map(|kind| simple(kind).boxed()).to_vec());
    for _ in 0..depth {
        parts = Parts(Kind::ALL.map(|kind| parts.grown(kind)).to_vec());
    }
    parts.of(kind)
}

/// A literal or a fact.
fn simple(kind: Kind) -> impl Strategy<Value = String> {
    let sources: &[&str] = match kind {
        Kind::Bool => &[
            "b.p", "b.q", "b.p", "b.q", "true", "false", "has(s.a)", "has(b.p)",
        ],
        Kind::Int => &[
            "i.a",
            "i.b",
            "m.fen",
            "0",
            "1",
            "-1",
            "0x2",
            "9223372036854775807",
        ],
        Kind::Double => &["n.x", "n.y", "0.0", "1.5", "-2.5", "1e308"],
        Kind::Text => &[
            "s.a",
            "s.b",
            "e.word",
            "''",
            "'a'",
            "\"ab\"",
            "r'充'",
            "'\\u0041'",
        ],
        Kind::Timestamp => &["t.at", "t.to", "timestamp('2026-11-20T23:58:00.001Z')"],
        Kind::Duration => &["duration('1ms')", "duration('-1.5h')", "duration('0')"],
        Kind::Texts => &["l.tags", "['a', 'ab']", "['']", "['a', s.b]"],
        Kind::Ints => &["[1, 2]", "[i.a, -1]", "[i.a, i.b, 1]"],
        Kind::Mixed => &[
            "[1, 'a']",
            "[1.0, 1]",
            "[s.a, 1.5, true]",
            "[i.a, 'a', [1]]",
        ],
    };
    prop::sample::select(sources).prop_map(str::to_owned)
}

/// Expressions of one depth, by kind; they are shared, so that deeper ones stay small.
struct Parts(Vec<BoxedStrategy<String>>);

impl Parts {
    fn of(&self, kind: Kind) -> BoxedStrategy<String> {
        let at = Kind::ALL.iter().position(|known| *known == kind);
        self.0[at.expect("every kind")].clone()
    }

    fn part(&self, kind: Kind) -> impl Strategy<Value = String> + use<> {
        self.of(kind).prop_map(|source| format!("({source})"))
    }

    fn infix(&self, left: Kind, operators: &[&'static str], right: Kind) -> BoxedStrategy<String> {
        let operators = prop::sample::select(operators.to_vec());
        (self.part(left), operators, self.part(right))
            .prop_map(|(left, operator, right)| format!("{left} {operator} {right}"))
            .boxed()
    }

    fn prefix(&self, sign: &'static str, kind: Kind) -> BoxedStrategy<String> {
        self.part(kind)
            .prop_map(move |only| format!("{sign}{only}"))
            .boxed()
    }

    /// Expressions that are one level deeper.
    fn grown(&self, kind: Kind) -> BoxedStrategy<String> {
        let branches = (self.part(Kind::Bool), self.part(kind), self.part(kind))
            .prop_map(|(condition, yes, no)| format!("{condition} ? {yes} : {no}"));
        prop_oneof![2 => simple(kind), 8 => self.operators(kind), 1 => branches].boxed()
    }

    fn operators(&self, kind: Kind) -> BoxedStrategy<String> {
        use Kind::{Double, Duration, Int, Ints, Mixed, Text, Texts, Timestamp};
        let forms = match kind {
            Kind::Bool => return prop_oneof![5 => self.logic(), 7 => self.tests()].boxed(),
            Int => vec![
                self.infix(Int, &["+", "-", "*"], Int),
                self.prefix("-", Int),
                self.prefix("size", Text),
                self.prefix("size", Texts),
            ],
            Double => vec![
                self.infix(Double, &["+", "-", "*"], Double),
                self.prefix("-", Double),
            ],
            Text => vec![self.infix(Text, &["+"], Text)],
            Timestamp => vec![
                self.infix(Timestamp, &["+", "-"], Duration),
                self.infix(Duration, &["+"], Timestamp),
            ],
            Duration => vec![
                self.infix(Timestamp, &["-"], Timestamp),
                self.infix(Duration, &["+", "-"], Duration),
            ],
            Texts => vec![self.infix(Texts, &["+"], Texts)],
            Ints => vec![self.infix(Ints, &["+"], Ints)],
            Mixed => vec![self.infix(Mixed, &["+"], Ints)],
        };
        prop::strategy::Union::new(forms).boxed()
    }

    fn logic(&self) -> BoxedStrategy<String> {
        prop_oneof![
            4 => self.infix(Kind::Bool, &["&&", "||"], Kind::Bool),
            1 => self.prefix("!", Kind::Bool),
        ]
        .boxed()
    }

    /// Comparisons, memberships and methods.
    fn tests(&self) -> BoxedStrategy<String> {
        use Kind::{Double, Int, Ints, Mixed, Text, Texts};
        let operators = ["==", "!=", "<", "<=", ">", ">="];
        let ordered = Kind::ALL[..6]
            .iter()
            .map(|kind| self.infix(*kind, &operators, *kind));
        let ordered = prop::strategy::Union::new(ordered);
        let method = prop::sample::select(vec!["startsWith", "endsWith", "contains"]);
        let methods = (self.part(Text), method, self.part(Text))
            .prop_map(|(text, method, other)| format!("{text}.{method}({other})"));
        let pattern = prop::sample::select(vec!["'a+'", "r'^\\w$'", "'' + 'b$'", "'(?i)A'"]);
        let matches = (self.part(Text), pattern)
            .prop_map(|(text, pattern)| format!("{text}.matches({pattern})"));
        prop_oneof![
            6 => ordered,
            1 => self.infix(Texts, &["==", "!="], Texts),
            1 => self.infix(Mixed, &["==", "!="], Ints),
            1 => self.infix(Text, &["in"], Texts),
            1 => self.infix(Int, &["in"], Ints),
            1 => self.infix(Int, &["in"], Mixed),
            1 => self.infix(Double, &["in"], Mixed),
            1 => self.infix(Text, &["in"], Mixed),
            1 => methods,
            1 => matches,
        ]
        .boxed()
    }
}

//! Sources that were made to break a reader. Tests run on a thread of 2 MiB, in debug builds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use recharge_doctor::facts::FactValue;
use recharge_doctor::rules::expr::{
    ExprErrorKind, MAX_DEPTH, MAX_ERRORS, MAX_NODES, MAX_SOURCE, Outcome, Scope,
    compile as compile_in, parse,
};

use super::support::{Catalogue, compile, constant, row, shown, table};

/// Half of the 2 MiB that the limits promise to leave alone.
const STACK: usize = 1024 * 1024;

/// Runs a test with half the stack of a test thread.
fn on_half_a_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(test);
    thread.expect("a thread").join().expect("no panic");
}

fn kinds(source: &str) -> Vec<ExprErrorKind> {
    match compile_in(source, &Scope::new(&Catalogue)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.kind).collect(),
    }
}

#[test]
fn sources_have_a_longest_length() {
    let longest = format!("{}true", " ".repeat(MAX_SOURCE - 4));
    assert_eq!(constant(&longest), "true");
    assert_eq!(kinds(&format!(" {longest}")), [ExprErrorKind::TooLong]);
}

#[test]
fn nesting_ends_at_the_limit() {
    on_half_a_stack(|| {
        // One level is the expression itself.
        let most = MAX_DEPTH - 1;
        let forms: [(&str, &str, &str, &str); 9] = [
            ("(", "7", ")", "7"),
            ("[", "0", "]", ""),
            ("!", "true", "", ""),
            ("-", "b.p", "", ""),
            ("size([", "1", "])", ""),
            ("true ? 1 : ", "2", "", "1"),
            ("(false || true && 1 == 2 + 3 * ", "4", ")", ""),
            ("(true ? 1 : ", "2", ")", ""),
            ("{1: ", "2", "}", ""),
        ];
        for (open, middle, close, value) in forms {
            let nested =
                |depth: usize| format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            let levels = open.matches(['(', '[', '!', '-', '?', '{']).count();
            let deepest = most / levels;
            assert!(
                !kinds(&nested(deepest)).contains(&ExprErrorKind::TooDeep),
                "{open}"
            );
            let deeper = kinds(&nested(deepest + 1));
            assert_eq!(deeper, [ExprErrorKind::TooDeep], "{open}");
            if !value.is_empty() {
                assert_eq!(constant(&nested(deepest)), value, "{open}");
            }
        }
    });
}

#[test]
fn what_cel_asks_for_is_supported() {
    let most = 32;
    let repeated = |part: &str, between: &str| vec![part; most].join(between);
    let table = [
        (format!("{}7{}", "(".repeat(most), ")".repeat(most)), "7"),
        (format!("{}true", "!".repeat(most)), "true"),
        (format!("{}19", "-".repeat(most)), "19"),
        (
            format!("size({}0{})", "[".repeat(most), "]".repeat(most)),
            "1",
        ),
        (format!("{} || true", repeated("false", " || ")), "true"),
        (format!("{} && false", repeated("true", " && ")), "false"),
        (repeated("true", " == "), "true"),
        (repeated("3", " - 3 + "), "3"),
        (repeated("1", " * "), "1"),
        (format!("{}: false", repeated("true ? true ", ": ")), "true"),
        (format!("size([{}])", repeated("1", ", ")), "32"),
        (
            format!("!has(b.p) && 'a'.contains({})", repeated("'a'", " + ")),
            "false",
        ),
    ];
    for (source, value) in table {
        assert_eq!(constant(&source), value, "{source}");
    }
}

#[test]
fn floods_of_one_character_are_refused() {
    on_half_a_stack(|| {
        for flood in [
            "(", "!", "-", "[", "{", ".", "?", "\\", "'", "\"", "b'", "a.", "a(", "/*", "0x", "充",
        ] {
            let source = flood.repeat(MAX_SOURCE / flood.len());
            assert_eq!(kinds(&source).len(), 1, "{flood}");
        }
    });
}

/// `count` parts joined to one expression.
fn chain(part: &str, operator: &str, count: usize) -> String {
    vec![part; count].join(operator)
}

#[test]
fn chains_may_be_as_long_as_the_limit_of_nodes() {
    on_half_a_stack(|| {
        let most = MAX_NODES / 2;
        let given = row(&[
            ("b.p", FactValue::Bool(false)),
            ("b.q", FactValue::Bool(true)),
            ("i.a", FactValue::Int(1)),
            ("n.x", FactValue::Number(1.0)),
            ("s.a", FactValue::text("a")),
            ("l.tags", FactValue::list(["a"])),
        ]);
        let table = [
            (chain("b.p", "||", most), "false"),
            (chain("b.q", "&&", most), "true"),
            (chain("b.q", "==", most), "true"),
            (chain("i.a", "+", most), "5000"),
            (chain("n.x", "*", most), "1.0"),
            (format!("size({})", chain("s.a", "+", most - 1)), "4999"),
            (format!("size({})", chain("l.tags", "+", 500)), "500"),
            (
                format!("1 in [{}]", chain("i.a", ",", MAX_NODES - 3)),
                "true",
            ),
            (
                format!("size([{}])", chain("1", ",", MAX_NODES - 2)),
                "9998",
            ),
            (format!("size({})", chain("'a'", "+", most - 1)), "4999"),
            (
                format!("size({})", chain("[1]", "+", MAX_NODES / 3 - 1)),
                "3332",
            ),
        ];
        for (source, value) in table {
            let start = &source[..20];
            assert_eq!(shown(&source, given.clone()), value, "{start}");
            let tree = parse(&source).expect(start);
            assert_eq!(parse(&tree.to_string()), Ok(tree), "{start}");
        }
        let over = chain("b.p", "||", most + 1);
        assert_eq!(kinds(&over), [ExprErrorKind::TooLarge]);
        let long = compile(&chain("b.p", "||", most));
        assert_eq!(long.leaves().len(), most);
        assert_eq!(long.mutants().take(3).count(), 3);
        let unknown = table_of_nothing();
        assert_eq!(long.missing(&unknown, 0), long.facts());
    });
}

fn table_of_nothing() -> recharge_doctor::facts::Table {
    table(&[row(&[])])
}

#[test]
fn mistakes_are_limited_in_number() {
    let names: Vec<String> = (0..1500)
        .map(|name| format!("a.fact_{name} == 1 + 'a'"))
        .collect();
    let start = Instant::now();
    let found = kinds(&names.join(" || "));
    assert_eq!(found.len(), MAX_ERRORS + 1);
    assert_eq!(found.last(), Some(&ExprErrorKind::TooManyErrors));
    let long = format!("{} == 1", "a".repeat(60_000));
    assert_eq!(kinds(&long), [ExprErrorKind::UnknownFact]);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn constants_are_limited_in_size() {
    let this = "x".repeat(40_000);
    let scope = Scope::new(&Catalogue).with_this(&this);
    let kinds = |source: &str| match compile_in(source, &scope) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.kind).collect(),
    };
    assert_eq!(kinds("size(this) == 1"), []);
    assert_eq!(kinds("s.a == this + this"), [ExprErrorKind::Constant]);
    let doubled = chain("(this + this)", "+", 1000);
    assert!(
        kinds(&doubled)
            .iter()
            .all(|kind| *kind == ExprErrorKind::Constant)
    );
    assert!(kinds(&format!("s.a.matches({doubled})")).len() > 1);
}

#[test]
fn texts_and_lists_do_not_grow_without_end() {
    let long = row(&[
        ("s.a", FactValue::text(&"x".repeat(600_000))),
        (
            "l.tags",
            FactValue::List(vec![Arc::from("x"); 600_000].into()),
        ),
    ]);
    for source in ["s.a + s.a == ''", "l.tags + l.tags == []"] {
        let found = shown(source, long.clone());
        assert!(found.starts_with("error: value too large"), "{found}");
    }
    assert_eq!(shown("size(s.a + 'x')", long), "600001");
}

#[test]
fn patterns_are_limited_in_size_and_time() {
    let patterns = [
        format!("'{}'", "a{1000}".repeat(100)),
        "'(a{1000}){1000}'".to_owned(),
        format!("'{}a{}'", "(".repeat(200), ")".repeat(200)),
        r"'\\p{L}{5000}'".to_owned(),
    ];
    for pattern in patterns {
        let found = kinds(&format!("s.a.matches({pattern})"));
        assert_eq!(found, [ExprErrorKind::Pattern], "{pattern}");
    }
    for refused in [r"r'(a)\1'", "'(?=a)'", "'(?<!a)b'", "'*'", "'[z-a]'"] {
        let found = kinds(&format!("s.a.matches({refused})"));
        assert_eq!(found, [ExprErrorKind::Pattern], "{refused}");
    }
    let start = Instant::now();
    let text = row(&[("s.a", FactValue::text(&"a".repeat(20_000)))]);
    assert_eq!(shown("s.a.matches('(a*)*(a*)*b')", text), "false");
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
}

/// Pieces that make sources which are nearly right.
const PIECES: [&str; 48] = [
    "a",
    "b.p",
    "i.a",
    "s.a",
    "l.tags",
    "e.channel",
    "this",
    "true",
    "null",
    "1",
    "-1",
    "1u",
    "1.5",
    "0x",
    "9223372036854775808",
    "'a'",
    "\"",
    "'''",
    "r'\\'",
    "b'a'",
    "'\\x4'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ".",
    ",",
    "?",
    ":",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "==",
    "<",
    " in ",
    "has(",
    ".size()",
    ".matches(",
    "timestamp(",
    "// x\n",
    "充",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn nothing_makes_the_compiler_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..25),
    ) {
        survive(&pieces.concat())?;
    }

    #[test]
    fn no_text_makes_the_compiler_panic(source in "\\PC{0,60}") {
        survive(&source)?;
    }
}

fn survive(source: &str) -> Result<(), TestCaseError> {
    match compile_in(source, &Scope::new(&Catalogue)) {
        Ok(program) => {
            let table = table_of_nothing();
            let outcome = program.eval_value(&table, 0);
            prop_assert_eq!(
                outcome == Ok(Outcome::Unknown),
                !program.missing(&table, 0).is_empty()
            );
            let tree = parse(source).expect("a tree");
            prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
        }
        Err(errors) => {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(
                    source.get(error.span.clone()).is_some(),
                    "{source}: {error:?}"
                );
                prop_assert!(!error.message.is_empty() && !error.message.ends_with('.'));
            }
        }
    }
    Ok(())
}

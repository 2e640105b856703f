//! Any text as a condition, and any case: nothing panics, every mistake has a place in the source,
//! a tree that is written is read back the same, and an answer that was given with facts missing
//! stays when they become known.
//!
//! `cargo +nightly fuzz run condition`

#![no_main]

use libfuzzer_sys::fuzz_target;
use recharge_doctor::facts::{CellRef, FactKey, FactType, Table, TableBuilder};
use recharge_doctor::rules::expr::{FactInfo, Names, Outcome, Scope, Value, compile, parse};

const FACTS: [(&str, FactType); 8] = [
    ("b.p", FactType::Bool),
    ("b.q", FactType::Bool),
    ("i.a", FactType::Int),
    ("n.x", FactType::Number),
    ("t.at", FactType::Time),
    ("s.a", FactType::Text),
    ("e.c", FactType::Enum),
    ("l.t", FactType::List),
];

struct Catalogue;

impl Names for Catalogue {
    fn fact(&self, key: &str) -> Option<FactInfo<'_>> {
        let position = FACTS.iter().position(|(name, _)| *name == key)?;
        let kind = FACTS[position].1;
        let words = if kind == FactType::Enum {
            vec!["a", "b"]
        } else {
            Vec::new()
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

fn key_at(position: usize) -> FactKey {
    FactKey::new(u16::try_from(position).unwrap_or_default())
}

/// A case with the facts whose bit is set; `seed` chooses the values.
fn case(known: u8, seed: u8) -> Table {
    let mut builder = TableBuilder::new(FACTS.map(|(_, kind)| kind));
    builder.begin();
    for (position, (_, kind)) in FACTS.iter().enumerate() {
        if known >> position & 1 == 0 {
            continue;
        }
        let key = key_at(position);
        let small = i64::from(seed.rotate_left(position as u32) % 8) - 4;
        // The code of a text is of no interest here.
        let _ = match kind {
            FactType::Bool => builder.set(key, CellRef::Bool(small > 0)),
            FactType::Int if small == 3 => builder.set(key, CellRef::Int(i64::MAX)),
            FactType::Int => builder.set(key, CellRef::Int(small)),
            FactType::Number => builder.set(key, CellRef::Number(small as f64 * 0.5)),
            FactType::Time => builder.set(key, CellRef::Time(small * 86_400_000)),
            FactType::List => {
                let items = ["a", "b", ""].map(Into::into);
                builder.set(key, CellRef::List(&items.as_slice().into()))
            }
            _ => builder.set_text(key, if small > 0 { "a" } else { "b" }),
        };
    }
    builder.finish()
}

fuzz_target!(|data: &[u8]| {
    let [known, seed, rest @ ..] = data else {
        return;
    };
    let Ok(source) = std::str::from_utf8(rest) else {
        return;
    };
    let scope = Scope::new(&Catalogue).with_this("a");
    let program = match compile(source, &scope) {
        Ok(program) => program,
        Err(errors) => {
            for error in errors {
                assert!(source.get(error.span.clone()).is_some(), "{error:?}");
            }
            return;
        }
    };
    let tree = parse(source).expect("what compiles is read");
    assert_eq!(parse(&tree.to_string()).as_ref(), Ok(&tree));
    let (partly, wholly) = (case(*known, *seed), case(u8::MAX, *seed));
    let early = program.eval_value(&partly, 0);
    let missing = program.missing(&partly, 0);
    assert_eq!(matches!(early, Ok(Outcome::Unknown)), !missing.is_empty());
    let late = program.eval_value(&wholly, 0);
    assert!(!matches!(late, Ok(Outcome::Unknown)));
    if let Ok(Outcome::Known(early)) = early
        && !source.contains("has")
    {
        let Ok(Outcome::Known(late)) = late else {
            panic!("{early} became an error");
        };
        assert!(same(&early, &late), "{early} became {late}");
    }
    for mutant in program.mutants().take(8) {
        let answer = mutant.program.eval_bool(&wholly);
        assert_eq!(answer.truth.and_not(&answer.known).count(), 0);
    }
});

/// Whether two values are the same, NaN and the two zeros included.
fn same(a: &Value, b: &Value) -> bool {
    a.equals(b) || format!("{a:?}") == format!("{b:?}")
}

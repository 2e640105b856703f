//! What holds for every case, whatever is in it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::Config;
use recharge_doctor::diagnose::smallest_changes;
use recharge_doctor::facts::{FactSpec, FactType, Fen};
use recharge_doctor::intake::IntakeError;
use recharge_doctor::report::{
    to_json, write_case_explanation, write_json, write_markdown, write_terminal,
};
use recharge_doctor::text::Locale;
use serde_json::{Value, json};

use crate::support::{built_in, consult, repository, written};

/// Columns of a page.
const WIDTH: usize = 80;

/// Fewer cases than usual where every one is diagnosed, several times.
fn few() -> Config {
    Config {
        cases: 16,
        failure_persistence: None,
        ..Config::default()
    }
}

fn many() -> Config {
    Config {
        cases: 256,
        failure_persistence: None,
        ..Config::default()
    }
}

/// Facts of a case: keys with values that fit, in the order in which they are to be written.
type Given = Vec<(String, Value)>;

/// Every fact that a case can give.
fn askable() -> Vec<&'static FactSpec> {
    let specs = built_in().catalog.specs();
    specs.filter(|spec| !spec.derived).collect()
}

/// A value of a fact's type; the same seed gives the same value.
fn value_of(spec: &FactSpec, seed: u64) -> Value {
    let texts = [
        "51",
        "ACQ.TRADE_HAS_SUCCESS",
        "余额不足",
        "Chrome",
        "CN",
        "点券 50",
        "https://a.cn",
    ];
    let times = [
        "2026-12-10T09:30:00+08:00",
        "2026-12-09 23:59",
        "2026-12-10T01:00:00Z",
    ];
    let nth = |length: usize| usize::try_from(seed).unwrap_or_default() % length;
    match spec.kind {
        FactType::Bool => seed.is_multiple_of(2).into(),
        FactType::Int => json!(within(spec, 40, seed)),
        FactType::Number => json!(f64::from(within(spec, 3000, seed))),
        FactType::Money => Fen(i64::try_from(seed % 1_000_000).unwrap_or_default())
            .to_string()
            .into(),
        FactType::Time => times[nth(times.len())].into(),
        FactType::Enum => spec.values[nth(spec.values.len())].value.clone().into(),
        FactType::Text | FactType::List => texts[nth(texts.len())].into(),
    }
}

/// A whole number inside the range of a fact, and not far from its lower end.
fn within(spec: &FactSpec, width: u64, seed: u64) -> i32 {
    let (low, high) = spec.range.unwrap_or((0.0, 1e6));
    #[expect(clippy::cast_possible_truncation, reason = "ranges of facts are small")]
    let (low, high) = (low.clamp(0.0, 1e6) as i32, high.clamp(0.0, 1e6) as i32);
    let step = i32::try_from(seed % width).unwrap_or_default();
    (low + step).min(high)
}

/// Some facts in any order, each once.
fn some_facts() -> impl Strategy<Value = Given> {
    let all = 0..askable().len();
    let chosen = proptest::collection::btree_map(all, any::<u64>(), 0..14);
    chosen.prop_map(given_of).prop_shuffle()
}

fn given_of(chosen: BTreeMap<usize, u64>) -> Given {
    let specs = askable();
    let fact = |(at, seed): (usize, u64)| (specs[at].key.clone(), value_of(specs[at], seed));
    chosen.into_iter().map(fact).collect()
}

/// A JSON object with its members in just this order.
fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(key, value)| format!("{}:{value}", json!(key)))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn dotted(given: &[(String, Value)]) -> String {
    let members = given
        .iter()
        .map(|(key, value)| (key.clone(), value.to_string()));
    object(&members.collect::<Vec<_>>())
}

fn nested(given: &[(String, Value)]) -> String {
    let mut groups: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut members = Vec::new();
    for (key, value) in given {
        let Some((group, rest)) = key.split_once('.') else {
            members.push((key.clone(), value.to_string()));
            continue;
        };
        let fact = (rest.to_owned(), value.to_string());
        match groups.iter_mut().find(|(name, _)| name == group) {
            Some((_, facts)) => facts.push(fact),
            None => groups.push((group.to_owned(), vec![fact])),
        }
    }
    let groups = groups
        .into_iter()
        .map(|(name, facts)| (name, object(&facts)));
    members.extend(groups);
    object(&members)
}

/// The report of a case as JSON.
fn report(case: &str) -> Value {
    let (case, diagnosis) =
        consult(case.as_bytes()).unwrap_or_else(|error| panic!("{error}: {case}"));
    let mut report = Value::Null;
    written(&case, &diagnosis, Locale::En, |view, _| {
        report = to_json(view);
        Ok(())
    });
    report
}

/// Everything that can be written about a case, by the name of its form.
fn pages(case: &str) -> Vec<(&'static str, String)> {
    let (case, diagnosis) =
        consult(case.as_bytes()).unwrap_or_else(|error| panic!("{error}: {case}"));
    let rules = built_in();
    let changes = smallest_changes(&case.facts, rules, &rules.profile, None);
    let page = |write: &dyn Fn(
        &recharge_doctor::report::View<'_>,
        &mut Vec<u8>,
    ) -> std::io::Result<()>| { written(&case, &diagnosis, Locale::Zh, write) };
    vec![
        (
            "terminal",
            page(&|view, out| write_terminal(view, WIDTH, out)),
        ),
        ("markdown", page(&|view, out| write_markdown(view, out))),
        ("json", page(&|view, out| write_json(view, out))),
        (
            "explanation",
            page(&|view, out| {
                write_case_explanation(view, diagnosis.findings.get(1), &changes, WIDTH, out)
            }),
        ),
    ]
}

/// Facts that no condition reads and that the sources of the derived facts do not name.
fn unread() -> Vec<&'static FactSpec> {
    let rules = built_in();
    let signals = rules.signals.iter().map(|signal| &signal.program);
    let fixes = rules.causes.iter().flat_map(|cause| &cause.fixes);
    let programs = signals.chain(fixes.filter_map(|fix| fix.when.as_ref()));
    let mut read: BTreeSet<&str> = programs
        .flat_map(|program| program.facts())
        .map(|key| rules.catalog.spec(*key).key.as_str())
        .collect();
    let sources: String = ["keys", "mod"]
        .iter()
        .map(|name| repository(&format!("src/derive/{name}.rs")))
        .map(|path| std::fs::read_to_string(path).expect("a source file"))
        .collect();
    let named = |spec: &&FactSpec| sources.contains(&format!("\"{}\"", spec.key));
    let derived_from = askable().into_iter().filter(named);
    read.extend(derived_from.map(|spec| spec.key.as_str()));
    // The order number is the name of the case, and free text is read into other facts.
    read.insert("order.id");
    let prose = rules.catalog.specs().filter(|spec| spec.prose);
    read.extend(prose.map(|spec| spec.key.as_str()));
    let spec = |spec: &&FactSpec| !read.contains(spec.key.as_str());
    askable().into_iter().filter(spec).collect()
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn the_order_of_keys_is_irrelevant(given in some_facts(), other in any::<prop::sample::Index>()) {
        let mut turned = given.clone();
        if !turned.is_empty() {
            let at = other.index(turned.len());
            turned.rotate_left(at);
            turned.reverse();
        }
        prop_assert_eq!(report(&dotted(&given)), report(&dotted(&turned)));
    }

    #[test]
    fn nested_and_dotted_keys_say_the_same(given in some_facts()) {
        let flat = report(&dotted(&given));
        prop_assert_eq!(&report(&nested(&given)), &flat);
        // Both ways in one object: half of the facts nested, the others dotted.
        let (front, back) = given.split_at(given.len() / 2);
        let (front, back) = (nested(front), dotted(back));
        let comma = if front == "{}" || back == "{}" { "" } else { "," };
        let both = format!("{}{comma}{}", &front[..front.len() - 1], &back[1..]);
        prop_assert_eq!(report(&both), flat);
    }

    #[test]
    fn a_fact_that_no_rule_reads_changes_nothing(
        given in some_facts(),
        at in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let unread = unread();
        let spec = at.get(&unread);
        let mut less = given;
        less.retain(|(key, _)| *key != spec.key);
        let mut more = less.clone();
        more.push((spec.key.clone(), value_of(spec, seed)));
        prop_assert_eq!(report(&dotted(&less)), report(&dotted(&more)), "{}", spec.key);
    }

    #[test]
    fn two_runs_write_the_same_bytes(given in some_facts()) {
        let case = dotted(&given);
        prop_assert_eq!(pages(&case), pages(&case));
    }

    #[test]
    fn private_data_never_leaves_unmasked(
        given in some_facts(),
        numbers in proptest::collection::vec("1[3-9][0-9]{9}", 12),
        name in "[a-z]{6}[0-9]{3}@qq\\.com",
    ) {
        let masked: Vec<&FactSpec> = askable().into_iter().filter(|spec| spec.masked).collect();
        let mut case = given;
        case.retain(|(key, _)| !masked.iter().any(|spec| spec.key == *key));
        let mut secrets = Vec::new();
        for (spec, number) in masked.iter().zip(numbers.iter().cycle()) {
            let secret = if spec.key.ends_with("email") { name.clone() } else { number.clone() };
            case.push((spec.key.clone(), json!(secret)));
            secrets.push(secret);
        }
        for (form, page) in pages(&dotted(&case)) {
            for secret in &secrets {
                prop_assert!(!page.contains(secret.as_str()), "{} in {}: {}", secret, form, page);
            }
        }
    }

    #[test]
    fn no_control_character_comes_out(given in some_facts(), hostile in "(\\PC|\\pC){0,40}") {
        let mut case = given;
        for spec in askable() {
            if spec.kind == FactType::Text {
                case.retain(|(key, _)| *key != spec.key);
                case.push((spec.key.clone(), json!(format!("a{hostile}{}", spec.key.len()))));
            }
        }
        case.push(("case".into(), json!(hostile)));
        for (form, page) in pages(&dotted(&case)) {
            let raw = page.chars().find(|c| c.is_control() && *c != '\n');
            prop_assert_eq!(raw, None, "{}: {}", form, page);
            let turned = page.chars().find(|c| ('\u{202a}'..='\u{202e}').contains(c));
            prop_assert_eq!(turned, None, "{}: {}", form, page);
        }
    }
}

/// Any JSON value, not too deep, with keys of the catalogue among others.
fn any_json() -> impl Strategy<Value = Value> {
    let keys = prop_oneof![
        prop::sample::select(vec![
            "case",
            "order",
            "amount",
            "order.amount",
            "payment",
            "debited",
            "status",
            "text",
            "error",
            "code",
            "created_at",
            "account",
            "phone",
            "network",
            "loss",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "-?[0-9]{1,20}(\\.[0-9]{0,3})?元?".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(keys.clone(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What is not a case is refused with a place.
fn read_or_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    match consult(bytes) {
        Ok(_) | Err(IntakeError::Read(_) | IntakeError::TooLarge) => {}
        Err(error @ (IntakeError::Json { line, .. } | IntakeError::Encoding { line, .. })) => {
            let said = error.to_string();
            prop_assert!(line >= 1 && said.contains("expected"), "{}", said);
            prop_assert!(
                error.help().is_some_and(|help| !help.is_empty()),
                "{}",
                said
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn any_json_is_a_case_or_a_mistake_with_a_place(value in any_json()) {
        read_or_refused(value.to_string().as_bytes())?;
    }

    #[test]
    fn any_key_is_known_or_refused(key in ".{0,20}", value in any_json()) {
        let members = [(key, value.to_string())];
        read_or_refused(object(&members).as_bytes())?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        read_or_refused(&bytes)?;
    }

    #[test]
    fn any_cut_of_a_case_is_refused(given in some_facts(), at in any::<prop::sample::Index>()) {
        let case = nested(&given);
        let cut = at.index(case.len());
        prop_assert!(consult(&case.as_bytes()[..cut]).is_err());
    }

    #[test]
    fn money_is_printed_and_read_back(fen in -i64::MAX..=i64::MAX, small in -100_000_i64..100_000) {
        for fen in [Fen(fen), Fen(small)] {
            let text = fen.to_string();
            prop_assert_eq!(text.parse::<Fen>(), Ok(fen));
            let dressed = format!(" {}元 ", text.replace('.', "．"));
            prop_assert_eq!(dressed.parse::<Fen>(), Ok(fen));
            let (whole, cents) = text.trim_start_matches('-').split_once('.').unwrap_or_default();
            let mut grouped = String::new();
            for (at, digit) in whole.chars().enumerate() {
                if at > 0 && (whole.len() - at) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            let sign = if fen.0 < 0 { "-" } else { "" };
            prop_assert_eq!(format!("{sign}￥{grouped}.{cents}").parse::<Fen>(), Ok(fen));
        }
    }
}

#[test]
fn some_facts_are_read_by_no_rule() {
    let unread: Vec<&str> = unread().iter().map(|spec| spec.key.as_str()).collect();
    assert!(unread.contains(&"order.provider_trade_no"), "{unread:?}");
}

//! Where every fact is known, the answer is that of the crate `cel`.
//!
//! Where that crate leaves the language definition, ours is the definition's answer:
//! - it rounds whole numbers to compare them with others (both are kept below 2^53 here);
//! - `has()` of a name without a dot is ours alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use proptest::prelude::*;
use recharge_doctor::facts::FactValue;
use recharge_doctor::rules::expr::{Outcome, Timestamp, Value};

use super::support::{FACTS, Kind, Row, compile, expression, full_row, same, table};

fn to_cel(value: &FactValue) -> cel::Value {
    match value {
        FactValue::Bool(value) => (*value).into(),
        FactValue::Int(value) => (*value).into(),
        FactValue::Number(value) => (*value).into(),
        FactValue::Money(value) => value.0.into(),
        FactValue::Time(value) => {
            let at = chrono::DateTime::from_timestamp_millis(value.millis()).expect("a time");
            cel::Value::Timestamp(at.fixed_offset())
        }
        FactValue::Text(value) => value.to_string().into(),
        FactValue::List(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            items.into()
        }
    }
}

fn from_cel(value: &cel::Value) -> Option<Value> {
    Some(match value {
        cel::Value::Bool(value) => Value::Bool(*value),
        cel::Value::Int(value) => Value::Int(*value),
        cel::Value::Float(value) => Value::Double(*value),
        cel::Value::String(value) => Value::Text(Arc::from(value.as_str())),
        cel::Value::Timestamp(at) => {
            let text = at
                .to_utc()
                .to_rfc3339_opts(chrono::SecondsFormat::Nanos, true);
            Value::Timestamp(Timestamp::parse(&text)?)
        }
        cel::Value::Duration(value) => Value::Duration(recharge_doctor::rules::expr::Nanos(
            value.num_nanoseconds()?,
        )),
        cel::Value::List(items) => {
            let items: Option<Vec<Value>> = items.iter().map(from_cel).collect();
            Value::List(items?.into())
        }
        _ => return None,
    })
}

/// What the crate `cel` gives; none where it fails.
fn oracle(source: &str, row: &Row) -> Option<Value> {
    let program = cel::Program::compile(source).expect(source);
    let mut groups: BTreeMap<&str, HashMap<String, cel::Value>> = BTreeMap::new();
    for ((name, _), value) in FACTS.iter().zip(row) {
        if let (Some((group, field)), Some(value)) = (name.split_once('.'), value) {
            let group = groups.entry(group).or_default();
            group.insert(field.to_owned(), to_cel(value));
        }
    }
    let mut context = cel::Context::default();
    for (group, fields) in groups {
        context.add_variable_from_value(group, fields);
    }
    let value = program.execute(&context).ok()?;
    from_cel(&value)
}

fn agree(source: &str, row: &Row) -> Result<(), TestCaseError> {
    let ours = compile(source).eval_value(&table(std::slice::from_ref(row)), 0);
    let theirs = oracle(source, row);
    let agree = match (&ours, &theirs) {
        (Ok(Outcome::Known(ours)), Some(theirs)) => same(ours, theirs),
        (Err(_), None) => true,
        _ => false,
    };
    prop_assert!(agree, "{source}\n ours {ours:?}\n theirs {theirs:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn conditions_agree(source in expression(Kind::Bool, 4), row in full_row()) {
        agree(&source, &row)?;
    }

    #[test]
    fn values_agree(
        source in prop::sample::select(vec![
            Kind::Int, Kind::Double, Kind::Text, Kind::Timestamp, Kind::Duration, Kind::Texts,
            Kind::Ints, Kind::Mixed,
        ]).prop_flat_map(|kind| expression(kind, 3)),
        row in full_row(),
    ) {
        agree(&source, &row)?;
    }
}

//! Cases that are gathered in columns, against cases by themselves.

use recharge_doctor::facts::{CaseFacts, Draft, FactValue, Facts, Moment, Source, Table, ValueRef};

use crate::support::built_in;

#[test]
fn a_draft_makes_the_table_that_facts_make() {
    let catalog = &built_in().catalog;
    let key = |name: &str| catalog.find(name).expect("a fact");
    let (code, id, paid) = (key("error.code"), key("order.id"), key("payment.debited"));
    let now: Moment = "2026-11-20T23:58:00+08:00".parse().expect("a time");
    let mut draft = Draft::new(catalog, |key| key != id);
    let mut cases = Vec::new();
    for (text, debited) in [("E1", Some(true)), ("E2", None), ("E1", Some(false))] {
        let mut facts = Facts::new(catalog);
        facts.set(key("case.now"), FactValue::Time(now), Source::Record);
        draft.begin();
        draft.take_back();
        draft.begin();
        draft.assume();
        draft.put(key("case.now"), ValueRef::Time(now), Source::Record);
        let code_text = FactValue::text(text);
        draft.share(code, &code_text, Source::Record);
        facts.set(code, code_text, Source::Record);
        draft.put(id, ValueRef::Text("R1"), Source::Record);
        if let Some(debited) = debited {
            draft.put(paid, ValueRef::Bool(debited), Source::Text);
            facts.set(paid, FactValue::Bool(debited), Source::Text);
        }
        assert!(draft.is_given(code) && !draft.is_given(key("money.refunded")));
        assert_eq!(draft.value(id), Some(ValueRef::Text("R1")));
        assert_eq!(draft.value(code), Some(ValueRef::Text(text)));
        cases.push(facts);
    }
    let expected = Table::of_all(catalog, &cases);
    let (table, _) = draft.so_far();
    for (key, spec) in catalog.entries() {
        for row in 0..cases.len() {
            let cell = |table: &Table| {
                let cell = table.column(key)?.get(row);
                cell.map(|cell| format!("{cell:?}"))
            };
            assert_eq!(cell(table), cell(&expected), "{} {row}", spec.key);
        }
    }
    assert_eq!(
        table.unspoken().map(|(_, keys)| keys),
        expected.unspoken().map(|(_, keys)| keys)
    );
}

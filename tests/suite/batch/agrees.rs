//! A row of a batch and the single case agree on the same facts.

use std::fmt::Write as _;

use serde_json::{Value, json};

use recharge_doctor::report::write_json;
use recharge_doctor::text::Locale;

use super::Folder;
use crate::support::{consult, written};

/// What both say, in the form of a row.
fn of_single(case: &Value) -> Value {
    let (case, diagnosis) = consult(case.to_string().as_bytes()).expect("a case");
    let report = written(&case, &diagnosis, Locale::En, |view, out| {
        write_json(view, out)
    });
    let report: Value = serde_json::from_str(&report).expect("a report");
    let causes = report["causes"].as_array().expect("causes");
    let causes: Vec<Value> = causes
        .iter()
        .map(|cause| {
            json!({"id": cause["id"], "probability": cause["probability"], "verdict": cause["verdict"]})
        })
        .collect();
    json!({
        "verdict": report["verdict"],
        "causes": causes,
        "pay_again": report["pay_again"]["state"],
        "fix": report["fixes"][0]["id"],
        "warnings": report["warnings"],
    })
}

fn of_row(row: &Value) -> Value {
    json!({
        "verdict": row["verdict"],
        "causes": row["causes"],
        "pay_again": row["pay_again"]["state"],
        "fix": row["fix"],
        "warnings": row["warnings"],
    })
}

/// Facts that name an account make a row a neighbour of others, which a single case has not.
const ACCOUNTS: [&str; 4] = [
    "account.id",
    "account.username",
    "account.phone",
    "order.target",
];

fn without_accounts(facts: &Value) -> Value {
    let mut facts = facts.clone();
    for key in ACCOUNTS {
        let (group, name) = key.split_once('.').expect("a group");
        if let Some(group) = facts.get_mut(group).and_then(Value::as_object_mut) {
            group.remove(name);
        }
        if let Some(object) = facts.as_object_mut() {
            object.remove(key);
        }
    }
    facts
}

#[test]
fn golden_cases_in_one_file_are_diagnosed_as_they_are_alone() {
    let mut cases: Vec<Value> = Vec::new();
    for file in ["agents", "operations", "contrasts"] {
        let path = format!("{}/tests/cases/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("golden cases");
        let rows = text.lines().map(serde_json::from_str::<Value>);
        let facts = rows.map(|row| without_accounts(&row.expect("JSON")["facts"]));
        cases.extend(
            facts
                .filter(|facts| facts.as_object().is_some_and(|it| !it.is_empty()))
                .take(25),
        );
    }
    compare(&cases);
}

#[test]
fn what_people_write_is_heard_in_a_file_as_it_is_alone() {
    let templates = [
        "钱扣了没到账,订单{}",
        "付款成功但是余额没变 {}",
        "提示交易异常({}),怎么办",
        "充了{}元没到",
        "单号{} 扣了{}块两次",
        "客服说没扣 {}，还没查账单",
        "充值失败",
        "余额不足",
    ];
    let mut cases = Vec::new();
    for (at, template) in templates.iter().cycle().take(40).enumerate() {
        let number = 1_234_567 * (at + 7) % 100_000_000;
        let key = if at % 3 == 0 { "text" } else { "error.message" };
        cases.push(
            json!({key: template.replace("{}", &number.to_string()), "order.id": format!("R{at}")}),
        );
    }
    compare(&cases);
}

fn compare(cases: &[Value]) {
    let folder = Folder::new();
    let lines = cases.iter().fold(String::new(), |mut lines, case| {
        writeln!(lines, "{case}").expect("a line");
        lines
    });
    folder.file("cases.ndjson", lines);
    let rows = folder.rows(&["cases.ndjson"]);
    assert_eq!(rows.len(), cases.len());
    for (case, row) in cases.iter().zip(&rows) {
        assert_eq!(of_row(row), of_single(case), "{case}");
    }
}

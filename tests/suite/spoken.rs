//! Free text: what is read, what is not, and what hostile text cannot do.

use proptest::prelude::*;
use recharge_doctor::derive::{listen, statements};
use recharge_doctor::facts::{FactValue, Facts, Source};
use recharge_doctor::reading::Reading;

use crate::support::{built_in, folder, has, path, program, repository, run};

const NOW: &str = "2026-12-10T10:00:00+08:00";

/// The facts that a text states, as `key=value`.
fn stated(text: &str) -> Vec<String> {
    let rules = built_in();
    let mut facts = Facts::new(&rules.catalog);
    let now = NOW.parse().expect("a time");
    facts.set(rules.key("case.now"), FactValue::Time(now), Source::Record);
    let found = statements(text, &facts, rules);
    found
        .iter()
        .map(|one| format!("{}={}", rules.catalog.spec(one.fact).key, one.value))
        .filter(|one| !one.starts_with("text."))
        .collect()
}

fn states(text: &str, expected: &[&str], not: &[&str]) {
    let found = stated(text);
    for one in expected {
        assert!(
            found.iter().any(|found| found == one),
            "{text}: expected {one}, found {found:?}"
        );
    }
    for key in not {
        assert!(
            !found.iter().any(|found| found.starts_with(key)),
            "{text}: {key} in {found:?}"
        );
    }
}

#[test]
fn values_become_facts() {
    states(
        "昨晚八点用zfb充了98块7，钱扣了，一直没到账",
        &[
            "payment.channel=alipay",
            "order.amount=98.70",
            "payment.debited=true",
            "payment.credited=false",
            "order.submitted_at=2026-12-09T20:00:00+08:00",
        ],
        &[],
    );
    states(
        "手抖点了三下，扣了两笔",
        &["order.submit_count=3", "payment.debit_count=2"],
        &[],
    );
    states("付款报ALI40247系统繁忙", &["error.code=ALI40247"], &[]);
    states(
        "银联返回应答码61",
        &["error.code=61", "payment.channel=unionpay"],
        &[],
    );
    states(
        "訂單編號20240703110542，儲值500元沒進帳",
        &["order.id=20240703110542", "order.amount=500.00"],
        &[],
    );
    states("微信绑的招行卡付的", &["payment.channel=wechat"], &[]);
    states(
        "I paid $5.99 with alipay and was charged twice",
        &["order.amount=5.99", "payment.debit_count=2"],
        &[],
    );
}

#[test]
fn what_is_asked_planned_supposed_or_over_asserts_nothing() {
    for text in [
        "你们平台在维护吗？",
        "如果在维护我就明天充",
        "我还以为平台在维护",
        "刚才没到账，现在到了，谢谢不用处理了",
    ] {
        states(
            text,
            &[],
            &[
                "platform.maintenance",
                "payment.credited",
                "payment.debited",
            ],
        );
    }
    states("没扣钱，也没有报错", &["payment.debited=false"], &[]);
    states(
        "不是平台维护，是支付宝那边关了通道",
        &["platform.maintenance=false"],
        &[],
    );
}

#[test]
fn what_was_given_wins_and_the_contradiction_is_said() {
    let args = [
        "diagnose",
        "--text",
        "银行短信说扣了200元，平台没加上",
        "--debited",
        "no",
        "--lang",
        "zh",
        "--now",
        NOW,
    ];
    let report = program(args.iter().copied().chain(["--format", "json"]))
        .run()
        .json(0);
    assert_eq!(report["pay_again"]["state"], "blocked");
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("原文和填写的内容不一致"), "{warnings}");
}

#[test]
fn a_told_refusal_is_not_believed_beside_words_that_leave_the_money_in_doubt() {
    let state = |text: &str| {
        let args = ["diagnose", "--text", text, "--format", "json", "--now", NOW];
        let done = program(args).run();
        let report: serde_json::Value = serde_json::from_str(&done.stdout).expect("a report");
        report["pay_again"]["state"].clone()
    };
    assert_eq!(state("提示超过单笔限额"), "allowed");
    assert_eq!(state("提示超过单笔限额，付的时候一直转圈"), "blocked");
}

#[test]
fn a_misleading_popup_gives_way_to_the_code_behind_it() {
    let args = [
        "diagnose",
        "--text",
        "系统繁忙，请稍后再试（ALI40247）",
        "--format",
        "json",
        "--now",
        NOW,
    ];
    let report = program(args).run().json(0);
    assert_eq!(report["causes"][0]["id"], "merchant-config");
}

#[test]
fn explain_marks_the_words_and_masks_numbers() {
    let text = "充到13812345678，不是余额不足，<b>钱扣了</b>没到账";
    let args = ["explain", "--text", text, "--lang", "zh", "--now", NOW];
    let shown = program(args).run().ok(0);
    has(&shown, &["原文读出了什么", "否认", "138****5678"]);
    assert!(!shown.contains("13812345678"), "{shown}");
    let page = program(args.into_iter().chain(["--format", "html"]))
        .run()
        .ok(0);
    has(
        &page,
        &[
            "<mark class=denied",
            "<mark class=said",
            "&lt;b&gt;",
            "138****5678",
        ],
    );
    assert!(
        !page.contains("<b>") && !page.contains("13812345678"),
        "{page}"
    );
    assert!(!page.contains("<script"), "a page without scripts");
}

#[test]
fn hostile_text_is_read_as_far_as_it_can_be() {
    let zalgo = "钱\u{335}\u{327}扣\u{336}了".repeat(300);
    for text in [
        "\u{1b}[31m钱扣了\u{1b}[0m\u{202e}没到账\u{7}",
        "<script>alert(1)</script>余额不足",
        "=cmd|' /C calc'!A0 余额不足",
        &zalgo,
        "\u{0}\u{1}\u{feff}\u{200b}",
        "💸💸💸",
    ] {
        let case = serde_json::json!({ "text": text }).to_string();
        for format in ["text", "json", "markdown"] {
            let done = program(["diagnose", "--case", "-", "--format", format, "--now", NOW])
                .stdin(case.as_bytes())
                .run();
            assert!(done.code == 0 || done.code == 1, "{text:?}: {done:?}");
            let raw = done.stdout.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(raw, None, "{text:?}");
        }
    }
    // A lone surrogate is no text, and the message says so.
    let done = program(["diagnose", "--case", "-"])
        .stdin(br#"{"text":"\ud800"}"#)
        .run();
    assert_eq!(done.code, 2);
}

#[test]
fn eval_says_how_good_it_is_in_every_form() {
    let file = repository("tests/cases/contrasts.jsonl");
    let file = file.to_str().expect("a path");
    let json = run(&["eval", file, "--format", "json", "--now", NOW]).json(0);
    assert_eq!(json["rows"], 55);
    assert!(
        json["top1"].as_f64().is_some_and(|value| value > 0.9),
        "{json}"
    );
    has(
        &run(&["eval", file, "--lang", "zh", "--now", NOW]).ok(0),
        &["首个原因正确", "校准误差"],
    );
    has(
        &run(&["eval", file, "--lang", "en", "--now", NOW]).ok(0),
        &["right cause first"],
    );
    has(
        &run(&["eval", file, "--format", "svg"]).ok(0),
        &["<svg ", "</svg>"],
    );
    let page = run(&["eval", file, "--format", "html"]).ok(0);
    has(&page, &["<!doctype html>", "<svg ", "</html>"]);
    let files = folder(&[
        ("bad.jsonl", "{\"text\":\"a\"}\n"),
        ("odd.jsonl", "{\"facts\":{\"no.such\":1},\"causes\":[]}\n"),
    ]);
    has(
        &run(&["eval", &path(&files, "bad.jsonl")]).refused(),
        &["line 1", "expected the key `causes`"],
    );
    has(
        &run(&["eval", &path(&files, "odd.jsonl")]).ok(1),
        &["no.such"],
    );
}

#[test]
fn learn_writes_a_folder_or_says_that_it_would_be_worse() {
    let files = folder(&[]);
    let out = path(&files, "learned");
    let cases = repository("tests/cases/operations.jsonl");
    let cases = cases.to_str().expect("a path");
    let args = ["learn", cases, "--out", &out, "--now", NOW, "--lang", "en"];
    let first = run(&args);
    assert!(first.code == 0 || first.code == 1, "{first:?}");
    let worse = first.stdout.contains("do worse");
    assert_eq!(worse, first.code == 1, "{}", first.stdout);
    if worse {
        assert!(
            !files.path().join("learned").exists(),
            "nothing is written silently"
        );
        program(args.into_iter().chain(["--force"])).run().ok(1);
    }
    has(
        &run(&["rules", "check", "--rules", &out]).ok(0),
        &["no mistakes"],
    );
    let again = program(args.into_iter().chain(["--force"])).run();
    has(&again.refused(), &["expected a new folder"]);
    let few = folder(&[("few.jsonl", "{\"text\":\"a\",\"causes\":[\"phishing\"]}\n")]);
    has(
        &run(&["learn", &path(&few, "few.jsonl"), "--out", &out]).refused(),
        &["at least 20 tickets"],
    );
}

#[test]
fn unmatched_groups_what_no_phrase_reads() {
    let files = folder(&[("t.txt", "彩虹很美丽呀\n彩虹很美丽\n钱扣了没到账\n")]);
    let file = path(&files, "t.txt");
    has(
        &run(&["rules", "unmatched", &file]).ok(0),
        &["3 texts", "彩虹很美丽"],
    );
    let json = run(&["rules", "unmatched", &file, "--format", "json"]).json(0);
    assert_eq!(json["groups"][0]["count"], 2);
}

#[test]
fn the_usage_of_phrases_names_causes_and_clauses() {
    let files = folder(&[(
        "t.jsonl",
        concat!(
            r#"{"id":"a","text":"钱扣了，没到账","causes":["debited-not-credited"]}"#,
            "\n",
            r#"{"id":"b","text":"不是余额不足","causes":[],"not":["insufficient-balance"]}"#,
            "\n"
        ),
    )]);
    let file = path(&files, "t.jsonl");
    let args = ["rules", "unmatched", &file, "--phrases"];
    has(&run(&args).ok(0), &["debited-not-credited 1", "钱扣了"]);
    let json = run(&[&args[..], &["--format", "json"]].concat()).json(0);
    let phrases = json["phrases"].as_array().expect("phrases");
    let of = |id: &str| {
        let mut found = phrases.iter().filter(|one| one["phrase"] == id);
        found.next().expect("the phrase").clone()
    };
    assert_eq!(of("debited")["said"], 1);
    assert_eq!(of("debited")["causes"]["debited-not-credited"], 1);
    assert_eq!(of("balance_short")["denied"], 1);
}

#[test]
fn what_others_claim_of_the_money_opens_no_gate() {
    let state = |text: &str| {
        let done = run(&["diagnose", "--text", text, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&done.stdout).expect("a report");
        report["pay_again"]["state"].clone()
    };
    for text in [
        "他们说没扣款，可我收到银行短信了",
        "客服说没扣钱，让我再付一次",
        "付款失败没扣钱，但是有一笔预授权冻结",
        "没重复扣，就扣了一次，还没到",
        "系统说失败会在24小时内自动退回",
        "上家返余额不足，没扣我货款，客户的钱昨晚进来了",
        "Not charged yet, says pending",
        "不显示扣款不代表没扣",
        "客服说报51没扣钱让我再付",
        "付款报NOTENOUGH，账单我还没查",
    ] {
        assert_eq!(state(text), "blocked", "{text}");
    }
    for text in [
        "没扣钱，就是付不了",
        "提示余额不足，没扣款",
        "付款报NOTENOUGH",
    ] {
        assert_eq!(state(text), "allowed", "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_place_lies_in_the_text_it_was_read_from(text in "\\PC{0,40}(钱|扣了|没到账|余 额|儲值|zfb|１００|\u{301}|😭|\n){0,6}\\PC{0,20}") {
        let rules = built_in();
        let reading = Reading::new(&text, rules.phrases());
        for clause in &reading.clauses {
            let typed = reading.normal.original(&clause.bytes);
            prop_assert!(text.get(typed.clone()).is_some(), "{typed:?}");
        }
        for statement in &reading.statements {
            let typed = reading.normal.original(&statement.bytes);
            prop_assert!(text.get(typed.clone()).is_some_and(|typed| !typed.is_empty()), "{typed:?}");
        }
        let mut facts = Facts::new(&rules.catalog);
        facts.set(rules.key("text"), FactValue::text(&text), Source::Record);
        listen(&mut facts, rules);
        let mut again = facts.clone();
        listen(&mut again, rules);
        prop_assert_eq!(facts, again, "what was heard is not heard differently");
    }
}

//! `diagnose`: where facts come from, which one wins, exit codes, and schema 1.

use serde_json::{Value, json};

use crate::support::{NOW, built_in, diagnose_case, diagnose_with, folder, has, path, program};

/// A payment over the limit, of which no money was taken.
const OVER_LIMIT: &str = r#"{"case":"R1","order":{"amount":"6000.00"},
    "limit":{"single":"5000.00"},"payment":{"channel":"alipay","debited":false}}"#;

/// The same in friendly flags.
const OVER_LIMIT_FLAGS: [&str; 8] = [
    "--amount",
    "6000",
    "--single-limit",
    "￥5,000.00",
    "--channel",
    "alipay",
    "--debited",
    "no",
];

/// Every friendly flag with a value that fits it, and a condition that holds where it arrived.
const FLAGS: [(&str, &str, &str); 33] = [
    ("channel", "支付宝", "payment.channel == 'alipay'"),
    ("bank", "ICBC", "payment.bank == 'ICBC'"),
    ("amount", "1,160.5元", "order.amount == 116050"),
    ("order-id", "KM1", "order.id == 'KM1'"),
    ("product", "点券", "order.product == '点券'"),
    ("error-code", "51", "error.code == '51'"),
    ("sub-code", "ACQ.X", "error.sub_code == 'ACQ.X'"),
    ("gateway", "iso8583", "error.gateway == 'iso8583'"),
    ("text", "网页打不开", "text == '网页打不开'"),
    ("message", "余额不足", "error.message == '余额不足'"),
    ("status", "failed", "order.status == 'failed'"),
    ("payment-state", "failed", "payment.state == 'failed'"),
    ("debited", "yes", "payment.debited"),
    ("credited", "否", "!payment.credited"),
    ("debit-count", "２", "payment.debit_count == 2"),
    ("balance", "-3", "payment.balance < 0"),
    ("day-total", "0", "payment.day_total == 0"),
    ("single-limit", "5", "limit.single == 500"),
    ("daily-limit", "9", "limit.daily == 900"),
    ("created-at", "2026-12-10 09:00", "has(order.created_at)"),
    (
        "submitted-at",
        "2026-12-10T09:01:00Z",
        "has(order.submitted_at)",
    ),
    ("paid-at", "2026/12/10 09:02", "has(order.paid_at)"),
    ("expires-at", "1795190280", "has(order.expires_at)"),
    ("submit-count", "3", "order.submit_count == 3"),
    ("cancelled", "true", "order.cancelled_by_user"),
    ("verification", "passed", "payment.verification == 'passed'"),
    ("network", "public-wifi", "network.kind == 'public-wifi'"),
    ("timeout-seen", "1", "network.timeout_seen"),
    ("browser", "Edge", "client.browser == 'Edge'"),
    ("os", "Windows", "client.os == 'Windows'"),
    ("url", "https://a.cn/", "site.url.startsWith('https')"),
    ("maintenance", "no", "!platform.maintenance"),
    ("others-failing", "y", "platform.others_failing"),
];

#[test]
fn every_friendly_flag_sets_its_fact() {
    let mut whole = vec!["rules".to_owned(), "eval".to_owned()];
    let conditions: Vec<&str> = FLAGS.iter().map(|(_, _, condition)| *condition).collect();
    whole.push(conditions.join(" && "));
    for (flag, value, _) in FLAGS {
        whole.extend([format!("--{flag}"), value.to_owned()]);
    }
    assert_eq!(program(whole).run().ok(0), "true\n");
    let help = program(["diagnose", "--help"]).run().ok(0);
    let facts = help.split("\nFacts:").nth(1).expect("a heading for facts");
    let facts = facts
        .split("\nOutput:")
        .next()
        .expect("facts come before output");
    let listed = facts.matches("      --").count();
    assert_eq!(
        listed,
        FLAGS.len(),
        "a flag is missing in this table:\n{facts}"
    );
}

#[test]
fn flags_a_file_and_standard_input_say_the_same() {
    let files = folder(&[("case.json", OVER_LIMIT)]);
    let file = path(&files, "case.json");
    let by_file = diagnose_with(&["--case", &file, "--format", "json"]).json(0);
    let by_stdin = diagnose_case(OVER_LIMIT).json(0);
    let mut flags = OVER_LIMIT_FLAGS.to_vec();
    flags.extend(["--format", "json"]);
    let mut by_flags = diagnose_with(&flags).json(0);
    assert_eq!(by_file["causes"][0]["id"], "single-limit");
    assert_eq!(by_file, by_stdin);
    assert_eq!(by_flags["case"], "case");
    by_flags["case"] = by_file["case"].clone();
    assert_eq!(by_file, by_flags);
}

#[test]
fn set_and_flags_win_over_the_file_and_an_empty_value_takes_a_fact_away() {
    let eval = |args: &[&str]| {
        let condition = ["rules", "eval", "order.amount", "--case", "-"];
        program(condition).args(args).stdin(OVER_LIMIT).run().ok(0)
    };
    assert_eq!(eval(&[]), "600000\n");
    assert_eq!(eval(&["--set", "order.amount=7"]), "700\n");
    assert_eq!(eval(&["--set", " order.amount =７元"]), "700\n");
    assert_eq!(eval(&["--amount", "8"]), "800\n");
    assert_eq!(
        eval(&["--amount", "8", "--set", "order.amount=8.00"]),
        "800\n"
    );
    assert_eq!(
        eval(&["--set", "order.amount="]),
        "unknown (missing: order.amount)\n"
    );
}

#[test]
fn exit_codes_tell_clear_from_unclear_from_impossible() {
    let healthy = r#"{"order":{"status":"succeeded"},"payment":{"debited":true,"credited":true}}"#;
    for (case, code, verdict) in [
        (OVER_LIMIT, 0, "identified"),
        (healthy, 0, "healthy"),
        ("{}", 1, "undetermined"),
    ] {
        assert_eq!(diagnose_case(case).json(code)["verdict"], verdict, "{case}");
    }
    diagnose_case("{").refused();
}

#[test]
fn three_formats_say_the_same() {
    let text = diagnose_with(&OVER_LIMIT_FLAGS).ok(0);
    let format = |format: &str| {
        let mut args = OVER_LIMIT_FLAGS.to_vec();
        args.extend(["--format", format]);
        diagnose_with(&args).ok(0)
    };
    assert_eq!(text, format("text"), "text is the default");
    let first = text.lines().next().expect("a first line");
    has(
        first,
        &[
            "Over the limit for one payment",
            "likely",
            "safe to pay again",
        ],
    );
    let markdown = format("markdown");
    has(
        &markdown,
        &[
            "## case: Over the limit for one payment",
            "\n1. **user**",
            "<sub>",
        ],
    );
    let json = format("json");
    assert_eq!(json.lines().count(), 1, "one line for scripts");
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(report["pay_again"]["state"], "allowed");
    for fix in report["fixes"].as_array().expect("fixes") {
        let words = fix["text"].as_str().expect("a text").split(' ').take(4);
        has(&markdown, &[&words.collect::<Vec<_>>().join(" ")]);
    }
}

#[test]
fn a_report_speaks_to_whom_it_is_for() {
    let cause = built_in().cause("single-limit").expect("a cause");
    let [user, agent, merchant] = &cause.source.summary;
    for (reader, text) in [("user", user), ("agent", agent), ("merchant", merchant)] {
        let mut args = OVER_LIMIT_FLAGS.to_vec();
        args.extend(["--format", "markdown", "--lang", "zh"]);
        if reader != "user" {
            args.extend(["--for", reader]);
        }
        has(&diagnose_with(&args).ok(0), &[&text.zh]);
    }
}

/// The keys of schema 1 with their order (`DESIGN.md`, section 7).
const SCHEMA: [(&str, &[&str]); 6] = [
    (
        "",
        &[
            "schema",
            "rules",
            "case",
            "verdict",
            "causes",
            "fixes",
            "pay_again",
            "ask",
            "warnings",
        ],
    ),
    (
        "/causes/0",
        &[
            "id",
            "group",
            "title",
            "verdict",
            "probability",
            "evidence",
            "missing",
        ],
    ),
    (
        "/causes/0/evidence/0",
        &["signal", "state", "bits", "text", "facts"],
    ),
    ("/fixes/0", &["id", "cause", "who", "text", "caution"]),
    ("/pay_again", &["state", "reason"]),
    ("/ask/0", &["fact", "question", "why"]),
];

#[test]
fn schema_1_has_just_these_keys_in_this_order() {
    let text = diagnose_case(OVER_LIMIT).ok(0);
    let report: Value = serde_json::from_str(&text).expect("JSON");
    for (pointer, keys) in SCHEMA {
        let object = report.pointer(pointer).and_then(Value::as_object);
        let mut found: Vec<&str> = object
            .unwrap_or_else(|| panic!("no object at `{pointer}`"))
            .keys()
            .map(String::as_str)
            .collect();
        let mut sorted = keys.to_vec();
        found.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(found, sorted, "`{pointer}`");
        // The first object of a kind begins with its first key; the rest follow in order.
        let open = format!("{{\"{}\":", keys[0]);
        let mut rest = &text[text.find(&open).expect("the object")..];
        for key in keys {
            let at = rest.find(&format!("\"{key}\":"));
            rest = &rest[at.unwrap_or_else(|| panic!("`{pointer}`: `{key}` is out of order"))..];
        }
    }
    assert_eq!(report["schema"], 1);
    assert_eq!(report["case"], "R1");
    let rules = report["rules"].as_str().expect("a fingerprint");
    assert_eq!(rules.len(), "sha256:".len() + 64);
    let evidence = &report["causes"][0]["evidence"][0];
    assert_eq!(evidence["signal"], "over_single_limit");
    assert_eq!(evidence["state"], "true");
    let facts = json!({ "order.amount": "6000.00", "limit.single": "5000.00" });
    assert_eq!(evidence["facts"], facts);
}

#[test]
fn the_clock_of_a_run_is_its_now() {
    // Paid just now is no case of money lost yet; two hours later it is one.
    let at = |now: &str| {
        let facts =
            r#"{"order":{"paid_at":"2026-12-10T09:59:00+08:00"},"payment":{"debited":true}}"#;
        let minutes = [
            "rules",
            "eval",
            "when.uncredited_min",
            "--case",
            "-",
            "--now",
            now,
        ];
        program(minutes).stdin(facts).run().ok(0)
    };
    assert_eq!(at(NOW), "1\n");
    assert_eq!(at("2026-12-10T12:00:00+08:00"), "121\n");
    assert_eq!(at("2026-12-10T04:00:00Z"), "121\n");
}

#[test]
fn two_runs_give_the_same_bytes() {
    let case = include_str!("../../cases/agents.jsonl").lines().next();
    let case: Value = serde_json::from_str(case.expect("a case")).expect("JSON");
    let facts = case["facts"].to_string();
    for format in ["text", "json", "markdown"] {
        let once = || {
            program(["diagnose", "--now", NOW, "--case", "-", "--format", format])
                .stdin(&facts)
                .run()
                .ok(0)
        };
        assert_eq!(once(), once(), "{format}");
    }
}

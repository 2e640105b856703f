//! `rules …`, and the options that change the rules of a run: `--rules`, `--no-builtin-rules`,
//! `--profile`.

use serde_json::Value;

use crate::support::{NOW, diagnose_with, folder, has, path, program, repository, run};

/// A cause of one's own with a signal of its own.
const OWN_SIGNAL: &str = r#"
[[signal]]
id = "moon_is_full"
when = "order.product == 'moon'"
base = 0.1
yes = { zh = "月亮圆了", en = "the moon is full" }
no = { zh = "月亮不圆", en = "the moon is not full" }
"#;

/// The file that `rules new` writes, for a cause that the full moon names if its group is `moon`.
fn own_cause(id: &str, group: &str, title: &str) -> String {
    include_str!("own_cause.toml")
        .replace("code_names_it_surely", "moon_is_full")
        .replace(
            "seen = 50",
            &format!("seen = {}", if group == "moon" { 99 } else { 2 }),
        )
        .replace(
            "title = { zh = \"{id}\", en = \"{id}\" }",
            &format!("title = {{ zh = \"{title}\", en = \"{title}\" }}"),
        )
        .replace("{id}", id)
        .replace("{group}", group)
}

#[test]
fn the_list_has_every_cause_of_the_table() {
    let text = run(&["rules", "list"]).ok(0);
    let listed = run(&["rules", "list", "--format", "json"]).json(0);
    let causes = listed["causes"].as_array().expect("causes");
    assert_eq!(text.lines().count(), causes.len());
    assert_eq!(causes.len(), 24);
    for (line, cause) in text.lines().zip(causes) {
        let id = cause["id"].as_str().expect("an id");
        has(line, &[id, cause["title"]["en"].as_str().expect("a title")]);
        assert!(["article", "extended"].contains(&cause["source"].as_str().expect("a source")));
        let file = repository(cause["file"].as_str().expect("a file"));
        assert!(file.is_file(), "{}", file.display());
    }
    let table = run(&["rules", "doc"]).ok(0);
    assert_eq!(table.lines().count(), causes.len() + 2);
    has(
        &table,
        &["| `single-limit` | 超过单笔限额 | Over the limit for one payment |"],
    );
}

#[test]
fn show_prints_the_file_of_a_cause_and_the_table_of_a_signal() {
    let file = repository("rules/causes/payment/single-limit.toml");
    let file = std::fs::read_to_string(file).expect("a cause file");
    assert_eq!(run(&["rules", "show", "single-limit"]).ok(0), file);
    let signal = run(&["rules", "show", "over_single_limit"]).ok(0);
    has(
        &signal,
        &[
            "id = \"over_single_limit\"",
            "when = \"order.amount > limit.single\"",
        ],
    );
    assert_eq!(signal.matches("[[signal]]").count(), 1, "{signal}");
    has(
        &run(&["rules", "show", "over_single_limt"]).refused(),
        &["did you mean `over_single_limit`?"],
    );
}

#[test]
fn eval_gives_true_false_unknown_or_a_value() {
    for (expression, args, text, json) in [
        (
            "order.amount > 500000",
            &["--amount", "6000"][..],
            "true",
            "true",
        ),
        (
            "order.amount > 500000",
            &["--amount", "5000.00"],
            "false",
            "false",
        ),
        (
            "order.amount > 500000",
            &[],
            "unknown (missing: order.amount)",
            "null",
        ),
        ("has(order.amount)", &[], "false", "false"),
        ("-1 + 3", &[], "2", "2"),
        ("'a' + 'b'", &[], "\"ab\"", "\"ab\""),
    ] {
        let words = ["rules", "eval", expression];
        let shown = program(words).args(args).run().ok(0);
        assert_eq!(shown, format!("{text}\n"), "{expression}");
        let found = program(words)
            .args(args)
            .args(&["--format", "json"])
            .run()
            .json(0);
        assert_eq!(found["value"].to_string(), json, "{expression}");
    }
    for wrong in [
        "order.amuont > 5",
        "order.amount >",
        "order.amount > 'x'",
        "1 / 0",
    ] {
        has(
            &run(&["rules", "eval", wrong]).refused(),
            &["error: column "],
        );
    }
}

#[test]
fn a_new_cause_passes_check_and_its_examples() {
    let files = folder(&[]);
    let program = |args: &[&str]| program(args.iter().copied()).folder(files.path()).run();
    let file = program(&["rules", "new", "my-cause", "--group", "payment"]).ok(0);
    assert_eq!(
        file,
        "rules/causes/payment/my-cause.toml\nrules/signals/my-cause.toml\n"
    );
    let again = program(&["rules", "new", "my-cause"]).refused();
    has(&again, &["expected to create the new file", "exists"]);
    let listed = program(&["rules", "list", "--rules", "rules"]).ok(0);
    has(&listed, &["my-cause"]);
    let checked = program(&["rules", "check", "--rules", "rules"]).ok(0);
    has(&checked, &["25 causes", "no mistakes"]);
    program(&["rules", "test", "--rules", "rules"]).ok(0);
    for id in ["Bad", "a--b", "", "../x", "a b"] {
        has(
            &program(&["rules", "new", id]).refused(),
            &["expected a kebab-case id"],
        );
    }
    has(
        &program(&["rules", "new", "ok", "--group", "/tmp"]).refused(),
        &["kebab-case group"],
    );
    let elsewhere = program(&["rules", "new", "other", "--out", "deep/er"]).ok(0);
    has(&elsewhere, &["deep/er/causes/payment/other.toml\n"]);
}

#[test]
fn the_schema_of_cause_files_accepts_every_built_in_one() {
    let schema = run(&["rules", "schema"]).json(0);
    let schema = jsonschema::validator_for(&schema).expect("a JSON Schema");
    for cause in &crate::support::built_in().causes {
        let text = std::fs::read_to_string(repository(&cause.file)).expect("a cause file");
        let value: Value = toml::from_str(&text).expect("TOML");
        if let Err(error) = schema.validate(&value) {
            panic!("{}: {error} at {}", cause.file, error.instance_path());
        }
    }
    let wrong: Value = toml::from_str("id = 'Bad Id'\nseverity = 'high'").expect("TOML");
    assert!(!schema.is_valid(&wrong));
}

#[test]
fn a_rules_folder_adds_a_cause_and_replaces_another() {
    let files = folder(&[
        ("signals/moon.toml", OWN_SIGNAL),
        (
            "causes/moon/full-moon.toml",
            &own_cause("full-moon", "moon", "Full moon"),
        ),
        (
            "causes/payment/single-limit.toml",
            &own_cause("single-limit", "payment", "Replaced"),
        ),
    ]);
    let rules = path(&files, "");
    let built_in = run(&["rules", "list", "--format", "json"]).json(0);
    let layered = run(&["rules", "list", "--format", "json", "--rules", &rules]).json(0);
    let count = |list: &Value| list["causes"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&layered), count(&built_in) + 1);
    assert_ne!(
        layered["rules"], built_in["rules"],
        "another set, another fingerprint"
    );
    has(
        &run(&["rules", "list", "--rules", &rules]).ok(0),
        &["Full moon", "Replaced"],
    );
    let shown = run(&["rules", "show", "single-limit", "--rules", &rules]).ok(0);
    has(&shown, &["Replaced"]);
    let args = ["--rules", &rules, "--product", "moon", "--format", "json"];
    let report = diagnose_with(&args).json(0);
    assert_eq!(report["rules"], layered["rules"]);
    assert_eq!(report["causes"][0]["id"], "full-moon");
    assert_eq!(
        report["causes"][0]["evidence"][0]["text"],
        "the moon is full"
    );
}

#[test]
fn without_built_in_rules_only_the_folder_speaks() {
    let files = folder(&[
        ("signals/moon.toml", OWN_SIGNAL),
        (
            "causes/moon/full-moon.toml",
            &own_cause("full-moon", "moon", "Full moon"),
        ),
    ]);
    let rules = path(&files, "");
    let listed = run(&["rules", "list", "--no-builtin-rules", "--rules", &rules]).ok(0);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let args = [
        "--no-builtin-rules",
        "--rules",
        &rules,
        "--product",
        "moon",
        "--format",
        "json",
    ];
    let report = diagnose_with(&args).json(0);
    assert_eq!(report["causes"].as_array().map(Vec::len), Some(1));
    // No money gate is left, so nothing may be allowed.
    assert_eq!(report["pay_again"]["state"], "blocked");
    assert_eq!(run(&["rules", "list", "--no-builtin-rules"]).ok(0), "");
    let empty = program(["diagnose", "--no-builtin-rules", "--format", "json"])
        .run()
        .json(1);
    assert_eq!(empty["causes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn later_folders_win_over_earlier_ones() {
    let cause = |title: &str| {
        let text = own_cause("full-moon", "moon", title);
        folder(&[
            ("signals/moon.toml", OWN_SIGNAL),
            ("causes/moon/full-moon.toml", &text),
        ])
    };
    let (first, second) = (cause("First"), cause("Second"));
    let (one, two) = (path(&first, ""), path(&second, ""));
    let listed = run(&["rules", "list", "--rules", &one, "--rules", &two]).ok(0);
    has(&listed, &["Second"]);
    assert!(!listed.contains("First"), "{listed}");
}

#[test]
fn test_reports_examples_coverage_and_mutants() {
    // The built-in rules are on trial elsewhere; one cause shows the form of the report.
    let test = |asks: &str, args: &[&str]| {
        let cause = own_cause("full-moon", "moon", "Full moon").replace("error.code", asks);
        let files = folder(&[
            ("signals/moon.toml", OWN_SIGNAL),
            ("causes/moon/full-moon.toml", &cause),
        ]);
        let rules = path(&files, "");
        let words = ["rules", "test", "--no-builtin-rules", "--rules", &rules];
        program(words).args(args).run()
    };
    let text = test("order.product", &[]).ok(0);
    for line in [
        "examples   1 passed, 0 failed",
        "branches   33.3 % of 1 leaves",
        "moon_is_full: order.product == 'moon' never true, false",
        "mutation   0.0 % of 1 flipped comparisons",
        "boundaries 0 of 0",
    ] {
        has(&text, &[line]);
    }
    assert_eq!(test("order.product", &["--all"]).ok(0), text);
    let json = test("order.product", &["--format", "json"]).json(0);
    for (key, expected) in [
        ("schema", Value::from(1)),
        ("examples", 1.into()),
        ("leaves", 1.into()),
        ("flips", 1.into()),
        ("failures", Value::Array(Vec::new())),
    ] {
        assert_eq!(json[key], expected, "{json}");
    }
    let failed = test("network.kind", &[]).ok(1);
    has(
        &failed,
        &[
            "FAILED full-moon",
            "expected a question for network.kind, found order.product",
            "0 passed, 1 failed",
        ],
    );
    let failed = test("network.kind", &["--format", "json"]).json(1);
    assert_eq!(failed["failures"][0]["cause"], "full-moon");
}

/// A platform with limits, a nightly maintenance window and somebody to contact.
const PROFILE: &str = r#"
name = { zh = "测试平台", en = "test platform" }
contact = { zh = "客服微信 kf91", en = "support chat kf91" }
official_domains = ["91ka.com"]
restricted_regions = ["KP"]

[[limit]]
channel = "alipay"
bank = "ICBC"
single = "100.00"

[[limit]]
channel = "alipay"
single = "5000.00"
daily = "20000.00"

[[maintenance]]
from = "23:30"
to = "00:30"
"#;

#[test]
fn a_profile_knows_limits_windows_domains_and_whom_to_contact() {
    let files = folder(&[("profile.toml", PROFILE)]);
    let profile = path(&files, "profile.toml");
    let eval = |expression: &str, args: &[&str]| {
        let words = [
            "rules",
            "eval",
            expression,
            "--profile",
            &profile,
            "--now",
            NOW,
        ];
        program(words).args(args).run().ok(0)
    };
    let alipay = ["--channel", "alipay"];
    for (expression, args, expected) in [
        ("limit.single", &alipay[..], "500000"),
        ("limit.daily", &alipay, "2000000"),
        (
            "limit.single",
            &["--channel", "alipay", "--bank", "ICBC"],
            "10000",
        ),
        (
            "limit.daily",
            &["--channel", "alipay", "--bank", "ICBC"],
            "2000000",
        ),
        (
            "limit.single",
            &["--channel", "alipay", "--single-limit", "7"],
            "700",
        ),
        (
            "limit.single",
            &["--channel", "wechat"],
            "unknown (missing: limit.single)",
        ),
        (
            "platform.maintenance",
            &["--submitted-at", "2026-12-09T23:30:00+08:00"],
            "true",
        ),
        (
            "platform.maintenance",
            &["--submitted-at", "2026-12-09T16:29:59Z"],
            "true",
        ),
        (
            "platform.maintenance",
            &["--submitted-at", "2026-12-10T00:30:00+08:00"],
            "unknown (missing: platform.maintenance)",
        ),
        (
            "site.verdict",
            &["--url", "https://pay.91ka.com/x"],
            "\"official\"",
        ),
        (
            "site.verdict",
            &["--url", "http://91ka.com/x"],
            "\"insecure\"",
        ),
        (
            "site.verdict",
            &["--url", "https://91ka.com.evil.cn/"],
            "\"lookalike\"",
        ),
        (
            "site.lookalike_of",
            &["--url", "https://91ka.com.evil.cn/"],
            "\"91ka.com\"",
        ),
        (
            "site.reasons",
            &["--url", "https://91ka.com.evil.cn/"],
            "[\"sub-domain\"]",
        ),
        (
            "site.verdict",
            &["--url", "https://blog.example/"],
            "\"unknown\"",
        ),
        ("region.restricted", &["--set", "payment.region=KP"], "true"),
    ] {
        assert_eq!(
            eval(expression, args),
            format!("{expected}\n"),
            "{expression} {args:?}"
        );
    }
    let over = [
        "--profile",
        &profile,
        "--channel",
        "alipay",
        "--amount",
        "6000",
    ];
    has(
        &diagnose_with(&over).ok(0),
        &["Over the limit for one payment", "support chat kf91"],
    );
    let maintenance = [
        "--profile",
        &profile,
        "--submitted-at",
        "2026-12-09T23:45:00+08:00",
        "--lang",
        "zh",
    ];
    has(
        &diagnose_with(&maintenance).ok(0),
        &["维护", "客服微信 kf91"],
    );
}

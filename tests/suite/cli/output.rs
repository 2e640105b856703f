//! What holds for every command: language, colour, private data, and a stream that closes.

use serde_json::Value;

use crate::support::{Program, diagnose_with, has, program, run};

const PRIVATE: &str = r#"{"error":{"message":"查 13812345678 的单"},"account":{"phone":"13812345678","registered_phone":"13987654321"},
    "order":{"target":"张三丰","intended_target":"u12345"}}"#;

#[test]
fn the_language_comes_from_the_option_else_from_the_locale() {
    let title = |program: Program| program.args(&["rules", "list"]).run().ok(0);
    let bare = || program::<&str>([]);
    let (zh, en) = ("超过单笔限额", "Over the limit for one payment");
    for (program, expected) in [
        (bare(), en),
        (bare().env("LANG", "zh_CN.UTF-8"), zh),
        (bare().env("LANG", "ZH_TW.UTF-8"), zh),
        (bare().env("LANG", "de_DE.UTF-8"), en),
        (bare().env("LANG", ""), en),
        (bare().env("LC_ALL", "zh_CN.UTF-8"), zh),
        (bare().env("LC_MESSAGES", "zh_CN").env("LC_ALL", ""), zh),
        (
            bare()
                .env("LC_ALL", "en_GB.UTF-8")
                .env("LANG", "zh_CN.UTF-8"),
            en,
        ),
        (bare().args(&["--lang", "zh"]), zh),
        (
            bare().env("LANG", "zh_CN.UTF-8").args(&["--lang", "en"]),
            en,
        ),
    ] {
        has(&title(program), &[expected]);
    }
}

#[test]
fn every_format_speaks_both_languages() {
    for format in ["text", "markdown", "json"] {
        let page = |lang: &str| diagnose_with(&["--lang", lang, "--format", format]).ok(1);
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(page("zh").contains(is_han), "{format}");
        assert!(!page("en").contains(is_han), "{format}: {}", page("en"));
    }
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let coloured = |program: Program| {
        let page = program.args(&["diagnose"]).run();
        page.ok(1).contains('\u{1b}')
    };
    let bare = || program::<&str>([]);
    assert!(!coloured(bare()), "a pipe is no terminal");
    assert!(!coloured(bare().args(&["--color", "never"])));
    assert!(coloured(bare().args(&["--color", "always"])));
    assert!(!coloured(bare().env("NO_COLOR", "1")));
    assert!(coloured(
        bare().env("NO_COLOR", "1").args(&["--color", "always"])
    ));
    assert!(!coloured(bare().env("CLICOLOR_FORCE", "1")));
}

#[test]
fn private_data_is_masked_unless_it_is_revealed() {
    let page = |args: &[&str]| {
        let page = program(["diagnose", "--case", "-"])
            .args(args)
            .stdin(PRIVATE);
        let page = page.run();
        assert!(page.code < 2, "{page:#?}");
        page.stdout
    };
    for format in ["text", "json", "markdown"] {
        let masked = page(&["--format", format]);
        let revealed = page(&["--format", format, "--reveal"]);
        for secret in ["13812345678", "13987654321", "张三丰", "u12345"] {
            assert!(!masked.contains(secret), "{format}: {masked}");
        }
        assert_eq!(
            revealed.contains("13812345678"),
            format == "json",
            "only JSON lists the values read: {revealed}"
        );
    }
    has(
        &page(&["--format", "json"]),
        &["138****5678", "139****4321"],
    );
}

#[test]
fn explanations_and_conditions_mask_too() {
    let explain = |args: &[&str]| {
        let page = program(["explain", "--case", "-"])
            .args(args)
            .stdin(PRIVATE);
        page.run().ok(0)
    };
    assert!(!explain(&[]).contains("13812345678"));
    has(&explain(&[]), &["138****5678"]);
    has(&explain(&["--reveal"]), &["13812345678"]);
    let eval = |expression: &str, args: &[&str]| {
        let page = program(["rules", "eval", expression, "--case", "-"]);
        page.args(args).stdin(PRIVATE).run().ok(0)
    };
    for (expression, masked, revealed) in [
        ("account.phone", "138****5678", "13812345678"),
        (
            "error.message",
            "查 138****5678 的单",
            "查 13812345678 的单",
        ),
        ("account.phone + 'x'", "138****678x", "13812345678x"),
        ("[order.target, 'a']", "张****", "张三丰"),
        ("account.phone == '13812345678'", "true", "true"),
    ] {
        for format in ["text", "json"] {
            let args = ["--format", format];
            let shown = eval(expression, &args);
            has(&shown, &[masked]);
            assert!(masked == revealed || !shown.contains(revealed), "{shown}");
            has(
                &eval(expression, &[&args[..], &["--reveal"]].concat()),
                &[revealed],
            );
        }
    }
}

#[test]
fn quiet_changes_no_result() {
    let loud = run(&["rules", "list"]).ok(0);
    assert_eq!(run(&["rules", "list", "--quiet"]).ok(0), loud);
    assert_eq!(run(&["-q", "rules", "list"]).ok(0), loud);
}

#[test]
fn facts_are_listed_for_people_and_scripts() {
    let text = run(&["facts"]).ok(0);
    has(
        &text,
        &["order.amount", "[money]", "public-wifi", "account.phone"],
    );
    assert!(
        !text.contains("code.high"),
        "derived facts are not to be given"
    );
    has(&run(&["facts", "--lang", "zh"]).ok(0), &["订单"]);
    let list = run(&["facts", "--format", "json"]).json(0);
    assert_eq!(list["schema"], 1);
    let facts = list["facts"].as_array().expect("facts");
    assert!(facts.len() > 90, "{}", facts.len());
    let phone = facts.iter().find(|fact| fact["key"] == "account.phone");
    assert_eq!(phone.expect("a phone")["masked"], Value::Bool(true));
}

#[test]
fn the_schema_of_cases_accepts_cases_and_refuses_mistakes() {
    let schema = run(&["facts", "--format", "json-schema"]).json(0);
    let schema = jsonschema::validator_for(&schema).expect("a JSON Schema");
    let mut cases = 0;
    for file in ["agents", "contrasts", "contrasts2", "integrators"] {
        let file = crate::support::repository(&format!("tests/cases/{file}.jsonl"));
        let lines = std::fs::read_to_string(file).expect("cases");
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let row: Value = serde_json::from_str(line).expect("JSON");
            if let Err(error) = schema.validate(&row["facts"]) {
                panic!("{}: {error} at {}", row["id"], error.instance_path());
            }
            cases += 1;
        }
    }
    assert!(cases > 200, "{cases}");
    for (case, fits) in [
        (r#"{}"#, true),
        (
            r#"{"case":"R1","order.amount":5,"order":{"status":null}}"#,
            true,
        ),
        (r#"{"order":null}"#, true),
        (r#"{"order":{"amuont":5}}"#, false),
        (r#"{"order.amount":true}"#, false),
        (r#"{"order":{"status":"payed"}}"#, false),
        (r#"{"code.high":"x"}"#, false),
        (r#"[]"#, false),
    ] {
        let value: Value = serde_json::from_str(case).expect("JSON");
        assert_eq!(schema.is_valid(&value), fits, "{case}");
        let accepted = crate::support::diagnose_case(case).code < 2;
        assert_eq!(
            accepted, fits,
            "the program disagrees with its schema: {case}"
        );
    }
}

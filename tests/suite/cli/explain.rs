//! `explain`: a cause, a code with every reading, and how a case came to its diagnosis.

use crate::support::{NOW, built_in, has, program, run};

const OVER_LIMIT: &str = r#"{"order":{"amount":"6000.00"},"limit":{"single":"5000.00"}}"#;

#[test]
fn every_cause_explains_itself_in_both_languages() {
    for (lang, heading) in [("en", "What to do"), ("zh", "怎么处理")] {
        // The texts come from the files; three causes show that the page is whole.
        for id in ["single-limit", "phishing", "debited-not-credited"] {
            let page = run(&["explain", id, "--lang", lang]).ok(0);
            has(&page, &[&format!("({id})"), heading]);
            let cause = built_in().cause(id).expect("a cause");
            let fixes = page.matches("\n  1. [").count();
            assert_eq!(fixes, usize::from(!cause.fixes.is_empty()), "{page}");
        }
    }
}

#[test]
fn a_code_shows_every_reading_with_what_it_says_of_the_money() {
    let all = run(&["explain", "SYSTEMERROR"]).ok(0);
    has(
        &all,
        &[
            "readings: 2",
            "(wechat_v2)",
            "(wechat_v3)",
            "outcome unknown",
            "published:",
        ],
    );
    let one = run(&["explain", "SYSTEMERROR", "--gateway", "wechat_v3"]).ok(0);
    has(&one, &["readings: 1", "(wechat_v3)"]);
    assert!(!one.contains("(wechat_v2)"), "{one}");
    // Spelling does not matter, and a message stands for its code.
    assert!(
        run(&["explain", " ｓystemerror "])
            .ok(0)
            .contains("readings: 2")
    );
    assert!(run(&["explain", "系统错误"]).ok(0).contains("SYSTEMERROR"));
}

#[test]
fn a_code_as_json_has_the_same_readings() {
    let found = run(&["explain", "SYSTEMERROR", "--format", "json"]).json(0);
    assert_eq!(found["schema"], 1);
    assert_eq!(found["code"], "SYSTEMERROR");
    let readings = found["readings"].as_array().expect("readings");
    assert_eq!(readings.len(), 2);
    for reading in readings {
        assert_eq!(reading["money"], "unknown");
        assert_eq!(reading["cause"], "channel-unavailable");
    }
    let one = [
        "explain",
        "SYSTEMERROR",
        "--format",
        "json",
        "--gateway",
        "wechat_v2",
    ];
    let one = run(&one).json(0);
    assert_eq!(one["readings"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_case_is_explained_with_why_why_not_and_what_would_change_it() {
    let page = program(["explain", "--now", NOW, "--case", "-"])
        .stdin(OVER_LIMIT)
        .run()
        .ok(0);
    has(
        &page,
        &[
            "Why this cause",
            "Over the limit for one payment",
            "Why not",
            "What would change",
        ],
    );
    let other = [
        "explain",
        "--case",
        "-",
        "--cause",
        "risk-control",
        "--lang",
        "zh",
    ];
    let other = program(other)
        .args(&["--now", NOW])
        .stdin(OVER_LIMIT)
        .run()
        .ok(0);
    let title = &built_in()
        .cause("risk-control")
        .expect("a cause")
        .source
        .title;
    has(&other, &[&title.zh]);
    // Facts may also come from --set and from the friendly flags alone.
    let set = ["--set", "order.amount=6000", "--set", "limit.single=5000"];
    assert_eq!(
        program(["explain", "--now", NOW]).args(&set).run().ok(0),
        page
    );
    let flags = ["--amount", "6000", "--single-limit", "5000"];
    assert_eq!(
        program(["explain", "--now", NOW]).args(&flags).run().ok(0),
        page
    );
}

#[test]
fn what_cannot_be_explained_is_refused() {
    for (args, says) in [
        (
            &["explain", "single-limt"][..],
            "did you mean `single-limit`?",
        ),
        (
            &["explain", "no-such-thing-at-all"],
            "`recharge-doctor rules list` lists the causes",
        ),
        (&["explain", "SYSTEMEROR"], "did you mean `SYSTEMERROR`?"),
        (
            &["explain", "SYSTEMERROR", "--gateway", "iso8583"],
            "expected",
        ),
        (
            &["explain"],
            "help: give ID|CODE, or a case with --case FILE",
        ),
        (
            &["explain", "single-limit", "--amount", "5"],
            "explain --case FILE --cause ID",
        ),
        (&["explain", "single-limit", "--case", "-"], "found both"),
        (
            &["explain", "single-limit", "--cause", "phishing"],
            "found both",
        ),
        (
            &["explain", "single-limit", "--format", "json"],
            "--format text",
        ),
        (
            &["explain", "--set", "order.amount=5", "--format", "json"],
            "--format text",
        ),
        (
            &["explain", "--amount", "5", "--cause", "nix"],
            "found `nix`",
        ),
    ] {
        has(&run(args).refused(), &["error: ", says]);
    }
}

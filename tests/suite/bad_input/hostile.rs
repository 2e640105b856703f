//! Data that would drive a terminal, or that is private, never comes out as it went in.

use crate::support::{diagnose_case, program, run};

/// What must not reach a terminal: escapes, bells, line ends in data, and text turned round.
const HOSTILE: &str = "A\u{1b}[31m\u{7}\u{8}\r\u{9b}2J\u{202e}B\u{2066}\u{200b}\u{feff}\u{85}C";

#[test]
fn control_characters_in_facts_never_come_out_raw() {
    let case = serde_json::json!({
        "case": HOSTILE,
        "text": HOSTILE,
        "order": { "id": HOSTILE, "product": HOSTILE, "intended_product": format!("{HOSTILE}D"),
            "amount": "6000", "target": HOSTILE, "intended_target": format!("{HOSTILE}X") },
        "limit": { "single": "5000" },
        "payment": { "bank": HOSTILE },
        "error": { "code": HOSTILE, "message": HOSTILE, "gateway": "iso8583" },
        "account": { "username": HOSTILE, "registered_username": format!("{HOSTILE}E") },
        "site": { "url": HOSTILE },
        "client": { "browser": HOSTILE, "os": HOSTILE },
    });
    let case = case.to_string();
    let pages = ["text", "markdown", "json"].map(|format| vec!["diagnose", "--format", format]);
    let more = [
        vec!["explain"],
        vec!["explain", "--cause", "phishing"],
        vec!["rules", "eval", "order.id + text", "--format", "json"],
        vec!["rules", "eval", "[order.id, text]"],
    ];
    for words in pages.into_iter().chain(more) {
        let done = program(&words)
            .args(&["--case", "-", "--reveal"])
            .stdin(&case)
            .run();
        assert!(done.code < 2, "{done:#?}");
        harmless(&done.stdout, &words);
        assert!(
            done.stdout.contains('A') || words[0] == "explain",
            "{words:?}"
        );
    }
}

#[test]
fn control_characters_in_mistakes_never_come_out_raw() {
    for case in [
        serde_json::json!({ HOSTILE: 1 }).to_string(),
        serde_json::json!({ "order": { HOSTILE: 1 } }).to_string(),
        serde_json::json!({ "order.amount": HOSTILE }).to_string(),
        serde_json::json!({ "order.status": HOSTILE }).to_string(),
        serde_json::json!({ "order.paid_at": HOSTILE }).to_string(),
    ] {
        harmless(&diagnose_case(&case).refused(), &["diagnose"]);
    }
    for args in [
        &["explain", HOSTILE][..],
        &["rules", "show", HOSTILE],
        &["rules", "eval", HOSTILE],
        &["rules", "new", HOSTILE],
        &["diagnose", "--set", HOSTILE],
        &["diagnose", "--amount", HOSTILE],
        &["diagnose", "--case", HOSTILE],
        &["diagnose", "--now", HOSTILE],
    ] {
        harmless(&run(args).refused(), args);
    }
}

fn harmless(text: &str, words: &[&str]) {
    let invisible = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'];
    let raw = text
        .chars()
        .find(|c| (c.is_control() && *c != '\n') || invisible.contains(c));
    assert_eq!(raw, None, "{words:?}: {text:?}");
}

#[test]
fn masked_values_are_not_repeated_in_mistakes() {
    // No masked fact has a type that could be wrong today; a list or an object still is.
    let complaint = diagnose_case(r#"{"account":{"phone":["13812345678"]}}"#).refused();
    assert!(!complaint.contains("13812345678"), "{complaint}");
}

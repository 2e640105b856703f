//! Every mistake has a stable code, a place and help, and all are reported at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use recharge_doctor::document::Diagnostic;
use recharge_doctor::rules::{RuleFiles, RuleSet};
use serde_json::Value;

use super::mistakes::{CAUSE, GATEWAYS, GOOD, HEADER, SIGNAL, edited, mistakes};
use crate::support::{folder, has, path, program, repository, run};

/// Everything that is wrong with a folder on top of the built-in rules, its own paths cut short.
fn check(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    let folder = folder(files);
    let mut all = RuleFiles::built_in();
    all.add_folder(folder.path()).expect("a readable folder");
    RuleSet::check(&all).found
}

#[test]
fn the_files_that_mistakes_are_put_into_have_none() {
    let rows = "1\t满\t满\tfull\tfull-moon\thigh\tuser\t-\there\n\n";
    let table = format!("{HEADER}{rows}");
    let found = check(&[
        (CAUSE, GOOD),
        ("signals/moon.toml", SIGNAL),
        ("codes/gateways.toml", GATEWAYS),
        ("codes/moonpay.tsv", &table),
        ("README.md", "not a rule"),
        ("causes/moon/notes.txt", "not a rule"),
        (".git/x.toml", "not a rule"),
    ]);
    let own: Vec<_> = found
        .iter()
        .filter(|one| !one.file.starts_with("rules/"))
        .collect();
    assert!(own.is_empty(), "{own:#?}");
}

#[test]
fn every_mistake_has_its_code_its_place_and_help() {
    let mut wrong = Vec::new();
    for mistake in mistakes() {
        let mut files = vec![("signals/moon.toml", SIGNAL), (CAUSE, GOOD)];
        for (file, text) in &mistake.files {
            files.retain(|(known, _)| known != file);
            files.push((file, text));
        }
        let found = check(&files);
        let shown: Vec<String> = found
            .iter()
            .filter(|one| !one.file.starts_with("rules/"))
            .map(ToString::to_string)
            .collect();
        let start = format!("{}: {} ", mistake.at, mistake.code);
        let right = |line: &String| {
            let help = line.split("\n  help: ").nth(1);
            line.contains(&start)
                && line.contains(mistake.says)
                && help.is_some() == mistake.help.is_some()
                && help
                    .unwrap_or_default()
                    .contains(mistake.help.unwrap_or_default())
        };
        if shown.len() != 1 || !shown.iter().all(right) {
            let expected = (start, mistake.says, mistake.help);
            wrong.push(format!("expected {expected:?}, found {shown:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_mistake_in_this_table() {
    let source = fs::read_to_string(repository("src/document/diagnostic.rs")).expect("codes");
    let codes: BTreeSet<&str> = source
        .split('"')
        .filter(|part| part.len() == 4 && part.starts_with('R'))
        .collect();
    let table = mistakes();
    let tested: BTreeSet<&str> = table.iter().map(|mistake| mistake.code).collect();
    assert_eq!(codes, tested);
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_their_places() {
    let cause = edited(GOOD, "\"block\"", "\"blokc\"");
    let cause = edited(&cause, "minutes = 5", "minutes = 'long'");
    let cause = edited(&cause, "en = \"look up\"", "en = \"\"");
    let signal = edited(SIGNAL, "order.product ==", "order.prodcut < has(x) +");
    let rows = format!(
        "{HEADER}1\t-\n2\t满\t满\tfull\tnone\thigh\tuser\t-\there\n3\t满\t满\tfull\tno\thigh\tuser\t-\there\n"
    );
    // A key that is missing hides neither ids that nothing has nor examples that are not there.
    let half = edited(GOOD, "severity = \"block\"\n", "");
    let half = edited(&half, "\"full-moon\"", "\"half-moon\"");
    let half = edited(&half, "\"moon_is_full\"", "\"moon_is_fulll\"");
    let half = edited(&half, "expect = \"asks\"", "expect = \"likely\"");
    let half = edited(
        &half,
        "case = { order.status = \"failed\" }",
        "case = { order.stats = \"failed\" }",
    );
    let found = check(&[
        (CAUSE, &cause),
        ("causes/moon/half-moon.toml", &half),
        ("causes/sun/bad.toml", "id = \n"),
        ("signals/moon.toml", &signal),
        ("codes/gateways.toml", GATEWAYS),
        ("codes/moonpay.tsv", &rows),
        ("lost.toml", ""),
    ]);
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(found, sorted);
    let lines: Vec<String> = found
        .iter()
        .map(|one| {
            let name = Path::new(&*one.file).file_name().expect("a name");
            format!("{} {} {}", one.code, name.to_string_lossy(), one.line)
        })
        .collect();
    for expected in [
        "R005 full-moon.toml 4",
        "R004 full-moon.toml 19",
        "R006 full-moon.toml 25",
        "R003 half-moon.toml 1",
        "R011 half-moon.toml 12",
        "R031 half-moon.toml 1",
        "R030 half-moon.toml 40",
        "R001 bad.toml 1",
        "R003 bad.toml 1",
        "R020 moon.toml 3",
        "R040 moonpay.tsv 2",
        "R011 moonpay.tsv 3",
        "R011 moonpay.tsv 4",
        "R007 lost.toml 1",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "no {expected} in {lines:#?}"
        );
    }
}

#[test]
fn check_prints_mistakes_for_people_and_scripts_and_other_commands_refuse() {
    let cause = edited(GOOD, "\"block\"", "\"blokc\"");
    let files = folder(&[(CAUSE, &cause), ("signals/moon.toml", SIGNAL)]);
    let rules = path(&files, "");
    let text = run(&["rules", "check", "--rules", &rules]).ok(2);
    has(
        &text,
        &[
            "full-moon.toml:4:12: R005 expected one of",
            "\n  help: did you mean `block`?",
        ],
    );
    let json = run(&["rules", "check", "--format", "json", "--rules", &rules]).json(2);
    assert_eq!(json["schema"], 1);
    let mistake = &json["mistakes"][0];
    for (key, expected) in [
        ("code", Value::from("R005")),
        ("line", 4.into()),
        ("column", 12.into()),
        ("help", "did you mean `block`?".into()),
    ] {
        assert_eq!(mistake[key], expected, "{mistake}");
    }
    for command in [
        &["diagnose"][..],
        &["rules", "list"],
        &["rules", "test"],
        &["facts"],
    ] {
        let refused = program(command.iter().copied())
            .args(&["--rules", &rules])
            .run()
            .refused();
        has(
            &refused,
            &[
                "expected rule files without mistakes, found 1:",
                "R005",
                "rules check",
            ],
        );
    }
}

#[test]
fn files_that_are_no_text_or_too_large_are_refused() {
    let files = folder(&[("signals/moon.toml", SIGNAL)]);
    let rules = path(&files, "");
    let check = || run(&["rules", "check", "--rules", &rules]).refused();
    fs::write(files.path().join("signals/moon.toml"), b"id = '\xff'").expect("a file");
    has(
        &check(),
        &["expected UTF-8 text", "signals/moon.toml", "offset 6"],
    );
    fs::write(
        files.path().join("signals/moon.toml"),
        vec![b'#'; (1 << 20) + 1],
    )
    .expect("a file");
    has(
        &check(),
        &[
            "expected a file of at most 1048576 bytes",
            "signals/moon.toml",
        ],
    );
}

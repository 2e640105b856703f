//! The built-in rules are whole: every file is listed, every cause and word is there, in both
//! languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use recharge_doctor::report::REQUIRED_WORDS;
use recharge_doctor::rules::{RuleFiles, RuleSet};
use recharge_doctor::text::Locale;

use crate::support::{built_in, has, repository, run};

/// The causes that the product knows; ids are never reused.
const CAUSES: [&str; 24] = [
    "account-mismatch",
    "bank-extra-verification",
    "channel-unavailable",
    "client-incompatible",
    "daily-limit",
    "debited-not-credited",
    "duplicate-submission",
    "input-error",
    "insufficient-balance",
    "maintenance",
    "merchant-config",
    "network-unstable",
    "order-expired",
    "overload",
    "payment-account-abnormal",
    "phishing",
    "public-network",
    "region-restricted",
    "risk-control",
    "single-limit",
    "upstream-failure",
    "user-cancelled",
    "verification-incomplete",
    "weak-account-security",
];

/// Every file below a folder, relative to it.
fn below(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            below(&path, root, found);
        } else {
            let relative = path.strip_prefix(root).expect("below the root");
            found.insert(relative.to_string_lossy().replace('\\', "/"));
        }
    }
}

#[test]
fn the_list_of_built_in_files_is_the_folder_of_rules() {
    let root = repository("rules");
    let mut on_disk = BTreeSet::new();
    below(&root, &root, &mut on_disk);
    on_disk.retain(|path| path.ends_with(".toml") || path.ends_with(".tsv"));
    let built_in = RuleFiles::built_in();
    let listed: Vec<&str> = built_in.iter().map(|file| file.path.as_str()).collect();
    assert!(listed.is_sorted(), "the list is in the order of its paths");
    assert_eq!(
        listed,
        on_disk.iter().map(String::as_str).collect::<Vec<_>>()
    );
    let models = built_in.models();
    for model in [&models.wording, &models.money] {
        assert!(model.as_ref().expect("a built-in model").is_whole());
    }
    for file in built_in.iter() {
        let text = fs::read_to_string(root.join(&file.path)).expect("a rule file");
        assert_eq!(file.text, text, "{}", file.path);
    }
}

/// Run `cargo run --release --example compile_phrases` and then `--example train` where this fails.
#[test]
fn the_compiled_phrases_are_those_of_the_files() {
    let rules = RuleSet::load(&RuleFiles::built_in()).expect("the built-in rules");
    let (catalog, phrases) = rules.into_phrases();
    let compiled = phrases.to_bytes(&catalog).expect("phrases as bytes");
    let kept = fs::read(repository("rules/phrases.compiled")).expect("the compiled phrases");
    assert!(compiled == kept, "rules/phrases.compiled is not up to date");
}

#[test]
fn every_cause_of_the_product_has_its_file() {
    let ids: Vec<&str> = built_in().causes.iter().map(|cause| cause.id()).collect();
    assert_eq!(ids, CAUSES);
    for cause in &built_in().causes {
        let expected = format!("rules/causes/{}/{}.toml", cause.source.group, cause.id());
        assert_eq!(cause.file, expected);
        assert!(
            !cause.evidence.is_empty() && !cause.fixes.is_empty(),
            "{}",
            cause.id()
        );
        assert!(
            !cause.source.from_article || cause.source.section.is_some(),
            "{}",
            cause.id()
        );
    }
}

#[test]
fn every_word_of_reports_and_every_text_exists_in_both_languages() {
    let rules = built_in();
    for key in REQUIRED_WORDS {
        let word = rules.words.get(key);
        let word = word.unwrap_or_else(|| panic!("rules/words.toml lacks `{key}`"));
        assert!(
            !word.zh.trim().is_empty() && !word.en.trim().is_empty(),
            "{key}"
        );
    }
    let distinct: BTreeSet<&&str> = REQUIRED_WORDS.iter().collect();
    assert_eq!(
        distinct.len(),
        REQUIRED_WORDS.len(),
        "a word is required twice"
    );
    for cause in &rules.causes {
        let key = format!("group.{}", cause.source.group);
        let word = rules.words.get(&key);
        assert!(word.is_some(), "rules/words.toml lacks `{key}`");
    }
    // The loader refuses empty texts; what is left is a language in the place of the other.
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for file in RuleFiles::built_in()
        .iter()
        .filter(|file| file.path.ends_with(".toml"))
    {
        let value: toml::Table = toml::from_str(&file.text).expect("TOML");
        texts(&toml::Value::Table(value), &mut |zh, en| {
            assert!(
                !zh.trim().is_empty() && !en.trim().is_empty(),
                "{}: {zh} {en}",
                file.path
            );
            assert!(!en.contains(is_han), "{}: Chinese in `{en}`", file.path);
        });
    }
    for gateway in rules.codes.gateways() {
        for row in &gateway.rows {
            for locale in [Locale::Zh, Locale::En] {
                let meaning = row.meaning(locale);
                assert!(!meaning.trim().is_empty(), "{} {}", gateway.id, row.code);
            }
        }
    }
}

/// Calls back for every table with `zh` and `en`; one without the other is a mistake.
fn texts(value: &toml::Value, see: &mut impl FnMut(&str, &str)) {
    match value {
        toml::Value::Table(table) => {
            match (table.get("zh"), table.get("en")) {
                (Some(zh), Some(en)) => {
                    see(zh.as_str().expect("a text"), en.as_str().expect("a text"));
                }
                (None, None) => {}
                _ => panic!("a text in one language: {table:?}"),
            }
            table.values().for_each(|inner| texts(inner, see));
        }
        toml::Value::Array(list) => list.iter().for_each(|inner| texts(inner, see)),
        _ => {}
    }
}

#[test]
fn the_built_in_rules_have_no_mistake() {
    let files = RuleFiles::built_in();
    let found = RuleSet::check(&files).found;
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", lines.join("\n"));
    has(
        &run(&["rules", "check"]).ok(0),
        &["24 causes", "no mistakes"],
    );
    has(&run(&["rules", "test"]).ok(0), &[" passed, 0 failed"]);
}

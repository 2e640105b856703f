//! Any bytes as a case file: read and diagnosed in every form of output, or refused with a place
//! and with help. Nothing that is shown drives a terminal.
//!
//! `cargo +nightly fuzz run case`

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use recharge_doctor::derive::{derive, listen};
use recharge_doctor::diagnose::diagnose;
use recharge_doctor::facts::{FactValue, Source};
use recharge_doctor::intake::{IntakeError, read_case};
use recharge_doctor::report::{Audience, View, write_json, write_markdown, write_terminal};
use recharge_doctor::rules::RuleSet;
use recharge_doctor::text::Locale;

fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(RuleSet::built_in)
}

fuzz_target!(|data: &[u8]| {
    let rules = rules();
    let mut case = match read_case(data, &rules.catalog) {
        Ok(case) => case,
        Err(error) => {
            if let IntakeError::Json { line, .. } | IntakeError::Encoding { line, .. } = &error {
                assert!(*line >= 1, "{error}");
            }
            assert!(error.help().is_some(), "{error}");
            return;
        }
    };
    let now = "2026-12-10T10:00:00+08:00".parse().expect("a time");
    let clock = rules.key("case.now");
    case.facts.set(clock, FactValue::Time(now), Source::Record);
    listen(&mut case.facts, rules);
    derive(&mut case.facts, rules, &rules.profile);
    let diagnosis = diagnose(&case.facts, rules, &rules.profile);
    let name = case.name(&rules.catalog);
    let view = View {
        case: &name,
        facts: &case.facts,
        rules,
        profile: &rules.profile,
        diagnosis: &diagnosis,
        locale: if data.len() % 2 == 0 { Locale::Zh } else { Locale::En },
        reveal: true,
        audience: Audience::default(),
    };
    let mut out = Vec::new();
    write_terminal(&view, 80, &mut out).expect("memory takes everything");
    write_markdown(&view, &mut out).expect("memory takes everything");
    write_json(&view, &mut out).expect("memory takes everything");
    let text = String::from_utf8(out).expect("UTF-8 output");
    let raw = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(raw, None, "{text:?}");
});

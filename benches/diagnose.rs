//! How long one diagnosis takes once the rules are loaded, from facts to report.

use divan::{Bencher, black_box};
use recharge_doctor::derive::derive;
use recharge_doctor::diagnose::{Diagnosis, diagnose};
use recharge_doctor::facts::Facts;
use recharge_doctor::intake::read_case;
use recharge_doctor::report::{Audience, View, write_json};
use recharge_doctor::rules::RuleSet;
use recharge_doctor::text::Locale;

fn main() {
    divan::main();
}

/// A case with an open question, so that questions are worked out too.
const UNDETERMINED: &str = r#"{"order.status":"failed","payment.channel":"alipay"}"#;

/// A case with a clear cause.
const IDENTIFIED: &str = include_str!("../tests/cases/debited-on-public-wifi.json");

fn facts(rules: &RuleSet, case: &str) -> Facts {
    let case = read_case(case.as_bytes(), &rules.catalog).expect("a good case");
    case.facts
}

fn run(rules: &RuleSet, facts: &Facts) -> Diagnosis {
    let mut facts = facts.clone();
    derive(&mut facts, rules, &rules.profile);
    diagnose(&facts, rules, &rules.profile)
}

/// Derived facts, scoring, questions.
#[divan::bench(args = ["identified", "undetermined"])]
fn diagnosis(bencher: Bencher, which: &str) {
    let rules = RuleSet::built_in();
    let case = if which == "identified" {
        IDENTIFIED
    } else {
        UNDETERMINED
    };
    let facts = facts(&rules, case);
    bencher.bench(|| run(black_box(&rules), black_box(&facts)));
}

/// The JSON report of a diagnosis.
#[divan::bench]
fn report(bencher: Bencher) {
    let rules = RuleSet::built_in();
    let facts = facts(&rules, IDENTIFIED);
    let diagnosis = run(&rules, &facts);
    let view = View {
        case: "bench",
        facts: &facts,
        rules: &rules,
        profile: &rules.profile,
        diagnosis: &diagnosis,
        locale: Locale::Zh,
        reveal: false,
        audience: Audience::default(),
    };
    bencher.bench(|| {
        let mut out = Vec::new();
        write_json(black_box(&view), &mut out).map(|()| out)
    });
}

//! Any bytes as an address: a verdict, the same again, and a look-alike only where it says of whom.
//!
//! `cargo +nightly fuzz run address`

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use recharge_doctor::rules::RuleSet;
use recharge_doctor::site::{Checker, Verdict};

fn checker() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| {
        let mut profile = RuleSet::built_in().profile;
        profile.official.push("91ka.com".to_owned());
        Checker::new(&profile)
    })
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let check = checker().check(&text);
    assert_eq!(check, checker().check(&text));
    assert_eq!(check.lookalike_of.is_some(), check.verdict == Verdict::Lookalike);
    if check.verdict == Verdict::Official {
        let host = check.host.expect("an official site has a host");
        assert!(host.contains('.') && host.is_ascii(), "{host}");
    }
});

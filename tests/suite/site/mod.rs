//! The check of addresses: how many imitations it finds, how seldom it is wrong about honest sites,
//! and that nothing can make it fail.

mod alarms;
mod command;
mod never;
mod recall;
mod tricks;

use std::sync::OnceLock;

use recharge_doctor::document::Context;
use recharge_doctor::rules::Profile;
use recharge_doctor::site::{Check, Checker, Strength};

use crate::support::built_in;

/// The built-in profile with more on top.
fn profile(more: &str) -> Profile {
    let mut profile = built_in().profile.clone();
    let context = Context::new("profile.toml", more);
    profile.extend(&context);
    let found = context.into_diagnostics();
    assert!(found.is_empty(), "{found:#?}");
    profile
}

/// A checker of the built-in profile and two platforms.
fn checker() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| {
        let platforms = "official_domains = ['91ka.com', 'kamengtest.com']";
        Checker::new(&profile(platforms))
    })
}

/// The ids of the reasons that weigh anything.
fn weighty(check: &Check) -> Vec<&'static str> {
    let reasons = check.reasons.iter();
    let weighty = reasons.filter(|reason| reason.strength > Strength::Info);
    weighty.map(|reason| reason.kind.id()).collect()
}

/// Whether a check suspects a resemblance to this domain, or any where none is named.
fn suspects(check: &Check, of: Option<&str>) -> bool {
    let mut reasons = check.reasons.iter();
    reasons.any(|reason| {
        let same = of.is_none_or(|of| reason.of.as_deref() == Some(of));
        reason.strength > Strength::Info && reason.of.is_some() && same
    })
}

//! What the profile knows: limits, windows, holidays, old clients, restricted regions, domains.

use chrono::Datelike;

use crate::facts::{CaseFacts, FactKey, FactValue, Source};
use crate::rules::{ClientPart, MinimumVersion, Profile, Window};
use crate::site::{Checker, Verdict};

use super::times::moment_of_failure;
use super::{Part, Pass};

pub(super) fn derive(pass: &mut Pass<'_, impl CaseFacts>, profile: &Profile) {
    let keys = pass.keys;
    let on = [keys.payment_channel, keys.payment_bank];
    pass.remembered(Part::Limits, &on, "", |pass| limits(pass, profile));
    windows(pass, profile);
    let on = [
        keys.client_browser,
        keys.client_browser_version,
        keys.client_os,
        keys.client_os_version,
        keys.client_app_version,
    ];
    pass.remembered(Part::Client, &on, "", |pass| client(pass, profile));
    region(pass, profile);
    pass.remembered(Part::Site, &[keys.site_url], "", |pass| {
        site(pass, profile);
    });
}

fn limits(pass: &mut Pass<'_, impl CaseFacts>, profile: &Profile) {
    let keys = pass.keys;
    let Some(channel) = pass.text(keys.payment_channel) else {
        return;
    };
    let bank = pass.text(keys.payment_bank);
    let fits = |limit: &&crate::rules::Limit| {
        limit.channel == channel
            && limit
                .bank
                .as_ref()
                .is_none_or(|name| bank.is_some_and(|bank| same_bank(name, bank)))
    };
    let single = profile
        .limits
        .iter()
        .filter(fits)
        .find_map(|limit| limit.single);
    let daily = profile
        .limits
        .iter()
        .filter(fits)
        .find_map(|limit| limit.daily);
    if let Some(fen) = single {
        pass.set(keys.limit_single, FactValue::Money(fen), Source::Profile);
    }
    if let Some(fen) = daily {
        pass.set(keys.limit_daily, FactValue::Money(fen), Source::Profile);
    }
}

/// Whether two names mean one bank: 建设银行 is 中国建设银行.
fn same_bank(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim().to_lowercase(), right.trim().to_lowercase());
    left == right || left.ends_with(&right) || right.ends_with(&left)
}

fn windows(pass: &mut Pass<'_, impl CaseFacts>, profile: &Profile) {
    let keys = pass.keys;
    let Some(moment) = moment_of_failure(pass) else {
        return;
    };
    let local = moment.in_china();
    let inside = |windows: &[Window]| {
        let mut windows = windows.iter();
        windows.any(|window| window.contains_local(&moment, local))
    };
    // A window that is not in the profile proves nothing: maintenance is also unplanned.
    if inside(&profile.maintenance) {
        pass.set(
            keys.platform_maintenance,
            FactValue::Bool(true),
            Source::Profile,
        );
    }
    if inside(&profile.promotions) {
        pass.set(
            keys.platform_promotion,
            FactValue::Bool(true),
            Source::Profile,
        );
    }
    let holiday = inside(&profile.holidays);
    if holiday || profile.holiday_years.contains(&local.year()) {
        pass.set(
            keys.platform_holiday,
            FactValue::Bool(holiday),
            Source::Profile,
        );
    }
}

/// Whether the browser, system or app is older than what works.
fn client(pass: &mut Pass<'_, impl CaseFacts>, profile: &Profile) {
    let keys = pass.keys;
    let parts = [
        (
            ClientPart::Browser,
            keys.client_browser,
            keys.client_browser_version,
        ),
        (ClientPart::Os, keys.client_os, keys.client_os_version),
        (
            ClientPart::App,
            keys.client_app_version,
            keys.client_app_version,
        ),
    ];
    let verdicts = parts.map(|(part, name, version)| {
        let name = pass.text(name)?;
        outdated(&profile.clients, part, name, pass.text(version))
    });
    if verdicts.contains(&Some(true)) {
        pass.set_derived(keys.client_outdated, FactValue::Bool(true));
    } else if verdicts.contains(&Some(false)) {
        pass.set_derived(keys.client_outdated, FactValue::Bool(false));
    }
}

/// Whether one part is too old; none where the profile or the case does not say.
fn outdated(
    minimums: &[MinimumVersion],
    part: ClientPart,
    name: &str,
    version: Option<&str>,
) -> Option<bool> {
    let name = name.to_lowercase();
    let minimum = minimums
        .iter()
        .filter(|minimum| minimum.of == part)
        .find(|minimum| part == ClientPart::App || is_named(&name, &minimum.name))?;
    let Some(least) = &minimum.version else {
        return Some(true);
    };
    // "Android 5.1" may stand in the name alone.
    let version = version.or_else(|| name.split_whitespace().last())?;
    let numbers = numbers(version)?;
    Some(numbers < self::numbers(least)?)
}

/// Whether a client name begins with the words of a profile entry.
fn is_named(name: &str, entry: &str) -> bool {
    let rest = name.strip_prefix(entry);
    rest.is_some_and(|rest| {
        !rest.starts_with(|c: char| c.is_alphanumeric())
            || rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The numbers of a dotted version: `10.3.1` → 10, 3, 1.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let trimmed = version.trim().trim_start_matches(['v', 'V']);
    let numbers: Vec<u32> = trimmed
        .split(['.', '_'])
        .map_while(|part| part.parse().ok())
        .collect();
    (!numbers.is_empty()).then_some(numbers)
}

fn region(pass: &mut Pass<'_, impl CaseFacts>, profile: &Profile) {
    let keys = pass.keys;
    let country = |key: FactKey| pass.text(key).map(country_of);
    let regions = [country(keys.account_region), country(keys.payment_region)];
    let restricted = |region: &String| {
        profile
            .restricted_regions
            .iter()
            .any(|prefix| region.starts_with(prefix.as_str()))
    };
    if !profile.restricted_regions.is_empty() && regions.iter().any(Option::is_some) {
        let any = regions.iter().flatten().any(restricted);
        pass.set_derived(keys.region_restricted, FactValue::Bool(any));
    }
    if let [Some(account), Some(payment)] = &regions {
        pass.set_derived(keys.region_differs, FactValue::Bool(account != payment));
    }
    if let Some(account) = &regions[0] {
        pass.set_derived(keys.region_abroad, FactValue::Bool(account != "CN"));
    }
    if let Some(payment) = &regions[1] {
        pass.set_derived(keys.region_foreign_card, FactValue::Bool(payment != "CN"));
    }
}

/// The payment area of an ISO 3166 code: Hong Kong, Macao and Taiwan have cards, wallets and
/// rules of their own, also where they are written as subdivisions of CN.
fn country_of(region: &str) -> String {
    let upper = region.trim().to_uppercase();
    match upper.as_str() {
        "CN-HK" | "CN-MO" | "CN-TW" => upper[3..].to_owned(),
        _ => upper
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

/// What the address is, whom it resembles and why. Unknown is a verdict only where a profile names the
/// platform's own domains, which makes every other one worth a look; else nothing is known.
fn site(pass: &mut Pass<'_, impl CaseFacts>, profile: &Profile) {
    let keys = pass.keys;
    let Some(url) = pass.text(keys.site_url) else {
        return;
    };
    let check = pass.sites.get_or_init(|| Checker::new(profile)).check(url);
    if check.verdict != Verdict::Unknown || !profile.official.is_empty() {
        let verdict = FactValue::text(check.verdict.id());
        pass.set(keys.site_verdict, verdict, Source::Profile);
    }
    if let Some(of) = &check.lookalike_of {
        pass.set_derived(keys.site_lookalike_of, FactValue::text(of));
    }
    let mut reasons: Vec<&str> = check.reasons.iter().map(|it| it.kind.id()).collect();
    reasons.dedup();
    pass.set_list(keys.site_reasons, &reasons);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("9.1") < numbers("10"));
        assert!(numbers("v10.0.1") > numbers("10.0"));
        assert_eq!(numbers("latest"), None);
    }

    #[test]
    fn areas_with_their_own_cards_are_their_own() {
        assert_eq!(country_of("cn-gd"), "CN");
        assert_eq!(country_of("CN-HK"), "HK");
        assert_eq!(country_of("TW"), "TW");
    }
}

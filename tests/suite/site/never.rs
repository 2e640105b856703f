//! What must never happen, whatever the string.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use recharge_doctor::rules::Profile;
use recharge_doctor::site::{Checker, Verdict};

use super::checker;

fn label() -> impl Strategy<Value = String> {
    "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?"
        .prop_filter("no encoded names", |label| !label.starts_with("xn--"))
}

proptest! {
    #[test]
    fn any_string_gets_a_verdict(text in "\\PC{0,80}") {
        let check = checker().check(&text);
        prop_assert_eq!(check.clone(), checker().check(&text));
        prop_assert_eq!(check.lookalike_of.is_some(), check.verdict == Verdict::Lookalike);
    }

    #[test]
    fn any_host_gets_a_verdict(
        scheme in "(https?|ftp|javascript)?:?/{0,3}",
        host in "[a-z0-9@:.%\\[\\]\\\\\u{ad}\u{200b}。．∕аé支]{0,40}",
        rest in "[/?#][ -~]{0,20}",
    ) {
        let url = format!("{scheme}{host}{rest}");
        let check = checker().check(&url);
        // The same host as the browsers' own algorithm finds, where that finds any.
        if scheme == "https://" && let Ok(read) = url::Url::parse(&url) {
            let host = read.host_str().map(|host| host.trim_end_matches('.').to_owned());
            if let Some(found) = &check.host {
                prop_assert_eq!(Some(found), host.as_ref(), "{}", url);
            }
        }
    }

    #[test]
    fn sub_domains_of_official_sites_are_official(below in prop::collection::vec(label(), 1..4)) {
        let host = format!("{}.91ka.com", below.join("."));
        prop_assert_eq!(checker().check(&host).verdict, Verdict::Official);
        let url = format!("https://{}/?u=https://alipay.com.evil.cn", host.to_uppercase());
        prop_assert_eq!(checker().check(&url).verdict, Verdict::Official);
    }

    #[test]
    fn an_official_name_is_official_only_where_browsers_go_there(
        before in "[a-z0-9-]{1,10}", after in "[a-z0-9-]{1,10}",
    ) {
        for url in [
            format!("https://91ka.com{after}.cn"),
            format!("https://91ka.com.{after}.cn"),
            format!("https://{before}91ka.com"),
            format!("https://{before}/91ka.com"),
        ] {
            prop_assert_ne!(checker().check(&url).verdict, Verdict::Official, "{}", url);
        }
    }

    #[test]
    fn an_empty_profile_knows_nobody(text in "\\PC{0,60}") {
        let check = Checker::new(&Profile::default()).check(&text);
        prop_assert_eq!(check.verdict, Verdict::Unknown);
    }
}

#[test]
fn huge_addresses_take_little_time() {
    let long = "a".repeat(1 << 20);
    let dots = "a.".repeat(1 << 19);
    let started = Instant::now();
    for url in [
        format!("https://{long}"),
        format!("https://{dots}com"),
        format!("https://alipay.com/{long}"),
        format!("https://{long}@evil.cn/"),
        format!("https://evil.cn/?{dots}"),
        format!("https://{}", "支".repeat(1 << 18)),
        format!("https://xn--{long}"),
        format!("https://{}", "%61".repeat(1 << 18)),
        format!("{long}://x"),
        "-".repeat(1 << 20),
        format!("https://{}com", "a-".repeat(30)),
    ] {
        let _ = checker().check(&url);
    }
    // Unoptimised and on a busy machine; a quadratic step would take minutes.
    assert!(started.elapsed() < Duration::from_secs(20));
}

//! False alarms: honest sites, and the official ones themselves.

use std::fs;

use recharge_doctor::site::{Checker, Verdict};

use super::{checker, profile, suspects, weighty};
use crate::support::{built_in, repository};

#[test]
fn the_best_known_sites_are_no_imitations() {
    let text = fs::read_to_string(repository("tests/samples/top-sites.txt")).expect("a sample");
    let sites: Vec<&str> = text.lines().collect();
    assert_eq!(sites.len(), 500);
    let mut suspected = Vec::new();
    for site in sites {
        let check = checker().check(&format!("https://{site}/"));
        assert_ne!(
            check.verdict,
            Verdict::Lookalike,
            "{site}: {:?}",
            check.reasons
        );
        if suspects(&check, None) {
            suspected.push(site);
        }
    }
    assert!(suspected.len() <= 3, "{suspected:?}");
}

#[test]
fn no_official_site_is_taken_for_an_imitation_of_another() {
    let profile = &built_in().profile;
    let lists = [&profile.official, &profile.providers, &profile.owned];
    for domain in lists.into_iter().flatten() {
        for host in [
            domain.clone(),
            format!("www.{domain}"),
            format!("a-b.pay.{domain}"),
        ] {
            // Some of them are short links or hold pages that users made.
            let check = checker().check(&format!("https://{host}/x?y=1"));
            assert_eq!(
                check.verdict,
                Verdict::Official,
                "{host}: {:?}",
                check.reasons
            );
            assert_eq!(weighty(&check), [""; 0], "{host}");
            assert_eq!(checker().check(&host).verdict, Verdict::Official, "{host}");
            let plain = checker().check(&format!("http://{host}"));
            assert_eq!(plain.verdict, Verdict::Insecure, "{host}");
        }
    }
}

#[test]
fn what_comes_near_is_neither_official_nor_an_imitation() {
    let profile = &built_in().profile;
    assert!(!profile.known.is_empty());
    for domain in &profile.known {
        for host in [domain.clone(), format!("pay.{domain}")] {
            let check = checker().check(&format!("https://{host}/"));
            assert_eq!(
                check.verdict,
                Verdict::Unknown,
                "{host}: {:?}",
                check.reasons
            );
            assert_eq!(weighty(&check), [""; 0], "{host}");
        }
        let lists = [&profile.official, &profile.providers, &profile.owned];
        assert!(
            !lists.into_iter().flatten().any(|own| own == domain),
            "{domain}"
        );
    }
}

#[test]
fn what_is_below_the_registered_domain_of_an_official_site_is_its_own() {
    let pay = Checker::new(&profile("official_domains = ['pay.dianquan8.com']"));
    for (host, verdict) in [
        ("pay.dianquan8.com", Verdict::Official),
        ("x.pay.dianquan8.com", Verdict::Official),
        ("www.dianquan8.com", Verdict::Unknown),
        ("dianquan8.com", Verdict::Unknown),
        ("pay.dianquan8.cn", Verdict::Lookalike),
        ("pay.dianquan8.com.x.cn", Verdict::Lookalike),
    ] {
        let check = pay.check(host);
        assert_eq!(check.verdict, verdict, "{host}: {:?}", check.reasons);
    }
}

#[test]
fn short_links_and_free_hosting_are_information() {
    let profile = &built_in().profile;
    for short in &profile.shorteners {
        let check = checker().check(&format!("https://{short}/Ab1"));
        assert_eq!(check.verdict, Verdict::Unknown, "{short}");
        assert_eq!(check.reasons[0].kind.id(), "shortener", "{short}");
        assert_eq!(weighty(&check), [""; 0], "{short}");
    }
    for free in &profile.free_hosting {
        let check = checker().check(&format!("https://some-shop.{free}/"));
        assert_eq!(
            check.verdict,
            Verdict::Unknown,
            "{free}: {:?}",
            check.reasons
        );
        assert!(
            check
                .reasons
                .iter()
                .any(|it| it.kind.id() == "free-hosting"),
            "{free}"
        );
    }
    let check = checker().check("https://alipay.github.io/");
    assert_eq!(check.verdict, Verdict::Lookalike);
}

#[test]
fn honest_shops_may_name_their_payment_provider() {
    for url in [
        "https://alipay.shop.example/notify",
        "https://weixin.merchant.example/pay?return_url=https%3A%2F%2Fwww.alipay.com%2F",
        "https://shop.example/cashier?to=https://pay.91ka.com/",
        "https://qq.shop.example/",
        "https://www.example.com/alipay.com/",
    ] {
        let check = checker().check(url);
        assert_eq!(
            check.verdict,
            Verdict::Unknown,
            "{url}: {:?}",
            check.reasons
        );
    }
}

//! `diagnose --probe`: what a site does becomes evidence of a case, and no ticket leads the probe
//! where it must not go.

use std::net::SocketAddr;

use serde_json::Value;

use super::super::support::{Done, has, program};
use super::rig::{ANY_V4, http};

/// Diagnoses with a visit to the site, which is at this address whatever its name.
fn visiting(host_and_port: &str, shop: SocketAddr, args: &[&str]) -> Done {
    let place = format!("{host_and_port}:{shop}");
    program([
        "diagnose",
        "--probe",
        "--allow-private",
        "--lang",
        "en",
        "--format",
        "json",
        "--now",
        "2026-12-10T10:00:00+08:00",
        "--connect-to",
        &place,
    ])
    .args(args)
    .run()
}

fn report(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("JSON: {done:#?}"))
}

const SHOP: &str = "shop.example.com:80";
const URL: &str = "http://shop.example.com/order/7?token=s3cret";

#[test]
fn what_the_site_says_is_evidence() {
    let shop = http::server(ANY_V4, "maintenance:zh-503");
    let done = visiting(SHOP, shop.address(), &["--url", URL]);
    let report = report(&done);
    assert_eq!(report["causes"][0]["id"], "maintenance", "{report:#}");
    assert_eq!(report["probe"][0]["host"], "shop.example.com");
    assert_eq!(
        report["probe"][0]["stages"][3]["finding"],
        "http.maintenance"
    );
    assert!(!done.stdout.contains("s3cret"), "{}", done.stdout);
    assert_eq!(shop.log().requests().len(), 1);
}

#[test]
fn the_site_is_found_in_the_users_words() {
    let shop = http::server(ANY_V4, "ok");
    let words = "我在 http://shop.example.com/pay 充值，一直失败";
    visiting(SHOP, shop.address(), &["--text", words]);
    assert_eq!(shop.log().requests().len(), 1);
}

#[test]
fn what_was_so_when_it_failed_wins() {
    let shop = http::server(ANY_V4, "status:502");
    let args = ["--url", URL, "--set", "network.http_status=200"];
    let report = report(&visiting(SHOP, shop.address(), &args));
    assert_eq!(report["probe"][0]["http"]["status"], 502);
    assert!(!report["causes"].to_string().contains("502"), "{report:#}");
}

#[test]
fn without_an_address_the_platforms_own_is_visited() {
    let shop = http::server(ANY_V4, "ok");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profile = folder.path().join("profile.toml");
    std::fs::write(&profile, "official_domains = [\"shop.example.com\"]\n").expect("a file");
    let profile = profile.to_str().expect("a UTF-8 path");
    let args = ["--error-code", "61", "--profile", profile];
    let report = report(&visiting("shop.example.com:443", shop.address(), &args));
    assert_eq!(report["probe"][0]["target"], "https://shop.example.com");
    assert_eq!(report["probe"][0]["stages"][1]["state"], "passed");
    assert!(shop.log().connections() > 0);
}

#[test]
fn a_case_without_a_site_is_diagnosed_all_the_same() {
    let shop = http::server(ANY_V4, "ok");
    let done = visiting(SHOP, shop.address(), &["--error-code", "61"]);
    has(&done.stderr, &["--url"]);
    assert!(report(&done).get("probe").is_none());
    assert_eq!(shop.log().connections(), 0);
}

#[test]
fn a_ticket_does_not_lead_to_look_alikes() {
    let shop = http::server(ANY_V4, "ok");
    let fake = ["--url", "http://a1ipay.com/"];
    let done = visiting("a1ipay.com:80", shop.address(), &fake);
    has(&done.stderr, &["--probe-anyway"]);
    assert_eq!(shop.log().connections(), 0);
    assert_eq!(report(&done)["causes"][0]["id"], "phishing");
    let anyway = [fake[0], fake[1], "--probe-anyway"];
    visiting("a1ipay.com:80", shop.address(), &anyway);
    assert_eq!(shop.log().requests().len(), 1);
}

#[test]
fn look_alikes_are_not_contacted_however_they_are_written() {
    let shop = http::server(ANY_V4, "ok");
    for (url, host) in [
        ("http://a1ipay.com/", "a1ipay.com"),
        ("http://alipay.com@shop.example.com/", "shop.example.com"),
        (
            "http://www.alipay.com.shop.example.com/",
            "www.alipay.com.shop.example.com",
        ),
    ] {
        let place = format!("{host}:80:{}", shop.address());
        let done = program(["probe", "--allow-private", "--connect-to", &place, url]).run();
        assert_eq!(done.code, 2, "{url}: {done:#?}");
        has(&done.stderr, &["alipay.com", "--probe-anyway"]);
    }
    assert_eq!(shop.log().connections(), 0);
}

#[test]
fn a_redirect_does_not_lead_to_look_alikes() {
    let fake = http::server(ANY_V4, "ok");
    let shop = http::server(ANY_V4, "redirect:http://a1ipay.com/");
    let places = [
        format!("shop.example.com:80:{}", shop.address()),
        format!("a1ipay.com:80:{}", fake.address()),
    ];
    let mut run = program(["probe", "--allow-private", "--follow", "3", "--lang", "en"]);
    for place in &places {
        run = run.args(&["--connect-to", place]);
    }
    run.args(&["http://shop.example.com/"]).run();
    assert_eq!(shop.log().requests().len(), 1);
    assert_eq!(fake.log().connections(), 0);
}

#[test]
fn a_ticket_does_not_lead_to_other_ports() {
    let shop = http::server(ANY_V4, "ok");
    let port = shop.address().port();
    let url = format!("http://shop.example.com:{port}/");
    let place = format!("shop.example.com:{port}");
    let done = visiting(&place, shop.address(), &["--url", &url]);
    has(&done.stderr, &["80 or 443"]);
    assert_eq!(shop.log().connections(), 0);
}

#[test]
fn batch_knows_no_probe() {
    let done = program(["batch", "--probe", "x.csv"]).run();
    assert_eq!(done.code, 2);
    has(&done.stderr, &["--probe"]);
}

#[test]
fn a_ticket_does_not_lead_inside_and_is_diagnosed_all_the_same() {
    let done = program(["diagnose", "--probe", "--lang", "en", "--format", "json"])
        .args(&["--url", "http://192.168.1.5/pay", "--error-code", "61"])
        .run();
    has(&done.stderr, &["--allow-private"]);
    assert!(report(&done)["causes"].is_array());
}

#[test]
fn an_agents_own_line_is_no_fact_of_the_users_case() {
    let shop = http::server(ANY_V4, "ok");
    for (reader, measured) in [("user", true), ("agent", false)] {
        let slow = "network.timeout_seen=true";
        let args = ["--url", URL, "--for", reader, "--set", slow];
        let report = report(&visiting(SHOP, shop.address(), &args));
        let causes = report["causes"].to_string();
        assert_eq!(
            causes.contains("network.lost_tries\":0"),
            measured,
            "{causes}"
        );
    }
}

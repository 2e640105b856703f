//! The faults of certificates and handshakes.

use std::net::SocketAddr;

use super::super::support::has;
use super::rig::openssl::{self, Weak};
use super::rig::{ANY_V4, http, tls};
use super::run::Want::{Absent, Between, Finding, Flag, Is, Number, OneOf, Stage};
use super::run::{Found, Want, check, harmful, probing};

const SHOP: &str = "https://shop.example.com/";
const PORT: &str = "shop.example.com:443";
const FAILED: Want = Stage("tls", "failed");
const NO_HTTP: Want = Absent("network.http_status");
const FINE: &[Want] = &[
    Is("network.tcp", "ok"),
    Is("network.tls", "ok"),
    Flag("network.tls_intercepted", false),
    Number("network.http_status", 200),
];
const BROKEN: &[Want] = &[
    Is("network.tcp", "ok"),
    Is("network.tls", "failed"),
    FAILED,
    NO_HTTP,
];

fn visit(address: SocketAddr) -> Found {
    probing(SHOP).instead_of(PORT, address).run()
}

#[test]
fn each_fault_of_a_certificate_has_its_fact() {
    let rows: &[(&str, &str, &[Want])] = &[
        ("no fault", "good", FINE),
        ("by an intermediate", "with-intermediate", FINE),
        ("a day old", "fresh", FINE),
        (
            "expired",
            "expired",
            &[
                Is("network.tls", "expired"),
                FAILED,
                NO_HTTP,
                Finding("tls.expired"),
            ],
        ),
        (
            "not yet valid",
            "not-yet-valid",
            &[
                Is("network.tls", "not-yet-valid"),
                FAILED,
                NO_HTTP,
                Finding("tls.not-yet-valid"),
            ],
        ),
        (
            "another host",
            "wrong-host",
            &[
                Is("network.tls", "wrong-host"),
                FAILED,
                NO_HTTP,
                Finding("tls.wrong-host"),
            ],
        ),
        (
            "self-signed",
            "self-signed",
            &[
                Is("network.tls", "self-signed"),
                FAILED,
                NO_HTTP,
                Finding("tls.self-signed"),
            ],
        ),
        (
            "unknown authority",
            "unknown-ca",
            &[Is("network.tls", "untrusted"), FAILED, NO_HTTP],
        ),
        (
            "missing intermediate",
            "missing-intermediate",
            &[
                Is("network.tls", "untrusted"),
                FAILED,
                NO_HTTP,
                Finding("tls.incomplete"),
            ],
        ),
        (
            "self-signed, as an authority",
            "self-signed-authority",
            &[
                Is("network.tls", "self-signed"),
                FAILED,
                NO_HTTP,
                Finding("tls.self-signed"),
            ],
        ),
    ];
    check(rows, |fault| {
        let shop = tls::server(ANY_V4, fault, "ok");
        let found = visit(shop.address());
        let asked = usize::from(found.fact("network.tls").is_some_and(|tls| tls == "ok"));
        // After a failed check no byte of HTTP is sent.
        assert_eq!(shop.log().requests().len(), asked, "{fault}");
        certificate_is_told(&found);
        found
    });
}

/// The certificate is described whether the check passed or not.
fn certificate_is_told(found: &Found) {
    let certificate = &found.host()["certificate"];
    for part in [
        "subject",
        "issuer",
        "not_before",
        "not_after",
        "fingerprint",
    ] {
        let text = certificate[part].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "no {part}: {certificate}");
    }
    let names = certificate["names"].as_array().expect("names");
    let expected = match found.fact("network.tls").and_then(|tls| tls.as_str()) {
        Some("wrong-host") => "other.example.net",
        _ => tls::NAME,
    };
    assert_eq!(names, &[expected]);
}

#[test]
fn each_fault_of_a_handshake_is_a_failure() {
    let rows: &[(&str, &str, &[Want])] = &[
        ("alert 112", "alert-112", BROKEN),
        ("plain HTTP on the port", "plain-http", BROKEN),
        ("reset after the hello", "reset", BROKEN),
        ("stalled", "stall", BROKEN),
        ("cut in the middle", "cut", BROKEN),
        ("closed after the hello", "close", BROKEN),
    ];
    check(rows, |fault| {
        visit(tls::server(ANY_V4, fault, "ok").address())
    });
    let rows: &[(&str, &str, &[Want])] = &[
        ("alert 112", "alert-112", &[Finding("tls.unknown-host")]),
        (
            "plain HTTP on the port",
            "plain-http",
            &[Finding("tls.not-tls")],
        ),
        ("reset after the hello", "reset", &[Finding("tls.reset")]),
        ("closed after the hello", "close", &[Finding("tls.closed")]),
    ];
    check(rows, |fault| {
        visit(tls::server(ANY_V4, fault, "ok").address())
    });
}

#[test]
fn a_log_in_page_explains_whatever_fails_below_it() {
    let gate = tls::server(ANY_V4, "self-signed", "ok");
    let page = http::server(ANY_V4, "redirect:http://login.example.net/");
    let found = probing("https://shop.example.com/")
        .instead_of("shop.example.com:443", gate.address())
        .instead_of("connect.rom.miui.com:80", page.address())
        .run();
    assert_eq!(found.fact("network.captive_portal").expect("a fact"), true);
    assert!(
        found.findings().contains(&"http.portal"),
        "{:?}",
        found.findings()
    );
    let told = probing("https://shop.example.com/")
        .instead_of("shop.example.com:443", gate.address())
        .instead_of("connect.rom.miui.com:80", page.address())
        .run_as("text", "en");
    has(&told.stdout, &["wants a log-in first"]);
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn what_is_too_old_or_too_weak_is_a_failure() {
    if let Err(error) = openssl::found() {
        eprintln!("skipped: {error}");
        return;
    }
    let weak: &[Want] = &[
        Is("network.tcp", "ok"),
        OneOf("network.tls", &["failed", "untrusted"]),
        FAILED,
        NO_HTTP,
    ];
    let rows: &[(&str, &str, &[Want])] = &[
        ("RSA with 1024 bits", "rsa-1024", weak),
        ("SHA-1", "sha-1", weak),
        ("TLS 1.1", "tls-1.1", BROKEN),
        ("key exchange by RSA", "rsa-exchange", BROKEN),
    ];
    check(rows, |fault| visit(Weak::start(fault).address()));
}

#[test]
fn what_a_certificate_says_is_data() {
    for fault in ["control-names", "many-names"] {
        let shop = tls::server(ANY_V4, fault, "ok");
        let found = visit(shop.address());
        let told = found.host()["certificate"].to_string();
        assert!(told.len() < 8000, "{fault}: {}", told.len());
        let run = probing(SHOP).instead_of(PORT, shop.address());
        let done = run.run_as("text", "zh");
        assert!(
            !harmful(&done.stdout),
            "{fault}: {}",
            done.stdout.escape_debug()
        );
        assert!(
            !harmful(&done.stderr),
            "{fault}: {}",
            done.stderr.escape_debug()
        );
    }
}

#[test]
fn trusted_by_this_machine_alone_is_interception() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = folder.path().join("store.pem");
    std::fs::write(&store, tls::authority().pem()).expect("a file");
    let shop = tls::server(ANY_V4, "good", "ok");
    let found = probing(SHOP)
        .instead_of(PORT, shop.address())
        .untrusting()
        .env("SSL_CERT_FILE", store.to_str().expect("a UTF-8 path"))
        .run();
    assert_eq!(found.fact("network.tls").expect("a fact"), "ok");
    assert_eq!(found.fact("network.tls_intercepted").expect("a fact"), true);
}

#[test]
fn a_clock_that_is_wrong_is_seen_in_answers() {
    let rows: &[(&str, &str, &[Want])] = &[
        // The device is ahead of a server whose clock is behind.
        (
            "an hour",
            "date:-3600",
            &[Between("network.clock_skew_s", 3590.0, 3620.0)],
        ),
        (
            "behind",
            "date:86400",
            &[Between("network.clock_skew_s", -86410.0, -86370.0)],
        ),
        // Below five minutes it is nobody's trouble.
        (
            "a minute",
            "date:-60",
            &[Absent("network.clock_skew_s"), Stage("http", "passed")],
        ),
    ];
    check(rows, |fault| {
        visit(tls::server(ANY_V4, "good", fault).address())
    });
}

#[test]
fn a_certificate_that_only_this_clock_refuses_is_the_clocks_fault() {
    // Expired a hundred days ago; the plain server says that it is two hundred days earlier.
    let days = 200 * 86_400;
    let shop = tls::server(ANY_V4, "expired", "ok");
    let plain = http::server(ANY_V4, &format!("date:-{days}"));
    let found = probing(SHOP)
        .instead_of(PORT, shop.address())
        .instead_of("shop.example.com:80", plain.address())
        .run();
    let skew = found
        .fact("network.clock_skew_s")
        .and_then(|skew| skew.as_f64());
    assert!(
        (skew.expect("a skew") - f64::from(days)).abs() < 60.0,
        "{skew:?}"
    );
}

#[test]
fn a_host_alone_is_visited_as_browsers_do() {
    let shop = tls::server(ANY_V4, "good", "ok");
    let found = probing("shop.example.com")
        .instead_of(PORT, shop.address())
        .run();
    assert_eq!(found.host()["scheme"], "https");
    assert_eq!(found.host()["port"], 443);
    assert_eq!(found.host()["host"], "shop.example.com");
    assert_eq!(found.fact("network.http_status").expect("a status"), 200);
    assert_eq!(found.code, 0);
}

//! What the probe says to others, and whom it does not talk to.

use std::collections::BTreeSet;

use super::super::support::{Done, has, program};
use super::rig::dns::{LOOPBACK, NameServer};
use super::rig::{ANY_V4, http, tls};
use super::run::{Found, probing};

/// The headers that a request may have: none tells who asks.
const HEADERS: &[&str] = &[
    "host",
    "user-agent",
    "accept",
    "accept-encoding",
    "connection",
];

/// Parts of a link that are nobody else's business.
const SECRETS: &[&str] = &[
    "alice", "pa55", "order", "778899", "token", "s3cret", "frag", "cookie",
];

/// Asserts that one request was made, for nothing but the first page, and gives its head.
fn only_request(requests: &[String], host: &str) -> String {
    assert_eq!(requests.len(), 1, "{requests:#?}");
    let head = &requests[0];
    let mut lines = head.trim_end().split("\r\n");
    assert_eq!(lines.next(), Some("GET / HTTP/1.1"));
    let mut names = BTreeSet::new();
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header");
        let name = name.to_lowercase();
        assert!(HEADERS.contains(&name.as_str()), "{head}");
        if name == "host" {
            assert_eq!(value, host);
        }
        assert!(names.insert(name), "{head}");
    }
    assert!(names.contains("user-agent"), "{head}");
    for secret in SECRETS {
        let told = head.replace(host, "").to_lowercase();
        assert!(!told.contains(secret), "`{secret}` in {head}");
    }
    head.clone()
}

#[test]
fn one_request_that_tells_nothing_of_the_link() {
    let shop = http::server(ANY_V4, "ok");
    let port = shop.address().port();
    let host = format!("shop.example.com:{port}");
    let link = format!("http://alice:pa55@{host}/order/778899?token=s3cret#frag");
    let visit = || probing(&link).instead_of(&host, shop.address()).run();
    let found = visit();
    let first = only_request(&shop.log().requests(), &host);
    assert!(!found.json.to_string().contains("s3cret"), "{}", found.json);
    assert!(!found.stderr.contains("s3cret"), "{}", found.stderr);
    visit();
    // The same bytes on every run: nothing in them tells one from another.
    assert_eq!(shop.log().requests()[1], first);
    assert!(first.to_lowercase().contains("recharge-doctor"), "{first}");
}

#[test]
fn over_tls_too() {
    let shop = tls::server(ANY_V4, "good", "ok");
    probing("https://shop.example.com/order/778899?token=s3cret")
        .instead_of("shop.example.com:443", shop.address())
        .run();
    only_request(&shop.log().requests(), "shop.example.com");
}

#[test]
fn cookies_are_not_sent_back() {
    // The second hop of a redirect is where a cookie of the first would be.
    let other = http::server(ANY_V4, "ok");
    let shop = http::server(
        ANY_V4,
        "redirect:http://other.example.com/\r\nSet-Cookie: cookie=1",
    );
    probing("http://shop.example.com/")
        .instead_of("shop.example.com:80", shop.address())
        .instead_of("other.example.com:80", other.address())
        .arg("--follow")
        .arg("1")
        .run();
    only_request(&shop.log().requests(), "shop.example.com");
    only_request(&other.log().requests(), "other.example.com");
}

#[test]
fn only_names_of_the_target_are_asked() {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let shop = http::server(ANY_V4, "ok");
    let port = shop.address().port();
    let target = format!("http://ok.example.com:{port}/order/778899?token=s3cret");
    probing(target).names(names.address()).run();
    for asked in names.log().requests() {
        let of_the_target = asked.contains("example.com.");
        assert!(of_the_target, "{asked}");
        for secret in SECRETS {
            assert!(!asked.contains(secret), "{asked}");
        }
    }
}

#[test]
fn hosts_are_named_before_anything_is_sent() {
    let shop = http::server(ANY_V4, "ok");
    let run = probing("http://shop.example.com/").instead_of("shop.example.com:80", shop.address());
    has(&run.run().stderr, &["shop.example.com"]);
}

/// Runs without leave for addresses inside, and with no name server but the rig's.
fn guarded(target: &str) -> Done {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let names = names.address().to_string();
    let run = program(["probe", "--format", "json", "--lang", "en", "--dns", &names]);
    run.args(&["--", target]).run()
}

/// Asserts that a target is refused, and that this says what to do about it.
fn refused(target: &str) {
    let done = guarded(target);
    assert_eq!(done.code, 2, "{target}: {done:#?}");
    assert!(!done.stderr.contains("panicked"), "{target}: {done:#?}");
    let said = format!("{}{}", done.stdout, done.stderr);
    has(&said, &["--allow-private"]);
}

#[test]
fn addresses_inside_are_refused() {
    let shop = http::server(ANY_V4, "ok");
    let port = shop.address().port();
    // The same address as browsers write it.
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "１２７.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
    ] {
        refused(&format!("http://{host}:{port}/"));
    }
    for host in [
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[fd00:ec2::254]",
        "[64:ff9b::7f00:1]",
    ] {
        refused(&format!("http://{host}/"));
    }
    // A name, whatever name servers make of it.
    let done = guarded(&format!("http://localhost:{port}/"));
    assert_ne!(done.code, 0, "{done:#?}");
    assert_eq!(shop.log().connections(), 0);
}

/// What a run without leave makes of a name with an address inside, and how often somebody came.
fn inside(label: &str) -> (Found, usize) {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let shop = http::server(ANY_V4, "ok");
    let target = format!("http://{label}.example.com:{}/", shop.address().port());
    let found = probing(target).names(names.address()).guarded().run();
    (found, shop.log().connections())
}

#[test]
fn public_names_with_addresses_inside_are_not_visited() {
    for label in [
        "loopback",
        "zero",
        "private",
        "private-v6",
        "metadata",
        "carrier",
    ] {
        let (found, visits) = inside(label);
        assert_eq!(
            found.fact("network.dns").expect("a fact"),
            "hijacked",
            "{label}"
        );
        assert_eq!(found.fact("network.tcp"), None, "{label}");
        assert_eq!(visits, 0, "{label}");
        assert_eq!(found.code, 1, "{label}");
    }
}

#[test]
fn only_web_addresses_are_targets() {
    for target in [
        "file:///etc/passwd",
        "ftp://shop.example.com/",
        "javascript:alert(1)",
        "http://",
        "http://shop.example.com:0/",
        "http://shop.example.com:99999/",
        "http://a b/",
        "",
    ] {
        has(&guarded(target).refused(), &["expected", "help:"]);
    }
}

#[test]
fn a_proxy_of_the_environment_is_told() {
    let shop = http::server(ANY_V4, "ok");
    let proxy = http::server(ANY_V4, "status:502");
    let run =
        || probing("http://shop.example.com/").instead_of("shop.example.com:80", shop.address());
    let none = run().run();
    assert_eq!(none.fact("network.proxy").expect("a fact"), "none");
    // A proxy for encrypted addresses is none for this one.
    for (name, told) in [
        ("http_proxy", "env"),
        ("ALL_PROXY", "env"),
        ("HTTPS_PROXY", "none"),
    ] {
        let address = format!("http://{}", proxy.address());
        let found = run().env(name, &address).run();
        let seen = found.fact("network.proxy").expect("a fact");
        assert_eq!(seen, told, "{name}");
    }
    // The pinned address is what is checked, not what a proxy makes of it.
    assert_eq!(proxy.log().requests().len(), 0);
}

#[test]
fn a_portal_is_told_from_the_internet() {
    const CHECKS: [&str; 2] = [
        "connect.rom.miui.com:80",
        "connectivitycheck.platform.hicloud.com:80",
    ];
    let away = "redirect:http://login.wifi.example/";
    for (answer, portal) in [("status:204", false), (away, true), ("status:511", true)] {
        let check = http::server(ANY_V4, answer);
        let shop = http::server(ANY_V4, away);
        let run =
            probing("http://shop.example.com/").instead_of("shop.example.com:80", shop.address());
        let run = CHECKS
            .iter()
            .fold(run, |run, name| run.instead_of(name, check.address()));
        let found = run.run();
        let told = found.fact("network.captive_portal").expect("a fact");
        assert_eq!(told, portal, "{answer}");
        assert!(check.log().requests().len() <= 2);
    }
    // Where the shop itself answers, nobody else is asked.
    let check = http::server(ANY_V4, "status:204");
    let shop = http::server(ANY_V4, "ok");
    let run = probing("http://shop.example.com/").instead_of("shop.example.com:80", shop.address());
    CHECKS
        .iter()
        .fold(run, |run, name| run.instead_of(name, check.address()))
        .run();
    assert_eq!(check.log().connections(), 0);
}

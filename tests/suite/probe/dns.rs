//! The faults of name look-up.

use super::rig::dns::{EVERYTHING, LOOPBACK, NameServer, Zone};
use super::rig::{ANY_V4, Server, http, tcp, tls};
use super::run::Want::{Absent, Is, Number, OneOf, Stage};
use super::run::{Found, Want, check, probing};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

const FAILED: Want = Stage("dns", "failed");
const NO_TCP: Want = Absent("network.tcp");
const FINE: &[Want] = &[
    Is("network.dns", "ok"),
    Is("network.tcp", "ok"),
    Number("network.http_status", 200),
];

/// A shop on this machine under the name of a fault of the name server.
fn look_up(fault: &str) -> Found {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let shop = http::server(ANY_V4, "ok");
    let port = shop.address().port();
    let target = format!("http://{fault}.example.com:{port}/");
    probing(target).names(names.address()).run()
}

#[test]
fn each_fault_of_a_name_server_has_its_fact() {
    let rows: &[(&str, &str, &[Want])] = &[
        ("no fault", "ok", FINE),
        (
            "NXDOMAIN",
            "nxdomain",
            &[Is("network.dns", "nxdomain"), FAILED, NO_TCP],
        ),
        (
            "NODATA",
            "nodata",
            &[Is("network.dns", "nodata"), FAILED, NO_TCP],
        ),
        (
            "SERVFAIL",
            "servfail",
            &[Is("network.dns", "servfail"), FAILED, NO_TCP],
        ),
        (
            "REFUSED",
            "refused",
            &[Is("network.dns", "refused"), FAILED, NO_TCP],
        ),
        ("truncated, whole by TCP", "truncated", FINE),
        (
            "truncated, TCP dead",
            "truncated-dead",
            &[
                OneOf("network.dns", &["timeout", "malformed", "servfail"]),
                FAILED,
                NO_TCP,
            ],
        ),
        (
            "undecodable",
            "garbage",
            &[Is("network.dns", "malformed"), FAILED, NO_TCP],
        ),
        (
            "dropped",
            "drop",
            &[Is("network.dns", "timeout"), FAILED, NO_TCP],
        ),
        (
            "forged, the true one later",
            "forged",
            &[Is("network.dns", "hijacked")],
        ),
        (
            "denied, the true one later",
            "denied",
            &[Is("network.dns", "hijacked")],
        ),
        (
            "slow",
            "slow",
            &[
                Is("network.dns", "slow"),
                Stage("dns", "slow"),
                Is("network.tcp", "ok"),
            ],
        ),
        ("another identifier first", "wrong-id", FINE),
        (
            "another identifier only",
            "wrong-id-only",
            &[Is("network.dns", "timeout"), FAILED, NO_TCP],
        ),
        ("another question first", "wrong-question", FINE),
        ("another sender first", "wrong-sender", FINE),
        ("the same answer twice", "twice", FINE),
        ("by another name", "cname", FINE),
        (
            "names in a circle",
            "cname-loop",
            &[
                OneOf("network.dns", &["nodata", "servfail", "malformed"]),
                FAILED,
                NO_TCP,
            ],
        ),
        (
            "a long chain of names",
            "cname-long",
            &[OneOf("network.dns", &["ok", "malformed"])],
        ),
        (
            "more than fits",
            "truncated-huge",
            &[OneOf("network.dns", &["ok", "malformed"])],
        ),
    ];
    check(rows, |fault| look_up(fault));
}

#[test]
fn of_many_addresses_few_are_tried() {
    let found = look_up("many");
    let addresses = found.host()["addresses"].as_array().expect("addresses");
    assert!((1..=4).contains(&addresses.len()), "{addresses:#?}");
    assert_eq!(found.fact("network.http_status").expect("a status"), 200);
}

#[test]
fn a_name_server_that_is_not_there_is_no_answer() {
    let closed = tcp::Closed::at(ANY_V4);
    let found = probing("http://ok.example.com/")
        .names(closed.address())
        .run();
    let dns = found.fact("network.dns").expect("a fact");
    assert!(dns == "timeout" || dns == "refused", "{dns}");
    assert_eq!(found.stage("dns"), "failed");
}

#[test]
fn a_second_name_server_helps_out() {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let dead = tcp::Closed::at(ANY_V4);
    let shop = http::server(ANY_V4, "ok");
    let target = format!("http://ok.example.com:{}/", shop.address().port());
    let found = probing(target)
        .names(dead.address())
        .arg("--dns")
        .arg(names.address().to_string())
        .run();
    assert_eq!(found.fact("network.tcp").expect("a fact"), "ok");
    assert_eq!(found.fact("network.http_status").expect("a status"), 200);
}

/// A shop at an IPv4 address, and something else at the same port of IPv6.
fn dual<T>(label: &str, v6: impl FnOnce(SocketAddr) -> T) -> (Found, Server, T) {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let shop = http::server(ANY_V4, "ok");
    let port = shop.address().port();
    let beside = v6(SocketAddr::from((Ipv6Addr::LOCALHOST, port)));
    let target = format!("http://{label}.example.com:{port}/");
    let found = probing(target).names(names.address()).run();
    (found, shop, beside)
}

#[test]
fn both_kinds_of_addresses_are_told_apart() {
    if !tcp::has_v6() {
        return;
    }
    let (fine, _, shop) = dual("v6", |address| http::server(address, "ok"));
    assert_eq!(fine.fact("network.ipv6").expect("a fact"), "ok");
    assert!(shop.log().connections() > 0);
    let (broken, shop, _) = dual("v6", tcp::Closed::at);
    assert_eq!(broken.fact("network.ipv6").expect("a fact"), "broken");
    assert_eq!(broken.fact("network.tcp").expect("a fact"), "ok");
    assert_eq!(broken.fact("network.http_status").expect("a status"), 200);
    assert_eq!(shop.log().requests().len(), 1);
    let (none, _, _) = dual("ok", tcp::Closed::at);
    assert_eq!(none.fact("network.ipv6").expect("a fact"), "none");
}

#[test]
fn a_shop_with_ipv6_alone_is_reached() {
    if !tcp::has_v6() {
        return;
    }
    let (found, _, shop) = dual("v6-only", |address| http::server(address, "ok"));
    assert_eq!(found.fact("network.dns").expect("a fact"), "ok");
    assert_eq!(found.fact("network.tcp").expect("a fact"), "ok");
    assert_eq!(shop.log().requests().len(), 1);
}

#[test]
fn a_name_in_chinese_is_asked_as_its_code() {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let found = probing("http://充值.example.com/")
        .names(names.address())
        .run();
    assert_eq!(found.fact("network.dns").expect("a fact"), "nxdomain");
    let asked = names.log().requests();
    let code = "xn--hxqzy.example.com.";
    assert!(
        asked.iter().any(|name| name.starts_with(code)),
        "{asked:#?}"
    );
}

#[test]
fn a_name_server_that_lies_about_nothing_is_asked_little() {
    let names = NameServer::start(ANY_V4, LOOPBACK);
    let shop = http::server(ANY_V4, "ok");
    let target = format!("http://ok.example.com:{}/", shop.address().port());
    probing(target).names(names.address()).run();
    let asked = names.log().requests();
    // A and AAAA, and perhaps a name that cannot be, each once.
    assert!(asked.len() <= 4, "{asked:#?}");
    assert!(
        asked.contains(&"ok.example.com. a".to_owned()),
        "{asked:#?}"
    );
}

#[test]
fn a_resolver_that_knows_every_name_is_told_from_a_wrong_certificate() {
    for (zone, lookup) in [(LOOPBACK, "ok"), (EVERYTHING, "hijacked")] {
        let names = NameServer::start(ANY_V4, zone);
        let shop = tls::server(ANY_V4, "wrong-host", "ok");
        let target = format!("https://ok.example.com:{}/", shop.address().port());
        let found = probing(target).names(names.address()).run();
        assert_eq!(found.fact("network.dns").expect("a fact"), lookup);
        assert_eq!(found.fact("network.tls").expect("a fact"), "wrong-host");
    }
}

#[test]
fn a_network_that_answers_every_name_with_its_page_is_a_portal() {
    let zone = Zone {
        v4: Ipv4Addr::new(10, 9, 8, 7),
        ..EVERYTHING
    };
    let names = NameServer::start(ANY_V4, zone);
    let found = probing("https://ok.example.com/")
        .names(names.address())
        .guarded()
        .run();
    assert_eq!(found.fact("network.dns").expect("a fact"), "hijacked");
    assert_eq!(found.fact("network.captive_portal").expect("a fact"), true);
    assert_eq!(found.fact("network.tcp"), None);
}

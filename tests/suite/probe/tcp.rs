//! The faults of connections, and what connections measure.

use super::rig::{ANY_V4, http, tcp};
use super::run::probing;

const SHOP: &str = "http://shop.example.com/";
const PORT: &str = "shop.example.com:80";

#[test]
fn a_closed_port_refuses() {
    let closed = tcp::Closed::at(ANY_V4);
    let found = probing(SHOP).instead_of(PORT, closed.address()).run();
    assert_eq!(found.fact("network.tcp").expect("a fact"), "refused");
    assert_eq!(found.stage("tcp"), "failed");
    for later in [
        "network.tls",
        "network.http_status",
        "network.http_end",
        "network.rtt_ms",
    ] {
        assert_eq!(found.fact(later), None, "{later}");
    }
}

#[test]
fn a_port_without_answer_times_out() {
    let full = tcp::Full::at(ANY_V4);
    let found = probing(SHOP).instead_of(PORT, full.address()).run();
    assert_eq!(found.fact("network.tcp").expect("a fact"), "timeout");
    assert_eq!(found.stage("tcp"), "failed");
    // 20 seconds for a host, and some for a busy machine.
    assert!(found.took.as_secs() < 25, "{:?}", found.took);
}

#[test]
fn tries_are_measured_and_few_give_no_rate() {
    let shop = http::server(ANY_V4, "ok");
    let found = probing(SHOP).instead_of(PORT, shop.address()).run();
    assert_eq!(found.json["tries"], 5);
    let address = &found.host()["addresses"][0];
    assert_eq!(address["ip"], "127.0.0.1");
    assert_eq!(address["connect_ms"].as_array().expect("tries").len(), 5);
    let rtt = found.fact("network.rtt_ms").and_then(|rtt| rtt.as_f64());
    assert!((0.0..50.0).contains(&rtt.expect("a round trip")), "{rtt:?}");
    assert!(found.fact("network.jitter_ms").is_some());
    assert_eq!(found.fact("network.lost_tries").expect("a count"), 0);
    assert_eq!(found.fact("network.loss"), None);
    // The tries say nothing; what follows them asks once.
    assert!(
        (5..=7).contains(&shop.log().connections()),
        "{}",
        shop.log().connections()
    );
    assert_eq!(shop.log().requests().len(), 1);
}

#[test]
fn a_thorough_run_gives_a_rate() {
    let shop = http::server(ANY_V4, "ok");
    let run = probing(SHOP).instead_of(PORT, shop.address());
    let found = run.arg("--thorough").run();
    assert_eq!(found.json["tries"], 20);
    assert_eq!(
        found.fact("network.loss").and_then(|loss| loss.as_f64()),
        Some(0.0)
    );
    assert!(
        (20..=22).contains(&shop.log().connections()),
        "{}",
        shop.log().connections()
    );
    assert_eq!(shop.log().requests().len(), 1);
}

//! What needs a network of its own: delay, loss, firewalls, routes, the system's resolver.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::rig::netns::{Scene, play, possible};
use super::run::Want::{Absent, Between, Flag, Is, Number, OneOf, Stage};
use super::run::{Found, Want, check, judge};

fn found(scene: Scene, took: Duration) -> Found {
    Found::of(scene.done, took)
}

fn run(script: &&str) -> Found {
    let started = Instant::now();
    found(play(script), started.elapsed())
}

/// How often a time is measured before it counts as wrong: a busy machine delays the bridge and
/// everybody else now and then, a wrong probe is wrong every time.
const MEASURED: usize = 3;

const UNREACHABLE: &[Want] = &[
    Is("network.tcp", "unreachable"),
    Stage("tcp", "failed"),
    Absent("network.tls"),
];
const REFUSED: &[Want] = &[
    Is("network.tcp", "refused"),
    Stage("tcp", "failed"),
    Absent("network.tls"),
];
const FINE: &[Want] = &[
    Is("network.dns", "ok"),
    Is("network.tcp", "ok"),
    Is("network.tls", "ok"),
    Is("network.ipv6", "ok"),
    Is("network.proxy", "none"),
    Number("network.http_status", 200),
    Is("network.http_end", "complete"),
];

#[test]
fn each_act_of_a_router_has_its_fact() {
    if !possible() {
        return;
    }
    let rows: &[(&str, &str, &[Want])] = &[
        ("tcp reset", "tcp-reset", REFUSED),
        ("port unreachable", "port-unreachable", REFUSED),
        ("host unreachable", "host-unreachable", UNREACHABLE),
        ("net unreachable", "net-unreachable", UNREACHABLE),
        ("admin prohibited", "admin-prohibited", UNREACHABLE),
        ("no route", "no-route", UNREACHABLE),
        ("ARP failure", "arp-failure", UNREACHABLE),
        (
            "drop",
            "drop",
            &[Is("network.tcp", "timeout"), Stage("tcp", "failed")],
        ),
        (
            "TLS blocked",
            "tls-blocked",
            &[
                Is("network.tcp", "ok"),
                Is("network.tls", "failed"),
                Stage("tls", "failed"),
            ],
        ),
        (
            "MTU black hole",
            "mtu-black-hole",
            &[
                Is("network.tcp", "ok"),
                Is("network.tls", "failed"),
                Flag("network.mtu_suspect", true),
            ],
        ),
        (
            "reset in an answer",
            "reset-in-answer",
            &[Is("network.http_end", "reset")],
        ),
        (
            "IPv6 dead, IPv4 fine",
            "ipv6-dead",
            &[
                Is("network.ipv6", "broken"),
                Is("network.tcp", "ok"),
                Number("network.http_status", 200),
            ],
        ),
    ];
    check(rows, run);
}

#[test]
fn each_state_of_the_system_has_its_fact() {
    if !possible() {
        return;
    }
    let rows: &[(&str, &str, &[Want])] = &[
        ("no fault", "fine", FINE),
        (
            "dead resolver",
            "dead-resolver",
            &[Is("network.dns", "timeout"), Absent("network.tcp")],
        ),
        (
            "no resolver",
            "no-resolver",
            &[
                OneOf("network.dns", &["timeout", "refused", "servfail"]),
                Stage("dns", "failed"),
            ],
        ),
        (
            "unknown name",
            "unknown-name",
            &[Is("network.dns", "nxdomain")],
        ),
        (
            "forged answers",
            "forged-resolver",
            &[Is("network.dns", "hijacked")],
        ),
        (
            "captive portal",
            "captive-portal",
            &[
                Flag("network.captive_portal", true),
                Number("network.http_status", 302),
            ],
        ),
        (
            "fake-ip",
            "fake-ip",
            &[
                Is("network.proxy", "fake-ip"),
                Absent("network.rtt_ms"),
                Number("network.http_status", 200),
            ],
        ),
        (
            "tunnel",
            "tunnel",
            &[
                Is("network.proxy", "tun"),
                Number("network.http_status", 200),
            ],
        ),
    ];
    check(rows, run);
}

#[test]
fn delay_and_jitter_are_measured() {
    if !possible() {
        return;
    }
    // Asked 80 ms, a plain client measured 80.4 to 82.6; the rest is for a busy
    // machine. The mean difference of two sums of two uniform delays of ±10 ms is 9.3 ms.
    let rows: &[(&str, &str, &[Want])] = &[
        (
            "80 ms",
            "delay",
            &[
                Between("network.rtt_ms", 80.0, 90.0),
                Between("network.jitter_ms", 0.0, 6.0),
                Number("network.lost_tries", 0),
                Absent("network.loss"),
                Is("network.tls", "ok"),
                Number("network.http_status", 200),
            ],
        ),
        (
            "80 ms, give or take",
            "jitter",
            &[
                Between("network.rtt_ms", 74.0, 92.0),
                Between("network.jitter_ms", 4.0, 16.0),
            ],
        ),
    ];
    for (name, script, wants) in rows {
        let wrong = (0..MEASURED).map(|_| judge(name, || run(script), wants));
        let failed = wrong
            .take_while(|wrong| !wrong.is_empty())
            .collect::<Vec<_>>();
        assert!(failed.len() < MEASURED, "{name}: {failed:#?}");
    }
}

#[test]
fn loss_is_told_from_delay() {
    if !possible() {
        return;
    }
    let started = Instant::now();
    let scene = play("delay-and-loss");
    // A lost SYN or its lost answer is one lost try; those of the later stages count not.
    let lost: BTreeSet<String> = scene.file("lost").lines().map(str::to_owned).collect();
    let run = found(scene, started.elapsed());
    assert!(!lost.is_empty(), "nothing was lost: choose another seed");
    let number = |key: &str| run.fact(key).and_then(|value| value.as_f64());
    let told = number("network.lost_tries").expect("a count");
    let most = lost.len() as f64;
    assert!((most - 2.0..=most).contains(&told), "{told} of {most}");
    assert_eq!(
        number("network.loss").map(|loss| (loss * 20.0).round()),
        Some(told)
    );
    // What was sent again does not count as delay.
    let rtt = number("network.rtt_ms").expect("a median");
    assert!((80.0..110.0).contains(&rtt), "{rtt}");
}

#[test]
fn nobody_inside_is_visited() {
    if !possible() {
        return;
    }
    for script in ["redirect-inside", "rebinding"] {
        let scene = play(script);
        let counter = scene.file("counter");
        assert!(counter.contains("packets 0 bytes 0"), "{script}: {counter}");
        found(scene, Duration::ZERO);
    }
}

//! How long a run may take, and what is refused before one.

use super::super::support::{has, program};
use super::rig::tls;
use super::rig::{ANY_V4, http, tcp};
use super::run::probing;

#[test]
fn many_dead_hosts_end_within_the_limit_of_a_run() {
    let dead: Vec<tcp::Full> = (0..8).map(|_| tcp::Full::at(ANY_V4)).collect();
    let mut run = probing("http://d0.example.com/");
    for (number, host) in dead.iter().enumerate() {
        run = run.instead_of(&format!("d{number}.example.com:80"), host.address());
        if number > 0 {
            run = run.arg(format!("http://d{number}.example.com/"));
        }
    }
    let found = run.run();
    assert_eq!(found.json["hosts"].as_array().expect("hosts").len(), 8);
    assert_eq!(found.fact("network.tcp").expect("a fact"), "timeout");
    // 30 seconds for a run, and some for a busy machine.
    assert!(found.took.as_secs() < 34, "{:?}", found.took);
}

#[test]
fn several_hosts_are_each_told() {
    let shop = http::server(ANY_V4, "ok");
    let closed = tcp::Closed::at(ANY_V4);
    let found = probing("http://shop.example.com/")
        .arg("http://gone.example.com/")
        .instead_of("shop.example.com:80", shop.address())
        .instead_of("gone.example.com:80", closed.address())
        .run();
    let hosts = found.json["hosts"].as_array().expect("hosts");
    let told = |number: usize| {
        let all = hosts[number]["observations"]
            .as_array()
            .expect("observations");
        let tcp = all.iter().find(|one| one["fact"] == "network.tcp");
        tcp.expect("an observation")["value"].clone()
    };
    assert_eq!((told(0), told(1)), ("ok".into(), "refused".into()));
    assert_eq!(found.code, 1);
}

#[test]
fn maintenance_is_the_first_cause_where_a_page_says_so() {
    let shop = http::server(ANY_V4, "maintenance:zh-503");
    let found = probing("http://shop.example.com/")
        .instead_of("shop.example.com:80", shop.address())
        .run();
    assert_eq!(found.json["diagnosis"]["causes"][0]["id"], "maintenance");
}

#[test]
fn what_cannot_be_run_is_refused_with_help() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a UTF-8 path").to_owned()
    };
    let empty = file("empty.pem", "");
    let broken = file("broken.pem", &tls::authority().pem().replace("MII", "!!!"));
    let missing = folder.path().join("missing.pem");
    let missing = missing.to_str().expect("a UTF-8 path");
    for args in [
        vec![],
        vec!["--dns", "nowhere", "shop.example.com"],
        vec!["--dns", "127.0.0.1:99999", "shop.example.com"],
        vec!["--connect-to", "shop.example.com", "shop.example.com"],
        vec![
            "--connect-to",
            "shop.example.com:443:elsewhere:1",
            "shop.example.com",
        ],
        vec!["--follow", "-1", "shop.example.com"],
        vec!["--cacert", &empty, "shop.example.com"],
        vec!["--cacert", &broken, "shop.example.com"],
        vec!["--cacert", missing, "shop.example.com"],
    ] {
        let run = program(["probe", "--lang", "en"]).args(&args);
        assert!(!run.run().refused().trim().is_empty(), "{args:?}");
    }
}

#[test]
fn a_place_inside_needs_leave_however_it_is_given() {
    let shop = http::server(ANY_V4, "ok");
    let place = format!("shop.example.com:80:{}", shop.address());
    let done = program(["probe", "--lang", "en", "--connect-to", &place])
        .args(&["http://shop.example.com/"])
        .run();
    assert_eq!(done.code, 2, "{done:#?}");
    has(&done.stderr, &["--allow-private"]);
    assert_eq!(shop.log().connections(), 0);
}

#[test]
fn people_are_told_in_their_language() {
    let closed = tcp::Closed::at(ANY_V4);
    for (language, chinese) in [("zh", true), ("en", false)] {
        let done = probing("http://shop.example.com/")
            .instead_of("shop.example.com:80", closed.address())
            .run_as("text", language);
        assert_eq!(done.code, 1, "{done:#?}");
        has(&done.stdout, &["shop.example.com"]);
        let seen = done
            .stdout
            .chars()
            .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert_eq!(seen, chinese, "{}", done.stdout);
    }
}

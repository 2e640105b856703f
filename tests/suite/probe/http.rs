//! The faults of answers.

use super::rig::{ANY_V4, http};
use super::run::Want::{Absent, Between, Flag, Is, Number, OneOf, Stage};
use super::run::{Found, Want, check, harmful, probing};

const SHOP: &str = "http://shop.example.com/";
const PORT: &str = "shop.example.com:80";
const FAILED: Want = Stage("http", "failed");

fn visit(fault: &str) -> Found {
    let shop = http::server(ANY_V4, fault);
    probing(SHOP).instead_of(PORT, shop.address()).run()
}

const fn status(code: i64) -> Want {
    Number("network.http_status", code)
}

const fn end(how: &'static str) -> Want {
    Is("network.http_end", how)
}

const BUSY: Want = OneOf("platform.load", &["high", "overloaded"]);
const MAINTENANCE: Want = Flag("platform.maintenance", true);
const COMPLETE: Want = end("complete");

#[test]
fn each_answer_has_its_facts() {
    let soon = Number("network.retry_after_s", 120);
    let then = Between("network.retry_after_s", 290.0, 301.0);
    let rows: &[(&str, &str, &[Want])] = &[
        (
            "200",
            "ok",
            &[status(200), COMPLETE, Stage("http", "passed")],
        ),
        (
            "302",
            "redirect:https://other.example.com/login?token=1",
            &[status(302)],
        ),
        ("404", "status:404", &[status(404), COMPLETE]),
        (
            "429, in seconds",
            "retry-seconds:429",
            &[status(429), soon, BUSY],
        ),
        ("429, a date", "retry-date:429", &[status(429), then, BUSY]),
        (
            "503, in seconds",
            "retry-seconds:503",
            &[status(503), soon, MAINTENANCE],
        ),
        (
            "503, a date",
            "retry-date:503",
            &[status(503), then, MAINTENANCE],
        ),
        ("502", "status:502", &[status(502), BUSY, FAILED]),
        ("503 and no more", "status:503", &[status(503), FAILED]),
        ("504", "status:504", &[status(504), BUSY, FAILED]),
        (
            "511",
            "status:511",
            &[status(511), Flag("network.captive_portal", true)],
        ),
        (
            "maintenance page, zh, 200",
            "maintenance:zh-200",
            &[status(200), MAINTENANCE],
        ),
        (
            "maintenance page, en, 200",
            "maintenance:en-200",
            &[status(200), MAINTENANCE],
        ),
        (
            "maintenance page, zh, 503",
            "maintenance:zh-503",
            &[status(503), MAINTENANCE],
        ),
        (
            "maintenance page, en, 503",
            "maintenance:en-503",
            &[status(503), MAINTENANCE],
        ),
    ];
    check(rows, |fault| visit(fault));
}

#[test]
fn each_end_of_an_answer_has_its_fact() {
    let rows: &[(&str, &str, &[Want])] = &[
        (
            "5 bytes of 5000",
            "truncated",
            &[status(200), end("truncated"), FAILED],
        ),
        (
            "reset in mid body",
            "reset",
            &[status(200), end("reset"), FAILED],
        ),
        (
            "reset before an answer",
            "reset-before-answer",
            &[end("reset"), FAILED],
        ),
        ("slow-loris, head", "slow-head", &[end("timeout"), FAILED]),
        ("slow-loris, body", "slow-body", &[end("timeout"), FAILED]),
        (
            "silence",
            "silent",
            &[end("timeout"), FAILED, Absent("network.http_status")],
        ),
        ("closed after the request", "empty", &[end("empty"), FAILED]),
        (
            "closed at once",
            "accept-close",
            &[OneOf("network.http_end", &["empty", "reset"]), FAILED],
        ),
        ("another protocol", "banner", &[end("not-http"), FAILED]),
        ("no page", "no-title", &[status(200), COMPLETE]),
    ];
    check(rows, |fault| visit(fault));
}

#[test]
fn hostile_answers_are_bounded() {
    let rows: &[(&str, &str, &[Want])] = &[
        ("a bomb", "gzip-bomb", &[status(200)]),
        ("a gigabyte", "endless-body", &[status(200)]),
        ("a header of a megabyte", "endless-head", &[FAILED]),
        (
            "two thousand headers",
            "many-headers",
            &[Is("network.tcp", "ok")],
        ),
        ("a redirect to itself", "redirect:/", &[status(302)]),
        (
            "control characters in the title",
            "control-title",
            &[status(200)],
        ),
        (
            "control characters in a header",
            "control-header",
            &[Is("network.tcp", "ok")],
        ),
        (
            "an escape in a header",
            "escape-header",
            &[Is("network.tcp", "ok")],
        ),
    ];
    check(rows, |fault| {
        let shop = http::server(ANY_V4, fault);
        let found = probing(SHOP).instead_of(PORT, shop.address()).run();
        // What a sender, a line and a receiver hold between them, and no gigabyte.
        assert!(
            shop.log().sent() < 16 << 20,
            "{fault}: {}",
            shop.log().sent()
        );
        assert_eq!(shop.log().requests().len(), 1, "{fault}");
        assert!(found.took.as_secs() < 15, "{fault}: {:?}", found.took);
        found
    });
}

#[test]
fn unusual_answers_are_read_as_browsers_do() {
    let rows: &[(&str, &str, &[Want])] = &[
        ("in chunks", "chunked", &[status(200), COMPLETE]),
        (
            "chunks, cut",
            "chunked-cut",
            &[status(200), end("truncated"), FAILED],
        ),
        ("until the end", "no-length", &[status(200), COMPLETE]),
        ("hints first", "early-hints", &[status(200), COMPLETE]),
        ("GBK by header", "maintenance-gbk:header", &[MAINTENANCE]),
        ("GBK by page", "maintenance-gbk:meta", &[MAINTENANCE]),
    ];
    check(rows, |fault| visit(fault));
}

#[test]
fn nonsense_in_answers_is_unknown() {
    const NO_WAIT: Want = Absent("network.retry_after_s");
    let rows: &[(&str, &str, &[Want])] = &[
        ("retry when?", "retry:soon", &[status(503), NO_WAIT]),
        ("retry ages ago", "retry:-5", &[status(503), NO_WAIT]),
        (
            "retry never",
            "retry:99999999999999999999",
            &[status(503), NO_WAIT],
        ),
        (
            "date never",
            "dated:never",
            &[status(200), Absent("network.clock_skew_s")],
        ),
        (
            "date in the year 0",
            "dated:Mon, 01 Jan 0000 00:00:00 GMT",
            &[status(200)],
        ),
        // The catalogue has statuses up to 599.
        ("status 999", "status:999", &[Absent("network.http_status")]),
        (
            "redirect to nowhere",
            "redirect:http://[::1",
            &[status(302)],
        ),
        (
            "redirect to a script",
            "redirect:javascript:alert(1)",
            &[status(302)],
        ),
        ("redirect to nothing", "redirect:", &[status(302)]),
        (
            "a chunk of no size",
            "chunked-wrong",
            &[Is("network.tcp", "ok"), FAILED],
        ),
        (
            "two lengths",
            "two-lengths",
            &[Is("network.tcp", "ok"), FAILED],
        ),
    ];
    check(rows, |fault| visit(fault));
}

#[test]
fn a_long_title_is_cut() {
    let found = visit("long-title");
    let title = found.host()["http"]["title"].as_str().expect("a title");
    assert!(title.chars().count() <= 500, "{}", title.chars().count());
}

#[test]
fn titles_and_times_are_told() {
    let found = visit("ok");
    assert_eq!(found.host()["http"]["title"], "充值中心");
    assert_eq!(found.host()["http"]["status"], 200);
    assert!(found.fact("network.ttfb_ms").is_some());
    assert_eq!(found.code, 0);
}

#[test]
fn redirects_are_told_and_not_followed() {
    let other = http::server(ANY_V4, "ok");
    let shop = http::server(ANY_V4, "redirect:http://other.example.com/");
    let run = || {
        let run = probing(SHOP).instead_of(PORT, shop.address());
        run.instead_of("other.example.com:80", other.address())
    };
    let told = run().run();
    assert_eq!(told.fact("network.http_status").expect("a status"), 302);
    let redirects = told.host()["http"]["redirects"].to_string();
    assert!(redirects.contains("other.example.com"), "{redirects}");
    assert_eq!(other.log().connections(), 0);
    let followed = run().arg("--follow").arg("3").run();
    assert_eq!(other.log().requests().len(), 1);
    assert_eq!(followed.fact("network.http_status").expect("a status"), 200);
}

#[test]
fn redirects_to_ports_that_are_not_the_webs_are_not_followed() {
    let other = http::server(ANY_V4, "ok");
    // Where mail is taken.
    let place = "other.example.com:25";
    let shop = http::server(ANY_V4, &format!("redirect:http://{place}/"));
    probing(SHOP)
        .instead_of(PORT, shop.address())
        .instead_of(place, other.address())
        .arg("--follow")
        .arg("3")
        .run();
    assert_eq!(other.log().connections(), 0);
}

#[test]
fn endless_redirects_end() {
    let shop = http::server(ANY_V4, "redirect:/again");
    let run = probing(SHOP).instead_of(PORT, shop.address());
    let found = run.arg("--follow").arg("3").run();
    let asked = shop.log().requests().len();
    assert!((2..=4).contains(&asked), "{asked}");
    assert_eq!(found.code, 1);
}

#[test]
fn data_never_reaches_a_terminal_as_it_is() {
    for fault in ["control-title", "control-header", "escape-header", "banner"] {
        for language in ["zh", "en"] {
            let shop = http::server(ANY_V4, fault);
            let run = probing(SHOP).instead_of(PORT, shop.address());
            let done = run.run_as("text", language);
            assert!(matches!(done.code, 0 | 1), "{fault}: {done:#?}");
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
}

//! `check-url` as users run it.

use serde_json::Value;

use crate::support::{has, program, repository, run};

fn picture(name: &str) -> String {
    let path = repository("tests/samples/qr").join(name);
    path.to_str().expect("a UTF-8 path").to_owned()
}

fn json(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn an_official_address_is_clear_and_others_are_worth_a_look() {
    for (url, code) in [
        ("https://www.alipay.com/", 0),
        ("alipay.com", 0),
        ("https://example.org/", 0),
        ("https://bit.ly/x", 0),
        ("http://www.alipay.com/", 1),
        ("https://a1ipay.com/", 1),
        ("http://1.2.3.4/", 1),
        ("https://a.com:99999/", 1),
        ("hello", 1),
    ] {
        run(&["check-url", url]).ok(code);
    }
}

#[test]
fn a_look_alike_is_named_without_an_accusation() {
    let zh = run(&["check-url", "--lang", "zh", "https://a1ipay.com/"]).ok(1);
    has(
        &zh,
        &[
            "不是 alipay.com 的官方地址，很像 alipay.com",
            "a1ipay.com",
            "官方 App",
        ],
    );
    let en = run(&["check-url", "--lang", "en", "https://a1ipay.com/"]).ok(1);
    has(
        &en,
        &["is not an official address of alipay.com, and very like it"],
    );
    for text in [zh, en] {
        for word in ["诈骗", "钓鱼", "fraud", "phishing", "scam"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}

#[test]
fn json_has_a_line_for_every_address() {
    let args = [
        "check-url",
        "--format",
        "json",
        "--lang",
        "en",
        "-",
        "qq.com",
    ];
    let out = program(args)
        .stdin("https://аlipay.com/\r\n\nbit.ly/1\n")
        .run()
        .ok(1);
    let lines = json(&out);
    assert_eq!(lines.len(), 3);
    let first = &lines[0];
    assert_eq!(first["schema"], 1);
    assert_eq!(first["url"], "https://аlipay.com/");
    assert_eq!(first["host"], "xn--lipay-3ve.com");
    assert_eq!(first["verdict"], "lookalike");
    assert_eq!(first["lookalike_of"], "alipay.com");
    assert_eq!(first["reasons"][0]["id"], "homoglyph");
    assert_eq!(first["reasons"][0]["strength"], "strong");
    assert_eq!(first["reasons"][0]["of"], "alipay.com");
    for line in &lines {
        for reason in line["reasons"].as_array().expect("a list") {
            assert_ne!(reason["text"], "", "{line}");
        }
        assert_ne!(line["text"], "");
    }
    assert_eq!(lines[2]["verdict"], "official");
}

#[test]
fn qr_codes_are_read_from_every_kind_of_picture() {
    for name in [
        "lookalike.png",
        "lookalike.gif",
        "lookalike.bmp",
        "lookalike.webp",
    ] {
        let out = run(&["check-url", "--format", "json", "--qr", &picture(name)]).ok(1);
        let lines = json(&out);
        assert_eq!(lines[0]["url"], "https://a1ipay.com/pay?id=1", "{name}");
        assert_eq!(lines[0]["verdict"], "lookalike");
        assert!(
            lines[0]["file"]
                .as_str()
                .is_some_and(|file| file.ends_with(name))
        );
    }
    let two = json(&run(&["check-url", "--format", "json", "--qr", &picture("two.jpg")]).ok(1));
    let verdicts: Vec<&Value> = two.iter().map(|line| &line["verdict"]).collect();
    assert_eq!(verdicts, ["official", "lookalike"]);
    let dark = json(
        &run(&[
            "check-url",
            "--format",
            "json",
            "--qr",
            &picture("light-on-dark.png"),
        ])
        .ok(0),
    );
    assert_eq!(dark[0]["host"], "pay.91ka.com");
}

#[test]
fn a_code_without_an_address_says_what_it_is() {
    let say =
        |name: &str, code| run(&["check-url", "--lang", "zh", "--qr", &picture(name)]).ok(code);
    has(&say("payment-code.png", 1), &["收款码"]);
    has(&say("wechat-pay.png", 0), &["不是普通网址"]);
    has(&say("blank.png", 1), &["没有在图片里找到能读的二维码"]);
}

#[test]
fn bad_usage_and_bad_pictures_are_refused() {
    has(&run(&["check-url"]).refused(), &["URL"]);
    has(
        &run(&["check-url", "--qr", "no-such.png"]).refused(),
        &["no-such.png", "help:"],
    );
    let text = picture("../top-sites.txt");
    has(
        &run(&["check-url", "--qr", &text]).refused(),
        &["PNG, JPEG, GIF, BMP or WebP", "help:"],
    );
}

#[test]
fn a_picture_of_too_many_pixels_is_not_decoded() {
    // A PNG header that promises 60000 × 60000 pixels.
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\0\0\0\0".to_vec();
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[12..29]);
    bytes.extend(sum.sum().to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bomb.png");
    std::fs::write(&path, bytes).expect("a file");
    let path = path.to_str().expect("UTF-8");
    has(
        &run(&["check-url", "--qr", path]).refused(),
        &["64 megapixels", "60000 × 60000"],
    );
}

#[test]
fn what_is_shown_is_harmless() {
    let out = run(&["check-url", "https://a\u{1b}[31m\u{202e}b.com/\u{7}"]).ok(1);
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}') && !out.contains('\u{7}'));
}

#[test]
fn a_look_alike_decides_a_case_without_a_profile() {
    let args = [
        "diagnose",
        "--lang",
        "zh",
        "--url",
        "https://alipay.com.pay-safe.top/",
    ];
    let out = run(&args).ok(0);
    has(&out, &["只是很像官方的 alipay.com", "不要"]);
}

//! Addresses that show an official name and lead elsewhere, generated for every brand.

use recharge_doctor::site::{Checker, Verdict};

use super::{checker, profile, suspects};

/// Brands of every length, as a platform's operator would list them.
const BRANDS: [&str; 25] = [
    "alipay.com",
    "tenpay.com",
    "wechatpay.com",
    "weixin.com",
    "unionpay.com",
    "95516.com",
    "icbc.com.cn",
    "ccb.com",
    "abchina.com",
    "boc.cn",
    "cmbchina.com",
    "psbc.com",
    "bankcomm.com",
    "taobao.com",
    "jd.com",
    "qq.com",
    "meituan.com",
    "baidu.com",
    "douyin.com",
    "91ka.com",
    "kamengtest.com",
    "dianquan8.com",
    "xinkapay.com",
    "youkawang.cn",
    "faka100.com",
];

/// `B` the name, `T` its ending with dots, `G` without, `E` somebody's domain.
const TRICKS: [&str; 24] = [
    "https://B.T.E/",
    "https://www.B.T.E/",
    "https://B.T-login.E/",
    "https://secure.id.B.T.cn.E/",
    "https://B-G.E/",
    "https://BG.E/",
    "https://pay-B.E/",
    "https://B-login.E/",
    "https://B.E/",
    "https://loginB.com/",
    "https://B-login.com/",
    "https://Bcn.com/",
    "https://B168.com/",
    "https://wwwB.com/",
    "https://B-vip.top/",
    "https://B.T-pay.top/",
    "https://B.github.io/",
    "https://B.T@E/",
    "https://www.B.T:443@E/pay",
    "https://B.T%2Fpay@E/",
    "https://B.T∕pay.E/",
    "https://B.T／pay.E/",
    "https://m.B.T.E:8443/",
    "http://E.B.T.E/",
];

const ELSEWHERE: [&str; 4] = ["evil.cn", "shop-center.top", "a7x9.xyz", "example.net"];

fn spelled(trick: &str, brand: &str, elsewhere: &str) -> String {
    let (name, ending) = brand.split_once('.').expect("a dot");
    let glued = ending.replace('.', "");
    let url = trick.replace('E', elsewhere).replace('T', ending);
    url.replace('G', &glued).replace('B', name)
}

#[test]
fn tricks_are_seen_through() {
    let list: Vec<String> = BRANDS.iter().map(|brand| format!("{brand:?}")).collect();
    let more = format!("official_domains = [{}]", list.join(", "));
    let checker = Checker::new(&profile(&more));
    let (mut strong, mut any, mut all) = (0, 0, 0);
    let mut missed = Vec::new();
    for brand in BRANDS {
        for trick in TRICKS {
            for elsewhere in ELSEWHERE {
                let url = spelled(trick, brand, elsewhere);
                let check = checker.check(&url);
                let found = check.verdict == Verdict::Lookalike;
                strong += usize::from(found);
                any += usize::from(suspects(&check, None));
                all += 1;
                if !found {
                    missed.push(url);
                }
            }
        }
    }
    assert!(
        strong * 1000 >= all * 980,
        "strong {strong}, any {any} of {all}: {missed:#?}"
    );
    assert!(any * 1000 >= all * 990, "any {any} of {all}: {missed:#?}");
}

#[test]
fn what_is_written_oddly_is_never_official() {
    for url in [
        "https://ａlipay.com/",
        "https://www。alipay。com/",
        "https://ali\u{ad}pay.com/",
        "https://ali\u{200b}pay.com/",
        "https://ali\tpay.com/",
        "https://%61lipay.com/",
        "https:\\\\alipay.com/",
        "https:alipay.com/",
        "https://user@alipay.com/",
    ] {
        let check = checker().check(url);
        assert_eq!(check.verdict, Verdict::Unknown, "{url:?}");
        assert_eq!(check.lookalike_of, None, "{url:?}");
        assert_eq!(
            check
                .host
                .as_deref()
                .map(|host| host.ends_with("alipay.com")),
            Some(true)
        );
        assert!(!super::weighty(&check).is_empty(), "{url:?}");
    }
}

#[test]
fn numbers_resemble_nobody() {
    for url in [
        "http://1.2.3.4/alipay.com",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1",
    ] {
        let check = checker().check(url);
        assert_eq!(check.verdict, Verdict::Unknown, "{url}");
        assert!(super::weighty(&check).contains(&"ip-host"), "{url}");
    }
}

#[test]
fn chinese_names_and_other_alphabets_are_read() {
    for (url, reason) in [
        ("https://支付宝.com", "alias"),
        ("https://支付寶客服.com", "affix"),
        ("https://www.支付宝.网址", "alias"),
        ("https://аlipay.com", "homoglyph"),
        ("https://álipay.com", "homoglyph"),
        ("https://аlipay.com.evil.cn", "sub-domain"),
        ("https://xn--lipay-3ve.com", "homoglyph"),
    ] {
        let check = checker().check(url);
        assert_eq!(check.verdict, Verdict::Lookalike, "{url}: {check:?}");
        assert_eq!(check.lookalike_of.as_deref(), Some("alipay.com"), "{url}");
        assert_eq!(check.reasons[0].kind.id(), reason, "{url}");
    }
}

//! Recall on generated imitations of names on which nothing was tuned, fuzzer by fuzzer, and on made
//! up ones in the habits of people.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use recharge_doctor::rules::Profile;
use recharge_doctor::site::{Checker, Verdict};
use twistrs::filter::Permissive;
use twistrs::permutate::Domain;

use super::{checker, suspects};
use crate::support::{built_in, repository};

/// Invented names of six letters and more, as platforms and shops choose them. Kept aside.
const NAMES: [&str; 32] = [
    "dianjuka.com",
    "feimaoyx.com",
    "gamehuyu.cn",
    "haokashe.com",
    "jinlongka.net",
    "kachaoren.com",
    "kuaichong.cn",
    "lanjingfaka.com",
    "maoyouhui.com",
    "niubika.com",
    "oukapay.com",
    "pandadian.com",
    "qiangkabao.com",
    "ruyidianquan.com",
    "shandianchong.com",
    "tiantianka.net",
    "unicardhub.com",
    "vgamestop.cn",
    "wanyouka.com",
    "xingkongdian.com",
    "yidiantong.com",
    "zhongkawang.com",
    "bluewhale.com",
    "cardplanet.net",
    "dragonmart.com",
    "easytopup.com",
    "firefox8game.com",
    "goldencoin.cn",
    "happyrecharge.com",
    "lucky88mall.com",
    "mintstore.com",
    "skyvoucher.net",
];

/// Of one fuzzer and one name at most so many are checked, evenly chosen.
const EACH: usize = 60;

/// Hits of a fuzzer: strong, any, all.
type Hits = BTreeMap<String, [usize; 3]>;

fn permutations(name: &str) -> BTreeMap<String, Vec<String>> {
    let domain = Domain::new(name).expect("a domain");
    let mut by_kind: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for permutation in domain.all(&Permissive) {
        if permutation.domain.fqdn == name {
            continue;
        }
        let kind = format!("{:?}", permutation.kind);
        by_kind
            .entry(kind)
            .or_default()
            .push(permutation.domain.fqdn);
    }
    by_kind
}

/// A profile that knows this name and no other.
fn alone(name: &str) -> Profile {
    let mut profile = built_in().profile.clone();
    profile.official = vec![name.to_owned()];
    profile.providers.clear();
    profile.owned.clear();
    profile.known.clear();
    profile.brands.clear();
    profile
}

fn hits() -> Hits {
    let mut hits = Hits::new();
    for name in NAMES {
        let checker = Checker::new(&alone(name));
        for (kind, names) in permutations(name) {
            let hit = hits.entry(kind).or_default();
            let step = names.len().div_ceil(EACH);
            for permutation in names.iter().step_by(step) {
                let check = checker.check(permutation);
                hit[0] += usize::from(check.verdict == Verdict::Lookalike);
                hit[1] += usize::from(suspects(&check, Some(name)));
                hit[2] += 1;
            }
        }
    }
    hits
}

fn share(part: usize, all: usize) -> f64 {
    f64::from(u32::try_from(part).expect("few")) / f64::from(u32::try_from(all).expect("few"))
}

#[test]
fn generated_imitations_are_found() {
    let hits = hits();
    let mut table = String::from("fuzzer strong any of\n");
    let (mut strong, mut any) = (0.0, 0.0);
    for (kind, [s, a, all]) in &hits {
        let (s, a) = (share(*s, *all), share(*a, *all));
        table += &format!("{kind} {:.1} {:.1} {all}\n", 100.0 * s, 100.0 * a);
        strong += s;
        any += a;
    }
    let kinds = share(hits.len(), 1);
    let (strong, any) = (strong / kinds, any / kinds);
    table += &format!("macro {:.2} {:.2}\n", 100.0 * strong, 100.0 * any);
    // Figures to be read, whether they hold or not.
    let _ = std::io::stderr().write_all(table.as_bytes());
    assert!(hits.len() >= 15, "{table}");
    assert!(any >= 0.99, "{table}");
    assert!(strong >= 0.88, "{table}");
    for (kind, [_, a, all]) in &hits {
        assert!(share(*a, *all) >= 0.97, "{kind}\n{table}");
    }
}

#[test]
fn imitations_in_the_habits_of_people_are_found() {
    for (file, most) in [("squats.txt", 0.02), ("squats-held-out.txt", 0.06)] {
        let text = fs::read_to_string(repository("tests/samples").join(file)).expect("a sample");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let pairs: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(' ')).collect();
        assert!(pairs.len() > 90);
        let missed = pairs.iter().filter(|(_, imitation)| {
            let check = checker().check(imitation);
            assert_ne!(check.verdict, Verdict::Official, "{imitation}");
            !suspects(&check, None)
        });
        let missed: Vec<&(&str, &str)> = missed.collect();
        assert!(
            share(missed.len(), pairs.len()) <= most,
            "{file}: {missed:?}"
        );
        let strong = pairs
            .iter()
            .filter(|(_, imitation)| checker().check(imitation).verdict == Verdict::Lookalike);
        assert!(share(strong.count(), pairs.len()) >= 0.9, "{file}");
    }
}

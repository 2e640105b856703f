//! How long one address takes to check with the built-in profile and 25 brands on top, and how long
//! the index takes to build.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use recharge_doctor::rules::{Profile, RuleSet};
use recharge_doctor::site::Checker;

fn main() {
    divan::main();
}

const SITES: &str = include_str!("../tests/samples/top-sites.txt");
const SQUATS: &str = include_str!("../tests/samples/squats-held-out.txt");

/// The built-in profile, with the 25 best known sites as a platform's own.
fn profile() -> Profile {
    let mut profile = RuleSet::built_in().profile;
    let sites = SITES.lines().filter_map(psl::domain_str).take(25);
    profile.official = sites.map(str::to_owned).collect();
    profile
}

/// Honest addresses.
#[divan::bench]
fn honest(bencher: Bencher) {
    let checker = Checker::new(&profile());
    let urls: Vec<String> = SITES
        .lines()
        .skip(50)
        .map(|site| format!("https://{site}/order/1?id=2"))
        .collect();
    bencher.counter(ItemsCount::new(urls.len())).bench(|| {
        for url in &urls {
            black_box(checker.check(black_box(url)));
        }
    });
}

/// Imitations, some of them in other alphabets.
#[divan::bench]
fn imitations(bencher: Bencher) {
    let checker = Checker::new(&profile());
    let lines = SQUATS.lines().filter_map(|line| line.split_once(' '));
    let urls: Vec<&str> = lines.map(|(_, imitation)| imitation).collect();
    bencher.counter(ItemsCount::new(urls.len())).bench(|| {
        for url in &urls {
            black_box(checker.check(black_box(url)));
        }
    });
}

/// The index of a profile.
#[divan::bench]
fn build(bencher: Bencher) {
    let profile = profile();
    bencher.bench(|| black_box(Checker::new(black_box(&profile))));
}

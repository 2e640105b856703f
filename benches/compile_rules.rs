//! How long it takes to read and compile all built-in rule files.

use divan::{Bencher, black_box};
use recharge_doctor::rules::{RuleFiles, RuleSet};

fn main() {
    divan::main();
}

/// All files: catalogue, signals, causes, code tables, gates, words, profile.
#[divan::bench]
fn compile_rules(bencher: Bencher) {
    let files = RuleFiles::built_in();
    bencher.bench(|| RuleSet::load(black_box(&files)).is_ok());
}

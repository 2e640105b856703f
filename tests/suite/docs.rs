//! Documentation that is made from the program must be fresh. `BLESS=1` rewrites it.

use std::fs;
use std::path::Path;
use std::process::Command;

const START: &str = "<!-- causes: made by `recharge-doctor rules doc` -->";
const END: &str = "<!-- /causes -->";

fn readme(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).expect("a readable README")
}

#[test]
fn the_cause_table_of_the_readme_is_fresh() {
    let made = Command::new(env!("CARGO_BIN_EXE_recharge-doctor"))
        .args(["rules", "doc"])
        .output()
        .expect("the program runs");
    let made = String::from_utf8(made.stdout).expect("UTF-8");
    let text = readme("README.md");
    let (before, rest) = text.split_once(START).expect("the start mark");
    let (table, after) = rest.split_once(END).expect("the end mark");
    if std::env::var_os("BLESS").is_some() {
        let fresh = format!("{before}{START}\n\n{made}\n{END}{after}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        fs::write(path, fresh).expect("a writable README");
        return;
    }
    assert_eq!(table.trim(), made.trim(), "run the tests with BLESS=1");
}

#[test]
fn both_readmes_name_every_command_and_exit_code() {
    for name in ["README.md", "README.zh-CN.md"] {
        let text = readme(name);
        for command in [
            "diagnose",
            "check-url",
            "explain",
            "facts",
            "rules",
            "completions",
            "man",
        ] {
            assert!(
                text.contains(&format!("`{command}`")),
                "{name} lacks {command}"
            );
        }
        for code in ["| 0 |", "| 1 |", "| 2 |"] {
            assert!(text.contains(code), "{name} lacks the exit code {code}");
        }
    }
}

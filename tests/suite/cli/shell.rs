//! Help, version, completions and the manual page.

use crate::support::{has, run};

#[test]
fn completions_for_every_shell_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&["completions", shell]).ok(0);
        has(
            &script,
            &["recharge-doctor", "diagnose", "single-limit", "completions"],
        );
    }
    has(
        &run(&["completions", "tcsh"]).refused(),
        &["possible values", "fish"],
    );
}

#[test]
fn the_manual_page_is_roff_with_all_commands() {
    let page = run(&["man"]).ok(0);
    has(
        &page,
        &[
            ".TH recharge-doctor 1",
            ".SH NAME",
            ".SH OPTIONS",
            "Exit codes",
        ],
    );
    for command in [
        "diagnose",
        "explain",
        "facts",
        "rules",
        "completions",
        "man",
    ] {
        has(&page, &[&format!("\\-{command}")]);
    }
}

#[test]
fn help_and_version_are_results() {
    has(
        &run(&["--version"]).ok(0),
        &[concat!("recharge-doctor ", env!("CARGO_PKG_VERSION"))],
    );
    for args in [
        &["--help"][..],
        &["help"],
        &["-h"],
        &["help", "rules", "eval"],
    ] {
        let help = run(args).ok(0);
        has(&help, &["Usage:"]);
        assert!(!help.contains('\u{1b}'), "colour without a terminal");
    }
    for command in [
        "diagnose",
        "explain",
        "facts",
        "rules",
        "completions",
        "man",
    ] {
        has(&run(&[command, "--help"]).ok(0), &["Usage:", "--lang"]);
    }
}

#[test]
fn wrong_usage_is_refused_with_a_hint() {
    for (args, says) in [
        (&["nosuch"][..], "unrecognized subcommand 'nosuch'"),
        (&["diagnos"], "'diagnose'"),
        (&["diagnose", "--amout", "5"], "'--amount'"),
        (&["diagnose", "--amount"], "a value is required"),
        (
            &["diagnose", "--amount", "5", "--amount", "6"],
            "cannot be used multiple times",
        ),
        (
            &["diagnose", "--format", "xml"],
            "possible values: text, json, markdown",
        ),
        (&["--lang", "fr", "facts"], "possible values: zh, en"),
        (
            &["--color", "maybe", "facts"],
            "possible values: auto, always, never",
        ),
        (&["rules"], "Usage:"),
        (&[], "Usage:"),
    ] {
        has(&run(args).refused(), &[says]);
    }
}

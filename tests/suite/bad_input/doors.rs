//! Files that are not there or not readable, contradicting flags, and an output that cannot be
//! written.

use std::fs::File;

use crate::support::{diagnose_with, folder, has, path, program, run};

#[test]
fn files_that_cannot_be_read_are_named() {
    let files = folder(&[("case.json", "{}"), ("latin.toml", "")]);
    std::fs::write(files.path().join("latin.toml"), b"name = '\xff'").expect("a file");
    let missing = path(&files, "missing");
    let here = path(&files, "");
    let file = path(&files, "case.json");
    let latin = path(&files, "latin.toml");
    for (args, says) in [
        (["--case", &missing], "expected a readable case file"),
        (["--case", &here], "expected a case file, found the folder"),
        (["--profile", &missing], "while reading the profile"),
        (["--profile", &here], "while reading the profile"),
        (["--profile", &latin], "UTF-8"),
        (["--profile", &file], "R001"),
        (["--rules", &missing], "expected a folder of rule files"),
        (["--rules", &file], "expected a folder of rule files"),
    ] {
        let complaint = diagnose_with(&args).refused();
        has(
            &complaint,
            &["error: ", says, args[1].trim_end_matches('/'), "\n  help: "],
        );
        let reason = complaint.matches("(os error").count();
        assert!(reason <= 1, "the reason stands twice: {complaint}");
    }
    let empty = folder(&[("notes/readme.md", "nothing")]);
    let complaint = diagnose_with(&["--rules", &path(&empty, "")]).refused();
    has(&complaint, &["expected rule files", "found none"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let files = folder(&[("case.json", "{}")]);
    let file = path(&files, "case.json");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).expect("permissions");
    if File::open(&file).is_ok() {
        #[expect(clippy::print_stderr, reason = "a test that is passed over says why")]
        {
            eprintln!("skipped: this user (root?) may read files whatever their permissions");
        }
        return;
    }
    let complaint = diagnose_with(&["--case", &file]).refused();
    has(
        &complaint,
        &["expected a readable case file", &file, "ermission denied"],
    );
}

#[test]
fn contradictions_and_bad_words_on_the_command_line_are_refused() {
    for (args, says, help) in [
        (
            &["--amount", "5", "--set", "order.amount=6"][..],
            "expected one value for `order.amount`, found two: --set order.amount and --amount",
            "leave only one of the two",
        ),
        (
            &["--set", "order.amount=5", "--set", "order.amount=6"],
            "found two",
            "leave only one of the two",
        ),
        (
            &["--debited", "yes", "--set", "payment.debited="],
            "found two",
            "leave only one of the two",
        ),
        (
            &["--set", "order.amount"],
            "--set: expected KEY=VALUE, found `order.amount`",
            "--set order.amount=500.00",
        ),
        (
            &["--set", "order.amuont=5"],
            "--set order.amuont: expected a key",
            "did you mean `order.amount`?",
        ),
        (
            &["--set", "code.money=taken"],
            "worked out",
            "give error.code",
        ),
        (
            &["--amount", "five"],
            "--amount: order.amount: expected an amount in yuan such as 500.00, found `five`",
            "two decimals",
        ),
        (
            &["--channel", "alipai"],
            "--channel: payment.channel: expected one of",
            "did you mean `alipay`?",
        ),
        (
            &["--created-at", "now"],
            "--created-at: order.created_at: expected a time",
            "without a zone",
        ),
        (
            &["--now", "tomorrow"],
            "--now: expected a time such as",
            "--now 2026-12-10T10:00:00+08:00",
        ),
    ] {
        let complaint = program(["diagnose"]).args(args).run().refused();
        has(&complaint, &["error: ", says, "\n  help: ", help]);
    }
    for args in [
        &["explain", "--case", "-", "--cause", "single-limt"][..],
        &["explain", "single-limt"],
        &["rules", "show", "single-limt"],
    ] {
        has(&run(args).refused(), &["error: "]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_and_a_closed_pipe_is_not() {
    for args in [
        &["diagnose"][..],
        &["man"],
        &["--version"],
        &["facts", "--format", "json"],
    ] {
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full");
        let done = program(args.iter().copied()).run_into(full);
        assert_eq!(done.code, 2, "{args:?}: {done:#?}");
        has(
            &done.stderr,
            &[
                "error: expected to write the result",
                "No space left",
                "help: ",
            ],
        );
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let done = program(args.iter().copied()).run_into(writer);
        assert!(done.code < 2, "{args:?}: {done:#?}");
        assert_eq!(done.stderr, "", "a closed pipe is the reader's choice");
    }
}

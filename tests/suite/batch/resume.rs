//! An interrupted run goes on to the bytes of one that was not.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use recharge_doctor::batch::{
    BatchError, FirstPass, Ground, Only, Options, Progress, SecondPass, Sink, survey_neighbours,
};
use recharge_doctor::intake::layout::Wanted;
use recharge_doctor::intake::source::{Input, Limits};
use recharge_doctor::intake::{Export, open_exports};
use recharge_doctor::report::{JsonRows, RowStyle};
use recharge_doctor::rules::{Formats, RuleFiles};
use recharge_doctor::text::Locale;

use super::{Folder, LOG};
use crate::support::{NOW, built_in, has, program};

/// A log of several chunks in which every 50th row or so cannot be read.
fn long_log() -> String {
    let (header, body) = LOG.split_once('\n').expect("a header");
    let block = format!("{}R\u{0}9,1\n", body.repeat(12));
    format!("{header}\n{}", block.repeat(250))
}

/// Keeps what a run gives; where `stop` is given, stops it after the first chunk.
#[derive(Default)]
struct Kept<'k> {
    rows: Vec<u8>,
    rejects: Vec<u8>,
    stop: Option<&'k AtomicBool>,
}

impl Sink for Kept<'_> {
    fn rows(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.rows.extend_from_slice(bytes);
        Ok(())
    }

    fn reject(&mut self, _: &str, line: u64, bytes: &[u8], reason: &str) -> io::Result<()> {
        let place = format!("{line} {reason} ");
        self.rejects
            .extend_from_slice(&[place.as_bytes(), bytes, b"\n"].concat());
        Ok(())
    }

    fn reject_more(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.rejects.extend_from_slice(bytes);
        Ok(())
    }

    fn done(&mut self, _: u64, _: &Progress) -> io::Result<()> {
        if let Some(stop) = self.stop {
            stop.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Does what is left of a run; gives whether it came to its end.
fn go_on(
    exports: &[Export<'_>],
    first: &FirstPass,
    stop: &AtomicBool,
    progress: &mut Progress,
    sink: &mut Kept<'_>,
) -> bool {
    stop.store(false, Ordering::Relaxed);
    let rules = built_in();
    let style = RowStyle {
        rules,
        profile: &rules.profile,
        locale: Locale::En,
        reveal: false,
    };
    let pass = SecondPass {
        first,
        ground: Ground {
            rules,
            profile: &rules.profile,
            now: NOW.parse().expect("a time"),
            only: Only::All,
            detail: false,
        },
        options: Options { jobs: 2, stop },
    };
    let done = progress.exports.len().saturating_sub(1);
    for (index, export) in exports.iter().enumerate().skip(done) {
        match pass.write_rows(export, index, || JsonRows::new(style), progress, sink) {
            Ok(()) => {}
            Err(BatchError::Stopped) => return false,
            Err(error) => panic!("{error}"),
        }
    }
    true
}

#[test]
fn a_run_may_be_stopped_after_any_chunk() {
    let folder = Folder::new();
    let rules = built_in();
    let formats = Formats::load(&RuleFiles::built_in(), &rules.catalog).expect("formats");
    let mut exports = Vec::new();
    for (name, text) in [("one.csv", long_log()), ("two.csv", LOG.to_owned())] {
        let input = Input::File(folder.file(name, text));
        let (limits, wanted) = (Limits::default(), Wanted::default());
        let opened = open_exports(&input, limits, &formats, &rules.catalog, &wanted);
        exports.extend(opened.expect("a log"));
    }
    let stop = AtomicBool::new(false);
    let options = Options {
        jobs: 2,
        stop: &stop,
    };
    let first = survey_neighbours(&exports, rules, options).expect("readable");
    let (mut whole, mut all) = (Kept::default(), Progress::default());
    assert!(go_on(&exports, &first, &stop, &mut all, &mut whole));

    let mut parts = Kept {
        stop: Some(&stop),
        ..Kept::default()
    };
    let mut progress = Progress::default();
    let mut rounds = 1;
    while !go_on(&exports, &first, &stop, &mut progress, &mut parts) {
        let saved = postcard::to_stdvec(&progress).expect("what can be kept");
        progress = postcard::from_bytes(&saved).expect("what was kept");
        assert!(progress.fits(&first));
        rounds += 1;
    }
    assert!(rounds >= 3, "{rounds}");
    assert!(whole.rejects.len() > 1000 && parts.rejects == whole.rejects);
    assert!(parts.rows == whole.rows);
    assert_eq!(progress, all);

    let other = survey_neighbours(&exports[1..], rules, options);
    assert!(!progress.fits(&other.expect("readable")));
}

#[test]
fn an_interrupt_leaves_what_the_run_goes_on_from() {
    let folder = Folder::new();
    folder.file("log.csv", long_log());
    let into = |output: &'static str, rejects: &'static str| {
        [
            "log.csv",
            "--jobs",
            "1",
            "--output",
            output,
            "--rejects",
            rejects,
        ]
    };
    let whole = folder.batch(&into("whole.json", "whole.txt"));
    assert_eq!(whole.code, 1, "{}", whole.stderr);

    let partial = folder.path().join("part.json.partial");
    let begun = || std::fs::metadata(&partial).is_ok_and(|data| data.len() > 0);
    let stopped = program(["batch", "--now", NOW])
        .args(&into("part.json", "part.txt"))
        .folder(folder.path())
        .run_until(begun);
    assert_eq!(stopped.code, 2);
    has(&stopped.stderr, &["stopped after", "--resume"]);
    assert!(!folder.path().join("part.json").exists());

    // Another way of running it is another run.
    let args = into("part.json", "part.txt");
    let other = folder.batch(&[&args[..], &["--resume", "--detail"]].concat());
    assert_eq!(other.code, 2);
    has(
        &other.stderr,
        &["an option changed since", "without --resume"],
    );

    let resumed = folder.batch(&[&args[..], &["--resume"]].concat());
    assert_eq!(resumed.code, 1);
    has(&resumed.stderr, &["Going on where the last run stopped"]);
    for (part, whole) in [("part.json", "whole.json"), ("part.txt", "whole.txt")] {
        assert!(folder.read(part) == folder.read(whole), "{part}");
    }
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 5, "only the log and four results");
}

#[test]
fn a_run_that_cannot_go_on_begins_anew_or_says_why() {
    let folder = Folder::new();
    folder.file("log.csv", LOG);
    let anew = folder.batch(&["log.csv", "--output", "out.csv", "--resume"]);
    has(&anew.stderr, &["There is no interrupted run to go on with"]);
    assert!(folder.read("out.csv").lines().count() == 5);
    let args: [&[&str]; 3] = [
        &["log.csv", "--resume"],
        &["-", "--output", "out.csv", "--resume"],
        &["log.csv", "--output", "out.xlsx", "--resume"],
    ];
    for args in args {
        let refused = program(["batch", "--now", NOW])
            .args(args)
            .folder(folder.path())
            .stdin(LOG)
            .run();
        assert_eq!(refused.code, 2, "{args:?}");
        has(&refused.stderr, &["--resume: expected --output FILE"]);
    }
    // A device cannot be gone on with, and nothing is written beside it.
    let device = folder.batch(&["log.csv", "--output", "/dev/null", "--resume"]);
    assert_eq!(device.code, 2);
    assert!(!std::path::Path::new("/dev/null.journal").exists());
    folder.file(
        "out.csv.journal",
        "recharge-doctor journal 1\nnothing of the kind",
    );
    let damaged = folder.batch(&["log.csv", "--output", "out.csv", "--resume"]);
    assert_eq!(damaged.code, 2);
    has(&damaged.stderr, &["damaged", "without --resume"]);
}

#[test]
fn what_is_written_beside_an_output_is_no_input_and_no_leftover() {
    let folder = Folder::new();
    folder.file("log.journal", LOG);
    let refused = folder.batch(&["log.journal", "--output", "log"]);
    assert_eq!(refused.code, 2);
    assert_eq!(folder.read("log.journal"), LOG);
    // A run that cannot be gone on with makes an older journal worthless.
    folder.file("out.csv.journal", "of an older run");
    let piped = program(["batch", "--now", NOW, "-", "--output", "out.csv"])
        .folder(folder.path())
        .stdin(LOG)
        .run();
    assert_eq!(piped.code, 1, "{}", piped.stderr);
    assert!(!folder.path().join("out.csv.journal").exists());
}

#[test]
fn what_another_run_wrote_is_not_gone_on_with() {
    let folder = Folder::new();
    folder.file("log.csv", long_log());
    let args = [
        "log.csv",
        "--jobs",
        "1",
        "--output",
        "out.csv",
        "--rejects",
        "bad.txt",
    ];
    let whole = folder.batch(&args);
    assert_eq!(whole.code, 1, "{}", whole.stderr);
    let results = ["out.csv", "bad.txt"].map(|name| folder.read(name));

    let partial = folder.path().join("out.csv.partial");
    let begun = || std::fs::metadata(&partial).is_ok_and(|data| data.len() > 1 << 16);
    let stopped = program(["batch", "--now", NOW])
        .args(&args)
        .folder(folder.path())
        .run_until(begun);
    assert_eq!(stopped.code, 2, "{}", stopped.stderr);
    // Another run began the same file and wrote more.
    folder.file(
        "bad.txt.partial",
        "# other.csv line 7: damage\n".repeat(100_000),
    );
    let resumed = folder.batch(&[&args[..], &["--resume"]].concat());
    has(
        &resumed.stderr,
        &["There is no interrupted run to go on with"],
    );
    assert!(["out.csv", "bad.txt"].map(|name| folder.read(name)) == results);
}

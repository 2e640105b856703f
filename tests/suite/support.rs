//! Runs the program as a user would, in a process of its own with a bare environment, and the
//! library as `diagnose` runs it.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use recharge_doctor::derive::{derive, listen};
use recharge_doctor::diagnose::{Diagnosis, diagnose};
use recharge_doctor::facts::{FactValue, Moment, Source};
use recharge_doctor::intake::{Case, IntakeError, read_case};
use recharge_doctor::report::{Audience, View};
use recharge_doctor::rules::RuleSet;
use recharge_doctor::text::Locale;
use serde_json::Value;

/// The clock of every test.
pub(crate) const NOW: &str = "2026-12-10T10:00:00+08:00";

/// One run of the program, before it starts.
pub(crate) struct Program {
    command: Command,
    stdin: Vec<u8>,
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Done {
    /// The exit code.
    pub(crate) code: i32,
    /// What it printed as its result.
    pub(crate) stdout: String,
    /// Everything else that it said.
    pub(crate) stderr: String,
}

/// The program with these arguments and nothing from the environment but `PATH` and a locale.
pub(crate) fn program<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> Program {
    other_program(env!("CARGO_BIN_EXE_recharge-doctor"), args)
}

/// Another program, for example a shell that sets limits first, under the same conditions.
pub(crate) fn other_program<A: Into<OsString>>(
    name: &str,
    args: impl IntoIterator<Item = A>,
) -> Program {
    let mut command = Command::new(name);
    command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.env("LANG", "C.UTF-8");
    command.args(args.into_iter().map(Into::into));
    Program {
        command,
        stdin: Vec::new(),
    }
}

/// Runs the program with these words.
pub(crate) fn run(args: &[&str]) -> Done {
    program(args.iter().copied()).run()
}

/// Runs `diagnose` at the time of the tests.
pub(crate) fn diagnose_with(args: &[&str]) -> Done {
    program(["diagnose", "--now", NOW]).args(args).run()
}

/// Runs `diagnose` on a case from standard input, as JSON.
pub(crate) fn diagnose_case(case: impl AsRef<[u8]>) -> Done {
    program(["diagnose", "--now", NOW, "--case", "-", "--format", "json"])
        .stdin(case)
        .run()
}

impl Program {
    /// Adds arguments.
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    /// Adds a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in a folder.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Gives standard input.
    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    /// Runs with standard output going elsewhere; what it printed there is not kept.
    pub(crate) fn run_into(mut self, stdout: impl Into<Stdio>) -> Done {
        self.command.stdout(stdout);
        self.finish()
    }

    /// Runs to the end.
    pub(crate) fn run(mut self) -> Done {
        self.command.stdout(Stdio::piped());
        self.finish()
    }

    /// Runs until something is so, then interrupts it as Ctrl-C does.
    pub(crate) fn run_until(mut self, mut is_so: impl FnMut() -> bool) -> Done {
        self.command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = self.command.stdout(Stdio::null()).spawn().expect("a start");
        while !is_so() && child.try_wait().expect("a state").is_none() {
            std::thread::yield_now();
        }
        let id = child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill").success());
        Done::of(child.wait_with_output().expect("the program ends"))
    }

    fn finish(mut self) -> Done {
        self.command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program starts");
        // The command keeps its copy of a given standard output open until it is dropped.
        drop(self.command);
        let mut input = child.stdin.take().expect("standard input");
        let bytes = self.stdin;
        let writer = std::thread::spawn(move || {
            // A program that refuses early closes its end; that is no failure of the test.
            let _ = input.write_all(&bytes);
        });
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the input is written");
        Done::of(output)
    }
}

impl Done {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8 output");
        Self {
            code: output.status.code().expect("an exit code, not a signal"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// The result, where the run ended with this code and said nothing else.
    pub(crate) fn ok(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:#?}");
        assert_eq!(self.stderr, "", "{}", self.stdout);
        self.stdout
    }

    /// The result as JSON, where the run ended with this code and said nothing else.
    pub(crate) fn json(self, code: i32) -> Value {
        let text = self.ok(code);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// What it said, where it could not do its work: exit code 2, no result, no panic.
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, 2, "{self:#?}");
        assert_eq!(self.stdout, "", "{}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        assert!(
            !self.stderr.contains('\u{1b}'),
            "colour in {:?}",
            self.stderr
        );
        self.stderr
    }
}

/// Asserts that a text has every one of these parts.
pub(crate) fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "expected `{part}` in:\n{text}");
    }
}

/// A file of this repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A temporary folder with these files in it.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        let parent = path.parent().expect("a parent");
        std::fs::create_dir_all(parent).expect("a folder");
        std::fs::write(&path, text).expect("a file");
    }
    folder
}

/// The path of a file in a folder as an argument.
pub(crate) fn path(folder: &tempfile::TempDir, file: &str) -> String {
    let path = folder.path().join(file);
    path.to_str().expect("a UTF-8 path").to_owned()
}

/// The built-in rules, loaded once.
pub(crate) fn built_in() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(RuleSet::built_in)
}

/// Reads and diagnoses a case as the command `diagnose` does, in process.
pub(crate) fn consult(case: &[u8]) -> Result<(Case, Diagnosis), IntakeError> {
    let rules = built_in();
    let mut case = read_case(case, &rules.catalog)?;
    let now: Moment = NOW.parse().expect("a time");
    let clock = rules.key("case.now");
    case.facts.set(clock, FactValue::Time(now), Source::Record);
    listen(&mut case.facts, rules);
    derive(&mut case.facts, rules, &rules.profile);
    let diagnosis = diagnose(&case.facts, rules, &rules.profile);
    Ok((case, diagnosis))
}

/// Gives the view of a case to a writer of reports and returns what it wrote.
pub(crate) fn written(
    case: &Case,
    diagnosis: &Diagnosis,
    locale: Locale,
    write: impl FnOnce(&View<'_>, &mut Vec<u8>) -> std::io::Result<()>,
) -> String {
    colored::control::set_override(false);
    let rules = built_in();
    let name = case.name(&rules.catalog);
    let view = View {
        case: &name,
        facts: &case.facts,
        rules,
        profile: &rules.profile,
        diagnosis,
        locale,
        reveal: false,
        audience: Audience::default(),
    };
    let mut out = Vec::new();
    write(&view, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8 output")
}

//! Runs the probe against a rig and compares what it found with a table.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::support::{Done, Program, built_in, program};
use super::rig::dns::{LOOPBACK, NameServer};
use super::rig::{ANY_V4, tls};

/// A whole run is over in 30 seconds, by its own limit; the rest is for a busy machine.
const LONGEST_RUN: Duration = Duration::from_secs(40);

/// How many rows of a table run at once: they wait more than they work.
const AT_ONCE: usize = 6;

/// What a run of the probe is to be.
pub(crate) struct Probing {
    args: Vec<String>,
    env: Vec<(String, String)>,
    allow_private: bool,
    names: Option<SocketAddr>,
    trusted: bool,
}

/// A run of the probe against servers on this machine: private addresses are allowed, and the
/// authority of the rig counts as public.
pub(crate) fn probing(target: impl Into<String>) -> Probing {
    Probing {
        args: vec![target.into()],
        env: Vec::new(),
        allow_private: true,
        names: None,
        trusted: true,
    }
}

impl Probing {
    /// Adds an argument.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Connects to this server in place of a host and port.
    pub(crate) fn instead_of(self, host_and_port: &str, server: SocketAddr) -> Self {
        let place = match server {
            SocketAddr::V4(address) => format!("{}:{}", address.ip(), address.port()),
            SocketAddr::V6(address) => format!("[{}]:{}", address.ip(), address.port()),
        };
        self.arg("--connect-to")
            .arg(format!("{host_and_port}:{place}"))
    }

    /// Asks this name server and no other.
    pub(crate) fn names(mut self, server: SocketAddr) -> Self {
        self.names = Some(server);
        self
    }

    /// Leaves private addresses forbidden.
    pub(crate) fn guarded(mut self) -> Self {
        self.allow_private = false;
        self
    }

    /// Lets the authority of the rig be unknown.
    pub(crate) fn untrusting(mut self) -> Self {
        self.trusted = false;
        self
    }

    /// Runs with this format and language to its end.
    pub(crate) fn run_as(self, format: &str, language: &str) -> Done {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let roots = folder.path().join("roots.pem");
        std::fs::write(&roots, tls::authority().pem()).expect("a file");
        // Whatever it looks up beside what it was told: nothing leaves this machine.
        let own = NameServer::start(ANY_V4, LOOPBACK);
        let names = self.names.unwrap_or(own.address()).to_string();
        let mut run: Program = program(["probe", "--format", format, "--lang", language]);
        run = run.args(&["--dns", &names]);
        if self.allow_private {
            run = run.args(&["--allow-private"]);
        }
        if self.trusted {
            run = run.args(&["--cacert", roots.to_str().expect("a UTF-8 path")]);
        }
        for (name, value) in &self.env {
            run = run.env(name, value);
        }
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        run.args(&args).run()
    }

    /// Runs to its end and reads what it found.
    pub(crate) fn run(self) -> Found {
        let started = Instant::now();
        let done = self.run_as("json", "en");
        Found::of(done, started.elapsed())
    }
}

/// What a run of the probe found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The whole result.
    pub(crate) json: Value,
    /// The exit code.
    pub(crate) code: i32,
    /// What was said beside the result.
    pub(crate) stderr: String,
    /// How long it took.
    pub(crate) took: Duration,
}

impl Found {
    /// Reads a result and checks what holds for every run, whatever the fault is.
    pub(crate) fn of(done: Done, took: Duration) -> Self {
        assert!(!done.stderr.contains("panicked"), "{}", done.stderr);
        assert!(matches!(done.code, 0 | 1), "{done:#?}");
        assert_eq!(done.stdout.trim_end().lines().count(), 1, "{done:#?}");
        let json = serde_json::from_str(&done.stdout).expect("JSON");
        let found = Self {
            json,
            code: done.code,
            stderr: done.stderr,
            took,
        };
        assert_eq!(found.json["schema"], 1);
        assert!(found.json["diagnosis"].is_object(), "{}", found.json);
        assert!(took < LONGEST_RUN, "it took {took:?}");
        assert!(!harmful(&done.stdout), "{}", done.stdout.escape_debug());
        assert!(!harmful(&found.stderr), "{}", found.stderr.escape_debug());
        found.facts_are_of_the_catalogue();
        found.exit_code_says_how_it_went();
        found
    }

    /// One fact of the whole run; none where it is unknown.
    pub(crate) fn fact(&self, key: &str) -> Option<&Value> {
        self.json["facts"].get(key)
    }

    /// The only host.
    pub(crate) fn host(&self) -> &Value {
        &self.json["hosts"][0]
    }

    /// How a stage of the only host went; empty where it is not there.
    pub(crate) fn stage(&self, name: &str) -> &str {
        let stages = self.host()["stages"].as_array().expect("stages");
        let found = stages.iter().find(|stage| stage["stage"] == name);
        found
            .and_then(|stage| stage["state"].as_str())
            .unwrap_or("")
    }

    /// What the ladder says is the matter, stage by stage.
    pub(crate) fn findings(&self) -> Vec<&str> {
        let stages = self.host()["stages"].as_array().expect("stages");
        let ids = stages.iter().filter_map(|stage| stage["finding"].as_str());
        ids.collect()
    }

    fn facts_are_of_the_catalogue(&self) {
        let hosts = self.json["hosts"].as_array().expect("hosts");
        for host in hosts {
            for one in host["observations"].as_array().expect("observations") {
                is_of_the_catalogue(one["fact"].as_str().expect("a key"), &one["value"]);
            }
        }
        for (key, value) in self.json["facts"].as_object().expect("facts") {
            is_of_the_catalogue(key, value);
        }
    }

    fn exit_code_says_how_it_went(&self) {
        let hosts = self.json["hosts"].as_array().expect("hosts");
        let mut stages = hosts.iter().flat_map(|host| {
            let all = host["stages"].as_array().expect("stages");
            all.iter()
                .map(|one| one["state"].as_str().expect("a state"))
        });
        let bad = stages.any(|state| matches!(state, "failed" | "slow"));
        assert!(
            !bad || self.code == 1,
            "exit code {}: {}",
            self.code,
            self.json
        );
    }
}

/// Asserts that there is such a fact and that it may have this value, word for word.
fn is_of_the_catalogue(key: &str, value: &Value) {
    let catalog = &built_in().catalog;
    let found = catalog.find(key);
    let spec = catalog.spec(found.unwrap_or_else(|| panic!("`{key}` is no fact")));
    let text = value.as_str().map_or(value.to_string(), str::to_owned);
    assert!(matches!(spec.parse(&text), Ok(Some(_))), "{key}: {text}");
    let exact = spec.values.iter().any(|one| one.value == text);
    assert!(exact || spec.values.is_empty(), "{key}: {text}");
}

/// Whether a text has what a terminal would obey, or what turns the direction of writing.
pub(crate) fn harmful(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// What a row of a table expects of a fact, or of a stage.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Want {
    /// A fact with this text.
    Is(&'static str, &'static str),
    /// A fact with one of these texts.
    OneOf(&'static str, &'static [&'static str]),
    /// A fact with this number.
    Number(&'static str, i64),
    /// A fact with a number from here to there.
    Between(&'static str, f64, f64),
    /// A fact that is yes or no.
    Flag(&'static str, bool),
    /// A fact that is unknown.
    Absent(&'static str),
    /// A stage that went so.
    Stage(&'static str, &'static str),
    /// What the ladder says is the matter.
    Finding(&'static str),
}

impl Want {
    /// What is wrong; nothing where the run found what is wanted.
    fn complaint(self, found: &Found) -> Option<String> {
        let (key, holds) = match self {
            Self::Stage(name, state) => {
                let got = found.stage(name);
                return (got != state).then(|| format!("{self:?}, but it {got}"));
            }
            Self::Finding(id) => {
                let got = found.findings();
                return (!got.contains(&id)).then(|| format!("{self:?}, but it is {got:?}"));
            }
            Self::Is(key, text) => (key, found.fact(key).is_some_and(|value| value == text)),
            Self::OneOf(key, texts) => {
                let text = found.fact(key).and_then(Value::as_str);
                (key, text.is_some_and(|text| texts.contains(&text)))
            }
            Self::Number(key, number) => (
                key,
                found.fact(key).and_then(Value::as_f64) == Some(number as f64),
            ),
            Self::Between(key, least, most) => {
                let number = found.fact(key).and_then(Value::as_f64);
                (
                    key,
                    number.is_some_and(|number| (least..=most).contains(&number)),
                )
            }
            Self::Flag(key, yes) => (key, found.fact(key).is_some_and(|value| value == yes)),
            Self::Absent(key) => (key, found.fact(key).is_none()),
        };
        (!holds).then(|| format!("{self:?}, but it is {:?}", found.fact(key)))
    }
}

/// Runs every row of a table and names those that found something else.
pub(crate) fn check<T: Sync>(rows: &[(&str, T, &[Want])], run: impl Fn(&T) -> Found + Sync) {
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(rows.len()) {
            scope.spawn(|| {
                while let Some((name, row, wants)) = rows.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let complaints = judge(name, || run(row), wants);
                    wrong.lock().expect("no panic inside").extend(complaints);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic inside");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The complaints about one run; a run that breaks off is one.
pub(crate) fn judge(name: &str, run: impl FnOnce() -> Found, wants: &[Want]) -> Vec<String> {
    let run = std::panic::AssertUnwindSafe(run);
    let Ok(found) = std::panic::catch_unwind(run) else {
        return vec![format!("{name}: no result, see above")];
    };
    let complaints = wants.iter().filter_map(|want| want.complaint(&found));
    let mut complaints: Vec<String> = complaints
        .map(|complaint| format!("{name}: expected {complaint}"))
        .collect();
    if !complaints.is_empty() {
        complaints.push(format!("{name}: {}", found.json));
    }
    complaints
}

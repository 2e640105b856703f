//! Scenes in network namespaces: `tests/netns/*.sh` below an `unshare` of their own.

use std::path::PathBuf;
use std::process::Command;

use super::super::super::support::{Done, other_program, repository};

/// The exit code of a script that could not set its scene.
const NO_SCENE: i32 = 99;

/// No scene takes longer, in seconds: a run of the probe is over in 30.
const LONGEST: &str = "90";

/// What a scene left behind.
pub(crate) struct Scene {
    /// What its last command printed, and its exit code.
    pub(crate) done: Done,
    folder: tempfile::TempDir,
}

impl Scene {
    /// A file that the scene wrote.
    pub(crate) fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).expect("a file of the scene")
    }
}

/// Whether scenes can be played here; where not, the reason is printed. `.ci/run` installs what
/// they need and demands it.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
pub(crate) fn possible() -> bool {
    let found = found();
    if let Err(error) = &found {
        let demanded = std::env::var_os("RECHARGE_DOCTOR_NETNS").is_some();
        assert!(!demanded, "{error}");
        eprintln!("skipped: {error}");
    }
    found.is_ok()
}

/// Plays a script to its end.
pub(crate) fn play(script: &str) -> Scene {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |path: PathBuf| path.to_str().expect("a UTF-8 path").to_owned();
    let own = std::env::current_exe().expect("the path of this test");
    let done = other_program("timeout", ["--kill-after=5", LONGEST, "unshare", "-Urnmp"])
        .args(&["--fork", "--kill-child", "--mount-proc", "bash"])
        .args(&[&path(repository(&format!("tests/netns/{script}.sh")))])
        .env("PATH", &search_path())
        .env("PROGRAM", env!("CARGO_BIN_EXE_recharge-doctor"))
        .env("RIG", &path(own))
        .env("HERE", &path(repository("tests/netns")))
        .env("FOLDER", &path(folder.path().to_owned()))
        .run();
    if done.code >= NO_SCENE {
        let served = std::fs::read_to_string(folder.path().join("rig.log"));
        panic!("{script}: no scene: {done:#?}, served: {served:#?}");
    }
    Scene { done, folder }
}

/// The search path with the folders of system tools, which users often lack.
fn search_path() -> String {
    let own = std::env::var("PATH").unwrap_or_default();
    format!("{own}:/usr/sbin:/sbin")
}

/// Whether scenes can be played here, or what to do about it.
fn found() -> Result<(), String> {
    let script = "for tool in ip nft ethtool python3 mount; do command -v $tool >/dev/null || \
                  { echo \"expected \\`$tool\\` in PATH\"; exit 1; }; done; \
                  mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add a && \
                  ip netns exec a nft add table inet t";
    let tried = Command::new("unshare")
        .args(["-Urnmp", "--fork", "--mount-proc", "sh", "-c", script])
        .env("PATH", search_path())
        .output();
    let said = match tried {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => [output.stdout, output.stderr].concat(),
        Err(error) => format!("`unshare` cannot be started: {error}").into_bytes(),
    };
    Err(format!(
        "network namespaces cannot be used: {}\n\
         help: on Debian, run `apt-get install -y nftables ethtool iproute2 python3`, and allow \
         unprivileged user namespaces",
        String::from_utf8_lossy(&said).trim()
    ))
}

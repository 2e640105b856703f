//! The probe on a machine whose clock is wrong, by `faketime`.

use std::process::Command;
use std::time::Instant;

use super::super::support::other_program;
use super::rig::{ANY_V4, http, tls};
use super::run::Found;

/// Whether there is a `faketime` that works, or what to do about it.
fn found() -> Result<(), String> {
    let tried = Command::new("faketime").args(["-1 day", "true"]).output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        other => Err(format!(
            "expected a `faketime` that works in PATH, but it ended with {other:?}\n\
             help: on Debian, run `apt-get install -y faketime`"
        )),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn a_clock_of_last_year_is_told_from_a_bad_certificate() {
    if let Err(error) = found() {
        let demanded = std::env::var_os("RECHARGE_DOCTOR_NETNS").is_some();
        assert!(!demanded, "{error}");
        eprintln!("skipped: {error}");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, tls::authority().pem()).expect("a file");
    let shop = tls::server(ANY_V4, "good", "ok");
    let plain = http::server(ANY_V4, "ok");
    let started = Instant::now();
    let done = other_program(
        "faketime",
        ["-400 days", env!("CARGO_BIN_EXE_recharge-doctor")],
    )
    .args(&[
        "probe",
        "--format",
        "json",
        "--lang",
        "en",
        "--allow-private",
    ])
    .args(&["--cacert", roots.to_str().expect("a UTF-8 path")])
    .args(&[
        "--connect-to",
        &format!("shop.example.com:443:{}", shop.address()),
    ])
    .args(&[
        "--connect-to",
        &format!("shop.example.com:80:{}", plain.address()),
    ])
    .args(&["https://shop.example.com/"])
    .run();
    let found = Found::of(done, started.elapsed());
    assert_eq!(found.fact("network.tls").expect("a fact"), "not-yet-valid");
    assert_eq!(found.stage("tls"), "failed");
    assert_eq!(found.fact("network.http_status"), None);
    let skew = found
        .fact("network.clock_skew_s")
        .and_then(|skew| skew.as_f64());
    let behind = -400.0 * 86_400.0;
    assert!((skew.expect("a skew") - behind).abs() < 60.0, "{skew:?}");
}

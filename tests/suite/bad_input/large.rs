//! Input that is too much ends soon and in little memory.

use std::path::Path;
use std::time::{Duration, Instant};

use recharge_doctor::intake::{Case, IntakeError, read_case};

use crate::support::{Done, built_in, diagnose_with, has, other_program};

/// How long a run may take that has to read many megabytes, also on a busy machine and unoptimised.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs on a large input under an address-space limit, so that memory is bounded as well.
fn bounded(input: &[u8]) -> Done {
    let start = Instant::now();
    let binary = env!("CARGO_BIN_EXE_recharge-doctor");
    let script = "ulimit -v 400000; ulimit -t 30; exec \"$0\" diagnose --case - --format json";
    let done = shell(script, binary, input);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    done
}

/// Runs a shell script with the program as `$0`.
fn shell(script: &str, binary: &str, input: &[u8]) -> Done {
    other_program("sh", ["-c", script, binary])
        .stdin(input)
        .run()
}

#[test]
fn megabytes_of_brackets_end_soon_and_in_little_memory() {
    let mib = 1 << 20;
    let brackets = vec![b'['; 12 * mib];
    has(&bounded(&brackets).refused(), &["found a list"]);
    let mut nested = b"{\"order\":{\"amount\":".to_vec();
    nested.resize(12 * mib, b'[');
    has(
        &bounded(&nested).refused(),
        &["order.amount", "found a list"],
    );
    let objects = b"{\"order\":".repeat(mib);
    has(&bounded(&objects).refused(), &["found `order.order`"]);
    let unknown = [b"{\"zzzz\":".as_slice(), &b"{\"a\":".repeat(mib)].concat();
    has(&bounded(&unknown).refused(), &["found `zzzz`"]);
    let long_key = [b"{\"".as_slice(), &b"k".repeat(12 * mib)].concat();
    has(&bounded(&long_key).refused(), &["end of the file"]);
}

#[test]
fn a_case_of_more_than_16_mib_is_refused() {
    let case = |length: usize| {
        let mut case = b"{\"text\":\"".to_vec();
        case.resize(length - 2, b'x');
        case.extend(b"\"}");
        case
    };
    let complaint = bounded(&case(17 << 20)).refused();
    has(
        &complaint,
        &[
            "expected one case of at most 16 MiB, found more",
            "one file is one case",
        ],
    );
    let read = |length: usize| consult_only(&case(length));
    assert!(read(16 << 20).is_ok());
    assert!(matches!(read((16 << 20) + 1), Err(IntakeError::TooLarge)));
    // Input without an end is not read to its end.
    if Path::new("/dev/zero").exists() {
        has(
            &diagnose_with(&["--case", "/dev/zero"]).refused(),
            &["16 MiB"],
        );
    }
}

fn consult_only(case: &[u8]) -> Result<Case, IntakeError> {
    read_case(case, &built_in().catalog)
}

#[test]
fn a_pasted_page_in_place_of_a_message_or_code_costs_no_more_than_reading_it() {
    let page = "支付x".repeat((1 << 18) / 7);
    for fact in [
        "text",
        "error.message",
        "error.code",
        "site.url",
        "order.id",
    ] {
        let case = serde_json::json!({ fact: page }).to_string();
        assert_eq!(bounded(case.as_bytes()).json(1)["schema"], 1, "{fact}");
    }
}

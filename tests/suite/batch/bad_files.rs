//! Files that are cut off, damaged, protected, too large or not what they seem.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Folder, LOG};
use crate::support::has;

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

#[test]
fn a_wrong_ending_does_not_matter() {
    let folder = Folder::new();
    folder.file("log.xlsx", LOG);
    folder.file("log.txt", gz(LOG.as_bytes()));
    assert_eq!(folder.rows(&["log.xlsx"]).len(), 4);
    assert_eq!(folder.rows(&["log.txt"]).len(), 4);
}

#[test]
fn a_cut_archive_gives_what_it_holds_and_says_so() {
    let folder = Folder::new();
    let mut seed = 7u64;
    let rows = (0..4000).fold(String::new(), |rows, at| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        rows + format!("R{at},{}.00,failed\n", seed % 10_000).as_str()
    });
    let packed = gz(format!("order.id,order.amount,order.status\n{rows}").as_bytes());
    folder.file("log.csv.gz", &packed[..packed.len() / 2]);
    let done = folder.batch(&["log.csv.gz", "--format", "ndjson"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.lines().count() > 500);
    has(&done.stderr, &["log.csv.gz", "cut off"]);
}

#[test]
fn a_bomb_is_refused() {
    let folder = Folder::new();
    // One member of a megabyte, eighty times over.
    let member = gz(&vec![b'0'; 1 << 20]);
    folder.file("log.csv.gz", member.repeat(80));
    let done = folder.batch(&["log.csv.gz"]);
    assert_eq!(done.code, 2);
    has(&done.stderr, &["unpacks to more"]);
}

#[test]
fn nothing_and_what_is_no_log_are_refused_with_advice() {
    let folder = Folder::new();
    folder.file("empty.csv", "");
    folder.file("prose.txt", "Hello,\nthis is a letter.\nBye\n");
    folder.file("broken.xlsx", b"PK\x03\x04 this is no archive");
    for (name, said) in [
        ("empty.csv", "is empty"),
        ("prose.txt", "names columns"),
        ("broken.xlsx", "damaged"),
        ("missing.csv", "cannot be read"),
    ] {
        let done = folder.batch(&[name]);
        assert_eq!(done.code, 2, "{name}");
        has(&done.stderr, &[said, "help:"]);
    }
}

#[test]
fn a_record_without_an_end_is_rejected_and_the_next_is_read() {
    let folder = Folder::new();
    let mut bytes = b"order.id,order.amount,order.status\nR1,5,failed\nR2,".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', 40 << 20));
    bytes.extend(b"\nR3,5,failed\n");
    folder.file("log.csv", &bytes);
    let done = folder.batch(&["log.csv", "--format", "ndjson", "--rejects", "rejects"]);
    assert_eq!(done.code, 1);
    assert_eq!(done.stdout.lines().count(), 2);
    let rejects = std::fs::metadata(folder.path().join("rejects")).expect("rejects");
    assert!(rejects.len() > 40 << 20);
}

#[test]
fn mixed_line_ends_and_nul_bytes_lose_no_row() {
    let folder = Folder::new();
    folder.file(
        "log.csv",
        "order.id,order.amount,order.status\r\nR1,5,failed\nR2,5,failed\rR3,5\0,failed\r\nR4,5,failed",
    );
    let done = folder.batch(&["log.csv", "--format", "ndjson"]);
    assert_eq!(done.stdout.lines().count(), 3);
    assert_eq!(done.code, 1);
}

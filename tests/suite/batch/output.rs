//! Rows in all forms, rejected rows, and files that are whole or not there.

use serde_json::Value;

use super::{Folder, LOG};
use crate::support::has;

#[test]
fn every_row_is_there_in_its_order_also_the_healthy_ones() {
    let folder = Folder::new();
    folder.file("log.csv", LOG);
    let rows = folder.rows(&["log.csv"]);
    let cases: Vec<&str> = rows.iter().filter_map(|row| row["case"].as_str()).collect();
    assert_eq!(cases, ["R1", "R2", "R3", "R4"]);
    assert_eq!(rows[1]["verdict"], "healthy");
    assert_eq!(rows[0]["causes"][0]["id"], "insufficient-balance");
    assert_eq!(rows[2]["row"], 3);
    assert_eq!(rows[2]["pay_again"]["state"], "blocked");
}

#[test]
fn the_number_of_threads_does_not_change_a_byte() {
    let folder = Folder::new();
    let body = LOG.split_once('\n').expect("a header");
    folder.file("log.csv", format!("{}\n{}", body.0, body.1.repeat(6000)));
    let one = folder.batch(&["log.csv", "--format", "ndjson", "--jobs", "1"]);
    let four = folder.batch(&["log.csv", "--format", "ndjson", "--jobs", "4"]);
    assert!(one.stdout.lines().count() == 24_000 && one.stdout == four.stdout);
}

#[test]
fn rows_can_be_chosen() {
    let folder = Folder::new();
    folder.file("log.csv", LOG);
    for (only, count) in [
        ("failed", 3),
        ("undetermined", 1),
        ("insufficient-balance", 1),
    ] {
        assert_eq!(
            folder.rows(&["log.csv", "--only", only]).len(),
            count,
            "{only}"
        );
    }
    let wrong = folder.batch(&["log.csv", "--only", "insuficient-balance"]);
    assert_eq!(wrong.code, 2);
    has(&wrong.stderr, &["did you mean `insufficient-balance`?"]);
}

#[test]
fn grounds_are_those_of_the_single_case() {
    let folder = Folder::new();
    folder.file("log.csv", LOG);
    let rows = folder.rows(&["log.csv", "--detail"]);
    assert!(rows[0]["causes"][0]["evidence"][0]["bits"].is_number());
}

#[test]
fn an_array_of_json_holds_the_same_rows() {
    let folder = Folder::new();
    folder.file("log.csv", LOG);
    folder.batch(&["log.csv", "-o", "rows.json"]);
    let rows: Vec<Value> = serde_json::from_str(&folder.read("rows.json")).expect("an array");
    assert_eq!(rows, folder.rows(&["log.csv"]));
}

#[test]
fn spreadsheets_run_nothing_that_stands_in_data() {
    let folder = Folder::new();
    folder.file(
        "log.csv",
        "order.id,order.amount,order.status\n\"=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",5,failed\n@cmd,5,failed\n",
    );
    folder.batch(&["log.csv", "-o", "rows.csv"]);
    let text = folder.read("rows.csv");
    has(&text, &["'=HYPERLINK", "'@cmd"]);
    folder.batch(&["log.csv", "-o", "rows.xlsx"]);
    let bytes = std::fs::read(folder.path().join("rows.xlsx")).expect("a workbook");
    assert!(bytes.starts_with(b"PK"));
}

#[test]
fn what_cannot_be_read_is_kept_byte_for_byte() {
    let folder = Folder::new();
    let bytes = [
        b"order.id,order.amount,order.status\nR1,5,failed\n".as_slice(),
        b"R2,\xff5,failed\nR3,5,failed,and,more\nR4,5,\"failed\nR5,5,failed\n",
    ]
    .concat();
    folder.file("log.csv", bytes);
    let done = folder.batch(&["log.csv", "-o", "rows.ndjson", "--rejects", "rejects.txt"]);
    assert_eq!(done.code, 1);
    has(&done.stderr, &["2", "3", "5"]);
    let rejects = std::fs::read(folder.path().join("rejects.txt")).expect("rejects");
    let lines: Vec<&[u8]> = rejects.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines[1], b"R2,\xff5,failed");
    assert_eq!(lines[3], b"R3,5,failed,and,more");
    assert_eq!(lines[5], b"R4,5,\"failed");
    has(&String::from_utf8_lossy(lines[0]), &["line 3"]);
    assert_eq!(folder.read("rows.ndjson").lines().count(), 2);
}

#[test]
fn outputs_overwrite_neither_inputs_nor_each_other() {
    let folder = Folder::new();
    folder.file("log.csv", LOG);
    for args in [
        ["log.csv", "-o", "log.csv", "--rejects", "r"],
        ["log.csv", "-o", "./x", "--rejects", "x"],
    ] {
        let done = folder.batch(&args);
        assert_eq!(done.code, 2, "{args:?}");
        has(&done.stderr, &["expected a file of its own"]);
    }
    assert_eq!(folder.read("log.csv"), LOG);
}

#[test]
fn a_full_disk_is_said_and_leaves_no_half_file() {
    let folder = Folder::new();
    folder.file("log.csv", LOG);
    let done = folder.batch(&["log.csv", "--format", "ndjson", "-o", "/dev/full"]);
    assert_eq!(done.code, 2);
    has(&done.stderr, &["cannot be written"]);
    let done = folder.batch(&["log.csv", "-o", "rows.ndjson", "--rejects", "/dev/full"]);
    assert_eq!(done.code, 1, "nothing is written there: {}", done.stderr);
    folder.file("broken.csv", format!("{LOG}R5,\"5,failed\n"));
    let done = folder.batch(&["broken.csv", "-o", "more.ndjson", "--rejects", "/dev/full"]);
    assert_eq!(done.code, 2);
    let left = std::fs::read_dir(folder.path()).expect("a folder");
    let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().contains("more")),
        "{left:?}"
    );
}

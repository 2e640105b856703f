//! `batch` and `inspect` as their users run them.

mod agrees;
mod bad_files;
mod damage;
mod draft;
mod output;
mod resume;

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Done, NOW, program};

/// A folder with files of its own, deleted in the end.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and gives its name.
    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("a file")
    }

    /// Runs `batch` in the folder.
    fn batch(&self, args: &[&str]) -> Done {
        program(["batch", "--now", NOW])
            .args(args)
            .folder(self.path())
            .run()
    }

    /// The rows of `batch FILE --format ndjson`.
    fn rows(&self, args: &[&str]) -> Vec<Value> {
        let done = self.batch(&[args, &["--format", "ndjson"]].concat());
        assert!(matches!(done.code, 0 | 1), "{}", done.stderr);
        let lines = done.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("a row of JSON"))
            .collect()
    }
}

/// A small log with every kind of row.
const LOG: &str = "order.id,order.amount,payment.channel,order.status,order.submitted_at,error.code,error.message\n\
R1,100.00,alipay,failed,2026-11-11T10:00:00+08:00,ACQ.BUYER_BALANCE_NOT_ENOUGH,余额不足\n\
R2,50.00,wechat,succeeded,2026-11-11T10:00:10+08:00,,\n\
R3,20.00,wechat,failed,2026-11-11T10:00:20+08:00,,\"扣了两次钱,订单 20261111\"\n\
R4,30.00,alipay,failed,2026-11-11T10:00:30+08:00,,\n";

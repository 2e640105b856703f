//! Any byte of damage to a file loses or invents no row without a word.

use proptest::prelude::*;

use super::{Folder, LOG};

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Behind the header every record is read, or rejected, or its row says that it is odd; and the
    /// two add up to the records that the file then has.
    #[test]
    fn what_is_read_and_what_is_rejected_add_up(at in 110..LOG.len() - 1, byte in any::<u8>()) {
        let mut bytes = LOG.as_bytes().to_vec();
        bytes[at] = byte;
        let folder = Folder::new();
        folder.file("log.csv", &bytes);
        let done = folder.batch(&["log.csv", "--format", "ndjson", "--rejects", "rejects"]);
        prop_assert!(matches!(done.code, 0 | 1), "{}", done.stderr);
        let read = done.stdout.lines().count();
        let odd = done.stdout.lines().filter(|line| !line.contains("\"warnings\":[]")).count();
        let rejected = folder.read_bytes("rejects");
        let rejected = rejected.windows(9).filter(|it| it == b"# log.csv").count();
        let whole = 4;
        prop_assert!(read + rejected >= whole || odd + rejected > 0, "{read} {rejected} {odd}");
        prop_assert!(read <= whole || odd + rejected > 0, "{read} {rejected} {odd}");
    }
}

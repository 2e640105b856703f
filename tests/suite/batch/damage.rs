//! Any byte of damage to a file loses or invents no row without a word.

use proptest::prelude::*;
use recharge_doctor::intake::layout::Wanted;
use recharge_doctor::intake::source::{Input, Limits};
use recharge_doctor::intake::{Survey, open_exports};
use recharge_doctor::rules::{Formats, RuleFiles};

use super::{Folder, LOG};
use crate::support::built_in;

/// Rows read, rows rejected, and rows of which something odd is said.
fn counted(bytes: &[u8]) -> (u64, u64, u64) {
    let folder = Folder::new();
    let input = Input::File(folder.file("log.csv", bytes));
    let catalog = &built_in().catalog;
    let formats = Formats::load(&RuleFiles::built_in(), catalog).expect("formats");
    let exports = open_exports(
        &input,
        Limits::default(),
        &formats,
        catalog,
        &Wanted::default(),
    );
    let exports = exports.expect("a log");
    let survey = Survey::of(&exports[0], catalog).expect("readable");
    let odd = survey.complaints.values().map(|(count, _)| count).sum();
    (survey.rows, survey.rejects, odd)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Behind the header every record is read, or rejected, or its row says that it is odd; and no
    /// damage makes more rows of the file without a word.
    #[test]
    fn what_is_read_and_what_is_rejected_add_up(at in 110..LOG.len() - 1, byte in any::<u8>()) {
        let mut bytes = LOG.as_bytes().to_vec();
        bytes[at] = byte;
        let (read, rejected, odd) = counted(&bytes);
        let whole = 4;
        prop_assert!(read + rejected >= whole || odd + rejected > 0, "{read} {rejected} {odd}");
        prop_assert!(read <= whole || odd + rejected > 0, "{read} {rejected} {odd}");
    }
}

//! Any bytes as what a network sends: answers of name servers, pages, headers, certificates.
//!
//! `cargo +nightly fuzz run network`

#![no_main]

use libfuzzer_sys::fuzz_target;
use recharge_doctor::probe::{
    Family, Packet, Question, Target, http_date, is_maintenance, read_certificate, retry_after,
    servers_of, title,
};

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    match kind % 6 {
        0 => answers(data),
        1 => {
            let (head, body) = data.split_at(data.len().min(40));
            let head = String::from_utf8_lossy(head);
            for title in [title(Some(&head), body), title(None, data)].into_iter().flatten() {
                assert!(title.chars().count() <= 120);
                let _ = is_maintenance(&title, &["维护".to_owned()]);
            }
        }
        2 => {
            let _ = http_date(&text);
            if let Some(wait) = retry_after(&text, 1_800_000_000) {
                assert!(wait >= 0);
            }
        }
        3 => {
            let _ = servers_of(&text);
        }
        4 => {
            let _ = read_certificate(&[data.to_vec()]);
        }
        _ => {
            if let Ok(target) = Target::parse(&text) {
                let again = Target::parse(&target.to_string()).expect("its own address");
                assert_eq!(again, target);
            }
        }
    }
});

/// Packets that answer a question, and packets that claim to.
fn answers(data: &[u8]) {
    for family in [Family::V4, Family::V6] {
        let question = Question::new("pay.example.com", family).expect("a question");
        let _ = question.read(data);
        let mut claimed = question.bytes().to_vec();
        claimed[2] |= 0x80;
        for (index, byte) in data.iter().enumerate().take(claimed.len()) {
            claimed[index.max(2)] ^= byte;
        }
        claimed.extend_from_slice(data);
        if let Packet::Answer(recharge_doctor::probe::Answer::Addresses(found)) =
            question.read(&claimed)
        {
            assert!(!found.is_empty());
        }
    }
}

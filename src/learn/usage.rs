//! What each phrase reads in labelled tickets: how often, for which causes, in which clauses.

use std::collections::BTreeMap;

use crate::reading::{NO_CAUSE, Reading, Stance};
use crate::rules::PhraseSet;

use super::labelled::Labelled;

/// What one phrase reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The phrase's id.
    pub phrase: String,
    /// How many clauses say it.
    pub said: usize,
    /// How many clauses deny it.
    pub denied: usize,
    /// First causes of the tickets that say it, the commonest first.
    pub causes: Vec<(String, usize)>,
    /// Some of the clauses that say it, as they were typed.
    pub clauses: Vec<String>,
}

/// Clauses that are kept for each phrase.
const KEPT: usize = 8;

/// What every phrase reads, in the order of the rule files.
#[must_use]
pub fn usage(rows: &[Labelled], phrases: &PhraseSet) -> Vec<Usage> {
    let nothing = |id: &String| Usage {
        phrase: id.clone(),
        said: 0,
        denied: 0,
        causes: Vec::new(),
        clauses: Vec::new(),
    };
    let mut found: Vec<Usage> = phrases.phrases.iter().map(|one| nothing(&one.id)).collect();
    let mut causes: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); found.len()];
    for row in rows {
        let Some(text) = row.text() else { continue };
        let cause = row.causes.first().map_or(NO_CAUSE, String::as_str);
        let reading = Reading::new(text, phrases);
        for statement in &reading.statements {
            let usage = &mut found[statement.phrase];
            match statement.stance {
                Stance::Silent(_) => {}
                Stance::Denied => usage.denied += 1,
                Stance::Said => {
                    usage.said += 1;
                    *causes[statement.phrase].entry(cause).or_default() += 1;
                    if usage.clauses.len() < KEPT {
                        let clause = &reading.clauses[statement.clause].bytes;
                        let typed = &text[reading.normal.original(clause)];
                        usage.clauses.push(typed.trim().to_owned());
                    }
                }
            }
        }
    }
    for (usage, causes) in found.iter_mut().zip(causes) {
        usage.causes = causes
            .into_iter()
            .map(|(cause, count)| (cause.to_owned(), count))
            .collect();
        usage
            .causes
            .sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    found
}

//! What the words of a case speak for, in bits: the learned model's opinion of its free text.

use std::collections::HashMap;
use std::sync::Arc;

use crate::derive::PROSE;
use crate::facts::{CellRef, FactKey, Table};
use crate::reading::{NO_CAUSE, Reading};
use crate::rules::RuleSet;

/// Words alone never weigh more than this, for or against, in bits: a model of a few thousand texts
/// cannot know better.
const MOST_BITS: f64 = 10.0;

/// What the words of a case add to every cause and to *other*, in bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// log2 (probability after reading / share before), by position of the cause.
    pub bits: Vec<f64>,
    /// The same for *other*: how much the text looks like one that names no cause.
    pub other: f64,
}

/// The wording of every row of a table; each distinct text is read once.
pub(super) fn wordings(rules: &RuleSet, table: &Table) -> Vec<Option<Arc<Wording>>> {
    if rules.models.wording.is_none() {
        return vec![None; table.rows()];
    }
    let keys = PROSE.map(|key| rules.catalog.find(key));
    let mut known: HashMap<String, Option<Arc<Wording>>> = HashMap::new();
    (0..table.rows())
        .map(|row| {
            let text = prose(keys, rules, table, row)?;
            let entry = known.entry(text);
            let wording = entry.or_insert_with_key(|text| wording(text, rules).map(Arc::new));
            wording.clone()
        })
        .collect()
}

/// The free text of a row. A message that the code tables know is theirs to read.
fn prose(keys: [Option<FactKey>; 2], rules: &RuleSet, table: &Table, row: usize) -> Option<String> {
    let text = |key: Option<FactKey>| match table.column(key?)?.get(row)? {
        CellRef::Text(text) => Some(text.as_ref()),
        _ => None,
    };
    let [spoken, message] = keys.map(text);
    let listed = rules
        .catalog
        .find("message.high")
        .and_then(|key| table.column(key)?.get(row))
        .is_some();
    let parts: Vec<&str> = [spoken, message.filter(|_| !listed)]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// A text that tells of a failure seldom tells of one that no cause explains: of a hundred, this
/// share of what *other* would have by its prior.
const TELLS_OF_OTHER: f64 = 0.25;

/// The wording of one text.
///
/// The model also knows texts that tell nothing. As far as this is one of them it leaves every
/// cause as it was; as far as it is not, each gains or loses by what the model makes of it.
fn wording(text: &str, rules: &RuleSet) -> Option<Wording> {
    let model = rules.models.wording.as_ref()?;
    let opinion = Reading::new(text, rules.phrases()).opinion(rules)?;
    let position = |class: &str| model.classes().iter().position(|known| known == class);
    let silent = position(NO_CAUSE);
    let probability = |at: Option<usize>| at.map_or(0.0, |at| opinion.probability[at]);
    let share = |at: Option<usize>| at.map_or(0.0, |at| f64::from(model.shares()[at]));
    let tells_nothing = probability(silent);
    let bits = |gain: f64| (tells_nothing + gain).log2().clamp(-MOST_BITS, MOST_BITS);
    let of = |id: &str| {
        let at = position(id);
        let before = share(at) / (1.0 - share(silent));
        // A cause that the model has never heard of is left as it is.
        let gain = if before > 0.0 {
            probability(at) / before
        } else {
            1.0 - tells_nothing
        };
        bits(gain)
    };
    Some(Wording {
        bits: rules.causes.iter().map(|cause| of(cause.id())).collect(),
        other: bits((1.0 - tells_nothing) * TELLS_OF_OTHER),
    })
}

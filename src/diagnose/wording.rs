//! What the words of a case speak for, in bits: the learned model's opinion of its free text.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;

use crate::derive::{PROSE, shape_of};
use crate::facts::{Cells, Codes, Column, FactKey, Table};
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

/// What texts of many tables speak for; each shape of text is read once.
#[derive(Debug, Default)]
pub struct Wordings {
    known: HashMap<Box<str>, Option<Arc<Wording>>, RandomState>,
    shape: String,
}

/// More shapes than this are forgotten and begun anew.
const REMEMBERED: usize = 1 << 13;

impl Wordings {
    /// The wording of every row of a table.
    pub(super) fn of(&mut self, rules: &RuleSet, table: &Table) -> Vec<Option<Arc<Wording>>> {
        let mut wordings = vec![None; table.rows()];
        if rules.models.wording.is_none() {
            return wordings;
        }
        let texts = PROSE.map(|key| Texts::of(rules.catalog.find(key), table));
        let listed = rules.catalog.find("message.high");
        let listed = listed.and_then(|key| table.column(key)).map(Column::known);
        let mut known: HashMap<[Option<u32>; 2], Option<Arc<Wording>>, RandomState> =
            HashMap::default();
        for (row, wording) in wordings.iter_mut().enumerate() {
            let [spoken, message] = texts.each_ref().map(|texts| texts.code(row));
            // A message that the code tables know is theirs to read.
            let message = message.filter(|_| !listed.is_some_and(|listed| listed.get(row)));
            if spoken.is_none() && message.is_none() {
                continue;
            }
            let entry = known.entry([spoken, message]);
            *wording = entry
                .or_insert_with(|| {
                    let parts = [texts[0].text(spoken), texts[1].text(message)];
                    let parts: Vec<&str> = parts.into_iter().flatten().collect();
                    self.wording(&parts.join("\n"), rules)
                })
                .clone();
        }
        wordings
    }

    /// The wording of a text.
    fn wording(&mut self, text: &str, rules: &RuleSet) -> Option<Arc<Wording>> {
        // The model reads every number as the same word.
        shape_of(text, &mut self.shape);
        if let Some(known) = self.known.get(self.shape.as_str()) {
            return known.clone();
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        let wording = wording(&self.shape, rules).map(Arc::new);
        self.known
            .insert(self.shape.as_str().into(), wording.clone());
        wording
    }
}

/// The texts of a column, by their codes.
struct Texts<'t> {
    column: Option<&'t Column>,
    codes: Option<&'t Codes<Arc<str>>>,
}

impl<'t> Texts<'t> {
    fn of(key: Option<FactKey>, table: &'t Table) -> Self {
        let column = key.and_then(|key| table.column(key));
        let codes = column.and_then(|column| match column.cells() {
            Cells::Text(codes) => Some(codes),
            _ => None,
        });
        Self { column, codes }
    }

    fn code(&self, row: usize) -> Option<u32> {
        let known = self.column?.known().get(row);
        self.codes?.codes().get(row).copied().filter(|_| known)
    }

    fn text(&self, code: Option<u32>) -> Option<&'t str> {
        let values = self.codes?.dictionary().values();
        values.get(code? as usize).map(AsRef::as_ref)
    }
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

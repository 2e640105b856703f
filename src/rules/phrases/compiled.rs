//! Phrases in their compiled form, as bytes: what `examples/compile_phrases.rs` writes and a diagnosis
//! loads. Without examples, which only tests read.

use serde::{Deserialize, Serialize};

use crate::facts::Catalog;
use crate::text::Text;

use super::lexicon::Lexicon;
use super::{Assertion, Mood, Pattern, Phrase, PhraseSet, Respellings, ValueWords};

/// The phrases as they stand in the file.
#[derive(Serialize, Deserialize)]
struct Compiled {
    phrases: Vec<CompiledPhrase>,
    moods: Vec<Mood>,
    values: ValueWords,
    words: Lexicon,
    respellings: Respellings,
}

#[derive(Serialize, Deserialize)]
struct CompiledPhrase {
    id: String,
    means: Text,
    asserts: Vec<CompiledAssertion>,
    patterns: Vec<Pattern>,
    unless: Vec<Pattern>,
    declines: bool,
    doubts: bool,
    deniable: bool,
    file: String,
}

/// An assertion with the fact by its key and its values as they are spelt: numbers of facts change
/// with the catalogue.
#[derive(Serialize, Deserialize)]
struct CompiledAssertion {
    fact: String,
    said: Option<String>,
    denied: Option<String>,
    weak: bool,
}

impl PhraseSet {
    /// The compiled form.
    ///
    /// # Errors
    /// None that is known: the form holds only what can be written.
    pub fn to_bytes(self, catalog: &Catalog) -> postcard::Result<Vec<u8>> {
        let phrases = self.phrases.into_iter().map(|phrase| {
            let asserts = phrase.asserts.into_iter().map(|one| CompiledAssertion {
                fact: catalog.spec(one.fact).key.clone(),
                said: one.said.map(|value| value.to_string()),
                denied: one.denied.map(|value| value.to_string()),
                weak: one.weak,
            });
            CompiledPhrase {
                id: phrase.id,
                means: phrase.means,
                asserts: asserts.collect(),
                patterns: phrase.patterns,
                unless: phrase.unless,
                declines: phrase.declines,
                doubts: phrase.doubts,
                deniable: phrase.deniable,
                file: phrase.file,
            }
        });
        postcard::to_stdvec(&Compiled {
            phrases: phrases.collect(),
            moods: self.moods,
            values: self.values,
            words: self.words,
            respellings: self.respellings,
        })
    }

    /// Reads the compiled form.
    ///
    /// # Errors
    /// Other bytes, or the form of another version of the program.
    pub(in crate::rules) fn from_bytes(bytes: &[u8], catalog: &Catalog) -> postcard::Result<Self> {
        let compiled: Compiled = postcard::from_bytes(bytes)?;
        let phrases = compiled.phrases.into_iter().map(|phrase| Phrase {
            id: phrase.id,
            means: phrase.means,
            asserts: phrase
                .asserts
                .into_iter()
                .filter_map(|one| assertion(&one, catalog))
                .collect(),
            patterns: phrase.patterns,
            unless: phrase.unless,
            declines: phrase.declines,
            doubts: phrase.doubts,
            deniable: phrase.deniable,
            examples: <[Vec<String>; 3]>::default(),
            file: phrase.file,
        });
        Ok(Self::assembled(
            phrases.collect(),
            compiled.moods,
            compiled.values,
            compiled.words,
            compiled.respellings,
        ))
    }
}

/// None where a catalogue of one's own has changed the fact.
fn assertion(compiled: &CompiledAssertion, catalog: &Catalog) -> Option<Assertion> {
    let fact = catalog.find(&compiled.fact)?;
    let value = |text: &Option<String>| catalog.spec(fact).parse(text.as_deref()?).ok()?;
    Some(Assertion {
        fact,
        said: value(&compiled.said),
        denied: value(&compiled.denied),
        weak: compiled.weak,
    })
}

//! Phrase files as they are written → the compiled set, or every mistake with its place.

use std::collections::{BTreeMap, HashMap};

use ahash::AHashMap;

use crate::document::{Context, Located, TableReader, code, nearest};
use crate::facts::{Catalog, FactKey};
use crate::text::Text;

use super::lexicon::{LONGEST_WORD, Lexicon, Words};
use super::pattern::{self, PartId, Pattern, Step};
use super::{Assertion, Mood, MoodKind, Phrase, PhraseSet, Respellings, ValueWords};
use crate::rules::cause::Word;
use crate::rules::source::RuleFile;

impl Word for MoodKind {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("question", Self::Question),
        ("condition", Self::Condition),
        ("plan", Self::Plan),
        ("belief", Self::Belief),
        ("resolved", Self::Resolved),
        ("denial", Self::Denial),
        ("denial-after", Self::DenialAfter),
        ("break", Self::Break),
    ];
}

/// Reads all phrase files: first the terms of all, then what is made of them.
pub(in crate::rules) fn read_phrases<'f>(
    files: impl Iterator<Item = &'f RuleFile>,
    catalog: &Catalog,
    report: &mut dyn FnMut(Vec<crate::document::Diagnostic>),
) -> PhraseSet {
    let files: Vec<&RuleFile> = files.collect();
    let contexts: Vec<Context<'_>> = files
        .iter()
        .map(|file| Context::new(&file.shown, &file.text))
        .collect();
    let mut builder = Builder::new(catalog);
    let raw: Vec<Raw> = contexts
        .iter()
        .map(|context| read_file(context, &mut builder))
        .collect();
    for (file, (context, raw)) in files.iter().zip(contexts.iter().zip(raw)) {
        builder.compile(raw, file, context);
    }
    for context in contexts {
        report(context.into_diagnostics());
    }
    builder.finish()
}

/// What one file holds besides terms.
struct Raw {
    phrases: Vec<RawPhrase>,
    moods: Vec<RawMood>,
}

struct RawPhrase {
    id: Located<String>,
    means: Text,
    asserts: Vec<RawAssertion>,
    patterns: Vec<Located<String>>,
    unless: Vec<Located<String>>,
    declines: bool,
    doubts: bool,
    deniable: bool,
    examples: [Vec<String>; 3],
}

struct RawAssertion {
    fact: Located<String>,
    said: Option<Located<String>>,
    denied: Option<Located<String>>,
    weak: bool,
}

struct RawMood {
    kind: MoodKind,
    patterns: Vec<Located<String>>,
    unless: Vec<Located<String>>,
}

fn owned(list: Vec<Located<&str>>) -> Vec<Located<String>> {
    list.into_iter().map(Located::owned).collect()
}

fn read_file(context: &Context<'_>, builder: &mut Builder<'_>) -> Raw {
    let root = context.parse();
    let mut reader = TableReader::root(context, &root, "a phrase file");
    for mut term in reader.tables("term", "a term") {
        let id = term.string("id").map(|id| id.value.to_owned());
        let words = term.strings("words");
        term.finish();
        for word in &words {
            hold_length(word.value, word.at, context);
        }
        let words = words.iter().map(|word| word.value.to_owned());
        builder
            .terms
            .entry(id.unwrap_or_default())
            .or_default()
            .extend(words);
    }
    if let Some(mut table) = reader.opt_table("respell", "the respellings") {
        for (old, new) in table.entries() {
            hold_length(old.value, old.at, context);
            if let Some(new) = new.get_ref().as_str() {
                builder.respell.insert(old.value.to_owned(), new.to_owned());
                continue;
            }
            let message = format!("expected how `{}` is read, found no string", old.value);
            context.report(old.at, code::WRONG_TYPE, message, None);
        }
    }
    if let Some(table) = reader.opt_table("values", "the words around numbers") {
        builder.values.extend(table, context);
    }
    let phrases = reader
        .tables("phrase", "a phrase")
        .into_iter()
        .map(read_phrase)
        .collect();
    let moods = reader
        .tables("mood", "a mood")
        .into_iter()
        .map(read_mood)
        .collect();
    reader.finish();
    Raw { phrases, moods }
}

/// Complains of a word that is too long to be looked up.
fn hold_length(word: &str, at: usize, context: &Context<'_>) {
    if word.chars().count() > LONGEST_WORD {
        let message =
            format!("expected words of at most {LONGEST_WORD} characters, found `{word}`");
        let help = "split it into parts of a pattern".to_owned();
        context.report(at, code::PATTERN, message, Some(help));
    }
}

fn read_phrase(mut table: TableReader<'_, '_>) -> RawPhrase {
    let at = table.at();
    let id = table.string("id").map(Located::owned);
    let means = table.text("means");
    let mut asserts = Vec::new();
    for mut item in table.tables("assert", "an assertion") {
        let fact = item.string("fact").map(Located::owned);
        let said = item.opt_string("said").map(Located::owned);
        let denied = item.opt_string("denied").map(Located::owned);
        let weak = item.bool_or("weak", false);
        item.finish();
        asserts.extend(fact.map(|fact| RawAssertion {
            fact,
            said,
            denied,
            weak,
        }));
    }
    let patterns = owned(table.strings("patterns"));
    let unless = owned(table.strings("unless"));
    let declines = table.bool_or("declines", false);
    let doubts = table.bool_or("doubts", false);
    let deniable = table.bool_or("deniable", true);
    let mut examples = <[Vec<String>; 3]>::default();
    if let Some(mut item) = table.opt_table("examples", "the examples of a phrase") {
        examples = ["said", "denied", "silent"].map(|kind| {
            let list = item.strings(kind);
            list.iter().map(|text| text.value.to_owned()).collect()
        });
        item.finish();
    }
    table.finish();
    RawPhrase {
        id: id.unwrap_or(Located {
            value: String::new(),
            at,
            end: at,
        }),
        means,
        asserts,
        patterns,
        unless,
        declines,
        doubts,
        deniable,
        examples,
    }
}

fn read_mood(mut table: TableReader<'_, '_>) -> RawMood {
    let kind = MoodKind::read(&mut table, "kind");
    let patterns = owned(table.strings("patterns"));
    let unless = owned(table.strings("unless"));
    table.finish();
    RawMood {
        kind,
        patterns,
        unless,
    }
}

/// Turns words into numbers while it compiles.
struct Builder<'c> {
    catalog: &'c Catalog,
    phrases: Vec<Phrase>,
    moods: Vec<Mood>,
    values: ValueWords,
    respell: BTreeMap<String, String>,
    terms: HashMap<String, Vec<String>>,
    /// Parts by how they are written.
    by_name: AHashMap<String, PartId>,
    /// The words of every part, with `|` between them.
    parts: Vec<String>,
    /// For every part, the parts that it is in: a term is in all that name it.
    within: Vec<Vec<PartId>>,
}

impl<'c> Builder<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        Self {
            catalog,
            phrases: Vec::new(),
            moods: Vec::new(),
            values: ValueWords::default(),
            respell: BTreeMap::new(),
            terms: HashMap::new(),
            by_name: AHashMap::new(),
            parts: Vec::new(),
            within: Vec::new(),
        }
    }

    fn finish(self) -> PhraseSet {
        let words = self.words();
        let mut old = Words::new();
        for (index, word) in self.respell.keys().enumerate() {
            old.insert(word.clone(), [vec![number(index)], Vec::new()]);
        }
        let respellings = Respellings {
            old: Lexicon::new(&old),
            new: self.respell.into_values().collect(),
        };
        let words = Lexicon::new(&words);
        PhraseSet::assembled(self.phrases, self.moods, self.values, words, respellings)
    }

    /// Every word with the parts that it belongs to.
    fn words(&self) -> Words {
        let mut words = Words::new();
        for (position, part) in self.parts.iter().enumerate() {
            let belongs: Vec<u32> = [PartId(position)]
                .iter()
                .chain(&self.within[position])
                .map(|part| number(part.0))
                .collect();
            for written in part.split('|').filter(|word| pattern::term(word).is_none()) {
                let stem = written.strip_suffix('*').filter(|stem| !stem.is_empty());
                let word = stem.unwrap_or(written).replace('_', " ");
                words.entry(word).or_default()[usize::from(stem.is_some())].extend(&belongs);
            }
        }
        for list in words.values_mut().flatten() {
            list.sort_unstable();
            list.dedup();
        }
        words
    }

    fn compile(&mut self, raw: Raw, file: &RuleFile, context: &Context<'_>) {
        for phrase in raw.phrases {
            let same = self
                .phrases
                .iter()
                .position(|known| known.id == phrase.id.value);
            let compiled = self.phrase(&phrase, file, context);
            match same {
                Some(index) if self.phrases[index].file == file.shown => {
                    let message =
                        format!("expected each phrase once, found `{}` twice", compiled.id);
                    context.report(phrase.id.at, code::DUPLICATE, message, None);
                }
                Some(index) => self.phrases[index] = compiled,
                None => self.phrases.push(compiled),
            }
        }
        for mood in raw.moods {
            let mood = Mood {
                kind: mood.kind,
                patterns: self.patterns(&mood.patterns, context),
                unless: self.patterns(&mood.unless, context),
            };
            self.moods.push(mood);
        }
    }

    fn phrase(&mut self, raw: &RawPhrase, file: &RuleFile, context: &Context<'_>) -> Phrase {
        if raw.patterns.is_empty() {
            let message = format!("expected a pattern for `{}`, found none", raw.id.value);
            context.report(raw.id.at, code::MISSING_KEY, message, None);
        }
        let asserts = raw
            .asserts
            .iter()
            .filter_map(|one| self.assertion(one, context));
        Phrase {
            id: raw.id.value.clone(),
            means: raw.means.clone(),
            asserts: asserts.collect(),
            patterns: self.patterns(&raw.patterns, context),
            unless: self.patterns(&raw.unless, context),
            declines: raw.declines,
            doubts: raw.doubts,
            deniable: raw.deniable,
            examples: raw.examples.clone(),
            file: file.shown.clone(),
        }
    }

    fn assertion(&self, raw: &RawAssertion, context: &Context<'_>) -> Option<Assertion> {
        let fact = match self.catalog.input_key(&raw.fact.value) {
            Ok(fact) => fact,
            Err(error) => {
                context.report(raw.fact.at, code::UNKNOWN_ID, error.message, error.help);
                return None;
            }
        };
        let value = |text: &Option<Located<String>>| self.value(fact, text.as_ref()?, context);
        Some(Assertion {
            fact,
            said: value(&raw.said),
            denied: value(&raw.denied),
            weak: raw.weak,
        })
    }

    fn value(
        &self,
        fact: FactKey,
        text: &Located<String>,
        context: &Context<'_>,
    ) -> Option<crate::facts::FactValue> {
        match self.catalog.spec(fact).parse(&text.value) {
            Ok(value) => value,
            Err(error) => {
                context.report(text.at, code::BAD_VALUE, error.message, error.help);
                None
            }
        }
    }

    fn patterns(&mut self, sources: &[Located<String>], context: &Context<'_>) -> Vec<Pattern> {
        let mut patterns = Vec::with_capacity(sources.len());
        for source in sources {
            let steps = match pattern::parse(&source.value) {
                Ok(steps) => steps,
                Err(message) => {
                    context.report(source.at, code::PATTERN, message, None);
                    continue;
                }
            };
            let steps = steps.iter().map(|step| Step {
                part: self.part(step.part, source.at, context),
                gap: step.gap,
            });
            patterns.push(Pattern {
                steps: steps.collect(),
            });
        }
        patterns
    }

    /// The number of a part, by how it is written.
    fn part(&mut self, written: &str, at: usize, context: &Context<'_>) -> PartId {
        if let Some(known) = self.by_name.get(written) {
            return *known;
        }
        let part = PartId(self.parts.len());
        self.within.push(Vec::new());
        self.by_name.insert(written.to_owned(), part);
        let alone = pattern::term(written);
        self.parts.push(match alone {
            // A part that is a term alone is the term's own part.
            Some(term) => self.words_of(term, at, context),
            None => written.to_owned(),
        });
        if alone.is_none() {
            for term in written
                .split('|')
                .filter(|word| pattern::term(word).is_some())
            {
                let term = self.part(term, at, context);
                self.within[term.0].push(part);
            }
        }
        part
    }

    /// The words of a term, with `|` between them.
    fn words_of(&self, term: &str, at: usize, context: &Context<'_>) -> String {
        if let Some(words) = self.terms.get(term) {
            return words.join("|");
        }
        self.unknown_term(term, at, context);
        String::new()
    }

    fn unknown_term(&self, term: &str, at: usize, context: &Context<'_>) {
        let near = nearest(term, self.terms.keys().map(String::as_str));
        let help = near.map(|near| format!("did you mean `<{near}>`?"));
        let message = format!("expected the id of a term, found `<{term}>`");
        context.report(at, code::UNKNOWN_ID, message, help);
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

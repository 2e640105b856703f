//! The compiled rule set: every id resolved, every condition checked. Nothing can fail any more.

use std::sync::OnceLock;

use crate::document::Diagnostic;
use crate::facts::{Catalog, FactKey};
use crate::text::Text;

use super::cause::{CauseSource, EvidenceSource, FixSource};
use super::codes::CodeTables;
use super::embedded::BUILT_IN_PHRASES;
use super::expr::{self, Program, Scope};
use super::formats::Formats;
use super::loader::Examples;
use super::model::Models;
use super::phrases::PhraseSet;
use super::profile::Profile;
use super::source::RuleFiles;
use super::words::Words;

/// Everything that the rule files say, checked and compiled.
#[derive(Debug)]
pub struct RuleSet {
    /// The fact catalogue.
    pub catalog: Catalog,
    /// The signals, compiled; one that speaks of `this` cause stands here once a cause.
    pub signals: Vec<Signal>,
    /// The causes, in the order of their ids.
    pub causes: Vec<Cause>,
    /// The money gates.
    pub gates: Gates,
    /// What the reader should know besides, in order.
    pub warnings: Vec<Gate>,
    /// The gateway code tables.
    pub codes: CodeTables,
    /// The words of reports.
    pub words: Words,
    /// What people and screens say.
    pub(super) phrases: OnceLock<PhraseSet>,
    /// What words speak for.
    pub models: Models,
    /// The built-in profile.
    pub profile: Profile,
    /// `sha256:…` over all rule files.
    pub fingerprint: String,
}

/// Position of a signal in [`RuleSet::signals`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalIndex(pub usize);

/// A compiled signal.
#[derive(Debug)]
pub struct Signal {
    /// Its id.
    pub id: String,
    /// The cause that `this` stands for, where the condition speaks of it.
    pub this: Option<String>,
    /// The condition.
    pub program: Program,
    /// How often it is seen without any cause that lists it, 0 to 1.
    pub base: f64,
    /// What it means that it is true.
    pub yes: Text,
    /// What it means that it is false.
    pub no: Text,
    /// File that declares it.
    pub file: String,
}

/// A piece of evidence with its weight.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Its position in [`CauseSource::evidence`].
    pub source: usize,
    /// The signal.
    pub signal: SignalIndex,
    /// Of 100 tickets with this cause, how many show it.
    pub seen: f64,
    /// Number of the group of evidence that is the same thing seen twice.
    pub group: Option<usize>,
    /// log2 (seen/base), in bits: what a true signal adds.
    pub bits_true: f64,
    /// log2 ((1-seen)/(1-base)), in bits: what a false signal adds.
    pub bits_false: f64,
}

/// A fix with its condition.
#[derive(Debug)]
pub struct Fix {
    /// What the file says.
    pub source: FixSource,
    /// When it applies; always where absent.
    pub when: Option<Program>,
}

/// A compiled cause.
#[derive(Debug)]
pub struct Cause {
    /// What the file says.
    pub source: CauseSource,
    /// Prior probability, 0 to 1, before all causes and *other* are scaled to 1.
    pub prior: f64,
    /// Evidence in the order of the file.
    pub evidence: Vec<Evidence>,
    /// Signals that exclude it where true.
    pub excluded_by: Vec<SignalIndex>,
    /// Signals that confirm it where true.
    pub confirmed_by: Vec<SignalIndex>,
    /// What to do, best first.
    pub fixes: Vec<Fix>,
    /// File that declares it.
    pub file: String,
}

impl Cause {
    /// The cause's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.source.id.value
    }

    /// Every piece of evidence beside what the file says of it.
    pub fn weighed(&self) -> impl Iterator<Item = (&Evidence, &EvidenceSource)> {
        let source = |item: &Evidence| &self.source.evidence[item.source];
        self.evidence.iter().map(move |item| (item, source(item)))
    }
}

/// A compiled money gate or warning.
#[derive(Debug)]
pub struct Gate {
    /// Its id.
    pub id: String,
    /// The signal that decides.
    pub signal: SignalIndex,
    /// Whether it holds only until the order is queried.
    pub provisional: bool,
    /// Whether no later answer opens it.
    pub for_good: bool,
    /// The fix that comes first while it blocks: positions of a cause and of a fix in it.
    pub fix: Option<(usize, usize)>,
    /// What people read; `{fact.key}` is replaced by the value.
    pub text: Text,
}

/// The compiled money gates.
#[derive(Debug, Default)]
pub struct Gates {
    /// The first that is true blocks.
    pub block: Vec<Gate>,
    /// Where none blocks, the first that is true allows.
    pub allow: Vec<Gate>,
    /// Why paying again is blocked where no gate decides.
    pub otherwise: Text,
    /// The fix that comes first where no gate decides and no cause is found.
    pub otherwise_fix: Option<(usize, usize)>,
    /// The signal that the recharge arrived and nothing is wrong.
    pub healthy: Option<SignalIndex>,
}

/// What could be read of rule files, and what is wrong with the rest.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Fit for use only where nothing was found.
    pub rules: RuleSet,
    /// All mistakes, in the order of the files and places.
    pub found: Vec<Diagnostic>,
}

impl Loaded {
    fn into_result(self) -> Result<RuleSet, Vec<Diagnostic>> {
        if self.found.is_empty() {
            Ok(self.rules)
        } else {
            Err(self.found)
        }
    }
}

/// What [`RuleSet::check`] found.
#[derive(Debug)]
pub struct Checked {
    /// Every mistake, in the order of the files and places.
    pub found: Vec<Diagnostic>,
    /// How many causes there are.
    pub causes: usize,
    /// How many signals there are.
    pub signals: usize,
    /// How many code tables there are.
    pub tables: usize,
}

impl RuleSet {
    /// What people and screens say. The built-in phrases are loaded when the first text is read.
    ///
    /// # Panics
    /// Never in a released program: a test loads the built-in phrases.
    #[must_use]
    pub fn phrases(&self) -> &PhraseSet {
        self.phrases.get_or_init(|| {
            PhraseSet::from_bytes(BUILT_IN_PHRASES, &self.catalog)
                .unwrap_or_else(|error| panic!("compiled phrases are wrong: {error}"))
        })
    }

    /// The catalogue and the phrases alone.
    #[must_use]
    pub fn into_phrases(self) -> (Catalog, PhraseSet) {
        let phrases = self.phrases.into_inner().unwrap_or_default();
        (self.catalog, phrases)
    }

    /// Reads and compiles rule files.
    ///
    /// # Errors
    /// All mistakes of all files, in the order of the files and places.
    pub fn load(files: &RuleFiles) -> Result<Self, Vec<Diagnostic>> {
        super::loader::load(files, Examples::Read).into_result()
    }

    /// Every mistake of rule files at once, and how many causes and signals they hold.
    #[must_use]
    pub fn check(files: &RuleFiles) -> Checked {
        let Loaded { rules, mut found } = super::loader::load(files, Examples::Read);
        found.extend(rules.lint(files));
        found.extend(
            Formats::load(files, &rules.catalog)
                .err()
                .unwrap_or_default(),
        );
        found.sort();
        found.dedup();
        Checked {
            found,
            causes: rules.causes.len(),
            signals: rules.signal_ids().len(),
            tables: rules.codes.gateways().len(),
        }
    }

    /// The same without the examples of built-in causes, in half the time: for diagnoses.
    ///
    /// # Errors
    /// All mistakes of all files, in the order of the files and places.
    pub fn load_for_diagnosis(files: &RuleFiles) -> Result<Self, Vec<Diagnostic>> {
        super::loader::load(files, Examples::PassOver).into_result()
    }

    /// The rules that are built into the program.
    ///
    /// # Panics
    /// Never in a released program: a test loads the built-in rules.
    #[must_use]
    pub fn built_in() -> Self {
        Self::load(&RuleFiles::built_in()).unwrap_or_else(|found| {
            let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
            panic!("built-in rules are wrong:\n{}", lines.join("\n"))
        })
    }

    /// The cause with this id.
    #[must_use]
    pub fn cause(&self, id: &str) -> Option<&Cause> {
        self.causes.iter().find(|cause| cause.id() == id)
    }

    /// A compiled signal.
    #[must_use]
    pub fn signal(&self, index: SignalIndex) -> &Signal {
        &self.signals[index.0]
    }

    /// The ids of all signals, each once, in the order of declaration.
    #[must_use]
    pub fn signal_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = Vec::new();
        for signal in &self.signals {
            if !ids.contains(&signal.id.as_str()) {
                ids.push(&signal.id);
            }
        }
        ids
    }

    /// Compiles an expression over the catalogue.
    ///
    /// # Errors
    /// All mistakes of the expression.
    pub fn compile(&self, source: &str) -> Result<Program, Vec<expr::ExprError>> {
        expr::compile(source, &Scope::new(&self.catalog))
    }

    /// The fact with this key; for keys that the program itself works with.
    ///
    /// # Panics
    /// Where the catalogue lacks a key of the built-in catalogue, which loading refuses.
    #[must_use]
    pub fn key(&self, key: &str) -> FactKey {
        self.catalog
            .find(key)
            .unwrap_or_else(|| panic!("the catalogue has no fact `{key}`"))
    }
}

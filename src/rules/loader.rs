//! Compiles rule files: resolves every id, checks every condition, reports all mistakes at once.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::OnceLock;

use crate::document::{Context, Diagnostic, Located, code, nearest};
use crate::facts::Catalog;

use super::cause::{CauseSource, read_cause};
use super::codes::CodeTables;
use super::expr::{self, Program, Scope};
use super::findings::Findings;
use super::gates::{GateSource, GatesSource, read_gates};
use super::phrases::{PhraseSet, read_phrases};
use super::place;
use super::profile::Profile;
use super::set::{Cause, Evidence, Fix, Gate, Gates, Loaded, RuleSet, Signal, SignalIndex};
use super::signal::{ConditionSource, SignalSource, read_signals};
use super::source::{RuleFile, RuleFiles};
use super::words::Words;

/// Whether the examples of built-in causes are read. They are half of every cause file, and a
/// diagnosis needs none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Examples {
    Read,
    PassOver,
}

/// Reads and compiles rule files. Code tables and the fingerprint depend on nothing else and are
/// half the work, so a second thread does them.
pub(super) fn load(files: &RuleFiles, examples: Examples) -> Loaded {
    std::thread::scope(|scope| {
        let apart = scope.spawn(|| (read_code_tables(files), files.fingerprint()));
        let mut loader = Loader::default();
        loader.read_catalog(files);
        loader.read_phrases(files, examples);
        loader.read_signals(files);
        loader.read_causes(files, examples);
        if examples == Examples::Read {
            let found = Findings::load(files).err();
            loader.found.extend(found.unwrap_or_default());
        }
        let ((codes, found), fingerprint) =
            apart.join().unwrap_or_else(|panic| resume_unwind(panic));
        loader.codes = codes;
        loader.found.extend(found);
        loader.complete(files, fingerprint)
    })
}

/// Reads the list of gateways and their tables, with what is wrong in them.
fn read_code_tables(files: &RuleFiles) -> (CodeTables, Vec<Diagnostic>) {
    let mut codes = CodeTables::default();
    let mut found = Vec::new();
    for file in files.under("codes/gateways.toml") {
        let context = Context::new(&file.shown, &file.text);
        codes.read_gateways(&context);
        found.extend(context.into_diagnostics());
    }
    let tables: Vec<&RuleFile> = files.under("codes/").collect();
    for (index, file) in tables.iter().enumerate() {
        let replaced = tables[index + 1..]
            .iter()
            .any(|later| later.path == file.path);
        let Some(id) = table_id(&file.path).filter(|_| !replaced) else {
            continue;
        };
        let context = Context::new(&file.shown, &file.text);
        codes.read_rows(id, &file.text, &context);
        found.extend(context.into_diagnostics());
    }
    (codes, found)
}

/// A signal declaration that waits for the causes that use it.
struct Declared {
    source: SignalSource,
    file: RuleFile,
}

/// Collects what the files say, and what is wrong with them.
#[derive(Default)]
struct Loader {
    catalog: Catalog,
    declared: Vec<Declared>,
    compiled: HashMap<(usize, Option<String>), Option<SignalIndex>>,
    signals: Vec<Signal>,
    causes: Vec<Cause>,
    gates: Gates,
    warnings: Vec<Gate>,
    codes: CodeTables,
    words: Words,
    phrases: OnceLock<PhraseSet>,
    profile: Profile,
    found: Vec<Diagnostic>,
}

impl Loader {
    /// Reads what needs causes and code tables, and gives the rule set with all mistakes.
    fn complete(mut self, files: &RuleFiles, fingerprint: String) -> Loaded {
        self.read_gates(files);
        self.read_words(files);
        self.read_profile(files);
        self.found
            .extend(place::unknown_causes(files, &self.causes));
        self.found.extend(place::unread(files));
        self.found.sort();
        self.found.dedup();
        let rules = RuleSet {
            catalog: self.catalog,
            signals: self.signals,
            causes: self.causes,
            gates: self.gates,
            warnings: self.warnings,
            codes: self.codes,
            words: self.words,
            phrases: self.phrases,
            models: files.models().clone(),
            profile: self.profile,
            fingerprint,
        };
        Loaded {
            rules,
            found: self.found,
        }
    }

    /// Runs a reader over one file and keeps its complaints.
    fn with<T>(&mut self, file: &RuleFile, read: impl FnOnce(&mut Self, &Context<'_>) -> T) -> T {
        let context = Context::new(&file.shown, &file.text);
        let result = read(self, &context);
        self.found.extend(context.into_diagnostics());
        result
    }

    fn read_catalog(&mut self, files: &RuleFiles) {
        for file in files.under("facts.toml") {
            self.with(file, |loader, context| loader.catalog.extend(context));
        }
    }

    /// Compiles phrases, where something could be wrong with them or their examples are wanted; else
    /// the built-in ones are there compiled.
    fn read_phrases(&mut self, files: &RuleFiles, examples: Examples) {
        let mut layers = files.under("phrases/").map(|file| file.layer);
        let built_in = layers.next() == Some(0) && layers.all(|layer| layer == 0);
        if examples == Examples::PassOver && built_in {
            return;
        }
        let found = &mut self.found;
        let mut report = |diagnostics| found.extend(diagnostics);
        let files = files.under("phrases/");
        let phrases = read_phrases(files, &self.catalog, &mut report);
        self.phrases = OnceLock::from(phrases);
    }

    fn read_profile(&mut self, files: &RuleFiles) {
        for file in files.under("profile.toml") {
            self.with(file, |loader, context| loader.profile.extend(context));
        }
    }

    fn read_words(&mut self, files: &RuleFiles) {
        for file in files.under("words.toml") {
            self.with(file, |loader, context| loader.words.extend(context));
        }
    }

    fn read_signals(&mut self, files: &RuleFiles) {
        for file in files.under("signals/") {
            let read = self.with(file, |_, context| read_signals(context));
            for source in read {
                self.declare(source, file);
            }
        }
        for index in 0..self.declared.len() {
            // Also compiles signals that no cause uses, so that their mistakes are reported.
            if !self.declared[index].source.when.speaks_of_this() {
                self.compile_signal(index, None);
            }
        }
    }

    fn declare(&mut self, source: SignalSource, file: &RuleFile) {
        let same = self
            .declared
            .iter()
            .position(|declared| declared.source.id == source.id);
        let new = Declared {
            source,
            file: file.clone(),
        };
        let Some(index) = same else {
            self.declared.push(new);
            return;
        };
        if self.declared[index].file.layer == file.layer {
            let message = format!("expected each signal once, found `{}` twice", new.source.id);
            self.with(file, |_, context| {
                context.report(new.source.at, code::DUPLICATE, message, None);
            });
            return;
        }
        self.declared[index] = new;
    }

    /// The compiled signal for one declaration and one cause; none where it is wrong.
    fn compile_signal(&mut self, index: usize, this: Option<&str>) -> Option<SignalIndex> {
        let declared = &self.declared[index];
        let this = this.filter(|_| declared.source.when.speaks_of_this());
        let key = (index, this.map(str::to_owned));
        if let Some(done) = self.compiled.get(&key) {
            return *done;
        }
        let source = declared.source.clone();
        let file = declared.file.clone();
        let program = self.condition(&source.when, &file, this);
        let compiled = program.map(|program| {
            self.signals.push(Signal {
                id: source.id,
                this: key.1.clone(),
                program,
                base: source.base / 100.0,
                yes: source.yes,
                no: source.no,
                file: file.shown,
            });
            SignalIndex(self.signals.len() - 1)
        });
        self.compiled.insert(key, compiled);
        compiled
    }

    /// Compiles a condition that must give true or false.
    fn condition(
        &mut self,
        source: &ConditionSource,
        file: &RuleFile,
        this: Option<&str>,
    ) -> Option<Program> {
        let mut scope = Scope::new(&self.catalog);
        if let Some(this) = this {
            scope = scope.with_this(this);
        }
        let errors = match expr::compile(&source.text, &scope) {
            Ok(program) if program.is_condition() => return Some(program),
            Ok(program) => {
                let message = format!(
                    "expected a condition that gives true or false, found one that gives {}",
                    program.type_name()
                );
                self.with(file, |_, context| {
                    context.report(source.at, code::NOT_A_CONDITION, message, None);
                });
                return None;
            }
            Err(errors) => errors,
        };
        self.with(file, |_, context| {
            for error in errors {
                let at = source.place(error.span.start);
                context.report(at, code::CONDITION, error.message, error.help);
            }
        });
        None
    }

    /// The signal with an id, compiled for one cause; reports an unknown id.
    fn signal(
        &mut self,
        id: &Located<String>,
        file: &RuleFile,
        this: Option<&str>,
    ) -> Option<SignalIndex> {
        let found = self
            .declared
            .iter()
            .position(|declared| declared.source.id == id.value);
        let Some(index) = found else {
            let names = self.declared.iter().map(|d| d.source.id.as_str());
            let help = nearest(&id.value, names).map(|near| format!("did you mean `{near}`?"));
            let message = format!("expected the id of a signal, found `{}`", id.value);
            self.with(file, |_, context| {
                context.report(id.at, code::UNKNOWN_ID, message, help);
            });
            return None;
        };
        self.compile_signal(index, this)
    }

    fn read_causes(&mut self, files: &RuleFiles, examples: Examples) {
        let mut sources: Vec<(CauseSource, RuleFile)> = Vec::new();
        for file in files.under("causes/") {
            let text = match examples {
                Examples::PassOver if file.layer == 0 => before_examples(&file.text),
                _ => &file.text,
            };
            let context = Context::new(&file.shown, text);
            let source = read_cause(&context);
            self.found.extend(context.into_diagnostics());
            self.check_place(&source, file);
            let same = sources
                .iter()
                .position(|(known, _)| known.id.value == source.id.value);
            match same {
                Some(_) if source.id.value.is_empty() => {}
                Some(index) if sources[index].1.layer == file.layer => {
                    let message = format!(
                        "expected each cause once, found `{}` twice",
                        source.id.value
                    );
                    self.with(file, |_, context| {
                        context.report(source.id.at, code::DUPLICATE, message, None);
                    });
                }
                Some(index) => sources[index] = (source, file.clone()),
                None => sources.push((source, file.clone())),
            }
        }
        sources.sort_by(|a, b| a.0.id.value.cmp(&b.0.id.value));
        let ids: Vec<String> = sources.iter().map(|(s, _)| s.id.value.clone()).collect();
        for (source, file) in sources {
            self.check_references(&source, &ids, &file);
            let cause = self.compile_cause(source, &file);
            self.causes.push(cause);
        }
    }

    /// A cause's file is `causes/GROUP/ID.toml`.
    fn check_place(&mut self, source: &CauseSource, file: &RuleFile) {
        let expected = format!("causes/{}/{}.toml", source.group, source.id.value);
        // A file without an id or group is in the wrong place too, but that is not what to mend.
        if file.path == expected || source.id.value.is_empty() || source.group.is_empty() {
            return;
        }
        let message = format!(
            "expected this cause in {expected}, found it in {}",
            file.path
        );
        let help = "the folder is the group and the file's name is the id".to_owned();
        self.with(file, |_, context| {
            context.report(source.id.at, code::ID_NOT_FILE, message, Some(help));
        });
    }

    fn check_references(&mut self, source: &CauseSource, ids: &[String], file: &RuleFile) {
        for other in &source.confused_with {
            if ids.contains(&other.id.value) {
                continue;
            }
            let help = nearest(&other.id.value, ids.iter().map(String::as_str))
                .map(|near| format!("did you mean `{near}`?"));
            let message = format!("expected the id of a cause, found `{}`", other.id.value);
            self.with(file, |_, context| {
                context.report(other.id.at, code::UNKNOWN_ID, message, help);
            });
        }
    }

    fn compile_cause(&mut self, source: CauseSource, file: &RuleFile) -> Cause {
        let id = source.id.value.clone();
        let mut groups: Vec<String> = Vec::new();
        let mut evidence = Vec::new();
        for (position, item) in source.evidence.iter().enumerate() {
            let group = item.same_as.as_ref().map(|name| {
                groups
                    .iter()
                    .position(|known| known == name)
                    .unwrap_or_else(|| {
                        groups.push(name.clone());
                        groups.len() - 1
                    })
            });
            if let Some(signal) = self.signal(&item.signal, file, Some(&id)) {
                evidence.push(self.weigh(position, signal, item.seen / 100.0, group));
            }
        }
        let all = |loader: &mut Self, list: &[Located<String>]| {
            list.iter()
                .filter_map(|signal| loader.signal(signal, file, Some(&id)))
                .collect()
        };
        let excluded_by = all(self, &source.excluded_by);
        let confirmed_by = all(self, &source.confirmed_by);
        let fixes = source.fixes.iter().map(|fix| Fix {
            source: fix.clone(),
            when: fix
                .when
                .as_ref()
                .and_then(|when| self.condition(when, file, Some(&id))),
        });
        let fixes = fixes.collect();
        Cause {
            prior: source.prior / 100.0,
            source,
            evidence,
            excluded_by,
            confirmed_by,
            fixes,
            file: file.shown.clone(),
        }
    }

    fn weigh(
        &self,
        source: usize,
        signal: SignalIndex,
        seen: f64,
        group: Option<usize>,
    ) -> Evidence {
        let base = self.signals[signal.0].base;
        Evidence {
            source,
            signal,
            seen,
            group,
            bits_true: (seen / base).log2(),
            bits_false: ((1.0 - seen) / (1.0 - base)).log2(),
        }
    }

    /// The first cause that has a fix with this id, and the fix; reports an unknown id.
    fn fix(&mut self, id: &Located<String>, file: &RuleFile) -> Option<(usize, usize)> {
        let found = self.causes.iter().enumerate().find_map(|(cause, of)| {
            let fix = of.fixes.iter().position(|fix| fix.source.id == id.value)?;
            Some((cause, fix))
        });
        if found.is_none() {
            let message = format!(
                "expected the id of a fix of some cause, found `{}`",
                id.value
            );
            self.with(file, |_, context| {
                context.report(id.at, code::UNKNOWN_ID, message, None);
            });
        }
        found
    }

    fn read_gates(&mut self, files: &RuleFiles) {
        let Some(file) = files.under("gates.toml").last() else {
            return;
        };
        let source: GatesSource = self.with(file, |_, context| read_gates(context));
        let compile = |loader: &mut Self, gates: Vec<GateSource>| {
            let compiled = gates.into_iter().filter_map(|gate| {
                Some(Gate {
                    signal: loader.signal(&gate.signal, file, None)?,
                    id: gate.id,
                    provisional: gate.provisional,
                    for_good: gate.for_good,
                    fix: gate.fix.and_then(|id| loader.fix(&id, file)),
                    text: gate.text,
                })
            });
            compiled.collect()
        };
        self.gates = Gates {
            block: compile(self, source.block),
            allow: compile(self, source.allow),
            otherwise: source.otherwise,
            otherwise_fix: source.otherwise_fix.and_then(|id| self.fix(&id, file)),
            healthy: source.healthy.and_then(|id| self.signal(&id, file, None)),
        };
        self.warnings = compile(self, source.warnings);
    }
}

fn table_id(path: &str) -> Option<&str> {
    path.strip_prefix("codes/")?.strip_suffix(".tsv")
}

/// A cause file up to its first example; built-in files have their examples last, which a test
/// holds them to.
fn before_examples(text: &str) -> &str {
    text.find("\n[[example]]").map_or(text, |at| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_over_examples_loses_nothing_else() {
        let files = RuleFiles::built_in();
        let whole = load(&files, Examples::Read).rules;
        let lean = load(&files, Examples::PassOver).rules;
        assert_eq!(whole.fingerprint, lean.fingerprint);
        for (whole, lean) in whole.causes.iter().zip(&lean.causes) {
            assert!(lean.source.examples.is_empty());
            assert_eq!(whole.id(), lean.id());
            assert_eq!(whole.evidence.len(), lean.evidence.len());
            assert_eq!(whole.fixes.len(), lean.fixes.len());
            let alike = |cause: &Cause| cause.source.confused_with.len();
            assert_eq!(alike(whole), alike(lean));
        }
    }
}

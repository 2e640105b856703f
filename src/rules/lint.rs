//! What is allowed but most likely not meant: checked by `rules check`, also where some of the files
//! have mistakes of other kinds.

use crate::document::{Context, Diagnostic, code, nearest};
use crate::text::Text;

use super::cause::ExampleKind;
use super::profile::Profile;
use super::set::{Cause, RuleSet};
use super::source::RuleFiles;

/// Names shorter than this are never compared by edits, so they cannot be confused by them.
const LEAST_COMPARED: usize = 4;

/// Evidence below this many bits, true or false, says nothing.
const LEAST_BITS: f64 = 0.05;

impl RuleSet {
    /// Lints all causes against the files that they were loaded from.
    #[must_use]
    pub(super) fn lint(&self, files: &RuleFiles) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for cause in &self.causes {
            let Some(file) = files.iter().find(|file| file.shown == cause.file) else {
                continue;
            };
            let context = Context::new(&file.shown, &file.text);
            self.lint_evidence(cause, &context);
            self.lint_examples(cause, &context);
            self.lint_expectations(cause, &context);
            for fix in &cause.source.fixes {
                self.lint_placeholders(&fix.text, &context);
            }
            found.extend(context.into_diagnostics());
        }
        for signal in &self.signals {
            let file = files.iter().find(|file| file.shown == signal.file);
            if let Some(file) = file.filter(|_| signal.this.is_none()) {
                let context = Context::new(&file.shown, &file.text);
                self.lint_placeholders(&signal.yes, &context);
                self.lint_placeholders(&signal.no, &context);
                found.extend(context.into_diagnostics());
            }
        }
        if let Some(file) = files.under("profile.toml").last() {
            let context = Context::new(&file.shown, &file.text);
            self.profile.lint(&context);
            found.extend(context.into_diagnostics());
        }
        found.sort();
        found
    }

    /// Every `{fact.key}` of a text must be a fact, or a report would leave a hole.
    fn lint_placeholders(&self, text: &Text, context: &Context<'_>) {
        for key in text.placeholders() {
            if self.catalog.find(key).is_some() {
                continue;
            }
            let at = context.find(&format!("{{{key}}}"));
            let keys = self.catalog.specs().map(|spec| spec.key.as_str());
            let help = nearest(key, keys).map(|near| format!("did you mean `{{{near}}}`?"));
            let message = format!("expected a fact in the placeholder `{{{key}}}`");
            context.report(at, code::UNKNOWN_ID, message, help);
        }
    }

    /// What examples expect must be able to happen.
    fn lint_expectations(&self, cause: &Cause, context: &Context<'_>) {
        let gates = self.gates.block.iter().chain(&self.gates.allow);
        let gates: Vec<&str> = gates.map(|gate| gate.id.as_str()).chain(["none"]).collect();
        let warnings: Vec<&str> = self
            .warnings
            .iter()
            .map(|warning| warning.id.as_str())
            .collect();
        let mut causes: Vec<&str> = self.causes.iter().map(Cause::id).collect();
        causes.extend(["undetermined", "healthy"]);
        for example in &cause.source.examples {
            let warns = example.warns.iter().flatten();
            let expected = [
                ("wins", example.wins.as_ref(), &causes),
                ("gate", example.gate.as_ref(), &gates),
                (
                    "pay_again",
                    example.pay_again.as_ref(),
                    &vec!["blocked", "allowed"],
                ),
            ];
            let single = expected
                .into_iter()
                .filter_map(|(key, word, known)| Some((key, word?, known)));
            let all = single.chain(warns.map(|word| ("warns", word, &warnings)));
            for (key, word, known) in all.filter(|(_, word, known)| !known.contains(&word.as_str()))
            {
                let help = nearest(word, known.iter().copied())
                    .map(|near| format!("did you mean `{near}`?"));
                let message = format!("expected a known word for `{key}`, found `{word}`");
                context.report(example.at, code::UNKNOWN_ID, message, help);
            }
        }
    }

    fn lint_evidence(&self, cause: &Cause, context: &Context<'_>) {
        for (item, source) in cause.weighed() {
            if item.bits_true.abs() >= LEAST_BITS || item.bits_false.abs() >= LEAST_BITS {
                continue;
            }
            let message = format!(
                "expected evidence that is seen more or less often with the cause than without it, found `{}` seen {} and {} times of 100",
                source.signal.value,
                source.seen,
                self.signal(item.signal).base * 100.0
            );
            let help = "leave it out or correct the counts".to_owned();
            context.report(source.signal.at, code::NO_WEIGHT, message, Some(help));
        }
    }

    fn lint_examples(&self, cause: &Cause, context: &Context<'_>) {
        let source = &cause.source;
        for (kind, name) in [
            (ExampleKind::Likely, "likely"),
            (ExampleKind::Other, "other"),
            (ExampleKind::Asks, "asks"),
        ] {
            if source.examples.iter().any(|example| example.expect == kind) {
                continue;
            }
            let message = format!("expected an example with expect = \"{name}\", found none");
            let help = "every cause needs one example of each kind: likely, other, asks".to_owned();
            context.report(source.id.at, code::EXAMPLES_MISSING, message, Some(help));
        }
        for example in &source.examples {
            for (key, text) in &example.case {
                let parsed = self
                    .catalog
                    .input_key(&key.value)
                    .and_then(|fact| self.catalog.spec(fact).parse(text));
                if let Err(error) = parsed {
                    context.report(key.at, code::EXAMPLE, error.message, error.help);
                }
            }
            for key in &example.asks {
                if let Err(error) = self.catalog.input_key(key) {
                    context.report(example.at, code::EXAMPLE, error.message, error.help);
                }
            }
        }
    }
}

impl Profile {
    /// Warns of official names that one typing error turns into each other: a look-alike of the one
    /// could be the other.
    pub fn lint(&self, context: &Context<'_>) {
        let all: Vec<&String> = self.official.iter().chain(&self.providers).collect();
        let label = |domain: &str| {
            let registered = psl::domain_str(domain).unwrap_or(domain);
            registered.split('.').next().unwrap_or_default().to_owned()
        };
        for (index, first) in all.iter().enumerate() {
            for second in &all[index + 1..] {
                let (a, b) = (label(first), label(second));
                let short = a.len().min(b.len()) < LEAST_COMPARED;
                let number = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
                if a == b || short || number(&a) || strsim::osa_distance(&a, &b) > 1 {
                    continue;
                }
                let message = format!(
                    "expected official names that cannot be mistaken for each other, found `{first}` and `{second}`, one typing error apart"
                );
                let help = "a mistyped one may be taken for the other; if one of them needs no protection, list it in `owned_domains`";
                let at = context.find(&format!("\"{first}\""));
                context.report(at, code::CLOSE_NAMES, message, Some(help.to_owned()));
            }
        }
    }
}

//! What is allowed but most likely not meant: checked by `rules check`, after everything compiles.

use crate::document::{Context, Diagnostic, code};

use super::cause::ExampleKind;
use super::set::{Cause, RuleSet};
use super::source::RuleFiles;

/// Evidence below this many bits, true or false, says nothing.
const LEAST_BITS: f64 = 0.05;

impl RuleSet {
    /// Lints all causes against the files that they were loaded from.
    #[must_use]
    pub fn lint(&self, files: &RuleFiles) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for cause in &self.causes {
            let Some(file) = files.iter().find(|file| file.shown == cause.file) else {
                continue;
            };
            let context = Context::new(&file.shown, &file.text);
            self.lint_evidence(cause, &context);
            self.lint_examples(cause, &context);
            found.extend(context.into_diagnostics());
        }
        found
    }

    fn lint_evidence(&self, cause: &Cause, context: &Context<'_>) {
        for (item, source) in cause.evidence.iter().zip(&cause.source.evidence) {
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

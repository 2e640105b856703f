//! New counts on trial: are they better on tickets that they were not counted from?

use crate::facts::Moment;
use crate::rules::{Profile, RuleFiles, RuleSet};

use super::counts::{Counts, Tickets, estimate, rewrite};
use super::eval::{Evaluation, evaluate};
use super::labelled::Labelled;

/// Parts of the cross-validation.
pub const PARTS: usize = 5;

/// What learning came to.
#[derive(Debug)]
pub struct Learning {
    /// The new counts, from all tickets.
    pub counts: Counts,
    /// The changed rule files: relative path and text.
    pub files: Vec<(String, String)>,
    /// How the rules did before, over all tickets.
    pub before: Evaluation,
    /// How new counts do on tickets that they were not counted from.
    pub after: Vec<Evaluation>,
}

/// Mean log losses before and after learning, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Losses {
    /// With the counts of the rule files.
    pub before: f64,
    /// With new counts, on tickets that they were not counted from.
    pub after: f64,
}

impl Learning {
    /// Log loss before and after; none without labelled tickets.
    #[must_use]
    pub fn losses(&self) -> Option<Losses> {
        let labelled: usize = self.after.iter().map(|part| part.top1.of).sum();
        let sum: f64 = self
            .after
            .iter()
            .filter_map(|part| Some(part.log_loss()? * part.top1.of as f64))
            .sum();
        Some(Losses {
            before: self.before.log_loss()?,
            after: (labelled > 0).then(|| sum / labelled as f64)?,
        })
    }

    /// Whether the new counts are worse than the old ones on tickets that they were not counted
    /// from.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.losses()
            .is_none_or(|losses| losses.after > losses.before)
    }
}

/// Counts anew from all tickets, and tries on each fifth what the other four fifths teach.
///
/// # Errors
/// Mistakes in the rewritten files, which would be one of this program.
pub fn learn(
    rows: &[Labelled],
    files: &RuleFiles,
    rules: &RuleSet,
    profile: &Profile,
    now: Moment,
) -> Result<Learning, String> {
    let taught = |rows: &[&Labelled]| -> Result<(Counts, Vec<(String, String)>), String> {
        let counts = estimate(&Tickets::new(rows, rules, profile, now), rules);
        let files = rewrite(files, rules, &counts).map_err(|error| error.to_string())?;
        Ok((counts, files))
    };
    let mut after = Vec::with_capacity(PARTS);
    for part in 0..PARTS {
        let of = |test: bool| {
            let rows = rows.iter().enumerate();
            rows.filter(move |(row, _)| (row % PARTS == part) == test)
                .map(|(_, row)| row)
        };
        let others: Vec<&Labelled> = of(false).collect();
        let own: Vec<Labelled> = of(true).cloned().collect();
        let (_, changed) = taught(&others)?;
        let mut layered = files.clone();
        layered.add_layer(changed);
        let rules = RuleSet::load_for_diagnosis(&layered).map_err(|found| {
            let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
            lines.join("\n")
        })?;
        after.push(evaluate(&own, &rules, profile, now));
    }
    let (counts, changed) = taught(&rows.iter().collect::<Vec<_>>())?;
    Ok(Learning {
        counts,
        files: changed,
        before: evaluate(rows, rules, profile, now),
        after,
    })
}

//! What a diagnosis says. Positions refer to the rule set that made it.

use crate::facts::FactKey;
use crate::rules::SignalIndex;

use super::gate::PayAgain;
use super::question::Question;

/// How sure one cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Known for certain.
    Confirmed,
    /// More likely than not.
    Likely,
    /// Worth a look.
    Possible,
    /// Hardly.
    Unlikely,
    /// Ruled out.
    Excluded,
}

impl Verdict {
    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Likely => "likely",
            Self::Possible => "possible",
            Self::Unlikely => "unlikely",
            Self::Excluded => "excluded",
        }
    }
}

/// What can be said of the case as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseVerdict {
    /// A cause is likely or confirmed.
    Identified,
    /// Too little is known.
    Undetermined,
    /// The recharge succeeded and was credited.
    Healthy,
}

impl CaseVerdict {
    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Undetermined => "undetermined",
            Self::Healthy => "healthy",
        }
    }
}

/// What a piece of evidence rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// The words of the case, for the cause at this position.
    Wording(usize),
    /// A signal.
    Signal(SignalIndex),
}

/// One piece of evidence as it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// What it rests on.
    pub ground: Ground,
    /// Whether it is true or false.
    pub state: bool,
    /// What it adds, in bits.
    pub bits: f64,
    /// Whether it counts; of evidence that is the same thing seen twice only the strongest does.
    pub counts: bool,
}

/// One cause, weighed.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Position of the cause in the rule set.
    pub cause: usize,
    /// How sure it is.
    pub verdict: Verdict,
    /// Probability that it is at work, 0 to 1.
    pub probability: f64,
    /// log2 of prior and evidence together, for the order.
    pub bits: f64,
    /// Known evidence, strongest first.
    pub evidence: Vec<Weighed>,
    /// Unknown facts on which further evidence depends; worked out for causes that are reported.
    pub missing: Vec<FactKey>,
    /// The signal that excludes or confirms it.
    pub decided_by: Option<SignalIndex>,
}

/// A fix that applies: positions of the cause and of the fix in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixChoice {
    /// Position of the cause in the rule set.
    pub cause: usize,
    /// Position of the fix in the cause.
    pub fix: usize,
}

/// A warning that applies: its position in the rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning(pub usize);

/// Why a recharge failed, as far as the facts tell.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The case as a whole.
    pub verdict: CaseVerdict,
    /// All causes, best first.
    pub findings: Vec<Finding>,
    /// Probability that no known cause is at work.
    pub other: f64,
    /// What to do, in order; none that pays again while that is blocked.
    pub fixes: Vec<FixChoice>,
    /// Whether it is safe to pay again.
    pub pay_again: PayAgain,
    /// What to ask next, best first.
    pub questions: Vec<Question>,
    /// What the reader should know besides.
    pub warnings: Vec<Warning>,
}

impl Diagnosis {
    /// The causes worth reporting: at least possible, best first.
    pub fn reported(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.verdict <= Verdict::Possible)
    }

    /// The first cause, where the case is identified.
    #[must_use]
    pub fn first(&self) -> Option<&Finding> {
        self.findings
            .first()
            .filter(|_| self.verdict == CaseVerdict::Identified)
    }
}

//! Whether paying again is safe. Blocked until something rules out that money was taken.

use crate::rules::{Gate, RuleSet, SignalIndex};

/// Whether it is safe to pay again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayState {
    /// Do not pay again.
    Blocked,
    /// Paying again after the fix does no harm.
    Allowed,
}

impl PayState {
    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Allowed => "allowed",
        }
    }
}

/// The decision and the gate that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayAgain {
    /// The decision.
    pub state: PayState,
    /// Position of the deciding gate in its list; none where no gate decided.
    pub gate: Option<usize>,
}

impl PayAgain {
    /// Whether an answer could still change the decision: no gate decided, or one that holds only
    /// until the order is queried.
    #[must_use]
    pub fn is_open(&self, rules: &RuleSet) -> bool {
        match (self.state, self.gate) {
            (_, None) => true,
            (PayState::Blocked, Some(index)) => rules.gates.block[index].provisional,
            (PayState::Allowed, Some(_)) => false,
        }
    }

    /// The reason that people read.
    #[must_use]
    pub fn reason<'r>(&self, rules: &'r RuleSet) -> &'r crate::text::Text {
        self.decided_by(rules)
            .map_or(&rules.gates.otherwise, |gate| &gate.text)
    }

    /// The id of the gate that decided; none where none did.
    #[must_use]
    pub fn gate_id<'r>(&self, rules: &'r RuleSet) -> Option<&'r str> {
        self.decided_by(rules).map(|gate| gate.id.as_str())
    }

    /// The fix that comes before all others.
    #[must_use]
    pub fn first_fix(&self, rules: &RuleSet, undetermined: bool) -> Option<(usize, usize)> {
        match self.decided_by(rules) {
            Some(gate) => gate.fix,
            None => rules.gates.otherwise_fix.filter(|_| undetermined),
        }
    }

    /// Whether no later answer can open it.
    #[must_use]
    pub fn is_for_good(&self, rules: &RuleSet) -> bool {
        self.decided_by(rules).is_some_and(|gate| gate.for_good)
    }

    fn decided_by<'r>(&self, rules: &'r RuleSet) -> Option<&'r Gate> {
        let list = match self.state {
            PayState::Blocked => &rules.gates.block,
            PayState::Allowed => &rules.gates.allow,
        };
        list.get(self.gate?)
    }
}

/// Tries the blocking gates, then the allowing ones; where none decides, it is blocked.
pub(super) fn pay_again(rules: &RuleSet, state: &impl Fn(SignalIndex) -> Option<bool>) -> PayAgain {
    let first = |gates: &[Gate]| {
        gates
            .iter()
            .position(|gate| state(gate.signal) == Some(true))
    };
    if let Some(index) = first(&rules.gates.block) {
        return PayAgain {
            state: PayState::Blocked,
            gate: Some(index),
        };
    }
    match first(&rules.gates.allow) {
        Some(index) => PayAgain {
            state: PayState::Allowed,
            gate: Some(index),
        },
        None => PayAgain {
            state: PayState::Blocked,
            gate: None,
        },
    }
}

//! The stages of reaching a host, and how one came out.

/// A stage of reaching a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The name is looked up.
    Dns,
    /// A connection is made.
    Tcp,
    /// A secure connection is agreed upon.
    Tls,
    /// A page is asked for.
    Http,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 4] = [Self::Dns, Self::Tcp, Self::Tls, Self::Http];

    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
        }
    }
}

/// How a stage came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should.
    Passed,
    /// It works, but something about it will trouble a payment.
    Slow,
    /// It does not work.
    Failed,
    /// It was not reached, or there is no such stage here.
    Skipped,
}

impl State {
    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Slow => "slow",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Which.
    pub stage: Stage,
    /// How it came out.
    pub state: State,
    /// What troubles it: a stable word, `stage.word`, by which texts are found.
    pub finding: Option<&'static str>,
}

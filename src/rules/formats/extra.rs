//! What exports hold besides facts.

/// What a column carries besides facts of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// The provider's fee.
    Fee,
    /// What was refunded so far.
    Refunded,
    /// What the merchant received, after discounts.
    Received,
    /// What the account was credited with, as money.
    Credited,
    /// A further id to join by.
    SecondId,
    /// The address of the client.
    Ip,
    /// Money in, where a bill has two columns.
    AmountIn,
    /// Money out, where a bill has two columns.
    AmountOut,
    /// What must never be shown: card keys, passwords, signatures.
    Secret,
    /// The balance after the movement.
    Balance,
    /// The kind of business.
    Kind,
}

impl Extra {
    pub(super) const ALL: [(&'static str, Self); 11] = [
        ("fee", Self::Fee),
        ("refunded", Self::Refunded),
        ("received", Self::Received),
        ("credited", Self::Credited),
        ("second_id", Self::SecondId),
        ("ip", Self::Ip),
        ("amount.in", Self::AmountIn),
        ("amount.out", Self::AmountOut),
        ("secret", Self::Secret),
        ("balance", Self::Balance),
        ("kind", Self::Kind),
    ];

    /// The field of this name that is no fact.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, extra)| *extra)
    }

    /// The name in format files and output.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, extra)| *extra == self)
            .map_or("", |(name, _)| name)
    }
}

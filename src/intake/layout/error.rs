//! Why no layout fits, and what to do about it.

use thiserror::Error;

/// Why no layout fits.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LayoutError {
    /// A file that is known and of no use.
    #[error("expected orders or a payment bill, found {title}")]
    Refused {
        /// What it is.
        title: String,
        /// What to export instead.
        advice: Option<String>,
    },
    /// No line names columns that are known.
    #[error(
        "expected a line that names columns such as 订单号, 金额, 状态 or 错误信息, found none; the line that comes nearest names: {found}; missing: {missing}"
    )]
    Unknown {
        /// The cells of the line that comes nearest.
        found: String,
        /// What it does not name.
        missing: String,
    },
    /// The names were lost before the file came here.
    #[error(
        "expected a line that names columns, found {columns} names of question marks alone: they were lost when the file was written"
    )]
    Damaged {
        /// How many columns there are.
        columns: usize,
    },
    /// The format that was asked for does not fit.
    #[error("expected the columns of {format}, found none of: {missing}")]
    Missing {
        /// The format.
        format: String,
        /// Its columns that are not there.
        missing: String,
    },
}

impl LayoutError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Refused {
                advice: Some(advice),
                ..
            } => advice.clone(),
            Self::Refused { .. } => "give the export of orders or payments instead".to_owned(),
            Self::Damaged { .. } => {
                "give the columns by their numbers: --map 1=order.id --map 2=order.amount"
                    .to_owned()
            }
            Self::Unknown { .. } | Self::Missing { .. } => {
                "name columns with --map COLUMN=FACT, or give the format with --format-in"
                    .to_owned()
            }
        }
    }
}

/// What makes rows orders or payments, for people, with the facts of which one is enough.
const NEEDED: [(&str, &[&str]); 3] = [
    (
        "an order or trade number",
        &["order.id", "order.provider_trade_no"],
    ),
    ("an amount", &["order.amount"]),
    (
        "a state, a time or an error",
        &[
            "order.status",
            "payment.state",
            "order.created_at",
            "order.submitted_at",
            "order.paid_at",
            "error.code",
            "error.message",
        ],
    ),
];

impl LayoutError {
    /// No known columns; `carries` says whether there is one of these facts all the same.
    pub(in crate::intake) fn unknown(found: &str, carries: impl Fn(&[&str]) -> bool) -> Self {
        let needed = NEEDED.iter().filter(|(_, keys)| !carries(keys));
        let missing: Vec<&str> = needed.map(|(needed, _)| *needed).collect();
        let or = |text: &str, other: &str| {
            if text.is_empty() {
                other.to_owned()
            } else {
                text.to_owned()
            }
        };
        Self::Unknown {
            found: or(found, "nothing"),
            missing: or(&missing.join(", "), "a second known column"),
        }
    }
}

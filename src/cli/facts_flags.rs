//! Friendly flags for the common facts. One table is the truth: flag, fact, help.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

/// One flag of a fact.
pub(super) struct FactFlag {
    /// Long name without dashes.
    pub flag: &'static str,
    /// The fact.
    pub fact: &'static str,
    /// What stands for the value in help.
    pub value: &'static str,
    /// Help text.
    pub help: &'static str,
}

const fn flag(
    flag: &'static str,
    fact: &'static str,
    value: &'static str,
    help: &'static str,
) -> FactFlag {
    FactFlag {
        flag,
        fact,
        value,
        help,
    }
}

/// All flags, in the order of help.
pub(super) const FACT_FLAGS: &[FactFlag] = &[
    flag(
        "text",
        "text",
        "WORDS",
        "What the user says, or what the screen shows",
    ),
    flag(
        "channel",
        "payment.channel",
        "CHANNEL",
        "How it was paid: alipay, wechat, bank-card, unionpay …",
    ),
    flag("bank", "payment.bank", "BANK", "Issuing bank"),
    flag("amount", "order.amount", "YUAN", "Amount submitted"),
    flag("order-id", "order.id", "ID", "Order number"),
    flag("product", "order.product", "NAME", "What was ordered"),
    flag(
        "error-code",
        "error.code",
        "CODE",
        "Error code as the gateway sent it",
    ),
    flag("sub-code", "error.sub_code", "CODE", "Detailed code"),
    flag(
        "gateway",
        "error.gateway",
        "TABLE",
        "Whose code it is: the name of a code table",
    ),
    flag(
        "message",
        "error.message",
        "TEXT",
        "Error message as shown or logged",
    ),
    flag(
        "status",
        "order.status",
        "STATUS",
        "State of the order on the platform",
    ),
    flag(
        "payment-state",
        "payment.state",
        "STATE",
        "What the provider says of the money",
    ),
    flag(
        "debited",
        "payment.debited",
        "YES|NO",
        "Whether money left the payer",
    ),
    flag(
        "credited",
        "payment.credited",
        "YES|NO",
        "Whether the recharge arrived",
    ),
    flag(
        "debit-count",
        "payment.debit_count",
        "N",
        "How often money was taken",
    ),
    flag(
        "balance",
        "payment.balance",
        "YUAN",
        "What the payer has available",
    ),
    flag(
        "day-total",
        "payment.day_total",
        "YUAN",
        "Already paid today on this channel",
    ),
    flag(
        "single-limit",
        "limit.single",
        "YUAN",
        "Limit for one payment",
    ),
    flag("daily-limit", "limit.daily", "YUAN", "Limit for a day"),
    flag(
        "created-at",
        "order.created_at",
        "TIME",
        "When the order was placed",
    ),
    flag(
        "submitted-at",
        "order.submitted_at",
        "TIME",
        "When the payment was submitted",
    ),
    flag(
        "paid-at",
        "order.paid_at",
        "TIME",
        "When the provider took the money",
    ),
    flag(
        "expires-at",
        "order.expires_at",
        "TIME",
        "When the order closes unpaid",
    ),
    flag(
        "submit-count",
        "order.submit_count",
        "N",
        "How often it was submitted",
    ),
    flag(
        "cancelled",
        "order.cancelled_by_user",
        "YES|NO",
        "Whether the payer cancelled",
    ),
    flag(
        "verification",
        "payment.verification",
        "STATE",
        "Password, SMS code or face: passed, pending, failed",
    ),
    flag(
        "network",
        "network.kind",
        "KIND",
        "wifi, cellular, wired, public-wifi, vpn, proxy",
    ),
    flag(
        "timeout-seen",
        "network.timeout_seen",
        "YES|NO",
        "Whether a time-out or spinner was seen",
    ),
    flag("browser", "client.browser", "NAME", "Browser or app shell"),
    flag("os", "client.os", "NAME", "Operating system"),
    flag("url", "site.url", "URL", "Address that the user used"),
    flag(
        "maintenance",
        "platform.maintenance",
        "YES|NO",
        "Whether recharge is under maintenance",
    ),
    flag(
        "others-failing",
        "platform.others_failing",
        "YES|NO",
        "Whether other users fail too",
    ),
];

/// The facts that flags gave, in the order of the table.
#[derive(Debug, Clone, Default)]
pub struct FactFlags {
    /// Flag, fact key, and value.
    pub given: Vec<(&'static str, &'static str, String)>,
}

impl FromArgMatches for FactFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for flag in FACT_FLAGS {
            if let Some(value) = matches.get_one::<String>(flag.flag) {
                self.given.push((flag.flag, flag.fact, value.clone()));
            }
        }
        Ok(())
    }
}

impl Args for FactFlags {
    fn augment_args(command: Command) -> Command {
        FACT_FLAGS.iter().fold(command, |command, flag| {
            let arg = Arg::new(flag.flag)
                .long(flag.flag)
                .value_name(flag.value)
                .help(flag.help)
                .help_heading("Facts")
                .allow_hyphen_values(true)
                .action(ArgAction::Set);
            command.arg(arg)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

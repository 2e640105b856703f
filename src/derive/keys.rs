//! The facts that derivation works with, looked up once.

use crate::facts::FactKey;
use crate::rules::RuleSet;

macro_rules! keys {
    ($($name:ident = $key:literal,)*) => {
        /// Positions of the facts that derivation works with.
        #[derive(Debug, Clone, Copy)]
        pub(super) struct Keys {
            $(pub(super) $name: FactKey,)*
        }

        impl Keys {
            pub(super) fn of(rules: &RuleSet) -> Self {
                Self {
                    $($name: rules.key($key),)*
                }
            }
        }
    };
}

keys! {
    account_differs = "account.differs",
    account_email = "account.email",
    account_payment_account = "account.payment_account",
    account_phone = "account.phone",
    account_region = "account.region",
    account_registered_email = "account.registered_email",
    account_registered_payment_account = "account.registered_payment_account",
    account_registered_phone = "account.registered_phone",
    account_registered_username = "account.registered_username",
    account_username = "account.username",
    case_now = "case.now",
    case_zone_assumed = "case.zone_assumed",
    client_app_version = "client.app_version",
    client_browser = "client.browser",
    client_browser_version = "client.browser_version",
    client_os = "client.os",
    client_os_version = "client.os_version",
    client_outdated = "client.outdated",
    code_ambiguous = "code.ambiguous",
    code_catch_all = "code.catch_all",
    code_high = "code.high",
    code_low = "code.low",
    code_medium = "code.medium",
    code_money = "code.money",
    code_unlisted = "code.unlisted",
    error_code = "error.code",
    error_gateway = "error.gateway",
    error_message = "error.message",
    error_sub_code = "error.sub_code",
    limit_daily = "limit.daily",
    limit_single = "limit.single",
    message_high = "message.high",
    message_low = "message.low",
    message_medium = "message.medium",
    message_money = "message.money",
    money_refunded = "money.refunded",
    order_amount = "order.amount",
    order_created_at = "order.created_at",
    order_credited_at = "order.credited_at",
    order_decimal_point = "order.decimal_point",
    order_differs = "order.differs",
    order_expires_at = "order.expires_at",
    order_face_value = "order.face_value",
    order_failed_at = "order.failed_at",
    order_intended_amount = "order.intended_amount",
    order_intended_payee = "order.intended_payee",
    order_intended_product = "order.intended_product",
    order_intended_target = "order.intended_target",
    order_paid_at = "order.paid_at",
    order_payee = "order.payee",
    order_product = "order.product",
    order_status = "order.status",
    order_submitted_at = "order.submitted_at",
    order_target = "order.target",
    payment_bank = "payment.bank",
    payment_channel = "payment.channel",
    payment_credited = "payment.credited",
    payment_debit_count = "payment.debit_count",
    payment_debited = "payment.debited",
    payment_region = "payment.region",
    payment_state = "payment.state",
    platform_holiday = "platform.holiday",
    platform_maintenance = "platform.maintenance",
    platform_promotion = "platform.promotion",
    region_abroad = "region.abroad",
    region_differs = "region.differs",
    region_foreign_card = "region.foreign_card",
    region_restricted = "region.restricted",
    site_lookalike_of = "site.lookalike_of",
    site_reasons = "site.reasons",
    site_url = "site.url",
    site_verdict = "site.verdict",
    when_after_expiry_s = "when.after_expiry_s",
    when_hour = "when.hour",
    when_minutes_to_midnight = "when.minutes_to_midnight",
    when_new_day = "when.new_day",
    when_uncredited_min = "when.uncredited_min",
}

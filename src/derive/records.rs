//! What the records say when compared: account data given and on file, what was ordered and what
//! was meant.

use crate::facts::{CaseFacts, FactKey, FactValue, Fen, ValueRef, half_width};

use super::Pass;
use super::keys::Keys;

/// Two facts that should be the same, and the name of the difference.
type Pair = (&'static str, FactKey, FactKey);

fn account_pairs(keys: &Keys) -> [Pair; 4] {
    [
        (
            "username",
            keys.account_username,
            keys.account_registered_username,
        ),
        ("phone", keys.account_phone, keys.account_registered_phone),
        ("email", keys.account_email, keys.account_registered_email),
        (
            "payment_account",
            keys.account_payment_account,
            keys.account_registered_payment_account,
        ),
    ]
}

/// What was ordered and what was meant.
fn order_pairs(keys: &Keys) -> [Pair; 4] {
    [
        ("product", keys.order_product, keys.order_intended_product),
        ("target", keys.order_target, keys.order_intended_target),
        ("payee", keys.order_payee, keys.order_intended_payee),
        ("amount", keys.order_amount, keys.order_intended_amount),
    ]
}

pub(super) fn derive(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    compare(pass, keys.account_differs, &account_pairs(keys));
    compare(pass, keys.order_differs, &order_pairs(keys));
    decimal_point(pass);
    refunded(pass);
}

/// Whether the money went back: the provider says so, or the order does and the provider does not
/// contradict it.
fn refunded(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    // One refund does not give back two debits.
    let several = matches!(
        pass.value(keys.payment_debit_count),
        Some(ValueRef::Int(2..))
    );
    let refunded = !several
        && match pass.text(keys.payment_state) {
            Some("refunded") => true,
            Some("taken" | "pending" | "unknown") => false,
            _ => pass.text(keys.order_status) == Some("refunded"),
        };
    pass.set_derived(keys.money_refunded, FactValue::Bool(refunded));
}

fn compare(pass: &mut Pass<'_, impl CaseFacts>, key: FactKey, pairs: &[Pair]) {
    let mut compared = false;
    let mut differing = Vec::new();
    for (name, given_key, expected_key) in pairs {
        let (Some(given), Some(expected)) = (pass.value(*given_key), pass.value(*expected_key))
        else {
            continue;
        };
        compared = true;
        let alike = given == expected
            || match (given, expected) {
                (ValueRef::Text(given), ValueRef::Text(expected)) => same(name, given, expected),
                _ => false,
            };
        if !alike {
            differing.push(*name);
        }
    }
    if compared {
        pass.set_list(key, &differing);
    } else {
        // Half a pair is worth completing; asking for both halves is not.
        let missing = |(_, given, expected): &Pair| match (
            pass.value(*given).is_some(),
            pass.value(*expected).is_some(),
        ) {
            (true, false) => Some(*expected),
            (false, true) => Some(*given),
            _ => None,
        };
        if pass.asks() {
            let wanted: Vec<FactKey> = pairs.iter().filter_map(missing).collect();
            pass.wants(key, &wanted);
        }
    }
}

/// Whether two spellings mean the same; a masked character (`*`) fits any other.
fn same(name: &str, left: &str, right: &str) -> bool {
    let masked = |text: &str| text.contains(['*', '＊']);
    if name != "phone" && !masked(left) && !masked(right) {
        return letters(left).eq(letters(right));
    }
    let (left, right) = (plain(name, left), plain(name, right));
    if masked(&left) || masked(&right) {
        return fits(&left, &right);
    }
    left == right
}

/// What of a text counts: no blanks, no hyphens, no case.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
}

fn plain(name: &str, text: &str) -> String {
    let bare: String = letters(text).collect();
    if name != "phone" {
        return bare;
    }
    let national = bare.strip_prefix("+86").or(bare.strip_prefix("0086"));
    national.unwrap_or(&bare).to_owned()
}

/// Whether two texts agree where neither is masked, read from both ends.
fn fits(left: &str, right: &str) -> bool {
    let agree = |left: &mut dyn Iterator<Item = char>, right: &mut dyn Iterator<Item = char>| {
        left.zip(right)
            .take_while(|(a, b)| *a != '*' && *b != '*')
            .all(|(a, b)| a == b)
    };
    agree(&mut left.chars(), &mut right.chars())
        && agree(&mut left.chars().rev(), &mut right.chars().rev())
}

/// Whether the amount is ten or a hundred times (or a tenth or hundredth of) what was meant.
fn decimal_point(pass: &mut Pass<'_, impl CaseFacts>) {
    let keys = pass.keys;
    let money = |key| match pass.value(key) {
        Some(ValueRef::Money(Fen(fen))) if fen > 0 => Some(fen),
        _ => None,
    };
    let Some(amount) = money(keys.order_amount) else {
        return;
    };
    let Some(meant) = money(keys.order_intended_amount).or(money(keys.order_face_value)) else {
        return;
    };
    let shifted = [10, 100].iter().any(|factor| {
        amount == meant.saturating_mul(*factor) || meant == amount.saturating_mul(*factor)
    });
    pass.set_derived(keys.order_decimal_point, FactValue::Bool(shifted));
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn spelling_is_not_a_difference() {
        assert!(same("phone", "+86 138-1234-5678", "13812345678"));
        assert!(same("email", "Li@QQ.com", "li@qq.com "));
        assert!(same("phone", "138****5678", "13812345678"));
        assert!(!same("phone", "138****5679", "13812345678"));
        assert!(!same("username", "张三", "李四"));
    }
}

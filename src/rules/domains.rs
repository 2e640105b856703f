//! What a profile says about domains: names as DNS knows them, in lower case, or a mistake with its
//! place. Refuses addresses, and endings under which anybody can register.

use crate::document::{Context, Located, TableReader, code};

/// What else an official site is called: pinyin, Chinese name, abbreviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandNames {
    /// One of the official domains.
    pub domain: String,
    /// The names, in lower case, without blanks and hyphens.
    pub names: Vec<String>,
}

/// Reads a list of domains; `open` allows endings under which anybody can register.
pub(super) fn domains(
    reader: &mut TableReader<'_, '_>,
    key: &'static str,
    open: bool,
) -> Vec<String> {
    let context = reader.context();
    let found = reader.strings(key);
    found
        .iter()
        .filter_map(|word| domain(context, word, open))
        .collect()
}

fn domain(context: &Context<'_>, word: &Located<&str>, open: bool) -> Option<String> {
    let trimmed = word.value.trim().trim_end_matches('.');
    let name = idna::domain_to_ascii(trimmed)
        .ok()
        .filter(|name| is_domain(name));
    let Some(name) = name else {
        let message = format!(
            "expected a domain such as pay.example.com, found `{}`",
            word.value
        );
        let help = "leave out https://, paths, ports and *; sub-domains are included".to_owned();
        context.report(word.at, code::BAD_VALUE, message, Some(help));
        return None;
    };
    if !open && psl::domain(name.as_bytes()).is_none() {
        let message = format!(
            "expected a domain with one owner, found the public suffix `{name}`, under which anybody can register"
        );
        context.report(word.at, code::BAD_VALUE, message, None);
        return None;
    }
    Some(name)
}

/// Whether a name is what DNS allows, of at least two labels and no number.
fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(label)
        && !name
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
}

/// Reads words in lower case: of letters, digits and Chinese characters alone.
pub(super) fn lower_words(reader: &mut TableReader<'_, '_>, key: &'static str) -> Vec<String> {
    let context = reader.context();
    let mut words = Vec::new();
    for word in reader.strings(key) {
        let lower = word.value.to_lowercase();
        let kept: String = lower.chars().filter(|c| !" -_.".contains(*c)).collect();
        if !kept.is_empty() && kept.chars().all(char::is_alphanumeric) {
            words.push(kept);
            continue;
        }
        let message = format!(
            "expected a word of letters and digits for `{key}`, found `{}`",
            word.value
        );
        context.report(word.at, code::BAD_VALUE, message, None);
    }
    words
}

/// Reads one `[[brand]]`; its domain must be one of those known.
pub(super) fn read_brand(
    mut table: TableReader<'_, '_>,
    known: &[&[String]],
) -> Option<BrandNames> {
    let context = table.context();
    let found = table.string("domain");
    let names = lower_words(&mut table, "names");
    table.finish();
    let found = found?;
    let domain = domain(context, &found, false)?;
    if !known.iter().any(|list| list.contains(&domain)) {
        let message = format!(
            "expected one of `official_domains` or `provider_domains` for `domain`, found `{domain}`"
        );
        let help = "add it to the list of its owner".to_owned();
        context.report(found.at, code::UNKNOWN_ID, message, Some(help));
        return None;
    }
    Some(BrandNames { domain, names })
}

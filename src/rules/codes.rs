//! Gateway code tables: `codes/gateways.toml` names the tables, `codes/NAME.tsv` holds the rows.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use regex::Regex;

use crate::document::{Context, Located, TableReader, code};
use crate::facts::half_width;
use crate::text::{Locale, Text};

use super::cause::Word;

/// Where in the way of a recharge a gateway stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The payment.
    Payment,
    /// The shop: orders and crediting.
    Shop,
    /// The supplier of the goods, called after payment.
    Supplier,
}

impl Word for Stage {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("payment", Self::Payment),
        ("shop", Self::Shop),
        ("supplier", Self::Supplier),
    ];
}

/// How surely a code names its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A hint.
    Low,
    /// Mostly.
    Medium,
    /// Surely.
    High,
}

impl Word for Certainty {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("low", Self::Low),
        ("medium", Self::Medium),
        ("high", Self::High),
    ];
}

/// What a code says about the payer's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Money {
    /// Refused before any money moved.
    Declined,
    /// The payer has paid.
    Taken,
    /// The recharge was delivered.
    Credited,
    /// The money went back.
    Refunded,
    /// Nobody has paid so far.
    Unpaid,
    /// May or may not have been taken: query before any retry.
    Unknown,
    /// The fault lies after payment.
    AfterPayment,
    /// Says nothing about money.
    Silent,
}

impl Word for Money {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("declined", Self::Declined),
        ("taken", Self::Taken),
        ("credited", Self::Credited),
        ("refunded", Self::Refunded),
        ("unpaid", Self::Unpaid),
        ("unknown", Self::Unknown),
        ("after-payment", Self::AfterPayment),
        ("-", Self::Silent),
    ];
}

/// One row of a code table.
#[derive(Debug, Clone)]
pub struct CodeRow {
    /// The code as the gateway spells it, `field=value` where it has several numeric fields.
    pub code: Cow<'static, str>,
    /// The gateway's own Chinese message; empty where none was seen.
    pub message: Cow<'static, str>,
    /// What it means, in Chinese and in English.
    pub meaning: [Cow<'static, str>; 2],
    /// The cause that it names, and how surely; none for success, pending and catch-all codes.
    pub cause: Option<(Cow<'static, str>, Certainty)>,
    /// Who acts: user, agent, bank, provider, platform.
    pub who: Cow<'static, str>,
    /// What it says about the payer's money.
    pub money: Money,
    /// Where this row comes from.
    pub source: Cow<'static, str>,
}

impl CodeRow {
    /// What it means, in one language.
    #[must_use]
    pub fn meaning(&self, locale: Locale) -> &str {
        let [zh, en] = &self.meaning;
        match locale {
            Locale::Zh => zh,
            Locale::En => en,
        }
    }
}

/// One code table.
#[derive(Debug)]
pub struct Gateway {
    /// File stem; a value of the fact `error.gateway`.
    pub id: String,
    /// What people read.
    pub name: Text,
    /// Tables of one family belong together, for example `alipay`.
    pub family: String,
    /// Where it stands.
    pub stage: Stage,
    /// Values of `payment.channel` with which it can occur; empty means any.
    pub channels: Vec<String>,
    /// Shape of a bare code that belongs here before any other table.
    pub pattern: Option<String>,
    /// Where the provider publishes the codes.
    pub published: String,
    /// The rows.
    pub rows: Vec<CodeRow>,
    shape: OnceLock<Option<Regex>>,
}

impl Gateway {
    /// Whether a bare code has the shape of this gateway's codes.
    #[must_use]
    pub fn claims(&self, code: &str) -> bool {
        let shape = self.shape.get_or_init(|| {
            self.pattern
                .as_deref()
                .and_then(|pattern| Regex::new(pattern).ok())
        });
        shape.as_ref().is_some_and(|shape| shape.is_match(code))
    }

    /// Whether this table is keyed by message rather than by code.
    #[must_use]
    pub fn keyed_by_message(&self) -> bool {
        self.id.starts_with("messages_")
    }
}

/// One reading of a code or message: a row of a gateway's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reading {
    gateway: usize,
    row: usize,
}

/// All code tables with their look-ups.
#[derive(Debug, Default)]
pub struct CodeTables {
    gateways: Vec<Gateway>,
    by_code: HashMap<String, Vec<Reading>>,
    by_message: HashMap<String, Vec<Reading>>,
    /// Length of the longest known message in normal form, in bytes.
    longest_message: usize,
}

/// No gateway's code is longer, in characters; what is longer is no code.
const LONGEST_CODE: usize = 120;

/// A code in the form in which codes are compared: half-width, upper-case, no brackets or spaces.
#[must_use]
pub fn normal_code(code: &str) -> String {
    code.trim()
        .chars()
        .take(LONGEST_CODE)
        .map(half_width)
        .filter(|c| !c.is_whitespace() && !matches!(c, '[' | ']' | '【' | '】' | '(' | ')'))
        .flat_map(char::to_uppercase)
        .collect()
}

/// A message in the form in which messages are compared: half-width, lower-case, letters and
/// digits only, so that punctuation and spacing do not matter.
#[must_use]
pub fn normal_message(message: &str) -> String {
    normal_chars(message).collect()
}

/// No gateway's message is longer, in letters and digits; what follows in a pasted page is not read.
const LONGEST_MESSAGE: usize = 200;

fn normal_chars(message: &str) -> impl Iterator<Item = char> {
    message
        .chars()
        .map(half_width)
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(LONGEST_MESSAGE)
}

/// The shortest message that may match as a prefix, in characters: two words of Chinese.
const SHORTEST_PREFIX: usize = 4;

impl CodeTables {
    /// Adds the gateways that `codes/gateways.toml` names, without rows.
    pub(super) fn read_gateways(&mut self, context: &Context<'_>) {
        let root = context.parse();
        let mut reader = TableReader::root(context, &root, "the list of gateways");
        let known = self.gateways.len();
        for table in reader.tables("gateway", "a gateway") {
            let at = table.at();
            let Some(gateway) = read_gateway(table, context) else {
                continue;
            };
            let same = self
                .gateways
                .iter()
                .position(|other| other.id == gateway.id);
            if let Some(index) = same.filter(|index| *index < known) {
                self.gateways[index] = gateway;
                continue;
            }
            if same.is_some() {
                let message = format!("expected each gateway once, found `{}` twice", gateway.id);
                context.report(at, code::DUPLICATE, message, None);
                continue;
            }
            self.gateways.push(gateway);
        }
        reader.finish();
    }

    /// Reads the rows of one table; the gateway must be known.
    #[expect(
        clippy::ptr_arg,
        reason = "whether the text is borrowed for good decides whether cells are copied"
    )]
    pub(super) fn read_rows(
        &mut self,
        id: &str,
        source: &Cow<'static, str>,
        context: &Context<'_>,
    ) {
        let Some(index) = self.gateways.iter().position(|gateway| gateway.id == id) else {
            let message = format!("expected a table that gateways.toml names, found `{id}`");
            let help = "add a [[gateway]] with this id to codes/gateways.toml".to_owned();
            context.report(0, code::UNKNOWN_ID, message, Some(help));
            return;
        };
        // Cells of built-in tables are borrowed: reading 1,200 rows at every start copies nothing.
        match source {
            Cow::Borrowed(text) => self.read_lines(index, text, Cow::Borrowed, context),
            Cow::Owned(text) => {
                self.read_lines(index, text, |cell| Cow::Owned(cell.to_owned()), context);
            }
        }
    }

    fn read_lines<'t>(
        &mut self,
        gateway: usize,
        text: &'t str,
        own: impl Fn(&'t str) -> Cow<'static, str>,
        context: &Context<'_>,
    ) {
        let mut at = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let start = at;
            at += line.len();
            let line = line.trim_end_matches(['\n', '\r']);
            if number == 0 {
                check_header(line, context);
                continue;
            }
            if line.is_empty() {
                continue;
            }
            match read_row(line, &own) {
                Ok(row) => self.insert(gateway, row),
                Err(message) => context.report(start, code::CODE_ROW, message, None),
            }
        }
    }

    fn insert(&mut self, gateway: usize, row: CodeRow) {
        let reading = Reading {
            gateway,
            row: self.gateways[gateway].rows.len(),
        };
        if !self.gateways[gateway].keyed_by_message() {
            let normal = normal_code(&row.code);
            if let Some((_, value)) = normal.split_once('=') {
                let bare = self.by_code.entry(value.to_owned()).or_default();
                bare.push(reading);
            }
            self.by_code.entry(normal).or_default().push(reading);
        }
        let message = normal_message(&row.message);
        // "失败" or "支付失败" is what everybody says; one gateway's code behind it proves nothing.
        let says_something = row.cause.is_some() || message.chars().count() > SHORTEST_PREFIX;
        if !message.is_empty() && says_something {
            self.longest_message = self.longest_message.max(message.len());
            self.by_message.entry(message).or_default().push(reading);
        }
        self.gateways[gateway].rows.push(row);
    }

    /// All gateways, in the order of the list.
    pub fn gateways(&self) -> impl ExactSizeIterator<Item = &Gateway> {
        self.gateways.iter()
    }

    /// The gateway and row of a reading.
    #[must_use]
    pub fn row(&self, reading: Reading) -> (&Gateway, &CodeRow) {
        let gateway = &self.gateways[reading.gateway];
        (gateway, &gateway.rows[reading.row])
    }

    /// Every reading of a code: rows with this code, also as the value of a `field=value` code.
    #[must_use]
    pub fn code(&self, code: &str) -> &[Reading] {
        self.by_code
            .get(&normal_code(code))
            .map_or(&[], Vec::as_slice)
    }

    /// Every reading of a message: rows with just this message, or else those whose message is
    /// the longest that this one begins with.
    #[must_use]
    pub fn message(&self, message: &str) -> &[Reading] {
        // What stands beyond the longest known message cannot match: a pasted page costs no more.
        let mut normal = String::new();
        for c in normal_chars(message) {
            if normal.len() > self.longest_message {
                break;
            }
            normal.push(c);
        }
        if let Some(exact) = self.by_message.get(&normal) {
            return exact;
        }
        let mut ends: Vec<usize> = normal.char_indices().map(|(at, _)| at).collect();
        ends.drain(..ends.len().min(SHORTEST_PREFIX));
        ends.iter()
            .rev()
            .find_map(|end| self.by_message.get(&normal[..*end]))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether some table lists just this message, or one that only an amount was put behind.
    #[must_use]
    pub fn is_listed_message(&self, message: &str) -> bool {
        let normal = normal_message(message);
        let without_amount = normal.trim_end_matches(|c: char| c.is_ascii_digit() || c == '元');
        self.by_message.contains_key(&normal) || self.by_message.contains_key(without_amount)
    }

    /// The known code nearest to an unlisted one.
    #[must_use]
    pub fn nearest(&self, code: &str) -> Option<&str> {
        let normal = normal_code(code);
        let mut codes: Vec<&str> = self.by_code.keys().map(String::as_str).collect();
        codes.sort_unstable();
        crate::document::nearest(&normal, codes.into_iter().filter(|code| code.len() > 3))
    }
}

fn read_gateway(mut table: TableReader<'_, '_>, context: &Context<'_>) -> Option<Gateway> {
    let id = table.string("id");
    let name = table.text("name");
    let family = table.string("family");
    let stage = Stage::read(&mut table, "stage");
    let channels = table.strings("channels");
    let pattern = table.opt_string("pattern");
    let published = table.string("published");
    table.finish();
    if let Some(found) = &pattern {
        check_pattern(found, context);
    }
    Some(Gateway {
        id: id?.value.to_owned(),
        name,
        family: family?.value.to_owned(),
        stage,
        channels: channels.iter().map(|word| word.value.to_owned()).collect(),
        pattern: pattern.map(|found| found.value.to_owned()),
        published: published?.value.to_owned(),
        rows: Vec::new(),
        shape: OnceLock::new(),
    })
}

/// Compiling a pattern costs more than reading all tables, so built-in ones are compiled when
/// first needed; here only the syntax is checked.
fn check_pattern(found: &Located<&str>, context: &Context<'_>) {
    if let Err(error) = regex_syntax::parse(found.value) {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default();
        let message = format!("expected a regular expression for `pattern`: {reason}");
        context.report(found.at, code::BAD_VALUE, message, None);
    }
}

/// The columns of a code table.
pub(super) const COLUMNS: [&str; 9] = [
    "code",
    "message_zh",
    "meaning_zh",
    "meaning_en",
    "cause",
    "certainty",
    "who_acts",
    "state",
    "source",
];

/// The position of the column that names the cause.
pub(super) const CAUSE: usize = 4;

fn check_header(line: &str, context: &Context<'_>) {
    if line.split('\t').ne(COLUMNS) {
        let message = format!(
            "expected the tab-separated columns {}, found `{line}`",
            COLUMNS.join(" ")
        );
        context.report(0, code::CODE_ROW, message, None);
    }
}

/// Reads one line; `own` keeps a cell beyond the life of the line.
fn read_row<'t>(
    line: &'t str,
    own: impl Fn(&'t str) -> Cow<'static, str>,
) -> Result<CodeRow, String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let Ok([code, message, zh, en, cause, certainty, who, state, origin]) =
        <[&str; 9]>::try_from(cells.as_slice())
    else {
        return Err(format!(
            "expected {} cells, found {}",
            COLUMNS.len(),
            cells.len()
        ));
    };
    let money = find_word::<Money>(state, "state")?;
    let cause = match cause {
        "-" => None,
        id => Some((own(id), find_word::<Certainty>(certainty, "certainty")?)),
    };
    Ok(CodeRow {
        code: own(code),
        message: own(message),
        meaning: [own(zh), own(en)],
        cause,
        who: own(who),
        money,
        source: own(origin),
    })
}

fn find_word<W: Word>(word: &str, column: &str) -> Result<W, String> {
    let found = W::WORDS.iter().find(|(known, _)| *known == word);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = W::WORDS.iter().map(|(known, _)| *known).collect();
        format!(
            "expected one of {} in the column {column}, found `{word}`",
            words.join(", ")
        )
    })
}

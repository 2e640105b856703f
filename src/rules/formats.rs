//! Formats of exported logs and bills, as data: how a file is recognised, which column carries
//! which fact, and what its status words mean.

mod extra;

use std::sync::OnceLock;

use regex::Regex;

use crate::document::{Context, Diagnostic, Located, TableReader, code, nearest};
use crate::facts::{Catalog, FactKey, FactValue, half_width};
use crate::text::Text;

use super::source::RuleFiles;

pub use extra::Extra;

/// What the rows of a format are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatKind {
    /// Orders of a shop or a gateway: one row is one recharge.
    Orders,
    /// A payment bill of a payer or a merchant: one row is one movement of money.
    Bill,
    /// Movements of money without orders.
    Ledger,
    /// Lines that a program logged.
    Log,
    /// Nothing that can be diagnosed: refused by name.
    Refused,
}

impl FormatKind {
    const WORDS: [&'static str; 5] = ["orders", "bill", "ledger", "log", "refused"];
    const ALL: [Self; 5] = [
        Self::Orders,
        Self::Bill,
        Self::Ledger,
        Self::Log,
        Self::Refused,
    ];
}

/// In what amounts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyUnit {
    /// Yuan, with decimals.
    Yuan,
    /// Whole fen.
    Fen,
}

impl MoneyUnit {
    /// The words in format files and output.
    pub const WORDS: [&'static str; 2] = ["yuan", "fen"];
    const ALL: [Self; 2] = [Self::Yuan, Self::Fen];

    /// The word in output.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// What a column carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A fact of the catalogue.
    Fact(FactKey),
    /// Something else.
    Extra(Extra),
}

/// Where a field is read: of several columns the first that is not empty counts. `a+b` joins two,
/// unless a column has that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSource {
    /// The field.
    pub field: Field,
    /// Column names, normalised.
    pub columns: Vec<String>,
}

/// One state of an order or payment, as words of columns tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusRule {
    /// Normalised column names with the words that fit; a `*` at the end fits any ending.
    pub when: Vec<(String, Vec<String>)>,
    /// The canonical state: a word of `order.status`.
    pub is: FactValue,
    /// Further facts that it settles.
    pub set: Vec<(FactKey, FactValue)>,
}

/// Which way money went, as the words of a column tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Direction {
    /// Normalised column names; the first that is there counts.
    pub column: Vec<String>,
    /// Words for money that left the owner of the bill.
    pub out: Vec<String>,
    /// Words for money that came.
    pub into: Vec<String>,
    /// Words for neither.
    pub neutral: Vec<String>,
}

/// A regular expression that is compiled when it is first needed: most runs read no log.
#[derive(Debug, Clone)]
pub struct Shape {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Shape {
    /// The compiled expression; none where it is larger than one may be, which a test rules out for
    /// built-in formats and loading for others.
    #[must_use]
    pub fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(&self.source).ok())
            .as_ref()
    }
}

/// One format.
#[derive(Debug, Clone)]
pub struct Format {
    /// Its short name in output, after the section that describes it.
    pub id: String,
    /// The name that people type.
    pub name: String,
    /// The name that people read.
    pub title: Text,
    /// What its rows are.
    pub kind: FormatKind,
    /// Normalised column names that must all be there.
    pub signature: Vec<String>,
    /// Normalised column names none of which may be there.
    pub without: Vec<String>,
    /// Names of SQL tables, whole or after the last `_`.
    pub table: Vec<String>,
    /// In what amounts are written.
    pub unit: MoneyUnit,
    /// Seconds east of Greenwich of times without a zone.
    pub zone: i32,
    /// The column whose unquoted commas shift the cells after it.
    pub realign: Option<String>,
    /// What to export instead, where the format is refused.
    pub advice: Option<Text>,
    /// Where fields are read.
    pub fields: Vec<FieldSource>,
    /// States, in order; the first that fits counts.
    pub status: Vec<StatusRule>,
    /// Which way money went.
    pub direction: Option<Direction>,
    /// The shape of a log line; its named groups are columns.
    pub line: Option<Shape>,
    /// What is picked out of the message of a log line; named groups are columns.
    pub extract: Vec<Shape>,
    /// Log lines that count: the words of a column.
    pub only: Vec<(String, Vec<String>)>,
}

/// All formats, in the order of their files.
#[derive(Debug, Clone, Default)]
pub struct Formats {
    list: Vec<Format>,
}

impl Formats {
    /// Reads the format files of a rule set.
    ///
    /// # Errors
    /// All mistakes of all files.
    pub fn load(files: &RuleFiles, catalog: &Catalog) -> Result<Self, Vec<Diagnostic>> {
        let mut formats = Self::default();
        let mut found = Vec::new();
        for file in files.under("formats/") {
            let context = Context::new(&file.shown, &file.text);
            let root = context.parse();
            let reader = TableReader::root(&context, &root, "a format");
            if let Some(format) = read_format(reader, catalog, file.layer > 0) {
                formats.insert(format);
            }
            found.extend(context.into_diagnostics());
        }
        if found.is_empty() {
            Ok(formats)
        } else {
            Err(found)
        }
    }

    /// A later file replaces an earlier one with the same id.
    fn insert(&mut self, format: Format) {
        match self.list.iter_mut().find(|known| known.id == format.id) {
            Some(known) => *known = format,
            None => self.list.push(format),
        }
    }

    /// Every format.
    pub fn iter(&self) -> impl Iterator<Item = &Format> {
        self.list.iter()
    }

    /// The format with this id or name, whatever the case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Format> {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        self.list
            .iter()
            .find(|format| is(&format.id) || is(&format.name))
    }
}

/// A column name as it is compared: without what surrounds it in files, half-width brackets, ASCII
/// lower case.
#[must_use]
pub fn normal_column(name: &str) -> String {
    let trimmed = name.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '\u{feff}' | '\u{3000}')
    });
    trimmed
        .chars()
        .map(half_width)
        .flat_map(char::to_lowercase)
        .collect()
}

fn read_format(mut reader: TableReader<'_, '_>, catalog: &Catalog, own: bool) -> Option<Format> {
    let context = reader.context();
    let id = reader.string("id")?.value.to_owned();
    let name = reader.string("name")?.value.to_owned();
    let kind = reader.word("kind", &FormatKind::WORDS);
    let unit = read_unit(&mut reader);
    let zone = read_zone(&mut reader);
    let names = |list: Vec<Located<&str>>| -> Vec<String> {
        list.into_iter().map(|it| normal_column(it.value)).collect()
    };
    let format = Format {
        title: reader.text("title"),
        kind: FormatKind::ALL[kind?],
        signature: names(reader.strings("signature")),
        without: names(reader.strings("without")),
        table: words(reader.strings("table")),
        unit,
        zone,
        realign: reader
            .opt_string("realign")
            .map(|found| normal_column(found.value)),
        advice: reader.opt_text("advice"),
        fields: read_fields(&mut reader, catalog),
        status: reader
            .tables("status", "a state")
            .into_iter()
            .filter_map(|state| read_status(state, catalog))
            .collect(),
        direction: reader
            .opt_table("direction", "the direction")
            .map(read_direction),
        line: reader
            .opt_string("line")
            .and_then(|found| read_regex(&found, context, own)),
        extract: reader
            .strings("extract")
            .iter()
            .filter_map(|found| read_regex(found, context, own))
            .collect(),
        only: reader
            .opt_table("only", "the lines that count")
            .map(read_words)
            .unwrap_or_default(),
        id,
        name,
    };
    if format.signature.is_empty() && format.line.is_none() && format.table.is_empty() {
        let message = "expected `signature`, `table` or `line`, found none of them";
        context.report(0, code::MISSING_KEY, message.to_owned(), None);
    }
    reader.finish();
    Some(format)
}

fn words(list: Vec<Located<&str>>) -> Vec<String> {
    list.into_iter().map(|it| it.value.to_owned()).collect()
}

fn read_unit(reader: &mut TableReader<'_, '_>) -> MoneyUnit {
    if reader.raw("unit").is_none() {
        return MoneyUnit::Yuan;
    }
    let found = reader.word("unit", &MoneyUnit::WORDS);
    found.map_or(MoneyUnit::Yuan, |index| MoneyUnit::ALL[index])
}

fn read_zone(reader: &mut TableReader<'_, '_>) -> i32 {
    let Some(found) = reader.opt_string("zone") else {
        return crate::facts::CHINA_OFFSET_S;
    };
    parse_zone(found.value).unwrap_or_else(|| {
        let message = format!("expected a zone such as +08:00, found `{}`", found.value);
        reader
            .context()
            .report(found.at, code::BAD_VALUE, message, None);
        crate::facts::CHINA_OFFSET_S
    })
}

/// Seconds east of Greenwich of `+08:00`, `-0330`, `Z` or `UTC`.
#[must_use]
pub fn parse_zone(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "UTC" | "utc") {
        return Some(0);
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = (number / 100, number % 100);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Reads a regular expression. Those of built-in formats are parsed only, which costs a hundredth.
fn read_regex(found: &Located<&str>, context: &Context<'_>, own: bool) -> Option<Shape> {
    let wrong = if own {
        Regex::new(found.value).err().map(|error| error.to_string())
    } else {
        regex_syntax::parse(found.value)
            .err()
            .map(|error| error.to_string())
    };
    if let Some(error) = wrong {
        let message = format!("expected a regular expression: {error}");
        context.report(found.at, code::BAD_VALUE, message, None);
        return None;
    }
    Some(Shape {
        source: found.value.to_owned(),
        compiled: OnceLock::new(),
    })
}

fn read_fields(reader: &mut TableReader<'_, '_>, catalog: &Catalog) -> Vec<FieldSource> {
    let Some(mut table) = reader.opt_table("columns", "the columns") else {
        return Vec::new();
    };
    let context = table.context();
    let mut fields = Vec::new();
    for (key, value) in table.entries() {
        let Some(field) = read_field(&key, catalog, context) else {
            continue;
        };
        let Some(list) = value.get_ref().as_array() else {
            let message = format!("expected a list of columns for `{}`", key.value);
            context.report(value.span().start, code::WRONG_TYPE, message, None);
            continue;
        };
        let names = list.iter().filter_map(|item| item.get_ref().as_str());
        let columns = names.map(normal_column);
        fields.push(FieldSource {
            field,
            columns: columns.collect(),
        });
    }
    fields
}

fn read_field(key: &Located<&str>, catalog: &Catalog, context: &Context<'_>) -> Option<Field> {
    if let Some((_, extra)) = Extra::ALL.iter().find(|(name, _)| *name == key.value) {
        return Some(Field::Extra(*extra));
    }
    match catalog.input_key(key.value) {
        Ok(fact) => Some(Field::Fact(fact)),
        Err(error) => {
            let near = nearest(key.value, Extra::ALL.iter().map(|(name, _)| *name));
            let help = near
                .map(|near| format!("did you mean `{near}`?"))
                .or(error.help);
            context.report(key.at, code::UNKNOWN_ID, error.message, help);
            None
        }
    }
}

fn read_status(mut reader: TableReader<'_, '_>, catalog: &Catalog) -> Option<StatusRule> {
    let context = reader.context();
    let when = reader
        .table("when", "the words of a state")
        .map(read_words)
        .unwrap_or_default();
    let is = reader.string("is");
    let set = reader
        .opt_table("set", "what a state settles")
        .map(|table| read_settled(table, catalog))
        .unwrap_or_default();
    reader.finish();
    let is = is?;
    let status = catalog.find("order.status")?;
    match catalog.spec(status).parse(is.value) {
        Ok(Some(is)) => Some(StatusRule { when, is, set }),
        Ok(None) => None,
        Err(error) => {
            context.report(is.at, code::BAD_VALUE, error.message, error.help);
            None
        }
    }
}

fn read_settled(mut table: TableReader<'_, '_>, catalog: &Catalog) -> Vec<(FactKey, FactValue)> {
    let context = table.context();
    let mut settled = Vec::new();
    for (key, value) in table.entries() {
        let text = value.get_ref().as_str().unwrap_or_default();
        let read = catalog
            .input_key(key.value)
            .and_then(|fact| Ok((fact, catalog.spec(fact).parse(text)?)));
        match read {
            Ok((fact, Some(value))) => settled.push((fact, value)),
            Ok((_, None)) => {
                let message = format!("expected a text with a value for `{}`", key.value);
                context.report(key.at, code::BAD_VALUE, message, None);
            }
            Err(error) => context.report(key.at, code::BAD_VALUE, error.message, error.help),
        }
    }
    settled
}

/// A table of column names with their words.
fn read_words(mut table: TableReader<'_, '_>) -> Vec<(String, Vec<String>)> {
    let context = table.context();
    let mut read = Vec::new();
    for (key, value) in table.entries() {
        let list = value.get_ref().as_array();
        let words = list.map(|list| {
            let texts = list.iter().filter_map(|item| item.get_ref().as_str());
            texts.map(str::to_owned).collect::<Vec<_>>()
        });
        match words {
            Some(words) => read.push((normal_column(key.value), words)),
            None => {
                let message = format!("expected a list of words for `{}`", key.value);
                context.report(value.span().start, code::WRONG_TYPE, message, None);
            }
        }
    }
    read
}

fn read_direction(mut reader: TableReader<'_, '_>) -> Direction {
    let columns = reader.strings("column");
    let direction = Direction {
        column: columns.iter().map(|it| normal_column(it.value)).collect(),
        out: words(reader.strings("out")),
        into: words(reader.strings("in")),
        neutral: words(reader.strings("neutral")),
    };
    reader.finish();
    direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_in_their_spellings() {
        for (text, seconds) in [
            ("+08:00", Some(28_800)),
            ("+0000", Some(0)),
            ("Z", Some(0)),
            ("-03:30", Some(-12_600)),
            ("+8", None),
            ("Asia/Shanghai", None),
            ("+25:00", None),
        ] {
            assert_eq!(parse_zone(text), seconds, "{text}");
        }
    }

    #[test]
    fn column_names_are_compared_without_their_dress() {
        assert_eq!(normal_column(" `金额（元） \t"), "金额(元)");
        assert_eq!(normal_column("\u{feff}\"Order_ID\""), "order_id");
    }
}

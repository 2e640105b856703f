//! A case file: one JSON object, nested by group (`{"order":{"amount":"500.00"}}`) or with dotted
//! keys (`{"order.amount":"500.00"}`), or both.
//!
//! The object is read in one pass through serde, so that every complaint has its line and column
//! and deep nesting cannot exhaust the stack (`serde_json` stops at 128 levels).

use std::fmt;
use std::io::Read;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

use crate::facts::{Catalog, FactKey, FactSpec, FactType, FactValue, Source, ValueError};

use super::case::Case;

/// The largest case file, in bytes. A case is some hundred bytes; a pasted page may be a megabyte.
pub const LARGEST_CASE: u64 = 16 << 20;

/// The key under which a case file may give the name of the case.
const CASE_NAME: &str = "case";

/// Why a case file cannot be used.
#[derive(Debug, Error)]
pub enum IntakeError {
    /// It cannot be read.
    #[error("expected a readable case file")]
    Read(#[from] std::io::Error),
    /// It is too large to be one case.
    #[error("expected one case of at most {} MiB, found more", LARGEST_CASE >> 20)]
    TooLarge,
    /// It is not UTF-8.
    #[error("line {line}, column {column}: expected UTF-8 text, found the byte 0x{byte:02x}")]
    Encoding {
        /// Line of the first wrong byte, from 1.
        line: usize,
        /// Column of it in characters, from 1.
        column: usize,
        /// The byte.
        byte: u8,
    },
    /// It is not the JSON of a case.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was expected and what was found.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
}

/// Where to look when a mistake names no better place.
const SCHEMA_HELP: &str = "`recharge-doctor facts --format json-schema` describes case files";

impl IntakeError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Read(_) => None,
            Self::TooLarge => {
                Some("one file is one case; leave out what is not about this recharge")
            }
            Self::Encoding { .. } => Some("save the file as UTF-8"),
            Self::Json { help, .. } => Some(help.as_deref().unwrap_or(SCHEMA_HELP)),
        }
    }
}

/// Reads one case.
///
/// # Errors
/// The first thing that is wrong, with line and column.
pub fn read_case(reader: impl Read, catalog: &Catalog) -> Result<Case, IntakeError> {
    let mut bytes = Vec::new();
    reader.take(LARGEST_CASE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_CASE {
        return Err(IntakeError::TooLarge);
    }
    let text =
        std::str::from_utf8(&bytes).map_err(|error| encoding(&bytes, error.valid_up_to()))?;
    parse(text.strip_prefix('\u{feff}').unwrap_or(text), catalog)
}

fn encoding(bytes: &[u8], at: usize) -> IntakeError {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let (line, column) = crate::document::line_column(&before, before.len());
    IntakeError::Encoding {
        line,
        column,
        byte: bytes[at],
    }
}

/// Marks the help inside a serde message, which is all that a custom error can carry.
const HELP: char = '\u{1}';

fn parse(text: &str, catalog: &Catalog) -> Result<Case, IntakeError> {
    if text.trim().is_empty() {
        return Err(IntakeError::Json {
            line: 1,
            column: 1,
            message: "expected a JSON object with facts, found nothing".into(),
            help: Some("an empty case is {}".into()),
        });
    }
    let mut reader = CaseReader {
        catalog,
        case: Case::new(catalog),
        seen: Vec::new(),
    };
    let mut json = serde_json::Deserializer::from_str(text);
    Object {
        reader: &mut reader,
        prefix: "",
    }
    .deserialize(&mut json)
    .and_then(|()| json.end())
    .map_err(|error| wrong(&error))?;
    Ok(reader.case)
}

fn wrong(error: &serde_json::Error) -> IntakeError {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let text = text.strip_suffix(&place).unwrap_or(&text);
    let (message, help) = match text.split_once(HELP) {
        Some((message, help)) => {
            let help = Some(help).filter(|help| !help.is_empty());
            (message.to_owned(), help.map(str::to_owned))
        }
        None if error.is_eof() => (
            "expected the rest of the JSON object, found the end of the file".to_owned(),
            Some("the file was cut off; export it again".to_owned()),
        ),
        None if text.contains("recursion limit") => (
            "expected facts, found brackets nested too deeply".to_owned(),
            None,
        ),
        None => (format!("expected the JSON of a case: {text}"), None),
    };
    IntakeError::Json {
        line: error.line(),
        column: error.column(),
        message,
        help,
    }
}

fn complain<E: de::Error>(message: &str, help: Option<&str>) -> E {
    // Keys and values of the file stand in messages; theirs must not pass for the mark.
    let [message, help] = [message, help.unwrap_or_default()].map(|text| text.replace(HELP, " "));
    E::custom(format!("{message}{HELP}{help}"))
}

fn complain_of<E: de::Error>(error: &ValueError) -> E {
    complain(&error.message, error.help.as_deref())
}

struct CaseReader<'c> {
    catalog: &'c Catalog,
    case: Case,
    seen: Vec<FactKey>,
}

impl CaseReader<'_> {
    /// Whether some fact has this key or begins with it: a group.
    fn is_group(&self, key: &str) -> bool {
        let dotted = format!("{key}.");
        self.catalog
            .specs()
            .any(|spec| !spec.derived && spec.key.starts_with(&dotted))
    }
}

/// Reads an object whose keys continue `prefix`.
struct Object<'o, 'c> {
    reader: &'o mut CaseReader<'c>,
    prefix: &'o str,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl Object<'_, '_> {
    fn unexpected<E: de::Error>(&self, found: &str) -> E {
        if self.prefix.is_empty() {
            let help = (found == "a list").then_some("one file is one case: give a single object");
            return complain(
                &format!("expected a JSON object with facts, found {found}"),
                help,
            );
        }
        let message = format!(
            "expected an object with the facts of `{}`, found {found}",
            self.prefix
        );
        complain(&message, None)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object with facts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let dotted = if self.prefix.is_empty() {
                key
            } else {
                format!("{}.{key}", self.prefix)
            };
            if dotted == CASE_NAME && self.reader.case.id.is_some() {
                let help = "leave only one of the two";
                return Err(complain("expected `case` once, found it twice", Some(help)));
            }
            if dotted == CASE_NAME {
                map.next_value_seed(Name {
                    reader: self.reader,
                })?;
                continue;
            }
            if self.reader.is_group(&dotted) {
                map.next_value_seed(Object {
                    reader: self.reader,
                    prefix: &dotted,
                })?;
                continue;
            }
            let fact = self
                .reader
                .catalog
                .input_key(&dotted)
                .map_err(|error| complain_of(&error))?;
            if self.reader.seen.contains(&fact) {
                let help = "leave only one of the two";
                return Err(complain(
                    &format!("expected each fact once, found `{dotted}` twice"),
                    Some(help),
                ));
            }
            self.reader.seen.push(fact);
            map.next_value_seed(Value {
                reader: self.reader,
                fact,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.unexpected("a list"))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Err(self.unexpected("a text"))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Err(self.unexpected("true or false"))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        Err(self.unexpected("a number"))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        Err(self.unexpected("a number"))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        Err(self.unexpected("a number"))
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        if self.prefix.is_empty() {
            return Err(self.unexpected("null"));
        }
        Ok(())
    }
}

/// Reads the name of the case: a text or a number.
struct Name<'o, 'c> {
    reader: &'o mut CaseReader<'c>,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Name<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of the case as a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.reader.case.id = Some(text.to_owned());
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.visit_str(&number.to_string())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// From here on a floating-point number does not hold every fen (2^53 of them).
const EXACT_YUAN: f64 = 90_000_000_000_000.0;

/// Whole numbers below 2^53 are exact as floating-point numbers.
const EXACT_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Reads the value of one fact.
struct Value<'o, 'c> {
    reader: &'o mut CaseReader<'c>,
    fact: FactKey,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl Value<'_, '_> {
    fn spec(&self) -> &FactSpec {
        self.reader.catalog.spec(self.fact)
    }

    fn unexpected<E: de::Error>(&self, found: &str) -> E {
        let spec = self.spec();
        complain(
            &format!("{}: expected {}, found {found}", spec.key, spec.expected()),
            None,
        )
    }

    fn keep<E: de::Error>(self, value: FactValue) -> Result<(), E> {
        let value = self
            .spec()
            .in_range(value)
            .map_err(|error| complain_of(&error))?;
        self.reader.case.facts.set(self.fact, value, Source::Record);
        Ok(())
    }

    /// A number: as it stands for numbers, through its text for money, times and codes.
    fn number<E: de::Error>(self, text: &str, whole: Option<i64>, number: f64) -> Result<(), E> {
        // A whole number that an export wrote as a float is its digits, as long as it holds them all.
        let exact = number.fract() == 0.0 && number.abs() < EXACT_WHOLE;
        match (self.spec().kind, whole) {
            (FactType::Int, Some(whole)) => self.keep(FactValue::Int(whole)),
            (FactType::Number, _) => self.keep(FactValue::Number(number)),
            (FactType::Money, None) if number.abs() >= EXACT_YUAN => {
                let help = "write large amounts as texts: \"90071992547409.93\"";
                let message = format!(
                    "{}: expected an amount below {EXACT_YUAN} yuan as a number, found {text}",
                    self.spec().key
                );
                Err(complain(&message, Some(help)))
            }
            (FactType::Money, _) => self.visit_str(text),
            (FactType::Time | FactType::Enum, Some(_)) => self.visit_str(text),
            // Phone and card numbers that an export wrote as numbers.
            (FactType::Text, whole) if whole.is_some() || exact => self.visit_str(text),
            _ if self.spec().masked => Err(self.unexpected("a number")),
            _ => Err(self.unexpected(&format!("the number {text}"))),
        }
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spec().expected())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        let parsed = self
            .spec()
            .parse(text)
            .map_err(|error| complain_of(&error))?;
        match parsed {
            Some(value) => self.keep(value),
            None => Ok(()),
        }
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        if self.spec().kind == FactType::Bool {
            return self.keep(FactValue::Bool(value));
        }
        Err(self.unexpected(if value { "true" } else { "false" }))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        #[expect(clippy::cast_precision_loss, reason = "a measured number, not money")]
        let float = number as f64;
        self.number(&number.to_string(), Some(number), float)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        if self.spec().kind == FactType::Text {
            return self.visit_str(&number.to_string());
        }
        #[expect(clippy::cast_precision_loss, reason = "a measured number, not money")]
        let float = number as f64;
        self.number(&number.to_string(), i64::try_from(number).ok(), float)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.number(&number.to_string(), None, number)
    }

    /// `null` is "not known".
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.unexpected("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.unexpected("an object"))
    }
}

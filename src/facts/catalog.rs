//! The fact catalogue: `rules/facts.toml`, the only place where a fact is declared.

use std::collections::HashMap;

use crate::document::{Context, TableReader, code, nearest};
use crate::text::Text;

use super::amount::{Fen, half_width};
use super::moment::Moment;
use super::value::{FactKey, FactType, FactValue};

/// Who can best answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// A probe, the profile, a log, the batch.
    System,
    /// The support agent.
    Agent,
    /// The user.
    User,
}

impl Asker {
    const WORDS: [&'static str; 3] = ["system", "agent", "user"];
    const ALL: [Self; 3] = [Self::System, Self::Agent, Self::User];

    /// The word in `rules/facts.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Agent => "agent",
            Self::User => "user",
        }
    }
}

/// One word of an enum fact.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// The word in case files and conditions.
    pub value: String,
    /// What people read.
    pub label: Text,
    /// Other spellings that input may use.
    pub aliases: Vec<String>,
}

/// The declaration of one fact.
#[derive(Debug, Clone)]
pub struct FactSpec {
    /// Dotted key, for example `order.amount`.
    pub key: String,
    /// Its type.
    pub kind: FactType,
    /// Unit as text, for example `ms`.
    pub unit: Option<String>,
    /// Whether the value is private.
    pub masked: bool,
    /// Whether the value is free text, in which private numbers may stand.
    pub prose: bool,
    /// Whether the value is worked out, never given.
    pub derived: bool,
    /// Facts from which a derived fact is worked out, most telling first.
    pub from: Vec<String>,
    /// What absence means, where a closed-world reading is right.
    pub when_missing: Option<bool>,
    /// Smallest and largest sensible value of an `int` or `number`.
    pub range: Option<(f64, f64)>,
    /// Short noun phrase.
    pub meaning: Text,
    /// Question that a person can answer; derived facts have none.
    pub question: Option<Text>,
    /// Who can best answer.
    pub ask: Asker,
    /// Effort to answer, 1 (a glance) to 5 (rarely possible).
    pub cost: u8,
    /// Column headings that carry this fact.
    pub aliases: Vec<String>,
    /// The words of an enum.
    pub values: Vec<EnumValue>,
}

/// A value that does not fit its fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    /// What was expected and what was found.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Where to look when no key or value is near to what was given.
const FACTS_HELP: &str = "`recharge-doctor facts` lists all keys with their types and values";

/// All facts, by position and by key.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    specs: Vec<FactSpec>,
    by_key: HashMap<String, FactKey>,
}

impl Catalog {
    /// Reads `rules/facts.toml` (or a file that adds facts to it); mistakes are left in `context`.
    pub fn extend(&mut self, context: &Context<'_>) {
        let root = context.parse();
        let mut reader = TableReader::root(context, &root, "the fact catalogue");
        let known = self.specs.len();
        for mut fact in reader.tables("fact", "a fact") {
            if let Some(spec) = read_spec(&mut fact) {
                self.insert(spec, known, context, fact.at());
            }
            fact.finish();
        }
        reader.finish();
    }

    /// Adds a fact. A later file may declare a fact again, with other words, but never with
    /// another type: rules and cases rely on it.
    fn insert(&mut self, spec: FactSpec, known: usize, context: &Context<'_>, at: usize) {
        let Some(key) = self.by_key.get(&spec.key).copied() else {
            if let Ok(position) = u16::try_from(self.specs.len()) {
                self.by_key.insert(spec.key.clone(), FactKey(position));
                self.specs.push(spec);
            }
            return;
        };
        let old = &self.specs[key.index()];
        let (message, help) = if key.index() >= known {
            let message = format!("expected each fact once, found `{}` twice", spec.key);
            (message, "leave only one of the two")
        } else if old.kind != spec.kind {
            let message = format!(
                "expected the type {} for `{}`, found {}",
                old.kind.name(),
                spec.key,
                spec.kind.name()
            );
            (message, "the type of a fact is fixed: choose another key")
        } else {
            self.specs[key.index()] = spec;
            return;
        };
        context.report(at, code::DUPLICATE, message, Some(help.to_owned()));
    }

    /// The declaration of a fact.
    #[must_use]
    pub fn spec(&self, key: FactKey) -> &FactSpec {
        &self.specs[key.index()]
    }

    /// The fact with this dotted key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<FactKey> {
        self.by_key.get(key).copied()
    }

    /// All declarations in catalogue order.
    pub fn specs(&self) -> impl ExactSizeIterator<Item = &FactSpec> {
        self.specs.iter()
    }

    /// All positions with their declarations.
    pub fn entries(&self) -> impl Iterator<Item = (FactKey, &FactSpec)> {
        self.specs
            .iter()
            .enumerate()
            .map(|(index, spec)| (FactKey(u16::try_from(index).unwrap_or(u16::MAX)), spec))
    }

    /// How many facts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.specs.len()
    }

    /// Whether there is no fact at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }

    /// The fact that input may give under this key, or what is wrong with the key.
    ///
    /// # Errors
    /// Unknown keys, with the nearest one; derived facts, with the facts to give instead.
    pub fn input_key(&self, key: &str) -> Result<FactKey, ValueError> {
        let Some(found) = self.find(key) else {
            let given = self.specs.iter().filter(|spec| !spec.derived);
            let help = match nearest(key, given.map(|spec| spec.key.as_str()))
                .or_else(|| self.by_last_part(key))
            {
                Some(near) => format!("did you mean `{near}`?"),
                None => FACTS_HELP.to_owned(),
            };
            return Err(ValueError {
                message: format!("expected a key of the fact catalogue, found `{key}`"),
                help: Some(help),
            });
        };
        let spec = self.spec(found);
        if spec.derived {
            return Err(ValueError {
                message: format!(
                    "expected a fact that can be given, found `{key}`, which is worked out"
                ),
                help: Some(format!("give {} instead", spec.from.join(" or "))),
            });
        }
        Ok(found)
    }

    /// The only fact whose key ends in the last part of a mistyped key.
    fn by_last_part(&self, key: &str) -> Option<&str> {
        let last = key.rsplit('.').next()?;
        let mut same = self
            .specs
            .iter()
            .filter(|spec| !spec.derived && spec.key.rsplit('.').next() == Some(last));
        let only = same.next()?;
        same.next().is_none().then_some(only.key.as_str())
    }
}

impl FactSpec {
    /// Reads a text as a value of this fact; an empty text is no value.
    ///
    /// # Errors
    /// Says what was expected and what was found; masked values are not repeated.
    pub fn parse(&self, text: &str) -> Result<Option<FactValue>, ValueError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        let value = match self.kind {
            FactType::Bool => FactValue::Bool(read_bool(trimmed).ok_or_else(|| self.wrong(text))?),
            FactType::Int => {
                let plain: String = trimmed.chars().map(half_width).collect();
                FactValue::Int(plain.parse().map_err(|_| self.wrong(text))?)
            }
            FactType::Number => {
                let plain: String = trimmed.chars().map(half_width).collect();
                let number: f64 = plain.parse().map_err(|_| self.wrong(text))?;
                FactValue::Number(number)
            }
            FactType::Money => {
                FactValue::Money(trimmed.parse::<Fen>().map_err(|error| ValueError {
                    message: format!("{}: {error}", self.key),
                    help: Some("give yuan, with at most two decimals".into()),
                })?)
            }
            FactType::Time => {
                FactValue::Time(trimmed.parse::<Moment>().map_err(|error| ValueError {
                    message: format!("{}: {error}", self.key),
                    help: Some("give date, time and zone; without a zone +08:00 is assumed".into()),
                })?)
            }
            FactType::Enum => FactValue::text(self.word(trimmed).ok_or_else(|| self.wrong(text))?),
            FactType::Text | FactType::List => FactValue::text(text),
        };
        self.in_range(value).map(Some)
    }

    /// Checks a number against the declared range.
    ///
    /// # Errors
    /// Numbers that are not finite or out of range.
    pub fn in_range(&self, value: FactValue) -> Result<FactValue, ValueError> {
        let number = match value {
            #[expect(
                clippy::cast_precision_loss,
                reason = "only compared with a small range"
            )]
            FactValue::Int(number) => number as f64,
            FactValue::Number(number) => number,
            #[expect(
                clippy::cast_precision_loss,
                reason = "only compared with a small range"
            )]
            FactValue::Money(Fen(fen)) => fen as f64 / 100.0,
            other => return Ok(other),
        };
        let (low, high) = self.range.unwrap_or((f64::MIN, f64::MAX));
        if number.is_finite() && (low..=high).contains(&number) {
            return Ok(value);
        }
        Err(ValueError {
            message: format!("{}: expected {}, found {value}", self.key, self.expected()),
            help: Some(FACTS_HELP.into()),
        })
    }

    /// The word of an enum that a text means: the word itself, its label, or an alias.
    #[must_use]
    pub fn word(&self, text: &str) -> Option<&str> {
        if let Some(exact) = self.values.iter().find(|value| value.value == text) {
            return Some(&exact.value);
        }
        let lower: String = text
            .chars()
            .map(half_width)
            .collect::<String>()
            .to_lowercase();
        let means = |value: &&EnumValue| {
            value.value == lower
                || value.label.zh == lower
                || value.label.en.to_lowercase() == lower
                || value
                    .aliases
                    .iter()
                    .any(|alias| alias.to_lowercase() == lower)
        };
        self.values
            .iter()
            .find(means)
            .map(|value| value.value.as_str())
    }

    /// What a value of this fact looks like, for messages.
    #[must_use]
    pub fn expected(&self) -> String {
        let range = self.range.map(|(low, high)| {
            if high >= f64::from(i32::MAX) {
                format!(" of at least {low}")
            } else {
                format!(" from {low} to {high}")
            }
        });
        match self.kind {
            FactType::Bool => "yes or no (true or false)".into(),
            FactType::Int => format!("a whole number{}", range.unwrap_or_default()),
            FactType::Number => format!("a number{}", range.unwrap_or_default()),
            FactType::Money => {
                let range = range.unwrap_or_default();
                format!("an amount in yuan{range} such as \"500.00\"")
            }
            FactType::Time => "a time such as \"2026-11-20T23:58:00+08:00\"".into(),
            FactType::Text => "a text".into(),
            FactType::List => "a list".into(),
            FactType::Enum => {
                let words: Vec<&str> = self.values.iter().map(|v| v.value.as_str()).collect();
                format!("one of {}", words.join(", "))
            }
        }
    }

    fn wrong(&self, found: &str) -> ValueError {
        let shown = if self.masked { "another text" } else { found };
        let near = nearest(
            &found.to_lowercase(),
            self.values.iter().map(|value| value.value.as_str()),
        );
        ValueError {
            message: format!(
                "{}: expected {}, found `{shown}`",
                self.key,
                self.expected()
            ),
            help: Some(near.map_or_else(
                || FACTS_HELP.to_owned(),
                |near| format!("did you mean `{near}`?"),
            )),
        }
    }
}

fn read_bool(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" | "有" | "已" => Some(true),
        "false" | "no" | "n" | "0" | "否" | "无" | "没有" | "未" => Some(false),
        _ => None,
    }
}

fn read_spec(reader: &mut TableReader<'_, '_>) -> Option<FactSpec> {
    let key = reader.string("key");
    let names = FactType::NAMES.map(|(name, _)| name);
    let kind = reader.word("type", &names).map(|i| FactType::NAMES[i].1);
    let derived = reader.bool_or("derived", false);
    let unit = reader.opt_string("unit").map(|unit| unit.value.to_owned());
    let spec = FactSpec {
        key: key.map(|key| key.value.to_owned()).unwrap_or_default(),
        kind: kind.unwrap_or(FactType::Text),
        unit,
        masked: reader.bool_or("masked", false),
        prose: reader.bool_or("prose", false),
        derived,
        from: owned(reader.strings("from")),
        when_missing: reader
            .raw("when_missing")
            .map(|_| reader.bool_or("when_missing", false)),
        range: read_range(reader),
        meaning: reader.text("meaning"),
        question: if derived {
            reader.opt_text("question")
        } else {
            Some(reader.text("question"))
        },
        ask: if derived {
            Asker::System
        } else {
            reader
                .word("ask", &Asker::WORDS)
                .map_or(Asker::User, |i| Asker::ALL[i])
        },
        cost: if derived { 1 } else { read_cost(reader) },
        aliases: owned(reader.strings("aliases")),
        values: reader
            .tables("values", "a value")
            .into_iter()
            .map(read_value)
            .collect(),
    };
    (!spec.key.is_empty() && kind.is_some()).then_some(spec)
}

fn read_cost(reader: &mut TableReader<'_, '_>) -> u8 {
    let cost = reader.whole("cost", 1.0..5.0).unwrap_or(1);
    u8::try_from(cost).unwrap_or(1)
}

fn read_range(reader: &mut TableReader<'_, '_>) -> Option<(f64, f64)> {
    let low = reader.opt_number("min", f64::MIN..f64::MAX);
    let high = reader.opt_number("max", f64::MIN..f64::MAX);
    (low.is_some() || high.is_some()).then(|| (low.unwrap_or(f64::MIN), high.unwrap_or(f64::MAX)))
}

fn read_value(mut reader: TableReader<'_, '_>) -> EnumValue {
    let value = reader.string("value").map(|value| value.value.to_owned());
    let label = reader.languages(value.as_deref().unwrap_or("value"));
    let aliases = owned(reader.strings("aliases"));
    reader.finish();
    EnumValue {
        value: value.unwrap_or_default(),
        label,
        aliases,
    }
}

fn owned(list: Vec<crate::document::Located<&str>>) -> Vec<String> {
    list.into_iter().map(|item| item.value.to_owned()).collect()
}

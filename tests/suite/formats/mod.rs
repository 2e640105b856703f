//! Every known format is read as it really is.

mod fixtures;
mod oddities;
mod samples;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use recharge_doctor::facts::{Facts, Fen};
use recharge_doctor::intake::layout::{Row, Scope, Wanted};
use recharge_doctor::intake::records::Chunk;
use recharge_doctor::intake::source::{Input, Limits};
use recharge_doctor::intake::{ChunkText, Export, ExportError, Outcome, Survey, open_exports};
use recharge_doctor::rules::{Extra, Field, Formats, RuleFiles};

use crate::support::built_in;

/// Built-in formats, loaded once.
fn formats() -> &'static Formats {
    static FORMATS: OnceLock<Formats> = OnceLock::new();
    FORMATS.get_or_init(|| {
        let loaded = Formats::load(&RuleFiles::built_in(), &built_in().catalog);
        loaded.unwrap_or_else(|found| panic!("{found:?}"))
    })
}

fn opened(path: &Path) -> Result<Vec<Export<'static>>, ExportError> {
    opened_as(path, &Wanted::default())
}

fn opened_as(path: &Path, wanted: &Wanted) -> Result<Vec<Export<'static>>, ExportError> {
    let input = Input::File(path.to_owned());
    let catalog = &built_in().catalog;
    open_exports(&input, Limits::default(), formats(), catalog, wanted)
}

/// What one row says.
#[derive(Debug, Default)]
struct Found {
    line: u64,
    facts: BTreeMap<String, String>,
    left_out: bool,
}

impl Found {
    fn of(&self, key: &str) -> Option<&str> {
        self.facts.get(key).map(String::as_str)
    }

    fn fen(&self, key: &str) -> i64 {
        let amount = self.of(key).and_then(|text| text.parse::<Fen>().ok());
        amount.map_or(0, |fen| fen.0)
    }
}

const EXTRAS: [&str; 10] = [
    "amount.in",
    "amount.out",
    "fee",
    "refunded",
    "credited",
    "second_id",
    "ip",
    "balance",
    "kind",
    "received",
];

/// Extra fields that are money.
const MONEY: [&str; 7] = [
    "amount.in",
    "amount.out",
    "fee",
    "refunded",
    "credited",
    "balance",
    "received",
];

/// Every row of an export.
fn rows(export: &Export<'_>) -> Vec<Found> {
    let catalog = &built_in().catalog;
    let mut reader = export.reader(catalog, Scope::Everything);
    let mut chunks = export.chunks().expect("readable");
    let mut row = Row::default();
    let blank = Facts::new(catalog).begun();
    let mut given = blank.clone();
    let mut found = Vec::new();
    while let Some(chunk) = chunks.next_chunk(Chunk::default()).expect("readable") {
        let text = ChunkText::new(&chunk, export.encoding);
        for record in &chunk.records {
            given.restore(&blank);
            if reader.read(&text, record, &mut row, &mut given) != Outcome::Row {
                continue;
            }
            let known = given.given().filter_map(|key| Some((key, given.get(key)?)));
            let mut facts: BTreeMap<String, String> = known
                .map(|(key, value)| (catalog.spec(key).key.clone(), value.to_string()))
                .collect();
            for name in EXTRAS {
                let field = Field::Extra(Extra::find(name).expect("an extra field"));
                let fen = reader.fen(&text, record, field);
                let value = match fen.filter(|_| MONEY.contains(&name)) {
                    Some(fen) => Some(Fen(fen).to_string()),
                    None => reader.cell(&text, record, field),
                };
                facts.extend(value.map(|value| (name.to_owned(), value)));
            }
            if let Some(fen) = row.amount {
                facts.insert("moved".to_owned(), Fen(fen).to_string());
            }
            found.push(Found {
                line: record.line,
                facts,
                left_out: row.left_out,
            });
        }
    }
    found
}

/// The only export of a file that is read.
fn only(path: &Path) -> Export<'static> {
    let mut exports = opened(path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(exports.len(), 1, "{}", path.display());
    exports.remove(0)
}

fn survey(export: &Export<'_>) -> Survey {
    Survey::of(export, &built_in().catalog).expect("readable")
}

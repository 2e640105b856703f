//! Labelled tickets: one JSON object a line, with a text or facts and the causes that are right.

use std::io::BufRead;

use serde_json::Value;
use thiserror::Error;

/// The longest line, in bytes.
const LONGEST_LINE: usize = 16 << 20;

/// One labelled ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// Its name; the line number where the row gives none.
    pub id: String,
    /// The case as JSON: the facts of the row, with its text as the fact `text`.
    pub case: Value,
    /// The causes, the one to mend first first; empty where nobody can tell.
    pub causes: Vec<String>,
    /// Causes that must not be reported as likely.
    pub not: Vec<String>,
    /// Whether the recharge succeeded.
    pub healthy: bool,
    /// `blocked` or `allowed`, where that is known.
    pub pay_again: Option<String>,
    /// Facts of which one should be asked for.
    pub asks_any_of: Vec<String>,
}

impl Labelled {
    /// The free text of the ticket, if it has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.case.get("text")?.as_str()
    }
}

/// A line that is no labelled ticket.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line}: {message}")]
pub struct LabelError {
    /// Line, from 1.
    pub line: usize,
    /// What was expected and what was found.
    pub message: String,
}

/// Reads every line. Rows that are wrong are complained of; the rest is read all the same.
///
/// # Errors
/// A reader that fails.
pub fn read(mut input: impl BufRead) -> std::io::Result<(Vec<Labelled>, Vec<LabelError>)> {
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        match row(&bytes, line) {
            Ok(row) => rows.push(row),
            Err(message) => wrong.push(LabelError { line, message }),
        }
    }
    Ok((rows, wrong))
}

fn row(bytes: &[u8], line: usize) -> Result<Labelled, String> {
    if bytes.len() > LONGEST_LINE {
        return Err(format!(
            "expected at most {LONGEST_LINE} bytes, found {}",
            bytes.len()
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| format!("expected a JSON object, found something else: {error}"))?;
    let Value::Object(mut fields) = value else {
        return Err("expected a JSON object, found another value".to_owned());
    };
    let mut words = |key: &str| match fields.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => items
            .into_iter()
            .map(|item| match item {
                Value::String(word) => Ok(word),
                other => Err(format!(
                    "expected a list of texts for `{key}`, found {other} in it"
                )),
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Some),
        Some(_) => Err(format!("expected a list of texts for `{key}`")),
    };
    let causes = words("causes")?.ok_or("expected the key `causes`, found none")?;
    let not = words("not")?.unwrap_or_default();
    let asks_any_of = words("asks_any_of")?.unwrap_or_default();
    let id = match fields.remove("id") {
        Some(Value::String(id)) => id,
        Some(other) if !other.is_null() => other.to_string(),
        _ => format!("line {line}"),
    };
    let healthy = fields
        .get("healthy")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let pay_again = fields
        .get("pay_again")
        .and_then(Value::as_str)
        .map(str::to_owned);
    // The text alone is the ticket; what else such a row says is what can be read from it.
    let case = match (fields.remove("text"), fields.remove("facts")) {
        (Some(text @ Value::String(_)), _) => serde_json::json!({ "text": text }),
        (None | Some(Value::Null), Some(facts @ Value::Object(_))) => facts,
        (None | Some(Value::Null), None) => {
            return Err("expected the key `text` or `facts`, found neither".to_owned());
        }
        (None | Some(Value::Null), Some(_)) => {
            return Err("expected an object for `facts`".to_owned());
        }
        (Some(_), _) => return Err("expected a text for `text`".to_owned()),
    };
    Ok(Labelled {
        id,
        case,
        causes,
        not,
        healthy,
        pay_again,
        asks_any_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_rows_are_read_and_bad_ones_named() {
        let input = "{\"id\":\"a\",\"text\":\"没到账\",\"causes\":[\"x\"],\"facts\":{\"debited\":true}}\n\n[]\n{\"causes\":[]}\n{\"facts\":{},\"causes\":[],\"healthy\":true}\n{\"text\":\"a\"}\n";
        let (rows, wrong) = read(input.as_bytes()).expect("no fault of the reader");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].text(), Some("没到账"));
        assert_eq!(rows[0].case.as_object().map(serde_json::Map::len), Some(1));
        assert!(rows[1].healthy && rows[1].id == "line 5");
        let lines: Vec<usize> = wrong.iter().map(|error| error.line).collect();
        assert_eq!(lines, [3, 4, 6]);
    }
}

//! JSON objects, one a line or in an array, → cells named by dotted paths.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::chunk::{Next, State};
use super::{Cells, Reject};

/// The next element of a JSON array. What stands before the first `[` that opens a list of objects
/// is passed over: exports wrap their rows (`{"data":[…]}`).
pub(super) fn next(bytes: &[u8], at: usize, last: bool, state: &mut State) -> Next {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
    let start = at + bytes[at..].iter().take_while(|byte| blank(byte)).count();
    if !state.inside {
        return enter(bytes, at, last, state);
    }
    match bytes.get(start) {
        None if last => Next::Skip(bytes.len()),
        None => Next::More,
        // Whatever follows the list is no row.
        Some(b']') => Next::Skip(bytes.len()),
        Some(b'{') => match object_end(bytes, start) {
            Some(end) => Next::Record {
                start,
                end,
                next: end,
                reject: None,
            },
            None if last => Next::Record {
                start,
                end: bytes.len(),
                next: bytes.len(),
                reject: Some(Reject::Cut),
            },
            None => Next::More,
        },
        Some(_) => damaged(bytes, start, last),
    }
}

/// What is no object, up to the next object on a line of its own.
fn damaged(bytes: &[u8], start: usize, last: bool) -> Next {
    let end = memchr::memchr(b'\n', &bytes[start..]).map(|length| start + length);
    let (end, next) = match end {
        Some(end) => (end, end + 1),
        None if last => (bytes.len(), bytes.len()),
        None => return Next::More,
    };
    Next::Record {
        start,
        end,
        next,
        reject: Some(Reject::Json("found something else between rows".to_owned())),
    }
}

/// Passes over what stands before the rows.
fn enter(bytes: &[u8], at: usize, last: bool, state: &mut State) -> Next {
    let mut from = at;
    while let Some(found) = memchr::memchr(b'[', &bytes[from..]) {
        let open = from + found;
        let inner = bytes[open + 1..]
            .iter()
            .find(|byte| !byte.is_ascii_whitespace());
        match inner {
            Some(b'{') => {
                state.inside = true;
                return Next::Skip(open + 1);
            }
            None if !last => return Next::More,
            _ => from = open + 1,
        }
    }
    if last {
        Next::Skip(bytes.len())
    } else {
        Next::More
    }
}

/// Where the object that begins at `start` ends.
fn object_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'"' => at = string_end(bytes, at + 1)?,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the closing quote of a string stands.
fn string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', &bytes[at..])?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
        if at > bytes.len() {
            return None;
        }
    }
}

/// Takes one object apart: `{"order":{"amount":5}}` is a cell `order.amount`. `column` gives the
/// column of a name; cells that it gives none are left out.
///
/// # Errors
/// What is wrong with the JSON.
pub fn split_json(
    text: &str,
    column: &mut dyn FnMut(&str) -> Option<u16>,
    cells: &mut Cells,
) -> Result<(), Reject> {
    let mut json = serde_json::Deserializer::from_str(text);
    let mut path = String::new();
    Object {
        path: &mut path,
        column,
        cells,
        depth: DEEPEST,
    }
    .deserialize(&mut json)
    .and_then(|()| json.end())
    .map_err(|error| Reject::Json(error.to_string()))
}

/// How deep objects may lie in each other.
const DEEPEST: usize = 16;

struct Object<'o> {
    path: &'o mut String,
    column: &'o mut dyn FnMut(&str) -> Option<u16>,
    cells: &'o mut Cells,
    /// How many levels may follow.
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let base = self.path.len();
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if base > 0 {
                self.path.push('.');
            }
            self.path.push_str(&key);
            map.next_value_seed(Value {
                path: self.path,
                column: self.column,
                cells: self.cells,
                depth: self.depth,
            })?;
            self.path.truncate(base);
        }
        Ok(())
    }
}

struct Value<'o> {
    path: &'o mut String,
    column: &'o mut dyn FnMut(&str) -> Option<u16>,
    cells: &'o mut Cells,
    depth: usize,
}

impl Value<'_> {
    fn keep(self, text: &str) {
        if let Some(column) = (self.column)(self.path) {
            self.cells.make(column, text);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    /// Numbers keep their digits: an id is never a float.
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let raw: &'de RawValue = serde::Deserialize::deserialize(json)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'{') => {
                let Some(depth) = self.depth.checked_sub(1) else {
                    return Err(D::Error::custom("objects lie too deep in each other"));
                };
                let mut inner = serde_json::Deserializer::from_str(text);
                let object = Object {
                    path: self.path,
                    column: self.column,
                    cells: self.cells,
                    depth,
                };
                object.deserialize(&mut inner).map_err(D::Error::custom)
            }
            Some(b'"') => {
                let text: std::borrow::Cow<'_, str> =
                    serde_json::from_str(text).map_err(D::Error::custom)?;
                self.keep(&text);
                Ok(())
            }
            Some(b'n') => Ok(()),
            _ => {
                self.keep(text);
                Ok(())
            }
        }
    }
}

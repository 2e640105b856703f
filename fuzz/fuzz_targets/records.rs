//! Any bytes as delimited text, JSON, SQL or a log: records lie in the file one behind the other,
//! each is taken apart or rejected, and nothing panics.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use recharge_doctor::intake::records::{
    Cells, Chunk, ChunkReader, Delimited, Framing, LogLine, read_dump, split_delimited, split_json,
    split_log, split_tuple,
};
use regex::Regex;

const SHAPE: &str = r"^\[(?P<time>[0-9: -]+)\] (?P<level>\w+): (?P<message>.*)$";

fn shape() -> &'static Regex {
    static SHAPE_OF_LOG: OnceLock<Regex> = OnceLock::new();
    SHAPE_OF_LOG.get_or_init(|| Regex::new(SHAPE).expect("a shape"))
}

fn framing(kind: u8) -> Framing {
    match kind % 6 {
        0 => Framing::Delimited(Delimited { delimiter: b',' }),
        1 => Framing::Delimited(Delimited { delimiter: b'\t' }),
        2 => Framing::Lines,
        3 => Framing::JsonArray,
        4 => Framing::Sql,
        _ => Framing::Log(LogLine {
            shape: shape().clone(),
        }),
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    let framing = framing(*kind);
    if framing == Framing::Sql {
        let _ = read_dump(bytes).expect("memory can be read");
    }
    let mut reader = ChunkReader::new(bytes, framing.clone());
    let mut read = 0;
    let mut cells = Cells::default();
    while let Some(chunk) = reader.next_chunk(Chunk::default()).expect("memory can be read") {
        assert_eq!(chunk.offset, read);
        read += chunk.bytes.len() as u64;
        let mut from = 0;
        for record in &chunk.records {
            assert!(from <= record.start && record.start <= record.end, "{record:?}");
            from = record.end;
            let Ok(text) = std::str::from_utf8(&chunk.bytes[record.start..record.end]) else {
                continue;
            };
            cells.clear();
            let mut column = |_: &str| Some(0);
            let _ = match &framing {
                Framing::Delimited(how) => split_delimited(text, *how, &mut cells),
                Framing::Lines | Framing::JsonArray => split_json(text, &mut column, &mut cells),
                Framing::Sql => split_tuple(text, &mut cells),
                Framing::Log(line) => split_log(text, line, &[], &mut column, &mut cells),
            };
            for (_, cell) in cells.iter(text) {
                assert!(cell.len() <= text.len() * 3 + 8);
            }
        }
    }
    assert_eq!(read, bytes.len() as u64, "every byte belongs to a chunk");
});

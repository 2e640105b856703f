//! Runs of whole records, cut from a file in order, to be worked on by several threads.

use std::io::{self, Read};

use super::{Framing, LONGEST, Reject, SqlSection};

/// One record of a chunk: its bytes and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it begins, in the chunk.
    pub start: usize,
    /// Where its text ends, in the chunk.
    pub end: usize,
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// The `INSERT` statement that it belongs to, as a position among the sections met so far.
    pub section: usize,
    /// Why it cannot be read, where that shows already.
    pub reject: Option<Reject>,
}

/// Whole records in file order.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Position among the chunks of its file, from 0.
    pub index: usize,
    /// Where its bytes begin, from the beginning of the text.
    pub offset: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How many bytes at the beginning belong to a record of an earlier chunk that is too long.
    pub tail: usize,
    /// The records.
    pub records: Vec<Record>,
    /// The `INSERT` statements that records belong to.
    pub sections: Vec<SqlSection>,
}

/// Bytes of a chunk: enough for work to outweigh handing over, small enough to stay in a cache.
const CHUNK: usize = 512 << 10;

/// Cuts a text into chunks of whole records.
#[derive(Debug)]
pub struct ChunkReader<R> {
    reader: R,
    framing: Framing,
    /// What was read and belongs to the next chunk.
    rest: Vec<u8>,
    offset: u64,
    line: u64,
    index: usize,
    ended: bool,
    /// Whether a record that is too long has begun and not ended.
    overlong: bool,
    state: State,
}

/// What the framing remembers between records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    /// Inside the list: of a JSON array, or of `VALUES`.
    pub inside: bool,
    /// Every table with its columns that some `INSERT` statement names.
    pub sections: Vec<SqlSection>,
    /// The current one.
    pub section: usize,
    /// What the reading of a dump remembers beside them.
    pub sql: super::sql::Place,
}

/// What comes next in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// A record from here to there, and where the next begins.
    Record {
        start: usize,
        end: usize,
        next: usize,
        reject: Option<Reject>,
    },
    /// Nothing that counts up to here.
    Skip(usize),
    /// More bytes are needed.
    More,
}

impl<R: Read> ChunkReader<R> {
    /// Cuts what `reader` gives.
    pub fn new(reader: R, framing: Framing) -> Self {
        Self {
            reader,
            framing,
            rest: Vec::new(),
            offset: 0,
            line: 1,
            index: 0,
            ended: false,
            overlong: false,
            state: State::default(),
        }
    }

    /// The next chunk; none at the end. `used` is a chunk whose memory is used again.
    ///
    /// # Errors
    /// What the reader reports.
    pub fn next_chunk(&mut self, used: Chunk) -> io::Result<Option<Chunk>> {
        let mut chunk = used;
        chunk.bytes.clear();
        chunk.records.clear();
        chunk.sections.clear();
        chunk.tail = 0;
        chunk.bytes.append(&mut self.rest);
        let mut wanted = CHUNK;
        loop {
            self.fill(&mut chunk.bytes, wanted)?;
            let end = self.cut(&mut chunk);
            if end > 0 || self.ended {
                self.rest.extend_from_slice(&chunk.bytes[end..]);
                chunk.bytes.truncate(end);
                chunk.index = self.index;
                if chunk.sections.len() != self.state.sections.len() {
                    chunk.sections.clone_from(&self.state.sections);
                }
                chunk.offset = self.offset;
                self.offset += end as u64;
                if chunk.bytes.is_empty() {
                    return Ok(None);
                }
                self.index += 1;
                return Ok(Some(chunk));
            }
            wanted = chunk.bytes.len() + CHUNK;
        }
    }

    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        while bytes.len() < wanted && !self.ended {
            let missing = (wanted - bytes.len()) as u64;
            let read = self.reader.by_ref().take(missing).read_to_end(bytes)?;
            self.ended = read == 0;
        }
        Ok(())
    }

    /// Finds the records of a chunk; gives where the last whole one ends.
    fn cut(&mut self, chunk: &mut Chunk) -> usize {
        let bytes = &chunk.bytes;
        let mut at = if self.overlong {
            self.skip_overlong(bytes)
        } else {
            0
        };
        chunk.tail = at;
        self.line += lines(&bytes[..at]);
        while at < bytes.len() && !self.overlong {
            match self.framing.next(bytes, at, self.ended, &mut self.state) {
                Next::Record {
                    start,
                    end,
                    next,
                    reject,
                } => {
                    let line = self.line + lines(&bytes[at..start]);
                    let reject = reject.or((end - start > LONGEST).then_some(Reject::TooLong));
                    chunk.records.push(Record {
                        start,
                        end,
                        line,
                        section: self.state.section,
                        reject,
                    });
                    self.line += lines(&bytes[at..next]);
                    at = next;
                }
                Next::Skip(next) => {
                    self.line += lines(&bytes[at..next]);
                    at = next;
                }
                Next::More if bytes.len() - at > 2 * LONGEST => {
                    chunk.records.push(Record {
                        start: at,
                        end: bytes.len(),
                        line: self.line,
                        section: self.state.section,
                        reject: Some(Reject::TooLong),
                    });
                    self.overlong = true;
                    self.line += lines(&bytes[at..]);
                    at = bytes.len();
                }
                Next::More => break,
            }
        }
        at
    }

    /// How many bytes belong to a record that is too long: up to the end of its line.
    fn skip_overlong(&mut self, bytes: &[u8]) -> usize {
        match memchr::memchr(b'\n', bytes) {
            Some(at) => {
                self.overlong = false;
                at + 1
            }
            None => bytes.len(),
        }
    }
}

/// The places of the first records of a text.
#[must_use]
pub fn first_records(bytes: &[u8], framing: &Framing, most: usize) -> Vec<std::ops::Range<usize>> {
    let mut state = State::default();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < most {
        match framing.next(bytes, at, true, &mut state) {
            Next::Record {
                start, end, next, ..
            } => {
                found.push(start..end);
                at = next;
            }
            Next::Skip(next) => at = next,
            Next::More => break,
        }
    }
    found
}

/// How many lines end in bytes: `\n`, `\r\n`, or `\r` alone.
fn lines(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let bare = memchr::memchr_iter(b'\r', bytes)
        .filter(|at| bytes.get(at + 1) != Some(&b'\n'))
        .count();
    (feeds + bare) as u64
}

impl Framing {
    fn next(&self, bytes: &[u8], at: usize, last: bool, state: &mut State) -> Next {
        match self {
            Self::Delimited(how) => match how.end(bytes, at, last) {
                None => Next::More,
                // An empty line is no record.
                Some(end) if end.text == at => Next::Skip(end.next),
                Some(end) => Next::Record {
                    start: at,
                    end: end.text,
                    next: end.next,
                    reject: end.open.then_some(Reject::Quote),
                },
            },
            Self::Lines => line(bytes, at, last),
            Self::JsonArray => super::json::next(bytes, at, last, state),
            Self::Log(how) => how.next(bytes, at, last),
            Self::Sql => super::sql::next(bytes, at, last, state),
        }
    }
}

/// One line as a record; a blank one is none.
pub(super) fn line(bytes: &[u8], at: usize, last: bool) -> Next {
    let (end, next) = match memchr::memchr(b'\n', &bytes[at..]) {
        Some(length) => (at + length, at + length + 1),
        None if last => (bytes.len(), bytes.len()),
        None => return Next::More,
    };
    let end = if end > at && bytes[end - 1] == b'\r' {
        end - 1
    } else {
        end
    };
    if bytes[at..end].iter().all(u8::is_ascii_whitespace) {
        return Next::Skip(next);
    }
    Next::Record {
        start: at,
        end,
        next,
        reject: None,
    }
}

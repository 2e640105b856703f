//! Chunks of one export through several threads and back into their order.

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::intake::Export;
use crate::intake::records::Chunk;

/// Chunks that are under way for each thread: one at work, one done, one waiting, one being read.
const UNDER_WAY: usize = 4;

/// Reads an export, works on its chunks in `jobs` threads, and hands the results over in order.
///
/// `worker` makes what a thread keeps from chunk to chunk; `work` works on one chunk; `sink` takes
/// the results in the order of the file, on the calling thread. Chunks before `from` are only read,
/// to know where the next ones begin. Where `stop` becomes true, no further chunk is read or
/// worked on. Memory is bounded by a fixed number of chunks.
///
/// # Errors
/// The first error of the reader or the sink.
pub(super) fn run<W, R: Send, E: From<io::Error>>(
    export: &Export<'_>,
    jobs: usize,
    from: usize,
    stop: &AtomicBool,
    worker: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &Chunk) -> R + Sync,
    mut sink: impl FnMut(&Chunk, R) -> Result<(), E>,
) -> Result<(), E> {
    let jobs = jobs.max(1);
    let mut chunks = export.chunks()?;
    std::thread::scope(|scope| {
        let (to_work, work_queue) = sync_channel::<Chunk>(jobs * UNDER_WAY);
        let (done, results) = sync_channel::<Worked<R>>(jobs * UNDER_WAY);
        let (give_back, spare) = sync_channel::<Chunk>(jobs * UNDER_WAY);
        let work_queue = Arc::new(Mutex::new(work_queue));
        for _ in 0..jobs * UNDER_WAY {
            let _ = give_back.send(Chunk::default());
        }
        let reading = scope.spawn(move || read(&mut chunks, from, &spare, &to_work, stop));
        let (worker, work) = (&worker, &work);
        for _ in 0..jobs {
            let done = done.clone();
            let queue = work_queue.clone();
            scope.spawn(move || {
                let mut own = worker();
                while let Some(chunk) = next(&queue) {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    // A chunk that never comes back would keep all others waiting.
                    let worked = catch_unwind(AssertUnwindSafe(|| work(&mut own, &chunk)));
                    let panicked = worked.is_err();
                    let sent = done.send(worked.map(|result| (chunk, result)));
                    if panicked || sent.is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        drop(work_queue);
        let sunk = in_order(&results, from, &give_back, &mut sink);
        // Threads that wait for room or chunks end when their channels do.
        drop(results);
        drop(give_back);
        let read = reading.join().unwrap_or_else(|panic| resume_unwind(panic));
        sunk.unwrap_or_else(|panic| resume_unwind(panic))?;
        read.map_err(E::from)
    })
}

/// A chunk and what it became, or the panic that it ended in.
type Worked<R> = Result<(Chunk, R), Panic>;

type Panic = Box<dyn Any + Send>;

/// The next chunk to work on; none when all were read.
fn next(queue: &Mutex<Receiver<Chunk>>) -> Option<Chunk> {
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    queue.recv().ok()
}

fn read<R: io::Read>(
    chunks: &mut crate::intake::records::ChunkReader<R>,
    from: usize,
    spare: &Receiver<Chunk>,
    to_work: &SyncSender<Chunk>,
    stop: &AtomicBool,
) -> io::Result<()> {
    while let Ok(mut chunk) = spare.recv() {
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let Some(next) = chunks.next_chunk(chunk)? else {
                return Ok(());
            };
            chunk = next;
            if chunk.index >= from {
                break;
            }
        }
        if to_work.send(chunk).is_err() {
            break;
        }
    }
    Ok(())
}

/// Hands results over in the order of their chunks, and chunks back to the reader.
fn in_order<R, E>(
    results: &Receiver<Worked<R>>,
    from: usize,
    give_back: &SyncSender<Chunk>,
    sink: &mut impl FnMut(&Chunk, R) -> Result<(), E>,
) -> Result<Result<(), E>, Panic> {
    let mut waiting: BTreeMap<usize, (Chunk, R)> = BTreeMap::new();
    let mut expected = from;
    for worked in results {
        let (chunk, result) = worked?;
        waiting.insert(chunk.index, (chunk, result));
        while let Some((chunk, result)) = waiting.remove(&expected) {
            if let Err(error) = sink(&chunk, result) {
                return Ok(Err(error));
            }
            expected += 1;
            // The reader may have ended already.
            let _ = give_back.try_send(chunk);
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::intake::layout::Wanted;
    use crate::intake::open_exports;
    use crate::intake::source::{Input, Limits};
    use crate::rules::{Formats, RuleFiles, RuleSet};

    #[test]
    fn a_worker_that_panics_ends_the_run() {
        let rules = RuleSet::built_in();
        let formats = Formats::load(&RuleFiles::built_in(), &rules.catalog).expect("formats");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.csv");
        let mut text = String::from("order.id,order.status,order.amount\n");
        for row in 0..400_000 {
            let _ = writeln!(text, "R{row},failed,10.00");
        }
        std::fs::write(&path, text).expect("written");
        let (limits, wanted) = (Limits::default(), Wanted::default());
        let input = Input::File(path);
        let exports = open_exports(&input, limits, &formats, &rules.catalog, &wanted);
        let export = exports.expect("a log").remove(0);
        let stop = AtomicBool::new(false);
        let ended = catch_unwind(AssertUnwindSafe(|| {
            run(
                &export,
                2,
                0,
                &stop,
                || (),
                |(), chunk| assert!(chunk.index != 1, "damaged"),
                |_, ()| Ok::<(), io::Error>(()),
            )
        }));
        assert!(ended.is_err());
    }
}

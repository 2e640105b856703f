//! How long the stages of a batch take, one on top of the other in a single thread, beside reading
//! the same file with the csv crate. The difference of two lines is the time of a stage.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::AtomicBool;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use recharge_doctor::batch::{
    Ground, NoRows, Only, Options, Progress, RowWriter, SecondPass, Sink, survey_neighbours,
};
use recharge_doctor::derive::{Deriver, Listener};
use recharge_doctor::diagnose::{Applies, Briefer, States, Wordings};
use recharge_doctor::facts::{CaseFacts, Draft, Moment, Source, ValueRef};
use recharge_doctor::intake::layout::{Row, Scope, Wanted};
use recharge_doctor::intake::records::Chunk;
use recharge_doctor::intake::source::{Input, Limits};
use recharge_doctor::intake::{ChunkText, Export, Outcome, open_exports};
use recharge_doctor::report::{JsonRows, RowStyle};
use recharge_doctor::rules::{Formats, RuleFiles, RuleSet};
use recharge_doctor::text::Locale;
use tempfile::NamedTempFile;

fn main() {
    divan::main();
}

const ROWS: usize = 20_000;

const NOW: &str = "2026-12-10T10:00:00+08:00";

/// A log of orders: a third of its columns differ from row to row.
fn log() -> NamedTempFile {
    let mut text = String::from(
        "order.id,account.id,account.phone,account.registered_phone,order.product,order.amount,\
         order.face_value,limit.single,limit.daily,payment.channel,order.status,\
         order.submitted_at,order.paid_at,error.code,error.message,payment.debited,network.kind,\
         client.browser,order.submit_count,site.url\n",
    );
    let channels = ["alipay", "wechat", "unionpay", "qq"];
    let codes = [
        "",
        "ACQ.BUYER_BALANCE_NOT_ENOUGH",
        "NOTENOUGH",
        "51",
        "SYSTEMERROR",
        "E77",
    ];
    let messages = [
        "",
        "余额不足",
        "\"系统繁忙,请稍后再试\"",
        "交易超出单日限额",
        "渠道维护中",
    ];
    let mut state = 1u64;
    let mut below = |end: u64| {
        // Marsaglia's xorshift, 2003.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % end).unwrap_or(0)
    };
    for row in 0..ROWS {
        let (account, phone) = (below(1000), below(9));
        let amount = [10, 30, 100, 500, 6000][below(5)];
        let _ = writeln!(
            text,
            "R{row:010},u{account},1300000{account:04},1300000{:04},月卡,{amount}.00,{}.00,5000.00,\
             50000.00,{},{},2026-11-{:02}T{:02}:{:02}:00+08:00,,{},{},{},{},Chrome,{},\
             https://pay.example.com/recharge",
            account + phone / 8,
            amount * (1 + below(9) / 8),
            channels[below(4)],
            ["failed", "failed", "succeeded"][below(3)],
            11 + row * 9 / ROWS,
            below(24),
            below(60),
            codes[below(6)],
            messages[below(5)],
            below(2) == 0,
            ["wifi", "cellular", "vpn"][below(3)],
            1 + below(4),
        );
    }
    tempfile::Builder::new()
        .suffix(".csv")
        .tempfile()
        .and_then(|mut file| file.write_all(text.as_bytes()).map(|()| file))
        .expect("a temporary file")
}

/// Rules, formats and a log.
struct Bench {
    file: NamedTempFile,
    rules: RuleSet,
    formats: Formats,
}

impl Bench {
    fn new() -> Self {
        let rules = RuleSet::built_in();
        let formats = Formats::load(&RuleFiles::built_in(), &rules.catalog);
        Self {
            file: log(),
            formats: formats.expect("formats"),
            rules,
        }
    }

    fn export(&self) -> Export<'_> {
        let input = Input::File(self.file.path().to_owned());
        let (limits, wanted) = (Limits::default(), Wanted::default());
        let catalog = &self.rules.catalog;
        let exports = open_exports(&input, limits, &self.formats, catalog, &wanted);
        exports.expect("a log").remove(0)
    }
}

/// How far every row is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Cut,
    Read,
    Derive,
    Evaluate,
    Rank,
}

/// One pass up to a stage; gives something that depends on every row.
fn pass(bench: &Bench, export: &Export<'_>, upto: Stage) -> usize {
    let rules = &bench.rules;
    let mut reader = export.reader(&rules.catalog, Scope::Facts);
    let mut draft = Draft::new(&rules.catalog, |_| true);
    let mut listener = Listener::new(rules);
    let mut deriver = Deriver::new(rules, &rules.profile);
    let mut wordings = Wordings::default();
    let mut briefer = Briefer::new(rules);
    let mut row = Row::default();
    let now: Moment = NOW.parse().expect("a time");
    let now_key = rules.key("case.now");
    let mut chunks = export.chunks().expect("readable");
    let mut chunk = Chunk::default();
    let mut sum = 0;
    while let Some(next) = chunks.next_chunk(chunk).expect("readable") {
        chunk = next;
        sum += chunk.records.len();
        if upto == Stage::Cut {
            continue;
        }
        let text = ChunkText::new(&chunk, export.encoding);
        for record in &chunk.records {
            draft.begin();
            if reader.read(&text, record, &mut row, &mut draft) != Outcome::Row {
                draft.take_back();
                continue;
            }
            if upto >= Stage::Derive {
                draft.put(now_key, ValueRef::Time(now), Source::Record);
                listener.listen(&mut draft);
                deriver.derive(&mut draft);
            }
        }
        if upto >= Stage::Evaluate {
            let rows = draft.cases();
            let (table, _) = draft.so_far();
            let states = States::evaluate_with(rules, table, &mut wordings);
            if upto >= Stage::Rank {
                let applies = Applies::evaluate(rules, table);
                briefer.begin();
                for row in 0..rows {
                    sum += briefer.brief(&states, &applies, row).0.causes.len();
                }
            }
        }
        draft.clear();
    }
    sum
}

/// Stages, one on top of the other.
#[divan::bench(args = [Stage::Cut, Stage::Read, Stage::Derive, Stage::Evaluate, Stage::Rank])]
fn upto(bencher: Bencher, stage: Stage) {
    let bench = Bench::new();
    let export = bench.export();
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench(|| black_box(pass(&bench, &export, stage)));
}

/// The yardstick: the same file read into fields by the csv crate.
#[divan::bench]
fn csv_crate(bencher: Bencher) {
    let bench = Bench::new();
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let mut reader = csv::Reader::from_path(bench.file.path()).expect("readable");
        let mut record = csv::ByteRecord::new();
        let mut fields = 0;
        while reader.read_byte_record(&mut record).expect("a record") {
            fields += record.len();
        }
        black_box(fields)
    });
}

/// Takes rows and drops them.
struct Nowhere;

impl Sink for Nowhere {
    fn rows(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        black_box(bytes);
        Ok(())
    }

    fn reject(&mut self, _: &str, _: u64, _: &[u8], _: &str) -> std::io::Result<()> {
        Ok(())
    }

    fn reject_more(&mut self, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }

    fn done(&mut self, _: u64, _: &Progress) -> std::io::Result<()> {
        Ok(())
    }
}

/// Both passes in one working thread, as `batch` runs them.
fn whole<W: RowWriter>(bench: &Bench, export: &Export<'_>, writer: impl Fn() -> W + Sync) -> u64 {
    let stop = AtomicBool::new(false);
    let options = Options {
        jobs: 1,
        stop: &stop,
    };
    let rules = &bench.rules;
    let exports = std::slice::from_ref(export);
    let first = survey_neighbours(exports, rules, options).expect("readable");
    let pass = SecondPass {
        first: &first,
        ground: Ground {
            rules,
            profile: &rules.profile,
            now: NOW.parse().expect("a time"),
            only: Only::All,
            detail: false,
        },
        options,
    };
    let mut progress = Progress::default();
    let done = pass.write_rows(export, 0, writer, &mut progress, &mut Nowhere);
    done.expect("diagnosed");
    progress.records().read
}

/// The first pass alone.
#[divan::bench]
fn neighbours(bencher: Bencher) {
    let bench = Bench::new();
    let export = bench.export();
    let stop = AtomicBool::new(false);
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let options = Options {
            jobs: 1,
            stop: &stop,
        };
        let exports = std::slice::from_ref(&export);
        black_box(survey_neighbours(exports, &bench.rules, options).expect("readable"))
    });
}

/// Both passes; only what rows add up to.
#[divan::bench]
fn both_passes(bencher: Bencher) {
    let bench = Bench::new();
    let export = bench.export();
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench(|| black_box(whole(&bench, &export, || NoRows)));
}

/// Both passes with rows of JSON.
#[divan::bench]
fn both_passes_written(bencher: Bencher) {
    let bench = Bench::new();
    let export = bench.export();
    let style = RowStyle {
        rules: &bench.rules,
        profile: &bench.rules.profile,
        locale: Locale::Zh,
        reveal: false,
    };
    bencher
        .counter(ItemsCount::new(ROWS))
        .bench(|| black_box(whole(&bench, &export, || JsonRows::new(style))));
}

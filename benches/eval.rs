//! Evaluation of conditions, with nothing else around it.
//!
//! 80 conditions like those of rule files over 100,000 cases of 24 facts, a fifth of each unknown;
//! the rate is that of cases, each with all conditions. And the same for one case at a time.
//!
//! `cargo bench --bench eval`

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use recharge_doctor::facts::{CellRef, FactKey, FactType, Table, TableBuilder};
use recharge_doctor::rules::expr::{FactInfo, Names, Program, Scope, compile};

fn main() {
    divan::main();
}

const ROWS: usize = 100_000;
const CONDITIONS: usize = 80;

const FACTS: [(&str, FactType); 24] = [
    ("order.amount", FactType::Money),
    ("order.face_value", FactType::Money),
    ("order.status", FactType::Enum),
    ("order.created_at", FactType::Time),
    ("order.paid_at", FactType::Time),
    ("order.submit_count", FactType::Int),
    ("payment.channel", FactType::Enum),
    ("payment.state", FactType::Enum),
    ("payment.bank", FactType::Text),
    ("payment.balance", FactType::Money),
    ("payment.day_total", FactType::Money),
    ("payment.debited", FactType::Bool),
    ("payment.credited", FactType::Bool),
    ("limit.single", FactType::Money),
    ("limit.daily", FactType::Money),
    ("error.code", FactType::Text),
    ("error.sub_code", FactType::Text),
    ("error.message", FactType::Text),
    ("error.reasons", FactType::List),
    ("client.version", FactType::Number),
    ("network.loss", FactType::Number),
    ("network.rtt_ms", FactType::Int),
    ("account.phone_changed", FactType::Bool),
    ("account.region", FactType::Text),
];

/// Shapes of conditions; `#` is a number that differs from copy to copy.
const SHAPES: [&str; 16] = [
    "order.amount > limit.single",
    "order.amount + payment.day_total > limit.daily",
    "payment.balance < order.amount && payment.channel in ['alipay', 'wechat', 'word#']",
    "order.paid_at - order.created_at > duration('#m')",
    "error.code in ['code-1#', 'code-2#', 'code-3#'] || error.sub_code.startsWith('sub-#')",
    "error.message.contains('text #') || error.message.contains('失败 #')",
    "payment.debited && !payment.credited && payment.state != 'word#'",
    "'reason-#' in error.reasons",
    "network.loss > 0.# || network.rtt_ms > 1#0",
    "account.phone_changed || !has(account.region) && order.submit_count > #",
    "has(order.paid_at) ? payment.state == 'word#' : order.status == 'word#'",
    "order.amount == order.face_value && order.amount * 100 > #000",
    "error.message.matches('(?i)code[ :]*#[0-9]+')",
    "payment.bank == 'word#' && payment.channel == 'bank-card' && order.amount >= #00",
    "!(order.status in ['word1', 'word#']) && order.created_at > timestamp('2026-11-20T0#:00:00Z')",
    "client.version < #.5 && error.code != '' && size(error.message) > #",
];

struct Catalogue;

impl Names for Catalogue {
    fn fact(&self, key: &str) -> Option<FactInfo<'_>> {
        let position = FACTS.iter().position(|(name, _)| *name == key)?;
        Some(FactInfo {
            key: FactKey::new(u16::try_from(position).ok()?),
            kind: FACTS[position].1,
            words: Vec::new(),
        })
    }

    fn keys(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(FACTS.iter().map(|(name, _)| *name))
    }
}

fn programs() -> Vec<Program> {
    (0..CONDITIONS)
        .map(|index| {
            let shape = SHAPES[index % SHAPES.len()];
            let source = shape.replace('#', &(1 + index / SHAPES.len()).to_string());
            compile(&source, &Scope::new(&Catalogue)).expect("a condition without mistakes")
        })
        .collect()
}

/// A generator without a dependency: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

fn table(rows: usize) -> Table {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut builder = TableBuilder::new(FACTS.map(|(_, kind)| kind));
    for _ in 0..rows {
        builder.begin();
        for (position, (_, kind)) in FACTS.iter().enumerate() {
            if random.below(5) > 0 {
                let key = FactKey::new(u16::try_from(position).unwrap_or_default());
                fill(&mut builder, key, *kind, &mut random);
            }
        }
    }
    builder.finish()
}

fn fill(builder: &mut TableBuilder, key: FactKey, kind: FactType, random: &mut Random) {
    let mut number = |end: u64| i64::try_from(random.below(end)).unwrap_or_default();
    let _code = match kind {
        FactType::Bool => builder.set(key, CellRef::Bool(number(2) == 0)),
        FactType::Int => builder.set(key, CellRef::Int(number(500))),
        FactType::Money => builder.set(key, CellRef::Int(number(200_000))),
        FactType::Number => {
            let tenths = u32::try_from(number(80)).unwrap_or_default();
            builder.set(key, CellRef::Number(f64::from(tenths) / 10.0))
        }
        FactType::Time => builder.set(key, CellRef::Time(1_795_132_800_000 + number(86_400_000))),
        FactType::Enum => builder.set_text(key, &format!("word{}", number(8))),
        FactType::Text => {
            let text = format!("text {} code: {} 支付失败", number(20), number(100));
            builder.set_text(key, &text)
        }
        FactType::List => {
            let items = [number(9), number(9)].map(|item| format!("reason-{item}").into());
            builder.set(key, CellRef::List(&std::sync::Arc::from(items)))
        }
    };
}

/// Every condition over one table of all cases.
#[divan::bench]
fn batch(bencher: Bencher<'_, '_>) {
    let (programs, table) = (programs(), table(ROWS));
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        for program in &programs {
            black_box(program.eval_bool(&table));
        }
    });
}

/// The same in chunks as a stream of cases would come.
#[divan::bench(args = [512, 4096])]
fn chunks(bencher: Bencher<'_, '_>, rows: usize) {
    let (programs, table) = (programs(), table(rows));
    bencher.counter(ItemsCount::new(rows)).bench(|| {
        for program in &programs {
            black_box(program.eval_bool(&table));
        }
    });
}

/// Every condition over one case.
#[divan::bench]
fn one_case(bencher: Bencher<'_, '_>) {
    let (programs, table) = (programs(), table(1));
    bencher.counter(ItemsCount::new(1_usize)).bench(|| {
        for program in &programs {
            black_box(program.eval_bool(&table));
        }
    });
}

/// Filling a table, texts included.
#[divan::bench]
fn build(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(4096_usize))
        .bench(|| table(4096));
}

/// Reading, checking and compiling all conditions.
#[divan::bench]
fn compile_all(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(CONDITIONS)).bench(programs);
}

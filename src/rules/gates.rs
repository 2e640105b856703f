//! Money gates: what must be ruled out before "pay again" may be said. The same file names the
//! signal of a healthy case and the warnings.

use crate::document::{Context, Located, TableReader};
use crate::text::Text;

/// One gate: a signal that blocks or allows paying again, or raises a warning, with what people read.
#[derive(Debug, Clone)]
pub(super) struct GateSource {
    /// Its id.
    pub id: String,
    /// The signal that decides.
    pub signal: Located<String>,
    /// Whether it holds only until the order is queried.
    pub provisional: bool,
    /// Whether no later answer opens it.
    pub for_good: bool,
    /// Id of the fix that comes first while it blocks.
    pub fix: Option<Located<String>>,
    /// What people read; `{fact.key}` is replaced by the value.
    pub text: Text,
}

/// The gates in the order in which they are tried: all blocks, then all allows, then the default.
#[derive(Debug, Clone, Default)]
pub(super) struct GatesSource {
    /// The first that is true blocks.
    pub block: Vec<GateSource>,
    /// Where none blocks, the first that is true allows.
    pub allow: Vec<GateSource>,
    /// Why paying again is blocked where no gate decides.
    pub otherwise: Text,
    /// Id of the fix that comes first where no gate decides and no cause is found.
    pub otherwise_fix: Option<Located<String>>,
    /// The signal that the recharge arrived and nothing is wrong.
    pub healthy: Option<Located<String>>,
    /// What the reader should know besides, whatever the cause.
    pub warnings: Vec<GateSource>,
}

/// Reads `gates.toml`.
pub(super) fn read_gates(context: &Context<'_>) -> GatesSource {
    let root = context.parse();
    let mut reader = TableReader::root(context, &root, "the money gates");
    let read = |table: Vec<TableReader<'_, '_>>| table.into_iter().filter_map(read_gate).collect();
    let gates = GatesSource {
        block: read(reader.tables("block", "a gate")),
        allow: read(reader.tables("allow", "a gate")),
        otherwise: reader.text("otherwise"),
        otherwise_fix: reader.opt_string("otherwise_fix").map(Located::owned),
        healthy: reader.opt_string("healthy").map(Located::owned),
        warnings: read(reader.tables("warning", "a warning")),
    };
    reader.finish();
    gates
}

fn read_gate(mut table: TableReader<'_, '_>) -> Option<GateSource> {
    let id = table.string("id").map(|id| id.value.to_owned());
    let signal = table.string("signal");
    let provisional = table.bool_or("provisional", false);
    let for_good = table.bool_or("for_good", false);
    let fix = table.opt_string("fix").map(Located::owned);
    let text = table.text("text");
    table.finish();
    Some(GateSource {
        id: id.unwrap_or_default(),
        signal: signal?.owned(),
        provisional,
        for_good,
        fix,
        text,
    })
}

//! One file a command: takes settings and arguments, writes its result.

mod batch;
mod check_url;
mod diagnose;
mod eval;
mod evaluate;
mod explain;
mod facts;
mod inspect;
mod learn;
mod probe;
mod rules;
mod rules_new;
mod shell;
mod test;
mod unmatched;

use super::args::{Cli, Command};
use super::exit::Exit;
use super::settings::Settings;

/// Runs the command that the arguments name.
pub(super) fn run(cli: &Cli, settings: &Settings, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    let common = &cli.common;
    match &cli.command {
        Command::Diagnose(args) => diagnose::run(common, args, settings, out),
        Command::Batch(args) => batch::run(common, args, settings),
        Command::Inspect(args) => inspect::run(common, args, settings, out),
        Command::CheckUrl(args) => check_url::run(common, args, settings, out),
        Command::Probe(args) => probe::run(common, args, settings, out),
        Command::Explain(args) => explain::run(common, args, settings, out),
        Command::Facts(args) => facts::run(common, args, settings, out),
        Command::Rules(args) => rules::run(common, &args.command, settings, out),
        Command::Eval(args) => evaluate::run(common, args, settings, out),
        Command::Learn(args) => learn::run(common, args, settings, out),
        Command::Completions { shell } => shell::completions(*shell, out),
        Command::Man => shell::man(out),
    }
}

//! `completions` and `man`: what a shell and a manual reader need, made from the arguments.

use clap::CommandFactory;

use crate::cli::args::Cli;
use crate::cli::exit::Exit;

#[expect(clippy::unnecessary_wraps, reason = "commands share one signature")]
pub(super) fn completions(shell: clap_complete::Shell, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    clap_complete::generate(shell, &mut Cli::command(), "recharge-doctor", out);
    Ok(Exit::Clear)
}

pub(super) fn man(out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    clap_mangen::Man::new(Cli::command()).render(out)?;
    Ok(Exit::Clear)
}

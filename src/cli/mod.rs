//! Opens the doors: arguments, environment, terminal and clock become settings, once; a command
//! runs; its result goes to standard output, everything else to standard error.

mod args;
mod commands;
mod delivery;
mod exit;
mod facts_flags;
mod journal;
mod load;
mod logs;
mod network;
mod output;
mod settings;
mod workbook;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

pub use args::Cli;
pub use exit::{Exit, Failure};
pub use settings::{Settings, Surroundings};

/// Runs the program and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut out = Vec::new();
    let result = Settings::resolve(&cli, &Surroundings::of_process())
        .and_then(|settings| run(&cli, &settings, &mut out));
    let exit = match result {
        Ok(exit) => exit,
        Err(error) => {
            complain(&error, cli.common.quiet);
            return Exit::Impossible.code();
        }
    };
    deliver(&out, exit)
}

/// Runs one command, writing its result to `out`. Nothing is written where it fails.
///
/// # Errors
/// What kept the command from doing its work.
pub fn run(cli: &Cli, settings: &Settings, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
    commands::run(cli, settings, out)
}

/// Help and version go to standard output; wrong usage to standard error.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        // Prints colour only where standard error is a terminal and NO_COLOR is not set.
        let _ = error.print();
        return Exit::Impossible.code();
    }
    deliver(error.render().to_string().as_bytes(), Exit::Clear)
}

/// Writes the result at once. A closed pipe is the reader's choice and ends quietly.
fn deliver(bytes: &[u8], exit: Exit) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Ok(()) => exit.code(),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit.code(),
        Err(error) => {
            let _ = writeln!(
                io::stderr(),
                "error: expected to write the result to standard output, but it cannot be written: {error}\n  help: check the free space and the target of the output"
            );
            Exit::Impossible.code()
        }
    }
}

/// Prints an error with its causes and, unless that is not wanted, what to do about it.
fn complain(error: &anyhow::Error, quiet: bool) {
    let mut stderr = io::stderr().lock();
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    let _ = writeln!(
        stderr,
        "error: {}",
        crate::report::harmless_lines(&chain.join(": "))
    );
    let help = if quiet {
        Vec::new()
    } else {
        exit::help_of(error)
    };
    for help in help {
        let _ = writeln!(stderr, "  help: {}", crate::report::harmless(&help));
    }
}

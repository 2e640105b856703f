//! The `recharge-doctor` program: hands the arguments to the library and exits with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    recharge_doctor::cli::main(std::env::args_os())
}

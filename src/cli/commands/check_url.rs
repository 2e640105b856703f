//! `check-url`: whether addresses are the real site's. Opens nothing.

use std::io::{self, BufRead, Read};

use crate::cli::args::{CheckUrl, Common, Format};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::intake::picture::read_codes;
use crate::report::{AddressView, write_address, write_address_json};
use crate::rules::RuleSet;
use crate::site::{Check, Checker, Strength, Verdict};

/// A line of standard input is read this far: the longest address that browsers open (2 MB).
const LONGEST_LINE: u64 = 2 << 20;

pub(super) fn run(
    common: &Common,
    args: &CheckUrl,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let profile = load::profile(common, rules)?;
    let run = Run {
        checker: &Checker::new(&profile),
        rules,
        args,
        settings,
    };
    let mut exit = Exit::Clear;
    for url in &args.urls {
        let found = match url.as_str() {
            "-" => run.lines(out)?,
            url => run.one(url, None, out)?,
        };
        exit = worse(exit, found);
    }
    for path in &args.qr {
        let codes = read_codes(path)?;
        let shown = path.display().to_string();
        if codes.is_empty() {
            exit = worse(exit, run.one("", Some(&shown), out)?);
        }
        for code in codes {
            exit = worse(exit, run.one(&code, Some(&shown), out)?);
        }
    }
    Ok(exit)
}

/// What every address of a run shares.
struct Run<'r> {
    checker: &'r Checker,
    rules: &'r RuleSet,
    args: &'r CheckUrl,
    settings: &'r Settings,
}

impl Run<'_> {
    /// Checks standard input, one address a line; empty lines are passed over.
    fn lines(&self, out: &mut Vec<u8>) -> anyhow::Result<Exit> {
        let mut input = io::stdin().lock();
        let mut exit = Exit::Clear;
        let mut line = Vec::new();
        while read_line(&mut input, &mut line)? {
            let text = String::from_utf8_lossy(&line);
            if !text.trim().is_empty() {
                exit = worse(
                    exit,
                    self.one(text.trim_end_matches(['\r', '\n']), None, out)?,
                );
            }
        }
        Ok(exit)
    }

    fn one(&self, url: &str, file: Option<&str>, out: &mut Vec<u8>) -> io::Result<Exit> {
        let check = self.checker.check(url);
        let view = AddressView {
            url,
            file,
            check: &check,
            rules: self.rules,
            locale: self.settings.locale,
        };
        match self.args.format {
            Format::Text => write_address(&view, self.settings.width, out)?,
            Format::Json => write_address_json(&view, out)?,
        }
        Ok(exit_of(&check))
    }
}

/// Reads a line as far as it counts and passes over the rest; false at the end.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', line)?;
    if read as u64 == LONGEST_LINE && !line.ends_with(b"\n") {
        input.skip_until(b'\n')?;
    }
    Ok(read > 0)
}

/// An address is worth a look unless it is official, or nothing but common things were noticed.
fn exit_of(check: &Check) -> Exit {
    let noticed = check.reasons.iter().any(|it| it.strength > Strength::Info);
    match check.verdict {
        Verdict::Official => Exit::Clear,
        Verdict::Unknown if !noticed => Exit::Clear,
        Verdict::Unknown | Verdict::Insecure | Verdict::Lookalike => Exit::Look,
    }
}

fn worse(a: Exit, b: Exit) -> Exit {
    if a == Exit::Clear { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_is_one_line() {
        let long = "a".repeat(5 << 20);
        let text = format!("{long}\nb.cn\n");
        let mut input = text.as_bytes();
        let mut line = Vec::new();
        assert!(read_line(&mut input, &mut line).expect("a line"));
        assert_eq!(line.len() as u64, LONGEST_LINE);
        assert!(read_line(&mut input, &mut line).expect("a line"));
        assert_eq!(line, b"b.cn\n");
        assert!(!read_line(&mut input, &mut line).expect("the end"));
    }
}

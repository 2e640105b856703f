//! `check-url`: whether addresses are the real site's. Opens nothing.

use std::io::{self, BufRead};

use crate::cli::args::{CheckUrl, Common, Format};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::intake::picture::read_codes;
use crate::report::{AddressView, write_address, write_address_json};
use crate::rules::RuleSet;
use crate::site::{Check, Checker, Strength, Verdict};

/// A line of standard input is read this far: the longest address that browsers open (2 MB).
const LONGEST_LINE: usize = 2 << 20;

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
        while input.read_until(b'\n', &mut line)? > 0 {
            line.truncate(LONGEST_LINE);
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\r', '\n']);
            if !text.trim().is_empty() {
                exit = worse(exit, self.one(text, None, out)?);
            }
            line.clear();
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

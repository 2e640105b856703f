//! The check of an address, in words and as JSON. Says what is known and what to do, and accuses
//! nobody: a look-alike is "not the official address, and very like it".

use std::io::{self, Write};

use colored::{Color, Colorize};
use serde::Serialize;

use crate::rules::RuleSet;
use crate::site::{Check, Flaw, Reason, ReasonKind, Strength, Verdict};
use crate::text::Locale;

use super::escape::harmless;
use super::json::write_json_value;
use super::view::word;

/// An address is shown this far, in characters.
const SHOWN: usize = 200;

/// A check with everything needed to put it into words.
#[derive(Debug, Clone, Copy)]
pub struct AddressView<'v> {
    /// The address as it was given.
    pub url: &'v str,
    /// The picture in whose code it stands.
    pub file: Option<&'v str>,
    /// What the check found.
    pub check: &'v Check,
    /// The rules, for their words.
    pub rules: &'v RuleSet,
    /// The language.
    pub locale: Locale,
}

#[derive(Serialize)]
struct Report<'v> {
    schema: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'v str>,
    url: &'v str,
    host: Option<&'v str>,
    verdict: &'static str,
    lookalike_of: Option<&'v str>,
    reasons: Vec<Because<'v>>,
    text: String,
    advice: &'v str,
}

#[derive(Serialize)]
struct Because<'v> {
    id: &'static str,
    strength: &'static str,
    of: Option<&'v str>,
    text: String,
}

/// Writes the check as one line of JSON.
///
/// # Errors
/// What the writer reports.
pub fn write_address_json(view: &AddressView<'_>, out: &mut impl Write) -> io::Result<()> {
    let check = view.check;
    let reasons = check.reasons.iter().map(|reason| Because {
        id: reason.kind.id(),
        strength: reason.strength.id(),
        of: reason.of.as_deref(),
        text: view.reason(reason),
    });
    let report = Report {
        schema: 1,
        file: view.file,
        url: view.url,
        host: check.host.as_deref(),
        verdict: check.verdict.id(),
        lookalike_of: check.lookalike_of.as_deref(),
        reasons: reasons.collect(),
        text: view.verdict(),
        advice: view.advice(),
    };
    write_json_value(&report, out)
}

/// Writes the check for a person, wrapped to so many columns.
///
/// # Errors
/// What the writer reports.
pub fn write_address(view: &AddressView<'_>, width: usize, out: &mut impl Write) -> io::Result<()> {
    let check = view.check;
    let colour = match check.verdict {
        Verdict::Official => Color::Green,
        Verdict::Lookalike => Color::Red,
        Verdict::Insecure | Verdict::Unknown => Color::Yellow,
    };
    if let Some(file) = view.file {
        writeln!(out, "{}", harmless(file))?;
    }
    writeln!(out, "{}", shortened(view.url))?;
    line(
        &view.verdict(),
        "  ",
        width,
        |text| text.color(colour).bold().to_string(),
        out,
    )?;
    let colon = view.word("colon");
    if let Some(host) = &check.host {
        let text = format!("{}{colon}{}", view.word("address.host"), view.host(host));
        line(&text, "  ", width, str::to_owned, out)?;
    }
    for reason in &check.reasons {
        line(&view.reason(reason), "  - ", width, str::to_owned, out)?;
    }
    let text = format!("{}{colon}{}", view.word("address.advice"), view.advice());
    line(&text, "  ", width, str::to_owned, out)?;
    writeln!(out)
}

/// One wrapped paragraph; what does not fit on its first line is indented as far as its text.
fn line(
    text: &str,
    indent: &str,
    width: usize,
    style: impl Fn(&str) -> String,
    out: &mut impl Write,
) -> io::Result<()> {
    let rest = " ".repeat(indent.len());
    let options = textwrap::Options::new(width)
        .initial_indent(indent)
        .subsequent_indent(&rest);
    for line in textwrap::wrap(&harmless(text), options) {
        let (blank, words) = line.split_at(indent.len().min(line.len()));
        writeln!(out, "{blank}{}", style(words))?;
    }
    Ok(())
}

fn shortened(url: &str) -> String {
    let shown = harmless(url.trim());
    match shown.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &shown[..at]),
        None => shown,
    }
}

impl<'v> AddressView<'v> {
    fn word(&self, key: &'v str) -> &'v str {
        word(self.rules, self.locale, key)
    }

    /// The verdict in a sentence.
    fn verdict(&self) -> String {
        let check = self.check;
        let (key, name) = match (check.verdict, &check.lookalike_of) {
            (Verdict::Official, _) => ("address.official", check.host.as_deref()),
            (Verdict::Insecure, _) => ("address.insecure", check.host.as_deref()),
            (Verdict::Lookalike, of) => ("address.lookalike", of.as_deref()),
            (Verdict::Unknown, _) => (self.unknown(), None),
        };
        self.word(key)
            .replace("{1}", &harmless(name.unwrap_or_default()))
    }

    fn unknown(&self) -> &'static str {
        let reasons = &self.check.reasons;
        let has = |kind| reasons.iter().any(|reason| reason.kind == kind);
        let empty = reasons.iter().any(|it| it.flaw == Some(Flaw::Empty));
        if self.file.is_some() && self.url.is_empty() && empty {
            "address.no_code"
        } else if has(ReasonKind::Unreadable) {
            "address.unreadable"
        } else if has(ReasonKind::OtherScheme) {
            "address.other"
        } else if has(ReasonKind::Shortener) {
            "address.short"
        } else if reasons.iter().any(|it| it.strength == Strength::Weak) {
            "address.noticed"
        } else {
            "address.unknown"
        }
    }

    /// What to do, in a sentence.
    fn advice(&self) -> &'v str {
        self.word(match self.check.verdict {
            Verdict::Official => "address.do_official",
            Verdict::Insecure => "address.do_insecure",
            Verdict::Lookalike => "address.do_lookalike",
            Verdict::Unknown => match self.unknown() {
                "address.no_code" => "address.do_no_code",
                "address.unreadable" => "address.do_unreadable",
                "address.other" => "address.do_other",
                "address.short" => "address.do_short",
                _ => "address.do_unknown",
            },
        })
    }

    /// The host as it is read and, where that differs, as it is registered.
    fn host(&self, host: &str) -> String {
        match &self.check.shown {
            Some(shown) if shown != host => {
                let both = self.word("address.registered");
                both.replace("{1}", &harmless(shown)).replace("{2}", host)
            }
            _ => host.to_owned(),
        }
    }

    /// One reason in words.
    fn reason(&self, reason: &Reason) -> String {
        let of = harmless(reason.of.as_deref().unwrap_or_default());
        let list: Vec<&str> = match reason.kind {
            ReasonKind::Obfuscation => {
                let odd = reason
                    .oddities
                    .iter()
                    .map(|it| format!("address.odd.{}", it.id()));
                odd.map(|key| self.found(&key)).collect()
            }
            ReasonKind::Unreadable => {
                let flaw = reason.flaw.map(|it| format!("address.flaw.{}", it.id()));
                flaw.iter().map(|key| self.found(key)).collect()
            }
            _ => Vec::new(),
        };
        let key = match (&reason.of, reason.kind) {
            (None, ReasonKind::UserInfo) => "address.reason.user-info-plain".to_owned(),
            (None, ReasonKind::Syntax) => "address.reason.syntax-plain".to_owned(),
            (_, ReasonKind::OtherScheme) if reason.strength > Strength::Info => {
                "address.reason.other-scheme-active".to_owned()
            }
            (_, kind) => format!("address.reason.{}", kind.id()),
        };
        let text = self.found(&key).replace("{1}", &of);
        text.replace("{2}", &list.join(self.word("list.comma")))
    }

    /// A word whose key was put together; a test holds all such keys to the list of words.
    fn found(&self, key: &str) -> &'v str {
        let text = self.rules.words.get(key);
        text.map_or("", |text| text.get(self.locale))
    }
}

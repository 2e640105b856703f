//! An evaluation as text, JSON, SVG or a page.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::facts::mask_within;
use crate::learn::eval::{BINS, Bin, Evaluation, Share};
use crate::rules::RuleSet;
use crate::text::Locale;

use super::escape::{harmless, html};
use super::json::write_json_value;
use super::view::word;

/// What an evaluation is written with.
#[derive(Debug, Clone, Copy)]
pub struct EvalView<'e> {
    /// The evaluation.
    pub evaluation: &'e Evaluation,
    /// The rules that made it.
    pub rules: &'e RuleSet,
    /// The language.
    pub locale: Locale,
    /// How many of the worst rows are shown.
    pub worst: usize,
    /// Whether private data in tickets is shown as it is.
    pub reveal: bool,
}

/// The measures with their names, in the order in which they are shown.
fn shares(evaluation: &Evaluation) -> [(&'static str, Share); 9] {
    [
        ("eval.top1", evaluation.top1),
        ("eval.top3", evaluation.top3),
        ("eval.second_in_top3", evaluation.second_in_top3),
        ("eval.wrong_not", evaluation.wrong_not),
        ("eval.undecided", evaluation.undecided),
        ("eval.healthy", evaluation.healthy),
        ("eval.asks", evaluation.asks),
        ("eval.pay_again", evaluation.pay_again),
        ("eval.pays_twice", evaluation.pays_twice),
    ]
}

/// Letters of a ticket that are shown.
const SHOWN: usize = 120;

impl EvalView<'_> {
    fn word(&self, key: &'static str) -> &str {
        word(self.rules, self.locale, key)
    }

    fn title<'t>(&'t self, id: &'t str) -> &'t str {
        match self.rules.cause(id) {
            Some(cause) => cause.source.title.get(self.locale),
            None if id == "undetermined" => self.word("case.undetermined"),
            None if id == "healthy" => self.word("case.healthy"),
            None => id,
        }
    }

    /// A ticket, its private numbers masked.
    fn shown<'t>(&self, ticket: &'t str) -> Cow<'t, str> {
        if self.reveal {
            Cow::Borrowed(ticket)
        } else {
            Cow::Owned(mask_within(ticket))
        }
    }

    fn wanted(&self, ids: &[String]) -> String {
        let titles: Vec<&str> = ids.iter().map(|id| self.title(id)).collect();
        titles.join(" + ")
    }

    /// Pairs of right and found causes that differ, commonest first.
    fn confused(&self) -> Vec<(&str, &str, usize)> {
        let mut pairs: Vec<(&str, &str, usize)> = self
            .evaluation
            .confusion
            .iter()
            .flat_map(|(wanted, found)| {
                found
                    .iter()
                    .map(move |(got, rows)| (wanted.as_str(), got.as_str(), *rows))
            })
            .filter(|(wanted, got, _)| wanted != got)
            .collect();
        pairs.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(b.0)).then(a.1.cmp(b.1)));
        pairs
    }
}

/// Writes an evaluation for a terminal.
///
/// # Errors
/// What the writer reports.
pub fn write_eval(view: &EvalView<'_>, out: &mut impl Write) -> io::Result<()> {
    let evaluation = view.evaluation;
    writeln!(out, "{} {}", evaluation.rows, view.word("eval.rows"))?;
    for (name, share) in shares(evaluation) {
        if let Some(value) = share.value() {
            writeln!(
                out,
                "  {value:.3}  {} ({}/{})",
                view.word(name),
                share.hits,
                share.of
            )?;
        }
    }
    for (name, value) in [
        ("eval.ece", evaluation.ece()),
        ("eval.log_loss", evaluation.log_loss()),
    ] {
        if let Some(value) = value {
            writeln!(out, "  {value:.3}  {}", view.word(name))?;
        }
    }
    writeln!(out, "\n{}", view.word("eval.reliability"))?;
    for (index, bin) in evaluation
        .bins
        .iter()
        .enumerate()
        .filter(|(_, bin)| bin.rows > 0)
    {
        let right = bin.right as f64 / bin.rows as f64;
        writeln!(
            out,
            "  {:>3}–{:>3} %  {}  {:>3.0} %  {}",
            index * 100 / BINS,
            (index + 1) * 100 / BINS,
            bar(right),
            right * 100.0,
            bin.rows
        )?;
    }
    let confused = view.confused();
    if !confused.is_empty() {
        writeln!(out, "\n{}", view.word("eval.confusion"))?;
    }
    for (wanted, got, rows) in confused.into_iter().take(view.worst) {
        writeln!(
            out,
            "  {rows:>3}  {} → {}",
            view.title(wanted),
            view.title(got)
        )?;
    }
    if !evaluation.misses.is_empty() && view.worst > 0 {
        writeln!(out, "\n{}", view.word("eval.worst"))?;
    }
    for miss in evaluation.misses.iter().take(view.worst) {
        let got = miss
            .got
            .as_ref()
            .map_or(miss.verdict, |(id, _)| view.title(id));
        let shown: String = harmless(&view.shown(&miss.shown))
            .chars()
            .take(SHOWN)
            .collect();
        writeln!(
            out,
            "  {}  {} → {got} ({:.2})  {shown}",
            harmless(&miss.id),
            view.wanted(&miss.wanted),
            miss.probability
        )?;
    }
    for (id, reason) in &evaluation.unreadable {
        writeln!(out, "  {}  {}", harmless(id), harmless(reason))?;
    }
    Ok(())
}

/// Twenty cells, filled as far as a share goes.
fn bar(share: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of twenty"
    )]
    let filled = (share * 20.0).round() as usize;
    format!("{}{}", "█".repeat(filled), "·".repeat(20 - filled.min(20)))
}

/// Writes an evaluation for scripts, as one line.
///
/// # Errors
/// What the writer reports.
pub fn write_eval_json(view: &EvalView<'_>, out: &mut impl Write) -> io::Result<()> {
    let evaluation = view.evaluation;
    let mut value = json!({
        "schema": 1,
        "rules": view.rules.fingerprint,
        "rows": evaluation.rows,
        "ece": evaluation.ece().map(rounded),
        "log_loss": evaluation.log_loss().map(rounded),
        "reliability": evaluation.bins.iter().map(bin_json).collect::<Vec<_>>(),
        "confusion": evaluation.confusion,
        "misses": evaluation.misses.iter().take(view.worst).map(|miss| json!({
            "id": miss.id, "causes": miss.wanted, "verdict": miss.verdict,
            "first": miss.got.as_ref().map(|(id, _)| id), "probability": rounded(miss.probability),
        })).collect::<Vec<_>>(),
        "unreadable": evaluation.unreadable.iter().map(|(id, reason)| json!({ "id": id, "reason": reason })).collect::<Vec<_>>(),
    });
    for (name, share) in shares(evaluation) {
        let key = name.trim_start_matches("eval.");
        value[key] = share
            .value()
            .map_or(Value::Null, |value| rounded(value).into());
    }
    write_json_value(&value, out)
}

fn bin_json(bin: &Bin) -> Value {
    json!({ "rows": bin.rows, "said": rounded(bin.said), "right": bin.right })
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

/// Side of the diagram and its margin, in pixels.
const SIDE: f64 = 320.0;
const MARGIN: f64 = 36.0;

/// The reliability diagram: how sure it was against how often it was right. A dot's area is its
/// share of the rows; on the line, what is said is so.
#[must_use]
pub fn eval_svg(view: &EvalView<'_>) -> String {
    let bins = &view.evaluation.bins;
    let rows: usize = bins.iter().map(|bin| bin.rows).sum();
    let x = |share: f64| MARGIN + share * SIDE;
    let y = |share: f64| MARGIN + (1.0 - share) * SIDE;
    let mut dots = String::new();
    for bin in bins.iter().filter(|bin| bin.rows > 0) {
        let count = bin.rows as f64;
        let (said, right) = (bin.said / count, bin.right as f64 / count);
        let radius = 4.0 + 16.0 * (count / rows as f64).sqrt();
        dots.push_str(&format!(
            r##"<circle cx="{:.1}" cy="{:.1}" r="{radius:.1}" fill="#2b6cb0" fill-opacity="0.7"><title>{:.0} % / {:.0} % · {}</title></circle>"##,
            x(said),
            y(right),
            said * 100.0,
            right * 100.0,
            bin.rows
        ));
    }
    let mut lines = String::new();
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let (at, up) = (x(share), y(share));
        lines.push_str(&format!(
            r##"<path d="M{at:.1} {:.1}V{:.1}M{:.1} {up:.1}H{:.1}" stroke="#8884" fill="none"/><text x="{at:.1}" y="{:.1}" text-anchor="middle">{:.0}</text><text x="{:.1}" y="{:.1}" text-anchor="end">{:.0}</text>"##,
            y(0.0), y(1.0), x(0.0), x(1.0), y(0.0) + 16.0, share * 100.0, x(0.0) - 6.0, up + 4.0, share * 100.0
        ));
    }
    let size = SIDE + 2.0 * MARGIN;
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}" role="img" font-family="sans-serif" font-size="11" fill="#666"><title>{title}</title>{lines}<path d="M{:.1} {:.1}L{:.1} {:.1}" stroke="#888" stroke-dasharray="4"/>{dots}<text x="{:.1}" y="{:.1}" text-anchor="middle">{said}</text><text x="{:.1}" y="{:.1}" text-anchor="middle" transform="rotate(-90 12 {:.1})">{right}</text></svg>"##,
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0),
        x(0.5),
        size - 4.0,
        12.0,
        y(0.5),
        y(0.5),
        title = html(view.word("eval.reliability")),
        said = html(view.word("eval.said")),
        right = html(view.word("eval.right")),
    )
}

/// Writes an evaluation as one page without scripts.
///
/// # Errors
/// What the writer reports.
pub fn write_eval_html(view: &EvalView<'_>, out: &mut impl Write) -> io::Result<()> {
    let evaluation = view.evaluation;
    let language = match view.locale {
        Locale::Zh => "zh-Hans",
        Locale::En => "en",
    };
    let title = html(view.word("eval.title"));
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>"
    )?;
    writeln!(
        out,
        "<p>{} {} · {}</p><table>",
        evaluation.rows,
        html(view.word("eval.rows")),
        html(&view.rules.fingerprint)
    )?;
    for (name, share) in shares(evaluation) {
        if let Some(value) = share.value() {
            writeln!(
                out,
                "<tr><td>{}</td><td class=n>{value:.3}</td><td class=n>{}/{}</td></tr>",
                html(view.word(name)),
                share.hits,
                share.of
            )?;
        }
    }
    for (name, value) in [
        ("eval.ece", evaluation.ece()),
        ("eval.log_loss", evaluation.log_loss()),
    ] {
        if let Some(value) = value {
            writeln!(
                out,
                "<tr><td>{}</td><td class=n>{value:.3}</td><td></td></tr>",
                html(view.word(name))
            )?;
        }
    }
    writeln!(
        out,
        "</table><h2>{}</h2>{}",
        html(view.word("eval.reliability")),
        eval_svg(view)
    )?;
    writeln!(out, "<h2>{}</h2><table>", html(view.word("eval.confusion")))?;
    for (wanted, got, rows) in view.confused() {
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td class=n>{rows}</td></tr>",
            html(view.title(wanted)),
            html(view.title(got))
        )?;
    }
    writeln!(
        out,
        "</table><h2>{}</h2><table>",
        html(view.word("eval.worst"))
    )?;
    for miss in evaluation.misses.iter().take(view.worst) {
        let got = miss
            .got
            .as_ref()
            .map_or(miss.verdict, |(id, _)| view.title(id));
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=n>{:.2}</td><td>{}</td></tr>",
            html(&miss.id),
            html(&view.wanted(&miss.wanted)),
            html(got),
            miss.probability,
            html(&view.shown(&miss.shown))
        )?;
    }
    writeln!(out, "</table></body></html>")
}

/// Light and dark, on paper and on narrow screens.
const STYLE: &str = ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td{padding:.2rem .6rem;border-bottom:1px solid #8884;vertical-align:top;overflow-wrap:anywhere}.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}";

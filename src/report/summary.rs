//! A run in words for a terminal: totals that add up, why recharges failed, what to look at first.
//! Refuses more than a screen or two: the page has the rest.

use std::io::{self, Write};

use colored::Colorize;
use textwrap::Options;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::batch::{Loss, Ticket};

use super::escape::harmless;
use super::run::{RunView, clock, grouped, percent, share};

/// Causes that are named.
const CAUSES: usize = 10;

/// Lines of every other list.
const LINES: usize = 5;

/// Cells of a bar.
const BAR: usize = 12;

/// Writes the summary of a run, wrapped to `width` columns; wide characters count as two.
///
/// # Errors
/// What the writer reports.
pub fn write_summary(view: &RunView<'_>, width: usize, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page { view, width, out };
    page.totals()?;
    page.causes()?;
    page.outages()?;
    page.tickets()?;
    page.codes()?;
    page.rejected()
}

struct Page<'p, 'v, W> {
    view: &'p RunView<'v>,
    width: usize,
    out: &'p mut W,
}

/// One cell of a table, with the side on which it is filled up.
struct Cell {
    text: String,
    right: bool,
}

fn left(text: impl Into<String>) -> Cell {
    Cell {
        text: harmless(&text.into()),
        right: false,
    }
}

fn right(text: impl Into<String>) -> Cell {
    Cell {
        text: harmless(&text.into()),
        right: true,
    }
}

impl<W: Write> Page<'_, '_, W> {
    fn heading(&mut self, key: &'static str) -> io::Result<()> {
        writeln!(self.out, "\n{}", self.view.word(key).bold())
    }

    /// One paragraph with a hanging indent.
    fn paragraph(&mut self, first: &str, rest: &str, text: &str) -> io::Result<()> {
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .break_words(true);
        for line in textwrap::wrap(text, options) {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Lines with aligned columns; the last one may be cut to fit.
    fn table(&mut self, lines: &[Vec<Cell>]) -> io::Result<()> {
        let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|at| {
                let cells = lines.iter().filter_map(|line| line.get(at));
                cells.map(|cell| cell.text.width()).max().unwrap_or(0)
            })
            .collect();
        for line in lines {
            let mut text = String::new();
            for (cell, width) in line.iter().zip(&widths) {
                let blank = " ".repeat(width.saturating_sub(cell.text.width()));
                let (before, after) = if cell.right {
                    (blank.as_str(), "")
                } else {
                    ("", blank.as_str())
                };
                text.push_str(&format!("  {before}{}{after}", cell.text));
            }
            writeln!(self.out, "{}", cut(text.trim_end(), self.width))?;
        }
        Ok(())
    }

    fn more(&mut self, shown: usize, all: usize) -> io::Result<()> {
        if all > shown {
            let more = self
                .view
                .fill("run.more", &[&grouped((all - shown) as u64)]);
            writeln!(self.out, "  {}", more.dimmed())?;
        }
        Ok(())
    }

    fn totals(&mut self) -> io::Result<()> {
        let headline = self.view.headline();
        for line in textwrap::wrap(&headline, self.width) {
            writeln!(self.out, "{}", line.trim_end().bold())?;
        }
        for said in self.view.stakes() {
            self.paragraph("", "", &said)?;
        }
        Ok(())
    }

    fn causes(&mut self) -> io::Result<()> {
        let tally = self.view.tally;
        let failed = tally.failed();
        if failed.rows == 0 {
            return Ok(());
        }
        self.heading("run.causes")?;
        let parts = self.cause_parts();
        let most = parts.iter().map(|(_, loss)| loss.rows).max().unwrap_or(0);
        let line = |shown: String, loss: &Loss, title: &str| {
            vec![
                left(shown),
                right(percent(share(loss.rows, failed.rows))),
                right(self.view.fill("run.rows", &[&grouped(loss.rows)])),
                right(self.view.money(loss.money)),
                left(title),
            ]
        };
        let lines = parts
            .iter()
            .map(|(title, loss)| line(bar(share(loss.rows, most)), loss, title));
        let mut lines: Vec<Vec<Cell>> = lines.collect();
        lines.push(line(
            String::new(),
            &failed,
            self.view.word("run.failed_all"),
        ));
        self.table(&lines)
    }

    /// The commonest causes, the others together, and the rows whose cause is open.
    fn cause_parts(&self) -> Vec<(String, Loss)> {
        let view = self.view;
        let ranked = view.tally.ranked();
        // One cause alone needs no line that gathers "the others".
        let one_more = ranked.len() == CAUSES + 1;
        let (named, rest) = ranked.split_at(ranked.len().min(CAUSES + usize::from(one_more)));
        let named = named
            .iter()
            .map(|(cause, loss)| (view.cause(Some(*cause)).to_owned(), *loss));
        let mut parts: Vec<(String, Loss)> = named.collect();
        if !rest.is_empty() {
            let mut sum = Loss::default();
            rest.iter().for_each(|(_, loss)| sum.add(loss));
            let count = rest.len().to_string();
            parts.push((view.fill("run.other_causes", &[&count]), sum));
        }
        let open = view.tally.undetermined;
        if open.rows > 0 {
            parts.push((view.cause(None).to_owned(), open));
        }
        parts
    }

    fn outages(&mut self) -> io::Result<()> {
        let view = self.view;
        if view.outages.is_empty() {
            return Ok(());
        }
        self.heading("run.outages")?;
        for outage in view.outages.iter().take(LINES) {
            let channel = harmless(view.channel(Some(&outage.channel)));
            let line = view.fill(
                "run.outage_line",
                &[
                    &channel,
                    &clock(outage.from),
                    &clock(outage.to),
                    &grouped(outage.rows),
                    &grouped(outage.failed),
                    &percent(share(outage.failed, outage.rows)),
                    &percent(outage.usual),
                ],
            );
            self.paragraph("  ", "  ", &line)?;
        }
        self.more(LINES, view.outages.len())
    }

    fn tickets(&mut self) -> io::Result<()> {
        let tickets = &self.view.tally.tickets;
        if tickets.is_empty() {
            return Ok(());
        }
        self.heading("run.tickets")?;
        for (at, ticket) in tickets.iter().take(LINES).enumerate() {
            self.ticket(at + 1, ticket)?;
        }
        Ok(())
    }

    /// One ticket: how much and which, then what holds of it.
    fn ticket(&mut self, number: usize, ticket: &Ticket) -> io::Result<()> {
        let view = self.view;
        let row = &ticket.row;
        let place = view.fill(
            "run.ticket_line",
            &[view.input(row.input), &row.number.to_string()],
        );
        let amount = row.amount.map(|fen| view.money(i128::from(fen)));
        let parts = [amount.as_deref(), row.case.as_deref(), Some(&place)];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        let state = view.word(match (ticket.blocked, row.taken) {
            (true, true) => "run.state_taken",
            (true, false) => "run.state_blocked",
            (false, _) => "run.state_allowed",
        });
        self.paragraph(
            &format!("  {number}. "),
            "     ",
            &harmless(&parts.join("  ")),
        )?;
        let says = format!("{}{}{state}", view.cause(ticket.cause), view.word("colon"));
        self.paragraph("     ", "     ", &harmless(&says))
    }

    fn codes(&mut self) -> io::Result<()> {
        let view = self.view;
        let codes = &view.tally.codes;
        if codes.is_empty() {
            return Ok(());
        }
        self.heading("run.codes")?;
        let mut lines = Vec::new();
        for (code, count) in codes.largest(LINES) {
            let near = view.rules.codes.nearest(code);
            let near = near.map(|near| view.fill("run.nearest_line", &[near]));
            lines.push(vec![
                right(view.fill("run.rows", &[&grouped(*count)])),
                left(view.within(code)),
                left(near.unwrap_or_default()),
            ]);
        }
        self.table(&lines)?;
        self.more(LINES, codes.len())
    }

    fn rejected(&mut self) -> io::Result<()> {
        let view = self.view;
        let tally = view.tally;
        if tally.rejected == 0 {
            return Ok(());
        }
        self.heading("run.rejected")?;
        let mut lines = Vec::new();
        for rejected in tally.rejects.iter().take(LINES) {
            lines.push(vec![
                left(view.input(rejected.input)),
                right(view.fill("run.line_at", &[&rejected.line.to_string()])),
                left(view.within(&view.reject(&rejected.reason))),
            ]);
        }
        self.table(&lines)?;
        let all = usize::try_from(tally.rejected).unwrap_or(usize::MAX);
        self.more(lines.len(), all)
    }
}

/// Cells that are filled as far as a share goes; none of a share stays without one.
fn bar(share: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a few cells"
    )]
    let filled = ((share * BAR as f64).round() as usize).min(BAR);
    let filled = filled.max(usize::from(share > 0.0));
    format!("{}{}", "█".repeat(filled), "·".repeat(BAR - filled))
}

/// The beginning of a line that fits, marked where it was cut.
fn cut(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let mut shown = String::new();
    let mut taken = 0;
    for c in line.chars() {
        taken += c.width().unwrap_or(0);
        if taken >= width {
            break;
        }
        shown.push(c);
    }
    shown.truncate(shown.trim_end().len());
    shown + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_by_their_width() {
        assert_eq!(cut("充值失败", 8), "充值失败");
        assert_eq!(cut("充值失败", 7), "充值失…");
        assert_eq!(cut("abc", 2), "a…");
    }

    #[test]
    fn no_share_is_without_a_cell() {
        assert!(bar(0.001).starts_with("█·"));
        assert_eq!(bar(1.0), "█".repeat(BAR));
        assert_eq!(bar(0.0), "·".repeat(BAR));
    }
}

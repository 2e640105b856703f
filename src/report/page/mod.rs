//! A run as one page of HTML: works without a network and without scripts, which only add filters
//! and sorting. Refuses raw data: everything from rows is escaped, private data is masked.

mod charts;
mod sections;
mod table;

use std::io::{self, Write};

use crate::text::Locale;

use super::escape::html;
use super::run::{RunView, clock};

/// The looks: light, dark, narrow, on paper.
const STYLE: &str = include_str!("page.css");

/// Filters and sorting.
const SCRIPT: &str = include_str!("page.js");

/// What the page may load: nothing. Its own styles and script stand in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Writes the page of a run.
///
/// # Errors
/// What the writer reports.
pub fn write_page(view: &RunView<'_>, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page { view, out };
    page.head()?;
    page.header()?;
    writeln!(page.out, "<main id=\"main\">")?;
    page.totals()?;
    page.causes()?;
    page.tickets()?;
    page.outages()?;
    page.hours()?;
    page.trend()?;
    page.accounts()?;
    page.codes()?;
    page.clauses()?;
    page.rejected()?;
    page.inputs()?;
    writeln!(page.out, "</main>")?;
    page.footer()
}

/// The sections with the words of their headings, in their order.
const SECTIONS: [(&str, &str); 11] = [
    ("totals", "run.totals"),
    ("causes", "run.causes"),
    ("tickets", "run.tickets"),
    ("outages", "run.outages"),
    ("hours", "run.hours"),
    ("trend", "run.trend"),
    ("accounts", "run.accounts"),
    ("codes", "run.codes"),
    ("clauses", "run.clauses"),
    ("rejected", "run.rejected"),
    ("inputs", "run.inputs"),
];

struct Page<'p, 'v, W> {
    view: &'p RunView<'v>,
    out: &'p mut W,
}

impl<W: Write> Page<'_, '_, W> {
    fn head(&mut self) -> io::Result<()> {
        let language = match self.view.locale {
            Locale::Zh => "zh-Hans",
            Locale::En => "en",
        };
        let title = html(self.view.word("run.title"));
        writeln!(
            self.out,
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>"
        )
    }

    fn header(&mut self) -> io::Result<()> {
        let view = self.view;
        writeln!(
            self.out,
            "<body data-filter=\"{}\" data-shown=\"{}\">\n<a class=\"skip\" href=\"#main\">{}</a>\n<header>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>",
            html(view.word("run.filter")),
            html(view.word("run.shown")),
            html(view.word("run.skip")),
            html(view.word("run.title")),
            html(&view.headline()),
        )?;
        for said in view.stakes() {
            writeln!(self.out, "<p>{}</p>", html(&said))?;
        }
        let private = if view.reveal {
            "run.revealed"
        } else {
            "run.masked"
        };
        writeln!(
            self.out,
            "<p class=\"note\">{}{}<time datetime=\"{}\">{}</time> · {} {}</p>\n</header>",
            html(view.word("run.made")),
            html(view.word("colon")),
            html(&view.now.to_string()),
            html(&clock(view.now.millis())),
            html(view.word("run.zone")),
            html(view.word(private)),
        )?;
        writeln!(
            self.out,
            "<nav aria-label=\"{}\">\n<ul>",
            html(view.word("run.contents"))
        )?;
        for (id, key) in SECTIONS {
            writeln!(
                self.out,
                "<li><a href=\"#{id}\">{}</a></li>",
                html(view.word(key))
            )?;
        }
        writeln!(self.out, "</ul>\n</nav>")
    }

    /// Opens a section of [`SECTIONS`]; its heading names its table.
    fn section(&mut self, id: &'static str) -> io::Result<()> {
        let known = SECTIONS.iter().find(|(known, _)| *known == id);
        let heading = known.map_or(id, |(_, key)| self.view.word(key));
        writeln!(
            self.out,
            "<section id=\"{id}\">\n<h2 id=\"h-{id}\">{}</h2>",
            html(heading)
        )
    }

    fn end_section(&mut self) -> io::Result<()> {
        writeln!(self.out, "</section>")
    }

    fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "<p class=\"note\">{}</p>", html(text))
    }

    fn footer(&mut self) -> io::Result<()> {
        let view = self.view;
        writeln!(
            self.out,
            "<footer>recharge-doctor · {} {} · {} <code>{}</code></footer>\n<script>\n{SCRIPT}</script>\n</body>\n</html>",
            html(view.word("run.program")),
            env!("CARGO_PKG_VERSION"),
            html(view.word("heading.rules")),
            html(&view.rules.fingerprint),
        )
    }
}

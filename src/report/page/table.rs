//! Tables of the page: columns and cells in, markup out. Refuses text that is not escaped.

use std::io::{self, Write};

use crate::report::escape::html;
use crate::report::run::{RunView, grouped, percent};

/// What stands for a value that is not known.
pub(super) const NONE: &str = "–";

/// A column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// The word of its heading.
    pub(super) key: &'static str,
    /// Whether it holds numbers.
    pub(super) numeric: bool,
}

/// A column of texts.
pub(super) const fn text(key: &'static str) -> Column {
    Column {
        key,
        numeric: false,
    }
}

/// A column of numbers.
pub(super) const fn number(key: &'static str) -> Column {
    Column { key, numeric: true }
}

/// A cell: what is inside, its class, and what it is sorted by.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    inside: String,
    class: &'static str,
    value: Option<String>,
}

impl Cell {
    /// A text.
    pub(super) fn text(text: &str) -> Self {
        Self {
            inside: html(text),
            ..Self::default()
        }
    }

    /// A text that is not broken into lines.
    pub(super) fn short(text: &str) -> Self {
        Self {
            class: "k",
            ..Self::text(text)
        }
    }

    /// A text that asks for attention.
    pub(super) fn stop(text: &str) -> Self {
        Self {
            class: "stop",
            ..Self::text(text)
        }
    }

    /// A code or name as a machine writes it.
    pub(super) fn code(text: &str) -> Self {
        Self {
            inside: format!("<code>{}</code>", html(text)),
            ..Self::default()
        }
    }

    /// A count.
    pub(super) fn count(count: u64) -> Self {
        Self::valued(&grouped(count), &count.to_string())
    }

    /// A share.
    pub(super) fn share(share: f64) -> Self {
        Self::valued(&percent(share), &format!("{share:.6}"))
    }

    /// An amount in fen; where it is not known it comes after all others.
    pub(super) fn money(view: &RunView<'_>, fen: Option<i128>) -> Self {
        match fen {
            Some(fen) => Self::valued(&view.money(fen), &fen.to_string()),
            None => Self::valued(NONE, "-1"),
        }
    }

    /// Nothing, where the column is of numbers.
    pub(super) fn no_number() -> Self {
        Self::valued(NONE, "-1")
    }

    /// A text above a bar that is as long as a share.
    pub(super) fn with_bar(text: &str, share: f64, open: bool) -> Self {
        let class = if open { "bar open" } else { "bar" };
        let width = share * 100.0;
        let bar = format!("<span class=\"{class}\" style=\"width:{width:.1}%\"></span>");
        Self {
            inside: html(text) + &bar,
            ..Self::default()
        }
    }

    fn valued(shown: &str, value: &str) -> Self {
        Self {
            inside: html(shown),
            class: "n",
            value: Some(value.to_owned()),
        }
    }

    fn write(&self, tag: &str, out: &mut impl Write) -> io::Result<()> {
        let name = tag.split(' ').next().unwrap_or(tag);
        write!(out, "<{tag}")?;
        if !self.class.is_empty() {
            write!(out, " class=\"{}\"", self.class)?;
        }
        if let Some(value) = &self.value {
            write!(out, " data-v=\"{value}\"")?;
        }
        write!(out, ">{}</{name}>", self.inside)
    }
}

/// A table of a section.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    foot: Vec<Vec<Cell>>,
}

impl Table {
    /// A table with these columns; the first names its rows.
    pub(super) fn new(columns: &[Column]) -> Self {
        Self {
            columns: columns.to_vec(),
            ..Self::default()
        }
    }

    /// Appends a row.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Appends a row that stays last: a sum.
    pub(super) fn sum(&mut self, cells: Vec<Cell>) {
        self.foot.push(cells);
    }

    /// Whether it has no rows.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes it; `id` is that of the section whose heading names it.
    pub(super) fn write(
        &self,
        view: &RunView<'_>,
        id: &str,
        out: &mut impl Write,
    ) -> io::Result<()> {
        writeln!(
            out,
            "<div class=\"wide\" role=\"region\" aria-labelledby=\"h-{id}\" tabindex=\"0\">\n\
             <table class=\"data full\" aria-labelledby=\"h-{id}\">\n<thead><tr>"
        )?;
        for column in &self.columns {
            let class = if column.numeric { " class=\"n\"" } else { "" };
            let heading = html(view.word(column.key));
            writeln!(out, "<th scope=\"col\"{class}>{heading}</th>")?;
        }
        writeln!(out, "</tr></thead>\n<tbody>")?;
        write_rows(&self.rows, out)?;
        writeln!(out, "</tbody>")?;
        if !self.foot.is_empty() {
            writeln!(out, "<tfoot>")?;
            write_rows(&self.foot, out)?;
            writeln!(out, "</tfoot>")?;
        }
        writeln!(out, "</table>\n</div>")
    }
}

fn write_rows(rows: &[Vec<Cell>], out: &mut impl Write) -> io::Result<()> {
    for row in rows {
        write!(out, "<tr>")?;
        for (at, cell) in row.iter().enumerate() {
            let tag = if at == 0 { "th scope=\"row\"" } else { "td" };
            cell.write(tag, out)?;
        }
        writeln!(out, "</tr>")?;
    }
    Ok(())
}

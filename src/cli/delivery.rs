//! Where a run puts its rows and rejected records, and what it shows meanwhile.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::batch::{Progress, Sink};
use crate::facts::Moment;
use crate::report::{CsvRows, RowStyle};

use super::args::{Batch, RowFormat};
use super::exit::Failure;
use super::journal::{Journal, Saved, Written, remove_beside};
use super::output::Output;
use super::workbook::Workbook;

/// Where diagnosed rows go, in their form.
enum Rows {
    Stdout(RowFormat),
    File(Output, RowFormat),
    Workbook(Box<Workbook>),
    /// Nowhere: only the summary is wanted.
    Nowhere,
}

impl Rows {
    fn form(&self) -> RowFormat {
        match self {
            Self::Stdout(form) | Self::File(_, form) => *form,
            Self::Workbook(_) => RowFormat::Xlsx,
            Self::Nowhere => RowFormat::Ndjson,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout(_) => io::stdout().lock().write_all(bytes),
            Self::File(output, _) => output.write_all(bytes),
            Self::Workbook(workbook) => workbook.write(bytes),
            Self::Nowhere => Ok(()),
        }
    }
}

/// Takes what a run gives and puts it where the options say.
pub(super) struct Delivery {
    rows: Rows,
    rejects: Option<Output>,
    bar: ProgressBar,
    /// Whether a row of a JSON array was written already.
    begun: bool,
    /// Whether a rejected record was written already.
    rejected: bool,
    /// Where the run could go on later: its journal, and the instant it looks at its cases.
    journal: Option<(Journal, Moment)>,
}

impl Delivery {
    /// Begins all files.
    pub(super) fn open(args: &Batch, style: &RowStyle<'_>) -> anyhow::Result<Self> {
        // A journal of an earlier run says nothing of the files that are begun now.
        if let Some(output) = &args.output {
            remove_beside(output)?;
        }
        let form = form(args);
        let rows = match (&args.output, form) {
            (Some(path), RowFormat::Xlsx) => {
                Rows::Workbook(Box::new(Workbook::create(path, &CsvRows::header(style))?))
            }
            (Some(path), form) => Rows::File(Output::create(path)?, form),
            (None, RowFormat::Xlsx) => {
                let message = "--format xlsx: expected --output FILE, found none".to_owned();
                let help = "a workbook cannot be written to standard output".to_owned();
                return Err(Failure::new(message, Some(help)).into());
            }
            (None, _) if args.format.is_none() => Rows::Nowhere,
            (None, form) => Rows::Stdout(form),
        };
        let mut delivery = Self {
            rows,
            rejects: args.rejects.as_deref().map(Output::create).transpose()?,
            bar: ProgressBar::hidden(),
            begun: false,
            rejected: false,
            journal: None,
        };
        match delivery.rows.form() {
            RowFormat::Csv => delivery.rows.write(CsvRows::header(style).as_bytes())?,
            RowFormat::Json => delivery.rows.write(b"[")?,
            RowFormat::Ndjson | RowFormat::Xlsx => {}
        }
        Ok(delivery)
    }

    /// Goes on with the files of an interrupted run; none where they are not there any more.
    pub(super) fn resume(args: &Batch, saved: &Saved) -> anyhow::Result<Option<Self>> {
        let Written {
            rows,
            begun,
            rejects,
            rejected,
        } = saved.written;
        let resumed = |path: Option<&Path>, mark| match path {
            Some(path) => Output::resume(path, mark),
            None => Ok(None),
        };
        let Some(output) = resumed(args.output.as_deref(), rows)? else {
            return Ok(None);
        };
        let kept = rejects.map_or(Ok(None), |mark| resumed(args.rejects.as_deref(), mark));
        let kept = match kept {
            Ok(kept) if kept.is_some() == rejects.is_some() => kept,
            // The rows may still be of use.
            other => {
                output.leave();
                return other.map(|_| None);
            }
        };
        Ok(Some(Self {
            rows: Rows::File(output, form(args)),
            rejects: kept,
            bar: ProgressBar::hidden(),
            begun,
            rejected,
            journal: None,
        }))
    }

    /// Writes down from now on how far the run came, where there is a journal to write it into.
    pub(super) fn with(mut self, journal: Option<(Journal, Moment)>) -> Self {
        self.journal = journal;
        self
    }

    /// Shows from now on how many of all rows are done.
    pub(super) fn show(&mut self, done: u64, rows: u64) {
        self.bar = progress(rows);
        self.bar.set_position(done);
        self.bar.reset_eta();
    }

    /// The form of the rows.
    pub(super) fn form(&self) -> RowFormat {
        self.rows.form()
    }

    /// Whether rows are written anywhere.
    pub(super) fn writes_rows(&self) -> bool {
        !matches!(self.rows, Rows::Nowhere)
    }

    /// Ends a run that was stopped: leaves what was written where it can go on. Gives whether it can.
    pub(super) fn suspend(mut self, progress: &Progress) -> io::Result<bool> {
        self.bar.finish_and_clear();
        if self.journal.is_none() {
            return Ok(false);
        }
        let saved = self.save(progress);
        if saved.is_err() || self.journal.is_none() {
            self.abandon();
            return saved.map(|()| false);
        }
        if let Rows::File(output, _) = self.rows {
            output.leave();
        }
        if let Some(rejects) = self.rejects {
            rejects.leave();
        }
        Ok(true)
    }

    /// Ends a run that failed: nothing of it is left.
    pub(super) fn abandon(self) {
        if let Some((journal, _)) = &self.journal {
            // The failure itself says more.
            let _ = journal.remove();
        }
    }

    /// Writes down how far the run came.
    fn save(&mut self, progress: &Progress) -> io::Result<()> {
        let (Some((journal, now)), Rows::File(output, _)) = (&mut self.journal, &mut self.rows)
        else {
            return Ok(());
        };
        let written = Written {
            rows: output.settle()?,
            begun: self.begun,
            rejects: self.rejects.as_mut().map(Output::settle).transpose()?,
            rejected: self.rejected,
        };
        // Without a journal the run is as good as any: it only cannot be gone on with.
        if journal.save(*now, written, progress).is_err() {
            let _ = journal.remove();
            self.journal = None;
        }
        Ok(())
    }

    /// Ends all files and gives them their names.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        // The rows are whole only where what was rejected is kept too.
        if let Some(mut rejects) = self.rejects {
            if self.rejected {
                rejects.write_all(b"\n")?;
            }
            rejects.finish()?;
        }
        match self.rows {
            Rows::File(mut output, form) => {
                if form == RowFormat::Json {
                    output.write_all(b"\n]\n")?;
                }
                output.finish()?;
            }
            Rows::Stdout(form) => {
                let mut stdout = io::stdout().lock();
                if form == RowFormat::Json {
                    stdout.write_all(b"\n]\n")?;
                }
                stdout.flush()?;
            }
            Rows::Workbook(workbook) => workbook.finish()?,
            Rows::Nowhere => {}
        }
        match self.journal {
            Some((journal, _)) => journal.remove(),
            None => Ok(()),
        }
    }
}

/// The form of the rows: as asked for, else by the ending of the file.
pub(super) fn form(args: &Batch) -> RowFormat {
    let ending = args
        .output
        .as_deref()
        .and_then(Path::extension)
        .map(|ending| ending.to_string_lossy().to_lowercase());
    args.format.unwrap_or(match ending.as_deref() {
        Some("csv") => RowFormat::Csv,
        Some("json") => RowFormat::Json,
        Some("xlsx") => RowFormat::Xlsx,
        _ => RowFormat::Ndjson,
    })
}

/// A bar on a terminal; nothing where standard error is piped.
fn progress(rows: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr_with_hz(8));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len}  {per_sec}  {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl Sink for Delivery {
    fn rows(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.rows.form() != RowFormat::Json {
            return self.rows.write(bytes);
        }
        for line in bytes
            .split(|byte| *byte == b'\n')
            .filter(|it| !it.is_empty())
        {
            let between: &[u8] = if self.begun { b",\n" } else { b"\n" };
            self.begun = true;
            self.rows.write(between)?;
            self.rows.write(line)?;
        }
        Ok(())
    }

    fn reject(&mut self, file: &str, line: u64, bytes: &[u8], reason: &str) -> io::Result<()> {
        let Some(rejects) = &mut self.rejects else {
            return Ok(());
        };
        let between = if self.rejected { "\n" } else { "" };
        self.rejected = true;
        // More of it may follow, so its line is ended by what comes next.
        writeln!(rejects, "{between}# {file} line {line}: {reason}")
            .and_then(|()| rejects.write_all(bytes))
            .map_err(unread)
    }

    fn reject_more(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.rejects {
            Some(rejects) => rejects.write_all(bytes).map_err(unread),
            None => Ok(()),
        }
    }

    fn done(&mut self, rows: u64, progress: &Progress) -> io::Result<()> {
        self.bar.inc(rows);
        match &self.journal {
            Some((journal, _)) if journal.is_due() => self.save(progress),
            _ => Ok(()),
        }
    }
}

/// Who reads rows may have seen enough; who wanted to keep rejected records has lost some.
fn unread(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => io::Error::other("the reader of --rejects has gone away"),
        _ => error,
    }
}

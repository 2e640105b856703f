//! `batch`: every row of exported logs, diagnosed.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::batch::{
    BatchError, FirstPass, Ground, Only, Options, RowWriter, Sink, Totals, survey_neighbours,
    write_rows,
};
use crate::cli::args::{Batch, Common, RowFormat};
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{Output, refuse_overwriting};
use crate::cli::settings::Settings;
use crate::cli::workbook::Workbook;
use crate::cli::{load, logs};
use crate::intake::{Export, Note};
use crate::report::{
    CsvRows, InputLine, JsonRows, RowStyle, RunView, harmless, note_text, write_page, write_summary,
};
use crate::rules::RuleSet;
use crate::text::Locale;

/// Becomes true where the user presses Ctrl-C.
static STOP: AtomicBool = AtomicBool::new(false);

pub(super) fn run(common: &Common, args: &Batch, settings: &Settings) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let profile = load::profile(common, rules)?;
    let formats = logs::formats(common, rules)?;
    let only = only(args.only.as_deref(), rules)?;
    let exports = logs::exports(&args.input, formats, rules)?;
    refuse_overwriting(exports.iter().filter_map(Export::path), &targets(args))?;
    let cut = note(&exports, rules, settings);
    stop_on_interrupt();
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let options = Options {
        jobs: args.jobs.map_or_else(cores, std::num::NonZero::get),
        stop: &STOP,
    };
    let ground = Ground {
        rules,
        profile: &profile,
        now: settings.now,
        only,
        detail: args.detail,
    };
    let style = RowStyle {
        rules,
        profile: &profile,
        locale: settings.locale,
        reveal: common.reveal,
    };
    let first = survey_neighbours(&exports, rules, options).map_err(|error| match error {
        BatchError::Stopped => stopped(0),
        error => error.into(),
    })?;
    let mut delivery = Delivery::open(args, &style, first.rows, common.quiet)?;
    let run = Run {
        exports: &exports,
        first: &first,
        ground,
        options,
        locale: settings.locale,
    };
    let totals = match delivery.rows.form() {
        RowFormat::Csv | RowFormat::Xlsx => run.each(|| CsvRows::new(style), &mut delivery),
        RowFormat::Ndjson | RowFormat::Json => run.each(|| JsonRows::new(style), &mut delivery),
    };
    let (totals, inputs) = match totals {
        Err(error) if is_closed_pipe(&error) => return Ok(Exit::Clear),
        other => other?,
    };
    let in_rows = !matches!(delivery.rows, Rows::Nowhere);
    delivery.finish()?;
    let view = RunView {
        tally: &totals.tally,
        outages: &first.histories.outages,
        inputs: &inputs,
        rules,
        locale: settings.locale,
        reveal: common.reveal,
        now: &settings.now,
    };
    if let Some(path) = &args.report {
        let mut output = Output::create(path)?;
        write_page(&view, &mut output)
            .with_context(|| format!("while writing {}", path.display()))?;
        output.finish()?;
    }
    if !common.quiet {
        summary(&view, settings.width, in_rows)?;
    }
    let clear = !cut && totals.rejected == 0 && totals.tally.undetermined.rows == 0;
    Ok(if clear { Exit::Clear } else { Exit::Look })
}

/// Says what is to be noted about the inputs; gives whether one of them is cut off.
fn note(exports: &[Export<'_>], rules: &RuleSet, settings: &Settings) -> bool {
    let mut stderr = io::stderr().lock();
    let notes = || {
        exports
            .iter()
            .flat_map(|it| it.notes.iter().map(move |note| (it, note)))
    };
    for (export, note) in notes() {
        let text = note_text(note, rules, settings.locale);
        let line = harmless(&format!("{}: {text}", export.name));
        // A closed standard error is no reason to stop.
        let _ = writeln!(stderr, "{line}");
    }
    notes().any(|(_, note)| matches!(note, Note::Cut(_)))
}

/// The reader of a pipe may have seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// The first Ctrl-C ends the run cleanly, the second at once.
fn stop_on_interrupt() {
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::abort();
        }
    });
}

/// Files that are written, with the options that name them.
fn targets(args: &Batch) -> Vec<(&'static str, &Path)> {
    let named = [
        ("--output", &args.output),
        ("--rejects", &args.rejects),
        ("--report", &args.report),
    ];
    named
        .into_iter()
        .filter_map(|(flag, path)| Some((flag, path.as_deref()?)))
        .collect()
}

fn only(asked: Option<&str>, rules: &RuleSet) -> anyhow::Result<Only> {
    Ok(match asked {
        None => Only::All,
        Some("failed") => Only::Failed,
        Some("undetermined") => Only::Undetermined,
        Some(id) => {
            let found = rules.causes.iter().position(|cause| cause.id() == id);
            let Some(cause) = found else {
                let message = format!(
                    "--only: expected failed, undetermined or the id of a cause, found `{id}`"
                );
                let ids = rules.causes.iter().map(crate::rules::Cause::id);
                let help =
                    crate::document::nearest(id, ids).map(|near| format!("did you mean `{near}`?"));
                return Err(Failure::new(message, help).into());
            };
            Only::Cause(cause)
        }
    })
}

/// A run over all exports.
#[derive(Clone, Copy)]
struct Run<'r> {
    exports: &'r [Export<'r>],
    first: &'r FirstPass,
    ground: Ground<'r>,
    options: Options<'r>,
    locale: Locale,
}

impl Run<'_> {
    fn each<W: RowWriter>(
        self,
        writer: impl Fn() -> W + Sync + Copy,
        delivery: &mut Delivery,
    ) -> anyhow::Result<(Totals, Vec<InputLine>)> {
        let mut all = Totals::default();
        let mut inputs = Vec::new();
        for (index, export) in self.exports.iter().enumerate() {
            let totals = write_rows(
                export,
                index,
                self.first,
                self.ground,
                self.options,
                writer,
                delivery,
            );
            let totals = totals.map_err(|error| match error {
                BatchError::Stopped => stopped(all.read),
                error => {
                    anyhow::Error::new(error).context(format!("while reading {}", export.name))
                }
            })?;
            let format = export.detected.layout.format;
            inputs.push(InputLine {
                name: export.name.clone(),
                format: format.map(|format| format.name.clone()),
                title: format.map(|format| format.title.get(self.locale).to_owned()),
                rows: totals.read,
                rejected: totals.rejected,
            });
            all.add(totals);
        }
        Ok((all, inputs))
    }
}

fn stopped(rows: u64) -> anyhow::Error {
    let message =
        format!("expected to go on to the end, but the run was stopped after {rows} rows");
    let help = "nothing was left half written; start it again".to_owned();
    Failure::new(message, Some(help)).into()
}

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
struct Delivery {
    rows: Rows,
    rejects: Option<Output>,
    bar: ProgressBar,
    /// Whether a row of a JSON array was written already.
    begun: bool,
    /// Whether a rejected record was written already.
    rejected: bool,
}

impl Delivery {
    fn open(args: &Batch, style: &RowStyle<'_>, rows: u64, quiet: bool) -> anyhow::Result<Self> {
        let form = form(args);
        let rows_to = match (&args.output, form) {
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
            rows: rows_to,
            rejects: args.rejects.as_deref().map(Output::create).transpose()?,
            bar: progress(rows, quiet),
            begun: false,
            rejected: false,
        };
        match delivery.rows.form() {
            RowFormat::Csv => delivery.rows.write(CsvRows::header(style).as_bytes())?,
            RowFormat::Json => delivery.rows.write(b"[")?,
            RowFormat::Ndjson | RowFormat::Xlsx => {}
        }
        Ok(delivery)
    }

    fn finish(self) -> anyhow::Result<()> {
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
        Ok(())
    }
}

/// The form of the rows: as asked for, else by the ending of the file.
fn form(args: &Batch) -> RowFormat {
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

/// A bar on a terminal; nothing where standard error is piped or quiet is wanted.
fn progress(rows: u64, quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() {
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
        if self.rejected {
            rejects.write_all(b"\n")?;
        }
        self.rejected = true;
        writeln!(rejects, "# {file} line {line}: {reason}")?;
        // More of it may follow, so its line is ended by what comes next.
        rejects.write_all(bytes)
    }

    fn reject_more(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.rejects {
            Some(rejects) => rejects.write_all(bytes),
            None => Ok(()),
        }
    }

    fn progress(&mut self, rows: u64) {
        self.bar.inc(rows);
    }
}

/// Prints the summary: the result where no rows are written, else beside them.
fn summary(view: &RunView<'_>, width: usize, in_rows: bool) -> anyhow::Result<()> {
    let mut out = Vec::new();
    write_summary(view, width, &mut out)?;
    let written = if in_rows {
        io::stderr().lock().write_all(&out)
    } else {
        io::stdout().lock().write_all(&out)
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("while writing the summary")
        }
        _ => Ok(()),
    }
}

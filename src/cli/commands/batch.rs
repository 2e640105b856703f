//! `batch`: every row of exported logs, diagnosed.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

use crate::batch::{
    BatchError, FirstPass, Ground, NoRows, Only, Options, Progress, RowWriter, SecondPass,
    survey_neighbours,
};
use crate::cli::args::{Batch, Common, RowFormat};
use crate::cli::delivery::{Delivery, form};
use crate::cli::exit::{Exit, Failure};
use crate::cli::journal::{Journal, Saved};
use crate::cli::output::{Output, refuse_overwriting};
use crate::cli::settings::Settings;
use crate::cli::{load, logs};
use crate::facts::Moment;
use crate::intake::{Export, Note};
use crate::report::{
    CsvRows, InputLine, JsonRows, RowStyle, RunView, harmless, no_orders_text, note_text,
    resumed_text, write_page, write_summary,
};
use crate::rules::{FormatKind, RuleSet};
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
    let journal = Journal::of(common, args, form(args), rules, settings.locale)?;
    let saved = saved(args, journal.as_ref())?;
    let now = saved.as_ref().map_or(Ok(settings.now), Saved::now)?;
    let style = RowStyle {
        rules,
        profile: &profile,
        locale: settings.locale,
        reveal: common.reveal,
    };
    let first = survey_neighbours(&exports, rules, options).map_err(|error| match error {
        BatchError::Stopped => stopped(0, args.resume),
        error => error.into(),
    })?;
    let journal = journal.map(|journal| (journal, now));
    let (mut delivery, mut progress) = begin(args, &style, &first, saved, journal)?;
    if !common.quiet {
        if args.resume {
            let text = resumed_text(progress.records().read, rules, settings.locale);
            // A closed standard error is no reason to stop.
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
        delivery.show(progress.records().read, first.rows);
    }
    let pass = SecondPass {
        first: &first,
        ground: Ground {
            rules,
            profile: &profile,
            now,
            only,
            detail: args.detail,
        },
        options,
    };
    let (csv, json) = (|| CsvRows::new(style), || JsonRows::new(style));
    let done = match delivery.form() {
        _ if !delivery.writes_rows() => {
            each(&exports, pass, || NoRows, &mut progress, &mut delivery)
        }
        RowFormat::Csv | RowFormat::Xlsx => each(&exports, pass, csv, &mut progress, &mut delivery),
        RowFormat::Ndjson | RowFormat::Json => {
            each(&exports, pass, json, &mut progress, &mut delivery)
        }
    };
    match done {
        Err(BatchError::Stopped) => {
            let left = delivery.suspend(&progress);
            let left = left.context("while keeping what was done so far")?;
            return Err(stopped(progress.records().read, left));
        }
        Err(BatchError::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            // The reader of a pipe may have seen enough.
            return Ok(Exit::Clear);
        }
        Err(error) => {
            delivery.abandon();
            let name = &exports[progress.exports.len().saturating_sub(1)].name;
            let error = anyhow::Error::new(error);
            return Err(error.context(format!("while reading {name}")));
        }
        Ok(()) => {}
    }
    let in_rows = delivery.writes_rows();
    delivery.finish()?;
    let inputs = input_lines(&exports, &progress, settings.locale);
    let view = RunView {
        tally: &progress.tally,
        outages: &first.histories.outages,
        inputs: &inputs,
        rules,
        locale: settings.locale,
        reveal: common.reveal,
        now: &now,
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
    let tally = &progress.tally;
    let clear = !cut && tally.rejected == 0 && tally.undetermined.rows == 0;
    Ok(if clear { Exit::Clear } else { Exit::Look })
}

/// Says what is to be noted about the inputs; gives whether one of them is cut off.
fn note(exports: &[Export<'_>], rules: &RuleSet, settings: &Settings) -> bool {
    let mut stderr = io::stderr().lock();
    let mut say = |export: &Export<'_>, text: &str| {
        let line = harmless(&format!("{}: {text}", export.name));
        // A closed standard error is no reason to stop.
        let _ = writeln!(stderr, "{line}");
    };
    let mut cut = false;
    for export in exports {
        if matches!(
            export.detected.layout.kind(),
            FormatKind::Bill | FormatKind::Ledger
        ) {
            say(export, no_orders_text(rules, settings.locale));
        }
        for note in &export.notes {
            say(export, &note_text(note, rules, settings.locale));
            cut |= matches!(note, Note::Cut(_));
        }
    }
    cut
}

/// What an interrupted run left, where it is asked for.
fn saved(args: &Batch, journal: Option<&Journal>) -> anyhow::Result<Option<Saved>> {
    match journal {
        _ if !args.resume => Ok(None),
        Some(journal) => journal.load(),
        None => {
            let message = "--resume: expected --output FILE with rows of text, and inputs that can \
                           be read a second time";
            let help = "a run into a workbook, to standard output or from standard input begins \
                        anew each time";
            Err(Failure::new(message.to_owned(), Some(help.to_owned())).into())
        }
    }
}

/// Goes on with what an interrupted run left, or begins.
fn begin(
    args: &Batch,
    style: &RowStyle<'_>,
    first: &FirstPass,
    saved: Option<Saved>,
    journal: Option<(Journal, Moment)>,
) -> anyhow::Result<(Delivery, Progress)> {
    let fitting = saved.filter(|saved| saved.progress.fits(first));
    if let Some(saved) = fitting
        && let Some(delivery) = Delivery::resume(args, &saved)?
    {
        return Ok((delivery.with(journal), saved.progress));
    }
    let delivery = Delivery::open(args, style)?;
    Ok((delivery.with(journal), Progress::default()))
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

/// Does what is left of all exports.
fn each<W: RowWriter>(
    exports: &[Export<'_>],
    pass: SecondPass<'_>,
    writer: impl Fn() -> W + Sync + Copy,
    progress: &mut Progress,
    delivery: &mut Delivery,
) -> Result<(), BatchError> {
    let done = progress.exports.len().saturating_sub(1);
    for (index, export) in exports.iter().enumerate().skip(done) {
        pass.write_rows(export, index, writer, progress, delivery)?;
    }
    Ok(())
}

/// What the report says of every input.
fn input_lines(exports: &[Export<'_>], progress: &Progress, locale: Locale) -> Vec<InputLine> {
    let pairs = exports.iter().zip(&progress.exports);
    let lines = pairs.map(|(export, records)| {
        let format = export.detected.layout.format;
        InputLine {
            name: export.name.clone(),
            format: format.map(|format| format.name.clone()),
            title: format.map(|format| format.title.get(locale).to_owned()),
            rows: records.read,
            rejected: records.rejected,
        }
    });
    lines.collect()
}

fn stopped(rows: u64, left: bool) -> anyhow::Error {
    let message =
        format!("expected to go on to the end, but the run was stopped after {rows} rows");
    let help = if left {
        "start it again with --resume to go on from there"
    } else {
        "nothing was left half written; start it again"
    };
    Failure::new(message, Some(help.to_owned())).into()
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

//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::facts_flags::FactFlags;
pub(super) use network::{NetworkFlags, Probe};

mod network;

/// Says why a recharge (充值, top-up) failed, how sure that is, what to do next, and whether paying
/// again is safe.
#[derive(Debug, Parser)]
#[command(
    name = "recharge-doctor",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done and clear, 1 something to look at, 2 could not do it."
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Common {
    /// Language of the output; else from the locale
    #[arg(long, global = true, value_enum, help_heading = "Output")]
    pub lang: Option<Language>,
    /// Colour: auto, always or never; `NO_COLOR` is respected
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, help_heading = "Output")]
    pub color: Colour,
    /// Show private data as it is instead of masked
    #[arg(long, global = true, help_heading = "Output")]
    pub reveal: bool,
    /// Say less on standard error: errors without advice
    #[arg(short, long, global = true, help_heading = "Output")]
    pub quiet: bool,
    /// Profile of the platform: limits, windows, domains (TOML)
    #[arg(long, global = true, value_name = "FILE", help_heading = "Rules")]
    pub profile: Option<PathBuf>,
    /// Folder of rule files that add to the built-in ones or replace them by id; repeatable
    #[arg(long, global = true, value_name = "DIR", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
    /// Leave out the built-in causes, signals and gates
    #[arg(long, global = true, help_heading = "Rules")]
    pub no_builtin_rules: bool,
    /// The time of the diagnosis (RFC 3339), for reproducible runs; else the clock
    #[arg(long, global = true, value_name = "TIME", help_heading = "Rules")]
    pub now: Option<String>,
}

/// Languages.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Diagnose one failed recharge
    Diagnose(Diagnose),
    /// Diagnose every row of exported logs
    Batch(Batch),
    /// Say what exported logs and bills are, before anything is concluded from them
    Inspect(Inspect),
    /// Say whether web addresses are the real site's, without opening them
    CheckUrl(CheckUrl),
    /// Check over the network whether a site can be reached, and what stops it
    Probe(Probe),
    /// Explain a cause, a code, or how a case came to its diagnosis
    Explain(Explain),
    /// List the facts that a case can have
    Facts(FactsArgs),
    /// Work with rule files
    Rules(Rules),
    /// Say how good the diagnosis of labelled tickets is
    Eval(Evaluate),
    /// Re-estimate the counts of the rules from closed tickets
    Learn(Learn),
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// Where the facts of a case come from.
#[derive(Debug, Args)]
pub struct CaseInput {
    /// Case file (JSON); `-` reads standard input
    #[arg(long, value_name = "FILE", help_heading = "Case")]
    pub case: Option<PathBuf>,
    /// Set any fact; wins over the case file; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = "Case")]
    pub set: Vec<String>,
    /// Flags for the common facts.
    #[command(flatten)]
    pub flags: FactFlags,
}

/// Output formats of a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For a person at a terminal.
    Text,
    /// For scripts: schema 1, one line.
    Json,
    /// To paste into a ticket.
    Markdown,
}

/// Arguments of `diagnose`.
#[derive(Debug, Args)]
pub struct Diagnose {
    /// The case.
    #[command(flatten)]
    pub input: CaseInput,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, help_heading = "Output")]
    pub format: ReportFormat,
    /// For whom the report is: whose words say what happened
    #[arg(long = "for", value_name = "WHO", value_enum, default_value_t = Reader::User, help_heading = "Output")]
    pub reader: Reader,
    /// Check the site over the network first: that of the case, else that of the profile
    #[arg(long, help_heading = "Network")]
    pub probe: bool,
    /// How.
    #[command(flatten)]
    pub network: NetworkFlags,
}

/// Which files are read, and how where they do not say so themselves.
#[derive(Debug, Args)]
pub struct LogInput {
    /// Exported logs: CSV, JSON, .xlsx, .xls, SQL dumps, log lines, also .gz, .zst or .zip; folders;
    /// patterns; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Format of the files, whatever their columns say; `inspect` names formats
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub format_in: Option<String>,
    /// Read a column as a fact; repeatable
    #[arg(long, value_name = "COLUMN=FACT", help_heading = "Input")]
    pub map: Vec<String>,
    /// Zone of times that name none (+08:00, Z)
    #[arg(
        long,
        value_name = "ZONE",
        help_heading = "Input",
        allow_hyphen_values = true
    )]
    pub zone: Option<String>,
    /// Unit of amounts
    #[arg(long, value_enum, help_heading = "Input")]
    pub unit: Option<Unit>,
}

/// Units of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Yuan, with decimals.
    Yuan,
    /// Whole fen.
    Fen,
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// The files.
    #[command(flatten)]
    pub input: LogInput,
    /// Form of the result; JSON has one line a table
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub format: Format,
}

/// Forms of diagnosed rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowFormat {
    /// One JSON object a line.
    Ndjson,
    /// One JSON array.
    Json,
    /// Comma-separated text for spreadsheets.
    Csv,
    /// A workbook.
    Xlsx,
}

/// Arguments of `batch`.
#[derive(Debug, Args)]
pub struct Batch {
    /// The files.
    #[command(flatten)]
    pub input: LogInput,
    /// Form of the rows
    #[arg(long, value_enum, help_heading = "Output")]
    pub format: Option<RowFormat>,
    /// Write the rows to a file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Write only some rows: failed, undetermined, or those with this cause
    #[arg(
        long,
        value_name = "failed|undetermined|CAUSE",
        help_heading = "Output"
    )]
    pub only: Option<String>,
    /// Add evidence to the causes of every row
    #[arg(long, help_heading = "Output")]
    pub detail: bool,
    /// Write rows that cannot be read to a file, byte for byte, each behind a line with its place
    /// and the reason
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub rejects: Option<PathBuf>,
    /// Write a page with totals, outages and what to look at first
    #[arg(long, value_name = "FILE.html", help_heading = "Output")]
    pub report: Option<PathBuf>,
    /// Go on with an interrupted run into the same --output, to the same bytes
    #[arg(long, help_heading = "Run")]
    pub resume: bool,
    /// Threads that work; else one for each core
    #[arg(short, long, value_name = "N", help_heading = "Run")]
    pub jobs: Option<std::num::NonZeroUsize>,
}

/// For whom a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reader {
    /// The user who paid.
    User,
    /// The support agent.
    Agent,
    /// The merchant.
    Merchant,
}

/// Text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person.
    Text,
    /// For scripts.
    Json,
}

/// Arguments of `check-url`.
#[derive(Debug, Args)]
pub struct CheckUrl {
    /// Addresses, with or without https://; `-` reads standard input, one a line
    #[arg(value_name = "URL", required_unless_present = "qr")]
    pub urls: Vec<String>,
    /// Picture whose QR codes are checked (PNG, JPEG, GIF, BMP, WebP); repeatable
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub qr: Vec<PathBuf>,
    /// Form of the result; JSON has one line an address
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub format: Format,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Id of a cause, or a gateway code
    #[arg(value_name = "ID|CODE")]
    pub subject: Option<String>,
    /// With --case: why not this cause, and what would make it the first
    #[arg(long, value_name = "ID", help_heading = "Case")]
    pub cause: Option<String>,
    /// The case.
    #[command(flatten)]
    pub input: CaseInput,
    /// Form of the explanation; JSON for codes only, HTML for the text of a case
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text, help_heading = "Output")]
    pub format: ExplainFormat,
}

/// Forms of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For a person at a terminal.
    Text,
    /// For scripts.
    Json,
    /// A page with the words of the case marked.
    Html,
}

/// Forms of the fact catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FactsFormat {
    /// For a person.
    Text,
    /// For scripts.
    Json,
    /// A JSON Schema that validates case files.
    JsonSchema,
}

/// Arguments of `facts`.
#[derive(Debug, Args)]
pub struct FactsArgs {
    /// Form of the list
    #[arg(long, value_enum, default_value_t = FactsFormat::Text, help_heading = "Output")]
    pub format: FactsFormat,
}

/// Forms of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvalFormat {
    /// For a person at a terminal.
    Text,
    /// For scripts.
    Json,
    /// One page with the reliability diagram.
    Html,
    /// The reliability diagram alone.
    Svg,
}

/// Arguments of `eval`.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// Labelled tickets (JSON lines: `text` or `facts`, and `causes`); `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = EvalFormat::Text, help_heading = "Output")]
    pub format: EvalFormat,
    /// How many of the worst tickets and confusions are listed
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Output")]
    pub worst: usize,
}

/// Arguments of `learn`.
#[derive(Debug, Args)]
pub struct Learn {
    /// Closed tickets with their causes, as for `eval`
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Folder to write the changed rule files to, for `--rules`
    #[arg(long, value_name = "DIR", required = true)]
    pub out: PathBuf,
    /// Write them even if they do worse on tickets that they were not counted from
    #[arg(long)]
    pub force: bool,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub format: Format,
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// What to do with the rules.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// The commands of `rules`.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List all causes
    List {
        /// Form of the list
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print the file of a cause or signal
    Show {
        /// Id of a cause or signal
        id: String,
    },
    /// Check rule files: every mistake at once, with its place
    Check {
        /// Form of the result
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Run the examples; print branch coverage and mutation score
    Test {
        /// Form of the result
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// List every leaf not seen in all three states and every surviving mutant
        #[arg(long)]
        all: bool,
    },
    /// Evaluate a condition
    Eval(Eval),
    /// List what tickets say that no phrase reads, grouped by likeness
    Unmatched(Unmatched),
    /// Write a new cause file to fill in
    New {
        /// Kebab-case id of the cause
        id: String,
        /// Group of the cause
        #[arg(long, default_value = "payment")]
        group: String,
        /// Rules folder to write into
        #[arg(long, default_value = "rules")]
        out: PathBuf,
    },
    /// Print the JSON Schema of cause files
    Schema,
    /// Print the cause table of the documentation (Markdown)
    Doc,
}

/// Arguments of `rules unmatched`.
#[derive(Debug, Args)]
pub struct Unmatched {
    /// Tickets: JSON lines with the key `text`, or plain lines; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// List instead what each phrase reads, and the causes of the tickets that say it
    #[arg(long)]
    pub phrases: bool,
    /// At most this many groups
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub most: usize,
    /// Form of the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Arguments of `rules eval`.
#[derive(Debug, Args)]
pub struct Eval {
    /// The condition
    #[arg(value_name = "EXPR", allow_hyphen_values = true)]
    pub expression: String,
    /// The case.
    #[command(flatten)]
    pub input: CaseInput,
    /// Form of the result
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub format: Format,
}

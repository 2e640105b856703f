//! `explain`: a cause, a code with every reading, or how a case came to its diagnosis.

use crate::cli::args::{Common, Explain, ExplainFormat};
use crate::cli::exit::{Exit, Failure};
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::diagnose::{diagnose, smallest_changes};
use crate::document::nearest;
use crate::report::{
    Audience, View, write_case_explanation, write_cause, write_code, write_code_json,
    write_spoken_html,
};
use crate::rules::{Cause, Reading, RuleSet};

pub(super) fn run(
    common: &Common,
    args: &Explain,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    check_words(args)?;
    let rules = load::rules(common)?;
    match &args.subject {
        Some(subject) => explain_subject(subject, args, settings, rules, out),
        None => explain_case(common, args, settings, rules, out),
    }
}

/// A cause or code, or else a case: one of the two, and JSON for codes only.
fn check_words(args: &Explain) -> Result<(), Failure> {
    let input = &args.input;
    let mut flags = input.flags.given.iter().map(|(flag, _, _)| *flag);
    let refuse = |message: &str, help: &str| Err(Failure::new(message.into(), Some(help.into())));
    if args.subject.is_none() {
        if input.case.is_none() && input.set.is_empty() && flags.next().is_none() {
            return refuse(
                "expected the id of a cause, a code, or a case, found none",
                "give ID|CODE, or a case with --case FILE, --set or the flags of facts",
            );
        }
        if args.format == ExplainFormat::Json {
            return refuse(JSON_FOR_CODES, "leave out --format, or use --format text");
        }
        return Ok(());
    }
    if args.format == ExplainFormat::Html {
        return refuse(
            "expected a case with --format html: causes and codes are text",
            "give the case with --text, --case or --set",
        );
    }
    let of_case = args.cause.is_some() || input.case.is_some() || !input.set.is_empty();
    if of_case || flags.any(|flag| flag != "gateway") {
        return refuse(
            "expected a cause or code, or a case, found both",
            "to ask of a case why it is not some cause: explain --case FILE --cause ID",
        );
    }
    Ok(())
}

/// Why a request for JSON is refused.
const JSON_FOR_CODES: &str = "expected a code with --format json: causes and cases are text only";

fn explain_subject(
    subject: &str,
    args: &Explain,
    settings: &Settings,
    rules: &RuleSet,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    if let Some(cause) = rules.cause(subject) {
        if args.format == ExplainFormat::Json {
            let help = "leave out --format, or use --format text".to_owned();
            return Err(Failure::new(JSON_FOR_CODES.into(), Some(help)).into());
        }
        write_cause(rules, cause, settings.locale, settings.width, out)?;
        return Ok(Exit::Clear);
    }
    let readings = readings(subject, args, rules);
    if readings.is_empty() {
        return Err(unknown(subject, rules).into());
    }
    match args.format {
        ExplainFormat::Text | ExplainFormat::Html => {
            write_code(
                rules,
                subject,
                &readings,
                settings.locale,
                settings.width,
                out,
            )?;
        }
        ExplainFormat::Json => write_code_json(rules, subject, &readings, settings.locale, out)?,
    }
    Ok(Exit::Clear)
}

/// Every reading of a code, else of a message; those of `--gateway` alone where it is given.
fn readings(subject: &str, args: &Explain, rules: &RuleSet) -> Vec<Reading> {
    let gateway = args
        .input
        .flags
        .given
        .iter()
        .find(|(flag, _, _)| *flag == "gateway");
    let mut readings = rules.codes.code(subject).to_vec();
    if readings.is_empty() {
        readings = rules.codes.message(subject).to_vec();
    }
    if let Some((_, _, name)) = gateway {
        readings.retain(|reading| rules.codes.row(*reading).0.id == *name);
    }
    // The table that claims codes of this shape comes first.
    readings.sort_by_key(|reading| !rules.codes.row(*reading).0.claims(subject));
    readings
}

fn unknown(subject: &str, rules: &RuleSet) -> Failure {
    let ids = rules.causes.iter().map(Cause::id);
    let near = nearest(subject, ids).or_else(|| rules.codes.nearest(subject));
    let help = near.map_or_else(
        || "`recharge-doctor rules list` lists the causes".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("expected the id of a cause or a known code, found `{subject}`");
    Failure::new(message, Some(help))
}

fn explain_case(
    common: &Common,
    args: &Explain,
    settings: &Settings,
    rules: &RuleSet,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let profile = load::profile(common, rules)?;
    let case = load::case(&args.input, settings, rules, &profile)?;
    let diagnosis = diagnose(&case.facts, rules, &profile);
    let wanted = match &args.cause {
        Some(id) => Some(position(id, rules)?),
        None => None,
    };
    let other = match wanted {
        Some(cause) => diagnosis
            .findings
            .iter()
            .find(|finding| finding.cause == cause),
        None => diagnosis.findings.get(1),
    };
    let changes = smallest_changes(&case.facts, rules, &profile, wanted);
    let name = case.name(&rules.catalog);
    let view = View {
        case: &name,
        facts: &case.facts,
        rules,
        profile: &profile,
        diagnosis: &diagnosis,
        locale: settings.locale,
        reveal: common.reveal,
        audience: Audience::default(),
    };
    if args.format == ExplainFormat::Html {
        write_spoken_html(&view, out)?;
        return Ok(Exit::Clear);
    }
    write_case_explanation(&view, other, &changes, settings.width, out)?;
    Ok(Exit::Clear)
}

fn position(id: &str, rules: &RuleSet) -> anyhow::Result<usize> {
    let found = rules.causes.iter().position(|cause| cause.id() == id);
    found.ok_or_else(|| unknown(id, rules).into())
}

//! `diagnose`: one failed recharge in, ranked causes and safe next steps out.

use crate::cli::args::{Common, Diagnose, Reader, ReportFormat};
use crate::cli::exit::Exit;
use crate::cli::load;
use crate::cli::settings::Settings;
use crate::diagnose::{CaseVerdict, diagnose};
use crate::report::{Audience, View, write_json, write_markdown, write_terminal};

pub(super) fn run(
    common: &Common,
    args: &Diagnose,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let profile = load::profile(common, rules)?;
    let case = load::case(&args.input, settings, rules, &profile)?;
    let diagnosis = diagnose(&case.facts, rules, &profile);
    let name = case.name(&rules.catalog);
    let view = View {
        case: &name,
        facts: &case.facts,
        rules,
        profile: &profile,
        diagnosis: &diagnosis,
        locale: settings.locale,
        reveal: common.reveal,
        audience: match args.reader {
            Reader::User => Audience::User,
            Reader::Agent => Audience::Agent,
            Reader::Merchant => Audience::Merchant,
        },
    };
    match args.format {
        ReportFormat::Text => write_terminal(&view, settings.width, out)?,
        ReportFormat::Json => write_json(&view, out)?,
        ReportFormat::Markdown => write_markdown(&view, out)?,
    }
    Ok(match diagnosis.verdict {
        CaseVerdict::Undetermined => Exit::Look,
        CaseVerdict::Identified | CaseVerdict::Healthy => Exit::Clear,
    })
}

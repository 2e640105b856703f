//! `inspect`: what exported logs and bills are, before anything is concluded from them.

use anyhow::Context as _;

use crate::cli::args::{Common, Format, Inspect};
use crate::cli::exit::Exit;
use crate::cli::settings::Settings;
use crate::cli::{load, logs};
use crate::intake::Survey;
use crate::report::{SurveyView, write_survey, write_survey_json};

pub(super) fn run(
    common: &Common,
    args: &Inspect,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> anyhow::Result<Exit> {
    let rules = load::rules(common)?;
    let formats = logs::formats(common, rules)?;
    let exports = logs::exports(&args.input, formats, rules)?;
    let mut exit = Exit::Clear;
    for export in &exports {
        let survey = Survey::of(export, &rules.catalog)
            .with_context(|| format!("while reading {}", export.name))?;
        let view = SurveyView {
            export,
            survey: &survey,
            rules,
            locale: settings.locale,
        };
        match args.format {
            Format::Text => write_survey(&view, out)?,
            Format::Json => write_survey_json(&view, out)?,
        }
        if survey.rejects > 0 {
            exit = Exit::Look;
        }
    }
    Ok(exit)
}

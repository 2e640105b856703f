//! Sheets of workbooks (.xlsx, .xls) as delimited text, a line a row.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{
    Data, DataRef, Error, ExcelDateTime, OdsError, Reader, SheetType, SheetVisible, Sheets,
    XlsError, XlsbError, XlsxError,
};
use chrono::{NaiveDate, TimeDelta};
use thiserror::Error;

/// One sheet as comma-separated UTF-8 text whose n-th record is the n-th row of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub text: Vec<u8>,
}

/// Why a workbook cannot be read.
#[derive(Debug, Error)]
pub enum WorkbookError {
    /// It is damaged or no workbook.
    #[error("expected a whole workbook, found one that is cut off or damaged: {0}")]
    Damaged(String),
    /// It needs a password.
    #[error("expected a workbook without a password, found a protected one")]
    Password,
}

impl From<Error> for WorkbookError {
    fn from(error: Error) -> Self {
        match error {
            Error::Xls(XlsError::Password)
            | Error::Xlsx(XlsxError::Password)
            | Error::Xlsb(XlsbError::Password)
            | Error::Ods(OdsError::Password) => Self::Password,
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// The most columns and rows that a sheet of Excel has.
const MOST_COLUMNS: u32 = 16_384;
const MOST_ROWS: u32 = 1_048_576;

/// The most text that a sheet may give. A few hostile kilobytes can claim far more.
const MOST_TEXT: usize = 1 << 30;

/// The sheets of a workbook, in order, without those that are hidden.
///
/// # Errors
/// Where the workbook cannot be read.
pub fn sheets(file: File) -> Result<Vec<Sheet>, WorkbookError> {
    // calamine panics on some damaged files; nothing of it is used after that.
    catch_unwind(AssertUnwindSafe(|| read(&file)))
        .unwrap_or_else(|_| Err(WorkbookError::Damaged("its reader failed".to_owned())))
}

fn read(file: &File) -> Result<Vec<Sheet>, WorkbookError> {
    let mut workbook = open(file)?;
    let mut sheets = Vec::new();
    let shown: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    for name in shown {
        let text = text(&mut workbook, &name)?;
        sheets.push(Sheet { name, text });
    }
    Ok(sheets)
}

/// Opens a workbook of the kind that its first bytes tell.
fn open(file: &File) -> Result<Sheets<BufReader<&File>>, WorkbookError> {
    let mut head = Vec::new();
    rewound(file)?.take(4).read_to_end(&mut head).map_err(io)?;
    if !head.starts_with(b"PK") {
        return match calamine::Xls::new(rewound(file)?) {
            Ok(xls) => Ok(Sheets::Xls(xls)),
            // A workbook with a password is one of another kind inside.
            Err(error) => match calamine::Xlsx::new(rewound(file)?) {
                Err(XlsxError::Password) => Err(WorkbookError::Password),
                _ => Err(Error::Xls(error).into()),
            },
        };
    }
    let error = match calamine::Xlsx::new(rewound(file)?) {
        Ok(xlsx) => return Ok(Sheets::Xlsx(xlsx)),
        Err(error) => error,
    };
    if let Ok(xlsb) = calamine::Xlsb::new(rewound(file)?) {
        return Ok(Sheets::Xlsb(xlsb));
    }
    match calamine::Ods::new(rewound(file)?) {
        Ok(ods) => Ok(Sheets::Ods(ods)),
        Err(OdsError::Password) => Err(WorkbookError::Password),
        Err(_) => Err(Error::Xlsx(error).into()),
    }
}

/// The file from its beginning; what read it before is done with it.
fn rewound(mut file: &File) -> Result<BufReader<&File>, WorkbookError> {
    file.rewind().map_err(io)?;
    Ok(BufReader::new(file))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn io(error: std::io::Error) -> WorkbookError {
    WorkbookError::Damaged(error.to_string())
}

/// The text of one sheet. Sheets of .xlsx and .xlsb are read cell by cell: as a whole they would
/// take the memory of every cell between the first and the last, however few there are.
fn text<RS: Read + Seek>(workbook: &mut Sheets<RS>, name: &str) -> Result<Vec<u8>, WorkbookError> {
    let mut rows = Rows::default();
    match workbook {
        Sheets::Xlsx(xlsx) => {
            let mut cells = xlsx.worksheet_cells_reader(name).map_err(Error::Xlsx)?;
            while let Some(cell) = cells.next_cell().map_err(Error::Xlsx)? {
                rows.put(cell.get_position(), &shown_ref(cell.get_value()))?;
            }
        }
        Sheets::Xlsb(xlsb) => {
            let mut cells = xlsb.worksheet_cells_reader(name).map_err(Error::Xlsb)?;
            while let Some(cell) = cells.next_cell().map_err(Error::Xlsb)? {
                rows.put(cell.get_position(), &shown_ref(cell.get_value()))?;
            }
        }
        Sheets::Xls(_) | Sheets::Ods(_) => {
            let range = workbook.worksheet_range(name)?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let row = u32::try_from(row).map_or(u32::MAX, |row| row.saturating_add(top));
                let column = u32::try_from(column).map_or(u32::MAX, |at| at.saturating_add(left));
                rows.put((row, column), &shown(value))?;
            }
        }
    }
    rows.finish()
}

/// Rows as text. Rows without a cell that says something are written once one follows that has.
#[derive(Default)]
struct Rows {
    text: Vec<u8>,
    /// How many rows are written.
    written: u32,
    /// The row that is being read.
    row: u32,
    cells: Vec<(u32, String)>,
}

impl Rows {
    fn put(&mut self, (row, column): (u32, u32), cell: &str) -> Result<(), WorkbookError> {
        if cell.is_empty() || row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Ok(());
        }
        if row != self.row {
            self.write()?;
            if row < self.written {
                let reason = format!("row {} follows one further down", u64::from(row) + 1);
                return Err(WorkbookError::Damaged(reason));
            }
            self.row = row;
        }
        self.cells.push((column, cell.to_owned()));
        Ok(())
    }

    /// Writes the row that was read, after those before it that have no cells.
    fn write(&mut self) -> Result<(), WorkbookError> {
        if self.cells.is_empty() {
            return Ok(());
        }
        while self.written < self.row {
            // In quotes, since an empty line is no record.
            self.text.extend_from_slice(b"\"\"\n");
            self.written += 1;
        }
        self.cells.sort_by_key(|(column, _)| *column);
        // Where a damaged sheet has a cell twice, the first counts.
        self.cells.dedup_by_key(|(column, _)| *column);
        let mut at = 0;
        for (column, cell) in self.cells.drain(..) {
            let commas = (column - at) as usize;
            self.text.resize(self.text.len() + commas, b',');
            quote(&cell, &mut self.text);
            at = column;
        }
        self.text.push(b'\n');
        self.written += 1;
        if self.text.len() > MOST_TEXT {
            return Err(WorkbookError::Damaged("a sheet is too large".to_owned()));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, WorkbookError> {
        self.write()?;
        Ok(self.text)
    }
}

/// Writes one cell, in quotes where it needs them. A line end becomes a space: one line, one row.
fn quote(cell: &str, into: &mut Vec<u8>) {
    let cell: Cow<'_, str> = if cell.contains(['\n', '\r']) {
        Cow::Owned(cell.replace("\r\n", " ").replace(['\n', '\r'], " "))
    } else {
        Cow::Borrowed(cell)
    };
    if !cell.contains([',', '"']) {
        into.extend_from_slice(cell.as_bytes());
        return;
    }
    into.push(b'"');
    into.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    into.push(b'"');
}

fn shown_ref<'c>(value: &'c DataRef<'_>) -> Cow<'c, str> {
    match value {
        DataRef::SharedString(text) => Cow::Borrowed(text),
        DataRef::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(shown(&Data::from(other.clone())).into_owned()),
    }
}

/// A value as text; what Excel could not calculate is empty.
fn shown(value: &Data) -> Cow<'_, str> {
    Cow::Owned(match value {
        Data::String(text) => return Cow::Borrowed(text),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => float(*number),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(moment) => date_time(moment),
        Data::DateTimeIso(text) => iso_date_time(text),
        Data::DurationIso(text) => iso_duration(text).unwrap_or_else(|| text.clone()),
        Data::Error(_) | Data::Empty => String::new(),
    })
}

/// A number as a person would write it. Sums of money carry noise in their last bits
/// (1.1 + 2.2 is 3.3000000000000003); Excel shows 15 digits.
fn float(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    if number == 0.0 {
        // Also where it is -0.
        return "0".to_owned();
    }
    if number.fract() == 0.0 {
        return format!("{number}");
    }
    let digits: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    let decimals: f64 = format!("{digits:.10}").parse().unwrap_or(digits);
    let close = (decimals - number).abs() <= number.abs() * 1e-9;
    format!("{}", if close { decimals } else { digits })
}

/// A date as `2024-01-02 03:04:05`, a time or duration as `03:04:05`.
fn date_time(moment: &ExcelDateTime) -> String {
    let days = moment.as_f64();
    if moment.is_duration() || (0.0..1.0).contains(&days) {
        return duration(days * 86_400.0);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let rounded = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
        .and_then(|date| date.and_hms_opt(hour.into(), minute.into(), second.into()))
        .and_then(|time| time.checked_add_signed(TimeDelta::seconds((milli >= 500).into())));
    match rounded {
        Some(time) => time.format("%Y-%m-%d %H:%M:%S").to_string(),
        // 1900-02-29, which Excel has.
        None => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

/// Seconds as `03:04:05`, with more than 24 hours where it is so long.
#[expect(
    clippy::cast_possible_truncation,
    reason = "casts of floats stop at the largest number, where no duration is"
)]
fn duration(seconds: f64) -> String {
    let sign = if seconds <= -0.5 { "-" } else { "" };
    let seconds = seconds.abs().round() as i64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{sign}{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

/// `2024-01-02T03:04:05.000` as `2024-01-02 03:04:05`; a zone stays.
fn iso_date_time(text: &str) -> String {
    let Some((date, time)) = text.split_once('T') else {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
        return format!("{text}{}", if date { " 00:00:00" } else { "" });
    };
    let Some((whole, fraction)) = time.split_once('.') else {
        return format!("{date} {time}");
    };
    let zone = fraction.trim_start_matches(|char: char| char.is_ascii_digit());
    format!("{date} {whole}{zone}")
}

/// `PT12H30M5S` as `12:30:05`.
fn iso_duration(text: &str) -> Option<String> {
    let mut seconds = 0.0;
    let mut rest = text.strip_prefix("PT")?;
    while let Some(at) = rest.find(['H', 'M', 'S']) {
        let number: f64 = rest[..at].parse().ok()?;
        seconds += number
            * match rest.as_bytes()[at] {
                b'H' => 3600.0,
                b'M' => 60.0,
                _ => 1.0,
            };
        rest = &rest[at + 1..];
    }
    rest.is_empty().then(|| duration(seconds))
}

#[cfg(test)]
mod tests;

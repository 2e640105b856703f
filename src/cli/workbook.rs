//! Diagnosed rows as a workbook.

use std::io;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Workbook as Book, XlsxError};

use crate::intake::records::{Cells, Delimited, split_delimited};

use super::output::Output;

/// Rows that a sheet can hold, the header included.
const SHEET_ROWS: u32 = 1_048_576;

/// Characters that a cell can hold.
const CELL: usize = 32_767;

/// How rows of comma-separated text are taken apart again.
const COMMA: Delimited = Delimited { delimiter: b',' };

/// A workbook that is being written; a full sheet is followed by another.
pub(super) struct Workbook {
    target: PathBuf,
    book: Book,
    header: Vec<String>,
    sheet: usize,
    row: u32,
    cells: Cells,
}

impl Workbook {
    /// Begins a workbook.
    pub(super) fn create(target: &Path, header: &str) -> io::Result<Self> {
        let header = header.trim_start_matches('\u{feff}').trim_end();
        let mut workbook = Self {
            target: target.to_owned(),
            book: Book::new(),
            header: header.split(',').map(str::to_owned).collect(),
            sheet: 0,
            row: SHEET_ROWS,
            cells: Cells::default(),
        };
        workbook.add_sheet()?;
        Ok(workbook)
    }

    fn add_sheet(&mut self) -> io::Result<()> {
        self.sheet = self.book.worksheets().len();
        let sheet = self
            .book
            .add_worksheet_with_constant_memory()
            .map_err(failed)?;
        for (column, name) in (0..).zip(&self.header) {
            sheet.write_string(0, column, name).map_err(failed)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Appends rows of comma-separated text.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let text = std::str::from_utf8(lines).unwrap_or_default();
        for line in text.lines() {
            if self.row >= SHEET_ROWS {
                self.add_sheet()?;
            }
            self.cells.clear();
            let _ = split_delimited(line, COMMA, &mut self.cells);
            let sheet = self.book.worksheet_from_index(self.sheet).map_err(failed)?;
            for (column, cell) in self.cells.iter(line) {
                let cell: String = cell.chars().take(CELL).collect();
                let row = self.row;
                // Numbers as numbers; everything else is text and never a formula.
                let number = matches!(column, 0 | 6).then(|| cell.parse::<f64>().ok());
                match number.flatten() {
                    Some(number) => sheet.write_number(row, column, number),
                    None => sheet.write_string(row, column, &cell),
                }
                .map_err(failed)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    /// Writes the workbook to its file.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        let mut output = Output::create(&self.target)?;
        let bytes = self.book.save_to_buffer().map_err(failed)?;
        io::Write::write_all(&mut output, &bytes)?;
        output.finish()
    }
}

fn failed(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

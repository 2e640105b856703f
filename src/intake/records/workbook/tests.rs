//! Unit tests.

use super::*;
use rust_xlsxwriter::{ExcelDateTime as Moment, Format, Workbook};
use std::io::Write;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    file
}

fn read_all(workbook: &mut Workbook) -> Vec<(String, String)> {
    let bytes = workbook.save_to_buffer().expect("a workbook");
    let sheets = sheets(file(&bytes)).expect("sheets");
    sheets
        .into_iter()
        .map(|sheet| (sheet.name, String::from_utf8(sheet.text).expect("text")))
        .collect()
}

#[test]
fn line_n_is_row_n() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("订单").expect("a name");
    sheet.write_string(2, 1, "订单号").expect("a cell");
    sheet.write_string(2, 2, "a, \"b\"").expect("a cell");
    sheet.write_string(4, 0, "x\r\ny\nz").expect("a cell");
    sheet.write_string(4, 3, "last").expect("a cell");
    sheet
        .write_blank(9, 9, &Format::new().set_bold())
        .expect("a cell");
    workbook.add_worksheet().set_hidden(true);
    let read = read_all(&mut workbook);
    let text = "\"\"\n\"\"\n,订单号,\"a, \"\"b\"\"\"\n\"\"\nx y z,,,last\n";
    assert_eq!(read, [("订单".to_owned(), text.to_owned())]);
}

#[test]
fn values_are_written_as_people_write_them() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let numbers = [
        1.0,
        1.1 + 2.2,
        9_007_199_254_740_992.0,
        12_345_678.11,
        -0.5,
        0.000_012_5,
        1e-13,
        -0.0,
    ];
    for (column, number) in (0..).zip(numbers) {
        sheet.write_number(0, column, number).expect("a cell");
    }
    let full = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let date = Format::new().set_num_format("yyyy/m/d");
    let clock = Format::new().set_num_format("hh:mm:ss");
    let long = Format::new().set_num_format("[h]:mm:ss");
    let day = Moment::from_ymd(2024, 2, 29).expect("a day");
    let moment = day.clone().and_hms(23, 59, 59).expect("a moment");
    sheet
        .write_datetime_with_format(1, 0, &moment, &full)
        .expect("a cell");
    sheet
        .write_datetime_with_format(1, 1, &day, &date)
        .expect("a cell");
    sheet
        .write_number_with_format(1, 2, 0.75, &clock)
        .expect("a cell");
    sheet
        .write_number_with_format(1, 3, 1.5, &long)
        .expect("a cell");
    sheet.write_boolean(1, 4, true).expect("a cell");
    sheet.write_string(1, 5, "012").expect("a cell");
    let read = read_all(&mut workbook);
    assert_eq!(
        read[0].1,
        "1,3.3,9007199254740992,12345678.11,-0.5,0.0000125,0.0000000000001,0\n\
         2024-02-29 23:59:59,2024-02-29 00:00:00,18:00:00,36:00:00,true,012\n"
    );
}

#[test]
fn every_second_of_a_day_is_kept() {
    for second in (0..86_400).step_by(7) {
        let value = 45_000.0 + f64::from(second) / 86_400.0;
        let moment = ExcelDateTime::new(value, calamine::ExcelDateTimeType::DateTime, false);
        let expected = format!(
            "2023-03-15 {:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        );
        assert_eq!(date_time(&moment), expected);
    }
    let of_1904 = ExcelDateTime::new(43_831.0, calamine::ExcelDateTimeType::DateTime, true);
    assert_eq!(date_time(&of_1904), "2024-01-02 00:00:00");
}

#[test]
fn iso_forms_are_read() {
    assert_eq!(
        iso_date_time("2024-01-02T03:04:05.123"),
        "2024-01-02 03:04:05"
    );
    assert_eq!(
        iso_date_time("2024-01-02T03:04:05Z"),
        "2024-01-02 03:04:05Z"
    );
    assert_eq!(iso_date_time("2024-01-02"), "2024-01-02 00:00:00");
    assert_eq!(iso_duration("PT12H30M5S").as_deref(), Some("12:30:05"));
    assert_eq!(iso_duration("12"), None);
}

#[test]
fn far_cells_take_no_memory() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "a").expect("a cell");
    sheet.write_string(1_048_575, 16_383, "z").expect("a cell");
    let read = read_all(&mut workbook);
    assert_eq!(read[0].1.lines().count(), 1_048_576);
    assert!(read[0].1.ends_with(",z\n"));
}

#[test]
fn damage_is_told() {
    let mut workbook = Workbook::new();
    workbook
        .add_worksheet()
        .write_string(0, 0, "a")
        .expect("a cell");
    let bytes = workbook.save_to_buffer().expect("a workbook");
    for length in [0, 3, bytes.len() / 2, bytes.len() - 1] {
        let found = sheets(file(&bytes[..length]));
        assert!(matches!(found, Err(WorkbookError::Damaged(_))), "{length}");
    }
    for at in (0..bytes.len()).step_by(11) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x55;
        let _ = sheets(file(&bytes));
    }
    assert!(sheets(file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off")).is_err());
}

/// An OLE2 file with one empty stream, as Office writes workbooks with a password.
fn compound(stream: &str) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(24, 0);
    for half in [0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0] {
        bytes.extend(half.to_le_bytes());
    }
    let mut words = vec![0, 1, 1, 0, 4096, END, 0, END, 0, 0];
    words.resize(10 + 108, FREE);
    words.extend([0xffff_fffd, END]);
    words.resize(10 + 108 + 128, FREE);
    bytes.extend(words.into_iter().flat_map(u32::to_le_bytes));
    for (name, kind) in [("Root Entry", 5), (stream, 2)] {
        let start = bytes.len();
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(start + 128, 0);
        bytes[start + 64] = u8::try_from(2 * name.len() + 2).expect("a short name");
        bytes[start + 66] = kind;
        for at in [68, 72, 76] {
            bytes[start + at..start + at + 4].copy_from_slice(&FREE.to_le_bytes());
        }
        bytes[start + 116..start + 120].copy_from_slice(&END.to_le_bytes());
    }
    bytes.resize(3 * 512, 0);
    bytes
}

#[test]
fn a_password_is_told_from_damage() {
    let found = sheets(file(&compound("EncryptedPackage")));
    assert!(matches!(found, Err(WorkbookError::Password)), "{found:?}");
    let found = sheets(file(&compound("Pictures")));
    assert!(matches!(found, Err(WorkbookError::Damaged(_))), "{found:?}");
}

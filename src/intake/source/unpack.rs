//! Opens an input: looks at its first bytes, unpacks what is packed, and gives its parts.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use encoding_rs::{UTF_16BE, UTF_16LE};
use zip::ZipArchive;
use zip::result::ZipError;

use super::encoding::utf8_or_gb18030;
use super::{Content, Encoding, Input, Part, SourceError};

/// How far archives are unpacked.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes that one member may unpack to.
    pub size: u64,
    /// How many times its packed size a member may unpack to, once it is larger than `free`.
    pub ratio: u64,
    /// Bytes up to which the ratio does not matter.
    pub free: u64,
}

impl Default for Limits {
    /// 16 GiB a member; beyond 64 MiB at most 400 times the packed size. Logs that repeat
    /// themselves pack to a hundredth; deflate cannot do better than 1,032.
    fn default() -> Self {
        Self {
            size: 16 << 30,
            ratio: 400,
            free: 64 << 20,
        }
    }
}

/// Members of an archive that are no logs.
const NO_LOGS: [&str; 3] = ["__MACOSX/", ".DS_Store", "Thumbs.db"];

/// How many members of an archive are read.
const MOST_MEMBERS: usize = 10_000;

/// Opens an input and gives its parts: one, or one for each file in a zip.
///
/// # Errors
/// Where it cannot be read, is empty, needs a password, or unpacks beyond the limits.
pub fn open(input: &Input, limits: Limits) -> Result<Vec<Part>, SourceError> {
    let name = input.name();
    let failed = |source| SourceError::Read {
        name: name.clone(),
        source,
    };
    let (file, path) = match input {
        Input::Stdin => (spool(&mut io::stdin().lock()).map_err(failed)?, None),
        Input::File(path) => {
            let file = File::open(path).map_err(failed)?;
            // Pipes and devices cannot be read twice.
            let regular = file.metadata().map_err(failed)?.is_file();
            if regular {
                (file, Some(path.clone()))
            } else {
                (spool(&mut &file).map_err(failed)?, None)
            }
        }
    };
    let head = head_of(&file).map_err(failed)?;
    if head.is_empty() {
        return Err(SourceError::Empty { name });
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return open_zip(&name, file, limits);
    }
    let (file, cut, path) = match packing(&head) {
        Some(packing) => {
            let (file, cut) = unpack(&name, file, packing, limits)?;
            (file, cut, None)
        }
        None => (file, None, path),
    };
    Ok(vec![part(name, file, path, cut)?])
}

#[derive(Clone, Copy)]
enum Packing {
    Gzip,
    Zstd,
}

fn packing(head: &[u8]) -> Option<Packing> {
    if head.starts_with(&[0x1f, 0x8b]) {
        return Some(Packing::Gzip);
    }
    head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        .then_some(Packing::Zstd)
}

/// A part of an unpacked file: tells what it holds.
fn part(
    name: String,
    file: File,
    path: Option<std::path::PathBuf>,
    cut: Option<String>,
) -> Result<Part, SourceError> {
    let failed = |source| SourceError::Read {
        name: name.clone(),
        source,
    };
    let head = head_of(&file).map_err(failed)?;
    if head.is_empty() {
        return Err(SourceError::Empty { name });
    }
    let (file, content, start) = if is_workbook(&head) {
        (file, Content::Workbook, 0)
    } else if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        let little = head[0] == 0xff;
        let file = from_utf16(&file, little).map_err(failed)?;
        let encoding = if little {
            Encoding::Utf16Le
        } else {
            Encoding::Utf16Be
        };
        (file, Content::Text(encoding), 0)
    } else if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        (file, Content::Text(Encoding::Utf8Bom), 3)
    } else {
        rewind(&file).map_err(failed)?;
        let encoding = utf8_or_gb18030(&file).map_err(failed)?;
        (file, Content::Text(encoding), 0)
    };
    let size = file.metadata().map_err(failed)?.len();
    Ok(Part {
        name,
        path,
        content,
        size,
        start,
        cut,
        file,
    })
}

/// OLE2 (.xls) or a zip (.xlsx; archives of other files were unpacked before).
fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) || head.starts_with(b"PK\x03\x04")
}

fn open_zip(name: &str, file: File, limits: Limits) -> Result<Vec<Part>, SourceError> {
    let damaged = |error: ZipError| SourceError::Damaged {
        name: name.to_owned(),
        reason: error.to_string(),
    };
    let failed = |source| SourceError::Read {
        name: name.to_owned(),
        source,
    };
    let mut archive =
        ZipArchive::new(BufReader::new(file.try_clone().map_err(failed)?)).map_err(damaged)?;
    check_sizes(name, &mut archive, limits)?;
    if archive
        .file_names()
        .flatten()
        .any(|member| member == "[Content_Types].xml")
    {
        return Ok(vec![part(name.to_owned(), file, None, None)?]);
    }
    let mut parts = Vec::new();
    for index in 0..archive.len().min(MOST_MEMBERS) {
        let member = match archive.by_index(index) {
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(SourceError::Password {
                    name: name.to_owned(),
                });
            }
            other => other.map_err(damaged)?,
        };
        let inner = member_name(member.name_raw());
        if member.is_dir() || NO_LOGS.iter().any(|junk| inner.contains(junk)) {
            continue;
        }
        let shown = format!("{name}!{inner}");
        let packed = member.compressed_size();
        let (file, cut) = limited(&shown, member, packed, limits)?;
        match part(shown, file, None, cut) {
            Err(SourceError::Empty { .. }) => {}
            other => parts.push(other?),
        }
    }
    if parts.is_empty() {
        return Err(SourceError::None {
            name: name.to_owned(),
        });
    }
    Ok(parts)
}

/// Refuses an archive whose directory already says that it is too large.
fn check_sizes<R: Read + Seek>(
    name: &str,
    archive: &mut ZipArchive<R>,
    limits: Limits,
) -> Result<(), SourceError> {
    for index in 0..archive.len() {
        let Ok(member) = archive.by_index_raw(index) else {
            continue;
        };
        let allowed = allowed(member.compressed_size(), limits);
        if member.size() > allowed {
            return Err(bomb(name, allowed));
        }
    }
    Ok(())
}

/// Names in archives are UTF-8, or GBK where a Chinese Windows wrote them.
fn member_name(raw: &[u8]) -> String {
    Encoding::Utf8
        .decode(raw)
        .or_else(|| Encoding::Gb18030.decode(raw))
        .map_or_else(
            || String::from_utf8_lossy(raw).into_owned(),
            std::borrow::Cow::into_owned,
        )
}

fn unpack(
    name: &str,
    file: File,
    packing: Packing,
    limits: Limits,
) -> Result<(File, Option<String>), SourceError> {
    let failed = |source| SourceError::Read {
        name: name.to_owned(),
        source,
    };
    rewind(&file).map_err(failed)?;
    let packed = file.metadata().map_err(failed)?.len();
    let buffered = BufReader::with_capacity(1 << 16, file);
    match packing {
        Packing::Gzip => limited(
            name,
            flate2::bufread::MultiGzDecoder::new(buffered),
            packed,
            limits,
        ),
        Packing::Zstd => {
            let decoder = ruzstd::decoding::StreamingDecoder::new(buffered).map_err(|error| {
                SourceError::Damaged {
                    name: name.to_owned(),
                    reason: error.to_string(),
                }
            })?;
            limited(name, decoder, packed, limits)
        }
    }
}

fn allowed(packed: u64, limits: Limits) -> u64 {
    packed
        .saturating_mul(limits.ratio)
        .max(limits.free)
        .min(limits.size)
}

fn bomb(name: &str, limit: u64) -> SourceError {
    SourceError::Bomb {
        name: name.to_owned(),
        limit: format!("{} MiB", limit >> 20),
    }
}

/// Unpacks into a temporary file; what comes before a damage is kept, with the reason of the end.
fn limited(
    name: &str,
    mut reader: impl Read,
    packed: u64,
    limits: Limits,
) -> Result<(File, Option<String>), SourceError> {
    let failed = |source| SourceError::Read {
        name: name.to_owned(),
        source,
    };
    let allowed = allowed(packed, limits);
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0u64;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((file, None)),
            Ok(read) => {
                size += read as u64;
                if size > allowed {
                    return Err(bomb(name, allowed));
                }
                file.write_all(&buffer[..read]).map_err(failed)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if size == 0 => {
                return Err(SourceError::Damaged {
                    name: name.to_owned(),
                    reason: error.to_string(),
                });
            }
            Err(error) => return Ok((file, Some(error.to_string()))),
        }
    }
}

/// Copies what cannot be read twice into a temporary file.
fn spool(reader: &mut impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(reader, &mut file)?;
    Ok(file)
}

/// Rewrites UTF-16 as UTF-8. What is no character becomes U+FFFD, and its row is rejected later.
fn from_utf16(file: &File, little: bool) -> io::Result<File> {
    rewind(file)?;
    let encoding = if little { UTF_16LE } else { UTF_16BE };
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut out = BufWriter::new(tempfile::tempfile()?);
    let mut reader = BufReader::new(file);
    let mut buffer = vec![0; 1 << 16];
    let mut text = String::with_capacity(1 << 18);
    loop {
        let read = reader.read(&mut buffer)?;
        text.clear();
        let _ = decoder.decode_to_string(&buffer[..read], &mut text, read == 0);
        out.write_all(text.as_bytes())?;
        if read == 0 {
            break;
        }
    }
    out.into_inner().map_err(io::IntoInnerError::into_error)
}

fn rewind(mut file: &File) -> io::Result<()> {
    file.rewind()
}

fn head_of(file: &File) -> io::Result<Vec<u8>> {
    rewind(file)?;
    let mut head = Vec::with_capacity(8);
    file.take(8).read_to_end(&mut head)?;
    rewind(file)?;
    Ok(head)
}

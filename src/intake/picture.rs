//! A picture → what its QR codes say. Refuses pictures that would fill the memory, before they are
//! decoded; what a code says is data and is never opened.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use image::{GrayImage, ImageReader};
use thiserror::Error;

/// Larger files are no screenshots or photographs of a code: 32 MB.
pub const LARGEST_PICTURE: u64 = 32 << 20;

/// Larger pictures are not decoded: 64 megapixels, more than phones take.
pub const MOST_PIXELS: u64 = 64_000_000;

/// What decoding may take beside the pixels, in bytes: four channels of eight bits, twice.
const MOST_MEMORY: u64 = MOST_PIXELS * 8;

/// Where a code is not found at full size, the longer side is brought to this many pixels: noise of
/// large photographs goes, and no code of a payment has more than about 100 modules a side.
const SMALLER: [u32; 2] = [1200, 600];

/// Why a picture cannot be read.
#[derive(Debug, Error)]
pub enum PictureError {
    /// The operating system refuses the file.
    #[error("expected a readable picture, but {path} cannot be read")]
    File {
        /// The path.
        path: String,
        /// The reason.
        source: io::Error,
    },
    /// The file is too large.
    #[error("expected a picture of at most 32 MB, found {bytes} bytes in {path}")]
    TooLarge {
        /// The path.
        path: String,
        /// Its size.
        bytes: u64,
    },
    /// The picture is too large.
    #[error("expected a picture of at most 64 megapixels, found {width} × {height} in {path}")]
    TooManyPixels {
        /// The path.
        path: String,
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// The file is no picture of a kind that is read, or damaged.
    #[error(
        "expected a PNG, JPEG, GIF, BMP or WebP picture, but {path} cannot be decoded: {reason}"
    )]
    Format {
        /// The path.
        path: String,
        /// What the decoder says.
        reason: String,
    },
}

impl PictureError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            // The operating system's reason stands behind it and has its own help.
            Self::File { .. } => None,
            Self::TooLarge { .. } | Self::TooManyPixels { .. } => {
                Some("cut the picture down to the code")
            }
            Self::Format { .. } => Some("save it as PNG or JPEG, or make a screenshot of the code"),
        }
    }
}

/// What the QR codes of a picture say, from top to bottom; nothing where none is found.
///
/// # Errors
/// What keeps the picture from being read.
pub fn read_codes(path: &Path) -> Result<Vec<String>, PictureError> {
    let shown = path.display().to_string();
    let bytes = bytes_of(path, &shown)?;
    let picture = decode(&bytes, &shown)?;
    Ok(codes_of(&picture))
}

fn bytes_of(path: &Path, shown: &str) -> Result<Vec<u8>, PictureError> {
    let failed = |source| PictureError::File {
        path: shown.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    let read = file.take(LARGEST_PICTURE + 1).read_to_end(&mut bytes);
    read.map_err(failed)?;
    let length = bytes.len() as u64;
    if length > LARGEST_PICTURE {
        return Err(PictureError::TooLarge {
            path: shown.to_owned(),
            bytes: length,
        });
    }
    Ok(bytes)
}

fn decode(bytes: &[u8], shown: &str) -> Result<GrayImage, PictureError> {
    let failed = |reason: String| PictureError::Format {
        path: shown.to_owned(),
        reason,
    };
    let reader = || {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
        reader.map_err(|error| failed(error.to_string()))
    };
    let size = reader()?.into_dimensions();
    let (width, height) = size.map_err(|error| failed(error.to_string()))?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooManyPixels {
            path: shown.to_owned(),
            width,
            height,
        });
    }
    let mut reader = reader()?;
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| failed(error.to_string()))?;
    Ok(over_white(&picture))
}

/// Grey, with what is transparent white: codes are drawn dark on a page.
fn over_white(picture: &image::DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let both = picture.to_luma_alpha8();
    GrayImage::from_fn(both.width(), both.height(), |x, y| {
        let image::LumaA([grey, alpha]) = *both.get_pixel(x, y);
        let (grey, alpha) = (u16::from(grey), u16::from(alpha));
        let mixed = (grey * alpha + 255 * (255 - alpha)) / 255;
        image::Luma([u8::try_from(mixed).unwrap_or(u8::MAX)])
    })
}

/// Looks at the picture as it is, then light on dark, then smaller.
fn codes_of(picture: &GrayImage) -> Vec<String> {
    let found = codes_at(picture);
    if !found.is_empty() {
        return found;
    }
    let mut dark = picture.clone();
    image::imageops::invert(&mut dark);
    let found = codes_at(&dark);
    if !found.is_empty() {
        return found;
    }
    let longer = picture.width().max(picture.height());
    let smaller = SMALLER.iter().filter(|side| longer > **side);
    let mut tries = smaller.map(|side| {
        let scaled =
            |length: u32| (u64::from(length) * u64::from(*side) / u64::from(longer)).max(1);
        let (width, height) = (scaled(picture.width()), scaled(picture.height()));
        let [width, height] = [width, height].map(|it| u32::try_from(it).unwrap_or(*side));
        let filter = image::imageops::FilterType::Triangle;
        codes_at(&image::imageops::resize(picture, width, height, filter))
    });
    tries.find(|found| !found.is_empty()).unwrap_or_default()
}

fn codes_at(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let grey = |x: usize, y: usize| pixels.get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    let mut codes: Vec<(i32, i32, String)> = Vec::new();
    for grid in prepared.detect_grids() {
        let mut bytes = Vec::new();
        if grid.decode_to(&mut bytes).is_ok() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            codes.push((grid.bounds[0].y, grid.bounds[0].x, text));
        }
    }
    codes.sort();
    codes.into_iter().map(|(_, _, text)| text).collect()
}

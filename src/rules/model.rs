//! A small learned model: how much each word of a text speaks for each cause. Linear, so that what
//! it says can be shown word by word. Made by `examples/train.rs` from `tests/tickets`.
//!
//! Multinomial logistic regression over the runs of words of a text and what it says and denies,
//! each weighed by how rare it is (tf-idf of Spärck Jones 1972, terms counted once, length
//! normalised), with weights in 8 bits. Cut to whole bytes it lost nothing on texts kept aside.

use std::borrow::Cow;
use std::collections::HashMap;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// The class of texts that name no cause.
pub const NO_CAUSE: &str = "-";

/// The class of texts after which paying again may pay twice.
pub const BLOCKED: &str = "blocked";

/// The class of texts that tell of a failure before any money moved.
pub const ALLOWED: &str = "allowed";

/// What every model file begins with: the name of the format and its version.
pub const MAGIC: &[u8; 8] = b"rdwords1";

/// Bytes of the digest behind the magic.
const DIGEST: usize = 32;

/// The scale of rareness in a byte: `ln(texts / texts with it)` in steps of 1/16.
pub const IDF_STEPS: f32 = 16.0;

/// Squared rareness that every text is short of: a text of two or three known words must not weigh
/// as much as one of thirty.
pub const RESERVE: f32 = 60.0;

/// A model that is not usable.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    /// The file is something else, or of another version.
    #[error(
        "expected a model file of this version, which begins with `rdwords1`, found another file"
    )]
    Magic,
    /// The file is cut short, too long, or altered.
    #[error("expected a whole model file, found one that was cut short or altered")]
    Damaged,
}

/// The learned weights.
#[derive(Debug, Clone)]
pub struct Model {
    classes: Vec<String>,
    bias: Vec<f32>,
    /// Of all texts that it learned from, the share of each class.
    shares: Vec<f32>,
    /// What a weight of 1 is worth.
    step: f32,
    digest: [u8; DIGEST],
    bytes: Cow<'static, [u8]>,
    /// Where hashes, rarenesses and weights begin in `bytes`.
    hashes: usize,
    features: usize,
    /// For every beginning of a hash, the first feature with it or a later one.
    buckets: Vec<u32>,
}

/// Bits of a hash that choose its bucket: a few features in each.
const BUCKET_BITS: u32 = 12;

/// The models of a rule set.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// What words speak for which cause.
    pub wording: Option<Model>,
    /// Whether words leave the payer's money in doubt: classes [`BLOCKED`] and [`ALLOWED`].
    pub money: Option<Model>,
}

/// What a model makes of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// The probability of every class, in the order of [`Model::classes`].
    pub probability: Vec<f64>,
    /// How many of the features the model knows.
    pub known: usize,
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: Cow<'static, [u8]>) -> Result<Self, ModelError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(ModelError::Magic)?;
        let (digest, body) = body
            .split_first_chunk::<DIGEST>()
            .ok_or(ModelError::Damaged)?;
        let digest = *digest;
        let mut reader = Reader(body);
        let classes = reader.number()? as usize;
        let features = reader.number()? as usize;
        let step = f32::from_bits(reader.number()?);
        let names = (0..classes)
            .map(|_| reader.name())
            .collect::<Result<Vec<_>, _>>()?;
        let bias = reader.reals(classes)?;
        let shares = reader.reals(classes)?;
        let wanted = classes
            .checked_add(5)
            .and_then(|each| each.checked_mul(features));
        if wanted != Some(reader.0.len()) || !step.is_finite() {
            return Err(ModelError::Damaged);
        }
        let hashes = bytes.len() - reader.0.len();
        let buckets = buckets(&reader.0[..features * 4]);
        Ok(Self {
            classes: names,
            bias,
            shares,
            step,
            digest,
            bytes,
            hashes,
            features,
            buckets,
        })
    }

    /// Whether the file is as it was written: its digest fits. Costs a look at every byte, so it is
    /// asked of files that come from outside.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let start = MAGIC.len() + DIGEST;
        Sha256::digest(&self.bytes[start..])[..] == self.digest
    }

    /// The digest of the file, for the fingerprint of a rule set.
    #[must_use]
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }

    /// The classes: ids of causes, and [`NO_CAUSE`].
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The share of each class among the texts that it learned from, in the order of the classes.
    #[must_use]
    pub fn shares(&self) -> &[f32] {
        &self.shares
    }

    /// The row of a feature.
    fn row(&self, hash: u32) -> Option<usize> {
        let bucket = (hash >> (32 - BUCKET_BITS)) as usize;
        let (low, high) = (*self.buckets.get(bucket)?, *self.buckets.get(bucket + 1)?);
        let (low, high) = (low as usize, high as usize);
        let bytes = self
            .bytes
            .get(self.hashes + low * 4..self.hashes + high * 4)?;
        let mut known = bytes.as_chunks::<4>().0.iter();
        known
            .position(|bytes| u32::from_le_bytes(*bytes) == hash)
            .map(|at| low + at)
    }

    fn rareness(&self, row: usize) -> f32 {
        f32::from(self.bytes[self.hashes + self.features * 4 + row]) / IDF_STEPS
    }

    /// The weights of a feature, one a class, in steps.
    fn weights(&self, row: usize) -> &[u8] {
        let count = self.classes.len();
        let start = self.hashes + self.features * 5 + row * count;
        &self.bytes[start..start + count]
    }

    fn weight(&self, row: usize, class: usize) -> f32 {
        f32::from(self.weights(row)[class].cast_signed()) * self.step
    }

    /// The probability of every class, for the features of a text.
    #[must_use]
    pub fn opinion(&self, features: &[u32]) -> Opinion {
        let rows: Vec<usize> = features.iter().filter_map(|hash| self.row(*hash)).collect();
        let scale = self.scale(&rows);
        let mut scores = self.bias.clone();
        for row in &rows {
            let value = self.rareness(*row) * scale * self.step;
            for (score, weight) in scores.iter_mut().zip(self.weights(*row)) {
                *score += value * f32::from(weight.cast_signed());
            }
        }
        let scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
        Opinion {
            probability: softmax(&scores),
            known: rows.len(),
        }
    }

    /// How much each known feature of a text moved a class, in bits above what it moved the average
    /// class.
    #[must_use]
    pub fn contributions(&self, features: &[u32], class: usize) -> HashMap<u32, f64> {
        let rows: Vec<(u32, usize)> = features
            .iter()
            .filter_map(|hash| Some((*hash, self.row(*hash)?)))
            .collect();
        let scale = self.scale(&rows.iter().map(|(_, row)| *row).collect::<Vec<_>>());
        let count = self.classes.len();
        let moved = |row: usize| {
            let mean = (0..count).map(|class| self.weight(row, class)).sum::<f32>() / count as f32;
            let value = self.rareness(row) * scale * (self.weight(row, class) - mean);
            f64::from(value) * std::f64::consts::LOG2_E
        };
        rows.into_iter()
            .map(|(hash, row)| (hash, moved(row)))
            .collect()
    }

    /// Makes long and short texts comparable.
    fn scale(&self, rows: &[usize]) -> f32 {
        let square = |row: &usize| self.rareness(*row).powi(2);
        1.0 / (rows.iter().map(square).sum::<f32>() + RESERVE).sqrt()
    }
}

/// Where the features of every bucket begin; hashes ascend, four bytes each.
fn buckets(hashes: &[u8]) -> Vec<u32> {
    let mut buckets = vec![0_u32; (1 << BUCKET_BITS) + 1];
    for hash in hashes.as_chunks::<4>().0 {
        let bucket = u32::from_le_bytes(*hash) >> (32 - BUCKET_BITS);
        buckets[bucket as usize + 1] += 1;
    }
    let mut before = 0;
    for bucket in &mut buckets {
        before += *bucket;
        *bucket = before;
    }
    buckets
}

/// Probabilities from scores in nats.
fn softmax(scores: &[f64]) -> Vec<f64> {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let odds: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
    let total: f64 = odds.iter().sum();
    odds.iter().map(|odds| odds / total).collect()
}

/// Takes numbers and names from the front of a file.
struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn number(&mut self) -> Result<u32, ModelError> {
        let (number, rest) = self.0.split_first_chunk::<4>().ok_or(ModelError::Damaged)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*number))
    }

    /// Finite numbers.
    fn reals(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        let real = |_| {
            let real = f32::from_bits(self.number()?);
            real.is_finite().then_some(real).ok_or(ModelError::Damaged)
        };
        (0..count).map(real).collect()
    }

    fn name(&mut self) -> Result<String, ModelError> {
        let (length, rest) = self.0.split_first().ok_or(ModelError::Damaged)?;
        let (name, rest) = rest
            .split_at_checked(usize::from(*length))
            .ok_or(ModelError::Damaged)?;
        self.0 = rest;
        String::from_utf8(name.to_vec()).map_err(|_| ModelError::Damaged)
    }
}

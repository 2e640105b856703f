//! Training of the learned model of words: labelled texts in, a model file out.
//!
//! Multinomial logistic regression, fitted with L-BFGS (Nocedal 1980) from zero, so that the same
//! texts give the same model on every machine of one kind. How sure the model may be is set by
//! cross-validation over writers: each writer's texts are judged by a model that never saw that
//! writer (temperature scaling, Guo et al. 2017).

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::reading::{IDF_STEPS, MAGIC, RESERVE};

/// One text to learn from.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The numbers of what stands in the text.
    pub features: Vec<u32>,
    /// The classes that are right, the first one most.
    pub classes: Vec<String>,
    /// Who wrote it: texts of one writer resemble each other.
    pub writer: String,
}

/// How a model is fitted.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// A feature must stand in this many texts.
    pub least_texts: usize,
    /// Half of the penalty on the square of every weight, summed over all texts.
    pub penalty: f32,
    /// Steps of the optimiser.
    pub steps: usize,
    /// How much of the truth of a text with two causes belongs to the first.
    pub first_share: f32,
}

impl Default for Settings {
    /// Found by cross-validation over writers; every value near these gives the same within a
    /// percent.
    fn default() -> Self {
        Self {
            least_texts: 2,
            penalty: 0.002,
            steps: 120,
            first_share: 0.7,
        }
    }
}

/// A fitted model in full precision.
#[derive(Debug, Clone)]
pub struct Fitted {
    classes: Vec<String>,
    /// Each known feature with its rareness in steps.
    features: Vec<(u32, u8)>,
    /// One row a feature, one column a class; the last row is the bias.
    weights: Vec<f32>,
    /// The share of each class among the texts.
    shares: Vec<f32>,
}

/// A text as rows of the weight matrix with their values.
type Sparse = Vec<(usize, f32)>;

impl Fitted {
    /// Fits a model to texts.
    #[must_use]
    pub fn new(lessons: &[&Lesson], settings: Settings) -> Self {
        let mut classes: Vec<String> = lessons.iter().flat_map(|l| l.classes.clone()).collect();
        classes.sort();
        classes.dedup();
        let mut model = Self {
            features: features(lessons, settings.least_texts),
            weights: Vec::new(),
            shares: Vec::new(),
            classes,
        };
        let rows: Vec<Sparse> = lessons.iter().map(|l| model.sparse(&l.features)).collect();
        let targets: Vec<Vec<f32>> = lessons.iter().map(|l| model.target(l, settings)).collect();
        let all = lessons.len() as f32;
        model.shares = (0..model.classes.len())
            .map(|class| targets.iter().map(|target| target[class]).sum::<f32>() / all)
            .collect();
        let task = Task {
            rows: &rows,
            targets: &targets,
            classes: model.classes.len(),
            penalty: settings.penalty,
        };
        let size = (model.features.len() + 1) * model.classes.len();
        model.weights = minimise(&task, vec![0.0; size], settings.steps);
        model
    }

    fn sparse(&self, features: &[u32]) -> Sparse {
        let mut row: Sparse = features
            .iter()
            .filter_map(|hash| {
                let at = self
                    .features
                    .binary_search_by_key(hash, |(hash, _)| *hash)
                    .ok()?;
                Some((at, f32::from(self.features[at].1) / IDF_STEPS))
            })
            .collect();
        let square: f32 = row.iter().map(|(_, value)| value * value).sum();
        let norm = (square + RESERVE).sqrt();
        row.iter_mut().for_each(|(_, value)| *value /= norm);
        row
    }

    fn target(&self, lesson: &Lesson, settings: Settings) -> Vec<f32> {
        let mut target = vec![0.0; self.classes.len()];
        let place = |class: &String| self.classes.binary_search(class).unwrap_or(0);
        match lesson.classes.as_slice() {
            [] => {}
            [only] => target[place(only)] = 1.0,
            [first, second, ..] => {
                target[place(first)] = settings.first_share;
                target[place(second)] = 1.0 - settings.first_share;
            }
        }
        target
    }

    /// The score of every class, in nats.
    fn scores(&self, features: &[u32]) -> Vec<f32> {
        let count = self.classes.len();
        let bias = self.features.len() * count;
        let mut scores = self.weights[bias..].to_vec();
        for (row, value) in self.sparse(features) {
            let weights = &self.weights[row * count..(row + 1) * count];
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += value * weight;
            }
        }
        scores
    }

    /// The model file. `temperature` divides every score: above 1 the model is less sure.
    #[must_use]
    pub fn to_bytes(&self, temperature: f32) -> Vec<u8> {
        let count = self.classes.len();
        let (weights, bias) = self.weights.split_at(self.features.len() * count);
        let largest = weights.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
        let step = largest / 127.0;
        let mut body = Vec::new();
        let number = |body: &mut Vec<u8>, bits: u32| body.extend(bits.to_le_bytes());
        number(&mut body, u32::try_from(count).unwrap_or(u32::MAX));
        number(
            &mut body,
            u32::try_from(self.features.len()).unwrap_or(u32::MAX),
        );
        number(&mut body, (step / temperature).to_bits());
        for class in &self.classes {
            body.push(u8::try_from(class.len()).unwrap_or(u8::MAX));
            body.extend(class.as_bytes());
        }
        for bias in bias {
            number(&mut body, (bias / temperature).to_bits());
        }
        for share in &self.shares {
            number(&mut body, share.to_bits());
        }
        for (hash, _) in &self.features {
            number(&mut body, *hash);
        }
        body.extend(self.features.iter().map(|(_, rareness)| rareness));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "between -127 and 127 by the step"
        )]
        let byte = |weight: &f32| ((weight / step).round() as i8).cast_unsigned();
        body.extend(weights.iter().map(byte));
        let mut file = MAGIC.to_vec();
        file.extend(Sha256::digest(&body));
        file.extend(body);
        file
    }
}

/// The temperature at which texts of unseen writers are judged best.
#[must_use]
pub fn calibrate(lessons: &[Lesson], settings: Settings) -> f32 {
    let mut classes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for lesson in lessons {
        let known = classes.entry(&lesson.writer).or_default();
        known.extend(lesson.classes.iter().map(String::as_str));
    }
    // A writer of a few causes takes with him most of what is known of them: the model without him
    // is not like the one that is calibrated.
    let most = classes.values().map(BTreeSet::len).max().unwrap_or(0);
    let broad = classes
        .into_iter()
        .filter(|(_, known)| known.len() + 2 >= most);
    let writers: Vec<&str> = broad.map(|(writer, _)| writer).collect();
    // Scores and what was right, of every text by a model that never saw its writer.
    let mut judged: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
    for writer in writers {
        let (own, others): (Vec<&Lesson>, Vec<&Lesson>) =
            lessons.iter().partition(|lesson| lesson.writer == writer);
        let model = Fitted::new(&others, settings);
        judged.extend(own.iter().map(|lesson| {
            (
                model.scores(&lesson.features),
                model.target(lesson, settings),
            )
        }));
    }
    let loss = |temperature: f32| -> f32 {
        let one = |(scores, target): &(Vec<f32>, Vec<f32>)| {
            let sure = softmax(scores.iter().map(|score| score / temperature));
            let terms = target.iter().zip(sure);
            -terms.map(|(t, p)| t * p.max(1e-9).ln()).sum::<f32>()
        };
        judged.iter().map(one).sum()
    };
    let candidates = (4_u8..=60).map(|step| f32::from(step) / 20.0);
    let best = candidates.min_by(|a, b| loss(*a).total_cmp(&loss(*b)));
    best.unwrap_or(1.0)
}

/// Features that stand in enough texts, with their rareness.
fn features(lessons: &[&Lesson], least_texts: usize) -> Vec<(u32, u8)> {
    let mut texts: BTreeMap<u32, usize> = BTreeMap::new();
    for lesson in lessons {
        for feature in &lesson.features {
            *texts.entry(*feature).or_default() += 1;
        }
    }
    let all = lessons.len() as f32;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a byte"
    )]
    let rareness = |count: usize| {
        ((all / count as f32).ln() * IDF_STEPS)
            .round()
            .clamp(1.0, 255.0) as u8
    };
    texts
        .into_iter()
        .filter(|(_, count)| *count >= least_texts)
        .map(|(hash, count)| (hash, rareness(count)))
        .collect()
}

/// What is minimised: cross entropy over all texts plus the penalty.
struct Task<'t> {
    rows: &'t [Sparse],
    targets: &'t [Vec<f32>],
    classes: usize,
    penalty: f32,
}

impl Task<'_> {
    /// The loss at some weights, and its gradient.
    fn loss(&self, weights: &[f32]) -> (f64, Vec<f32>) {
        let count = self.classes;
        let bias = weights.len() - count;
        let mut gradient: Vec<f32> = weights.iter().map(|w| self.penalty * w).collect();
        gradient[bias..].fill(0.0);
        let squares: f64 = weights[..bias].iter().map(|w| f64::from(*w).powi(2)).sum();
        let mut loss = 0.5 * f64::from(self.penalty) * squares;
        for (row, target) in self.rows.iter().zip(self.targets) {
            let mut scores = weights[bias..].to_vec();
            for (feature, value) in row {
                let from = feature * count;
                for (score, weight) in scores.iter_mut().zip(&weights[from..from + count]) {
                    *score += value * weight;
                }
            }
            let probability = softmax(scores.into_iter());
            let error: Vec<f32> = probability.iter().zip(target).map(|(p, t)| p - t).collect();
            loss -= target
                .iter()
                .zip(&probability)
                .map(|(t, p)| f64::from(*t) * f64::from(p.max(1e-12).ln()))
                .sum::<f64>();
            for (feature, value) in row {
                let from = feature * count;
                for (slope, error) in gradient[from..from + count].iter_mut().zip(&error) {
                    *slope += value * error;
                }
            }
            for (slope, error) in gradient[bias..].iter_mut().zip(&error) {
                *slope += error;
            }
        }
        (loss, gradient)
    }
}

/// How many past steps L-BFGS remembers.
const MEMORY: usize = 8;

/// L-BFGS with a backtracking line search.
fn minimise(task: &Task<'_>, mut at: Vec<f32>, steps: usize) -> Vec<f32> {
    let (mut loss, mut gradient) = task.loss(&at);
    let mut past: Vec<(Vec<f32>, Vec<f32>, f64)> = Vec::new();
    for _ in 0..steps {
        let direction = direction(&gradient, &past);
        let slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            break;
        }
        let mut length = if past.is_empty() {
            1.0 / dot(&gradient, &gradient).sqrt()
        } else {
            1.0
        };
        let next = loop {
            let moved: Vec<f32> = add(&at, &direction, length);
            let (new_loss, new_gradient) = task.loss(&moved);
            if new_loss <= loss + 1e-4 * length * slope {
                break Some((moved, new_loss, new_gradient));
            }
            length *= 0.5;
            if length < 1e-8 {
                break None;
            }
        };
        let Some((moved, new_loss, new_gradient)) = next else {
            break;
        };
        let step = add(&moved, &at, -1.0);
        let bend = add(&new_gradient, &gradient, -1.0);
        let curvature = dot(&step, &bend);
        if curvature > 1e-10 {
            past.push((step, bend, curvature));
            if past.len() > MEMORY {
                past.remove(0);
            }
        }
        let gain = loss - new_loss;
        (at, loss, gradient) = (moved, new_loss, new_gradient);
        if gain < 1e-6 * loss {
            break;
        }
    }
    at
}

/// The two-loop recursion: minus the gradient, bent by what past steps tell of the curvature.
fn direction(gradient: &[f32], past: &[(Vec<f32>, Vec<f32>, f64)]) -> Vec<f32> {
    let mut direction: Vec<f32> = gradient.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(past.len());
    for (step, bend, curvature) in past.iter().rev() {
        let share = dot(step, &direction) / curvature;
        direction = add(&direction, bend, -share);
        shares.push(share);
    }
    if let Some((_, bend, curvature)) = past.last() {
        let scale = curvature / dot(bend, bend);
        #[expect(clippy::cast_possible_truncation, reason = "weights are f32")]
        direction.iter_mut().for_each(|part| *part *= scale as f32);
    }
    for ((step, bend, curvature), share) in past.iter().zip(shares.iter().rev()) {
        let back = dot(bend, &direction) / curvature;
        direction = add(&direction, step, share - back);
    }
    direction
}

fn dot(left: &[f32], right: &[f32]) -> f64 {
    left.iter()
        .zip(right)
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum()
}

#[expect(clippy::cast_possible_truncation, reason = "weights are f32")]
fn add(left: &[f32], right: &[f32], times: f64) -> Vec<f32> {
    left.iter()
        .zip(right)
        .map(|(a, b)| a + times as f32 * b)
        .collect()
}

fn softmax(scores: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut odds: Vec<f32> = scores.collect();
    let highest = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    odds.iter_mut()
        .for_each(|score| *score = (*score - highest).exp());
    let total: f32 = odds.iter().sum();
    odds.iter_mut().for_each(|odds| *odds /= total);
    odds
}

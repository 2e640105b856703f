//! Trains the model of words: `cargo run --release --example train -- OUT FILE.jsonl…`.

use std::ops::Range;

use recharge_doctor::learn::train::{Fitted, Lesson, Settings, calibrate};
use recharge_doctor::reading::{NO_CAUSE, Normal, Respell, grams};

struct None_;
impl Respell for None_ {
    fn replacements(&self, _: &str) -> Vec<(Range<usize>, &str)> {
        Vec::new()
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let out = args.next().expect("an output file");
    let mut lessons = Vec::new();
    for file in args {
        for line in std::fs::read_to_string(&file).expect("a file").lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = row["text"].as_str().expect("text");
            let normal = Normal::new(text, &None_);
            let features = grams(normal.text()).iter().map(|gram| gram.hash).collect();
            let mut classes: Vec<String> = row["causes"]
                .as_array()
                .expect("causes")
                .iter()
                .map(|c| c.as_str().expect("id").to_owned())
                .collect();
            if classes.is_empty() {
                classes.push(NO_CAUSE.to_owned());
            }
            lessons.push(Lesson {
                features,
                classes,
                writer: file.clone(),
            });
        }
    }
    let settings = Settings::default();
    let t = std::time::Instant::now();
    let all: Vec<&Lesson> = lessons.iter().collect();
    let fitted = Fitted::new(&all, settings);
    println!("{} texts, {:?}", lessons.len(), t.elapsed());
    let (temperature, _) = calibrate(&lessons, settings);
    println!("temperature {temperature}");
    std::fs::write(&out, fitted.to_bytes(temperature)).expect("written");
    let model = recharge_doctor::reading::Model::read(fitted.to_bytes(temperature).into())
        .expect("a model");
    println!("{} bytes", fitted.to_bytes(temperature).len());
    for file in std::env::var("TEST")
        .unwrap_or_default()
        .split(',')
        .filter(|f| !f.is_empty())
    {
        let (mut n, mut t1, mut t3, mut un, mut ud, mut id, mut wn, mut nn) =
            (0, 0, 0, 0, 0, 0, 0, 0);
        let mut bins = [(0.0, 0.0); 10];
        for line in std::fs::read_to_string(file).expect("a file").lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let normal = Normal::new(row["text"].as_str().unwrap(), &None_);
            let features: Vec<u32> = grams(normal.text()).iter().map(|g| g.hash).collect();
            let opinion = model.opinion(&features);
            let mut order: Vec<(f64, &str)> = opinion
                .probability
                .iter()
                .copied()
                .zip(model.classes().iter().map(String::as_str))
                .filter(|(_, c)| *c != "-")
                .collect();
            order.sort_by(|a, b| b.0.total_cmp(&a.0));
            let labels: Vec<&str> = row["causes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c.as_str().unwrap())
                .collect();
            for x in row["not"].as_array().unwrap() {
                nn += 1;
                wn += usize::from(order.iter().any(|(p, c)| *p >= 0.5 && *c == x));
            }
            if labels.is_empty() {
                un += 1;
                ud += usize::from(order[0].0 < 0.5);
                continue;
            }
            n += 1;
            let hit = labels.contains(&order[0].1);
            t1 += usize::from(hit);
            id += usize::from(hit && order[0].0 >= 0.5);
            t3 += usize::from(order[..3].iter().any(|(_, c)| *c == labels[0]));
            let bin = &mut bins[((order[0].0 * 10.0) as usize).min(9)];
            bin.0 += order[0].0;
            bin.1 += f64::from(u8::from(hit));
        }
        let f = |a: usize, b: usize| a as f64 / b as f64;
        let ece = bins.iter().map(|(p, h)| (p - h).abs()).sum::<f64>() / n as f64;
        println!(
            "{file}: argmax {:.3} p>=.5 {:.3} top3 {:.3} undecided {:.3} wrong_not {:.3} ece {ece:.3}",
            f(t1, n),
            f(id, n),
            f(t3, n),
            f(ud, un),
            f(wn, nn)
        );
    }
}

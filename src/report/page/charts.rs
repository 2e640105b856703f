//! The two pictures of the page: a heat map, which is a table, and a trend.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::batch::{Cell as Count, ChannelHours, HOURS};
use crate::report::escape::html;
use crate::report::run::{date, grouped, hour, percent, share};

use super::Page;
use super::table::{Cell, Table, number, text};

/// Cells of fewer rows are not shaded: their share says little.
const SHADED: u64 = 5;

/// From which shares of failures on a cell is darker.
const SHADES: [(f64, &str); 4] = [(0.6, "h4"), (0.3, "h3"), (0.1, "h2"), (0.000_1, "h1")];

/// Bars of a trend, at most.
const BARS: i64 = 120;

/// Days a bar, as few as will do.
const STEPS: [i64; 4] = [1, 7, 28, 364];

/// One bar of a trend.
struct Bar {
    label: String,
    count: Count,
}

/// The trend: its bars and the words of its heading.
struct Trend {
    bars: Vec<Bar>,
    title: String,
}

impl<W: Write> Page<'_, '_, W> {
    pub(super) fn hours(&mut self) -> io::Result<()> {
        let view = self.view;
        let mut channels: Vec<&ChannelHours> = view.tally.channels.iter().collect();
        channels.sort_by_key(|channel| (std::cmp::Reverse(channel.sum().rows), &channel.name));
        self.section("hours")?;
        if channels.is_empty() {
            self.note(view.word("run.no_rows"))?;
            return self.end_section();
        }
        self.note(view.word("run.hours_note"))?;
        self.heat_map(&channels)?;
        self.end_section()
    }

    fn heat_map(&mut self, channels: &[&ChannelHours]) -> io::Result<()> {
        let view = self.view;
        let timeless = view.tally.timeless.rows > 0;
        writeln!(
            self.out,
            "<div class=\"wide\" role=\"region\" aria-labelledby=\"h-hours\" tabindex=\"0\">\n<table class=\"heat\" aria-labelledby=\"h-hours\">\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>",
            html(view.word("run.channel")),
            html(view.word("run.all_day")),
        )?;
        for hour in 0..HOURS {
            write!(self.out, "<th scope=\"col\">{hour}</th>")?;
        }
        if timeless {
            let unknown = html(view.word("run.hour_unknown"));
            write!(self.out, "<th scope=\"col\">{unknown}</th>")?;
        }
        writeln!(self.out, "</tr></thead>\n<tbody>")?;
        let shown = HOURS + usize::from(timeless);
        for channel in channels {
            let name = html(view.channel(channel.name.as_deref()));
            write!(self.out, "<tr><th scope=\"row\">{name}</th>")?;
            heat(channel.sum(), self.out)?;
            for count in &channel.hours[..shown] {
                heat(*count, self.out)?;
            }
            writeln!(self.out, "</tr>")?;
        }
        writeln!(self.out, "</tbody>\n</table>\n</div>")
    }

    pub(super) fn trend(&mut self) -> io::Result<()> {
        let view = self.view;
        self.section("trend")?;
        let trend = self.bars();
        if trend.bars.is_empty() {
            self.note(view.word("run.no_times"))?;
        } else {
            writeln!(
                self.out,
                "<p class=\"note\">{}{}<span class=\"key rows\"></span>{}<span class=\"key failed\"></span>{}</p>",
                html(&trend.title),
                html(view.word("colon")),
                html(view.word("run.count")),
                html(view.word("run.failed")),
            )?;
            let picture = self.picture(&trend);
            writeln!(
                self.out,
                "<div class=\"wide\" role=\"region\" aria-labelledby=\"h-trend\" tabindex=\"0\">\n{picture}\n</div>\n<details>\n<summary>{}</summary>",
                html(view.word("run.trend_table"))
            )?;
            self.numbers(&trend)?;
            writeln!(self.out, "</details>")?;
        }
        let timeless = view.tally.timeless;
        if timeless.rows > 0 {
            let (rows, failed) = (grouped(timeless.rows), grouped(timeless.failed));
            self.note(&view.fill("run.timeless", &[&rows, &failed]))?;
        }
        self.end_section()
    }

    /// The bars, by hour where the run is short, gaps included.
    fn bars(&self) -> Trend {
        let view = self.view;
        if let Some(hours) = &view.tally.hours {
            return Trend {
                bars: bars(hours, 1, hour),
                title: view.word("run.trend_hour").to_owned(),
            };
        }
        let days = &view.tally.days;
        let (first, last) = (days.keys().next(), days.keys().next_back());
        let span = first.zip(last).map_or(0, |(first, last)| last - first + 1);
        let fits = |step: &&i64| span <= BARS * **step;
        let step = STEPS.iter().find(fits).copied().unwrap_or(STEPS[3]);
        let title = if step == 1 {
            view.word("run.trend_day").to_owned()
        } else {
            view.fill("run.trend_days", &[&step.to_string()])
        };
        Trend {
            bars: bars(days, step, date),
            title,
        }
    }

    fn numbers(&mut self, trend: &Trend) -> io::Result<()> {
        let mut table = Table::new(&[
            text("run.period"),
            number("run.count"),
            number("run.failed"),
            number("run.failed_share"),
        ]);
        for Bar { label, count } in &trend.bars {
            table.row(vec![
                Cell::short(label),
                Cell::count(count.rows),
                Cell::count(count.failed),
                Cell::share(share(count.failed, count.rows)),
            ]);
        }
        table.write(self.view, "trend", self.out)
    }

    fn picture(&self, trend: &Trend) -> String {
        let bars = &trend.bars;
        let highest = bars.iter().map(|bar| bar.count.rows).max().unwrap_or(0);
        let worst = bars.iter().max_by_key(|bar| bar.count.failed);
        let (Some(first), Some(last), Some(worst)) = (bars.first(), bars.last(), worst) else {
            return String::new();
        };
        let said = self.view.fill(
            "run.trend_desc",
            &[
                &first.label,
                &last.label,
                &grouped(highest),
                &worst.label,
                &grouped(worst.count.failed),
            ],
        );
        let (top, marks) = round_up(highest);
        let mut inside = grid(top, marks);
        inside.push_str(&columns(bars, top));
        format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"trend-title trend-desc\">\n<title id=\"trend-title\">{}</title>\n<desc id=\"trend-desc\">{}</desc>\n{inside}</svg>",
            html(&trend.title),
            html(&said)
        )
    }
}

/// One cell of the heat map.
fn heat(count: Count, out: &mut impl Write) -> io::Result<()> {
    if count.rows == 0 {
        return write!(out, "<td></td>");
    }
    let part = share(count.failed, count.rows);
    let shade = SHADES.iter().find(|(from, _)| part >= *from);
    let shade = shade.filter(|_| count.rows >= SHADED);
    let class = shade.map_or(String::new(), |(_, class)| format!(" class=\"{class}\""));
    // Whole percentages, but none that claim more than there is.
    let whole = match part {
        0.0 => "0%".to_owned(),
        _ if part < 0.01 => "<1%".to_owned(),
        _ if part > 0.99 && part < 1.0 => ">99%".to_owned(),
        _ => format!("{:.0}%", part * 100.0),
    };
    write!(
        out,
        "<td{class} title=\"{}\">{}<small>{}/{}</small></td>",
        html(&percent(part)),
        html(&whole),
        grouped(count.failed),
        grouped(count.rows)
    )
}

/// Counts by time, `step` of them a bar; bars without rows too.
fn bars(counts: &BTreeMap<i64, Count>, step: i64, label: impl Fn(i64) -> String) -> Vec<Bar> {
    let (Some(first), Some(last)) = (counts.keys().next(), counts.keys().next_back()) else {
        return Vec::new();
    };
    let mut bars = Vec::new();
    let mut at = *first;
    while at <= *last {
        let mut count = Count::default();
        for (_, own) in counts.range(at..at + step) {
            count.add(*own);
        }
        bars.push(Bar {
            label: label(at),
            count,
        });
        at += step;
    }
    bars
}

/// The size of the picture and where its bars stand, in its own units.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 952.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 226.0;

/// Labels below the bars, at most.
const LABELS: usize = 7;

fn height(count: u64, top: u64) -> f64 {
    share(count, top) * (BOTTOM - TOP)
}

/// The next number that people count in, with how many marks divide it well.
fn round_up(count: u64) -> (u64, u64) {
    let mut power = 1;
    loop {
        for (factor, marks) in [(1, 2), (2, 2), (3, 3), (4, 2), (5, 5), (6, 3), (8, 4)] {
            let number = factor * power;
            if number >= count || power > u64::MAX / 100 {
                return (number, if number == 1 { 1 } else { marks });
            }
        }
        power *= 10;
    }
}

/// Lines with their numbers.
fn grid(top: u64, marks: u64) -> String {
    let mut lines = String::new();
    for mark in 0..=marks {
        let count = top / marks * mark;
        let y = BOTTOM - height(count, top);
        lines.push_str(&format!(
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
            LEFT - 6.0,
            y + 4.0,
            grouped(count)
        ));
    }
    lines
}

/// The bars, with labels below some of them.
fn columns(bars: &[Bar], top: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred bars")]
    let place = |at: usize| at as f64;
    let pitch = (RIGHT - LEFT) / place(bars.len());
    let width = (pitch * 0.8).min(48.0);
    let every = bars.len().div_ceil(LABELS);
    let mut shown = String::new();
    for (at, Bar { label, count }) in bars.iter().enumerate() {
        let middle = LEFT + pitch * (place(at) + 0.5);
        let x = middle - width / 2.0;
        let (rows, failed) = (height(count.rows, top), height(count.failed, top));
        shown.push_str(&format!(
            "<g><title>{} · {}/{}</title><rect class=\"rows\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{rows:.1}\"/><rect class=\"failed\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{failed:.1}\"/></g>\n",
            html(label),
            grouped(count.failed),
            grouped(count.rows),
            BOTTOM - rows,
            BOTTOM - failed,
        ));
        if at % every == 0 {
            shown.push_str(&format!(
                "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                BOTTOM + 20.0,
                html(label)
            ));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_on_round_numbers() {
        let tops = [0, 1, 3, 7, 12, 99, 301].map(round_up);
        assert_eq!(
            tops,
            [(1, 1), (1, 1), (3, 3), (8, 4), (20, 2), (100, 2), (400, 2)]
        );
        for (top, marks) in tops {
            assert_eq!(top % marks, 0);
        }
        assert!(round_up(u64::MAX).0 > u64::MAX / 1000);
    }

    #[test]
    fn days_without_rows_have_bars() {
        let count = Count { rows: 2, failed: 1 };
        let counts = BTreeMap::from([(10, count), (13, count)]);
        assert_eq!(bars(&counts, 1, date).len(), 4);
        let weeks = bars(&counts, 7, date);
        assert_eq!((weeks.len(), weeks[0].count.rows), (1, 4));
    }
}

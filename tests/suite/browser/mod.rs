//! The page of a run in a real browser. Needs Debian's `chromium` and `chromium-driver`.

mod driver;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use recharge_doctor::text::Locale;
use serde_json::{Value, json};

use super::run_report::{EVIL_ACCOUNT, EVIL_CODE, full_tally, page};
use driver::Browser;

/// One browser at a time: machines of the tests are small.
static TURN: Mutex<()> = Mutex::new(());

/// A browser with the page of a run, and what has to outlive it.
struct Opened {
    browser: Browser,
    _folder: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// The page in a browser; none, with the reason printed, on a machine without one. `.ci/run`
/// installs one and demands it.
#[expect(clippy::print_stderr, reason = "a skipped test says why")]
fn opened(locale: Locale) -> Option<Opened> {
    if let Err(error) = driver::found() {
        let demanded = std::env::var_os("RECHARGE_DOCTOR_BROWSER").is_some();
        assert!(!demanded, "{error}");
        eprintln!("skipped: {error}");
        return None;
    }
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path: PathBuf = folder.path().join("run.html");
    std::fs::write(&path, page(&full_tally(), locale, true)).expect("a file");
    let browser = Browser::start();
    browser.open(&path);
    Some(Opened {
        browser,
        _folder: folder,
        _turn: turn,
    })
}

/// The rows of the table of causes that are to be seen.
const SEEN: &str = "return [...document.querySelectorAll('#causes tbody tr')].filter(row => row.offsetHeight > 0).length";

#[test]
fn it_loads_without_complaints_and_without_a_network() {
    let Some(page) = opened(Locale::Zh) else {
        return;
    };
    let console = page.browser.console();
    assert!(console.is_empty(), "{console:#?}");
    let loaded = page
        .browser
        .run("return performance.getEntriesByType('resource').map(one => one.name)");
    assert_eq!(loaded, json!([]));
    assert_eq!(
        page.browser.run("return document.documentElement.lang"),
        "zh-Hans"
    );
    // A request that a script would make is refused by the page itself.
    let refused = page
        .browser
        .run("return fetch('http://127.0.0.1:9/').then(() => 'sent', error => error.name)");
    assert_eq!(refused, "TypeError");
    let said = page.browser.console();
    let text = format!("{said:?}");
    assert!(text.contains("Content Security Policy"), "{text}");
}

#[test]
fn totals_close_in_the_page() {
    let Some(page) = opened(Locale::En) else {
        return;
    };
    let columns = page.browser.run(
        "const sum = (table, column) => [...table.tBodies[0].rows]
             .map(row => Number(row.cells[column].dataset.v)).filter(value => value > 0)
             .reduce((a, b) => a + b, 0);
         const foot = (table, column) => Number(table.tFoot.rows[0].cells[column].dataset.v);
         const totals = document.querySelector('#totals table');
         const causes = document.querySelector('#causes table');
         return [[totals, 1], [totals, 3], [totals, 4], [causes, 2], [causes, 3], [causes, 4]]
             .map(([table, column]) => [sum(table, column), foot(table, column)]);",
    );
    for pair in columns.as_array().expect("a list") {
        assert_eq!(pair[0], pair[1], "{columns}");
        assert!(pair[0].as_f64().expect("a number") > 0.0);
    }
}

#[test]
fn the_filter_narrows_rows() {
    let Some(page) = opened(Locale::En) else {
        return;
    };
    let all = page.browser.run(SEEN).as_u64().expect("a count");
    page.browser.run(
        "const input = document.querySelector('#causes input');
         input.value = document.querySelector('#causes tbody th').textContent.toUpperCase();
         input.dispatchEvent(new Event('input'));",
    );
    assert!(all > 3);
    assert_eq!(page.browser.run(SEEN), 1);
    let said = page
        .browser
        .run("return document.querySelector('#causes [role=status]').textContent");
    assert_eq!(said, format!("1 of {all} shown"));
    page.browser.run(
        "const input = document.querySelector('#causes input');
         input.value = ''; input.dispatchEvent(new Event('input'));",
    );
    assert_eq!(page.browser.run(SEEN), all);
}

#[test]
fn a_press_on_a_heading_sorts_and_says_so() {
    let Some(page) = opened(Locale::En) else {
        return;
    };
    let press = |column: usize| {
        let script = format!(
            "const head = document.querySelector('#causes thead').rows[0].cells[{column}];
             head.querySelector('button').click();
             return [head.getAttribute('aria-sort'),
                 document.querySelectorAll('#causes [aria-sort]').length,
                 [...document.querySelectorAll('#causes tbody tr')].map(row =>
                     row.cells[{column}].dataset.v === undefined
                         ? row.cells[{column}].textContent : Number(row.cells[{column}].dataset.v))]"
        );
        page.browser.run(&script)
    };
    let numbers = |found: &Value| -> Vec<f64> {
        let list = found[2].as_array().expect("a list");
        list.iter().filter_map(Value::as_f64).collect()
    };
    let down = press(3);
    assert_eq!((&down[0], &down[1]), (&json!("descending"), &json!(1)));
    assert!(numbers(&down).is_sorted_by(|a, b| a >= b), "{down}");
    let up = press(3);
    assert_eq!(up[0], "ascending");
    assert!(numbers(&up).is_sorted(), "{up}");
    assert_eq!(press(0)[0], "ascending");
    // A button takes the focus, so that keys do the same.
    let focused = page.browser.run(
        "const button = document.querySelector('#causes thead button'); button.focus();
         return document.activeElement === button",
    );
    assert_eq!(focused, true);
}

#[test]
fn light_and_dark_differ_and_both_can_be_read() {
    let Some(page) = opened(Locale::Zh) else {
        return;
    };
    let look = |scheme: &str| {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let values = json!({ "features": features });
        page.browser.command("Emulation.setEmulatedMedia", values);
        let paper = page
            .browser
            .run("return getComputedStyle(document.body).backgroundColor");
        let contrast = page.browser.run(CONTRAST);
        let worst = contrast[0].as_f64().expect("a number");
        assert!(worst >= 4.5, "{scheme}: {contrast}");
        paper
    };
    assert_ne!(look("light"), look("dark"));
}

/// The smallest contrast of any text with what is behind it, and that text (WCAG 2.1, 1.4.3).
const CONTRAST: &str = "
    const parts = text => text.match(/[\\d.]+/g).map(Number);
    const light = text => parts(text).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const behind = node => {
        for (let at = node; at; at = at.parentElement) {
            const paint = getComputedStyle(at).backgroundColor;
            const alpha = parts(paint)[3];
            if (alpha === undefined || alpha === 1) return paint;
        }
        return 'rgb(255, 255, 255)';
    };
    let worst = [99, ''];
    document.querySelectorAll('body *').forEach(node => {
        const own = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
        if (!own || node.closest('script, title, desc') || !node.getClientRects().length) return;
        const style = getComputedStyle(node);
        const ink = node.closest('svg') ? style.fill : style.color;
        const [a, b] = [light(ink), light(behind(node))].sort((a, b) => b - a);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < worst[0]) worst = [contrast, node.outerHTML.slice(0, 200)];
    });
    return worst";

#[test]
fn everything_shows_without_scripts() {
    let Some(page) = opened(Locale::Zh) else {
        return;
    };
    let values = json!({ "value": true });
    page.browser
        .command("Emulation.setScriptExecutionDisabled", values);
    page.browser.reload();
    let found = page.browser.run(
        "return [document.querySelectorAll('.tools, thead button').length,
             [...document.querySelectorAll('table')].map(table => table.querySelectorAll('tbody tr').length),
             [...document.querySelectorAll('tbody tr')].filter(row =>
                 !row.closest('details') && row.offsetHeight === 0).length,
             document.querySelectorAll('svg rect').length]",
    );
    assert_eq!(found[0], 0, "scripts ran");
    let tables = found[1].as_array().expect("a list");
    assert_eq!(tables.len(), 11, "{found}");
    assert!(tables.iter().all(|rows| *rows != json!(0)), "{found}");
    assert_eq!(found[2], 0, "rows are hidden");
    assert!(found[3].as_u64().is_some_and(|bars| bars > 10), "{found}");
    // What is folded opens without a script too.
    let opens = page.browser.run(
        "const details = document.querySelector('details'); details.querySelector('summary').click();
         return details.open && details.querySelector('tbody tr').offsetHeight > 0",
    );
    assert_eq!(opens, true);
}

#[test]
fn data_stays_text() {
    let Some(page) = opened(Locale::En) else {
        return;
    };
    let found = page.browser.run(
        "return [document.querySelectorAll('img').length,
             document.querySelectorAll('script').length,
             document.querySelectorAll('b').length,
             document.querySelector('#accounts').textContent,
             document.querySelector('#codes').textContent]",
    );
    assert_eq!(
        (&found[0], &found[1], &found[2]),
        (&json!(0), &json!(1), &json!(0))
    );
    assert!(
        found[3]
            .as_str()
            .is_some_and(|text| text.contains(EVIL_ACCOUNT))
    );
    assert!(
        found[4]
            .as_str()
            .is_some_and(|text| text.contains(EVIL_CODE))
    );
}

#[test]
fn it_fits_narrow_screens_and_paper() {
    let Some(page) = opened(Locale::Zh) else {
        return;
    };
    let values = json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true });
    page.browser
        .command("Emulation.setDeviceMetricsOverride", values);
    let wide = page
        .browser
        .run("return document.documentElement.scrollWidth");
    assert!(
        wide.as_u64().is_some_and(|wide| wide <= 360),
        "the page scrolls sideways: {wide}"
    );
    page.browser
        .command("Emulation.clearDeviceMetricsOverride", json!({}));
    let values = json!({ "preferCSSPageSize": true, "printBackground": false });
    let printed = page.browser.command("Page.printToPDF", values);
    let data = printed["data"].as_str().expect("a document");
    // "%PDF-" in base 64.
    assert!(data.starts_with("JVBERi0"), "{}", &data[..20]);
    assert!(data.len() > 20_000, "{}", data.len());
}

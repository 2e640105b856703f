//! One wrong folder of rules for every code of a mistake, with what must be said of it.

pub(super) const CAUSE: &str = "causes/moon/full-moon.toml";

/// A cause without a mistake, on top of the built-in rules.
pub(super) const GOOD: &str = r#"id = "full-moon"
group = "moon"
source = "extended"
severity = "block"
who = "user"
step = "order"
title = { zh = "满月", en = "full moon" }
prior = 1
summary = { user = { zh = "一", en = "a" }, agent = { zh = "二", en = "b" }, merchant = { zh = "三", en = "c" } }
retry = { advice = "later", when = { zh = "明天", en = "tomorrow" } }

[[evidence]]
signal = "moon_is_full"
seen = 99

[[fix]]
id = "wait"
who = "user"
minutes = 5
text = { zh = "等", en = "wait" }
when = "order.amount > 5"

[[confused_with]]
id = "single-limit"
tell = { zh = "看天", en = "look up" }

[[example]]
name = "it is full"
expect = "likely"
case = { order.product = "moon" }

[[example]]
name = "it is not"
expect = "other"
case = { "order.product" = "sun" }

[[example]]
name = "nobody looked"
expect = "asks"
asks = ["order.product"]
case = { order.status = "failed" }
"#;

pub(super) const SIGNAL: &str = r#"[[signal]]
id = "moon_is_full"
when = "order.product == 'moon'"
base = 0.1
yes = { zh = "圆", en = "full" }
no = { zh = "不圆", en = "not full" }
"#;

pub(super) const GATEWAYS: &str = r#"[[gateway]]
id = "moonpay"
name = { zh = "月", en = "moon" }
family = "moon"
stage = "payment"
published = "here"
"#;

pub(super) const HEADER: &str =
    "code\tmessage_zh\tmeaning_zh\tmeaning_en\tcause\tcertainty\twho_acts\tstate\tsource\n";

/// The cause with one part replaced.
pub(super) fn edited(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once");
    text.replace(from, to)
}

/// A mistake: code, files that replace or add to the good ones, and what is said where.
pub(super) struct Mistake {
    pub(super) code: &'static str,
    pub(super) files: Vec<(&'static str, String)>,
    pub(super) at: &'static str,
    pub(super) says: &'static str,
    pub(super) help: Option<&'static str>,
}

fn in_cause(
    code: &'static str,
    from: &str,
    to: &str,
    at: &'static str,
    says: &'static str,
    help: Option<&'static str>,
) -> Mistake {
    let files = vec![(CAUSE, edited(GOOD, from, to))];
    Mistake {
        code,
        files,
        at,
        says,
        help,
    }
}

fn in_signal(
    code: &'static str,
    from: &str,
    to: &str,
    at: &'static str,
    says: &'static str,
    help: Option<&'static str>,
) -> Mistake {
    let files = vec![("signals/moon.toml", edited(SIGNAL, from, to))];
    Mistake {
        code,
        files,
        at,
        says,
        help,
    }
}

fn added(
    code: &'static str,
    file: &'static str,
    text: &str,
    at: &'static str,
    says: &'static str,
    help: Option<&'static str>,
) -> Mistake {
    let files = vec![(file, text.to_owned())];
    Mistake {
        code,
        files,
        at,
        says,
        help,
    }
}

/// A code table of the moon's gateway with these rows.
fn in_table(
    code: &'static str,
    rows: &str,
    at: &'static str,
    says: &'static str,
    help: Option<&'static str>,
) -> Mistake {
    let files = vec![
        ("codes/gateways.toml", GATEWAYS.to_owned()),
        ("codes/moonpay.tsv", format!("{HEADER}{rows}")),
    ];
    Mistake {
        code,
        files,
        at,
        says,
        help,
    }
}

pub(super) fn mistakes() -> Vec<Mistake> {
    let example = "case = { \"order.product\" = \"sun\" }";
    let other = "[[example]]\nname = \"it is not\"\nexpect = \"other\"\ncase = { \"order.product\" = \"sun\" }\n";
    vec![
        in_signal(
            "R001",
            "base = 0.1",
            "base = 0.1
base = 0.2",
            "moon.toml:5:1",
            "expected TOML, found a syntax error: duplicate key",
            None,
        ),
        in_cause(
            "R002",
            "prior = 1",
            "prior = 1\npriro = 2",
            "full-moon.toml:9:1",
            "no key `priro` in a cause",
            Some("did you mean `prior`?"),
        ),
        in_cause(
            "R002",
            "minutes = 5",
            "minutes = 5\nhow = 'so'",
            "full-moon.toml:20:1",
            "no key `how` in a fix",
            Some("the keys are id, who, minutes"),
        ),
        in_cause(
            "R003",
            "step = \"order\"\n",
            "",
            "full-moon.toml:1:1",
            "expected the key `step` in a cause, found none",
            None,
        ),
        in_cause(
            "R004",
            "prior = 1",
            "prior = \"1\"",
            "full-moon.toml:8:9",
            "expected a number for `prior`, found a string",
            None,
        ),
        in_cause(
            "R004",
            "case = { order.product = \"moon\" }",
            "case = { order.product = [\"moon\"] }",
            "full-moon.toml:30:16",
            "found a list",
            None,
        ),
        in_cause(
            "R005",
            "\"block\"",
            "\"blokc\"",
            "full-moon.toml:4:12",
            "expected one of money, block, wait for `severity`, found `blokc`",
            Some("did you mean `block`?"),
        ),
        in_cause(
            "R005",
            "prior = 1",
            "prior = 100",
            "full-moon.toml:8:9",
            "expected a number from 0.01 to 99.9 for `prior`, found 100",
            None,
        ),
        in_cause(
            "R005",
            "minutes = 5",
            "minutes = 2.5",
            "full-moon.toml:19:11",
            "expected a whole number for `minutes`, found 2.5",
            None,
        ),
        in_cause(
            "R006",
            "en = \"wait\"",
            "en = \"  \"",
            "full-moon.toml:20:25",
            "expected a text for `text` in `en`, found an empty one",
            None,
        ),
        added(
            "R006",
            "words.toml",
            "[[word]]\nkey = \"yes\"\nzh = \"\"\nen = \"yes\"\n",
            "words.toml:3:6",
            "expected a text for `yes` in `zh`",
            None,
        ),
        added(
            "R007",
            "cuases/moon/other.toml",
            GOOD,
            "cuases/moon/other.toml:1:1",
            "which nothing reads",
            Some("causes/GROUP/ID.toml"),
        ),
        added(
            "R007",
            "signals.toml",
            SIGNAL,
            "signals.toml:1:1",
            "found `signals.toml`",
            Some("signals/*.toml"),
        ),
        added(
            "R010",
            "signals/again.toml",
            SIGNAL,
            "signals/moon.toml:1:1",
            "expected each signal once, found `moon_is_full` twice",
            None,
        ),
        added(
            "R010",
            "facts.toml",
            "[[fact]]\nkey = \"order.amount\"\ntype = \"text\"\nmeaning = { zh = \"额\", en = \"a\" }\nderived = true\n",
            "facts.toml:1:1",
            "expected the type money for `order.amount`, found text",
            Some("choose another key"),
        ),
        added(
            "R010",
            "codes/gateways.toml",
            &GATEWAYS.repeat(2),
            "gateways.toml:7:1",
            "found `moonpay` twice",
            None,
        ),
        in_cause(
            "R011",
            "\"moon_is_full\"",
            "\"moon_is_ful\"",
            "full-moon.toml:13:10",
            "expected the id of a signal, found `moon_is_ful`",
            Some("did you mean `moon_is_full`?"),
        ),
        in_cause(
            "R011",
            "\"single-limit\"",
            "\"single-limt\"",
            "full-moon.toml:24:6",
            "expected the id of a cause, found `single-limt`",
            Some("did you mean `single-limit`?"),
        ),
        in_table(
            "R011",
            "1\t满\t满\tfull\tfull-mooon\thigh\tuser\t-\there\n",
            "moonpay.tsv:2:12",
            "expected the id of a cause, found `full-mooon`",
            Some("did you mean `full-moon`?"),
        ),
        added(
            "R011",
            "codes/sunpay.tsv",
            HEADER,
            "sunpay.tsv:1:1",
            "expected a table that gateways.toml names, found `sunpay`",
            Some("add a [[gateway]]"),
        ),
        in_cause(
            "R012",
            "group = \"moon\"",
            "group = \"sun\"",
            "full-moon.toml:1:6",
            "expected this cause in causes/sun/full-moon.toml",
            Some("the folder is the group"),
        ),
        in_signal(
            "R020",
            "order.product ==",
            "order.prodcut ==",
            "moon.toml:3:9",
            "order.prodcut",
            Some("did you mean `order.product`?"),
        ),
        in_cause(
            "R020",
            "order.amount > 5",
            "order.amount > 'x'",
            "full-moon.toml:21:9",
            "does not take",
            None,
        ),
        in_signal(
            "R021",
            "order.product == 'moon'",
            "order.submit_count + 1",
            "moon.toml:3:9",
            "expected a condition that gives true or false, found one that gives int",
            None,
        ),
        in_cause(
            "R030",
            example,
            "case = { \"order.prodcut\" = \"sun\" }",
            "full-moon.toml:35:10",
            "found `order.prodcut`",
            Some("did you mean `order.product`?"),
        ),
        in_cause(
            "R030",
            example,
            "case = { order.amount = \"much\" }",
            "full-moon.toml:35:16",
            "found `much`",
            Some("two decimals"),
        ),
        in_cause(
            "R030",
            "asks = [\"order.product\"]",
            "asks = [\"order.prodcut\"]",
            "full-moon.toml:37:1",
            "found `order.prodcut`",
            Some("did you mean `order.product`?"),
        ),
        in_cause(
            "R031",
            other,
            "",
            "full-moon.toml:1:6",
            "expected an example with expect = \"other\", found none",
            Some("one example of each kind"),
        ),
        in_cause(
            "R032",
            "seen = 99",
            "seen = 0.1",
            "full-moon.toml:13:10",
            "found `moon_is_full` seen 0.1 and 0.1 times of 100",
            Some("leave it out or correct the counts"),
        ),
        in_table(
            "R040",
            "1\t满\t满\n",
            "moonpay.tsv:2:1",
            "expected 9 cells, found 3",
            None,
        ),
        in_table(
            "R040",
            "1\t满\t满\tfull\t-\t-\tuser\tgone\there\n",
            "moonpay.tsv:2:1",
            "in the column state, found `gone`",
            None,
        ),
        added(
            "R040",
            "codes/iso8583.tsv",
            "code\tmessage\n",
            "iso8583.tsv:1:1",
            "expected the tab-separated columns code message_zh",
            None,
        ),
        added(
            "R050",
            "phrases/moon.toml",
            "[[phrase]]\nid = \"moon_seen\"\nmeans = { zh = \"看见月亮\", en = \"the moon was seen\" }\npatterns = [\"月亮 ..\"]\n",
            "moon.toml:4:13",
            "expected a part after the last gap",
            None,
        ),
        added(
            "R011",
            "phrases/moon.toml",
            "[[phrase]]\nid = \"moon_seen\"\nmeans = { zh = \"看见月亮\", en = \"the moon was seen\" }\npatterns = [\"<mon> 圆\"]\n",
            "moon.toml:4:13",
            "expected the id of a term, found `<mon>`",
            None,
        ),
        added(
            "R050",
            "phrases/moon.toml",
            "[[phrase]]\nid = \"moon_seen\"\nmeans = { zh = \"看见月亮\", en = \"the moon was seen\" }\npatterns = [\"月亮| 圆\"]\n",
            "moon.toml:4:13",
            "expected a word on both sides of every `|`",
            None,
        ),
        added(
            "R050",
            "phrases/moon.toml",
            "[[term]]\nid = \"moons\"\nwords = [\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]\n",
            "moon.toml:3:10",
            "expected words of at most 63 characters",
            Some("split it into parts of a pattern"),
        ),
        added(
            "R060",
            "profile.toml",
            "official_domains = [\"moonpay.example\", \"moonpays.example\"]\n",
            "profile.toml:1:21",
            "`moonpay.example` and `moonpays.example`, one typing error apart",
            Some("list it in `owned_domains`"),
        ),
        added(
            "R005",
            "profile.toml",
            "owned_domains = [\"https://moon.example/\"]\n",
            "profile.toml:1:18",
            "expected a domain such as pay.example.com, found `https://moon.example/`",
            Some("leave out https://"),
        ),
        added(
            "R005",
            "profile.toml",
            "official_domains = [\"com.cn\"]\n",
            "profile.toml:1:21",
            "found the public suffix `com.cn`",
            None,
        ),
        added(
            "R011",
            "profile.toml",
            "[[brand]]\ndomain = \"moon.example\"\nnames = [\"yueliang\"]\n",
            "profile.toml:2:10",
            "expected one of `official_domains` or `provider_domains` for `domain`",
            Some("add it to the list of its owner"),
        ),
    ]
}

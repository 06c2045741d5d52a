//! Whatever a plan holds, its comment fits and shows nothing as anything but text.

use std::collections::BTreeSet;

use model::{Severity, Value};
use plan::{Action, Mode, OutputChange, Plan, ReplaceOrder};
use serde_json::json;

use super::{LIMIT, Subject, comment};
use crate::planfile::Finding;
use crate::project::Place;
use crate::render::plan::Look;
use crate::render::plan::tests as recorded;
use crate::render::text::Screen;

const LOOK: Look = Look { schemas: &|_, _| None, note: &|_| None, screen: &Screen::DIFF };

/// What somebody may call or value things who means harm, or does not think of it.
const HOSTILE: &[&str] = &[
    "```\n</details>\n@all please merge #1\n````diff\n~~~~\n",
    "</code></summary></details><script>alert(1)</script><!-- x --> -->",
    "@org/team #42 GH-7 https://evil.example www.evil.example mail@evil.example",
    "a\u{202e}gnp.\u{2066}exe\u{0}\u{7}\u{1b}[31m\r\n\r\n/merge\n/close",
    "`````````` ~~~~~~~~~~ | a | b |\n|---|---|\n**x** _y_ [l](http://e.example) ![i](x) &lt; &#64;",
    "<img src=x onerror=y>\n\n# heading\n- list\n> [!WARNING]\n\u{2028}\u{feff}",
    "",
];

/// A generator of plans: the same ones every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn text(&mut self) -> String {
        HOSTILE[self.roll(HOSTILE.len())].repeat(self.roll(3))
    }

    fn action(&mut self) -> Action {
        const ALL: &[Action] = &[
            Action::Create,
            Action::Read,
            Action::Update,
            Action::Replace(ReplaceOrder::DeleteFirst),
            Action::Replace(ReplaceOrder::CreateFirst),
            Action::Delete,
            Action::Forget,
        ];
        ALL[self.roll(ALL.len())]
    }

    fn value(&mut self) -> Value {
        let (key, text) = (self.text(), self.text());
        let secret = Value::string("hunter2").sensitive();
        Value::object([
            ("one", Value::string(&*text)),
            (&*format!("k{key}"), Value::string("x")),
            ("s", secret),
        ])
    }

    fn change(&mut self, number: usize) -> plan::Change {
        let key = model::address::quote(&format!("{number}{}", self.text()));
        let module = ["", "module.a.", "module.m[\"@all\"]."][self.roll(3)];
        let address = format!("{module}t{}.n[{key}]", self.roll(9));
        let mut change = recorded::change(&json!({"address": address, "action": "create"}));
        change.action = self.action();
        (change.before, change.after) = (self.value(), self.value());
        change
    }

    fn plan(&mut self, changes: usize) -> Plan {
        let output = |dice: &mut Dice| OutputChange {
            action: Action::Update,
            before: dice.value(),
            after: dice.value(),
            sensitive: dice.roll(4) == 0,
        };
        let outputs = (0..self.roll(1 + changes.min(5_000)))
            .map(|n| (format!("o{n}{}", self.text()).into(), output(self)))
            .collect();
        let mut plan = recorded::plan_of(&json!({"errored": self.roll(4) == 0}));
        plan.outputs = outputs;
        plan.changes = (0..changes).map(|n| self.change(n)).collect();
        plan.drift = (0..self.roll(1 + changes / 3)).map(|n| self.change(n)).collect();
        plan.serial = 7;
        plan.lineage = self.text();
        plan
    }

    fn findings(&mut self) -> Vec<Finding> {
        let finding = |dice: &mut Dice| Finding {
            severity: if dice.roll(2) == 0 { Severity::Error } else { Severity::Warning },
            summary: dice.text(),
            detail: dice.text(),
            address: Some(dice.text()),
            place: None,
        };
        (0..self.roll(400)).map(|_| finding(self)).collect()
    }
}

fn page(plan: &Plan, place: &str, findings: &[Finding]) -> String {
    let place = Place::Environment(place.into());
    let subject = Subject {
        stack: Some("churn"),
        place: &place,
        is_place_protected: false,
        findings,
        is_protected: &|a| a.key.to_string().contains('7'),
        notes: "",
    };
    comment(plan, &subject, &LOOK)
}

/// Takes a page apart: fences, then elements of code, then everything else, which must be ours.
#[track_caller]
fn check(page: &str) {
    assert!(page.len() <= LIMIT, "{} bytes", page.len());
    assert!(!page.contains("hunter"), "a secret");
    let unseen = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!page.contains(unseen), "a character that is not seen");
    let mut rest = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks < 3 {
            rest.push_str(&without_code(line));
            rest.push('\n');
            continue;
        }
        assert!(matches!(&line[ticks..], "diff" | "text"), "{line}");
        let end = "`".repeat(ticks);
        let inside: Vec<&str> = lines.by_ref().take_while(|l| *l != end).collect();
        assert!(!inside.is_empty(), "a fence with nothing in it");
        assert!(inside.iter().all(|l| !l.contains(&end)), "a fence that ends early");
        assert!(inside.iter().all(|l| l.is_empty() || l.starts_with([' ', '+', '-', '!'])), "{inside:?}");
    }
    let mut rest = rest.replace("<details open>", "<details>");
    for tag in ["details", "summary", "ul", "li", "p", "b", "h3", "h4"] {
        let opened = rest.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, rest.matches(&format!("</{tag}>")).count(), "{tag}");
        rest = rest.replace(&format!("<{tag}>"), "").replace(&format!("</{tag}>"), "");
    }
    let (marker, rest) = rest.split_once("-->\n").unwrap();
    let marker = marker.strip_prefix("<!-- stackwright plan ").unwrap();
    assert!(!marker.contains(['<', '>', '\n', '"']), "{marker}");
    let rest = rest.replace("<br>", "");
    let strange = rest.find(['<', '>', '`', '@', '#', '*', '_', '[', '|', '&', '\\']);
    assert!(strange.is_none(), "{:?}", strange.map(|at| rest[at..].chars().take(200).collect::<String>()));
    assert!(!rest.contains("evil") && !rest.contains("/merge"), "{rest}");
}

fn without_code(line: &str) -> String {
    let mut parts = line.split("<code>");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, after) = part.split_once("</code>").unwrap();
        assert!(!inside.contains(['<', '>']), "{inside}");
        out.push_str(after);
    }
    out
}

fn recorded_page(plan: &Plan, look: &Look) -> String {
    let place = Place::Workspace("default".into());
    let subject = Subject {
        stack: None,
        place: &place,
        is_place_protected: false,
        findings: &[],
        is_protected: &|_| false,
        notes: "",
    };
    comment(plan, &subject, look)
}

#[test]
fn plans_are_commented_as_recorded() {
    recorded::check_all(|case| recorded::compare(case, "md", recorded_page));
    recorded::check_all(|case| {
        recorded::compare(case, "md", |plan, look| {
            let page = recorded_page(plan, look);
            check(&page);
            page
        })
    });
}

#[test]
fn whatever_a_plan_holds_stays_text_and_fits() {
    for (seed, changes) in [0, 1, 2, 3, 5, 8, 30, 100, 300, 1_000, 3_000].into_iter().enumerate() {
        let mut dice = Dice(seed as u64);
        let (plan, findings) = (dice.plan(changes), dice.findings());
        let first = page(&plan, HOSTILE[seed % HOSTILE.len()], &findings);
        check(&first);
        assert_eq!(first, page(&plan, HOSTILE[seed % HOSTILE.len()], &findings), "the same twice");
    }
}

#[test]
fn a_hundred_thousand_changes_are_counted_and_the_worst_are_listed() {
    let mut plan = recorded::plan_of(&json!({}));
    let of = |n: usize, action: &str| {
        recorded::change(&json!({
            "address": format!("module.m[{}].t{}.n[{n}]", n % 50, n % 30), "action": action, "after": {"id": "x".repeat(80)},
        }))
    };
    plan.changes = (0..100_000).map(|n| of(n, "create")).collect();
    for at in [5, 50_000, 99_999] {
        plan.changes[at] = of(at, "delete");
    }
    let page = page(&plan, "production", &[]);
    check(&page);
    let lost = page.find("<h4>Replaced, destroyed or forgotten: 3</h4>").unwrap();
    let created = page.find("<h4>Created: 99997</h4>").unwrap();
    let destroyed: Vec<usize> = page.match_indices(" will be destroyed").map(|(at, _)| at).collect();
    assert!(destroyed.len() == 3 && destroyed.iter().all(|at| (lost..created).contains(at)), "{page}");
    assert!(page[lost..created].matches("<details>").count() == 3, "the worst are shown whole");
    let listed = page[created..].matches("<li>").count() + page[created..].matches("<details>").count();
    assert!(page.contains(&format!("<p>And {} more: ", 99_997 - listed)), "{page}");
    assert!(page.len() > LIMIT * 9 / 10, "what room there is is used: {}", page.len());
}

#[test]
fn what_is_listed_is_listed_whole() {
    let plan = Dice(99).plan(2_000);
    let page = page(&plan, "dev", &[]);
    let names: BTreeSet<String> =
        plan.changes.iter().chain(&plan.drift).map(|c| super::code(&c.address.to_string())).collect();
    let lines = page.lines().filter(|l| l.contains(".n["));
    let whole = |line: &str| names.iter().any(|name| line.contains(name.as_str()));
    assert!(lines.clone().count() > 10);
    assert!(lines.clone().all(whole), "{:?}", lines.clone().find(|l| !whole(l)));
}

#[test]
fn nothing_to_do_says_so() {
    for (mode, says) in [
        (Mode::Normal, "<b>No changes.</b> Your infrastructure matches the configuration."),
        (Mode::Destroy, "<b>No changes.</b> No objects need to be destroyed."),
        (Mode::RefreshOnly, "<b>No changes.</b> Your infrastructure still matches"),
    ] {
        let plan = Plan { mode, ..recorded::plan_of(&json!({})) };
        let page = page(&plan, "dev", &[]);
        assert!(page.starts_with("<!-- stackwright plan churn/dev -->\n") && page.contains(says), "{page}");
    }
}

#[test]
fn protected_objects_come_first_and_are_marked() {
    let change = |key: &str, action: &str| {
        recorded::change(&json!({"address": format!("a.b[{key}]"), "action": action}))
    };
    let mut plan = recorded::plan_of(&json!({}));
    plan.changes = vec![change("1", "delete"), change("2", "forget"), change("7", "replace")];
    let page = page(&plan, "dev", &[]);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"));
    assert!(
        at("a.b[7]</code> must be replaced, <b>protected</b>") < at("a.b[1]") && at("a.b[1]") < at("a.b[2]")
    );
}

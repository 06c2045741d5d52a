use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apply::{Event, Events, Operation};
use model::InstanceAddr;

use super::Stream;
use crate::render::messages::{self, Counts};
use crate::render::progress::ApplyView;
use crate::render::text::Screen;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn addr(text: &str) -> InstanceAddr {
    text.parse().unwrap()
}

fn events() -> Vec<Event> {
    let (a, b) = (addr("module.cluster--x.terraform_data.a[\"k\"]"), addr("terraform_data.b"));
    let id = || Some("i-1".to_owned());
    let s = Duration::from_secs;
    vec![
        Event::Started { address: b.clone(), operation: Operation::Delete, id: id() },
        Event::Started { address: a.clone(), operation: Operation::Create, id: None },
        Event::ProvisionStarted { address: a.clone(), provisioner: "local-exec".into() },
        Event::Output { address: a.clone(), provisioner: "local-exec".into(), line: "hi".into() },
        Event::Output { address: a.clone(), provisioner: "local-exec".into(), line: "there".into() },
        Event::ProvisionEnded { address: a.clone(), provisioner: "local-exec".into(), failed: false },
        Event::Progress {
            address: a.clone(),
            operation: Operation::Create,
            message: String::new(),
            elapsed: s(10),
        },
        Event::Progress {
            address: a.clone(),
            operation: Operation::Create,
            message: "3 of 5 nodes".into(),
            elapsed: s(70),
        },
        Event::Finished { address: b.clone(), operation: Operation::Delete, id: id(), elapsed: s(0) },
        Event::Finished { address: a, operation: Operation::Create, id: id(), elapsed: s(71) },
        Event::Started { address: b.clone(), operation: Operation::Import, id: id() },
        Event::Finished { address: b.clone(), operation: Operation::Import, id: id(), elapsed: s(0) },
        Event::Started { address: b.clone(), operation: Operation::Update, id: id() },
        Event::Failed { address: b.clone(), operation: Operation::Update, elapsed: s(1) },
        Event::Started { address: b.clone(), operation: Operation::Stabilise, id: id() },
        Event::Finished { address: b, operation: Operation::Stabilise, id: None, elapsed: s(9) },
    ]
}

#[test]
fn human_lines_say_what_is_done() {
    let sink = Sink::default();
    let view = ApplyView::new().with_people(sink.clone(), Screen::PLAIN, 4);
    events().into_iter().for_each(|e| view.event(e));
    let expect = "\
terraform_data.b: Destroying... [id=i-1]
component.cluster.x.terraform_data.a[\"k\"]: Creating...
component.cluster.x.terraform_data.a[\"k\"]: Provisioning with 'local-exec'...
component.cluster.x.terraform_data.a[\"k\"] (local-exec): hi
component.cluster.x.terraform_data.a[\"k\"] (local-exec): there
component.cluster.x.terraform_data.a[\"k\"]: Still creating... [10s elapsed]
component.cluster.x.terraform_data.a[\"k\"]: Still creating... 3 of 5 nodes [1m10s elapsed]
terraform_data.b: Destruction complete after 0s
component.cluster.x.terraform_data.a[\"k\"]: Creation complete after 1m11s [id=i-1]
terraform_data.b: Importing... [id=i-1]
terraform_data.b: Import complete [id=i-1]
terraform_data.b: Modifying... [id=i-1]
terraform_data.b: Settling... [id=i-1]
terraform_data.b: Settling complete after 9s
";
    assert_eq!(sink.text(), expect);
    assert_eq!(view.counts(), Counts { add: 1, change: 0, remove: 1, import: 1 });
}

#[test]
fn the_stream_says_it_as_json() {
    let sink = Sink::default();
    let view = ApplyView::new().with_stream(Arc::new(Stream::with_clock(sink.clone(), || "T".into())));
    events().into_iter().for_each(|e| view.event(e));
    let lines: Vec<serde_json::Value> =
        sink.text().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let said: Vec<String> = lines
        .iter()
        .map(|l| format!("{} {}", l["type"].as_str().unwrap(), l["@message"].as_str().unwrap()))
        .collect();
    let a = "module.cluster--x.terraform_data.a[\"k\"]";
    let expect = [
        "apply_start terraform_data.b: Destroying... [id=i-1]".to_owned(),
        format!("apply_start {a}: Creating..."),
        format!("provision_start {a}: Provisioning with 'local-exec'..."),
        format!("provision_progress {a}: (local-exec): hi"),
        format!("provision_progress {a}: (local-exec): there"),
        format!("provision_complete {a}: (local-exec) Provisioning complete"),
        format!("apply_progress {a}: Still creating... [10s elapsed]"),
        format!("apply_progress {a}: Still creating... [1m10s elapsed]"),
        "apply_complete terraform_data.b: Destruction complete after 0s".to_owned(),
        format!("apply_complete {a}: Creation complete after 1m11s [id=i-1]"),
        "apply_start terraform_data.b: Modifying... [id=i-1]".to_owned(),
        "apply_errored terraform_data.b: Modifications errored after 1s".to_owned(),
        "stabilise_start terraform_data.b: Settling... [id=i-1]".to_owned(),
        "stabilise_complete terraform_data.b: Settling complete after 9s".to_owned(),
    ];
    assert_eq!(said, expect);
}

#[test]
fn lines_have_the_order_of_keys_that_people_expect() {
    let sink = Sink::default();
    let stream = Stream::with_clock(sink.clone(), || "T".into());
    stream.say(&messages::version("0.1.0", "1.11.4"));
    stream.say(&messages::change_summary("plan", &Counts { add: 1, ..Counts::default() }));
    let a = addr("data.x_y.a[0]");
    stream.say(&messages::apply_complete(&a, Operation::Read, None, Duration::from_millis(1600)).unwrap());
    assert_eq!(
        sink.text(),
        r#"{"@level":"info","@message":"Stackwright 0.1.0","@module":"stackwright.ui","@timestamp":"T","stackwright":"0.1.0","terraform":"1.11.4","ui":"1.2","type":"version"}
{"@level":"info","@message":"Plan: 1 to add, 0 to change, 0 to destroy.","@module":"stackwright.ui","@timestamp":"T","changes":{"add":1,"change":0,"import":0,"remove":0,"operation":"plan"},"type":"change_summary"}
{"@level":"info","@message":"data.x_y.a[0]: Refresh complete after 2s","@module":"stackwright.ui","@timestamp":"T","hook":{"resource":{"addr":"data.x_y.a[0]","module":"","resource":"data.x_y.a[0]","implied_provider":"x","resource_type":"x_y","resource_name":"a","resource_key":0},"action":"read","elapsed_seconds":2},"type":"apply_complete"}
"#
    );
}

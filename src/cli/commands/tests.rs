mod marks;
mod recorded;
mod workspaces;

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use model::{Diagnostics, SourceMap};
use plan::ProviderFunctions;
use state::{LockInfo, MemoryBackend, StateSnapshot, Store};

use super::terminal::Terminal;
use super::{completion, console, explain, fmt, force_unlock, functions, output, state as states, version};
use crate::args::{Command, StateCommand, parse};
use crate::render::Screen;
use crate::render::state::{Shown, human};
use crate::render::state_json::state_json;
use crate::render::streamed;

const STATE: &str = r#"{
  "version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "l",
  "outputs": {
    "list": {"value": ["a", {"b": 1}], "type": ["tuple", ["string", ["object", {"b": "number"}]]]},
    "n": {"value": 3, "type": "number"},
    "none": {"value": null, "type": "dynamic"},
    "secret": {"value": "s3cret", "type": "string", "sensitive": true},
    "text": {"value": "a\nb\n", "type": "string"}
  },
  "resources": [
    {"mode": "managed", "type": "terraform_data", "name": "a", "provider": "provider[\"terraform.io/builtin/terraform\"]",
     "instances": [
       {"index_key": 0, "schema_version": 0, "attributes": {"id": "i-0", "input": 1}},
       {"index_key": 10, "schema_version": 0, "attributes": {"id": "i-10", "input": 2}},
       {"index_key": 9, "schema_version": 0, "attributes": {"id": "i-9", "input": 3}, "status": "tainted"}]},
    {"module": "module.cluster--x", "mode": "managed", "type": "terraform_data", "name": "b",
     "provider": "provider[\"terraform.io/builtin/terraform\"]",
     "instances": [{"schema_version": 0, "attributes": {"id": "b", "input": "in"}, "dependencies": ["terraform_data.a"]},
                   {"deposed": "01234567", "schema_version": 0, "attributes": {"id": "old", "input": null}}]}
  ],
  "check_results": [{"object_kind": "output", "config_addr": "output.n", "status": "fail",
    "objects": [{"object_addr": "output.n", "status": "fail", "failure_messages": ["too small"]}]}]
}"#;

fn snapshot() -> StateSnapshot {
    state::format::read(STATE.as_bytes(), "terraform.tfstate").unwrap()
}

/// Decodes every object as `id`, of any type, and the rest as it comes.
fn with_shown<T>(look: impl FnOnce(&Shown) -> T) -> T {
    let decode = |_: &model::InstanceAddr, object: &state::InstanceObject| {
        Some((model::json::read_implied(&object.attributes).ok()?, 0))
    };
    look(&Shown { decode: &decode, schemas: &|_, _| None })
}

fn show_state(json: bool, snapshot: Option<&StateSnapshot>, shown: &Shown, terminal: &mut Terminal) -> u8 {
    match json {
        true => streamed::write(terminal.out, &state_json(snapshot, "1.11.4", shown.decode)),
        false => terminal.say(&human(snapshot, shown, &Screen::PLAIN)),
    }
    0
}

/// Runs a command on given input; what it wrote to standard output and error, and its result.
fn on(input: &str, run: impl FnOnce(&mut Terminal) -> Result<u8, Diagnostics>) -> (String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut input = Cursor::new(input.as_bytes().to_vec());
    let mut terminal = Terminal {
        out: &mut out,
        err: &mut err,
        input: &mut input,
        screen: Screen::PLAIN,
        interactive: false,
    };
    let end = match run(&mut terminal) {
        Ok(0) => String::new(),
        Ok(status) => format!("exit {status}"),
        Err(diagnostics) => diagnostics.iter().map(|d| format!("{}: {}\n", d.summary, d.detail)).collect(),
    };
    (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap() + &end)
}

fn command(line: &str) -> Command {
    parse(line.split_whitespace().map(String::from), |_| None).unwrap().command
}

#[track_caller]
fn check(line: &str, expect_out: &str, expect_end: &str) {
    let snapshot = snapshot();
    let (out, end) = on("", |t| match command(line) {
        Command::Output(args) => output::show(&args, Some(&snapshot), t),
        Command::State(args) => match args.command {
            StateCommand::List(args) => states::list(&args, Some(&snapshot), t),
            StateCommand::Show(args) => with_shown(|s| states::show(&args, Some(&snapshot), s, t)),
            StateCommand::Pull(_) => Ok(states::pull(Some(&snapshot), t)),
            other => panic!("{other:?} needs a session"),
        },
        Command::Show(args) => with_shown(|s| Ok(show_state(args.json, Some(&snapshot), s, t))),
        Command::Explain(args) => explain::explain(&args, &[], &ProviderFunctions::default(), t),
        other => panic!("{other:?}"),
    });
    assert_eq!(out, expect_out, "{line}");
    assert!(end.contains(expect_end) && end.is_empty() == expect_end.is_empty(), "{line}: {end}");
}

#[test]
fn outputs_come_in_every_form() {
    let all = "list = [\n  \"a\",\n  {\n    \"b\" = 1\n  },\n]\nn = 3\nnone = null\nsecret = <sensitive>\n\
               text = <<EOT\na\nb\n\nEOT\n";
    check("output", all, "");
    check("output list", "[\n  \"a\",\n  {\n    \"b\" = 1\n  },\n]\n", "");
    check("output -json list", "[\"a\",{\"b\":1}]\n", "");
    check("output secret", "\"s3cret\"\n", "");
    check("output -raw text", "a\nb\n", "");
    check("output -raw n", "3", "");
    check("output -raw list", "", "Unsupported value for raw output");
    check("output -raw none", "", "Unsupported value for raw output");
    check("output -raw", "", "Output name required");
    check("output txt", "", "Did you mean \"text\"?");
    check("output -raw -json n", "", "Invalid output format");
}

#[test]
fn no_outputs_are_a_warning_and_an_empty_document() {
    let run = |line: &str| {
        let Command::Output(args) = command(line) else { panic!("not output") };
        on("", |t| output::show(&args, None, t))
    };
    assert_eq!(run("output -json").0, "{}\n");
    let (out, err) = run("output");
    assert_eq!(out, "");
    assert!(err.contains("Warning: No outputs found"), "{err}");
}

#[test]
fn state_lists_addresses_in_natural_order() {
    let all = "terraform_data.a[0]\nterraform_data.a[9]\nterraform_data.a[10]\n\
               module.cluster--x.terraform_data.b\n";
    check("state list", all, "");
    check(
        "state list terraform_data.a",
        "terraform_data.a[0]\nterraform_data.a[9]\nterraform_data.a[10]\n",
        "",
    );
    check("state list terraform_data.a[9]", "terraform_data.a[9]\n", "");
    check("state list component.cluster.x", "module.cluster--x.terraform_data.b\n", "");
    check("state list -id=i-10", "terraform_data.a[10]\n", "");
    check("state list a[", "", "Invalid address");
    check("state list terraform_data.b", "", "Unknown resource: ");
    check("state list terraform_data.a[1]", "", "Unknown resource instance: ");
    check("state list module.clster--x", "", "Unknown module: ");
}

#[test]
fn state_shows_one_instance() {
    check(
        "state show terraform_data.a[9]",
        "# terraform_data.a[9]: (tainted)\nresource \"terraform_data\" \"a\" {\n    id    = \"i-9\"\n    input = 3\n}\n",
        "",
    );
    check(
        "state show component.cluster.x.terraform_data.b",
        "# component.cluster.x.terraform_data.b:\nresource \"terraform_data\" \"b\" {\n    id    = \"b\"\n    \
         input = \"in\"\n}\n\n# component.cluster.x.terraform_data.b: (deposed object 01234567)\n\
         resource \"terraform_data\" \"b\" {\n    id = \"old\"\n}\n",
        "",
    );
    check("state show terraform_data.a", "", "No instance found for the given address!");
    check("state show module.m", "", "Error parsing instance address: module.m");
}

#[test]
fn show_writes_the_document_of_a_state() {
    let (out, _) = on("", |t| with_shown(|s| Ok(show_state(true, Some(&snapshot()), s, t))));
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let root = &document["values"]["root_module"];
    let addresses: Vec<&str> =
        root["resources"].as_array().unwrap().iter().map(|r| r["address"].as_str().unwrap()).collect();
    assert_eq!(addresses, ["terraform_data.a[0]", "terraform_data.a[9]", "terraform_data.a[10]"]);
    assert_eq!(root["resources"][1]["tainted"], true);
    let child = &root["child_modules"][0];
    assert_eq!(child["address"], "module.cluster--x");
    assert_eq!(child["resources"][0]["depends_on"], serde_json::json!(["terraform_data.a"]));
    assert_eq!(child["resources"][1]["deposed_key"], "01234567");
    assert_eq!(
        document["checks"],
        serde_json::json!([{
            "address": {"kind": "output_value", "name": "n", "to_display": "output.n"},
            "status": "fail",
            "instances": [{"address": {"to_display": "output.n"}, "status": "fail",
                           "problems": [{"message": "too small"}]}],
        }])
    );
    let (empty, _) = on("", |t| with_shown(|s| Ok(show_state(true, None, s, t))));
    assert_eq!(empty, "{\"format_version\":\"1.0\"}\n");
}

#[test]
fn human_states_end_with_outputs_and_hide_secrets() {
    let (out, _) = on("", |t| with_shown(|s| Ok(show_state(false, Some(&snapshot()), s, t))));
    assert!(out.starts_with("# terraform_data.a[0]:\n"), "{out}");
    assert!(out.contains("\nOutputs:\n\nlist = ["), "{out}");
    assert!(!out.contains("s3cret"), "{out}");
    let nothing = Shown { decode: &|_, _| None, schemas: &|_, _| None };
    let (raw, _) = on("", |t| Ok(show_state(false, Some(&snapshot()), &nothing, t)));
    assert!(!raw.contains("i-10") && raw.contains("input = (not shown"), "{raw}");
}

fn lock_info() -> LockInfo {
    LockInfo {
        id: "lock-1".into(),
        operation: "test".into(),
        who: "me".into(),
        version: String::new(),
        created: String::new(),
        info: String::new(),
        path: String::new(),
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn force_unlock_asks_before_it_takes_a_lock_away() {
    let backend = MemoryBackend::new();
    let store = Store::new(Arc::new(backend));
    let _session = block_on(store.lock(lock_info(), Duration::ZERO)).unwrap();
    let run = |line: &str, answer: &str| {
        let Command::ForceUnlock(args) = command(line) else { panic!("not force-unlock") };
        on(answer, |t| match force_unlock::is_meant(&args, t) {
            true => block_on(force_unlock::unlock(&args, &store)).map(|said| {
                t.say(said);
                0
            }),
            false => Ok(1),
        })
    };
    assert_eq!(run("force-unlock lock-1", "no\n").0, "force-unlock cancelled.\n");
    assert!(run("force-unlock -force other", "").1.contains("Failed to unlock state"));
    assert!(run("force-unlock lock-1", "yes\n").0.contains("unlocked"));
    assert!(block_on(store.lock(lock_info(), Duration::ZERO)).is_ok());
}

#[test]
fn piped_consoles_show_the_last_result() {
    let run = |input: &str| {
        on(input, |t| {
            console::piped(t, &mut |line| match line {
                "bad" => Err(model::Diagnostic::error("Bad", "").into()),
                other => Ok(format!("<{other}>")),
            })
        })
    };
    let cases = [
        ("1 + 1\n", "<1 + 1>\n", ""),
        ("1\n2\n", "<2>\n", ""),
        ("1\nbad\n3\n", "", "Bad: \n"),
        ("1\nexit\n3\n", "<1>\n", ""),
        ("", "", ""),
    ];
    for (input, out, end) in cases {
        assert_eq!(run(input), (out.to_owned(), end.to_owned()), "{input:?}");
    }
}

#[test]
fn standard_input_is_formatted() {
    let run = |line: &str, input: &str| {
        let Command::Fmt(args) = command(line) else { panic!("not fmt") };
        on(input, |t| fmt::format_all(&args, &mut SourceMap::new(), t))
    };
    assert_eq!(run("fmt -", "a=1\n"), ("a = 1\n".into(), String::new()));
    assert_eq!(run("fmt -check -", "a=1\n"), (String::new(), "exit 3".into()));
    assert_eq!(run("fmt -check -", "a = 1\n"), (String::new(), String::new()));
    assert_eq!(
        run("fmt -diff -", "b = 2\na=1\n").0,
        "--- old/<stdin>\n+++ new/<stdin>\n@@ -1,2 +1,2 @@\n b = 2\n-a=1\n+a = 1\n"
    );
    assert_eq!(
        run("fmt -diff -", "a=1").0,
        "--- old/<stdin>\n+++ new/<stdin>\n@@ -1 +1 @@\n-a=1\n\\ No newline at end of file\n+a = 1\n\
         \\ No newline at end of file\n"
    );
    assert_eq!(run("fmt -", "a=1").0, "a = 1\n");
    assert!(run("fmt -", "a = [\n").1.contains(": "));
}

#[test]
fn files_are_formatted_in_place() {
    let dir = std::env::temp_dir().join(format!("stackwright-fmt-{}", std::process::id()));
    std::fs::create_dir_all(dir.join("sub")).unwrap();
    for (name, text) in
        [("main.tf", "a=1\n"), ("sub/x.hcl", "b=1\n"), ("good.tf", "a = 1\n"), ("x.txt", "a=1\n")]
    {
        std::fs::write(dir.join(name), text).unwrap();
    }
    std::os::unix::fs::symlink(&dir, dir.join("sub/circle")).unwrap();
    let run = |flags: &str| {
        let Command::Fmt(args) = command(&format!("fmt {flags} {}", dir.display())) else {
            panic!("not fmt")
        };
        let (listed, end) = on("", |t| fmt::format_all(&args, &mut SourceMap::new(), t));
        let names = listed.lines().map(|line| line.split_once("fmt-").unwrap().1.split_once('/').unwrap().1);
        (names.map(|name| format!("{name}\n")).collect::<String>(), end)
    };
    let (main, sub) = ("main.tf\n".to_owned(), "sub/x.hcl\n");
    assert_eq!(run("-check"), (main.clone(), "exit 3".into()));
    assert_eq!(run("-write=false"), (main.clone(), String::new()));
    assert_eq!(run("-recursive"), (main + sub, String::new()));
    assert_eq!(std::fs::read_to_string(dir.join("sub/x.hcl")).unwrap(), "b = 1\n");
    assert_eq!(run("-recursive -check"), (String::new(), String::new()));
    assert!(std::fs::read_dir(&dir).unwrap().count() == 4, "no temporary file stays");
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn functions_are_explained() {
    let (out, end) = on("", |t| {
        let Command::Explain(args) = command("explain upper") else { panic!("not explain") };
        explain::explain(&args, &[], &ProviderFunctions::default(), t)
    });
    assert!(out.starts_with("upper(") && out.contains("Parameters:"), "{out}{end}");
    check("explain uper", "", "Did you mean \"upper\"?");
}

#[test]
fn lists_and_scripts_are_not_empty() {
    for line in ["functions", "functions -json"] {
        let Command::Functions(args) = command(line) else { panic!("not functions") };
        assert!(
            on("", |t| Ok(functions::list(&args, &ProviderFunctions::default(), t))).0.contains("upper"),
            "{line}"
        );
    }
    for shell in ["bash", "zsh", "fish"] {
        let Command::Completion(args) = command(&format!("completion {shell}")) else {
            panic!("not completion")
        };
        assert!(completion::script(&args).contains("auto-approve"), "{shell}");
    }
    let Command::Version(args) = command("version -json") else { panic!("not version") };
    let document: serde_json::Value =
        serde_json::from_str(&on("", |t| Ok(version::version(&args, t))).0).unwrap();
    assert_eq!(document["terraform_version"], "1.11.4");
}

use super::*;
use provider::config_of;
use provider::kit::Bench;

/// Runs a block; gives what it said and its failure's detail.
async fn said(
    dir: &std::path::Path,
    given: &[(&'static str, Value)],
    is_secret: bool,
) -> (Vec<String>, Option<String>) {
    let exec = LocalExec::new();
    let bench = Bench::new(dir);
    let around = bench.around();
    let (lines, mut heard) = Lines::channel();
    let call = Provisioning {
        address: &bench.address,
        around: &*around,
        lines: &lines,
        cancel: &bench.cancel,
        is_secret,
    };
    let config = config_of(&exec.schema.block, given.iter().cloned());
    let failed = exec.run(call, &config).await.err().map(|e| e.detail);
    drop(lines);
    let mut said = Vec::new();
    while let Some(line) = heard.recv().await {
        said.push(line);
    }
    (said, failed)
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn words(texts: &[&str]) -> Value {
    Value::list(Type::String, texts.iter().map(|t| s(t)).collect())
}

#[tokio::test]
async fn both_outputs_are_heard_in_order_and_the_command_first() {
    let dir = tempfile::tempdir().unwrap();
    let command = "echo one; echo two >&2; printf three";
    let (lines, failed) = said(dir.path(), &[("command", s(command))], false).await;
    let first = format!("Executing: [\"/bin/sh\" \"-c\" {command:?}]");
    assert_eq!((lines, failed), (vec![first, "one".into(), "two".into(), "three".into()], None));
}

#[tokio::test]
async fn arguments_decide_how_the_command_runs() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    let env = Value::map(Type::String, [("X", s("y"))]);
    let cases: [(&[(&'static str, Value)], &str); 4] = [
        (&[("command", s("echo $X")), ("environment", env)], "y"),
        (&[("command", s("basename $(pwd)")), ("working_dir", s("sub"))], "sub"),
        (&[("command", s("a b")), ("interpreter", words(&["/bin/echo", "-n"]))], "a b"),
        (&[("command", s("echo x")), ("quiet", Value::bool(true))], "x"),
    ];
    for (given, last) in cases {
        let (lines, failed) = said(dir.path(), given, false).await;
        assert_eq!((lines.last().map(String::as_str), failed), (Some(last), None), "{given:?}");
    }
    let quiet = said(dir.path(), &[("command", s("true")), ("quiet", Value::bool(true))], false).await;
    assert_eq!(quiet.0, ["local-exec: Executing: Suppressed by quiet=true"]);
}

#[tokio::test]
async fn failures_say_what_happened() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&[(&'static str, Value)], &str); 6] = [
        (&[("command", s(""))], "The command must be a non-empty string."),
        (
            &[("command", s("echo a; exit 3"))],
            "Error running command 'echo a; exit 3': exit status 3. Output: a\n",
        ),
        (&[("command", s("kill -9 $$"))], "Error running command 'kill -9 $$': signal: killed. Output: "),
        (
            &[("command", s("x")), ("working_dir", s("nope"))],
            "Error running command 'x': chdir nope: no such file or directory. Output: ",
        ),
        (
            &[("command", s("x")), ("interpreter", words(&["no-such-program"]))],
            "Error running command 'x': exec: \"no-such-program\": executable file not found in $PATH. Output: ",
        ),
        (
            &[("command", s("x")), ("interpreter", words(&["/nope"]))],
            "Error running command 'x': fork/exec /nope: no such file or directory. Output: ",
        ),
    ];
    for (given, detail) in cases {
        assert_eq!(said(dir.path(), given, false).await.1.as_deref(), Some(detail));
    }
}

#[test]
fn lines_end_where_people_see_them_end() {
    let cases: [(&str, &[&str]); 5] = [
        ("a\nb\n", &["a", "b"]),
        ("10%\r20%\r\ndone", &["10%", "20%", "done"]),
        ("a\n\n  \n\tb  \n", &["a", "\tb"]),
        ("", &[]),
        ("\u{e9}", &["\u{e9}"]),
    ];
    for (text, lines) in cases {
        let (mut said, mut last) = (Vec::new(), VecDeque::new());
        read_lines(text.as_bytes(), &mut last, |line| said.push(line.to_owned()));
        assert_eq!(said, lines, "{text:?}");
        assert_eq!(Vec::from(last), text.as_bytes());
    }
}

#[tokio::test]
async fn a_secret_is_not_quoted() {
    let dir = tempfile::tempdir().unwrap();
    let given = [("command", s("echo hush; exit 1"))];
    let detail = said(dir.path(), &given, true).await.1.unwrap();
    assert!(!detail.contains("hush") && detail.contains("exit status 1"), "{detail}");
}

#[tokio::test]
async fn a_stopped_run_does_not_wait_for_the_command() {
    let dir = tempfile::tempdir().unwrap();
    let exec = LocalExec::new();
    let bench = Bench::new(dir.path());
    let around = bench.around();
    let (lines, _heard) = Lines::channel();
    let call = Provisioning {
        address: &bench.address,
        around: &*around,
        lines: &lines,
        cancel: &bench.cancel,
        is_secret: false,
    };
    let config = config_of(&exec.schema.block, [("command", s("sleep 60"))]);
    let stopper = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        bench.cancel.cancel();
    };
    let (result, ()) = tokio::join!(exec.run(call, &config), stopper);
    assert!(result.unwrap_err().detail.contains("was stopped"));
}

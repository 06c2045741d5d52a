use std::path::PathBuf;
use std::time::Duration;

use super::{Command, CommandLine, Stop, VarOption, parse};

fn read(line: &str) -> Result<CommandLine, Stop> {
    parse(line.split_whitespace().map(String::from), |_| None)
}

#[track_caller]
fn plan(line: &str) -> super::PlanArgs {
    match read(line).unwrap().command {
        Command::Plan(args) => args,
        other => panic!("{other:?}"),
    }
}

#[test]
fn flags_take_one_dash_or_two() {
    for line in ["plan -out=p -json -input=false", "plan --out p --json=true --input=0"] {
        let args = plan(line);
        assert_eq!(args.out, Some(PathBuf::from("p")), "{line}");
        assert!(args.stream.json && !args.view.input, "{line}");
    }
}

#[test]
fn defaults_are_those_of_terraform() {
    let args = plan("plan");
    assert!(args.planning.refresh && args.lock.lock && args.view.input);
    assert!(
        !args.planning.destroy && !args.planning.refresh_only && !args.stream.json && !args.detailed_exitcode
    );
    assert_eq!((args.planning.parallelism, args.lock.lock_timeout), (10, Duration::ZERO));
}

#[test]
fn variables_keep_their_order() {
    let args = plan("plan -var a=1 -var-file=x.tfvars -var=b=-2 -var-file y --var -c=3");
    let value = |s: &str| VarOption::Value(s.into());
    let file = |s: &str| VarOption::File(s.into());
    assert_eq!(
        args.planning.vars.0,
        [value("a=1"), file("x.tfvars"), value("b=-2"), file("y"), value("-c=3")]
    );
}

#[test]
fn later_flags_win_over_earlier_ones_and_over_the_environment() {
    let args = plan("plan -lock=false -lock=true -out=a -out=b");
    assert!(args.lock.lock);
    assert_eq!(args.out, Some(PathBuf::from("b")));
    let env = |name: &str| match name {
        "TF_CLI_ARGS" => Some("-no-color".to_owned()),
        "TF_CLI_ARGS_plan" => Some("-parallelism=3 -var 'a=b c' -lock-timeout=1m30s".to_owned()),
        _ => None,
    };
    let line = parse(["-chdir=x", "plan", "-parallelism=4"].map(String::from), env).unwrap();
    assert!(line.no_color);
    assert_eq!(line.chdir, Some(PathBuf::from("x")));
    let Command::Plan(args) = line.command else { panic!("not a plan") };
    assert_eq!(args.planning.parallelism, 4);
    assert_eq!(args.planning.vars.0, [VarOption::Value("a=b c".into())]);
    assert_eq!(args.lock.lock_timeout, Duration::from_secs(90));
}

#[test]
fn global_flags_stand_before_or_after_the_command() {
    for line in ["-env=dev -chdir=d validate -json", "validate -json -env dev -chdir d"] {
        let read = read(line).unwrap();
        assert_eq!((read.env.as_deref(), read.chdir), (Some("dev"), Some(PathBuf::from("d"))), "{line}");
    }
}

#[test]
fn a_profile_has_a_place_of_its_own_unless_one_is_given() {
    for (line, place) in [
        ("plan", None),
        ("plan -profile", Some("stackwright-profile.json")),
        ("-profile=p.json apply tfplan", Some("p.json")),
        ("apply -profile tfplan", Some("stackwright-profile.json")),
    ] {
        assert_eq!(read(line).unwrap().profile, place.map(PathBuf::from), "{line}");
    }
}

#[test]
fn wrong_lines_say_what_is_wrong() {
    let cases = [
        ("plna", "Stackwright has no command named \"plna\". Did you mean \"plan\"?"),
        ("plan -foo", "There is no flag -foo here."),
        ("plan -ouut=x", "There is no flag -ouut here. Did you mean -out?"),
        ("plan -lock=maybe", "The value \"maybe\" does not suit -lock: true or false is needed."),
        ("plan -lock-timeout=10", "does not suit -lock-timeout: \"10\" is not a duration"),
        ("plan -parallelism=x", "The value \"x\" does not suit -parallelism"),
        ("plan -parallelism=0", "a whole number above zero is needed"),
        ("plan extra", "The argument \"extra\" is one too many."),
        ("plan -out", "The flag -out needs a value."),
        ("state shw", "no command named \"shw\". Did you mean \"show\"?"),
        ("state rm", "Missing: <ADDR>...."),
    ];
    for (line, expected) in cases {
        match read(line) {
            Err(Stop::Error(diag)) => assert!(diag.detail.contains(expected), "{line}: {}", diag.detail),
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[test]
fn help_and_version_are_found_in_every_form() {
    for (line, status) in [("-help", 0), ("--help", 0), ("-h", 0), ("plan -help", 0), ("", 127)] {
        match read(line) {
            Err(Stop::Help { status: got, .. }) => assert_eq!(got, status, "{line}"),
            other => panic!("{line}: {other:?}"),
        }
    }
    for line in ["-version", "--version", "version", "-v"] {
        assert!(matches!(read(line).unwrap().command, Command::Version(_)), "{line}");
    }
    assert!(matches!(read("metadata functions -json").unwrap().command, Command::Functions(a) if a.json));
}

#[test]
fn standard_input_and_saved_plans_are_positional() {
    let Command::Fmt(args) = read("fmt -check -").unwrap().command else { panic!("not fmt") };
    assert_eq!((args.paths, args.check), (vec![PathBuf::from("-")], true));
    let Command::Apply(args) = read("apply -auto-approve -json tfplan").unwrap().command else {
        panic!("not apply")
    };
    assert_eq!(args.plan_file, Some(PathBuf::from("tfplan")));
    assert!(args.auto_approve);
}

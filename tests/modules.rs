//! Modules from git, archives and directories: installed by `init`, found by everything else.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::binary::{expect_exit, finish, stackwright};
use crate::loopback::{Answer, Server};

/// A project, a repository that its modules come from, and a cache.
struct Place {
    scratch: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::create_dir(scratch.path().join("project")).unwrap();
        Place { scratch }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn project(&self, main: &str) {
        std::fs::write(self.path("project/main.tf"), main).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = stackwright(&self.path("project"), args);
        command.env("STACKWRIGHT_CACHE_DIR", self.path("cache")).env("HOME", self.path("home"));
        command.env("TF_CLI_CONFIG_FILE", self.path("settings")).env("NO_PROXY", "127.0.0.1");
        command
    }

    fn run(&self, args: &[&str]) -> String {
        expect_exit(self.command(args), 0, "a command on the project")
    }

    /// What a command that fails says.
    fn refused(&self, args: &[&str]) -> String {
        let output = finish(self.command(args));
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn output(&self, name: &str) -> Value {
        self.run(&["apply", "-auto-approve"]);
        serde_json::from_str(&self.run(&["output", "-json", name])).unwrap()
    }

    /// A repository whose `sub` module says `text`; the commit.
    fn commit(&self, text: &str) -> String {
        let repository = self.path("repository");
        if !repository.exists() {
            std::fs::create_dir_all(repository.join("sub/deep")).unwrap();
            git(&repository, &["init", "--quiet", "--initial-branch=main", "."]);
        }
        let module = format!(
            "module \"deep\" {{ source = \"./deep\" }}\noutput \"said\" {{ value = \"{text} ${{module.deep.said}}\" }}\n"
        );
        std::fs::write(repository.join("sub/main.tf"), module).unwrap();
        std::fs::write(repository.join("sub/deep/main.tf"), "output \"said\" { value = \"deep\" }\n")
            .unwrap();
        git(&repository, &["add", "--all"]);
        git(
            &repository,
            &["-c", "user.name=n", "-c", "user.email=n@example.com", "commit", "--quiet", "--message=m"],
        );
        git(&repository, &["rev-parse", "HEAD"]).trim().to_owned()
    }
}

fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git").args(args).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn calls(source: &str) -> String {
    format!("module \"m\" {{ source = \"{source}\" }}\noutput \"said\" {{ value = module.m.said }}\n")
}

#[test]
fn a_branch_is_installed_once_and_anew_with_upgrade() {
    let place = Place::new();
    place.commit("one");
    place.project(&calls(&format!("git::file://{}//sub", place.shown("repository"))));
    assert!(place.run(&["init"]).contains("- m in .terraform/modules/m/sub"));
    assert_eq!(place.output("said"), "one deep");
    place.commit("two");
    assert!(!place.run(&["init"]).contains("Downloading"), "what fits stays");
    assert_eq!(place.output("said"), "one deep");
    place.run(&["init", "-upgrade"]);
    assert_eq!(place.output("said"), "two deep");
}

#[test]
fn tags_and_commits_are_found_whatever_came_later() {
    let place = Place::new();
    let commit = place.commit("one");
    git(&place.path("repository"), &["tag", "v1"]);
    place.commit("two");
    let repository = place.shown("repository");
    for reference in ["v1", &commit, &commit[..10], "v1&depth=2"] {
        place.project(&calls(&format!("git::file://{repository}//sub?ref={reference}")));
        place.run(&["init"]);
        assert_eq!(place.output("said"), "one deep", "{reference}");
    }
    place.project(&calls(&format!("git::file://{repository}?ref=v9")));
    assert!(place.refused(&["init"]).contains("no branch, tag or commit \"v9\""));
}

#[test]
fn a_commit_that_any_project_fetched_needs_no_repository() {
    let place = Place::new();
    let commit = place.commit("one");
    place.project(&calls(&format!("git::file://{}//sub?ref={commit}", place.shown("repository"))));
    place.run(&["init"]);
    std::fs::remove_dir_all(place.path("repository")).unwrap();
    std::fs::remove_dir_all(place.path("project/.terraform")).unwrap();
    place.run(&["init"]);
    assert_eq!(place.output("said"), "one deep");
    // A tree that is no longer what its name says is not used.
    let content = std::fs::read_dir(place.path("cache/modules/content")).unwrap().next().unwrap().unwrap();
    std::fs::write(content.path().join("sub/deep/main.tf"), "output \"said\" { value = \"forged\" }")
        .unwrap();
    std::fs::remove_dir_all(place.path("project/.terraform")).unwrap();
    assert!(place.refused(&["init"]).contains("does not appear to be a git repository"));
    assert!(!place.path("project/.terraform/modules/m").exists());
}

#[test]
fn a_saved_plan_brings_its_modules_along() {
    let place = Place::new();
    place.commit("one");
    place.project(&calls(&format!("git::file://{}//sub", place.shown("repository"))));
    place.run(&["init"]);
    place.run(&["plan", "-out=saved"]);
    std::fs::remove_dir_all(place.path("project/.terraform")).unwrap();
    place.run(&["apply", "saved"]);
    assert_eq!(place.run(&["output", "-raw", "said"]), "one deep");
}

#[test]
fn the_manifest_is_the_one_that_terraform_writes() {
    let place = Place::new();
    place.commit("one");
    std::fs::create_dir(place.path("project/own")).unwrap();
    std::fs::write(place.path("project/own/main.tf"), "output \"said\" { value = 1 }").unwrap();
    let repository = place.shown("repository");
    place.project(&format!(
        "module \"own\" {{ source = \"./own\" }}\nmodule \"m\" {{ source = \"git::file://{repository}//sub\" }}\n"
    ));
    place.run(&["get"]);
    let text = std::fs::read_to_string(place.path("project/.terraform/modules/modules.json")).unwrap();
    let expected = format!(
        r#"{{"Modules":[{{"Key":"","Source":"","Dir":"."}},{{"Key":"m","Source":"git::file://{repository}//sub","Dir":".terraform/modules/m/sub"}},{{"Key":"m.deep","Source":"./deep","Dir":".terraform/modules/m/sub/deep"}},{{"Key":"own","Source":"./own","Dir":"own"}}]}}"#
    );
    assert_eq!(text, expected);
}

#[test]
fn what_is_not_installed_or_was_changed_since_is_said() {
    let place = Place::new();
    for name in ["a", "b"] {
        std::fs::create_dir(place.path("project").join(name)).unwrap();
        std::fs::write(place.path("project").join(name).join("main.tf"), "output \"said\" { value = 1 }")
            .unwrap();
    }
    place.project(&calls("./a"));
    assert!(place.refused(&["validate"]).contains("Module not installed"));
    place.run(&["init"]);
    place.run(&["validate"]);
    place.project(&calls("./b"));
    assert!(place.refused(&["plan"]).contains("Module source has changed"));
    place.run(&["get"]);
    place.run(&["plan"]);
}

#[test]
fn a_module_that_calls_itself_is_refused() {
    let place = Place::new();
    place.project(&calls("./"));
    assert!(place.refused(&["init"]).contains("Module calls itself"));
}

#[test]
fn modules_stay_within_their_package() {
    let place = Place::new();
    place.commit("one");
    let deep = place.path("repository/sub/deep/main.tf");
    std::fs::write(&deep, "module \"out\" { source = \"../../../project\" }\noutput \"said\" { value = 1 }")
        .unwrap();
    git(
        &place.path("repository"),
        &["-c", "user.name=n", "-c", "user.email=n@example.com", "commit", "--quiet", "-am", "m"],
    );
    place.project(&calls(&format!("git::file://{}//sub", place.shown("repository"))));
    assert!(place.refused(&["init"]).contains("Local module path escapes module package"));
}

#[test]
fn sources_may_use_variables_that_are_known_early() {
    let place = Place::new();
    place.commit("one");
    git(&place.path("repository"), &["tag", "v1"]);
    place.commit("two");
    place.project(&format!(
        "variable \"version_tag\" {{ default = \"v1\" }}\nlocals {{ source = \"git::file://{}//sub?ref=${{var.version_tag}}\" }}\n\
         module \"m\" {{ source = local.source }}\noutput \"said\" {{ value = module.m.said }}\n",
        place.shown("repository")
    ));
    place.run(&["init"]);
    assert_eq!(place.output("said"), "one deep");
    assert!(place.refused(&["plan", "-var=version_tag=main"]).contains("Module source has changed"));
    place.run(&["init", "-var=version_tag=main"]);
    place.run(&["plan", "-var=version_tag=main"]);
}

#[test]
fn sources_that_only_planning_tells_are_refused() {
    let place = Place::new();
    place.project(
        "resource \"terraform_data\" \"a\" {}\nmodule \"m\" { source = \"./${terraform_data.a.id}\" }\n",
    );
    let said = place.refused(&["init"]);
    assert!(
        said.contains("Variables not allowed")
            && said.contains("the source of module \"m\" is needed before"),
        "{said}"
    );
    place.project("variable \"dir\" {}\nmodule \"m\" { source = \"./${var.dir}\" }\n");
    assert!(
        place
            .refused(&["init", "-input=false"])
            .contains("The source of module \"m\" needs the value of var.dir")
    );
    place.project("variable \"dir\" {\n  default = \"secret\"\n  sensitive = true\n}\nmodule \"m\" { source = \"./${var.dir}\" }\n");
    let said = place.refused(&["init"]);
    assert!(said.contains("no sensitive or ephemeral value"), "{said}");
}

/// A zip archive of one module that says a text, in the directory `sub`.
fn archive(text: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("sub/main.tf", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, format!("output \"said\" {{ value = \"{text}\" }}\n").as_bytes())
        .unwrap();
    writer.finish().unwrap().into_inner()
}

fn ok(headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Answer { status: 200, headers, body: body.to_vec() }
}

#[test]
fn archives_come_over_http_and_only_when_they_changed() {
    let (place, server) = (Place::new(), Server::start());
    server.answer("/m.zip", ok(&[("ETag", "\"1\"")], &archive("one")));
    place.project(&calls(&format!("{}//sub", server.url("/m.zip"))));
    place.run(&["init"]);
    assert_eq!(place.output("said"), "one");
    place.run(&["init", "-upgrade"]);
    let asked = server.requests();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].headers.get("if-none-match").map(String::as_str), Some("\"1\""));
    server.answer("/m.zip", ok(&[("ETag", "\"2\"")], &archive("two")));
    place.run(&["init", "-upgrade"]);
    assert_eq!(place.output("said"), "two");
}

#[test]
fn a_checksum_is_held_against_the_archive() {
    let (place, server) = (Place::new(), Server::start());
    server.answer("/m.zip", ok(&[], &archive("one")));
    place.project(&calls(&format!("{}//sub?checksum=sha256:{}", server.url("/m.zip"), "0".repeat(64))));
    let said = place.refused(&["init"]);
    assert!(said.contains("has the sha256 checksum"), "{said}");
    assert!(!place.path("project/.terraform/modules/m").exists());
}

#[test]
fn servers_say_where_modules_are() {
    let (place, server) = (Place::new(), Server::start());
    server.answer("/m.zip", ok(&[], &archive("one")));
    server.answer(
        "/header",
        Answer { status: 204, headers: vec![("X-Terraform-Get", "./m.zip".into())], body: Vec::new() },
    );
    let page = format!(
        "<html><head><meta name=\"terraform-get\" content=\"{}\"></head></html>",
        server.url("/m.zip")
    );
    server.answer("/page", ok(&[("Content-Type", "text/html")], page.as_bytes()));
    server.answer(
        "/circle",
        Answer { status: 204, headers: vec![("X-Terraform-Get", "/circle".into())], body: Vec::new() },
    );
    server.answer(
        "/local",
        Answer { status: 204, headers: vec![("X-Terraform-Get", "file:///etc".into())], body: Vec::new() },
    );
    for path in ["/header", "/page"] {
        place.project(&calls(&format!("{}//sub", server.url(path))));
        place.run(&["init"]);
        assert_eq!(place.output("said"), "one", "{path}");
    }
    assert!(server.requests().iter().any(|r| r.path == "/page?terraform-get=1"));
    for (path, why) in
        [("/circle", "leads on and on"), ("/local", "names files of this machine"), ("/gone", "answered 404")]
    {
        place.project(&calls(&format!("{}//sub", server.url(path))));
        let said = place.refused(&["init"]);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_torn_archive_leaves_nothing() {
    let (place, server) = (Place::new(), Server::start());
    let whole = archive("one");
    server.answer("/m.zip", ok(&[], &whole[..whole.len() / 2]));
    place.project(&calls(&format!("{}//sub", server.url("/m.zip"))));
    assert!(place.refused(&["init"]).contains("cannot be read"));
    assert!(!place.path("project/.terraform/modules/m").exists());
    assert_eq!(std::fs::read_dir(place.path("cache/modules/rooms")).unwrap().count(), 0);
}

#[test]
fn registries_are_asked_for_versions_with_the_token_of_their_host() {
    let (place, server) = (Place::new(), Server::start());
    let versions = r#"{"modules": [{"versions": [{"version": "1.0.0"}, {"version": "1.2.0"}, {"version": "2.0.0-rc1"}]}]}"#;
    server.answer("/v1/acme/net/aws/versions", ok(&[], versions.as_bytes()));
    for version in ["1.0.0", "1.2.0"] {
        let location = format!("/{version}.zip");
        let answer =
            Answer { status: 204, headers: vec![("X-Terraform-Get", location.clone())], body: Vec::new() };
        server.answer(&format!("/v1/acme/net/aws/{version}/download"), answer);
        server.answer(&location, ok(&[], &archive(version)));
    }
    let settings = format!(
        "host \"registry.example.com\" {{\n  services = {{ \"modules.v1\" = \"{}\" }}\n}}\ncredentials \"registry.example.com\" {{\n  token = \"secret-token\"\n}}\n",
        server.url("/v1/")
    );
    std::fs::write(place.path("settings"), settings).unwrap();
    let called = |version: &str| {
        format!(
            "module \"m\" {{\n  source = \"registry.example.com/acme/net/aws//sub\"\n  version = \"{version}\"\n}}\noutput \"said\" {{ value = module.m.said }}\n"
        )
    };
    place.project(&called("~> 1.0"));
    assert!(!place.run(&["init"]).contains("secret-token"));
    assert_eq!(place.output("said"), "1.2.0");
    let asked = server.requests();
    assert_eq!(asked[0].headers.get("authorization").map(String::as_str), Some("Bearer secret-token"));
    let manifest = std::fs::read_to_string(place.path("project/.terraform/modules/modules.json")).unwrap();
    assert!(
        manifest.contains(r#""Source":"registry.example.com/acme/net/aws//sub","Version":"1.2.0""#),
        "{manifest}"
    );
    place.project(&called("1.0.0"));
    assert!(place.refused(&["plan"]).contains("Module version requirements have changed"));
    place.run(&["init"]);
    assert_eq!(place.output("said"), "1.0.0");
    place.project(&called("> 3.0"));
    assert!(place.refused(&["init"]).contains("no version that \"> 3.0\" takes"));
}

#[test]
fn what_a_module_is_given_may_keep_parts_of_it_from_being_used() {
    let place = Place::new();
    std::fs::create_dir(place.path("project/m")).unwrap();
    std::fs::write(
        place.path("project/m/main.tf"),
        "variable \"v\" {}\nresource \"terraform_data\" \"x\" {\n  count = var.v == null ? 0 : 1\n  input = var.v.name\n}\n\
         output \"said\" {\n  value = \"${length(terraform_data.x)}\"\n}\n",
    )
    .unwrap();
    let called = |v: &str| {
        format!(
            "module \"m\" {{\n  source = \"./m\"\n  v = {v}\n}}\noutput \"said\" {{ value = module.m.said }}\n"
        )
    };
    place.project(&called("null"));
    place.run(&["init"]);
    assert_eq!(place.output("said"), 0);
    place.project(&called("{ name = 1 }"));
    assert_eq!(place.output("said"), 1);
    place.project(&called("{}"));
    place.run(&["validate"]);
    assert!(place.refused(&["plan"]).contains("Unsupported attribute"));
}

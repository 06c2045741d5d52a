//! The life of what each provider makes, through the binary: made, unchanged, changed, destroyed.

use std::path::Path;

use serde_json::Value;

use crate::binary::{expect_exit, stackwright};

/// A configuration, what it becomes, and what that does.
struct Life<'a> {
    /// The configuration that everything is made from.
    before: &'a str,
    /// What the configuration becomes.
    after: &'a str,
    /// The addresses that the change concerns, in order, each with its actions: `delete,create`.
    changes: &'a [(&'a str, &'a str)],
}

impl Life<'_> {
    /// Lives it in a directory of its own; `look` sees the directory after each apply, and what it applied.
    fn live(&self, look: impl Fn(&Path, &str)) {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path();
        self.apply(dir, self.before, &look);
        std::fs::write(dir.join("main.tf"), self.after).unwrap();
        let expected: Vec<(String, String)> =
            self.changes.iter().map(|(a, c)| ((*a).to_owned(), (*c).to_owned())).collect();
        assert_eq!(changes(dir), expected);
        self.apply(dir, self.after, &look);
        expect_exit(stackwright(dir, &["destroy", "-auto-approve"]), 0, "destroy");
        assert_eq!(expect_exit(stackwright(dir, &["state", "list"]), 0, "the end"), "");
    }

    fn apply(&self, dir: &Path, configuration: &str, look: impl Fn(&Path, &str)) {
        std::fs::write(dir.join("main.tf"), configuration).unwrap();
        expect_exit(stackwright(dir, &["apply", "-auto-approve"]), 0, "apply");
        look(dir, configuration);
        expect_exit(stackwright(dir, &["plan", "-detailed-exitcode"]), 0, "the plan after it");
    }
}

/// What a plan would change, with the actions.
fn changes(dir: &Path) -> Vec<(String, String)> {
    expect_exit(stackwright(dir, &["plan", "-out", "plan"]), 0, "the plan of the change");
    let shown = expect_exit(stackwright(dir, &["show", "-json", "plan"]), 0, "the plan shown");
    let plan: Value = serde_json::from_str(&shown).unwrap();
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    let actions = |c: &Value| {
        let actions: Vec<&str> =
            c["change"]["actions"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
        actions.join(",")
    };
    let named = changes.map(|c| (c["address"].as_str().unwrap().to_owned(), actions(c)));
    named.filter(|(_, actions)| actions != "no-op").collect()
}

#[test]
fn null_resources_run_their_provisioners_again_with_new_triggers() {
    let configuration = |version: &str| {
        format!(
            r#"
resource "null_resource" "deploy" {{
  triggers = {{ version = "{version}" }}
  provisioner "local-exec" {{
    command = "echo {version} >> log"
  }}
}}
data "null_data_source" "copy" {{
  inputs = {{ id = null_resource.deploy.id }}
}}
output "copy" {{
  value = data.null_data_source.copy.outputs.id == null_resource.deploy.id
}}
"#
        )
    };
    let (before, after) = (configuration("1"), configuration("2"));
    let life = Life {
        before: &before,
        after: &after,
        changes: &[("data.null_data_source.copy", "read"), ("null_resource.deploy", "delete,create")],
    };
    life.live(|dir, applied| {
        let log = if applied == before { "1\n" } else { "1\n2\n" };
        assert_eq!(std::fs::read_to_string(dir.join("log")).unwrap(), log);
        assert_eq!(expect_exit(stackwright(dir, &["output", "copy"]), 0, "the output"), "true\n");
    });
}

#[test]
fn times_stay_until_their_offsets_or_triggers_change() {
    let configuration = |days: u32, trigger: &str| {
        format!(
            r#"
terraform {{
  required_providers {{
    time = {{ source = "hashicorp/time", version = "~> 0.13" }}
  }}
}}
resource "time_static" "made" {{
  triggers = {{ version = "{trigger}" }}
}}
resource "time_offset" "later" {{
  base_rfc3339 = time_static.made.rfc3339
  offset_days  = {days}
}}
resource "time_rotating" "key" {{
  rotation_days = {days}
}}
resource "time_sleep" "settle" {{
  depends_on      = [time_static.made]
  create_duration = "5ms"
}}
output "days" {{
  value = (time_offset.later.unix - time_static.made.unix) / provider::time::duration_parse("24h").seconds
}}
"#
        )
    };
    let (before, after) = (configuration(7, "1"), configuration(8, "2"));
    let life = Life {
        before: &before,
        after: &after,
        changes: &[
            ("time_offset.later", "update"),
            ("time_rotating.key", "update"),
            ("time_static.made", "delete,create"),
        ],
    };
    life.live(|dir, applied| {
        let days = if applied == before { "7\n" } else { "8\n" };
        assert_eq!(expect_exit(stackwright(dir, &["output", "days"]), 0, "the output"), days);
    });
}

#[test]
fn functions_of_providers_are_listed_explained_and_named_in_errors() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let said = |args: &[&str]| expect_exit(stackwright(dir, args), 0, "documentation");
    assert!(said(&["functions"]).contains("provider::time::rfc3339_parse(timestamp)"));
    assert!(said(&["explain", "provider::time::duration_parse"]).contains("such as `1h30m`"));
    let schemas: Value = serde_json::from_str(&said(&["providers", "schema", "-json"])).unwrap();
    let functions = &schemas["provider_schemas"]["registry.terraform.io/hashicorp/time"]["functions"];
    assert_eq!(functions["duration_parse"]["parameters"][0]["type"], "string");

    let configuration = r#"
terraform {
  required_providers {
    clock = { source = "hashicorp/time" }
  }
}
output "parts" {
  value = provider::clock::rfc3339_parse("now")
}
"#;
    std::fs::write(dir.join("main.tf"), configuration).unwrap();
    let checked: Value =
        serde_json::from_str(&expect_exit(stackwright(dir, &["validate", "-json"]), 1, "a wrong call"))
            .unwrap();
    let diagnostic = &checked["diagnostics"][0];
    assert_eq!(diagnostic["summary"], "Invalid function argument");
    assert_eq!(diagnostic["snippet"]["function_call"]["called_as"], "provider::clock::rfc3339_parse");
    assert_eq!(diagnostic["snippet"]["function_call"]["signature"]["params"][0]["name"], "timestamp");
}

#[test]
fn archives_follow_their_sources() {
    let configuration = |text: &str| {
        format!(
            r#"
resource "local_file" "source" {{
  filename = "app/main.py"
  content  = "{text}"
}}
data "archive_file" "app" {{
  type        = "zip"
  output_path = "build/app.zip"
  source_dir  = "${{path.module}}/app"
  excludes    = ["**/*.pyc"]
  depends_on  = [local_file.source]
}}
resource "archive_file" "texts" {{
  type        = "tar.gz"
  output_path = "build/texts.tar.gz"
  source {{
    filename = "a.txt"
    content  = "{text}"
  }}
  source {{
    filename = "b/c.txt"
    content  = data.archive_file.app.output_base64sha256
  }}
}}
"#
        )
    };
    let (before, after) = (configuration("1"), configuration("2"));
    let life = Life {
        before: &before,
        after: &after,
        changes: &[
            ("data.archive_file.app", "read"),
            ("archive_file.texts", "delete,create"),
            ("local_file.source", "delete,create"),
        ],
    };
    life.live(|dir, _| {
        assert!(dir.join("build/app.zip").is_file() && dir.join("build/texts.tar.gz").is_file());
    });
}

#[test]
fn answers_of_servers_are_read_while_planning() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            let _begun = std::io::Read::read(&mut stream, &mut request);
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"size\": 3}";
            let _gone = std::io::Write::write_all(&mut stream, answer.as_bytes());
        }
    });
    let configuration = |path: &str| {
        format!(
            r#"
data "http" "settings" {{
  url = "http://{address}/{path}"
  retry {{
    attempts = 1
  }}
  lifecycle {{
    postcondition {{
      condition     = self.status_code == 200
      error_message = "The server is not well."
    }}
  }}
}}
resource "terraform_data" "each" {{
  count = jsondecode(data.http.settings.response_body).size
  input = data.http.settings.url
}}
"#
        )
    };
    let (before, after) = (configuration("1"), configuration("2"));
    let life = Life {
        before: &before,
        after: &after,
        changes: &[
            ("terraform_data.each[0]", "update"),
            ("terraform_data.each[1]", "update"),
            ("terraform_data.each[2]", "update"),
        ],
    };
    life.live(|_, _| {});
}

#[test]
fn certificates_are_made_anew_for_other_names() {
    let configuration = |name: &str| {
        format!(
            r#"
resource "tls_private_key" "key" {{
  algorithm = "RSA"
}}
resource "tls_self_signed_cert" "own" {{
  private_key_pem       = tls_private_key.key.private_key_pem
  dns_names             = ["{name}"]
  validity_period_hours = 24
  allowed_uses          = ["server_auth"]
}}
data "tls_public_key" "public" {{
  private_key_openssh = tls_private_key.key.private_key_openssh
}}
output "same" {{
  value = data.tls_public_key.public.id == tls_private_key.key.id
}}
"#
        )
    };
    let (before, after) = (configuration("a.example.com"), configuration("b.example.com"));
    let life =
        Life { before: &before, after: &after, changes: &[("tls_self_signed_cert.own", "delete,create")] };
    life.live(|dir, _| {
        assert_eq!(expect_exit(stackwright(dir, &["output", "same"]), 0, "the output"), "true\n");
    });
}

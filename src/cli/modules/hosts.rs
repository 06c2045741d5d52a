//! What is set for hosts: tokens, logins, and where their services are. From the places where Terraform has it: its CLI
//! configuration file, its credentials file, the environment, and `.netrc`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lang::ast::Body;
use model::FileId;
use serde_json::Value as Json;

/// What is set for hosts.
#[derive(Default)]
pub struct Hosts {
    tokens: BTreeMap<String, String>,
    services: BTreeMap<String, BTreeMap<String, String>>,
    logins: BTreeMap<String, (String, String)>,
}

/// Secrets are not shown.
impl std::fmt::Debug for Hosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hosts").field("services", &self.services).finish_non_exhaustive()
    }
}

impl Hosts {
    /// Reads everything that is set on this machine. What cannot be read sets nothing.
    pub fn of_this_machine() -> Hosts {
        let mut hosts = Hosts::default();
        let home = std::env::var_os("HOME").map(PathBuf::from);
        if let Some(home) = &home {
            hosts.add_credentials(&read(&home.join(".terraform.d/credentials.tfrc.json")));
        }
        let named = std::env::var_os("TF_CLI_CONFIG_FILE").or_else(|| std::env::var_os("TERRAFORM_CONFIG"));
        if let Some(path) = named.map(PathBuf::from).or_else(|| Some(home?.join(".terraformrc"))) {
            hosts.add_configuration(&read(&path));
        }
        for (name, token) in std::env::vars() {
            if let Some(host) = name.strip_prefix("TF_TOKEN_").map(host_of_variable) {
                hosts.tokens.insert(host, token);
            }
        }
        if let Some(path) = super::http::netrc_path() {
            hosts.add_logins(&read(&path));
        }
        hosts
    }

    /// The token of a host.
    pub fn token(&self, host: &str) -> Option<&str> {
        self.tokens.get(host).map(|t| &**t)
    }

    /// Where a service of a host is, where that is set instead of asked for.
    pub fn service(&self, host: &str, service: &str) -> Option<&str> {
        self.services.get(host)?.get(service).map(|t| &**t)
    }

    /// User and password for a host.
    pub fn login(&self, host: &str) -> Option<(&str, &str)> {
        let (user, password) = self.logins.get(host).or_else(|| self.logins.get(""))?;
        Some((user, password))
    }

    fn add_credentials(&mut self, text: &str) {
        let document: Json = serde_json::from_str(text).unwrap_or_default();
        for (host, set) in document.get("credentials").and_then(Json::as_object).into_iter().flatten() {
            if let Some(token) = set.get("token").and_then(Json::as_str) {
                self.tokens.insert(host.clone(), token.into());
            }
        }
    }

    /// `credentials "HOST" { token = ... }` and `host "HOST" { services = { ... } }`.
    fn add_configuration(&mut self, text: &str) {
        let (body, diags) = lang::parse::parse_body(FileId(0), text);
        if diags.has_errors() {
            return;
        }
        for block in &body.blocks {
            let Some(host) = block.labels.first().map(|l| l.name.to_string()) else { continue };
            match &*block.ty.name {
                "credentials" => self.tokens.extend(
                    constant(&block.body, "token").and_then(|v| Some((host, v.as_str()?.to_string()))),
                ),
                "host" => {
                    let services = constant(&block.body, "services");
                    let entries = services.iter().filter_map(|v| v.as_entries()).flatten();
                    let texts =
                        entries.filter_map(|(name, v)| Some((name.to_string(), v.as_str()?.to_string())));
                    self.services.insert(host, texts.collect());
                }
                _ => {}
            }
        }
    }

    /// `machine HOST login USER password PASSWORD`, over as many lines as one likes; `default` is every other host.
    fn add_logins(&mut self, text: &str) {
        let mut words = text.split_whitespace();
        let (mut host, mut user) = (None, None);
        while let Some(word) = words.next() {
            match word {
                "default" => (host, user) = (Some(String::new()), None),
                "machine" => (host, user) = (words.next().map(str::to_owned), None),
                "login" => user = words.next().map(str::to_owned),
                "password" => {
                    let password = words.next().map(str::to_owned);
                    if let (Some(host), Some(user), Some(password)) = (host.clone(), user.take(), password) {
                        self.logins.entry(host).or_insert((user, password));
                    }
                }
                _ => {}
            }
        }
    }
}

/// `TF_TOKEN_app_example__corp_io` is for `app.example-corp.io`.
fn host_of_variable(name: &str) -> String {
    name.replace("__", "-").replace('_', ".").to_ascii_lowercase()
}

fn constant(body: &Body, name: &str) -> Option<model::Value> {
    let (value, diags) = lang::eval_constant(&body.attribute(name)?.expr);
    (!diags.has_errors()).then_some(value)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_logins_and_services_are_found() {
        let mut hosts = Hosts::default();
        hosts.add_credentials(r#"{"credentials": {"a.example": {"token": "one"}}}"#);
        hosts.add_configuration("credentials \"b.example\" {\n  token = \"two\"\n}\nhost \"c.example\" {\n  services = { \"modules.v1\" = \"http://127.0.0.1:1/\" }\n}\n");
        hosts.add_logins("machine d.example\n  login me\n  password three\ndefault login you password four");
        assert_eq!(hosts.token("a.example"), Some("one"));
        assert_eq!(hosts.token("b.example"), Some("two"));
        assert_eq!(hosts.service("c.example", "modules.v1"), Some("http://127.0.0.1:1/"));
        assert_eq!(hosts.login("d.example"), Some(("me", "three")));
        assert_eq!(hosts.login("e.example"), Some(("you", "four")));
        assert_eq!(host_of_variable("app_example__corp_io"), "app.example-corp.io");
        let shown = format!("{hosts:?}");
        assert!(!["one", "two", "three", "four"].iter().any(|secret| shown.contains(secret)), "{shown}");
    }
}

//! Registries of modules, over Terraform's registry protocol:
//! <https://developer.hashicorp.com/terraform/internals/module-registry-protocol>.

use std::cmp::Ordering;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value as Json;

use super::address::Package;
use super::fetch::{FetchError, Resolved};
use super::http::{Answer, Http, failed, relative_to};
use super::registry_address::RegistryModule;

/// The service that a registry offers.
const SERVICE: &str = "modules.v1";

/// Finds the newest version that a constraint takes, and where its package is.
pub fn resolve(
    module: &RegistryModule,
    constraint: Option<&str>,
    http: &Http,
) -> Result<Resolved, FetchError> {
    let base = discover(&module.host, http)?;
    let join = |path: String| base.join(&path).map_err(|e| failed(&base, format!("{path}: {e}")));
    let versions = versions(&get(&join(format!("{}/versions", module.path()))?, module, http)?)?;
    let version = newest(&versions, constraint).ok_or_else(|| no_version(module, constraint, &versions))?;
    let answer = get(&join(format!("{}/{version}/download", module.path()))?, module, http)?;
    let source = location(&answer)
        .ok_or_else(|| failed(&answer.url, "the registry does not say where the module is".into()))?;
    let source = relative_to(&answer.url, &source)?;
    let mut package = Package::parse(&source).map_err(FetchError::Address)?;
    package.subdir = joined(&package.subdir, &module.subdir);
    Ok(Resolved { version: version.clone(), package })
}

/// A directory within a directory.
pub fn joined(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        ("", inner) => inner.into(),
        (outer, "") => outer.into(),
        (outer, inner) => format!("{outer}/{inner}"),
    }
}

/// The address of a host's module service, as it is set or as the host says.
fn discover(host: &str, http: &Http) -> Result<Url, FetchError> {
    let parse = |text: &str| {
        Url::parse(text).map_err(|e| FetchError::Address(format!("{text:?} is no address: {e}")))
    };
    if let Some(set) = http.hosts().service(host, SERVICE) {
        return parse(&with_slash(set));
    }
    let asked = parse(&format!("https://{host}/.well-known/terraform.json"))?;
    let answer = http.get(&asked, authorization(host, http))?.checked()?;
    let document: Json = serde_json::from_slice(&answer.body).map_err(|e| failed(&asked, e.to_string()))?;
    let named = document.get(SERVICE).and_then(Json::as_str);
    let named =
        named.ok_or_else(|| FetchError::Address(format!("the host {host} offers no registry of modules")))?;
    answer.url.join(&with_slash(named)).map_err(|e| failed(&asked, e.to_string()))
}

fn with_slash(text: &str) -> String {
    format!("{}/", text.trim_end_matches('/'))
}

fn authorization(host: &str, http: &Http) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let token = http.hosts().token(host).and_then(|t| HeaderValue::from_str(&format!("Bearer {t}")).ok());
    if let Some(mut token) = token {
        token.set_sensitive(true);
        headers.insert(AUTHORIZATION, token);
    }
    headers
}

fn get(url: &Url, module: &RegistryModule, http: &Http) -> Result<Answer, FetchError> {
    let answer = http.get(url, authorization(&module.host, http))?;
    if answer.status == reqwest::StatusCode::NOT_FOUND {
        return Err(FetchError::Address(format!(
            "the registry {} has no module {}",
            module.host,
            module.path()
        )));
    }
    answer.checked()
}

fn versions(answer: &Answer) -> Result<Vec<String>, FetchError> {
    let document: Json =
        serde_json::from_slice(&answer.body).map_err(|e| failed(&answer.url, e.to_string()))?;
    let listed = document.pointer("/modules/0/versions").and_then(Json::as_array);
    let listed = listed.ok_or_else(|| failed(&answer.url, "the answer lists no versions".into()))?;
    Ok(listed.iter().filter_map(|v| v.get("version")?.as_str().map(str::to_owned)).collect())
}

fn location(answer: &Answer) -> Option<String> {
    let header = answer.header("x-terraform-get").map(str::to_owned);
    header.or_else(|| {
        let document: Json = serde_json::from_slice(&answer.body).ok()?;
        document.get("location")?.as_str().map(str::to_owned)
    })
}

/// The newest version that a constraint takes. One that comes before a release is only taken when it is asked for by name.
fn newest<'v>(versions: &'v [String], constraint: Option<&str>) -> Option<&'v String> {
    let exact = constraint.map(|c| c.trim().trim_start_matches('=').trim());
    let fits = |v: &&String| match pre_release(v) {
        Some(_) => exact == Some(&***v),
        None => constraint.is_none_or(|c| config::satisfies(v, c).unwrap_or(false)),
    };
    versions.iter().filter(fits).max_by(|a, b| compare(a, b))
}

fn pre_release(version: &str) -> Option<&str> {
    version.split('+').next()?.split_once('-').map(|(_, pre)| pre)
}

fn compare(a: &str, b: &str) -> Ordering {
    let numbers = |v: &str| -> Vec<u64> {
        let core = v.split(['-', '+']).next().unwrap_or_default();
        core.split('.').map(|n| n.parse().unwrap_or(0)).collect()
    };
    numbers(a).cmp(&numbers(b))
}

fn no_version(module: &RegistryModule, constraint: Option<&str>, versions: &[String]) -> FetchError {
    let mut known: Vec<&String> = versions.iter().collect();
    known.sort_by(|a, b| compare(b, a));
    let shown: Vec<&str> = known.iter().take(5).map(|v| &***v).collect();
    let asked =
        constraint.map_or_else(|| "no release".to_owned(), |c| format!("no version that {c:?} takes"));
    let newest = if shown.is_empty() {
        "there are none at all".to_owned()
    } else {
        format!("the newest are {}", shown.join(", "))
    };
    FetchError::Address(format!("there is {asked} of {}; {newest}", module.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_that_fits_is_taken() {
        let versions: Vec<String> = ["1.9.0", "1.10.0", "2.0.0-beta1", "0.1.0"].map(String::from).to_vec();
        let found = |constraint: Option<&str>| newest(&versions, constraint).map(|v| &**v);
        assert_eq!(found(None), Some("1.10.0"));
        assert_eq!(found(Some("~> 1.9.0")), Some("1.9.0"));
        assert_eq!(found(Some("< 1.0")), Some("0.1.0"));
        assert_eq!(found(Some("2.0.0-beta1")), Some("2.0.0-beta1"));
        assert_eq!(found(Some(">= 2.0")), None);
    }
}

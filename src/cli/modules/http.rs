//! Requests over HTTP, and packages that are to be had by it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{StatusCode, Url};

use super::address::{Package, without_password};
use super::archive::{self, Kind, MAX_BYTES};
use super::cache::Cache;
use super::fetch::FetchError;
use super::hosts::Hosts;

/// How long a server may take to answer at all, and to go on.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// The name under which the cache keeps which revision of an address was seen last.
const LAST_SEEN: &str = "last seen";

/// Options of a source that are for us, not for the server.
const OWN_OPTIONS: &[&str] = &["archive", "checksum", "filename"];

/// What a server answered.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The address that was reached in the end.
    pub url: Url,
    /// The content.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answer, if it is a good one.
    pub fn checked(self) -> Result<Answer, FetchError> {
        match self.status.is_success() {
            true => Ok(self),
            false => Err(failed(&self.url, format!("the server answered {}", self.status))),
        }
    }
}

/// What an HTTP source leads to.
pub enum Found {
    /// A tree in the cache.
    Tree(PathBuf),
    /// Another source, which the server named.
    Elsewhere(String),
}

/// Sends requests.
pub struct Http {
    client: OnceCell<reqwest::Client>,
    hosts: Hosts,
}

impl Http {
    /// Requests with what is set for hosts.
    pub fn new(hosts: Hosts) -> Http {
        Http { client: OnceCell::new(), hosts }
    }

    /// What is set for hosts.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Asks for an address, with further headers.
    pub fn get(&self, url: &Url, headers: HeaderMap) -> Result<Answer, FetchError> {
        let client = self.client()?;
        let mut request = client.get(url.clone()).headers(headers);
        if url.username().is_empty()
            && let Some((user, password)) = url.host_str().and_then(|host| self.hosts.login(host))
        {
            request = request.basic_auth(user, Some(password));
        }
        // Called from within the runtime, on a thread that may wait.
        let answer =
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(receive(request)));
        answer.map_err(|why| failed(url, why))
    }

    fn client(&self) -> Result<&reqwest::Client, FetchError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let redirects = reqwest::redirect::Policy::custom(|attempt| {
            let from_safe = attempt.previous().last().is_some_and(|u| u.scheme() == "https");
            match (from_safe && attempt.url().scheme() != "https", attempt.previous().len() >= 10) {
                (true, _) => attempt.error("the server leads from HTTPS to an address without it"),
                (_, true) => attempt.error("the server leads on and on"),
                (false, false) => attempt.follow(),
            }
        });
        let client = reqwest::Client::builder()
            .user_agent(concat!("stackwright/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(redirects)
            .build()
            .map_err(|e| FetchError::Address(format!("HTTP cannot be used here: {}", chain(&e))))?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Fetches an archive, or finds out where else the server says that the module is.
    pub fn fetch(&self, package: &Package, cache: &Cache) -> Result<Found, FetchError> {
        let url = request_url(package)?;
        if package.option("archive").is_some() || archive::kind_by_name(&package.url).is_some() {
            return self.archive(package, archive::kind(package)?, &url, cache).map(Found::Tree);
        }
        let mut asked = url.clone();
        asked.query_pairs_mut().append_pair("terraform-get", "1");
        let answer = self.get(&asked, HeaderMap::new())?.checked()?;
        let named = answer.header("x-terraform-get").map(str::to_owned);
        let named = named.or_else(|| meta_source(&String::from_utf8_lossy(&answer.body)));
        match named {
            Some(source) => Ok(Found::Elsewhere(relative_to(&answer.url, &source)?)),
            None => Err(failed(&url, "the server does not say where the module is: it sends neither an archive nor X-Terraform-Get".into())),
        }
    }

    fn archive(
        &self,
        package: &Package,
        kind: Kind,
        url: &Url,
        cache: &Cache,
    ) -> Result<PathBuf, FetchError> {
        if let Some(checksum) = package.option("checksum")
            && let Some(tree) = cache.find(url.as_str(), checksum)
        {
            return Ok(tree);
        }
        let last = cache.noted(url.as_str(), LAST_SEEN);
        let known = last.and_then(|tag| Some((cache.find(url.as_str(), &tag)?, tag)));
        let mut headers = HeaderMap::new();
        if let Some(tag) = known.as_ref().and_then(|(_, tag)| HeaderValue::from_str(tag).ok()) {
            headers.insert(IF_NONE_MATCH, tag);
        }
        let answer = self.get(url, headers)?;
        if let (StatusCode::NOT_MODIFIED, Some((tree, _))) = (answer.status, known) {
            return Ok(tree);
        }
        let answer = answer.checked()?;
        archive::check_digest(&answer.body, package)?;
        let room = cache.room()?;
        archive::unpack(&answer.body, kind, room.path())?;
        let tag = answer.headers.get(ETAG).and_then(|t| t.to_str().ok()).map(str::to_owned);
        let revision = match (package.option("checksum"), &tag) {
            (Some(checksum), _) => checksum.to_owned(),
            (None, Some(tag)) => tag.clone(),
            (None, None) => archive::sha256(&answer.body),
        };
        let tree = cache.keep(url.as_str(), &revision, room)?;
        if package.option("checksum").is_none() && tag.is_some() {
            cache.note(url.as_str(), LAST_SEEN, &revision)?;
        }
        Ok(tree)
    }
}

async fn receive(request: reqwest::RequestBuilder) -> Result<Answer, String> {
    let mut response = request.send().await.map_err(|e| chain(&e))?;
    let (status, headers, url) = (response.status(), response.headers().clone(), response.url().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| chain(&e))? {
        body.extend_from_slice(&chunk);
        if body.len() as u64 > MAX_BYTES {
            return Err(format!("the answer is longer than {MAX_BYTES} bytes"));
        }
    }
    Ok(Answer { status, headers, url, body })
}

/// An error with its causes, which alone say what happened. The address is told elsewhere, without its password.
fn chain(e: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(e);
    while let Some(e) = cause {
        causes.push(e.to_string());
        cause = e.source();
    }
    match causes.last() {
        Some(last) => last.clone(),
        None if e.is_timeout() => "the server takes too long".into(),
        None => "the request failed".into(),
    }
}

/// A request that failed; the address is shown without what may be secret in it.
pub fn failed(url: &Url, why: String) -> FetchError {
    let mut shown = url.clone();
    shown.set_query(None);
    FetchError::Http { url: without_password(shown.as_str()), why }
}

/// The address that is asked: with the options that are for the server.
fn request_url(package: &Package) -> Result<Url, FetchError> {
    let others = package.query.iter().filter(|(name, _)| !OWN_OPTIONS.contains(&&**name));
    let query: Vec<String> =
        others.map(|(n, v)| if v.is_empty() { n.clone() } else { format!("{n}={v}") }).collect();
    let text = match query.is_empty() {
        true => package.url.clone(),
        false => format!("{}?{}", package.url, query.join("&")),
    };
    Url::parse(&text)
        .map_err(|e| FetchError::Address(format!("{} is no address: {e}", without_password(&package.url))))
}

/// A source as a server names it, which may be relative to where it was asked. It may name no files of this machine.
pub fn relative_to(url: &Url, source: &str) -> Result<String, FetchError> {
    let is_local = source.starts_with("file:") || source.contains("::file:") || source.contains("::/");
    let absolute = match source {
        _ if is_local => {
            return Err(failed(url, format!("the server names files of this machine: {source}")));
        }
        _ if source.starts_with(['/', '.']) => {
            let joined =
                url.join(source).map_err(|e| failed(url, format!("the server names {source:?}: {e}")))?;
            // A double slash sets the directory within the package apart, which joining leaves alone.
            joined.to_string()
        }
        _ => source.to_owned(),
    };
    Ok(absolute)
}

/// The source in `<meta name="terraform-get" content="...">`.
fn meta_source(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find("<meta") {
        let tag = &rest[at + 5..];
        let end = tag.find('>')?;
        let attribute = |name: &str| {
            let at = tag[..end].find(&format!("{name}="))? + name.len() + 1;
            let quote = tag[at..].chars().next().filter(|c| matches!(c, '"' | '\''))?;
            tag[at + 1..end].split(quote).next().map(str::to_owned)
        };
        if attribute("name").as_deref() == Some("terraform-get") {
            return attribute("content").map(|text| text.replace("&amp;", "&"));
        }
        rest = &tag[end..];
    }
    None
}

/// The part of an address that a file of logins is asked for.
pub fn netrc_path() -> Option<PathBuf> {
    let named = std::env::var_os("NETRC").map(PathBuf::from);
    let path = named.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".netrc")))?;
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_source() {
        let page = "<html><head><meta charset='utf-8'><meta name=\"terraform-get\" content=\"git::https://example.com/a.git?ref=v1&amp;depth=1\"></head></html>";
        assert_eq!(meta_source(page).as_deref(), Some("git::https://example.com/a.git?ref=v1&depth=1"));
        assert_eq!(meta_source("<meta name=\"other\" content=\"x\">"), None);
    }

    #[test]
    fn servers_name_sources_relative_to_themselves() {
        let url = Url::parse("https://example.com/a/b?terraform-get=1").expect("an address");
        let named = |source: &str| relative_to(&url, source).map_err(|e| e.to_string());
        assert_eq!(named("./m.zip//sub"), Ok("https://example.com/a/m.zip//sub".into()));
        assert_eq!(named("/m.zip"), Ok("https://example.com/m.zip".into()));
        assert_eq!(named("git::https://example.org/x.git"), Ok("git::https://example.org/x.git".into()));
        assert!(named("file:///etc").is_err());
        assert!(named("git::file:///srv/x").is_err());
    }
}

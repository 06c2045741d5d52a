//! The proxy of the provider's settings.

use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Attribute, Block, NestedBlock, Path, Schema, Type, Value};
use provider::{ProviderError, Surroundings, text};

use super::{Target, authority, connect};

/// The arguments of a `provider` block.
pub(crate) fn settings() -> Schema {
    let optional = |ty: Type, what: &str| Attribute::optional(ty, what);
    let proxy = Block::new("The proxy through which `tls_certificate` reaches servers of `https`.")
        .attr(
            "url",
            optional(Type::String, "The proxy, `http://HOST:PORT`; the one in HTTPS_PROXY if left out."),
        )
        .attr("username", optional(Type::String, "By what name the proxy knows us; needs `url`."))
        .attr("password", optional(Type::String, "The password for `username`.").sensitive())
        .attr(
            "from_env",
            optional(
                Type::Bool,
                "Whether HTTPS_PROXY and NO_PROXY count; `true` if left out. Not together with `url`.",
            ),
        );
    let block = Block::new("Keys and certificates need no settings, servers behind a proxy do.");
    Schema::new(block.block("proxy", NestedBlock::list(proxy).items(0, 1)))
}

fn proxy_block(config: &Value) -> Option<&Value> {
    config.get("proxy")?.as_items()?.first()
}

/// Checks the arguments of a `provider` block.
pub(crate) fn check_settings(config: &Value) -> Vec<ProviderError> {
    let Some(block) = proxy_block(config) else { return Vec::new() };
    let given = |name: &str| block.get(name).is_some_and(|v| !v.is_null());
    let combined = |detail: &str| {
        ProviderError::invalid("Invalid Attribute Combination", detail).at(Path::of_attr("proxy"))
    };
    let mut errors = Vec::new();
    if given("url") && given("from_env") {
        errors.push(combined(
            "Attribute \"proxy.from_env\" cannot be specified when \"proxy.url\" is specified.",
        ));
    }
    if given("username") && !given("url") {
        errors.push(combined(
            "Attribute \"proxy.url\" must be specified when \"proxy.username\" is specified.",
        ));
    }
    if given("password") && !given("username") {
        errors.push(combined(
            "Attribute \"proxy.username\" must be specified when \"proxy.password\" is specified.",
        ));
    }
    if text(block, "url").is_some_and(|url| Proxy::of(url, None).is_none()) {
        errors.push(combined("The url of the proxy must be http://HOST:PORT."));
    }
    errors
}

/// A proxy.
#[derive(Clone, PartialEq)]
pub(crate) struct Proxy {
    target: Target,
    /// Name and password in Base64.
    credentials: Option<String>,
}

impl Proxy {
    fn of(url: &str, user: Option<(&str, &str)>) -> Option<Proxy> {
        let rest = url.strip_prefix("http://").or_else(|| (!url.contains("://")).then_some(url))?;
        let within = rest.split('/').next()?.rsplit_once('@').map(|(user, _)| user.to_owned());
        let user = user.map(|(name, password)| format!("{name}:{password}")).or(within);
        Some(Proxy { target: authority(rest, Some(80))?, credentials: user.map(|u| STANDARD.encode(u)) })
    }

    /// A connection to a server through the proxy.
    pub(super) fn tunnel(&self, to: &Target) -> Result<TcpStream, String> {
        let said = |why: String| format!("the proxy {}: {why}", self.target.written());
        let mut stream = connect(&self.target.host, self.target.port).map_err(said)?;
        let server = to.written();
        let mut request = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n");
        if let Some(credentials) = &self.credentials {
            request.push_str(&format!("Proxy-Authorization: Basic {credentials}\r\n"));
        }
        stream.write_all((request + "\r\n").as_bytes()).map_err(|why| said(why.to_string()))?;
        let head = head(&mut stream).map_err(|why| said(why.to_string()))?;
        match head.split(' ').nth(1) {
            Some(status) if status.starts_with('2') => Ok(stream),
            _ => Err(said(format!("it answers {:?}", head.lines().next().unwrap_or_default()))),
        }
    }
}

/// Reads an answer's head to its empty line, and not a byte further.
fn head(stream: &mut TcpStream) -> std::io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && head.len() < 1 << 16 {
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The proxy of a configuration, and for whom it is not.
pub(crate) struct Proxies {
    proxy: Option<Proxy>,
    exceptions: Vec<String>,
}

impl Proxies {
    /// What a `provider` block and the environment say.
    pub(crate) fn of(config: &Value, around: &dyn Surroundings) -> Proxies {
        let none = Proxies { proxy: None, exceptions: Vec::new() };
        let Some(block) = proxy_block(config) else { return none };
        if let Some(url) = text(block, "url") {
            let user =
                text(block, "username").map(|name| (name, text(block, "password").unwrap_or_default()));
            return Proxies { proxy: Proxy::of(url, user), ..none };
        }
        if block.get("from_env").and_then(Value::as_bool) == Some(false) {
            return none;
        }
        let variable = |name: &str| around.env(name).or_else(|| around.env(&name.to_lowercase()));
        let exceptions = variable("NO_PROXY").unwrap_or_default();
        let exceptions =
            exceptions.split(',').map(|e| e.trim().to_owned()).filter(|e| !e.is_empty()).collect();
        Proxies { proxy: variable("HTTPS_PROXY").and_then(|url| Proxy::of(&url, None)), exceptions }
    }

    /// The proxy for an address; none for `tls`.
    pub(crate) fn for_url(&self, url: &str) -> Option<Proxy> {
        let target = Target::of(url).ok().filter(|_| url.starts_with("https://"))?;
        let is_excepted = |e: &String| {
            let domain = e.trim_start_matches("*.").trim_start_matches('.');
            e == "*" || target.host == domain || target.host.ends_with(&format!(".{domain}"))
        };
        self.proxy.clone().filter(|_| !self.exceptions.iter().any(is_excepted))
    }
}

//! The arguments, and what an answer becomes.

use model::{Attribute, Block, NestedBlock, Path, Type, Value};
use provider::{ProviderError, text};

/// The block of the data source.
pub(crate) fn block() -> Block {
    let optional = |ty: Type, what: &str| Attribute::optional(ty, what);
    let computed = |ty: Type, what: &str| Attribute::computed(ty, what);
    let strings = || Type::map(Type::String);
    Block::new(
        "Sends a request to a server while planning, as soon as its arguments are known, and says what the answer is. \
         Answers with a status of 4xx are answers too: a postcondition says which ones will do. Servers are trusted as \
         far as their certificates are; what they send is as trustworthy as they are. The proxies in HTTP_PROXY, \
         HTTPS_PROXY and NO_PROXY are used.",
    )
    .attr("url", Attribute::required(Type::String, "Where the request goes, with `http` or `https`."))
    .attr("method", optional(Type::String, "`GET`, `HEAD` or `POST`; `GET` if left out. A `POST` must change nothing, as it is sent in every plan."))
    .attr("request_headers", optional(strings(), "Headers of the request by name."))
    .attr("request_body", optional(Type::String, "The body of the request; none if left out."))
    .attr("request_timeout_ms", optional(Type::Number, "How many milliseconds each attempt may take, at least 1; any if left out."))
    .attr("ca_cert_pem", optional(Type::String, "Certificates, in PEM form, that servers are trusted by, instead of those of this machine."))
    .attr("client_cert_pem", optional(Type::String, "The certificate, in PEM form, by which the server knows who asks; needs `client_key_pem`."))
    .attr("client_key_pem", optional(Type::String, "The private key of `client_cert_pem`, in PEM form.").sensitive())
    .attr("insecure", optional(Type::Bool, "Whether any certificate will do, whoever presents it; `false` if left out."))
    .attr("id", computed(Type::String, "What `url` is."))
    .attr("status_code", computed(Type::Number, "The status of the answer, such as 200."))
    .attr("response_headers", computed(strings(), "The headers of the answer by name, such as `Content-Type`; several of one name are joined by commas."))
    .attr("response_body", computed(Type::String, "The body of the answer as UTF-8 text; other bytes are replaced."))
    .attr("response_body_base64", computed(Type::String, "The body of the answer in Base64."))
    .attr("body", computed(Type::String, "What `response_body` is.").deprecated("Use `response_body` instead."))
    .block("retry", NestedBlock::single(retry()))
}

fn retry() -> Block {
    let number = |what: &str| Attribute::optional(Type::Number, what);
    Block::new(
        "Repeats the request when the server cannot be reached, and when the status is 429 or 5xx but for 501. The delay \
         doubles with each attempt, unless the server says itself how long to wait.",
    )
    .attr("attempts", number("How many times the request is repeated at most; none if left out."))
    .attr("min_delay_ms", number("How many milliseconds to wait before the first repetition; 1000 if left out."))
    .attr("max_delay_ms", number("How many milliseconds to wait at most; 30000 if left out."))
}

/// The methods that change nothing, or must not.
const METHODS: [&str; 3] = ["GET", "POST", "HEAD"];

/// Checks a configuration, which may be unknown in part.
pub(crate) fn check(config: &Value) -> Vec<ProviderError> {
    let retry = config.get("retry");
    let bounds = [("attempts", 0), ("min_delay_ms", 0), ("max_delay_ms", 0)];
    let delays = bounds
        .into_iter()
        .filter_map(|(name, least)| check_least(retry?, name, least, Path::of_attr("retry").attr(name)));
    let pairs = [("client_cert_pem", "client_key_pem"), ("client_key_pem", "client_cert_pem")];
    let single = [
        check_method(config),
        check_url(config),
        check_least(config, "request_timeout_ms", 1, Path::of_attr("request_timeout_ms")),
        check_trust(config),
        check_order(config),
    ];
    let pairs = pairs.into_iter().filter_map(|(one, other)| check_pair(config, one, other));
    single.into_iter().flatten().chain(delays).chain(pairs).collect()
}

/// The whole number that an argument is.
pub(crate) fn whole(object: &Value, name: &str) -> Option<i64> {
    object.get(name)?.as_number()?.to_i64()
}

fn check_least(object: &Value, name: &str, least: i64, path: Path) -> Option<ProviderError> {
    let given = object.get(name)?.as_number()?;
    let why = match given.to_i64() {
        Some(number) if number >= least => return None,
        Some(number) => format!("must be at least {least}, got: {number}"),
        None => format!("must be a whole number, got: {given}"),
    };
    let shown = path.to_string().trim_start_matches('.').to_owned();
    Some(ProviderError::invalid("Invalid Attribute Value", format!("Attribute {shown} value {why}")).at(path))
}

fn check_method(config: &Value) -> Option<ProviderError> {
    let given = text(config, "method").filter(|m| !METHODS.contains(m))?;
    let detail =
        format!("Attribute method value must be one of: \"GET\", \"POST\" or \"HEAD\", got: {given:?}");
    Some(ProviderError::invalid("Invalid Attribute Value Match", detail).at(Path::of_attr("method")))
}

fn check_url(config: &Value) -> Option<ProviderError> {
    let given = text(config, "url")?;
    let parsed = reqwest::Url::parse(given).ok();
    if parsed.is_some_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host()) {
        return None;
    }
    let detail =
        "The url must begin with http:// or https:// and name a host, for example \"https://example.com/\".";
    Some(ProviderError::invalid("Invalid URL", detail).at(Path::of_attr("url")))
}

/// Certificates to trust by, and no trust at all, do not go together.
fn check_trust(config: &Value) -> Option<ProviderError> {
    let given = |name: &str| config.get(name).is_some_and(|v| v.is_known() && !v.is_null());
    if !(given("ca_cert_pem") && given("insecure")) {
        return None;
    }
    let detail = "Attribute \"insecure\" cannot be specified when \"ca_cert_pem\" is specified.";
    Some(ProviderError::invalid("Invalid Attribute Combination", detail).at(Path::of_attr("ca_cert_pem")))
}

fn check_pair(config: &Value, one: &str, other: &str) -> Option<ProviderError> {
    let given = config.get(one).is_some_and(|v| v.is_known() && !v.is_null());
    if !given || !config.get(other).is_some_and(Value::is_null) {
        return None;
    }
    let detail = format!("Attribute {other:?} must be specified when {one:?} is specified.");
    Some(ProviderError::invalid("Invalid Attribute Combination", detail).at(Path::of_attr(one)))
}

fn check_order(config: &Value) -> Option<ProviderError> {
    let retry = config.get("retry")?;
    let (least, most) = (whole(retry, "min_delay_ms")?, whole(retry, "max_delay_ms")?);
    let path = Path::of_attr("retry").attr("max_delay_ms");
    let detail =
        format!("Attribute retry.max_delay_ms value must be at least min_delay_ms, {least}, got: {most}");
    (most < least).then(|| ProviderError::invalid("Invalid Attribute Value", detail).at(path))
}

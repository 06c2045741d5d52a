//! A bucket as a website.

use aws_sdk_s3::types::{
    Condition, ErrorDocument, IndexDocument, Protocol, Redirect, RedirectAllRequestsTo, RoutingRule,
    WebsiteConfiguration,
};
use provider::sheet::{At, Fields, Given, KindError};
use provider::{ErrorKind, ProviderError, fields};
use serde_json::{Map, Value};

use super::LACKING;
use crate::s3::S3;
use crate::{Client, OrAbsent, built};

/// The website of a bucket, and where it is reached.
pub(super) async fn read(at: &At<'_, Client>, bucket: &str) -> Result<Fields, KindError> {
    let ask = |s3: S3| s3.get_bucket_website().bucket(bucket).send();
    let answer = at.client.ask(&format!("read the website of the bucket {bucket}"), ask).await;
    let Some(site) = answer.or_absent_for(LACKING)? else {
        return Ok(fields! { website: Vec::<Fields>::new(), website_domain: "", website_endpoint: "" });
    };
    let all = site.redirect_all_requests_to.as_ref().map(|to| match &to.protocol {
        Some(protocol) => format!("{}://{}", protocol.as_str(), to.host_name),
        None => to.host_name.clone(),
    });
    let block = fields! {
        index_document: site.index_document.as_ref().map(|document| document.suffix.clone()),
        error_document: site.error_document.as_ref().map(|document| document.key.clone()),
        redirect_all_requests_to: all,
        routing_rules: written(site.routing_rules()),
    };
    let domain = format!("s3-website.{}.{}", at.client.region(), at.client.dns_suffix());
    Ok(
        fields! { website: vec![block], website_endpoint: format!("{bucket}.{domain}"), website_domain: domain },
    )
}

/// Makes a bucket a website.
pub(super) async fn put(at: &At<'_, Client>, bucket: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let Some(block) = wanted.block("website") else { return Ok(()) };
    let index =
        block.text("index_document").map(|suffix| built(IndexDocument::builder().suffix(suffix).build()));
    let error = block.text("error_document").map(|key| built(ErrorDocument::builder().key(key).build()));
    let all = block.text("redirect_all_requests_to").map(|to| {
        let (protocol, host) = match to.split_once("://") {
            Some((protocol, host)) => (Some(Protocol::from(protocol)), host),
            None => (None, to),
        };
        built(RedirectAllRequestsTo::builder().host_name(host).set_protocol(protocol).build())
    });
    let rules = block.text("routing_rules").map(rules).transpose()?;
    let site = WebsiteConfiguration::builder()
        .set_index_document(index.transpose()?)
        .set_error_document(error.transpose()?)
        .set_redirect_all_requests_to(all.transpose()?)
        .set_routing_rules(rules.filter(|rules| !rules.is_empty()))
        .build();
    let put = |s3: S3| s3.put_bucket_website().bucket(bucket).website_configuration(site.clone()).send();
    at.client.put(&format!("set the website of the bucket {bucket}"), put).await?;
    Ok(())
}

/// Rules from their JSON.
fn rules(text: &str) -> Result<Vec<RoutingRule>, ProviderError> {
    let wrong = |why: String| {
        let detail = format!("`routing_rules` has to hold a list of rules in JSON: {why}.");
        ProviderError::new(ErrorKind::Invalid, "Invalid routing rules", detail)
    };
    let rules: Vec<Value> = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
    let rule = |rule: &Value| {
        let of = |part: &str, name: &str| rule[part][name].as_str().map(str::to_owned);
        let condition = rule.get("Condition").map(|_| {
            Condition::builder()
                .set_http_error_code_returned_equals(of("Condition", "HttpErrorCodeReturnedEquals"))
                .set_key_prefix_equals(of("Condition", "KeyPrefixEquals"))
                .build()
        });
        let redirect = Redirect::builder()
            .set_host_name(of("Redirect", "HostName"))
            .set_http_redirect_code(of("Redirect", "HttpRedirectCode"))
            .set_protocol(of("Redirect", "Protocol").map(|protocol| Protocol::from(&*protocol)))
            .set_replace_key_prefix_with(of("Redirect", "ReplaceKeyPrefixWith"))
            .set_replace_key_with(of("Redirect", "ReplaceKeyWith"))
            .build();
        RoutingRule::builder().set_condition(condition).redirect(redirect).build()
    };
    Ok(rules.iter().map(rule).collect())
}

/// Rules as JSON; empty where there are none.
fn written(rules: &[RoutingRule]) -> String {
    if rules.is_empty() {
        return String::new();
    }
    let object = |members: Vec<(&str, Option<String>)>| {
        let said =
            members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))));
        Value::Object(said.collect::<Map<_, _>>())
    };
    let rule = |rule: &RoutingRule| {
        let mut parts = Map::new();
        if let Some(condition) = &rule.condition {
            let members = vec![
                ("HttpErrorCodeReturnedEquals", condition.http_error_code_returned_equals.clone()),
                ("KeyPrefixEquals", condition.key_prefix_equals.clone()),
            ];
            parts.insert("Condition".into(), object(members));
        }
        if let Some(redirect) = &rule.redirect {
            let members = vec![
                ("HostName", redirect.host_name.clone()),
                ("HttpRedirectCode", redirect.http_redirect_code.clone()),
                ("Protocol", redirect.protocol.as_ref().map(|protocol| protocol.as_str().to_owned())),
                ("ReplaceKeyPrefixWith", redirect.replace_key_prefix_with.clone()),
                ("ReplaceKeyWith", redirect.replace_key_with.clone()),
            ];
            parts.insert("Redirect".into(), object(members));
        }
        Value::Object(parts)
    };
    Value::Array(rules.iter().map(rule).collect()).to_string()
}

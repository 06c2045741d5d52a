//! What can be told without a cloud.

use std::sync::Arc;

use model::Value;
use provider::kit::check_schema;
use provider::sheet::{Fields, object};
use provider::{Catalog, Provider, fields};
use state::{Arguments, BackendType};

use crate::{AwsProvider, Client, S3Backend, settings};

#[test]
fn every_type_is_documented_and_well_formed() {
    let provider = AwsProvider::with(Catalog::default(), Arc::new(Nothing));
    let catalog = provider.catalog();
    let resources = catalog.resources.iter().map(|(name, ty)| (name, ty.schema()));
    let sources = catalog.data_sources.iter().map(|(name, source)| (name, source.schema()));
    let mut wrong: Vec<String> = Vec::new();
    for (name, schema) in resources.chain(sources) {
        wrong.extend(check_schema(schema).into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(catalog.resources.len() >= 9 && check_schema(provider.schema()).is_empty());
}

fn config(fields: Fields) -> Value {
    object(&settings::schema().block, fields).expect("it fits the schema")
}

#[test]
fn a_configuration_that_cannot_work_is_refused_before_anything_is_reached() {
    let refused = |fields: Fields, what: &str| {
        let errors = settings::check(&config(fields));
        assert!(errors.iter().any(|error| error.detail.contains(what)), "{what}: {errors:?}");
    };
    refused(fields! { insecure: true }, "always checked");
    refused(fields! { retry_mode: "never" }, "There is no mode");
    refused(fields! { assume_role: vec![fields! { session_name: "s" }] }, "needs `role_arn`");
    refused(fields! { assume_role: vec![fields! { role_arn: "r", duration: "soon" }] }, "cannot be read");
    refused(fields! { assume_role_with_web_identity: vec![fields! { role_arn: "r" }] }, "Exactly one of");
    let both = fields! { allowed_account_ids: vec!["1"], forbidden_account_ids: vec!["2"] };
    refused(both, "exclude each other");
    assert!(settings::check(&config(fields! { region: "eu-west-1", retry_mode: "adaptive" })).is_empty());
}

#[test]
fn a_state_needs_a_bucket_and_a_key() {
    let backend = S3Backend::new(provider::kit::Bench::new("/").around());
    let place = |entries: &[(&str, &str)]| {
        let given = entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let variable = |_: &str| None;
        backend.place(Arguments { given: &given, variable: &variable }).map(|_| ()).map_err(|e| e.to_string())
    };
    assert_eq!(place(&[("key", "k")]), Err("bucket is needed".into()));
    assert!(place(&[("bucket", "b"), ("key", "/k")]).unwrap_err().contains("without a slash"));
    assert!(
        place(&[("bucket", "b"), ("key", "k"), ("dynamodb_table", "t")])
            .unwrap_err()
            .contains("use_lockfile")
    );
    assert!(place(&[("bucket", "b"), ("key", "k"), ("encrypt", "maybe")]).unwrap_err().contains("encrypt"));
    let role = r#"{"role_arn":"arn:aws:iam::1:role/r","external_id":null}"#;
    assert_eq!(place(&[("bucket", "b"), ("key", "k"), ("assume_role", role)]), Ok(()));
}

#[test]
fn a_connector_knows_what_the_provider_knows() {
    use provider::ConnectorType;
    let (connector, provider) = (crate::AwsConnector::new(), settings::schema());
    let renamed = |name: &str| {
        connector
            .renames()
            .iter()
            .find(|(from, _)| *from == name)
            .map_or(name.to_owned(), |(_, to)| (*to).to_owned())
    };
    for name in connector.schema().block.attributes.keys() {
        assert!(provider.block.attributes.contains_key(&*renamed(name)), "{name}");
    }
    for (name, nested) in &connector.schema().block.blocks {
        let known = &provider.block.blocks[name].block.attributes;
        assert!(nested.block.attributes.keys().all(|name| known.contains_key(name)), "{name}");
    }
}

/// Nobody who knows networks.
struct Nothing;

#[async_trait::async_trait]
impl crate::Behind for Nothing {
    async fn find(&self, _: &Client, _: &str, _: &str) -> Result<Vec<provider::Leftover>, crate::Trouble> {
        Ok(Vec::new())
    }

    async fn remove(
        &self,
        _: &provider::sheet::At<'_, Client>,
        _: &provider::Leftover,
    ) -> Result<(), provider::ProviderError> {
        Ok(())
    }
}

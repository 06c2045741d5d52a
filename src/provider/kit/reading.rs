//! Rules for data sources.

use model::Value;

use super::rules::check_schema;
use super::{Bench, Violation};
use crate::contract::{check_object, check_planned};
use crate::{DataSource, ProviderError};

/// Reads a data source with each configuration and reports every rule that it breaks: the configuration is accepted and
/// kept, the result is wholly known, of the schema's type, and the same when read again.
pub async fn check_data_source(source: &dyn DataSource, bench: &Bench, configs: &[Value]) -> Vec<Violation> {
    let violation = |place: &str, what: String| Violation { place: place.into(), what };
    let mut found: Vec<Violation> =
        check_schema(source.schema()).into_iter().map(|what| violation("schema", what)).collect();
    for config in configs {
        let wrong = match read(source, bench, config).await {
            Ok(wrong) => wrong,
            Err(error) => Some(format!("failed: {error}")),
        };
        found.extend(wrong.map(|what| violation(&format!("{config:?}"), what)));
    }
    found
}

/// Reads with one configuration and says the first thing that is wrong.
async fn read(
    source: &dyn DataSource,
    bench: &Bench,
    config: &Value,
) -> Result<Option<String>, ProviderError> {
    if let Some(error) = source.validate(config).into_iter().find(|e| !e.warning) {
        return Err(error);
    }
    let block = &source.schema().block;
    let result = source.read(bench.call(), config).await?;
    let kept = check_object(block, &result).and_then(|()| check_planned(block, None, config, &result));
    if let Err(breach) = kept {
        return Ok(Some(format!("of the result {breach}")));
    }
    let again = source.read(bench.call(), config).await?;
    Ok((again != result).then(|| "reading again gives something else".into()))
}

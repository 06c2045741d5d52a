//! The `provider "sim"` block.

use std::sync::Arc;

use model::{Attribute, Block, Path, Schema, Type, Value};
use provider::{ProviderError, Surroundings, text};

use crate::api::Api;
use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::disk::OnDisk;
use crate::remote::Remote;
use crate::settings::Settings;

/// What describes a cloud in a file; a cloud behind HTTP has its own.
const BEHAVIOUR: &[(&str, &str)] = &[
    ("seed", "Decides all that is left to chance; 0 if it is left out."),
    (
        "time_scale",
        "What the durations of a real cloud are multiplied with: 0, the default, for none of them, 1 for all.",
    ),
    (
        "spread",
        "How far durations differ from those of a real cloud, as a part of them; 1 if it is left out.",
    ),
    ("latency_ms", "How long a request takes in the middle, in milliseconds; 0 if it is left out."),
    ("consistency_ms", "How long reads may miss what was written, in milliseconds; 0 if it is left out."),
    ("rate", "How many requests a second each type takes; any number if it is left out."),
    ("burst", "How many requests are taken at once after a rest; 20 if it is left out."),
    (
        "documented_rate",
        "How many requests a second each type takes by documentation; `rate` if it is left out.",
    ),
    ("quota", "How many objects of a type there may be; any number if it is left out."),
    ("unavailable", "The chance, from 0 to 1, that a request fails in passing."),
    ("lost", "The chance that an answer is lost."),
    ("half_made", "The chance that an object that takes its time comes to nothing half-way."),
    ("repeated", "The chance that a list names an object twice."),
    ("lingering", "The chance that a load balancer outlives its service."),
    ("people", "The chance, with each request, that somebody changes or removes an object by hand."),
];

/// What a `provider "sim"` block may hold.
pub(crate) fn schema() -> Schema {
    let inventory =
        "The file that holds the cloud, for all programs of this machine. It is made when it is needed.";
    let endpoint = "The URL of a cloud that another program serves, in place of `inventory`.";
    let block = Block::new("A simulated cloud, for tests, demonstrations and measurements.")
        .attr("inventory", Attribute::optional(Type::String, inventory))
        .attr("endpoint", Attribute::optional(Type::String, endpoint))
        .attr("log", Attribute::optional(Type::String, "The file to which every request is added."));
    let add = |block: Block, (name, about): &(&str, &str)| {
        block.attr(name, Attribute::optional(Type::Number, about))
    };
    Schema::new(BEHAVIOUR.iter().fold(block, add))
}

fn is_given(config: &Value, name: &str) -> bool {
    config.get(name).is_some_and(|value| !value.is_null())
}

/// What is wrong with a configuration.
pub(crate) fn check(config: &Value) -> Vec<ProviderError> {
    let at = |name: &str, detail: String| {
        ProviderError::invalid("Invalid simulated cloud", detail).at(Path::of_attr(name))
    };
    match (is_given(config, "inventory"), is_given(config, "endpoint")) {
        (true, true) => return vec![at("endpoint", "Give inventory or endpoint, not both.".into())],
        (false, false) => {
            let detail = "Say where the cloud is: inventory = \"cloud.jsonl\" for one in a file, endpoint = \"http://...\" for \
                          one that is served.";
            return vec![ProviderError::invalid("Invalid simulated cloud", detail)];
        }
        _ => {}
    }
    let of_file = BEHAVIOUR.iter().map(|(name, _)| *name).chain(["log"]);
    let stray = of_file.filter(|name| is_given(config, "endpoint") && is_given(config, name));
    let strays = stray.map(|name| at(name, format!("{name} is the business of whoever serves the cloud.")));
    let negative = BEHAVIOUR.iter().filter(|(name, _)| number(config, name).is_some_and(|n| n < 0.0));
    let negatives = negative.map(|(name, _)| at(name, format!("{name} must not be negative.")));
    strays.chain(negatives).collect()
}

fn number(config: &Value, name: &str) -> Option<f64> {
    config.get(name).and_then(Value::as_number).map(|n| n.to_f64())
}

/// A cloud, and what tells it from others: what is limited there is limited for all that talk to it.
pub(crate) struct Place {
    pub(crate) api: Arc<dyn Api>,
    pub(crate) name: String,
}

/// The cloud of a configuration.
pub(crate) fn place(config: &Value, around: &dyn Surroundings) -> Result<Place, ProviderError> {
    if let Some(endpoint) = text(config, "endpoint") {
        let remote = Remote::new(endpoint);
        let invalid = |why| ProviderError::invalid("Invalid simulated cloud", format!("{why}."));
        let api = Arc::new(remote.map_err(|why| invalid(why).at(Path::of_attr("endpoint")))?);
        return Ok(Place { api, name: endpoint.to_owned() });
    }
    let path = |name: &str| text(config, name).map(|path| around.current_dir().join(path));
    let Some(inventory) = path("inventory") else {
        let errors = check(config);
        return Err(errors.into_iter().next().unwrap_or_else(|| {
            ProviderError::invalid("Invalid simulated cloud", "The inventory is not known.")
        }));
    };
    let now_ms = u64::try_from(around.now_ns() / 1_000_000).unwrap_or(0);
    let cloud = Cloud::new(settings(config));
    let name = inventory.display().to_string();
    Ok(Place { api: Arc::new(OnDisk::new(inventory, path("log"), cloud, Clock::at(now_ms))), name })
}

fn settings(config: &Value) -> Settings {
    let default = Settings::default();
    let of = |name: &str, otherwise: f64| number(config, name).unwrap_or(otherwise);
    Settings {
        seed: of("seed", 0.0) as u64,
        time_scale: of("time_scale", default.time_scale),
        spread: of("spread", default.spread),
        latency_ms: of("latency_ms", default.latency_ms),
        consistency_ms: of("consistency_ms", 0.0) as u64,
        rate: of("rate", default.rate),
        burst: of("burst", default.burst),
        documented_rate: of("documented_rate", default.documented_rate),
        quota: of("quota", 0.0) as usize,
        unavailable: of("unavailable", default.unavailable),
        lost: of("lost", default.lost),
        half_made: of("half_made", default.half_made),
        repeated: of("repeated", default.repeated),
        lingering: of("lingering", default.lingering),
        people: of("people", default.people),
    }
}

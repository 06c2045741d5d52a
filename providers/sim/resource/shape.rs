//! What objects look like in configurations and states.

use model::{Attribute, Block, Schema, Type, Value};
use provider::{text, with_attributes};

use crate::kind::{Kind, Network};
use crate::request::{Body, View};

/// The schema of a type.
pub(super) fn schema(kind: &Kind) -> Schema {
    let network = "The id of the network that it lies in. Another one makes another object.";
    let block = Block::new(kind.about)
        .attr("name", Attribute::required(Type::String, "Its name. Another one makes another object."))
        .attr("zone", Attribute::optional(Type::String, "Its zone. Another one makes another object."))
        .attr("size", Attribute::optional_computed(Type::Number, "How large it is; 1 if it is left out."))
        .attr("tags", Attribute::optional(Type::map(Type::String), "Tags, without the marks of ownership."))
        .attr("id", Attribute::computed(Type::String, "Its id, which the cloud gives."))
        .attr("endpoint", Attribute::computed(Type::String, "The name under which it is reached."));
    Schema::new(match kind.network {
        Network::Never => block,
        Network::Perhaps => block.attr("network_id", Attribute::optional(Type::String, network)),
        Network::Always => block.attr("network_id", Attribute::required(Type::String, network)),
    })
}

/// What a planned object asks for.
pub(super) fn body_of(planned: &Value) -> Body {
    let of = |name: &str| text(planned, name).unwrap_or_default().to_owned();
    let tags = planned.get("tags").and_then(Value::as_entries).unwrap_or_default();
    let tag = |(key, value): &(model::Str, Value)| Some((key.to_string(), value.as_str()?.to_string()));
    Body {
        name: of("name"),
        network: of("network_id"),
        zone: of("zone"),
        size: planned.get("size").and_then(Value::as_number).and_then(|n| n.to_u64()).unwrap_or(1),
        tags: tags.iter().filter_map(tag).collect(),
    }
}

/// An object as it is seen. Where it has no tags, it has them as `like` does: null or an empty map.
pub(super) fn value_of(kind: &Kind, view: &View, like: &Value) -> Value {
    with_tags_like(&plain(kind, view), like)
}

/// The object with no tags in the way in which another one has none: null or an empty map.
pub(super) fn with_tags_like(object: &Value, like: &Value) -> Value {
    let is_map = |object: &Value| object.get("tags").is_some_and(|tags| tags.as_entries().is_some());
    let empty = || Value::map(Type::String, Vec::<(&str, Value)>::new());
    let tags = (!is_map(object) && is_map(like)).then(|| ("tags", empty()));
    with_attributes(object, tags)
}

fn plain(kind: &Kind, view: &View) -> Value {
    let body = &view.body;
    let or_null = |text: &str| match text {
        "" => Value::null_of(Type::String),
        text => Value::string(text),
    };
    let tags = body.tags.iter().map(|(key, value)| (key.as_str(), Value::string(value.as_str())));
    let tags = match body.tags.is_empty() {
        true => Value::null_of(Type::map(Type::String)),
        false => Value::map(Type::String, tags.collect::<Vec<_>>()),
    };
    let common = [
        ("name", Value::string(body.name.as_str())),
        ("zone", or_null(&body.zone)),
        ("size", Value::number(body.size)),
        ("tags", tags),
        ("id", Value::string(view.id.as_str())),
        ("endpoint", Value::string(view.endpoint.as_str())),
    ];
    let network = (kind.network != Network::Never).then(|| ("network_id", or_null(&body.network)));
    Value::object(common.into_iter().chain(network).collect::<Vec<_>>())
}

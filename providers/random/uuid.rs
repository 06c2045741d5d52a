//! `random_uuid`: a UUID.

use model::{Attribute, Block, Type, Value};
use provider::ProviderError;
use provider::random::uuid_of;

use crate::draw::Draw;
use crate::numbers::bad_import;
use crate::recipe::{Given, Recipe};

/// The resource type.
pub(crate) struct RandomUuid;

fn results(uuid: &str) -> Given {
    vec![("result", Value::string(uuid)), ("id", Value::string(uuid))]
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

impl Recipe for RandomUuid {
    fn block(&self) -> Block {
        Block::new("Makes a random UUID.")
            .attr("result", Attribute::computed(Type::String, "The UUID."))
            .attr("id", Attribute::computed(Type::String, "The UUID."))
    }

    fn make(&self, _arguments: &Value, draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        let mut bytes = [0; 16];
        draw.fill(&mut bytes);
        Ok(results(&uuid_of(bytes)))
    }

    /// The identifier is the UUID.
    fn import(&self, id: &str, _draw: &mut Draw<'_>) -> Result<Given, ProviderError> {
        if !is_uuid(id) {
            return Err(bad_import(format!("{id:?} is not a UUID.")));
        }
        Ok(results(&id.to_ascii_lowercase()))
    }
}

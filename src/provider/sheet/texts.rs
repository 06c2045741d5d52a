//! Arguments that come as texts, as those of backends do: they are given on the command line and in files of settings too.

use std::collections::BTreeMap;

use model::{Block, Value, convert};

use super::{Fields, object};
use crate::ProviderError;

/// An object of the block's type from texts; what is no text, number or flag comes as JSON. Names that the block does not know
/// are passed over.
pub fn of_texts(block: &Block, texts: &BTreeMap<String, String>) -> Result<Value, ProviderError> {
    let mut fields = Fields::new();
    for (name, text) in texts {
        let Some(argument) = block.attributes.get(name.as_str()) else { continue };
        let wrong =
            |why: String| ProviderError::invalid("Invalid argument", format!("{name} cannot be read: {why}"));
        let value = match argument.ty.is_primitive() {
            true => convert::convert(&Value::string(text), &argument.ty).map_err(|e| wrong(e.full()))?,
            false => model::json::read_implied(text).map_err(|e| wrong(e.to_string()))?,
        };
        fields.set(name, value);
    }
    object(block, fields)
}

//! What can be recorded of a provider's answer that is not as it should be.

use model::{Block, Value};
use provider::contract::fits;

/// The object with every attribute and block that has the type of its schema, what was planned in place of the others, and
/// null in place of everything unknown. Nothing where the answer is no object at all.
pub(crate) fn salvage(block: &Block, planned: &Value, answer: &Value) -> Option<Value> {
    answer.as_entries()?;
    let attributes = block.attributes.iter().map(|(name, a)| (name, a.ty.clone()));
    let members = attributes.chain(block.blocks.iter().map(|(name, b)| (name, b.ty())));
    let member = |(name, ty): (&model::Str, model::Type)| {
        let fitting = [answer, planned].into_iter().filter_map(|v| v.get(name)).find(|v| fits(v, &ty));
        (name.clone(), fitting.map_or_else(|| Value::null_of(ty.clone()), known_parts))
    };
    Some(Value::object(members.map(member).collect::<Vec<_>>()))
}

/// The value with null in place of every unknown.
pub(crate) fn known_parts(value: &Value) -> Value {
    if value.is_known() {
        value.map_children(known_parts)
    } else {
        Value::null_of(value.ty()).with_marks(value.marks())
    }
}

#[cfg(test)]
mod tests {
    use model::{Attribute, Type};

    use super::*;

    #[test]
    fn what_fits_is_kept_and_the_plan_fills_the_gaps() {
        let block = Block::new("B.")
            .attr("id", Attribute::computed(Type::String, "I."))
            .attr("name", Attribute::required(Type::String, "N."))
            .attr("size", Attribute::optional(Type::Number, "S."));
        let planned = Value::object([
            ("id", Value::unknown(Type::String)),
            ("name", Value::string("n")),
            ("size", Value::number(1)),
        ]);
        let answer = Value::object([("id", Value::string("i")), ("size", Value::string("large"))]);
        let kept = Value::object([
            ("id", Value::string("i")),
            ("name", Value::string("n")),
            ("size", Value::number(1)),
        ]);
        assert_eq!(salvage(&block, &planned, &answer), Some(kept));
        assert_eq!(salvage(&block, &planned, &Value::null_of(block.ty())), None);
        assert_eq!(salvage(&block, &planned, &Value::unknown(block.ty())), None);
    }
}

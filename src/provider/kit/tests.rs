use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use model::{Attribute, Block, Path, Schema, Type};

use super::*;
use crate::{
    Call, CreateClass, Failed, Object, PlanRequest, PlannedChange, ProviderError, Recovery, ResourceType,
    changed, config_of, text, with_attributes,
};

/// What a type does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    Undocumented,
    FickleMind,
    ForgetsConfig,
    LeavesUnknown,
    BreaksPlan,
    ReadsOther,
    NeverSettles,
    ReplacesForNothing,
    Forgetful,
    FailsOnSecondDelete,
    Immortal,
}

/// Things by name, each with a size that can be changed and a number that it gets.
struct Things {
    flaw: Flaw,
    schema: Schema,
    exist: Mutex<BTreeMap<String, Value>>,
    plans: Mutex<i64>,
}

impl Things {
    fn new(flaw: Flaw) -> Things {
        let what = if flaw == Flaw::Undocumented { "" } else { "How large." };
        let block = Block::new("A thing.")
            .attr("name", Attribute::required(Type::String, "What it is called."))
            .attr("size", Attribute::optional(Type::Number, what))
            .attr("number", Attribute::computed(Type::Number, "The number that it gets."));
        Things { flaw, schema: Schema::new(block), exist: Mutex::default(), plans: Mutex::default() }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn stored(&self, object: &Value) -> Option<Value> {
        self.exist.lock().unwrap().get(text(object, "name").unwrap()).cloned()
    }

    fn store(&self, object: Value) -> Object {
        self.exist.lock().unwrap().insert(text(&object, "name").unwrap().into(), object.clone());
        object.into()
    }
}

#[async_trait]
impl ResourceType for Things {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn create_class(&self) -> CreateClass {
        CreateClass::Name
    }

    async fn plan(&self, _call: Call<'_>, request: PlanRequest<'_>) -> Result<PlannedChange, ProviderError> {
        let mut plans = self.plans.lock().unwrap();
        *plans += 1;
        let planned = request.proposed.clone();
        let planned = match self.flaw {
            Flaw::FickleMind if request.prior.is_none() => {
                with_attributes(&planned, [("number", Value::number(*plans))])
            }
            Flaw::ForgetsConfig => with_attributes(&planned, [("size", Value::null_of(Type::Number))]),
            Flaw::NeverSettles => with_attributes(&planned, [("number", Value::unknown(Type::Number))]),
            _ => planned,
        };
        let Some(prior) = request.prior else { return Ok(PlannedChange::in_place(planned)) };
        let mut requires_replace = changed(prior, &planned, ["name"]);
        if self.has(Flaw::ReplacesForNothing) {
            requires_replace.push(Path::of_attr("name"));
        }
        Ok(PlannedChange { planned, requires_replace })
    }

    async fn create(&self, _call: Call<'_>, planned: &Value, _config: &Value) -> Result<Object, Failed> {
        let made = match self.flaw {
            Flaw::LeavesUnknown => planned.clone(),
            Flaw::BreaksPlan => {
                with_attributes(planned, [("size", Value::number(99)), ("number", Value::number(7))])
            }
            _ if planned.get("number").unwrap().is_known() => planned.clone(),
            _ => with_attributes(planned, [("number", Value::number(7))]),
        };
        Ok(self.store(made))
    }

    async fn read(&self, _call: Call<'_>, prior: &Object) -> Result<Option<Object>, ProviderError> {
        let stored = match self.flaw {
            Flaw::Immortal => Some(prior.value.clone()),
            Flaw::ReadsOther => {
                self.stored(&prior.value).map(|v| with_attributes(&v, [("number", Value::number(8))]))
            }
            _ => self.stored(&prior.value),
        };
        Ok(stored.map(Object::from))
    }

    async fn update(
        &self,
        _call: Call<'_>,
        prior: &Object,
        planned: &Value,
        _config: &Value,
    ) -> Result<Object, Failed> {
        let number = prior.value.get("number").unwrap().clone();
        Ok(self.store(with_attributes(planned, [("number", number)])))
    }

    async fn delete(&self, _call: Call<'_>, prior: &Object) -> Result<(), ProviderError> {
        let gone = self.exist.lock().unwrap().remove(text(&prior.value, "name").unwrap()).is_none();
        match self.flaw {
            Flaw::FailsOnSecondDelete if gone => Err(ProviderError::invalid("Gone", "It is gone.")),
            _ => Ok(()),
        }
    }

    async fn recover(&self, _call: Call<'_>, planned: &Value) -> Result<Recovery, ProviderError> {
        Ok(match self.stored(planned) {
            Some(found) if !self.has(Flaw::Forgetful) => Recovery::Exists(found.into()),
            _ => Recovery::Absent,
        })
    }
}

#[tokio::test]
async fn every_flaw_is_found_where_it_shows() {
    let cases = [
        (Flaw::None, ""),
        (Flaw::Undocumented, "schema: .size is not documented"),
        (Flaw::FickleMind, "grows, plan what is unknown: the same request gave"),
        (Flaw::ForgetsConfig, "grows, plan what is unknown: of the plan .size is planned as known"),
        (Flaw::LeavesUnknown, "grows, create: of the object .number is still unknown"),
        (Flaw::BreaksPlan, "grows, create: of the object .size is another value"),
        (Flaw::ReadsOther, "grows, read after create: of what is read .number is another value"),
        (
            Flaw::NeverSettles,
            "grows, plan again after create: nothing changed, but in the plan .number is another value",
        ),
        (Flaw::ReplacesForNothing, "grows, plan again after create: nothing changed, but"),
        (Flaw::Forgetful, "grows, recover after create: the object exists, but the answer is Absent"),
        (Flaw::FailsOnSecondDelete, "grows, delete what is gone already: failed: Gone: It is gone."),
        (Flaw::Immortal, "grows, read after delete: the object is still found"),
    ];
    for (flaw, expected) in cases {
        let things = Things::new(flaw);
        let config = |size: i64| {
            let given = [("name", Value::string("a")), ("size", Value::number(size))];
            config_of(&things.schema.block, given)
        };
        let case = Case::new("grows", config(1)).then(config(2));
        let found = check_resource(&things, &Bench::new("/"), &[case]).await;
        let first = found.first().map(Violation::to_string).unwrap_or_default();
        assert!(first.starts_with(expected) && first.is_empty() == expected.is_empty(), "{flaw:?}: {first}");
    }
}

#[test]
fn unsound_schemas_are_found() {
    let string = |what: &str| Attribute::optional(Type::String, what);
    let inner = || Block::new("Inner.").attr("a", string("A."));
    let mistyped = Attribute {
        nested: Some(Box::new((model::Nesting::List, inner()))),
        ..Attribute::optional(Type::String, "Mistyped.")
    };
    let cases = [
        (Block::new("").attr("a", string("A.")), "block \"\" is not documented"),
        (Block::new("B.").attr("aB", string("A.")), ".aB is not a good name"),
        (
            Block::new("B.").attr("a", Attribute::computed(Type::String, "A.").write_only()),
            ".a is write-only, so the provider cannot give it a value",
        ),
        (
            Block::new("B.").attr("a", Attribute::required(Type::String, "A.").deprecated("Old.")),
            ".a is deprecated and yet required",
        ),
        (Block::new("B.").attr("a", mistyped), ".a has another type than its nested attributes"),
        (
            Block::new("B.").block("b", model::NestedBlock::list(inner()).items(2, 1)),
            ".b demands more blocks than it permits",
        ),
        (
            Block::new("B.").attr("a", string("A.")).block("a", model::NestedBlock::list(inner())),
            ".a is both an attribute and a block",
        ),
    ];
    for (block, expected) in cases {
        assert_eq!(check_schema(&Schema::new(block)), [expected]);
    }
}

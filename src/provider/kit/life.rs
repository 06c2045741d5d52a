//! The life of an object: planned, made, read, changed, removed.

use model::{PathStep, Value};

use super::rules::check_schema;
use super::{Bench, Case, Violation};
use crate::Attempt;
use crate::contract::{Breach, check_kept, check_object, check_planned};
use crate::{
    CreateClass, Lists, Object, PlanRequest, PlannedChange, ProviderError, Recovery, ResourceType, hex,
    list_all, propose,
};

/// Takes a resource type through the life of an object, once per case, and reports every rule that it breaks.
///
/// Per case: the same configuration with unknown values is neither refused nor planned as known; the plan of a create keeps the configuration and is the same when asked again; what is created keeps the plan,
/// is wholly known and of the schema's type; where it settles it does so, as often as that is asked; reading it gives the same, and lists have it; planning it unchanged is no change; changing it in
/// place keeps that plan, and a change that needs replacement names an attribute that differs; `recover` tells what exists;
/// removing twice succeeds; afterwards nothing is read.
pub async fn check_resource(ty: &dyn ResourceType, bench: &Bench, cases: &[Case]) -> Vec<Violation> {
    let schema = check_schema(ty.schema()).into_iter();
    let mut found: Vec<Violation> = schema.map(|what| Violation { place: "schema".into(), what }).collect();
    for case in cases {
        let attempt = Attempt::default();
        let mut life = Life { ty, bench, case: &case.name, step: "validate", attempt, found: &mut found };
        // A step that fails ends the case: the ones after it would only report the same failure again.
        let _ended = life.run(case).await;
    }
    found
}

/// Says that a case cannot go on; why has been reported.
struct Ended;

struct Life<'a> {
    ty: &'a dyn ResourceType,
    bench: &'a Bench,
    case: &'a str,
    step: &'static str,
    /// What is known of the latest create before it begins.
    attempt: Attempt,
    found: &'a mut Vec<Violation>,
}

impl Life<'_> {
    async fn run(&mut self, case: &Case) -> Result<(), Ended> {
        self.validate(&case.before)?;
        self.plan_unknown(&case.before).await?;
        let planned = self.plan("plan a create", None, &case.before).await?;
        self.begin(&planned.planned).await?;
        self.recover_before(&planned.planned).await?;
        let object = self.create(&planned, &case.before).await?;
        self.stabilise("stabilise after create", &object).await?;
        self.recover_after(&planned.planned, &object).await?;
        self.read("read after create", &object).await?;
        self.list("list after create", &object).await?;
        self.expect_no_change("plan again after create", &object, &case.before).await?;
        let object = match &case.after {
            Some(after) => self.change(object, after).await?,
            None => object,
        };
        self.delete(&object).await
    }

    fn report(&mut self, what: String) {
        self.found.push(Violation { place: format!("{}, {}", self.case, self.step), what });
    }

    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.report(what());
        }
    }

    /// Reports a breach of the contract.
    fn hold(&mut self, what: &str, kept: Result<(), Breach>) {
        if let Err(breach) = kept {
            self.report(format!("{what} {breach}"));
        }
    }

    /// Reports a failure, which ends the case.
    fn take<T>(&mut self, result: Result<T, ProviderError>) -> Result<T, Ended> {
        result.map_err(|error| {
            self.report(format!("failed: {error}"));
            Ended
        })
    }

    fn validate(&mut self, config: &Value) -> Result<(), Ended> {
        self.step = "validate";
        match self.ty.validate(config).into_iter().find(|e| !e.warning) {
            Some(error) => self.take(Err(error)),
            None => Ok(()),
        }
    }

    async fn ask(&mut self, prior: Option<&Object>, config: &Value) -> Result<PlannedChange, Ended> {
        let block = &self.ty.schema().block;
        let prior_value = prior.map(|o| &o.value);
        let proposed = propose(block, prior_value, config);
        let private = prior.and_then(|o| o.private.as_deref());
        let request = PlanRequest { prior: prior_value, config, proposed: &proposed, private };
        let answer = self.ty.plan(self.bench.call(), request).await;
        self.take(answer)
    }

    async fn plan(
        &mut self,
        step: &'static str,
        prior: Option<&Object>,
        config: &Value,
    ) -> Result<PlannedChange, Ended> {
        self.step = step;
        let planned = self.ask(prior, config).await?;
        let again = self.ask(prior, config).await?;
        self.expect(planned == again, || format!("the same request gave {planned:?}, then {again:?}"));
        let block = &self.ty.schema().block;
        let prior = prior.map(|o| &o.value);
        self.hold("of the plan", check_planned(block, prior, config, &planned.planned));
        Ok(planned)
    }

    /// Checks that every value that the configuration gives may as well be unknown.
    async fn plan_unknown(&mut self, config: &Value) -> Result<(), Ended> {
        let unknown = config.map_children(|v| if v.is_null() { v.clone() } else { Value::unknown(v.ty()) });
        self.validate(&unknown)?;
        self.plan("plan what is unknown", None, &unknown).await?;
        Ok(())
    }

    async fn expect_no_change(
        &mut self,
        step: &'static str,
        object: &Object,
        config: &Value,
    ) -> Result<(), Ended> {
        let planned = self.plan(step, Some(object), config).await?;
        self.hold("nothing changed, but in the plan", check_kept(&object.value, &planned.planned));
        let replaced = !planned.requires_replace.is_empty();
        self.expect(!replaced, || {
            format!("nothing changed, but {:?} demand replacement", planned.requires_replace)
        });
        Ok(())
    }

    fn check_made(&mut self, planned: &Value, object: &Object) {
        self.hold("of the object", check_object(&self.ty.schema().block, &object.value));
        self.hold("of the object", check_kept(planned, &object.value));
    }

    /// Gives the create to come a token of its own and the fence that it needs.
    async fn begin(&mut self, planned: &Value) -> Result<(), Ended> {
        self.step = "fence";
        let mut token = [0; 16];
        self.bench.around().random(&mut token);
        let fence = match self.ty.create_class() {
            CreateClass::Fence => self.ty.fence(self.bench.call(), planned).await,
            _ => Ok(Vec::new()),
        };
        self.attempt = Attempt { token: hex(&token), fence: self.take(fence)? };
        Ok(())
    }

    async fn create(&mut self, planned: &PlannedChange, config: &Value) -> Result<Object, Ended> {
        self.step = "create";
        let made = self.ty.create(self.bench.call_with(Some(&self.attempt)), &planned.planned, config).await;
        let object = self.take(made.map_err(|failed| failed.error))?;
        self.check_made(&planned.planned, &object);
        Ok(object)
    }

    /// An object that is usable becomes fully done, and may be asked for that again.
    async fn stabilise(&mut self, step: &'static str, object: &Object) -> Result<(), Ended> {
        self.step = step;
        if !self.ty.stabilises() {
            return Ok(());
        }
        let is_outside = self.ty.create_class() != CreateClass::StateOnly;
        self.expect(is_outside, || "there is nothing outside of the state that could settle".into());
        for _ in 0..2 {
            let answer = self.ty.stabilise(self.bench.call(), object).await;
            self.take(answer)?;
        }
        Ok(())
    }

    async fn read(&mut self, step: &'static str, object: &Object) -> Result<(), Ended> {
        self.step = step;
        let answer = self.ty.read(self.bench.call(), object).await;
        match self.take(answer)? {
            Some(read) => {
                self.hold("of what is read", check_kept(&object.value, &read.value));
            }
            None => self.report("the object is not found".into()),
        }
        Ok(())
    }

    /// A list holds what exists; one that tells everything tells what reading does.
    async fn list(&mut self, step: &'static str, object: &Object) -> Result<(), Ended> {
        if self.ty.lists() == Lists::Nothing {
            return Ok(());
        }
        self.step = step;
        let answer = list_all(self.ty, self.bench.call()).await;
        let listed = self.take(answer)?.unwrap_or_default();
        let id = self.ty.listed_as(object);
        let found = listed.into_iter().find(|(listed, _)| Some(&listed.id) == id.as_ref());
        match (found, self.ty.lists()) {
            (None, _) => self.report(format!("the object is not on the list as {id:?}")),
            (Some((_, None)), Lists::Whole) => self.report("the list is said to tell everything".into()),
            (Some((_, Some(listed))), Lists::Whole) => {
                let answer = self.ty.read(self.bench.call(), object).await;
                let read = self.take(answer)?;
                let same = read.as_ref() == Some(&self.ty.as_read(object, &listed));
                self.expect(same, || format!("reading gives {read:?}, the list {listed:?}"));
            }
            (Some(_), Lists::Identity | Lists::Nothing) => {}
        }
        Ok(())
    }

    async fn recover(&mut self, step: &'static str, planned: &Value) -> Result<Recovery, Ended> {
        self.step = step;
        let answer = self.ty.recover(self.bench.call_with(Some(&self.attempt)), planned).await;
        self.take(answer)
    }

    async fn recover_before(&mut self, planned: &Value) -> Result<(), Ended> {
        let answer = self.recover("recover before create", planned).await?;
        self.expect(answer == Recovery::Absent, || format!("nothing exists, but the answer is {answer:?}"));
        Ok(())
    }

    async fn recover_after(&mut self, planned: &Value, object: &Object) -> Result<(), Ended> {
        if self.ty.create_class() == CreateClass::StateOnly {
            return Ok(());
        }
        match self.recover("recover after create", planned).await? {
            Recovery::Exists(found) => {
                self.hold("of what is recovered", check_kept(&object.value, &found.value));
            }
            other => self.report(format!("the object exists, but the answer is {other:?}")),
        }
        Ok(())
    }

    /// Changes the object, in place or by replacement, and returns what exists then.
    async fn change(&mut self, object: Object, after: &Value) -> Result<Object, Ended> {
        self.validate(after)?;
        let planned = self.plan("plan a change", Some(&object), after).await?;
        self.check_replacement(&object.value, &planned);
        let changed = match planned.requires_replace.is_empty() {
            true => self.update(&object, &planned.planned, after).await?,
            false => {
                self.delete(&object).await?;
                let planned = self.plan("plan the replacement", None, after).await?;
                self.begin(&planned.planned).await?;
                self.create(&planned, after).await?
            }
        };
        self.stabilise("stabilise after the change", &changed).await?;
        self.read("read after the change", &changed).await?;
        self.expect_no_change("plan again after the change", &changed, after).await?;
        Ok(changed)
    }

    fn check_replacement(&mut self, before: &Value, planned: &PlannedChange) {
        for path in &planned.requires_replace {
            let leads = path.0.first().is_some_and(|step| matches!(step, PathStep::Attr(_)));
            let same = path.get(before).is_some_and(|v| path.get(&planned.planned) == Some(v));
            self.expect(leads && !same, || {
                format!("replacement is demanded for {path}, which does not change")
            });
        }
    }

    async fn update(&mut self, object: &Object, planned: &Value, config: &Value) -> Result<Object, Ended> {
        self.step = "update";
        let changed = self.ty.update(self.bench.call(), object, planned, config).await;
        let changed = self.take(changed.map_err(|failed| failed.error))?;
        self.check_made(planned, &changed);
        Ok(changed)
    }

    async fn delete(&mut self, object: &Object) -> Result<(), Ended> {
        for step in ["delete", "delete what is gone already"] {
            self.step = step;
            let answer = self.ty.delete(self.bench.call(), object).await;
            self.take(answer)?;
        }
        if self.ty.create_class() == CreateClass::StateOnly {
            return Ok(());
        }
        self.step = "read after delete";
        let answer = self.ty.read(self.bench.call(), object).await;
        let left = self.take(answer)?;
        self.expect(left.is_none(), || "the object is still found".into());
        Ok(())
    }
}

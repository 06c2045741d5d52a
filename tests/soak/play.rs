//! What happens in a run, in which order.

use std::collections::BTreeSet;

use model::InstanceAddr;
use model::address::Target;
use plan::Mode;
use provider::CreateClass;
use state::{LastWrite, ObjectStatus};

use crate::cloud::Mischief;
use crate::engine;
use crate::kind::{Form, Kind};
use crate::provider::cloud;
use crate::scenario::{Broken, Scenario, Went, Wish};
use crate::spec::{Part, Test};
use crate::val::{Ty, Val};

impl Scenario {
    /// From the first apply to the last destroy.
    pub(crate) async fn play(&mut self) -> Result<(), Broken> {
        self.tell("the first configuration");
        self.bring_up().await?;
        let rounds = self.dice.between(1, 3);
        for _ in 0..rounds {
            self.between().await?;
            self.tell("a changed configuration");
            self.count("changes");
            self.compose(|composer, spec| composer.change(spec));
            self.bring_up().await?;
        }
        self.between().await?;
        self.tear_down().await
    }

    /// Applies until everything is as configured: once with all that may go wrong, then plainly.
    async fn bring_up(&mut self) -> Result<(), Broken> {
        if self.dice.chance(15) {
            self.spoil().await?;
        }
        if self.dice.chance(45) {
            let wish = self.trouble();
            if self.apply(&wish).await? == Went::Well {
                return Ok(());
            }
        }
        self.plainly().await
    }

    /// Applies without any trouble. What may not be destroyed may be from then on, if the plan demands it.
    async fn plainly(&mut self) -> Result<(), Broken> {
        for _ in 0..2 {
            match self.apply(&Wish::default()).await? {
                Went::Well => return Ok(()),
                Went::Refused => self.unguard(),
                Went::Partly | Went::Died => break,
            }
        }
        Err(vec!["a plain apply does not come to its end".into()])
    }

    fn unguard(&mut self) {
        self.tell("nothing is guarded any more");
        for module in &mut self.spec.modules {
            for part in &mut module.parts {
                if let Part::Item(item) = part {
                    item.life.keep = false;
                }
            }
        }
    }

    /// What may go wrong in an apply.
    fn trouble(&mut self) -> Wish {
        let seed = self.dice.roll();
        let mut wish = Wish { mischief: Mischief { seed, ..Mischief::default() }, ..Wish::default() };
        match self.dice.below(4) {
            0 | 1 => {
                wish.mischief.percent = *self.dice.pick(&[5, 20, 50]);
                self.tell(format!("{} percent of the calls fail", wish.mischief.percent));
            }
            2 => {
                let death = (self.dice.between(1, 8), self.dice.chance(50));
                self.tell(format!("the program dies in effect {death:?}"));
                wish.mischief.death = Some(death);
            }
            _ => {
                let last = *self.dice.pick(&[LastWrite::Lost, LastWrite::Torn, LastWrite::Complete]);
                wish.write_death = Some((self.dice.between(1, 12), last));
                self.tell(format!("the program dies at write {:?}", wish.write_death));
            }
        }
        wish
    }

    /// What happens beside changes of the configuration.
    async fn between(&mut self) -> Result<(), Broken> {
        let count = self.dice.weighted(&[40, 40, 20]);
        for _ in 0..count {
            match self.dice.below(6) {
                0 => self.drift().await?,
                1 => self.taint().await?,
                2 => self.replace().await?,
                3 => self.target().await?,
                4 => self.refresh_only().await?,
                _ => {
                    cloud(&self.shared).epoch += 1;
                    self.tell("the world outside has changed");
                }
            }
            self.plainly().await?;
        }
        Ok(())
    }

    /// A condition that does not hold, which is taken back again.
    async fn spoil(&mut self) -> Result<(), Broken> {
        let mut spoilt = self.spec.clone();
        let mut items: Vec<&mut crate::spec::Item> = spoilt
            .modules
            .iter_mut()
            .flat_map(|m| &mut m.parts)
            .filter_map(|p| if let Part::Item(item) = p { Some(item) } else { None })
            .collect();
        if items.is_empty() {
            return Ok(());
        }
        let at = self.dice.below(items.len());
        let item = &mut items[at];
        match self.dice.below(3) {
            0 => item.life.before = Some(Test::Fails),
            1 if !item.data => item.life.after = Some(Test::FailsLater),
            _ if !item.data => item.life.after = Some(Test::Fails),
            _ => item.life.before = Some(Test::Fails),
        }
        let what = format!("a condition of {} does not hold", item.name);
        self.tell(what);
        self.count("broken conditions");
        let good = std::mem::replace(&mut self.spec, spoilt);
        let went = self.apply(&Wish::default()).await;
        self.spec = good;
        went.map(|_| ())
    }

    async fn snapshot(&self) -> Result<state::StateSnapshot, Broken> {
        let read = engine::read(&self.backend).await.map_err(|e| vec![e.to_string()])?;
        Ok(read.unwrap_or_default())
    }

    async fn managed(&self) -> Result<Vec<InstanceAddr>, Broken> {
        let snapshot = self.snapshot().await?;
        let managed = snapshot.instances.iter().filter(|(addr, state)| {
            addr.resource.mode == model::ResourceMode::Managed && state.current.is_some()
        });
        Ok(managed.map(|(addr, _)| addr.clone()).collect())
    }

    /// Somebody changes or removes an object by hand.
    async fn drift(&mut self) -> Result<(), Broken> {
        let ids: Vec<String> = {
            let cloud = cloud(&self.shared);
            cloud.things.keys().filter(|id| !self.abandoned.contains(*id)).cloned().collect()
        };
        let Some(id) = self.dice.maybe(&ids).cloned() else { return Ok(()) };
        self.count("drifts");
        if self.dice.chance(40) {
            self.tell(format!("{id} is removed from outside"));
            cloud(&self.shared).things.remove(&id);
            self.vanished.insert(id);
            return Ok(());
        }
        let (kinds, mut dice) = (self.kinds.clone(), self.dice.clone());
        if let Some(thing) = cloud(&self.shared).things.get_mut(&id) {
            let changed = twisted(&kinds[thing.kind], &thing.val, &mut dice);
            thing.val = changed;
        }
        self.dice = dice;
        self.tell(format!("{id} is changed from outside"));
        self.drifted.insert(id);
        Ok(())
    }

    async fn taint(&mut self) -> Result<(), Broken> {
        let Some(addr) = self.dice.maybe(&self.managed().await?).cloned() else { return Ok(()) };
        self.tell(format!("{addr} is tainted"));
        self.count("taints");
        let broken = |e: state::StateError| vec![e.to_string()];
        let session =
            engine::lock(&self.backend, u64::MAX - self.dice.roll() % 1000).await.map_err(broken)?;
        let state = session.with_snapshot(|s| s.instances.get(&addr).cloned());
        if let Some((state, object)) = state.and_then(|s| Some((s.clone(), s.current?))) {
            let object = state::InstanceObject { status: ObjectStatus::Tainted, ..(*object).clone() };
            let change = state::Change::Current {
                address: addr,
                provider: state.provider,
                object: Some(object.into()),
            };
            session.record(None, &[change]).map_err(broken)?;
        }
        session.close().await.map_err(broken)?;
        Ok(())
    }

    async fn replace(&mut self) -> Result<(), Broken> {
        let Some(addr) = self.dice.maybe(&self.managed().await?).cloned() else { return Ok(()) };
        self.tell(format!("{addr} is to be replaced"));
        self.count("replacements asked for");
        self.apply(&Wish { replace: BTreeSet::from([addr]), ..Wish::default() }).await.map(|_| ())
    }

    /// A plan limited to a part, after a change; the rest follows later.
    async fn target(&mut self) -> Result<(), Broken> {
        let Some(addr) = self.dice.maybe(&self.managed().await?).cloned() else { return Ok(()) };
        self.count("targets");
        if self.dice.chance(60) {
            self.compose(|composer, spec| composer.change(spec));
        }
        let target = match self.dice.below(3) {
            0 if !addr.module.is_root() => Target::Module(addr.module.clone()),
            1 => Target::Resource(addr.whole()),
            _ => Target::Resource(addr),
        };
        self.tell(format!("limited to {target:?}"));
        // Moves outside the targets and guards are refused; what matters is that nothing is lost.
        let wish = Wish { targets: vec![target], ..Wish::default() };
        self.apply(&wish).await.map(|_| ())
    }

    async fn refresh_only(&mut self) -> Result<(), Broken> {
        if self.dice.chance(70) {
            self.drift().await?;
        }
        self.tell("only what reading finds is recorded");
        self.count("refreshes");
        let wish = Wish { mode: Mode::RefreshOnly, ..Wish::default() };
        self.apply(&wish).await?;
        self.drifted.clear();
        Ok(())
    }

    /// Destroys everything, perhaps with trouble on the way.
    async fn tear_down(&mut self) -> Result<(), Broken> {
        self.tell("the end");
        self.count("destroys");
        if self.spec.items().any(|(_, item)| item.life.keep) {
            let went = self.apply(&Wish { mode: Mode::Destroy, ..Wish::default() }).await?;
            if went == Went::Refused {
                self.unguard();
            }
        }
        if self.dice.chance(40) {
            let trouble = self.trouble();
            self.apply(&Wish { mode: Mode::Destroy, ..trouble }).await?;
        }
        let went = self.apply(&Wish { mode: Mode::Destroy, ..Wish::default() }).await?;
        let snapshot = self.snapshot().await?;
        let left: Vec<String> = {
            let cloud = cloud(&self.shared);
            cloud.things.keys().filter(|id| !self.abandoned.contains(*id)).cloned().collect()
        };
        let mut wrong = Vec::new();
        if went != Went::Well {
            wrong.push("destroying does not come to its end".to_owned());
        }
        if !snapshot.instances.is_empty() || !snapshot.outputs.is_empty() {
            let left = snapshot.instances.keys().map(|a| a.to_string()).collect::<Vec<_>>().join(", ");
            wrong.push(format!("after destroying something is still recorded: {left}"));
        }
        if !left.is_empty() {
            wrong.push(format!("after destroying there are still {left:?}"));
        }
        self.fail_on(wrong)
    }
}

/// The object with one attribute changed.
fn twisted(kind: &Kind, val: &Val, dice: &mut crate::dice::Dice) -> Val {
    let plain = kind.shape.attrs.iter().filter(|a| {
        a.name != "id" && !a.write_only && !a.sensitive && matches!(a.form, Form::Plain(Ty::Str | Ty::Num))
    });
    let names: Vec<(&String, bool)> =
        plain.map(|a| (&a.name, matches!(a.form, Form::Plain(Ty::Num)))).collect();
    match dice.maybe(&names) {
        Some((name, true)) => val.with(name, Val::Num(77)),
        Some((name, false)) => val.with(name, Val::text("twisted")),
        None => val.clone(),
    }
}

impl Kind {
    /// Whether objects of the type exist outside the state.
    pub fn is_outside(&self) -> bool {
        self.class != CreateClass::StateOnly
    }
}

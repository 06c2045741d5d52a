//! Whole lives of stacks: made, changed, failing, dying, meddled with, destroyed.

use plan::Mode;
use provider_sim::{Cloud, Settings};
use soak::dice::Dice;
use soak::engine::Project;

use crate::matrix::Failure;
use crate::program::{End, Task, World, run as run_program};
use crate::stack::{Wanted, project, with};
use crate::{Counts, checks, together};

/// Lives one seed from beginning to end.
pub fn run(seed: u64, counts: &mut Counts) -> Result<(), Failure> {
    let wanted = Wanted { counts: [1, 1, 1, 1, 1, 1, 1], size: 1, zone: "a" };
    let fail = |wrong| Failure { seed, moment: 0, wrong };
    let mut project = project(&wanted).map_err(|diags| fail(vec![soak::engine::told(&diags)]))?;
    run_in(&mut project, seed, counts)
}

/// The same with a configuration that is loaded already.
pub fn run_in(project: &mut Project, seed: u64, counts: &mut Counts) -> Result<(), Failure> {
    let mut dice = Dice::new(seed ^ 0x11fe);
    let settings = Settings { seed, ..weather(&mut dice) };
    let wanted = wanted(&mut dice);
    let world = Some(World::new(Cloud::new(settings.clone())));
    let mut life = Life { dice, project, world, settings, wanted, counts };
    life.live().map_err(|wrong| Failure { seed, moment: 0, wrong })
}

struct Life<'l> {
    dice: Dice,
    project: &'l mut Project,
    world: Option<World>,
    settings: Settings,
    wanted: Wanted,
    counts: &'l mut Counts,
}

type Lived<T> = Result<T, Vec<String>>;

impl Life<'_> {
    fn count(&mut self, what: &'static str, n: u64) {
        *self.counts.entry(what).or_default() += n;
    }

    fn live(&mut self) -> Lived<()> {
        self.count("lives", 1);
        let years = self.dice.between(1, 4);
        for year in 0..years {
            if year > 0 {
                self.between();
            }
            self.bring_about(Mode::Normal)?;
        }
        self.between();
        self.count("destroys", 1);
        self.bring_about(Mode::Destroy)
    }

    /// What happens to the stack without its program.
    fn between(&mut self) {
        if self.dice.chance(60) {
            self.count("changes", 1);
            self.wanted = wanted(&mut self.dice);
        }
        if self.dice.chance(50) {
            self.count("drifts", 1);
            let times = self.dice.between(1, 3);
            if let Some(world) = &mut self.world {
                (0..times).for_each(|_| world.cloud.meddle(world.now_ms));
            }
        }
        if let Some(world) = &mut self.world {
            world.now_ms += 1_000_000;
        }
    }

    /// With all that may go wrong, then plainly.
    fn bring_about(&mut self, mode: Mode) -> Lived<()> {
        with(self.project, &self.wanted);
        let troubles = self.dice.weighted(&[30, 40, 20, 10]);
        for _ in 0..troubles {
            self.trouble(mode)?;
        }
        self.settle(calm(&self.settings));
        // What people did by hand last is seen by now.
        if let Some(world) = &mut self.world {
            world.now_ms += 10_000;
        }
        let (end, mut world) = self.program(mode, None)?;
        let wrong = match (&end, mode) {
            (End::Died, _) => vec!["it died by itself".to_owned()],
            (End::Refused(why), _) => vec![why.clone()],
            (End::Done(_, diags), _) if diags.has_errors() => vec![soak::engine::told(diags)],
            (End::Done(snapshot, _), Mode::Destroy) => checks::nothing_is_left(&mut world, snapshot),
            (End::Done(snapshot, _), _) => checks::is_as_wanted(&mut world, snapshot, &self.wanted),
        };
        self.world = Some(world);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    fn settle(&mut self, settings: Settings) {
        if let Some(world) = &mut self.world {
            world.cloud.settings = settings;
        }
    }

    /// A program that fails or dies, sometimes at the same time as another, or that meets one that is not done.
    fn trouble(&mut self, mode: Mode) -> Lived<()> {
        let settings = self.settings.clone();
        self.settle(settings);
        let (ends, mut world) = if self.dice.chance(25) { self.two(mode)? } else { self.one(mode)? };
        let mut last = None;
        for end in ends {
            let what = match &end {
                End::Died => "deaths",
                End::Refused(_) => "refusals",
                End::Done(_, diags) if diags.has_errors() => "partial failures",
                End::Done(..) => "applies",
            };
            self.count(what, 1);
            last = Some(end);
        }
        if let Some(End::Done(snapshot, _)) = last {
            let wrong = checks::nothing_is_lost(&mut world, &snapshot);
            // What nobody can tell yet stays open, and is not lost by that.
            let is_open = world.disk.journal().is_some();
            if !wrong.is_empty() && !is_open && self.settings.people == 0.0 {
                return Err(wrong);
            }
        }
        self.world = Some(world);
        if self.dice.chance(20) {
            self.beside_another(mode)?;
        }
        Ok(())
    }

    fn death(&mut self) -> Option<u64> {
        self.dice.chance(60).then(|| self.dice.between(1, 120) as u64)
    }

    fn one(&mut self, mode: Mode) -> Lived<(Vec<End>, World)> {
        let death = self.death();
        let (end, world) = self.program(mode, death)?;
        Ok((vec![end], world))
    }

    /// Two people at once, of whom the other one may want everything gone.
    fn two(&mut self, mode: Mode) -> Lived<(Vec<End>, World)> {
        let death = [self.death(), self.death()];
        let others = if self.dice.chance(20) { Mode::Destroy } else { mode };
        let tasks = [self.task(mode, death[0]), self.task(others, death[1])];
        let world = self.world.take().ok_or_else(|| vec!["there is no world any more".to_owned()])?;
        let both = together::run(world, self.project, tasks).map_err(|why| vec![why])?;
        self.count("programs", 2);
        self.count("two at once", 1);
        self.count("steps", both.come);
        match both.ends.iter().find(|end| matches!(end, End::Refused(why) if why.contains("never gave"))) {
            Some(End::Refused(why)) => Err(vec![why.clone()]),
            _ => Ok((both.ends, both.world)),
        }
    }

    /// Somebody else has the lock: the program does nothing, and says so.
    fn beside_another(&mut self, mode: Mode) -> Lived<()> {
        let task = self.task(mode, None);
        let Some(world) = &self.world else { return Ok(()) };
        let other = world.disk.held_by("somebody else");
        let (journal, document) = (world.disk.journal(), world.disk.document());
        let held = World { disk: other, ..world.fork() };
        let ended = run_program(held, self.project, task).map_err(|why| vec![why])?;
        self.count("refused locks", 1);
        match ended.end {
            End::Refused(why) if why.contains("locked by somebody else") => {}
            other => return Err(vec![format!("beside another program: {other:?}")]),
        }
        let same = ended.world.disk.journal() == journal && ended.world.disk.document() == document;
        if same { Ok(()) } else { Err(vec!["what another program holds was changed".into()]) }
    }

    fn task(&mut self, mode: Mode, death: Option<u64>) -> Task {
        let parallelism = *self.dice.pick(&[1, 3, 10]);
        Task { mode, seed: self.dice.roll(), death, parallelism, records: false }
    }

    fn program(&mut self, mode: Mode, death: Option<u64>) -> Lived<(End, World)> {
        let task = self.task(mode, death);
        let world = self.world.take().ok_or_else(|| vec!["there is no world any more".to_owned()])?;
        let ended = run_program(world, self.project, task).map_err(|why| vec![why])?;
        self.count("programs", 1);
        self.count("steps", ended.come);
        Ok((ended.end, ended.world))
    }
}

fn wanted(dice: &mut Dice) -> Wanted {
    let counts =
        [(1, 2), (0, 2), (0, 3), (0, 3), (0, 2), (0, 2), (1, 2)].map(|(low, high)| dice.between(low, high));
    Wanted { counts, size: dice.between(1, 3) as u64, zone: ["a", "b"][dice.below(2)] }
}

/// How the cloud behaves in a life.
fn weather(dice: &mut Dice) -> Settings {
    Settings {
        seed: 0,
        time_scale: *dice.pick(&[0.0, 0.01]),
        latency_ms: *dice.pick(&[0.0, 20.0]),
        consistency_ms: *dice.pick(&[0, 0, 1_000]),
        rate: *dice.pick(&[0.0, 0.0, 20.0]),
        burst: 10.0,
        unavailable: *dice.pick(&[0.0, 0.02]),
        lost: *dice.pick(&[0.0, 0.05]),
        half_made: *dice.pick(&[0.0, 0.1]),
        repeated: *dice.pick(&[0.0, 0.2]),
        lingering: *dice.pick(&[0.0, 0.5]),
        people: *dice.pick(&[0.0, 0.0, 0.01]),
        ..Settings::default()
    }
}

fn calm(weather: &Settings) -> Settings {
    Settings { unavailable: 0.0, lost: 0.0, half_made: 0.0, people: 0.0, rate: 0.0, ..weather.clone() }
}

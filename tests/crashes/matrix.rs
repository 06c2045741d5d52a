//! The crash matrix: a run over sixty resources, and from each of its moments another program that goes on.

use plan::Mode;
use provider_sim::{Cloud, Settings};
use soak::dice::Dice;
use soak::engine::Project;

use crate::program::{End, Ended, Task, World, run as run_program};
use crate::stack::{CHANGED, SIXTY, Wanted, project, with};
use crate::{Counts, checks};

/// What a run does whose moments are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chapter {
    /// Sixty resources are made.
    Making,
    /// They are changed: updated, replaced in both orders, some deleted, some added.
    Changing,
    /// They are destroyed.
    Destroying,
}

/// A world from which no program found back.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What repeats it.
    pub seed: u64,
    /// The moment of the first death.
    pub moment: usize,
    /// What is wrong.
    pub wrong: Vec<String>,
}

/// How deep crashes go: the first program's, the one that goes on, and one more.
const DEPTH: usize = 3;

/// Plays one seed: the run, then every `stride`th of its moments (all for 1). Counts what was done.
pub fn run(seed: u64, stride: usize, counts: &mut Counts) -> Result<(), Failure> {
    let at = |moment: usize| move |wrong: Vec<String>| Failure { seed, moment, wrong };
    let mut matrix = Matrix::new(seed).map_err(|why| at(0)(vec![why]))?;
    let recorded = matrix.record(counts).map_err(at(0))?;
    let offset = seed as usize % stride;
    for (moment, world) in recorded.iter().enumerate().skip(offset).step_by(stride) {
        matrix.go_on(world.fork(), moment, counts).map_err(at(moment + 1))?;
    }
    Ok(())
}

/// Plays one moment of a seed alone.
pub fn replay(seed: u64, moment: usize) -> Result<(), Failure> {
    let at = |wrong: Vec<String>| Failure { seed, moment, wrong };
    let mut matrix = Matrix::new(seed).map_err(|why| at(vec![why]))?;
    let mut counts = Counts::new();
    let recorded = matrix.record(&mut counts).map_err(at)?;
    match recorded.get(moment.saturating_sub(1)) {
        Some(world) => matrix.go_on(world.fork(), moment - 1, &mut counts).map_err(at),
        None => Ok(()),
    }
}

struct Matrix {
    seed: u64,
    chapter: Chapter,
    project: Project,
    faults: Settings,
    parallelism: usize,
    /// How many moments the recorded run had.
    moments: usize,
}

impl Matrix {
    fn new(seed: u64) -> Result<Matrix, String> {
        let mut dice = Dice::new(seed);
        let chapter = [Chapter::Making, Chapter::Changing, Chapter::Destroying][seed as usize % 3];
        let faults = faults(&mut dice);
        let parallelism = *dice.pick(&[1, 4, 10]);
        let project = project(&SIXTY).map_err(|diags| soak::engine::told(&diags))?;
        Ok(Matrix { seed, chapter, project, faults, parallelism, moments: 0 })
    }

    fn wanted(&self) -> &'static Wanted {
        if self.chapter == Chapter::Changing { &CHANGED } else { &SIXTY }
    }

    fn task(&self, seed: u64, death: Option<u64>) -> Task {
        let mode = if self.chapter == Chapter::Destroying { Mode::Destroy } else { Mode::Normal };
        Task { mode, seed, death, parallelism: self.parallelism, records: false }
    }

    /// The worlds at each moment of the run.
    fn record(&mut self, counts: &mut Counts) -> Result<Vec<World>, Vec<String>> {
        let mut world = World::new(Cloud::new(Settings { seed: self.seed, ..calm(&self.faults) }));
        if self.chapter != Chapter::Making {
            let task = Task { mode: Mode::Normal, ..self.task(self.seed, None) };
            let made = run_program(world, &self.project, task).map_err(one)?;
            world = done(made, &mut |world, snapshot| checks::is_as_wanted(world, snapshot, &SIXTY))?;
        }
        let wanted = self.wanted();
        with(&mut self.project, wanted);
        world.cloud.settings = Settings { seed: self.seed, ..self.faults.clone() };
        let task = Task { records: true, ..self.task(self.seed ^ 1, None) };
        let ended = run_program(world, &self.project, task).map_err(one)?;
        self.moments = ended.moments.len();
        *counts.entry("runs recorded").or_default() += 1;
        *counts.entry("moments recorded").or_default() += self.moments as u64;
        Ok(ended.moments)
    }

    /// Goes on from a world in which a program died: with further deaths, then plainly, then once more to see that nothing
    /// is left to do, or that nothing is left.
    fn go_on(&self, mut world: World, moment: usize, counts: &mut Counts) -> Result<(), Vec<String>> {
        let mut dice = Dice::new(self.seed.wrapping_mul(1_000_003) ^ moment as u64);
        *counts.entry("crash points").or_default() += 1;
        let deaths = dice.weighted(&[50, 30, 20]).min(DEPTH - 1);
        for _ in 0..deaths {
            // Often early, where recovery is.
            let bound = if dice.chance(50) { 40 } else { self.moments };
            let death = dice.between(1, bound) as u64;
            let ended =
                run_program(world, &self.project, self.task(dice.roll(), Some(death))).map_err(one)?;
            if matches!(ended.end, End::Died) {
                *counts.entry("crash points").or_default() += 1;
                *counts.entry("crash points in later programs").or_default() += 1;
            }
            *counts.entry("moments in all").or_default() += ended.come;
            world = ended.world;
        }
        world.cloud.settings = calm(&self.faults);
        let ended = run_program(world, &self.project, self.task(dice.roll(), None)).map_err(one)?;
        *counts.entry("moments in all").or_default() += ended.come;
        let is_destroyed = self.chapter == Chapter::Destroying;
        let world = done(ended, &mut |world, snapshot| match is_destroyed {
            true => checks::nothing_is_left(world, snapshot),
            false => checks::is_as_wanted(world, snapshot, self.wanted()),
        })?;
        if !is_destroyed && moment % 10 == self.seed as usize % 10 {
            *counts.entry("destroyed afterwards").or_default() += 1;
            let task = Task { mode: Mode::Destroy, ..self.task(dice.roll(), None) };
            let ended = run_program(world, &self.project, task).map_err(one)?;
            done(ended, &mut checks::nothing_is_left)?;
        }
        Ok(())
    }
}

fn one(why: String) -> Vec<String> {
    vec![why]
}

/// The world after a program that has to come to its end without any error.
fn done(
    ended: Ended,
    check: &mut dyn FnMut(&mut World, &state::StateSnapshot) -> Vec<String>,
) -> Result<World, Vec<String>> {
    let mut world = ended.world;
    let wrong = match &ended.end {
        End::Died => vec!["it died by itself".to_owned()],
        End::Refused(why) => vec![why.clone()],
        End::Done(_, diags) if diags.has_errors() => vec![soak::engine::told(diags)],
        End::Done(snapshot, _) => check(&mut world, snapshot),
    };
    if wrong.is_empty() { Ok(world) } else { Err(wrong) }
}

/// How the cloud behaves while programs die.
fn faults(dice: &mut Dice) -> Settings {
    Settings {
        seed: 0,
        time_scale: *dice.pick(&[0.0, 0.01]),
        latency_ms: *dice.pick(&[0.0, 50.0]),
        consistency_ms: *dice.pick(&[0, 0, 2_000]),
        unavailable: *dice.pick(&[0.0, 0.02]),
        lost: *dice.pick(&[0.0, 0.0, 0.05]),
        half_made: *dice.pick(&[0.0, 0.1]),
        repeated: *dice.pick(&[0.0, 0.3]),
        lingering: *dice.pick(&[0.0, 0.3, 1.0]),
        ..Settings::default()
    }
}

/// The same cloud on a good day: as slow and as forgetful, without mishaps.
fn calm(faults: &Settings) -> Settings {
    Settings { unavailable: 0.0, lost: 0.0, half_made: 0.0, people: 0.0, rate: 0.0, ..faults.clone() }
}

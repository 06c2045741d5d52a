//! Two people at once: two programs over one world, whose moments come in one seeded order. Whoever finds the state locked
//! tries again; the lock of one that dies is the other's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use provider_sim::{Clock, InMemory};
use soak::engine::Project;
use state::Backend;

use crate::director::Director;
use crate::program::{End, Program, Task, World, lock_id, locked, runtime};

/// How long one waits before it asks for the lock again, and how often it does at most.
const PAUSE: Duration = Duration::from_millis(100);
const TRIES: usize = 40_000;

/// What came of both.
pub struct Both {
    /// How they ended, in that order.
    pub ends: Vec<End>,
    /// The world after both.
    pub world: World,
    /// How many moments there were.
    pub come: u64,
}

/// Runs two programs over a world at the same time.
pub fn run(world: World, project: &Project, tasks: [Task; 2]) -> Result<Both, String> {
    let runtime = runtime()?;
    let World { cloud, disk, now_ms, replacing } = world;
    let (replacing, ends) = (Mutex::new(replacing), Mutex::new(Vec::new()));
    let api = InMemory::new(cloud, Clock::at(now_ms));
    let directors = tasks.map(|task| Arc::new(Director::beside_another(task.seed, task.death)));
    runtime.block_on(async {
        let person = |of: usize| {
            let (api, director) = (api.clone().watched(directors[of].clone()), &directors[of]);
            let (disk, replacing, ends, task) = (&disk, &replacing, &ends, tasks[of]);
            async move {
                let program = Program { project, api: &api, disk, director, replacing, task };
                let end = until_unlocked(&program).await;
                locked(ends).push(end);
            }
        };
        tokio::join!(person(0), person(1));
    });
    drop(runtime);
    let come = directors.iter().map(|director| director.come()).sum();
    let cloud = api.cloud().clone();
    let replacing = std::mem::take(&mut *locked(&replacing));
    let world = World { now_ms: cloud.latest_ms(), cloud, disk: disk.reopened(), replacing };
    let ends = std::mem::take(&mut *locked(&ends));
    Ok(Both { ends, world, come })
}

/// Runs a program again as long as another has the lock.
async fn until_unlocked(program: &Program<'_>) -> End {
    for _ in 1..TRIES {
        match program.director.run(program.run()).await {
            Some(End::Refused(why)) if why.contains("locked by") => tokio::time::sleep(PAUSE).await,
            Some(end) => return end,
            None => {
                // Fails where the other one has the lock.
                let _freed = program.disk.force_unlock(&lock_id(program.task)).await;
                return End::Died;
            }
        }
    }
    End::Refused("the other program never gave the lock back".into())
}

//! The outside world of tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use model::{InstanceAddr, InstanceKey, ModuleAddr, ResourceAddr};

use crate::{Attempt, Call, Cancel, Client, Ownership, Progress, ProviderError, Surroundings, Warnings};

/// Everything that a [`Call`] needs, with fixed values.
pub struct Bench {
    /// What the provider's `configure` made.
    pub client: Client,
    /// The instance concerned.
    pub address: InstanceAddr,
    /// The marks that new objects get.
    pub ownership: Option<Ownership>,
    /// Whether to stop.
    pub cancel: Cancel,
    around: Arc<Around>,
    reports: Reports,
    warnings: Warnings,
}

struct Around {
    seed: AtomicU64,
    dir: PathBuf,
    variables: BTreeMap<String, String>,
}

#[derive(Default)]
struct Reports(Mutex<Vec<String>>);

impl Bench {
    /// A bench whose relative paths start at a directory.
    pub fn new(dir: impl AsRef<Path>) -> Bench {
        Bench::with_env(dir, [])
    }

    /// The same with variables in the environment.
    pub fn with_env<'a>(
        dir: impl AsRef<Path>,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Bench {
        let variables = variables.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let around = Around { seed: AtomicU64::new(1), dir: dir.as_ref().to_owned(), variables };
        Bench {
            client: Arc::new(()),
            address: ResourceAddr::managed("test", "bench").instance(&ModuleAddr::root(), InstanceKey::None),
            ownership: None,
            cancel: Cancel::new(),
            around: Arc::new(around),
            reports: Reports::default(),
            warnings: Warnings::default(),
        }
    }

    /// The outside world alone, as `configure` takes it.
    pub fn around(&self) -> Arc<dyn Surroundings> {
        self.around.clone()
    }

    /// What accompanies the next call.
    pub fn call(&self) -> Call<'_> {
        self.call_with(None)
    }

    /// The same for a create, or the search for it.
    pub fn call_with<'a>(&'a self, attempt: Option<&'a Attempt>) -> Call<'a> {
        Call {
            client: &self.client,
            address: &self.address,
            ownership: self.ownership.as_ref(),
            known: &[],
            attempt,
            around: &*self.around,
            progress: &self.reports,
            warnings: &self.warnings,
            cancel: &self.cancel,
        }
    }

    /// Takes what was warned about so far.
    pub fn take_warnings(&self) -> Vec<ProviderError> {
        self.warnings.take().into_iter().map(|(_, warning)| warning).collect()
    }

    /// What was reported as progress so far.
    pub fn reports(&self) -> Vec<String> {
        self.reports.0.lock().map(|r| r.clone()).unwrap_or_default()
    }
}

impl Surroundings for Around {
    fn now_ns(&self) -> i128 {
        1_700_000_000_000_000_000
    }

    /// Numbers that look random and are the same in every run.
    fn random(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let state = self.seed.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            chunk.copy_from_slice(&scramble(state).to_le_bytes()[..chunk.len()]);
        }
    }

    fn current_dir(&self) -> PathBuf {
        self.dir.clone()
    }

    fn env(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

impl Progress for Reports {
    fn report(&self, message: &str) {
        if let Ok(mut reports) = self.0.lock() {
            reports.push(message.into());
        }
    }
}

/// Mixes the bits of a number so that neighbours have nothing in common.
fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

//! How the cloud behaves: its faults, its delays, its limits.

/// How a simulated cloud behaves. By default it is quick and without fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// What the published durations are multiplied with: 0 for none, 1 for a cloud as slow as a real one.
    pub time_scale: f64,
    /// How far a duration may be from the published one, as a part of that: half of it more or less for 1, none for 0.
    pub spread: f64,
    /// How long a request takes in the middle, in ms; spread widely around it.
    pub latency_ms: f64,
    /// How long reads and lists may miss what was written, in ms.
    pub consistency_ms: u64,
    /// Requests a second that each kind takes; 0 for any number.
    pub rate: f64,
    /// Requests that are taken at once after a rest.
    pub burst: f64,
    /// Requests a second that each kind takes by the cloud's documentation; 0 where that says what is true.
    pub documented_rate: f64,
    /// How many objects of a kind there may be; 0 for any number.
    pub quota: usize,
    /// The chance that a request fails in passing, without effect.
    pub unavailable: f64,
    /// The chance that an answer is lost, in half of the cases before the request took effect.
    pub lost: f64,
    /// The chance that an object that takes its time is left half-made.
    pub half_made: f64,
    /// The chance that a list names an object twice.
    pub repeated: f64,
    /// The chance that a load balancer outlives its service.
    pub lingering: f64,
    /// The chance, with each request, that somebody changes or removes an object by hand.
    pub people: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            seed: 0,
            time_scale: 0.0,
            spread: 1.0,
            latency_ms: 0.0,
            consistency_ms: 0,
            rate: 0.0,
            burst: 20.0,
            documented_rate: 0.0,
            quota: 0,
            unavailable: 0.0,
            lost: 0.0,
            half_made: 0.0,
            repeated: 0.0,
            lingering: 0.0,
            people: 0.0,
        }
    }
}

impl Settings {
    /// A published duration, in ms of this cloud.
    pub fn scaled(&self, ms: u64) -> u64 {
        (ms as f64 * self.time_scale) as u64
    }
}

//! What runs cost in calls and in time.

use model::address::Target;
use plan::{Action, Mode, Options};
use provider_sim::{Body, Entry, Refusal, Request, Settings};

use crate::waits::{Site, makespan};

/// Buckets, which lists tell wholly.
fn buckets(count: usize) -> String {
    format!(
        "resource \"stackwright_sim_bucket\" \"b\" {{\n  count = {count}\n  name = \"b-${{count.index}}\"\n}}\n"
    )
}

fn lists(log: &[Entry]) -> usize {
    log.iter().filter(|e| matches!(e.request, Request::List { .. })).count()
}

/// What somebody changes by hand: the first bucket grows, the second goes.
fn meddle(site: &Site) {
    let now_ms = site.api.clock().now_ms();
    let mut cloud = site.api.cloud();
    let ids: Vec<(String, Body)> =
        cloud.existing(now_ms).iter().map(|i| (i.id.clone(), i.body.clone())).collect();
    let [(grows, body), (goes, _), ..] = &ids[..] else { panic!("nothing is there") };
    let body = Body { size: 7, ..body.clone() };
    assert!(cloud.answer(&Request::Update { id: grows.clone(), body }, now_ms).is_ok());
    assert!(cloud.answer(&Request::Delete { id: goes.clone() }, now_ms).is_ok());
}

fn drifted(plan: &plan::Plan) -> Vec<Action> {
    let mut actions: Vec<Action> = plan.drift.iter().map(|c| c.action).collect();
    actions.sort_by_key(|a| *a == Action::Delete);
    actions
}

#[tokio::test(start_paused = true)]
async fn thousands_of_objects_are_read_by_a_hundredth_of_the_calls_and_drift_is_found() {
    let mut site = Site::new(&buckets(2_000), Settings::default()).unwrap();
    site.apply(Mode::Normal, 64).await.unwrap();
    let logged = site.logged();
    let plan = site.plan(Mode::Normal).await.unwrap();
    let log = site.since(logged);
    assert!(log.len() <= 40 && lists(&log) == log.len(), "{}", log.len());
    assert_eq!((plan.lists.len(), plan.lists[0].objects, plan.lists[0].calls), (1, 2_000, log.len()));
    assert_eq!(drifted(&plan), []);
    meddle(&site);
    let logged = site.logged();
    let plan = site.plan(Mode::Normal).await.unwrap();
    assert_eq!(drifted(&plan), [Action::Update, Action::Delete]);
    assert_eq!(plan.lists[0].singly, 1, "that it is gone is asked once more");
    assert!(site.since(logged).len() <= 40);
}

/// A plan that is limited to what is named.
fn only(target: &str) -> Options {
    let target: Target = target.parse().unwrap();
    Options { targets: vec![target], ..Options::default() }
}

#[tokio::test(start_paused = true)]
async fn targets_are_read_by_a_list_where_they_are_most_of_what_it_shows() {
    let text = buckets(1_000) + &buckets(10).replace("\"b\"", "\"few\"").replace("b-", "few-");
    let mut site = Site::new(&text, Settings::default()).unwrap();
    site.apply(Mode::Normal, 64).await.unwrap();
    let logged = site.logged();
    let plan = site.plan_with(only("stackwright_sim_bucket.b")).await.unwrap();
    assert_eq!(plan.lists.first().map(|l| l.objects), Some(1_000));
    assert!(site.since(logged).len() <= 25, "{}", site.since(logged).len());
    let logged = site.logged();
    site.plan_with(only("stackwright_sim_bucket.few")).await.unwrap();
    let log = site.since(logged);
    assert!(lists(&log) == 1 && log.len() <= 11, "{} {}", lists(&log), log.len());
}

#[tokio::test(start_paused = true)]
async fn where_lists_give_identities_alone_settings_are_still_read() {
    let text = buckets(20).replace("bucket", "server");
    let mut site = Site::new(&text, Settings::default()).unwrap();
    site.apply(Mode::Normal, 10).await.unwrap();
    meddle(&site);
    let logged = site.logged();
    let plan = site.plan(Mode::Normal).await.unwrap();
    assert_eq!((drifted(&plan), plan.lists.len()), (vec![Action::Update, Action::Delete], 0));
    assert_eq!(lists(&site.since(logged)), 0, "they would save no call");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_lags_behind_makes_nothing_disappear() {
    let settings = Settings { consistency_ms: 60_000, seed: 5, ..Settings::default() };
    let mut site = Site::new(&buckets(40), settings).unwrap();
    site.apply(Mode::Normal, 10).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    meddle(&site);
    let plan = site.plan(Mode::Normal).await.unwrap();
    assert!(drifted(&plan).len() <= 2, "{:?}", plan.drift);
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    assert_eq!(drifted(&site.plan(Mode::Normal).await.unwrap()), [Action::Update, Action::Delete]);
}

#[tokio::test(start_paused = true)]
async fn requests_go_as_fast_as_the_cloud_takes_them_and_hardly_any_is_refused() {
    let settings = Settings { rate: 20.0, burst: 20.0, latency_ms: 50.0, ..Settings::default() };
    let wrong = Settings { documented_rate: 60.0, ..settings.clone() };
    for (settings, refused) in [(settings, 0.03), (wrong, 0.08)] {
        let mut site = Site::new(&buckets(1_000), settings).unwrap();
        let ran = site.apply(Mode::Normal, 64).await.unwrap();
        let throttled = ran.log.iter().filter(|e| e.answer == Err(Refusal::Throttled)).count();
        let taken = ran.log.len() - throttled;
        let bound_ms = (taken as f64 - 20.0) / 20.0 * 1000.0;
        assert!((ran.took_ms as f64) < bound_ms * 1.2, "{} {bound_ms}", ran.took_ms);
        assert!((throttled as f64) < taken as f64 * refused, "{throttled} of {taken}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stack_takes_as_long_as_its_longest_chain_or_its_requests() {
    for (buckets, rate) in [(40, 0.0), (40, 10.0), (1_200, 3.0)] {
        let made = makespan(buckets, rate).await.unwrap();
        assert!(made.took_ms as f64 <= made.bound_ms() as f64 * 1.05, "{made:?}");
        assert!(made.ten_slots_longest_first_ms <= made.ten_slots_ms, "{made:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn with_few_slots_what_took_long_before_goes_first() {
    let text = "resource \"stackwright_sim_bucket\" \"a\" {\n  count = 12\n  name = \"b-${count.index}\"\n}\n\
                resource \"stackwright_sim_database\" \"z\" {\n  name = \"db\"\n}\n";
    let settings = Settings { time_scale: 1.0, spread: 0.0, ..Settings::default() };
    let mut site = Site::new(text, settings).unwrap();
    let first = site.apply(Mode::Normal, 1).await.unwrap();
    assert_eq!(made(&first.log).last().map(String::as_str), Some("database"));
    site.apply(Mode::Destroy, 1).await.unwrap();
    let again = site.apply(Mode::Normal, 1).await.unwrap();
    assert_eq!(made(&again.log).first().map(String::as_str), Some("database"));
}

fn made(log: &[Entry]) -> Vec<String> {
    let made = log.iter().filter_map(|e| match &e.request {
        Request::Create { kind, .. } => Some(kind.clone()),
        _ => None,
    });
    made.collect()
}

#[tokio::test(start_paused = true)]
async fn a_cloud_that_nothing_needs_is_never_called_and_others_are_asked_once() {
    let dir = tempfile::tempdir().unwrap();
    let block = |name: &str| {
        let path = |end: &str| dir.path().join(format!("{name}.{end}")).display().to_string();
        let (inventory, log) = (path("cloud"), path("log"));
        format!(
            "provider \"sim\" {{\n  alias = \"{name}\"\n  inventory = \"{inventory}\"\n  log = \"{log}\"\n}}\n"
        )
    };
    let bucket = |name: &str| {
        format!(
            "resource \"stackwright_sim_bucket\" \"{name}\" {{\n  provider = sim.one\n  name = \"{name}\"\n}}\n"
        )
    };
    let text = block("one") + &block("other") + &bucket("a") + &bucket("b");
    let registry = provider::Registry::new().with(provider_sim::SimProvider::new());
    let memory = provider_sim::InMemory::new(
        provider_sim::Cloud::new(Settings::default()),
        provider_sim::Clock::at(0),
    );
    let mut site = Site::with_registry(&text, memory, registry).unwrap();
    site.apply(Mode::Normal, 10).await.unwrap();
    site.plan(Mode::Normal).await.unwrap();
    let log = std::fs::read_to_string(dir.path().join("one.log")).unwrap();
    let limits = log.lines().filter(|line| line.contains("\"call\":\"limits\"")).count();
    assert_eq!(limits, 1, "{log}");
    assert!(!dir.path().join("other.log").exists() && !dir.path().join("other.cloud").exists());
}

/// When the first request of a sort came.
fn first(log: &[Entry], is_it: impl Fn(&Request) -> bool) -> u64 {
    log.iter().find(|e| is_it(&e.request)).map(|e| e.at_ms).unwrap()
}

fn makes<'k>(kind: &'k str) -> impl Fn(&Request) -> bool + 'k {
    move |request| matches!(request, Request::Create { kind: made, .. } if made == kind)
}

/// A server, which can be used after 30 s and has settled after 20 s more, and a bucket that is told its id.
fn server(zone: &str) -> String {
    format!(
        "resource \"stackwright_sim_server\" \"s\" {{\n  name = \"s\"\n  zone = \"{zone}\"\n\n  lifecycle {{\n    \
         create_before_destroy = true\n  }}\n}}\n\nresource \"stackwright_sim_bucket\" \"b\" {{\n  name = \"b\"\n  \
         tags = {{ server = stackwright_sim_server.s.id }}\n}}\n"
    )
}

#[tokio::test(start_paused = true)]
async fn others_begin_when_an_object_can_be_used_and_the_run_ends_when_it_has_settled() {
    let settings = Settings { time_scale: 1.0, spread: 0.0, ..Settings::default() };
    for slots in [1, 10] {
        let mut site = Site::new(&server("a"), settings.clone()).unwrap();
        let ran = site.apply(Mode::Normal, slots).await.unwrap();
        let bucket = first(&ran.log, makes("bucket")) - first(&ran.log, makes("server"));
        assert!((30_000..33_000).contains(&bucket), "{bucket}");
        assert!((50_000..53_000).contains(&ran.took_ms), "{}", ran.took_ms);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_replaced_goes_when_its_replacement_has_settled() {
    let settings = Settings { time_scale: 1.0, spread: 0.0, ..Settings::default() };
    let mut site = Site::new(&server("a"), settings).unwrap();
    site.apply(Mode::Normal, 10).await.unwrap();
    let mut site = site.becomes(&server("b")).unwrap();
    let ran = site.apply(Mode::Normal, 10).await.unwrap();
    let made = first(&ran.log, makes("server"));
    let told = first(&ran.log, |r| matches!(r, Request::Update { .. })) - made;
    let gone = first(&ran.log, |r| matches!(r, Request::Delete { .. })) - made;
    assert!((30_000..33_000).contains(&told) && gone >= 50_000, "{told} {gone}");
}

#[tokio::test(start_paused = true)]
async fn a_new_object_that_never_settles_is_replaced_by_the_next_run() {
    let settings = Settings { time_scale: 1.0, spread: 0.0, half_made: 0.5, ..Settings::default() };
    let (mut replaced, mut seed) = (false, 0);
    while !replaced {
        seed += 1;
        let mut site = Site::new(&server("a"), Settings { seed, ..settings.clone() }).unwrap();
        let Err(why) = site.apply(Mode::Normal, 10).await else { continue };
        if !why.contains("before it had settled") {
            continue;
        }
        let plan = site.plan(Mode::Normal).await.unwrap();
        let reasons: Vec<_> = plan.changes.iter().filter_map(|c| c.reason).collect();
        assert_eq!(reasons, [plan::Reason::ReplaceBecauseTainted], "{seed}");
        let bucket = plan.changes.iter().find(|c| c.address.to_string().contains("bucket")).unwrap();
        assert_eq!(bucket.action, Action::Update, "it was made all the same");
        replaced = true;
    }
}

#[tokio::test(start_paused = true)]
async fn clients_that_are_needed_for_certain_are_made_at_the_same_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let block = |alias: &str, seed: u32| {
        let (inventory, log) = (path("cloud"), path("log"));
        format!(
            "provider \"sim\" {{\n  alias = \"{alias}\"\n  seed = {seed}\n  inventory = \"{inventory}\"\n  log = \"{log}\"\n}}\n"
        )
    };
    let bucket = |alias: &str, name: &str, named: &str| {
        format!(
            "resource \"stackwright_sim_bucket\" \"{name}\" {{\n  provider = sim.{alias}\n  name = \"{named}\"\n}}\n"
        )
    };
    let text = block("one", 1)
        + &block("two", 2)
        + &bucket("one", "a", "a")
        + &bucket("two", "b", "after-${stackwright_sim_bucket.a.id}");
    let registry = || provider::Registry::new().with(provider_sim::SimProvider::new());
    let cloud = provider_sim::Cloud::new(Settings::default());
    let memory = provider_sim::InMemory::new(cloud, provider_sim::Clock::at(0));
    let mut site = Site::with_registry(&text, memory, registry()).unwrap();
    site.apply(Mode::Normal, 10).await.unwrap();
    std::fs::remove_file(path("log")).unwrap();
    let site = site.with_clients_of(registry());
    site.plan(Mode::Normal).await.unwrap();
    let log = std::fs::read_to_string(path("log")).unwrap();
    let first: Vec<bool> = log.lines().take(3).map(|line| line.contains("\"call\":\"limits\"")).collect();
    assert_eq!(first, [true, true, false], "{log}");
}

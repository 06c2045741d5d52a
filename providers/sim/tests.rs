//! Every type keeps the contract, and the cloud is as unpleasant as it says.

use std::sync::Arc;

use model::{Type, Value};
use provider::kit::{Bench, Case, check_resource, check_schema};
use provider::{
    Leftover, ListRequest, Listing, Object, Owner, Ownership, Page, Provider, config_of, list_all,
    with_attributes,
};

use super::{
    Api, Body, Clock, Cloud, Filter, InMemory, KINDS, Marks, Network, OnDisk, Refusal, Reply, Request,
    Server, Settings, SimProvider, Status,
};

fn memory(settings: Settings) -> InMemory {
    InMemory::new(Cloud::with_log(settings), Clock::at(0))
}

fn marks() -> Ownership {
    let stack =
        Ownership { lineage: String::new(), stack: "s".into(), environment: "e".into(), id: String::new() };
    stack.of_object("line", &Bench::new("/").address)
}

async fn bench(provider: &SimProvider) -> Bench {
    let mut bench = Bench::new("/");
    bench.client = provider.configure(&Value::null(), bench.around()).await.unwrap();
    bench.ownership = Some(marks());
    bench
}

async fn network(api: &InMemory) -> String {
    let body = Body { name: "net".into(), size: 1, ..Body::default() };
    made(api, "network", body).await
}

async fn made(api: &InMemory, kind: &str, body: Body) -> String {
    let marks = Some(Marks::from(&marks()));
    let request = Request::Create { kind: kind.into(), body, marks, token: None };
    match api.call(request).await {
        Ok(Reply::Object(view)) => view.id,
        other => panic!("{other:?}"),
    }
}

/// Every type through the life of an object: changed in place, and replaced.
async fn keeps_the_contract(settings: Settings) {
    let api = memory(settings);
    let provider = SimProvider::of(Arc::new(api.clone()));
    let bench = bench(&provider).await;
    let network = network(&api).await;
    for kind in KINDS {
        let ty = provider.catalog().resources[&*format!("stackwright_sim_{}", kind.name)].clone();
        let lies = (kind.network != Network::Never).then(|| ("network_id", Value::string(&*network)));
        let tags = Value::map(Type::String, [("a", Value::string("b"))]);
        let given = [("name", Value::string("n")), ("zone", Value::string("z"))].into_iter().chain(lies);
        let before = config_of(&ty.schema().block, given);
        let larger = with_attributes(&before, [("size", Value::number(3)), ("tags", tags)]);
        let elsewhere = with_attributes(&before, [("zone", Value::string("y"))]);
        let cases = [
            Case::new("updated", before.clone()).then(larger),
            Case::new("replaced", before).then(elsewhere),
        ];
        let found = check_resource(&*ty, &bench, &cases).await;
        assert!(found.is_empty(), "{}: {found:#?}", kind.name);
    }
}

#[tokio::test(start_paused = true)]
async fn every_type_keeps_the_contract() {
    keeps_the_contract(Settings::default()).await;
}

#[tokio::test(start_paused = true)]
async fn every_type_keeps_the_contract_in_a_slow_and_forgetful_cloud() {
    let slow = Settings { time_scale: 1.0, latency_ms: 80.0, consistency_ms: 5_000, ..Settings::default() };
    keeps_the_contract(Settings { repeated: 0.5, rate: 2.0, burst: 3.0, ..slow }).await;
}

#[tokio::test]
async fn notes_keep_the_contract_and_the_provider_is_documented() {
    let provider = SimProvider::of(Arc::new(memory(Settings::default())));
    let bench = bench(&provider).await;
    let ty = &provider.catalog().resources["stackwright_sim_note"];
    let before = config_of(&ty.schema().block, [("text", Value::string("a"))]);
    let case =
        Case::new("note", before.clone()).then(with_attributes(&before, [("text", Value::string("b"))]));
    assert_eq!(check_resource(&**ty, &bench, &[case]).await, []);
    assert_eq!(check_schema(provider.schema()), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_makes_one_object_however_often_it_is_sent() {
    let api = memory(Settings::default());
    let body = Body { name: "n".into(), size: 1, ..Body::default() };
    let token = |token: &str| Request::Create {
        kind: "server".into(),
        body: body.clone(),
        marks: None,
        token: Some(token.into()),
    };
    let first = api.call(token("a")).await;
    assert_eq!(api.call(token("a")).await, first);
    assert_ne!(api.call(token("b")).await, first);
}

#[tokio::test(start_paused = true)]
async fn reads_may_miss_what_was_written_for_a_while_and_no_longer() {
    let api = memory(Settings { consistency_ms: 1_000, seed: 3, ..Settings::default() });
    let mut missed = 0;
    for i in 0..20 {
        let body = Body { name: format!("b{i}"), size: 1, ..Body::default() };
        let id = made(&api, "bucket", body).await;
        missed += usize::from(api.call(Request::Describe { id }).await == Err(Refusal::NotFound));
    }
    assert!(missed > 5, "{missed}");
    tokio::time::sleep(std::time::Duration::from_millis(1_001)).await;
    let list = Request::List { kind: "bucket".into(), only: Filter::default(), after: String::new() };
    assert!(matches!(api.call(list).await, Ok(Reply::Objects(all)) if all.len() == 20));
}

#[tokio::test]
async fn too_many_requests_are_throttled_and_too_many_objects_refused() {
    let api = memory(Settings { rate: 1.0, burst: 2.0, quota: 1, ..Settings::default() });
    let create = |name: &str| Request::Create {
        kind: "bucket".into(),
        body: Body { name: name.into(), size: 1, ..Body::default() },
        marks: None,
        token: None,
    };
    assert!(api.call(create("a")).await.is_ok());
    assert!(matches!(api.call(create("b")).await, Err(Refusal::Quota(_))));
    assert_eq!(api.call(create("c")).await, Err(Refusal::Throttled));
}

#[tokio::test]
async fn a_network_goes_only_once_nothing_is_in_it_and_leftovers_are_told() {
    let api = memory(Settings { lingering: 1.0, ..Settings::default() });
    let provider = SimProvider::of(Arc::new(api.clone()));
    let bench = bench(&provider).await;
    let net = network(&api).await;
    let body = Body { name: "svc".into(), network: net.clone(), size: 1, ..Body::default() };
    let service = made(&api, "service", body).await;
    let delete = |id: &str| api.call(Request::Delete { id: id.into() });
    assert!(matches!(delete(&net).await, Err(Refusal::Conflict(_))));
    assert_eq!(delete(&service).await, Ok(Reply::Done));
    assert!(matches!(delete(&net).await, Err(Refusal::Conflict(why)) if why.contains("lb-")));
    let ty = &provider.catalog().resources["stackwright_sim_network"];
    let object: Object = Value::object([("id", Value::string(&*net))]).into();
    let found = ty.leftovers(bench.call(), &object).await.unwrap();
    let [Leftover { what, owner: Owner::Marked(marked), .. }] = &found[..] else { panic!("{found:?}") };
    assert_eq!((what.contains(&service), &*marked.lineage), (true, "line"));
    ty.remove_leftover(bench.call(), &found[0]).await.unwrap();
    assert_eq!(delete(&net).await, Ok(Reply::Done));
}

#[tokio::test(start_paused = true)]
async fn what_takes_its_time_is_pending_then_ready_and_its_deletion_is_slow() {
    let api = memory(Settings { time_scale: 1.0, ..Settings::default() });
    let id = made(&api, "database", Body { name: "d".into(), size: 1, ..Body::default() }).await;
    let status = || async {
        match api.call(Request::Describe { id: id.clone() }).await {
            Ok(Reply::Object(view)) => Some(view.status),
            _ => None,
        }
    };
    assert_eq!(status().await, Some(Status::Pending));
    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    assert_eq!(status().await, Some(Status::Ready));
    assert_eq!(api.call(Request::Delete { id: id.clone() }).await, Ok(Reply::Done));
    assert_eq!(status().await, Some(Status::Deleting));
    tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    assert_eq!(status().await, None);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_answers() {
    let played = || async {
        let settings = Settings { seed: 7, lost: 0.3, unavailable: 0.2, people: 0.3, ..Settings::default() };
        let api = memory(settings);
        for i in 0..40 {
            let body = Body { name: format!("n{i}"), size: 1, ..Body::default() };
            let create = Request::Create { kind: "bucket".into(), body, marks: None, token: None };
            drop(api.call(create).await);
        }
        let mut cloud = api.cloud();
        (cloud.log.clone(), cloud.existing(0).into_iter().cloned().collect::<Vec<_>>())
    };
    let (log, items) = played().await;
    assert_eq!(played().await, (log.clone(), items));
    let log = log.unwrap();
    assert!(log.iter().any(|e| e.answer == Err(Refusal::Lost)) && log.iter().any(|e| e.answer.is_ok()));
}

#[tokio::test]
async fn lists_give_what_carries_marks_in_pages() {
    let api = memory(Settings { repeated: 1.0, ..Settings::default() });
    let provider = SimProvider::of(Arc::new(api.clone()));
    let bench = bench(&provider).await;
    for i in 0..250 {
        made(&api, "bucket", Body { name: format!("{i}"), size: 1, ..Body::default() }).await;
    }
    let requests = api.cloud().requests;
    let ty = &provider.catalog().resources["stackwright_sim_bucket"];
    let objects = list_all(&**ty, bench.call()).await.unwrap().unwrap_or_default();
    assert_eq!(api.cloud().requests - requests, 3);
    assert_eq!((objects.len(), objects[0].0.marks.clone()), (250, marks()));
    assert!(objects.iter().all(|(_, object)| object.is_some()));
    let of_another = ListRequest { lineage: Some("another"), after: None };
    let none = ty.list(bench.call(), of_another).await.unwrap();
    assert_eq!(none, Page { listing: Listing::Complete(Vec::new()), next: None });
}

#[tokio::test]
async fn a_cloud_in_a_file_is_shared_by_programs_and_survives_a_torn_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cloud.jsonl");
    let open = || OnDisk::new(path.clone(), None, Cloud::new(Settings::default()), Clock::at(5));
    let (one, other) = (open(), open());
    let create = |name: String| Request::Create {
        kind: "bucket".into(),
        body: Body { name, size: 1, ..Body::default() },
        marks: None,
        token: None,
    };
    for i in 0..700 {
        let api = if i % 2 == 0 { &one } else { &other };
        let made = api.call(create(i.to_string())).await;
        let Ok(Reply::Object(view)) = made else { panic!("{made:?}") };
        if i > 2 {
            assert_eq!(api.call(Request::Delete { id: view.id }).await, Ok(Reply::Done));
        }
    }
    let lines = std::fs::read_to_string(&path).unwrap().lines().count();
    assert!(lines < 1_100, "history is dropped: {lines}");
    let mut text = std::fs::read(&path).unwrap();
    text.extend_from_slice(b"{\"item\":{\"id\":\"bkt-9");
    std::fs::write(&path, text).unwrap();
    let list = Request::List { kind: "bucket".into(), only: Filter::default(), after: String::new() };
    let Ok(Reply::Objects(all)) = open().call(list).await else { panic!("no list") };
    let there = all.iter().filter(|view| view.status != Status::Deleting).count();
    assert_eq!(there, 3, "{all:?}");
}

#[tokio::test]
async fn a_served_cloud_answers_as_one_in_memory() {
    let server = Server::start(Cloud::new(Settings::default())).unwrap();
    let mut bench = Bench::new("/");
    let provider = SimProvider::new();
    let config = config_of(&provider.schema().block, [("endpoint", Value::string(server.url()))]);
    assert_eq!(provider.validate(&config), []);
    bench.client = provider.configure(&config, bench.around()).await.unwrap();
    bench.ownership = Some(marks());
    let ty = &provider.catalog().resources["stackwright_sim_bucket"];
    let before = config_of(&ty.schema().block, [("name", Value::string("n"))]);
    assert_eq!(check_resource(&**ty, &bench, &[Case::new("served", before)]).await, []);
    assert!(server.cloud().requests > 5);
    let neither = config_of(&provider.schema().block, []);
    assert_eq!(provider.validate(&neither).len(), 1);
    let both = with_attributes(&config, [("inventory", Value::string("x"))]);
    assert_eq!(provider.validate(&both).len(), 1);
}

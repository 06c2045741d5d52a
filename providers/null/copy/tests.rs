use super::*;
use provider::kit::{Bench, check_schema};
use provider::{config_of, text};

async fn read(bench: &Bench, given: Vec<(&'static str, Value)>) -> Value {
    let source = NullDataSource::new();
    source.read(bench.call(), &config_of(&source.schema.block, given)).await.unwrap()
}

#[tokio::test]
async fn inputs_come_out_as_they_went_in() {
    let bench = Bench::new("/");
    let inputs = Value::map(Type::String, [("a", Value::string("1"))]);
    let full =
        read(&bench, vec![("inputs", inputs.clone()), ("has_computed_default", Value::string("x"))]).await;
    assert_eq!(full.get("outputs"), Some(&inputs));
    assert_eq!(text(&full, "has_computed_default"), Some("x"));
    let bare = read(&bench, vec![]).await;
    assert!(bare.get("outputs").unwrap().is_null());
    assert_eq!((text(&bare, "has_computed_default"), text(&bare, "id")), (Some("default"), Some("static")));
    assert_ne!(text(&bare, "random"), text(&full, "random"));
}

#[test]
fn the_schema_is_sound_and_says_what_to_use_instead() {
    let source = NullDataSource::new();
    assert_eq!(check_schema(&source.schema), Vec::<String>::new());
    assert!(source.schema.block.deprecated.as_ref().unwrap().contains("terraform_data"));
}

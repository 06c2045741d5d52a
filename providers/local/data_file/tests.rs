use super::*;
use provider::config_of;
use provider::kit::{Bench, check_data_source};

#[tokio::test]
async fn a_file_is_read_with_its_digests() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("f"), "hello").unwrap();
    let bench = Bench::new(dir.path());
    for source in [FileContent::plain(), FileContent::sensitive()] {
        let config = config_of(&source.schema.block, [("filename", Value::string("f"))]);
        assert_eq!(check_data_source(&source, &bench, std::slice::from_ref(&config)).await, vec![]);
        let read = source.read(bench.call(), &config).await.unwrap();
        assert!(read.is_wholly_known());
        assert_eq!(text(&read, "content"), Some("hello"));
        assert_eq!(text(&read, "content_base64"), Some("aGVsbG8="));
        assert_eq!(text(&read, "id"), text(&read, "content_sha1"));
    }
}

#[tokio::test]
async fn a_missing_file_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let source = FileContent::plain();
    let config = config_of(&source.schema.block, [("filename", Value::string("nope"))]);
    let error = source.read(Bench::new(dir.path()).call(), &config).await.unwrap_err();
    assert_eq!(error.summary, "Read local file data source error");
    assert!(error.detail.contains("nope"), "{error}");
}

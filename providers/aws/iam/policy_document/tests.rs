//! Documents put together are those that `hashicorp/aws` puts together.

use model::Value as V;

use super::*;

fn text(text: &str) -> V {
    V::string(text)
}

fn texts(all: &[&str]) -> V {
    V::tuple(all.iter().map(|one| text(one)).collect())
}

fn object<const N: usize>(members: [(&str, V); N]) -> V {
    V::object(members.map(|(name, value)| (name, value)))
}

fn minified(config: &V) -> Result<String, String> {
    assembled(Given::new(config)).map(|document| document.minified())
}

#[test]
fn an_empty_document_has_a_version_alone() {
    let document = assembled(Given::new(&object([("version", text("2012-10-17"))]))).unwrap();
    assert_eq!(document.text(), "{\n  \"Version\": \"2012-10-17\"\n}");
    assert_eq!(crc32(&document.text()), 1_132_004_489);
}

#[test]
fn blocks_are_written_as_the_language_has_them() {
    let everybody = object([("type", text("*")), ("identifiers", texts(&["*"]))]);
    let ours = object([("type", text("AWS")), ("identifiers", texts(&["a", "c", "b"]))]);
    let like = object([
        ("test", text("StringLike")),
        ("variable", text("s3:prefix")),
        ("values", texts(&["b", "", "a"])),
    ]);
    let one = object([("test", text("Bool")), ("variable", text("aws:y")), ("values", texts(&["true"]))]);
    let first = object([
        ("sid", text("One")),
        ("actions", texts(&["ec2:*", "s3:Get"])),
        ("resources", texts(&["arn:a", "arn:b/&{aws:username}/<x>"])),
        ("principals", V::tuple(vec![ours.clone()])),
        ("condition", V::tuple(vec![like, one])),
    ]);
    let second = object([
        ("effect", text("Deny")),
        ("not_actions", texts(&["iam:*"])),
        ("not_principals", V::tuple(vec![everybody.clone()])),
    ]);
    let third = object([(
        "principals",
        V::tuple(vec![everybody, object([("type", text("AWS")), ("identifiers", texts(&["*"]))])]),
    )]);
    let config = object([("statement", V::tuple(vec![first, second, third]))]);
    let expected = concat!(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":["s3:Get","ec2:*"],"#,
        r#""Resource":["arn:b/${aws:username}/\u003cx\u003e","arn:a"],"Principal":{"AWS":["c","b","a"]},"#,
        r#""Condition":{"Bool":{"aws:y":"true"},"StringLike":{"s3:prefix":["b","","a"]}}},"#,
        r#"{"Effect":"Deny","NotAction":"iam:*","NotPrincipal":"*"},"#,
        r#"{"Effect":"Allow","Principal":{"*":"*","AWS":"*"}}]}"#
    );
    assert_eq!(minified(&config).unwrap(), expected);
}

#[test]
fn documents_are_merged_by_the_names_of_statements() {
    let source = r#"{"Version":"2008-10-17","Id":"In","Statement":[
        {"Sid":"Two","Effect":"Allow","Action":["a:b","z:a"],"Resource":["*"],"Principal":"*","Bar":1,
         "Condition":{"StringLike":{"x:z":["b","a"],"x:y":["5"]},"Bool":{"aws:SecureTransport":false}}},
        {"Principal":{"*":"*"}},{"Principal":{"Service":["z"],"AWS":["a","b"]},"Resource":["b","a","c"]}]}"#;
    let over = r#"{"Statement":[{"Sid":"Old","Action":"over:ride"},{"Sid":"New","Action":"new:new"}]}"#;
    let old = object([("sid", text("Old")), ("actions", texts(&["mine:mine"]))]);
    let config = object([
        ("source_policy_documents", texts(&[source, ""])),
        ("override_policy_documents", texts(&[over])),
        ("version", text("2008-10-17")),
        ("policy_id", text("mine")),
        ("statement", V::tuple(vec![old])),
    ]);
    let expected = concat!(
        r#"{"Version":"2008-10-17","Id":"mine","Statement":[{"Sid":"Two","Effect":"Allow","Action":["a:b","z:a"],"#,
        r#""Resource":["*"],"Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"false"},"#,
        r#""StringLike":{"x:y":"5","x:z":["b","a"]}}},{"Principal":"*"},"#,
        r#"{"Resource":["b","a","c"],"Principal":{"AWS":["b","a"],"Service":["z"]}},"#,
        r#"{"Sid":"Old","Action":"over:ride"},{"Sid":"New","Action":"new:new"}]}"#
    );
    assert_eq!(minified(&config).unwrap(), expected);
}

#[test]
fn what_comes_twice_and_variables_in_the_old_version_are_refused() {
    let twice = object([(
        "source_policy_documents",
        texts(&[r#"{"Statement":{"Sid":"A"}}"#, r#"{"Statement":[{"Sid":"A"}]}"#]),
    )]);
    assert!(
        minified(&twice).unwrap_err().contains("`source_policy_documents[1]`: the `Sid` \"A\" comes twice")
    );
    let one = object([("sid", text("A"))]);
    let twice = object([("statement", V::tuple(vec![one.clone(), one]))]);
    assert!(minified(&twice).unwrap_err().contains("comes twice"));
    let variable = object([("resources", texts(&["&{aws:username}"]))]);
    let old = object([("version", text("2008-10-17")), ("statement", V::tuple(vec![variable]))]);
    assert!(minified(&old).unwrap_err().contains("holds a variable"));
    let broken = object([("override_policy_documents", texts(&["["]))]);
    assert!(minified(&broken).unwrap_err().contains("no JSON"));
}

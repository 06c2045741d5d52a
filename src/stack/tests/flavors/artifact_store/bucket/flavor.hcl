flavor "artifact_store" "bucket" {
  description = "A bucket of the cloud"
  provides "storage" { value = { uri = output.uri } }
  offers "read_write" { target = output.arn }
  offers "read" {}
  zenml {
    flavor = "s3"
    config = { path = "${output.uri}/" }
  }
}

flavor "artifact_store" "s3" {
  description = "A private, encrypted, versioned bucket of S3"
  location    = "remote"

  provides "storage" {
    value = { uri = output.uri }
  }

  offers "read" {
    target = { name = output.name, bucket_arn = output.bucket_arn, kms_key_arn = output.kms_key_arn }
  }
  offers "read_write" {
    target = { name = output.name, bucket_arn = output.bucket_arn, kms_key_arn = output.kms_key_arn }
  }

  zenml {
    flavor = "s3"
    config = { path = output.uri }
  }
}

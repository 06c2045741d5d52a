flavor "artifact_store" "gcs" {
  description = "A private, versioned bucket of Cloud Storage"
  location    = "remote"

  provides "storage" {
    value = { uri = output.uri }
  }

  offers "read" {
    target = { bucket = output.bucket }
  }
  offers "read_write" {
    target = { bucket = output.bucket }
  }

  zenml {
    flavor = "gcp"
    config = { path = output.uri }
  }
}

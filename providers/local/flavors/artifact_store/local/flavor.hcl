flavor "artifact_store" "local" {
  description = "A directory on this machine"
  location    = "local"

  provides "storage" {
    value = { uri = output.uri }
  }

  zenml {
    flavor = "local"
    config = { path = output.path }
  }
}

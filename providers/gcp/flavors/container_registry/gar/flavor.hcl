flavor "container_registry" "gar" {
  description = "A private repository of Artifact Registry"
  location    = "remote"

  provides "registry" {
    value = { uri = output.uri }
  }

  offers "pull" {
    target = { repository = output.repository, project = output.project, location = output.location }
  }
  offers "push" {
    target = { repository = output.repository, project = output.project, location = output.location }
  }

  zenml {
    flavor = "gcp"
    config = { uri = output.uri }
  }
}

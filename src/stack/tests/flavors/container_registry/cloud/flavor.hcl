flavor "container_registry" "cloud" {
  description = "The cloud's registry"
  offers "pull" {}
  offers "push" {}
  zenml {
    flavor = "aws"
    config = { uri = output.uri }
  }
}

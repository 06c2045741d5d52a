flavor "container_registry" "ecr" {
  description = "A private repository of ECR that scans what is pushed"
  location    = "remote"

  provides "registry" {
    value = { uri = output.uri }
  }

  offers "pull" {
    target = { name = output.name, repository_arn = output.repository_arn }
  }
  offers "push" {
    target = { name = output.name, repository_arn = output.repository_arn }
  }

  zenml {
    flavor = "aws"
    config = { uri = output.registry, default_repository = output.repository }
  }
}

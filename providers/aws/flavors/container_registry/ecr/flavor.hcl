flavor "container_registry" "ecr" {
  description = "A private repository of ECR that scans what is pushed"
  location    = "aws"

  provides "registry" {
    value = { uri = output.uri }
  }

  offers "pull" {
    target = { name = var.context.name, repository_arn = output.repository_arn }
  }
  offers "push" {
    target = { name = var.context.name, repository_arn = output.repository_arn }
  }

  zenml {
    flavor = "aws"
    config = { uri = output.registry, default_repository = output.repository }
  }
}

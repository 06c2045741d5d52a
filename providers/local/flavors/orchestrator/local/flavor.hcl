flavor "orchestrator" "local" {
  description = "Pipelines run in the process that starts them"
  location    = "local"

  zenml {
    flavor = "local"
    config = {}
  }
}

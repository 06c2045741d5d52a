flavor "orchestrator" "vertex" {
  description = "Another cloud's pipelines"
  zenml { flavor = "vertex" }
}

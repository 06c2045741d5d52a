flavor "orchestrator" "docker" {
  description = "Containers on this machine"
  location    = "local"
  zenml { flavor = "local_docker" }
}

stack "forecast" {
  description = "Demand forecast, on the team's shared drive"
}

variable "drive" {
  description = "Where the shared drive is mounted."
  type        = string
  default     = "drive"
}

# The flavor is this team's own: flavors/artifact_store/shared_drive.
component "artifact_store" "results" {
  flavor   = "shared_drive"
  drive    = var.drive
  sections = ["features", "models", "reports"]
}

component "orchestrator" "pipelines" {
  flavor = "local"
}

output "where_models_go" {
  description = "A component's outputs are there for plain blocks too."
  value       = component.artifact_store.results.sections["models"]
}

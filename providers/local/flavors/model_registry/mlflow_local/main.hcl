variable "tracking_uri" {
  description = "The experiment tracker that keeps the models."
  type        = string
}

output "registry_uri" {
  description = "What MLFLOW_REGISTRY_URI is set to."
  value       = var.tracking_uri
}

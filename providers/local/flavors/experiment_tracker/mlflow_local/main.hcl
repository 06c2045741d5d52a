variable "path" {
  description = "Where runs and metrics lie. Left out: STACK-ENVIRONMENT-NAME in the stack's directory."
  type        = string
  default     = null
}

variable "on_destroy" {
  description = "What happens to the runs when the tracker is destroyed: retain, fail_if_not_empty or purge."
  type        = string
  default     = "fail_if_not_empty"
}

variable "context" {
  description = "The component that this is, told by the stack."
  type        = object({ name = string })
}

resource "stackwright_directory" "runs" {
  path       = coalesce(var.path, "${path.root}/${var.context.name}")
  on_destroy = var.on_destroy
}

output "path" {
  description = "The directory, absolute."
  value       = stackwright_directory.runs.absolute_path
}

output "tracking_uri" {
  description = "What MLFLOW_TRACKING_URI is set to."
  value       = "file://${stackwright_directory.runs.absolute_path}"
}

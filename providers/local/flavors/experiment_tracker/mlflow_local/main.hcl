variable "path" {
  description = "Where runs and metrics lie. Left out: data/ENVIRONMENT/NAME in the stack's directory."
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
  type        = object({ environment = string, component = string })
}

locals {
  default_path = join("/", compact([path.root, "data", var.context.environment, var.context.component]))
}

resource "stackwright_directory" "runs" {
  path       = var.path == null ? local.default_path : var.path
  on_destroy = var.on_destroy
}

output "path" {
  description = "The directory, absolute."
  value       = abspath(stackwright_directory.runs.path)
}

output "tracking_uri" {
  description = "What MLFLOW_TRACKING_URI is set to."
  value       = "file://${abspath(stackwright_directory.runs.path)}"
}
